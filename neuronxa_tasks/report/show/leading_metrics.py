"""Which metrics a page shows first, where it has many."""

from collections.abc import Iterable

from neuronxa_tasks.measures import metric_named

# So many are shown first where none is of the paper's own definition.
_FIRST = 3


def leading_metrics(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the paper's definition; others are baselines, corrections and other settings.

    Example:
        >>> leading_metrics(["nasca", "nasca_csls", "mexa", "cka"])
        ('nasca', 'mexa')
        >>> leading_metrics(["nasca_mean"])
        ('nasca_mean',)
    """
    names = tuple(names)
    known = {name: metric_named(name) for name in names}
    leading = tuple(
        name
        for name, metric in known.items()
        if metric and metric.family == "alignment" and not metric.changes
    )
    return leading or names[:_FIRST]
