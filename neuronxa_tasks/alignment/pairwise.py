"""Weak alignment of every language with every other, a block of languages at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from neuronxa_tasks.alignment.cosine import cosine_similarity
from neuronxa_tasks.alignment.weak import weak_alignment

# Gives the states of a language by its number: its m distinct sentences, shape `(m, d)` and any
# type of number, and the row of each of the n sentences among them, shape `(n,)`.
Read = Callable[[int], tuple[Tensor, Tensor]]


def pairwise_alignment(
    read: Read, languages: int, numbers: int, device: torch.device | None = None
) -> Tensor:
    """How many sentences are weakly aligned between every two of N languages, in one layer.

    Args:
        read: Gives the states of a language; it is called N^2 / (2 b) times for blocks of b
            languages, in order within a block. Cosines do not depend on the scale of a vector,
            so any multiple of a sentence's state will do.
        languages: N.
        numbers: How many numbers a block of languages may hold, each in float32; memory holds
            two blocks. A block is one language at least.
        device: Where to compute; the CPU by default.

    Returns:
        Counts of shape `(N, N)`, int64, above the diagonal, and 0 elsewhere: weak alignment is
        symmetric in the two languages.

    Example:
        >>> states = [torch.eye(3), 5 * torch.eye(3), torch.eye(3)[[0, 2, 1]]]
        >>> pairwise_alignment(lambda i: (states[i], torch.arange(3)), 3, numbers=9)
        tensor([[0, 3, 1],
                [0, 0, 1],
                [0, 0, 0]])
    """
    counts = torch.zeros(languages, languages, dtype=torch.int64)
    if languages == 0:
        return counts
    states, rows = read(0)
    size = max(1, numbers // (len(rows) * states.shape[1]))
    blocks = [range(i, min(i + size, languages)) for i in range(0, languages, size)]
    for place, block in enumerate(blocks):
        ours = _load(read, block, device)
        for others in blocks[place:]:
            theirs = ours if others == block else _load(read, others, device)
            for i, language in enumerate(block):
                after = i + 1 if others == block else 0
                counts[language, others.start + after : others.stop] = _aligned(
                    *ours.from_language(i, i + 1), *theirs.from_language(after, len(others))
                )
    return counts


@dataclass(frozen=True)
class _Block:
    """The states of b languages.

    Attributes:
        states: Distinct sentences of all, one language after the other, shape `(m, d)`.
        starts: Where each language begins, and the end, b + 1 numbers.
        rows: Row of each sentence in `states`, shape `(b, n)`.
    """

    states: Tensor
    starts: list[int]
    rows: Tensor

    def from_language(self, first: int, end: int) -> tuple[Tensor, Tensor]:
        """States and rows of some languages that stand together."""
        start, stop = self.starts[first], self.starts[end]
        return self.states[start:stop], self.rows[first:end] - start


def _load(read: Read, block: range, device: torch.device | None) -> _Block:
    parts = [read(language) for language in block]
    starts = [0]
    for states, _ in parts:
        starts.append(starts[-1] + len(states))
    whole = torch.empty(starts[-1], parts[0][0].shape[1], device=device)
    for start, (states, _) in zip(starts, parts, strict=False):
        whole[start : start + len(states)] = states
    rows = torch.stack([start + r for start, (_, r) in zip(starts, parts, strict=False)])
    return _Block(whole, starts, rows.to(whole.device))


def _aligned(states: Tensor, rows: Tensor, others: Tensor, other_rows: Tensor) -> Tensor:
    """Sentences of one language aligned with each of k others, shape `(k,)`."""
    similarity = cosine_similarity(states, others)[rows[0]][:, other_rows]
    return weak_alignment(similarity.transpose(0, 1)).sum(dim=-1).cpu()
