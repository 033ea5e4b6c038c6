"""How likely an alignment score is by chance, from shuffled sentences."""

import functools

import torch
from torch import Tensor

# Of 1,000, no p would be low enough for a few languages among 200 after correction.
PERMUTATIONS = 10_000


# Those of 1,000 sentences take 80 MB.
@functools.lru_cache(maxsize=1)
def permutations(n: int) -> Tensor:
    """The orders of n sentences that every score is compared with, shape `(10000, n)`, int64."""
    generator = torch.Generator().manual_seed(0)
    return torch.stack([torch.randperm(n, generator=generator) for _ in range(PERMUTATIONS)])


def permutation_p(matches: Tensor) -> float:
    r"""The p-value of a weak alignment score under 10,000 seeded permutations.

    A permutation puts the language's sentences into another order, the same in every layer, and
    so leaves the layers as dependent as they are. It moves the maxima of rows and columns but
    changes none, which is why counts of matches are all that is needed. Where
    $M_{ij}$ counts the layers in which sentences i and j match, the score is in step with
    $\sum_i M_{ii}$ and that of a permutation $\pi$ with $\sum_i M_{i \pi(i)}$.

    Args:
        matches: In how many layers each two of n sentences match (`mutual_matches`), shape
            `(n, n)`, integers, on the CPU.

    Returns:
        (1 + number of permutations that score at least as high) / 10001.

    Example:
        >>> permutation_p(32 * torch.eye(100, dtype=torch.int64)) == 1 / 10001
        True
    """
    by_chance = matches[torch.arange(len(matches)), permutations(len(matches))].sum(dim=1)
    as_high = int((by_chance >= matches.diagonal().sum()).sum())
    return (1 + as_high) / (1 + PERMUTATIONS)
