"""Names of series that fit a chart: what all share is dropped, what is left cut in its middle."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

import pandas as pd

from neuronxa_tasks.report.compute.report_tables import Report
from neuronxa_tasks.report.show.series import measured_series, with_series

# What an axis of a chart has room for.
_CHARACTERS = 24


def short_series(report: Report) -> dict[str, str]:
    """The short name of every series by its name."""
    keys = measured_series(report)
    if keys.empty:
        return {}
    models = _without_shared_folders(keys["label"].unique())
    settings = _without_shared_settings(keys["condition"].unique())
    names = with_series(report, keys)["series"]
    if len(settings) == 1:
        short = keys["label"].map(models)
    else:
        short = keys["label"].map(models) + " · " + keys["condition"].map(settings)
    return dict(zip(names, cut_in_the_middle(list(short)), strict=True))


def with_short_series(report: Report, frame: pd.DataFrame) -> pd.DataFrame:
    """Add `series` as `with_series`, by the names that charts have."""
    found = with_series(report, frame)
    short = found["series"].map(short_series(report))
    return found.assign(series=short.fillna(found["series"]))


def short_labels(labels: Iterable[str]) -> dict[str, str]:
    """The short name of every model by its label.

    Example:
        >>> short_labels(["/runs/a/checkpoint-5", "/runs/b/checkpoint-5"]).values()
        dict_values(['a/checkpoint-5', 'b/checkpoint-5'])
    """
    models = _without_shared_folders(labels)
    return dict(zip(models, cut_in_the_middle(list(models.values())), strict=True))


def cut_in_the_middle(names: Sequence[str], limit: int = _CHARACTERS) -> list[str]:
    """Names of up to `limit` characters, or of more where different ones would become the same.

    Example:
        >>> cut_in_the_middle(["a/checkpoint-100", "b/checkpoint-100", "c"], 9)
        ['a/ch…-100', 'b/ch…-100', 'c']
        >>> cut_in_the_middle(["step-1-of-a-run", "step-2-of-a-run"], 5)
        ['step-1…-a-run', 'step-2…-a-run']
    """
    different = len(set(names))
    for room in range(limit, max(map(len, names), default=0)):
        begin = (room - 1) // 2
        short = [
            name if len(name) <= room else f"{name[:begin]}…{name[begin + 1 - room :]}"
            for name in names
        ]
        if len(set(short)) == different:
            return short
    return list(names)


def _without_shared_folders(names: Iterable[str]) -> dict[str, str]:
    """Without the organisation or the folders that all names begin with."""
    folders = {name: name.split("/") for name in names}
    levels = zip(*(parts[:-1] for parts in folders.values()), strict=False)
    shared = sum(1 for _ in takewhile(lambda level: len({*level}) == 1, levels))
    begin = shared if len(folders) > 1 else 0
    return {name: "/".join(parts[begin:]) for name, parts in folders.items()}


def _without_shared_settings(names: Iterable[str]) -> dict[str, str]:
    parts = {name: name.split(", ") for name in names}
    shared = set.intersection(*map(set, parts.values())) if len(parts) > 1 else set()
    return {
        name: ", ".join(part for part in own if part not in shared) or name
        for name, own in parts.items()
    }
