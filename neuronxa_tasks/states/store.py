"""Sentence states of many languages on disk, exact and compact, a file each."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from neuronxa_tasks.measures import Pooling, Representation
from neuronxa_tasks.states.encoder import SentenceStates

ROWS = "rows"

# What float32 may be off by when it pools the longest sentence that uint16 has room for is a
# tenth of this.
TOLERANCE = 0.25


def stored_dtype(representation: Representation, tokens: int) -> torch.dtype:
    """The smallest type of number that holds the states exactly, up to their scale.

    Weights of T tokens are t / (1 + ... + T), 1 / T, or 1 for the last one, so that a pooled
    NAS times the divisor is an integer; a cosine does not miss the divisor. Up to 361 tokens it
    fits into 16 bits. NAV and embeddings are no shares, and float16 would overflow.

    Args:
        representation: Of which states.
        tokens: Of the longest sentence.

    Example:
        >>> stored_dtype(Representation("nas", "weighted", "gate"), 361)
        torch.uint16
        >>> stored_dtype(Representation("nas", "weighted", "gate"), 362)
        torch.float32
    """
    if representation.kind != "nas":
        return torch.float32
    largest = int(_divisors(representation.pooling, torch.tensor(tokens)))
    fitting = (d for d in (torch.uint8, torch.uint16) if largest <= torch.iinfo(d).max)
    return next(fitting, torch.float32)


@dataclass(frozen=True)
class StoredStates:
    """The sentence states of one language, in a file.

    Attributes:
        file: The file; there is one once all states have been written.
    """

    file: Path

    def write(self, states: SentenceStates) -> None:
        """Write the states; a process that is killed leaves no file of this name."""
        lengths = torch.empty(int(states.rows.max()) + 1, dtype=torch.int64)
        lengths[states.rows] = torch.tensor(states.tokens)
        tensors = {ROWS: states.rows}
        for representation, layers in states.layers.items():
            for number, layer in enumerate(layers):
                compact = _compact(representation, layer, lengths.to(layer.device))
                tensors[_name(representation, number)] = compact.cpu().contiguous()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".partial")
        save_file(tensors, partial)
        partial.replace(self.file)

    def read(self, representation: Representation, layer: int) -> tuple[Tensor, Tensor]:
        """The states of one layer, read from the file as they are used.

        Args:
            representation: One of those written.
            layer: Its place among the layers, from 0.

        Returns:
            Multiples of the m distinct states, shape `(m, d)`, in the type in which they are
            stored; and the row of each of the n sentences, shape `(n,)`, int64.
        """
        with safe_open(self.file, framework="pt") as stored:
            return stored.get_tensor(_name(representation, layer)), stored.get_tensor(ROWS)


def _divisors(pooling: Pooling, lengths: Tensor) -> Tensor:
    divisors = {
        "weighted": lengths * (lengths + 1) // 2,
        "mean": lengths,
        "last": torch.ones_like(lengths),
    }
    return divisors[pooling]


def _compact(representation: Representation, states: Tensor, lengths: Tensor) -> Tensor:
    dtype = stored_dtype(representation, int(lengths.max()))
    if dtype == torch.float32:
        return states
    counts = states * _divisors(representation.pooling, lengths)[:, None]
    whole = counts.round()
    # Where a device multiplies float32 with fewer digits the states are no integers any more,
    # and are kept as they came.
    exact = bool((counts - whole).abs().max() < TOLERANCE)
    return whole.to(dtype) if exact else states


def _name(representation: Representation, layer: int) -> str:
    return f"{representation.kind}_{representation.pooling}_{representation.activation}_{layer}"
