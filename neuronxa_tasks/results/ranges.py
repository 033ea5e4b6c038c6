"""Between which values a score can lie by its definition."""

from neuronxa_tasks.measures import Metric

# What rounding adds to a cosine or a correlation of 1.
TOLERANCE = 1e-6

_BASELINES = {"cka_debiased": (-1.0, 1.0), "anc": (-1.0, 1.0), "sads": (-2.0, 2.0)}

# Far above any score, and far below what a sum of squares could not hold.
_LARGEST = 1e100
POSITIVE = (0.0, _LARGEST)

# Shares of documents; of other metrics of the harness nothing is known.
_BENCHMARKS = {
    **dict.fromkeys(("acc", "acc_norm", "rankc"), (0.0, 1.0)),
    **dict.fromkeys(("parity", "bits_per_byte"), POSITIVE),
}


def range_of_metric(metric: Metric) -> tuple[float, float]:
    """The lowest and the highest value of a metric, in one layer or over all.

    Example:
        >>> from neuronxa_tasks.measures import metric_named
        >>> range_of_metric(metric_named("nasca")), range_of_metric(metric_named("sads_nas"))
        ((0.0, 1.0), (-2.0, 2.0))
    """
    if metric.variant == "absolute":
        return 0.0, 1.0
    return _BASELINES.get(metric.measure, (0.0, 1.0))


def range_of_benchmark(metric: str) -> tuple[float, float]:
    """The lowest and the highest value of a benchmark's metric."""
    return _BENCHMARKS.get(metric, (-_LARGEST, _LARGEST))


def outside(value: float, ends: tuple[float, float]) -> bool:
    """Whether a value cannot be, more than rounding explains; NaN is outside."""
    return not ends[0] - TOLERANCE <= value <= ends[1] + TOLERANCE
