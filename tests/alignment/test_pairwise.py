"""Every two languages in blocks give what every two give by themselves."""

import numpy as np
import pytest
import torch

from neuronxa_tasks.alignment.pairwise import pairwise_alignment

LANGUAGES, PAIRS, WIDTH = 7, 6, 5


def languages() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Small integers, of which many cosines tie; and sentences that share their tokens."""
    torch.manual_seed(0)
    shared = torch.randint(0, 3, (PAIRS, WIDTH))
    made = []
    for number in range(LANGUAGES):
        states = shared + (torch.rand(PAIRS, WIDTH) < 0.1 * number)
        rows = torch.arange(PAIRS)
        if number % 3 == 2:
            states, rows = states[:-1], rows.clamp(max=PAIRS - 2)
        if number == 5:
            states[1] = 0
        made.append((states.to(torch.uint16), rows))
    return made


def by_hand(x: tuple[torch.Tensor, torch.Tensor], y: tuple[torch.Tensor, torch.Tensor]) -> int:
    a, b = (states.numpy().astype(np.float32)[rows.numpy()] for states, rows in (x, y))
    aligned = 0
    for i in range(PAIRS):

        def cosine(j: int, k: int) -> float:
            with np.errstate(invalid="ignore"):
                length = np.float32(np.sqrt(a[j] @ a[j])) * np.float32(np.sqrt(b[k] @ b[k]))
                return float((a[j] @ b[k]) / length)

        wrong = [cosine(i, j) for j in range(PAIRS) if j != i]
        wrong += [cosine(j, i) for j in range(PAIRS) if j != i]
        aligned += all(cosine(i, i) > other for other in wrong)
    return aligned


@pytest.mark.parametrize("block", [1, 2, 3, 7, 100])
def test_counts_are_those_of_every_two_languages_however_they_are_blocked(block) -> None:
    made = languages()
    counts = pairwise_alignment(lambda i: made[i], LANGUAGES, numbers=block * PAIRS * WIDTH)
    expected = [
        [by_hand(made[i], made[j]) if i < j else 0 for j in range(LANGUAGES)]
        for i in range(LANGUAGES)
    ]
    assert counts.tolist() == expected
    assert 0 < counts.sum() < PAIRS * LANGUAGES * (LANGUAGES - 1) / 2


def test_no_more_than_two_blocks_are_read_at_a_time_and_each_in_order() -> None:
    made, read = languages(), []

    def reading(language: int) -> tuple[torch.Tensor, torch.Tensor]:
        read.append(language)
        return made[language]

    pairwise_alignment(reading, LANGUAGES, numbers=3 * PAIRS * WIDTH)
    # The first is read once more, to learn how large a block may be.
    assert read == [0, *(0, 1, 2), *(3, 4, 5), 6, *(3, 4, 5), 6, 6]
