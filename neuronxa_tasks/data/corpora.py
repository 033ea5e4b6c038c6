"""The parallel corpora there are."""

from neuronxa_tasks.data import miniature
from neuronxa_tasks.data.bitext import Provenance
from neuronxa_tasks.data.corpus import Corpus, Sides
from neuronxa_tasks.data.flores import FLORES_200
from neuronxa_tasks.data.ntrex import NTREX_128
from neuronxa_tasks.data.tatoeba import TATOEBA
from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.errors import SettingsError


def _read_bundled(pivot: str, language: str, source: Provenance) -> Sides:
    one, other = (read_lines(miniature.SENTENCES / f"{code}.txt") for code in (pivot, language))
    return one, other


MINIATURE = Corpus(
    name="miniature",
    title="the miniature",
    sources={"bundled": Provenance("neuronxa-tasks/miniature", "v1", "held-out")},
    licence="Apache-2.0",
    head=miniature.HEAD,
    longtail=miniature.LONGTAIL,
    own_english_side=False,
    read=_read_bundled,
    read_folder=None,
)

CORPORA: dict[str, Corpus] = {
    corpus.name: corpus for corpus in (FLORES_200, TATOEBA, NTREX_128, MINIATURE)
}


def has_own_english_sides(name: str) -> bool:
    """Whether every language of a corpus is paired with English sentences of its own.

    A user's own text counts as not: its languages go together where their pivot's sentences are
    the same.

    Example:
        >>> has_own_english_sides("tatoeba"), has_own_english_sides("my-text")
        (True, False)
    """
    return name in CORPORA and CORPORA[name].own_english_side


def corpus_named(name: str) -> Corpus:
    """The corpus of a name.

    Raises:
        SettingsError: There is none.
    """
    if name not in CORPORA:
        raise SettingsError(
            f"Expected `corpus` to be one of {', '.join(CORPORA)}, but got {name!r}"
        )
    return CORPORA[name]
