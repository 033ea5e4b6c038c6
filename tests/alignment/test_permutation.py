import torch

from neuronxa_tasks.alignment import align, mutual_matches, permutation_p, weak_alignment
from neuronxa_tasks.alignment.permutation import permutations


def random_layers(layers: int, n: int, likeness: float, seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(layers, n, n, generator=generator)
    return list(noise + likeness * torch.eye(n))


def p_value(similarities: list[torch.Tensor]) -> float:
    return permutation_p(torch.stack([mutual_matches(c).int() for c in similarities]).sum(dim=0))


def test_matches_are_the_strict_maxima_of_row_and_column() -> None:
    for c in (*random_layers(3, 7, 1.0, 0), *(c.round() for c in random_layers(3, 7, 1.0, 1))):
        expected = [
            [
                all(c[i, j] > c[i, k] for k in range(7) if k != j)
                and all(c[i, j] > c[k, j] for k in range(7) if k != i)
                for j in range(7)
            ]
            for i in range(7)
        ]
        assert mutual_matches(c).tolist() == expected


def test_mutual_neighbours_are_the_matches_of_each_layer() -> None:
    generator = torch.Generator().manual_seed(5)
    x, y = (list(torch.randn(3, 9, 4, generator=generator)) for _ in range(2))
    rows = torch.arange(9)
    expected = [
        sum(c[i, j] == max(*c[i], *c[:, j]) for i in range(9) for j in range(9))
        for c in (
            torch.nn.functional.cosine_similarity(a[:, None], b, dim=-1)
            for a, b in zip(x, y, strict=True)
        )
    ]
    found = align(x, y, rows, rows)
    assert found.mutual_neighbours.tolist() == expected
    assert int(found.matches.sum()) == sum(expected)


def test_a_tie_or_a_nan_leaves_row_and_column_without_a_match() -> None:
    tie = torch.tensor([[3.0, 3.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert mutual_matches(tie).nonzero().tolist() == [[2, 2]]
    nan = torch.eye(3)
    nan[0, 1] = torch.nan
    assert mutual_matches(nan).nonzero().tolist() == [[2, 2]]


def test_weak_alignment_is_the_diagonal_of_the_matches_in_any_number_of_layers() -> None:
    similarity = torch.stack(random_layers(4, 9, 1.0, 2))
    diagonal = mutual_matches(similarity).diagonal(dim1=1, dim2=2)
    assert torch.equal(weak_alignment(similarity), diagonal)


def test_it_equals_scoring_every_shuffled_language_anew() -> None:
    for likeness in (0.0, 0.5, 1.5):
        layers = random_layers(3, 8, likeness, 3)
        score = sum(int(weak_alignment(c).sum()) for c in layers)
        as_high = 0
        for order in permutations(8):
            shuffled = sum(int(weak_alignment(c[:, order]).sum()) for c in layers)
            as_high += shuffled >= score
        assert p_value(layers) == (1 + as_high) / 10001


def test_the_orders_are_ten_thousand_permutations_and_the_same_every_time() -> None:
    orders = permutations(30)
    assert orders.shape == (10000, 30)
    assert torch.equal(orders.sort(dim=1).values, torch.arange(30).expand(10000, -1))
    assert len(orders.unique(dim=0)) == 10000
    assert torch.equal(orders, permutations(30))


def test_perfect_alignment_is_as_unlikely_as_ten_thousand_permutations_can_tell() -> None:
    assert p_value([torch.eye(100)] * 32) == 1 / 10001


def test_no_alignment_is_sure_to_be_reached() -> None:
    assert p_value([torch.ones(50, 50)] * 4) == 1.0


def test_under_independence_small_p_values_are_no_more_frequent_than_they_say() -> None:
    # Repeating a layer must not make a score less likely: layers share their permutation.
    p = torch.tensor([p_value(random_layers(6, 40, 0.0, seed) * 3) for seed in range(200)])
    for level in (0.05, 0.2, 0.5):
        assert (p <= level).double().mean() <= level + 0.06
    assert (p <= 0.5).double().mean() > 0.3


def test_align_gives_the_p_value_of_its_mean_over_layers() -> None:
    generator = torch.Generator().manual_seed(4)
    x = list(torch.randn(5, 30, 8, generator=generator))
    y = [a + 2 * torch.randn(30, 8, generator=generator) for a in x]
    rows = torch.arange(30)
    cosines = [
        torch.nn.functional.cosine_similarity(a[:, None], b, dim=-1)
        for a, b in zip(x, y, strict=True)
    ]
    assert 1 / 10001 <= align(x, y, rows, rows).permutation_p == p_value(cosines) < 1
    assert align(x, x, rows, rows).permutation_p == 1 / 10001
