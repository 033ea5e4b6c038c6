import math

import numpy as np
import pytest
import torch

from neuronxa_tasks.alignment import align, best_layer, held_out_share, retrieve
from tests import reference


def random_sides(layers: int = 3, n: int = 12) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    generator = torch.Generator().manual_seed(1)
    x = [torch.randn(n, 6, generator=generator) for _ in range(layers)]
    return x, [a + torch.randn(n, 6, generator=generator) for a in x]


def test_it_equals_the_definition_written_as_loops() -> None:
    xs, ys = random_sides()
    rows = torch.arange(12)
    result = retrieve(xs, ys, rows, rows)
    for layer, (x, y) in enumerate(zip(xs, ys, strict=True)):
        c = [[reference.cosine(a, b) for b in y.double().numpy()] for a in x.double().numpy()]
        forward = [all(c[i][i] > c[i][j] for j in range(12) if j != i) for i in range(12)]
        backward = [all(c[i][i] > c[j][i] for j in range(12) if j != i) for i in range(12)]
        assert result.forward[layer].tolist() == forward
        assert result.backward[layer].tolist() == backward
        assert forward != backward


def test_forward_compares_within_rows_and_backward_within_columns() -> None:
    y = torch.tensor([[3.0, 2.0, 2.0, 0.0], [0.0, 1.0, 0.0, 3.0], [0.0, 0.0, 1.0, 0.0]])
    # The second sentence of the pivot is nearer to the first translation than to its own.
    result = retrieve([torch.eye(3, 4)], [y], torch.arange(3), torch.arange(3))
    assert result.forward.tolist() == [[True, False, True]]
    assert result.backward.tolist() == [[True, True, True]]
    assert result.both.tolist() == [[True, False, True]]


def test_a_tie_is_a_miss_in_the_direction_in_which_it_stands() -> None:
    x = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    y = torch.tensor([[3.0, 4.0, 0.0], [3.0, 0.0, 4.0]])
    result = retrieve([x], [y], torch.arange(2), torch.arange(2))
    assert result.forward.tolist() == [[False, True]]
    assert result.backward.tolist() == [[True, True]]


def test_a_zero_vector_is_never_found_and_spoils_the_other_sides_comparisons() -> None:
    x, y = torch.eye(3), torch.eye(3)
    y[1] = 0
    result = retrieve([x], [y], torch.arange(3), torch.arange(3))
    assert result.forward.tolist() == [[False, False, False]]
    assert result.backward.tolist() == [[True, False, True]]


def test_copies_of_a_sentence_tie_as_candidates_but_may_each_search() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(5, 8, generator=generator)
    # The language says its last sentence twice; the pivot has two for it.
    result = retrieve([x], [x[:4]], torch.arange(5), torch.tensor([0, 1, 2, 3, 3]))
    assert result.forward.tolist() == [[True, True, True, False, False]]
    assert result.backward.tolist() == [[True, True, True, True, False]]


def test_both_directions_are_weak_alignment() -> None:
    rows = torch.arange(12)
    assert torch.equal(
        retrieve(*random_sides(), rows, rows).both, align(*random_sides(), rows, rows).aligned
    )


def test_exchanging_the_languages_exchanges_the_directions() -> None:
    x, y = random_sides()
    rows = torch.arange(12)
    there, back = retrieve(x, y, rows, rows), retrieve(y, x, rows, rows)
    assert torch.equal(there.forward, back.backward)
    assert torch.equal(there.backward, back.forward)


def test_the_best_layer_is_the_first_of_those_with_most_found() -> None:
    for seed in range(20):
        outcomes = torch.rand(9, 4, generator=torch.Generator().manual_seed(seed)) > 0.4
        best, most = -1, -math.inf
        for layer, found in enumerate(outcomes.numpy()):
            if np.sum(found) > most:
                best, most = layer, np.sum(found)
        assert best_layer(outcomes) == best


def test_a_layer_chosen_on_other_pairs_is_scored_on_the_rest() -> None:
    generator = torch.Generator().manual_seed(1)
    outcomes = torch.rand(7, 41, generator=generator) < 0.3
    halves = torch.Generator().manual_seed(0)
    shares = []
    for _ in range(20):
        order = torch.randperm(41, generator=halves).tolist()
        one, other = order[:20], order[20:]
        found = 0
        for chosen, scored in ((one, other), (other, one)):
            counts = [sum(bool(layer[i]) for i in chosen) for layer in outcomes]
            best = counts.index(max(counts))
            found += sum(bool(outcomes[best, i]) for i in scored)
        shares.append(found / 41)
    assert held_out_share(outcomes) == pytest.approx(sum(shares) / 20)
    # All layers are alike, so that the one that looks best is chosen for its luck.
    assert held_out_share(outcomes) < float(outcomes[best_layer(outcomes)].double().mean())


def test_where_one_layer_is_best_for_all_nothing_is_lost() -> None:
    outcomes = torch.zeros(4, 30, dtype=torch.bool)
    outcomes[2, :24] = True
    assert held_out_share(outcomes) == pytest.approx(0.8)
