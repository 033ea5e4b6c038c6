"""Put what other commands found out about models into tables."""

from collections.abc import Sequence

import pandas as pd

from neuronxa_tasks.report.read.scores import ResultsFile
from neuronxa_tasks.results.analyses import Inspection, Matrix


def analysis_tables(files: Sequence[ResultsFile]) -> dict[str, pd.DataFrame]:
    """The tables of all analyses.

    Args:
        files: What was read.

    Returns:
        `matrix`, `neighbours`, `maps` and `failing`, empty where there is no such analysis.
    """
    tables = dict.fromkeys(("matrix", "neighbours", "maps", "failing"), pd.DataFrame())
    # Oldest first, since a newer one replaces it.
    found = [
        (file.model.label, analysis)
        for file in sorted(files, key=lambda file: file.date)
        for analysis in file.analyses
    ]
    if not found:
        return tables
    # They draw too, and what draws takes long to import.
    from neuronxa_tasks.report.compute.inspections import failing, maps
    from neuronxa_tasks.report.compute.language_matrix import matrix_table, neighbours

    if matrices := [(label, a) for label, a in found if isinstance(a, Matrix)]:
        tables["matrix"] = matrix_table(matrices)
        tables["neighbours"] = neighbours(tables["matrix"])
    if inspections := [(label, a) for label, a in found if isinstance(a, Inspection)]:
        tables["maps"], tables["failing"] = maps(inspections), failing(inspections)
    return tables
