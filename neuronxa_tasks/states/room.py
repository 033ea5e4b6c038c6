"""Room for pooled states: memory while there is enough, and files behind it for what is more."""

import tempfile
from collections.abc import Sequence
from functools import cached_property
from math import prod

import torch
from accelerate.utils import get_max_memory
from torch import Tensor

from neuronxa_tasks.log import logger

# The rest is for the model's own work, and for similarities.
SHARE = 0.5


class Room:
    """Gives tensors on any device; on a CPU never more memory than a share of what is free.

    What is more lies in files, which the system keeps in memory as far as it can. A file ends
    with its tensor, whatever becomes of the process.
    """

    def __init__(self) -> None:
        self._taken = 0
        self._said = False

    @cached_property
    def _most(self) -> float:
        """Bytes of memory to give; asked for where a CPU needs some, since that asks every GPU."""
        return SHARE * float(get_max_memory()["cpu"])

    def zeros(self, shape: Sequence[int], device: torch.device) -> Tensor:
        """Zeros in float32.

        Args:
            shape: Of the tensor.
            device: Where it is used.
        """
        if device.type != "cpu":
            return torch.zeros(shape, dtype=torch.float32, device=device)
        size = prod(shape)
        if self._taken + size * torch.float32.itemsize <= self._most:
            self._taken += size * torch.float32.itemsize
            return torch.zeros(shape, dtype=torch.float32)
        if not self._said:
            logger.info(
                "sentence states that memory has no room for are kept in files below %s (TMPDIR "
                "names another folder)",
                tempfile.gettempdir(),
            )
            self._said = True
        with tempfile.NamedTemporaryFile(prefix="neuronxa-states-") as file:
            mapped = torch.from_file(file.name, shared=True, size=size, dtype=torch.float32)
        return mapped.view(*shape)

    def side_by_side(self, parts: list[Tensor]) -> Tensor:
        """Matrices of as many rows as one, which is a copy where there are several.

        Args:
            parts: At least one, each of shape `(rows, d)` with its own d.
        """
        if len(parts) == 1:
            return parts[0]
        shape = (len(parts[0]), sum(part.shape[1] for part in parts))
        return torch.cat(parts, dim=1, out=self.zeros(shape, parts[0].device))
