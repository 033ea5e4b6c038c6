import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuronxa_tasks.alignment.rank_consistency import rank_consistency, ranking


def naive(ranking: list[int], pivot_ranking: list[int]) -> float:
    """The definition, term by term."""
    n = len(ranking)
    exponentials = np.array([math.e ** (n - j) for j in range(1, n + 1)], dtype=np.float64)
    total = 0.0
    for j in range(1, n + 1):
        common = 0
        for candidate in ranking[:j]:
            if candidate in pivot_ranking[:j]:
                common += 1
        total += exponentials[j - 1] / exponentials.sum() * common / j
    return total


@given(
    st.integers(1, 10).flatmap(
        lambda n: st.tuples(st.permutations(range(n)), st.permutations(range(n)))
    )
)
def test_it_is_the_definition_and_the_same_both_ways(pair: tuple[list[int], list[int]]) -> None:
    one, other = pair
    consistency = rank_consistency(one, other)
    assert consistency == pytest.approx(naive(one, other), abs=1e-12)
    assert consistency == pytest.approx(rank_consistency(other, one), abs=1e-12)
    assert 0 < consistency <= 1 + 1e-12


def test_equal_rankings_and_a_single_candidate_are_consistent() -> None:
    assert rank_consistency([3, 0, 2, 1], [3, 0, 2, 1]) == pytest.approx(1)
    assert rank_consistency([0], [0]) == 1


def test_three_candidates_by_hand() -> None:
    # Weights e², e and 1; the first two share one candidate of two, the first none.
    weights = np.exp([2, 1, 0])
    assert rank_consistency([0, 1, 2], [1, 2, 0]) == pytest.approx(
        (0 * weights[0] + 0.5 * weights[1] + 1 * weights[2]) / weights.sum()
    )
    # The same first candidate, the others exchanged.
    assert rank_consistency([0, 1, 2], [0, 2, 1]) == pytest.approx(
        (1 * weights[0] + 0.5 * weights[1] + 1 * weights[2]) / weights.sum()
    )


def test_a_change_at_the_top_costs_more_than_one_at_the_bottom() -> None:
    assert rank_consistency([1, 0, 2, 3], [0, 1, 2, 3]) < rank_consistency(
        [0, 1, 3, 2], [0, 1, 2, 3]
    )


def test_equal_losses_keep_the_order_of_the_candidates() -> None:
    assert ranking([1.0, 0.5, 1.0, 0.5]) == [1, 3, 0, 2]
