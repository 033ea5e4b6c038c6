import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from neuronxa_tasks.alignment import align, cosine_similarity, weak_alignment
from tests import reference


def vectors(n: int = 6, d: int = 8) -> st.SearchStrategy[torch.Tensor]:
    numbers = st.floats(-100, 100, width=32).map(lambda x: round(x, 3))
    return arrays(np.float32, (n, d), elements=numbers).map(torch.from_numpy)


def nonzero(n: int = 6, d: int = 8) -> st.SearchStrategy[torch.Tensor]:
    return vectors(n, d).filter(lambda x: bool((x.norm(dim=1) > 0.1).all()))


permutations = st.permutations(range(6)).map(torch.tensor)


def aligned(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return weak_alignment(cosine_similarity(x.double(), y.double()))


@given(nonzero(), nonzero())
def test_it_equals_the_definition_written_as_loops(x: torch.Tensor, y: torch.Tensor) -> None:
    similarity = cosine_similarity(x.double(), y.double())
    c = similarity.numpy()
    expected = [
        all(c[i][i] > c[i][j] and c[i][i] > c[j][i] for j in range(6) if j != i) for i in range(6)
    ]
    assert weak_alignment(similarity).tolist() == expected


@given(nonzero(), nonzero())
def test_cosines_equal_those_of_single_vectors(x: torch.Tensor, y: torch.Tensor) -> None:
    expected = [[reference.cosine(a, b) for b in y.double().numpy()] for a in x.double().numpy()]
    np.testing.assert_allclose(cosine_similarity(x, y).numpy(), expected, atol=1e-5)


@given(st.integers(0, 2**31))
def test_the_same_distinct_sentences_on_both_sides_are_all_aligned(seed: int) -> None:
    x = torch.randn(6, 8, generator=torch.Generator().manual_seed(seed))
    assert aligned(x, x).all()


@given(nonzero(), nonzero(), permutations)
def test_permuting_both_sides_together_permutes_the_outcomes(
    x: torch.Tensor, y: torch.Tensor, order: torch.Tensor
) -> None:
    similarity = cosine_similarity(x.double(), y.double())
    permuted = similarity[order][:, order]
    assert torch.equal(weak_alignment(permuted), weak_alignment(similarity)[order])


@given(
    nonzero(), nonzero(), st.lists(st.sampled_from([0.25, 0.5, 2.0, 8.0]), min_size=6, max_size=6)
)
def test_scaling_a_sentences_vector_changes_nothing(
    x: torch.Tensor, y: torch.Tensor, scales: list[float]
) -> None:
    # Powers of two scale without rounding, so that ties stay ties.
    assert torch.equal(aligned(x, y), aligned(x, torch.tensor(scales)[:, None] * y))


@given(nonzero(), nonzero())
def test_the_outcomes_are_symmetric_in_the_languages(x: torch.Tensor, y: torch.Tensor) -> None:
    similarity = cosine_similarity(x.double(), y.double())
    assert torch.equal(weak_alignment(similarity), weak_alignment(similarity.T))


@given(vectors(n=1))
def test_ties_score_nothing(x: torch.Tensor) -> None:
    assert not weak_alignment(torch.ones(6, 6)).any()
    same = x.expand(6, -1)
    assert not aligned(same, same).any()


def test_a_nan_is_a_miss_for_every_pair_that_it_touches() -> None:
    similarity = torch.eye(4)
    similarity[1, 2] = torch.nan
    assert weak_alignment(similarity).tolist() == [True, False, False, True]


def test_a_zero_vector_has_no_cosine_and_so_no_alignment() -> None:
    x = torch.eye(3)
    y = torch.eye(3)
    y[1] = 0
    assert not aligned(x, y)[1]


def test_copies_of_a_sentence_tie_exactly_at_any_size() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(1012, 300, generator=generator) + 3 for _ in range(2))
    rows = torch.arange(1013).clamp(max=1011)
    # The last sentence stands twice, and its pivot sentence as well.
    result = align([x], [x + 0.01 * y], rows, rows)
    assert result.aligned.shape == (1, 1013)
    assert result.aligned[0, :1011].all()
    assert not result.aligned[0, 1011:].any()


def test_align_reports_layers_margin_and_the_nearest_wrong_neighbour() -> None:
    x = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    y = torch.tensor([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    z = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    rows = torch.arange(3)
    result = align([x, x], [y, z], rows, rows)
    assert result.aligned.tolist() == [[True, True, True], [False, False, True]]
    assert result.layer_scores.tolist() == [1.0, 1 / 3]
    assert result.aligned_layers.tolist() == [1, 1, 2]
    # Pair 0: own similarity (1 + 0) / 2; its sentence meets pair 1's at (0.6 + 1) / 2.
    torch.testing.assert_close(result.margin, torch.tensor([0.5 - 0.8, 0.4 - 0.8, 1.0]))
    assert result.nearest.tolist()[:2] == [1, 0]


def test_scores_of_fewer_pairs_are_those_that_the_first_alone_would_have() -> None:
    generator = torch.Generator().manual_seed(0)
    x = list(torch.randn(3, 60, 8, generator=generator))
    y = [a + torch.randn(60, 8, generator=generator) for a in x]
    rows = torch.arange(60)
    result = align(x, y, rows, rows)
    assert list(result.by_pairs) == [10, 20, 50, 60]
    for m, score in result.by_pairs.items():
        alone = align([a[:m] for a in x], [b[:m] for b in y], rows[:m], rows[:m])
        assert score == pytest.approx(float(alone.layer_scores.mean()), abs=1e-12)
    assert result.by_pairs[10] > result.by_pairs[60]


@pytest.mark.parametrize(
    ("n", "counts"), [(2, [2]), (9, [9]), (10, [10]), (11, [10, 11]), (100, [10, 20, 50, 100])]
)
def test_the_number_of_pairs_itself_is_always_among_those_scored(n: int, counts: list[int]) -> None:
    rows = torch.arange(n)
    assert align([torch.eye(n)], [torch.eye(n)], rows, rows).by_pairs == dict.fromkeys(counts, 1.0)
