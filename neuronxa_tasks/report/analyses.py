"""Put what other commands found out about models into tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.report.values import ResultsFile

Contents = Sequence[tuple[str, Mapping[str, Any]]]


def analysis_tables(files: Sequence[ResultsFile]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The tables of all analyses, and a sentence for each that is damaged.

    Args:
        files: What was read.

    Returns:
        `matrix`, `neighbours`, `maps` and `failing`, empty where there is no such analysis.
    """
    tables = dict.fromkeys(("matrix", "neighbours", "maps", "failing"), pd.DataFrame())
    problems: list[str] = []
    if not any(file.analyses for file in files):
        return tables, problems
    # They draw too, and what draws takes long to import.
    from neuronxa_tasks.report.inspection import failing, maps
    from neuronxa_tasks.report.matrix import matrix_table, neighbours

    if matrices := _sound(files, "matrix", matrix_table, problems):
        tables["matrix"] = matrix_table(matrices)
        tables["neighbours"] = neighbours(tables["matrix"])
    if inspections := _sound(files, "inspection", failing, problems):
        tables["maps"], tables["failing"] = maps(inspections), failing(inspections)
    return tables, problems


def _sound(
    files: Sequence[ResultsFile],
    kind: str,
    read: Callable[[Contents], object],
    problems: list[str],
) -> Contents:
    """The analyses of a kind that can be read, oldest first, since a newer one replaces it."""
    contents: list[tuple[str, Mapping[str, Any]]] = []
    for file in sorted(files, key=lambda file: file.date):
        for analysis in file.analyses:
            if analysis.kind != kind:
                continue
            own = (file.model.label, analysis.content)
            try:
                read([own])
            except ReportError as error:
                problems.append(f"{file.path}: {error}")
            else:
                contents.append(own)
    return contents
