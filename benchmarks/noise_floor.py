"""What every measure says of independent Gaussian vectors, which have nothing in common.

A measure tells something only above its floor, which depends on pairs and dimensions.

    python benchmarks/noise_floor.py
"""

import statistics
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from neuronxa_tasks.alignment import (
    anc,
    cka,
    cosine_similarity,
    debiased_cka,
    sads,
    svcca,
    weak_alignment,
)

DRAWS = 5
SHAPES = [(n, d) for n in (100, 1000) for d in (500, 4096)]
MEASURES: dict[str, Callable[[Tensor, Tensor], float]] = {
    "weak alignment": lambda x, y: float(weak_alignment(cosine_similarity(x, y)).double().mean()),
    "cka": cka,
    "cka_debiased": debiased_cka,
    "svcca, k=20": svcca,
    "svcca, variance=0.99": partial(svcca, variance=0.99),
    "anc": anc,
    "anc, absolute": partial(anc, absolute=True),
    "sads": sads,
}


def main() -> None:
    """Print the table."""
    print(f"mean of {DRAWS} draws of n pairs in d dimensions\n")
    print(f"{'':20}" + "".join(f"{f'n={n} d={d}':>14}" for n, d in SHAPES))
    draws = {shape: [draw(*shape, seed) for seed in range(DRAWS)] for shape in SHAPES}
    for name, measure in MEASURES.items():
        floors = [statistics.fmean(measure(x, y) for x, y in draws[shape]) for shape in SHAPES]
        print(f"{name:20}" + "".join(f"{floor:14.4f}" for floor in floors))


def draw(n: int, d: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two sides of n vectors."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=generator), torch.randn(n, d, generator=generator)


if __name__ == "__main__":
    main()
