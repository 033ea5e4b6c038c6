"""What a report leaves out, and why."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.data.codes import TATOEBA_WITHOUT_FLORES
from neuronxa_tasks.data.languages import ENGLISH, language_name
from neuronxa_tasks.report.read.scores import Column, ResultsFile

_LANGUAGES = {benchmark.name: set(benchmark.tasks.values()) for benchmark in BENCHMARKS}


def skipped(
    languages: pd.DataFrame,
    metrics: Sequence[str],
    benchmarks: Mapping[str, Column],
    files: Sequence[ResultsFile],
) -> pd.DataFrame:
    """Columns `what` and `why`.

    Args:
        languages: The joined table.
        metrics: Names of its metrics.
        benchmarks: The benchmarks' columns by their heading.
        files: The results files that were read.
    """
    rows = [*_skipped(languages, metrics, benchmarks)]
    if benchmarks:
        rows += _without_benchmark(languages, metrics, benchmarks)
    rows += [
        (f"{code} ({language_name(code)})", TATOEBA_WITHOUT_FLORES[code])
        for code in sorted(set(languages["language"]) & TATOEBA_WITHOUT_FLORES.keys())
    ]
    rows += [(file.path, "has nothing that this report knows") for file in files if file.empty]
    rows += dict.fromkeys(item for file in files for item in file.skipped)
    return pd.DataFrame(rows, columns=["what", "why"])


def _skipped(
    languages: pd.DataFrame, metrics: Sequence[str], benchmarks: Mapping[str, Column]
) -> Iterator[tuple[str, str]]:
    if metrics and benchmarks and (languages["language"] == ENGLISH).any():
        yield "English", "left out of every correlation and mean"
    for label, block in languages.groupby("label", sort=False):
        aligned = block[list(metrics)].notna().any(axis=1)
        scored = block[list(benchmarks)].notna()
        if not aligned.any():
            yield str(label), "has benchmark scores only"
            continue
        if not scored.any(axis=None):
            yield str(label), "has alignment scores only"
            continue
        for heading, column in benchmarks.items():
            missing = block.loc[aligned & ~scored[heading], "language"]
            unmeasured = _LANGUAGES.get(column.benchmark, set()) & set(missing)
            if scored[heading].any() and unmeasured:
                yield f"{label}, {heading}", f"not run on {_listed(unmeasured)}"
        if unaligned := set(block.loc[~aligned & (block["language"] != ENGLISH), "language"]):
            yield str(label), f"benchmarks but no alignment for {_listed(unaligned)}"


def _without_benchmark(
    languages: pd.DataFrame, metrics: Sequence[str], benchmarks: Mapping[str, Column]
) -> Iterator[tuple[str, str]]:
    aligned = languages[languages[list(metrics)].notna().any(axis=1)]
    scored = aligned[list(benchmarks)].notna().any(axis=1).groupby(aligned["language"]).any()
    if codes := {str(code) for code in scored.index[~scored]}:
        yield "Languages in no benchmark", _listed(codes)


def _listed(codes: set[str]) -> str:
    count = f"{len(codes)} language{'s' if len(codes) > 1 else ''}"
    return f"{count}: {', '.join(sorted(codes))}"
