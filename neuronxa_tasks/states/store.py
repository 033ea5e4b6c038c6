"""Sentence states of many languages on disk, exact and compact, a file each."""

import hashlib
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from neuronxa_tasks.measures import Pooling, Representation
from neuronxa_tasks.states.encoder import SentenceStates

ROWS = "rows"
CHECKSUM = "sha256"

# To make a file in a folder that another call may remove at any time.
ATTEMPTS = 10

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


class StoredStates:
    """The sentence states of one language, in a file that is whole or not there.

    Once written or opened, the states stay readable whatever becomes of the file's name, so that
    another call that is done may remove it.

    Args:
        file: The file.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._opened: Any = None

    def write(self, states: SentenceStates) -> None:
        """Write the states; a process that is killed leaves no file of this name."""
        lengths = torch.empty(int(states.rows.max()) + 1, dtype=torch.int64)
        lengths[states.rows] = torch.tensor(states.tokens)
        tensors = {ROWS: states.rows}
        for representation, layers in states.layers.items():
            for number, layer in enumerate(layers):
                compact = _compact(representation, layer, lengths.to(layer.device))
                tensors[_name(representation, number)] = compact.cpu().contiguous()
        partial = _new_file(self.file)
        try:
            save_file(tensors, partial, metadata={CHECKSUM: _checksum(tensors)})
            with partial.open("rb+") as written:
                os.fsync(written.fileno())
            self._opened = safe_open(partial, framework="pt")
            if self.file.is_dir():
                self.file.rename(f"{self.file}.{time.time_ns()}.aside")
            partial.replace(self.file)
        finally:
            partial.unlink(missing_ok=True)

    def open(self) -> str:
        """Open what an earlier call wrote, if every bit of it is as it was.

        Returns:
            What is wrong with it; empty where nothing is, or there is no such file.
        """
        if not self.file.exists():
            return ""
        if not self.file.is_file():
            return "it is no file"
        try:
            opened: Any = safe_open(self.file, framework="pt")
            names = opened.keys()
            tensors = {name: opened.get_tensor(name) for name in names}
        except (SafetensorError, OSError) as error:
            return str(error)
        if (opened.metadata() or {}).get(CHECKSUM) != _checksum(tensors):
            return "its checksum is another"
        self._opened = opened
        return ""

    @property
    def ready(self) -> bool:
        """Whether the states can be read."""
        return self._opened is not None

    def read(self, representation: Representation, layer: int) -> tuple[Tensor, Tensor]:
        """The states of one layer, read from the file as they are used.

        Args:
            representation: One of those written.
            layer: Its place among the layers, from 0.

        Returns:
            Multiples of the m distinct states, shape `(m, d)`, in the type in which they are
            stored; and the row of each of the n sentences, shape `(n,)`, int64.
        """
        name = _name(representation, layer)
        return self._opened.get_tensor(name), self._opened.get_tensor(ROWS)

    def pooled(self, representation: Representation, layer: int, tokens: Sequence[int]) -> Tensor:
        """The states of the n sentences in one layer, shape `(n, d)`, float64.

        Args:
            representation: One of those written.
            layer: Its place among the layers, from 0.
            tokens: Of each of the n sentences.
        """
        states, rows = self.read(representation, layer)
        whole = states.double()[rows]
        if states.is_floating_point():
            return whole
        return whole / _divisors(representation.pooling, torch.tensor(tokens))[:, None]


def _new_file(file: Path) -> Path:
    """An empty file beside another, of a name that no other call has."""
    for attempt in range(1, ATTEMPTS + 1):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle, name = tempfile.mkstemp(".partial", f"{file.stem}_", file.parent)
        except FileNotFoundError:
            # Another call that is done has just removed the folder.
            if attempt == ATTEMPTS:
                raise
        else:
            os.close(handle)
            return Path(name)
    raise AssertionError("the last attempt returns or raises")


def _checksum(tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


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
