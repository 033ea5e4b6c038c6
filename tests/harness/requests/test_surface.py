"""What strings alone align is what TF-IDF of characters, written as loops, says."""

import math
from collections import Counter
from pathlib import Path

import pytest

from neuronxa_tasks.data.bitext import Bitext, Provenance
from neuronxa_tasks.data.corpora import CORPORA, MINIATURE
from neuronxa_tasks.harness.requests.surface import surface_alignment


def naive(bitext: Bitext) -> list[bool]:
    """The definition: counts of runs of characters, weighed, and cosines compared one by one."""

    def runs(sentence: str) -> Counter[str]:
        text = sentence.lower()
        return Counter(
            text[at : at + size] for size in (3, 4, 5) for at in range(len(text) - size + 1)
        )

    sides = [[runs(s) for s in side] for side in (bitext.pivot_sentences, bitext.sentences)]
    both = sides[0] + sides[1]
    documents = Counter(run for counts in both for run in counts)

    def vector(counts: Counter[str]) -> dict[str, float]:
        weighed = {
            run: (1 + math.log(count)) * (1 + math.log((1 + len(both)) / (1 + documents[run])))
            for run, count in counts.items()
        }
        norm = math.sqrt(math.fsum(weight**2 for weight in weighed.values()))
        return {run: weight / norm for run, weight in weighed.items()}

    one, other = ([vector(counts) for counts in side] for side in sides)
    c = [[math.fsum(a[run] * b.get(run, 0) for run in a) for b in other] for a in one]
    n = len(bitext)
    return [
        all(c[i][i] > c[i][j] and c[i][i] > c[j][i] for j in range(n) if j != i) for i in range(n)
    ]


@pytest.mark.parametrize("language", ["deu_Latn", "fra_Latn", "rus_Cyrl"])
def test_it_is_the_rule_of_states_on_runs_of_characters(language: str) -> None:
    bitext = MINIATURE.load(language, n_pairs=40)
    assert surface_alignment(bitext).tolist() == naive(bitext)


def test_sentences_without_a_character_in_common_are_not_aligned() -> None:
    source = Provenance("here", None, "test")
    bitext = Bitext("flores", "eng_Latn", "ell_Grek", ("one", "two"), ("ένα", "δύο"), source)
    assert surface_alignment(bitext).tolist() == [False, False]


def test_names_and_cognates_align_most_of_what_is_related(real_data: Path) -> None:
    folder = real_data / "flores200"
    shares = {
        code: int(surface_alignment(CORPORA["flores"].load(code, n_pairs=100, folder=folder)).sum())
        for code in ("cat_Latn", "deu_Latn", "ace_Latn", "ell_Grek", "arb_Arab")
    }
    expected = {"cat_Latn": 96, "deu_Latn": 92, "ace_Latn": 82, "ell_Grek": 30, "arb_Arab": 18}
    assert shares == expected
