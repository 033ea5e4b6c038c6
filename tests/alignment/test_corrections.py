"""Centring and CSLS, against the definitions written as loops in float64."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from neuronxa_tasks.alignment import (
    UNCORRECTED,
    Correction,
    align,
    align_corrected,
    csls,
    retrieve,
    retrieve_corrected,
)
from tests import reference

Matrix = list[list[float]]
EVERY = [Correction(centred, k) for centred in (False, True) for k in (None, 1, 3, 10)]


def cosines(x: np.ndarray, y: np.ndarray, correction: Correction) -> Matrix:
    return reference.similarities([*x], [*y], correction.centred, correction.neighbours)


def sides(n: int = 24, d: int = 16, layers: int = 3) -> tuple[list[torch.Tensor], ...]:
    """Noisy translations that share a direction, some of them hubs."""
    generator = torch.Generator().manual_seed(3)
    common = 3 * torch.randn(d, generator=generator)
    x = [torch.randn(n, d, generator=generator) + common for _ in range(layers)]
    y = [a + 1.2 * torch.randn(n, d, generator=generator) for a in x]
    return x, y


@pytest.mark.parametrize("correction", EVERY)
def test_the_corrections_equal_their_definitions(correction: Correction) -> None:
    x, y = sides()
    rows = torch.arange(24)
    aligned = align_corrected(x, y, rows, rows, EVERY)[correction]
    retrieved = retrieve_corrected(x, y, rows, rows, EVERY)[correction]
    means = []
    for layer in range(3):
        a, b = (side[layer].double().numpy() for side in (x, y))
        c = cosines(a, b, correction)
        forward, backward = reference.found(c)
        both = [f and b for f, b in zip(forward, backward, strict=True)]
        assert retrieved.forward[layer].tolist() == forward
        assert retrieved.backward[layer].tolist() == backward
        assert aligned.aligned[layer].tolist() == both
        means.append(c)
    np.testing.assert_allclose(aligned.similarity, np.mean(means, axis=0), atol=1e-5)
    # The first pairs alone, with their own mean and neighbours.
    of_first = [
        sum(
            all(pair)
            for pair in zip(
                *reference.found(
                    cosines(*(s[layer].double().numpy()[:m] for s in (x, y)), correction)
                ),
                strict=True,
            )
        )
        for m in (10, 20)
        for layer in range(3)
    ]
    assert aligned.by_pairs[10] == pytest.approx(sum(of_first[:3]) / 30)
    assert aligned.by_pairs[20] == pytest.approx(sum(of_first[3:]) / 60)


def test_without_a_correction_the_definition_is_the_papers() -> None:
    x, y = sides()
    rows = torch.arange(24)
    plain, among = align(x, y, rows, rows), align_corrected(x, y, rows, rows, EVERY)[UNCORRECTED]
    assert torch.equal(plain.similarity, among.similarity)
    assert torch.equal(plain.matches, among.matches)
    assert plain.by_pairs == among.by_pairs
    one = retrieve(x, y, rows, rows)
    other = retrieve_corrected(x, y, rows, rows, EVERY)[UNCORRECTED]
    assert torch.equal(one.forward, other.forward)
    assert torch.equal(one.backward, other.backward)


def test_both_corrections_align_more_of_what_shares_a_direction() -> None:
    x, y = sides(n=100, d=32)
    rows = torch.arange(100)
    corrections = [UNCORRECTED, Correction(centred=True), Correction(neighbours=10)]
    every = align_corrected(x, y, rows, rows, corrections)
    plain, centred, scaled = (float(every[c].layer_scores.mean()) for c in corrections)
    assert centred > plain
    assert scaled > plain


@pytest.mark.parametrize("correction", EVERY)
def test_copies_of_a_sentence_count_and_tie(correction: Correction) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(6, 8, generator=generator)
    # The pivot says its second sentence twice, the language its fourth three times.
    x_rows, y_rows = torch.tensor([0, 1, 1, 2, 3, 4, 5]), torch.tensor([0, 1, 2, 3, 3, 3, 4])
    y = torch.randn(5, 8, generator=generator)
    result = align_corrected([x], [y], x_rows, y_rows, [correction])[correction]
    wanted = cosines(x[x_rows].double().numpy(), y[y_rows].double().numpy(), correction)
    np.testing.assert_allclose(result.similarity, wanted, atol=1e-5)
    for same in ((1, 2), (3, 4, 5)):
        assert not result.aligned[0, list(same)].any()


@given(st.integers(0, 2**31))
def test_what_all_sentences_of_a_side_share_changes_no_centred_similarity(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x, y, shift = (torch.randn(size, 8, generator=generator).double() for size in (12, 12, 1))
    rows = torch.arange(12)
    correction = Correction(centred=True, neighbours=4)
    plain = align_corrected([x], [y], rows, rows, [correction])[correction]
    shifted = align_corrected([x], [y + 5 * shift], rows, rows, [correction])[correction]
    torch.testing.assert_close(shifted.similarity, plain.similarity, atol=1e-5, rtol=0)


@given(st.integers(0, 2**31), st.integers(1, 40))
def test_csls_is_symmetric_in_the_languages(seed: int, k: int) -> None:
    c = torch.rand(12, 12, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(csls(c.T, k), csls(c, k).T)
    assert torch.equal(csls(c, max(k, 12)), csls(c, 12))


def test_equal_sentences_of_a_side_are_exactly_at_its_mean_and_align_with_nothing() -> None:
    x = torch.randn(1, 8, generator=torch.Generator().manual_seed(0)).expand(6, -1) / 3
    y = torch.randn(6, 8, generator=torch.Generator().manual_seed(1))
    rows = torch.arange(6)
    for correction in (Correction(centred=True), Correction(centred=True, neighbours=2)):
        result = align_corrected([x], [y], rows, rows, [correction])[correction]
        assert not result.aligned.any()
        assert math.isnan(float(result.margin[0]))


def test_one_pass_serves_all_corrections() -> None:
    """Plain cosines are made once a layer, and centred ones once."""
    made = []
    x, y = sides(n=9)
    rows = torch.arange(9)

    class Counted(torch.Tensor):
        def __matmul__(self, other: torch.Tensor) -> torch.Tensor:
            made.append(other.shape)
            return super().__matmul__(other)

    align_corrected([a.as_subclass(Counted) for a in x], y, rows, rows, EVERY)
    assert sum(shape == (16, 9) for shape in made) == 2 * len(x)
