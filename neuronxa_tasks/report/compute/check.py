"""Is a results file complete, and may its scores stand beside those of other files?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from neuronxa_tasks.data.benchmarks import BENCHMARKS, PARITIES
from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.read.scores import LEADING, Alignment, ResultsFile

# Members of each corpus's group, in which English is not.
_MEMBERS = {
    name: {resolve_language(code) or code for code in (*corpus.head, *corpus.longtail)}
    for name, corpus in CORPORA.items()
}


def check_complete(file: ResultsFile) -> list[Finding]:
    """What a file has of every corpus and benchmark, and what is wrong with it."""
    return [*_alignment(file), *_benchmarks(file), *(Finding(False, p) for p in file.problems)]


def _alignment(file: ResultsFile) -> Iterator[Finding]:
    if not file.alignments and not file.retrievals:
        yield Finding(False, "no alignment scores")
    yield from _languages(file.alignments, "")
    yield from _languages(file.retrievals, " retrieval")


def _languages(scores: Sequence[Alignment], ending: str) -> Iterator[Finding]:
    for condition in dict.fromkeys(row.condition for row in scores):
        rows = [row for row in scores if row.condition == condition]
        corpus = condition.corpus
        # The pivot has no score of its own, and a user's own text what it has.
        there = {row.language for row in rows}
        expected = _MEMBERS.get(corpus, there) - {condition.pivot}
        for metric in dict.fromkeys(row.metric for row in rows):
            missing = expected - {row.language for row in rows if row.metric == metric}
            count = len(expected) - len(missing)
            text = f"{corpus}{ending}, {metric}: {count} of {len(expected)} languages"
            yield Finding(not missing, text)
        if not condition.known:
            yield Finding(
                False, f"{corpus}{ending}: the file does not say how its scores were made"
            )


def _benchmarks(file: ResultsFile) -> Iterator[Finding]:
    leading = [row for row in file.scores if row.metric in LEADING]
    cut = {row.heading for row in leading if not row.whole}
    counts = Counter((row.benchmark, row.heading) for row in leading)
    languages = {benchmark.name: set(benchmark.tasks.values()) for benchmark in BENCHMARKS}
    # The pivot has no parity of its own.
    sizes = {
        name: len(codes - ({ENGLISH} if name in PARITIES else set()))
        for name, codes in languages.items()
    }
    for (benchmark, heading), count in counts.items():
        expected = sizes.get(benchmark, count)
        good = count == expected and heading not in cut
        yield Finding(good, f"{heading}: {count} of {expected} languages")


def check_against(file: ResultsFile, others: Sequence[ResultsFile]) -> list[Finding]:
    """Whether the file's scores may share a column with those of each other file."""
    return [finding for other in others for finding in _against(file, other)]


def _against(file: ResultsFile, other: ResultsFile) -> Iterator[Finding]:
    own, theirs = _by_corpus(file), _by_corpus(other)
    for corpus, mine in own.items():
        if corpus not in theirs:
            continue
        yours = theirs[corpus]
        if any(row.condition in {r.condition for r in yours} for row in mine):
            both = sorted({row.metric for row in mine} & {row.metric for row in yours})
            names = ", ".join(both) or "without a metric in common"
            yield Finding(bool(both), f"{other.path}: {corpus}, the same settings, {names}")
            yield from _texts(mine, yours, other.path)
            continue
        there = vars(yours[0].condition)
        for name, here in vars(mine[0].condition).items():
            if here != there[name]:
                text = f"{corpus} differs in {name}: {here}, there {there[name]}"
                yield Finding(False, f"{other.path}: {text}")
    if not own.keys() & theirs.keys():
        measured = ", ".join(theirs) or "no corpus"
        yield Finding(False, f"{other.path}: alignment on {measured}, here {', '.join(own)}")
    shots = {row.benchmark: row.heading for row in other.scores if row.metric == "acc"}
    for benchmark, heading in {
        row.benchmark: row.heading for row in file.scores if row.metric == "acc"
    }.items():
        if shots.get(benchmark, heading) != heading:
            yield Finding(False, f"{other.path}: {heading}, there {shots[benchmark]}")


def _by_corpus(file: ResultsFile) -> dict[str, list[Alignment]]:
    corpora = dict.fromkeys(row.condition.corpus for row in file.alignments)
    return {c: [row for row in file.alignments if row.condition.corpus == c] for c in corpora}


def _texts(mine: list[Alignment], yours: list[Alignment], path: str) -> Iterator[Finding]:
    theirs = {row.language: row.digest for row in yours}
    differing = sorted(
        {row.language for row in mine if theirs.get(row.language, row.digest) != row.digest}
    )
    if differing:
        yield Finding(False, f"{path}: other sentences for {', '.join(differing)}")
