"""Is a results file complete?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from neuronxa_tasks.data.benchmarks import BENCHMARKS, PARITIES
from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.finding import Finding, listed
from neuronxa_tasks.report.read.scores import LEADING, Alignment, ResultsFile
from neuronxa_tasks.results.analyses import Matrix

_COVERAGE = "coverage"

# Members of each corpus's group, in which English is not.
_MEMBERS = {
    name: {resolve_language(code) or code for code in (*corpus.head, *corpus.longtail)}
    for name, corpus in CORPORA.items()
}


def check_complete(file: ResultsFile, min_languages: int | None = None) -> list[Finding]:
    """What a file has of every corpus and benchmark, and what could not be read in it.

    Args:
        file: The results file that was read.
        min_languages: How many languages are enough; None for all that there are.
    """
    return [
        *_alignment(file, min_languages),
        *_benchmarks(file, min_languages),
        *_analyses(file),
        *(Finding(False, problem, "damage") for problem in file.problems),
    ]


def _alignment(file: ResultsFile, enough: int | None) -> Iterator[Finding]:
    if not file.alignments and not file.retrievals and not file.analyses:
        yield Finding(False, "no alignment scores", _COVERAGE)
    yield from _languages(file.alignments, "", enough)
    yield from _languages(file.retrievals, " retrieval", enough)


def _languages(scores: Sequence[Alignment], ending: str, enough: int | None) -> Iterator[Finding]:
    for condition in dict.fromkeys(row.condition for row in scores):
        rows = [row for row in scores if row.condition == condition]
        corpus = condition.corpus
        # The pivot has no score of its own, and a user's own text what it has.
        expected = _MEMBERS.get(corpus, {row.language for row in rows}) - {condition.pivot}
        measured: dict[str, set[str]] = {}
        for row in rows:
            measured.setdefault(row.metric, set()).add(row.language)
        counts = {metric: len(expected & languages) for metric, languages in measured.items()}
        for count in dict.fromkeys(counts.values()):
            metrics = listed([metric for metric in counts if counts[metric] == count])
            yield _counted(f"{corpus}{ending}, {metrics}", count, len(expected), enough)
        if not condition.known:
            yield Finding(
                False,
                f"{corpus}{ending}: the file does not say how its scores were made",
                "settings",
            )


def _benchmarks(file: ResultsFile, enough: int | None) -> Iterator[Finding]:
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
        found = _counted(heading, count, sizes.get(benchmark, count), enough)
        yield replace(found, good=found.good and heading not in cut)


def _counted(what: str, count: int, expected: int, enough: int | None) -> Finding:
    needed = expected if enough is None else min(enough, expected)
    return Finding(count >= needed, f"{what}: {count} of {expected} languages", _COVERAGE)


def _analyses(file: ResultsFile) -> Iterator[Finding]:
    for analysis in file.analyses:
        kind = "a matrix" if isinstance(analysis, Matrix) else "an inspection"
        yield Finding(True, f"{kind} of {len(analysis.languages)} languages", _COVERAGE)
