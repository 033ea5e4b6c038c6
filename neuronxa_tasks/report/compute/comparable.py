"""May the scores of a results file stand beside those of other files?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from neuronxa_tasks.finding import Finding, listed
from neuronxa_tasks.report.read.scores import LEADING, Alignment, Condition, ResultsFile

_T = TypeVar("_T")

_TOPIC = "settings"


def comparable(file: ResultsFile, others: Sequence[ResultsFile]) -> Iterator[Finding]:
    """Whether a file has the settings, text and shots that most of the others have.

    Args:
        file: The results file that was read.
        others: Those that its scores shall stand beside.
    """
    corpora = {row.condition.corpus: None for row in file.alignments}
    theirs = {row.condition.corpus for other in others for row in other.alignments}
    for corpus in corpora:
        beside = [other for other in others if _of_corpus(other, corpus)]
        if beside:
            yield from _alignment(_of_corpus(file, corpus), beside)
    # A file of benchmarks alone, as vLLM gives, says nothing of alignment.
    if corpora and theirs and not corpora.keys() & theirs:
        measured = ", ".join(sorted(theirs))
        text = f"alignment on {', '.join(corpora)}, where the other files have {measured}"
        yield Finding(False, text, _TOPIC)
    yield from _benchmarks(file, others)


def _alignment(mine: Sequence[Alignment], others: Sequence[ResultsFile]) -> Iterator[Finding]:
    corpus = mine[0].condition.corpus
    conditions = [{row.condition for row in _of_corpus(other, corpus)} for other in others]
    common, count = _commonest(conditions, {row.condition for row in mine})
    of = f"{count} of {len(others)} other files"
    rows = [row for row in mine if row.condition == common]
    if not rows:
        yield from _differences(mine[0].condition, common, of)
        return
    alike = [
        [row for row in _of_corpus(other, corpus) if row.condition == common] for other in others
    ]
    both = {row.metric for row in rows} & {row.metric for found in alike for row in found}
    own = dict.fromkeys(row.metric for row in rows)
    names = listed([name for name in own if name in both]) or "without a metric in common"
    yield Finding(bool(both), f"{corpus}: the same settings as {of}, {names}", _TOPIC)
    texts: dict[str, Counter[str]] = {}
    for found in alike:
        for language, digest in {(row.language, row.digest) for row in found}:
            texts.setdefault(language, Counter())[digest] += 1
    differing = sorted(
        {
            row.language
            for row in rows
            if (known := texts.get(row.language)) and known[row.digest] < max(known.values())
        }
    )
    if differing:
        text = f"{corpus}: other sentences than most other files for {listed(differing)}"
        yield Finding(False, text, "text")


def _differences(mine: Condition, common: Condition, of: str) -> Iterator[Finding]:
    there = vars(common)
    for name, here in vars(mine).items():
        if here != there[name]:
            text = f"{mine.corpus} differs in {name}: {here}, but {there[name]} in {of}"
            yield Finding(False, text, _TOPIC)


def _benchmarks(file: ResultsFile, others: Sequence[ResultsFile]) -> Iterator[Finding]:
    for benchmark, mine in _headings(file).items():
        theirs = [
            found for other in others if (found := _headings(other).get(benchmark, frozenset()))
        ]
        if not theirs:
            continue
        common, count = _commonest(theirs, mine)
        if common not in mine:
            text = (
                f"{', '.join(sorted(mine))}, but {common} in {count} of {len(theirs)} other files"
            )
            yield Finding(False, text, _TOPIC)


def _headings(file: ResultsFile) -> dict[str, frozenset[str]]:
    """How every benchmark was run."""
    leading = [row for row in file.scores if row.metric in LEADING]
    return {
        name: frozenset(row.heading for row in leading if row.benchmark == name)
        for name in dict.fromkeys(row.benchmark for row in leading)
    }


def _commonest(given: Iterable[Iterable[_T]], own: Iterable[_T]) -> tuple[_T, int]:
    """What most have, and how many; of several the file's own."""
    counts = Counter(value for values in given for value in values)
    most = max(counts.values())
    leading = [value for value, count in counts.items() if count == most]
    return next((value for value in own if value in leading), leading[0]), most


def _of_corpus(file: ResultsFile, corpus: str) -> list[Alignment]:
    return [row for row in file.alignments if row.condition.corpus == corpus]
