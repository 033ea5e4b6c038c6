"""Rank consistency of two languages (RankC; Qi et al., EMNLP 2023, section 3)."""

import math
from collections.abc import Sequence


def ranking(losses: Sequence[float]) -> list[int]:
    """Positions of the candidates from the lowest loss to the highest.

    Equal losses keep their order.

    Args:
        losses: One per candidate.

    Example:
        >>> ranking([2.5, 0.5, 2.5, 1.0])
        [1, 3, 0, 2]
    """
    return sorted(range(len(losses)), key=losses.__getitem__)


def rank_consistency(ranking: Sequence[int], pivot_ranking: Sequence[int]) -> float:
    """How far two languages rank the same candidates alike.

    The share of candidates that the first j of both rankings have in common, averaged over j
    with weights proportional to `e ** (N - j)`, so that the first ranks count most.

    Args:
        ranking: The N candidates by their positions, the best first.
        pivot_ranking: The same positions in the pivot's order.

    Returns:
        1 for equal rankings, and for a single candidate; above 0 for any two, since all N
        candidates are common to both.

    Example:
        >>> rank_consistency([0, 1, 2], [0, 1, 2])
        1.0
        >>> round(rank_consistency([0, 1], [1, 0]), 4)  # only j = 2 agrees: 1 / (e + 1)
        0.2689
    """
    depths = range(1, len(ranking) + 1)
    weights = [math.exp(1 - depth) for depth in depths]
    shared = [len({*ranking[:depth]} & {*pivot_ranking[:depth]}) / depth for depth in depths]
    return sum(w * share for w, share in zip(weights, shared, strict=True)) / sum(weights)
