"""Numbers, settings and names as a reader sees them."""

from typing import Any

import pandas as pd

from neuronxa_tasks.measures import metric_named

MISSING = "\N{EN DASH}"


def number(value: Any, digits: int = 3) -> str:
    """A number with a true minus sign, or an en dash.

    Example:
        >>> number(0.12345), number(float("nan")) == MISSING
        ('0.123', True)
    """
    if pd.isna(value):
        return MISSING
    # Adding zero takes the sign from what rounds to none.
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def interval(low: Any, high: Any, digits: int = 3) -> str:
    """An interval by its two ends, with as many digits as its value has, or an en dash.

    Example:
        >>> interval(-0.0001, 0.256, 2), interval(None, None) == MISSING
        ('0.00 to 0.26', True)
    """
    ends = number(low, digits), number(high, digits)
    return MISSING if MISSING in ends else " to ".join(ends)


def percent(share: Any) -> str:
    """A share in percent, or an en dash.

    Example:
        >>> percent(0.9), percent(0.925)
        ('90%', '92.5%')
    """
    return MISSING if pd.isna(share) else f"{100 * share:.3g}%"


def p_value(p: Any) -> str:
    """A p value, not smaller than can be believed.

    Example:
        >>> p_value(0.00002), p_value(0.0312)
        ('< 0.001', '0.031')
    """
    return "< 0.001" if not pd.isna(p) and p < 0.001 else number(p)


def plain(value: Any) -> str:
    """A setting as text: lists with commas, nothing as nothing.

    Example:
        >>> plain(("a", "b")), plain(None), plain(32.0)
        ('a, b', '', '32')
    """
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if pd.isna(value) else str(value)


def metric_title(metric: str) -> str:
    """A metric's name as a reader sees it.

    Example:
        >>> metric_title("nasca_mean"), metric_title("tokens")
        ('NASCA (mean)', 'Tokens')
    """
    found = metric_named(metric)
    return found.title if found else metric.capitalize()
