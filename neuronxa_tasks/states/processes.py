"""The processes of a distributed run, which share the sentences of a language."""

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Processes:
    """This process among all of a run.

    Attributes:
        rank: Its index over all machines.
        count: How many there are.
    """

    rank: int = 0
    count: int = 1

    def collect(self, item: _Item) -> list[_Item]:
        """Every process's `item`, in rank order, on every process."""
        if self.count == 1:
            return [item]
        items: list[_Item | None] = [None] * self.count
        torch.distributed.all_gather_object(items, item)
        return items  # type: ignore[return-value]

    def add(self, tensor: Tensor) -> None:
        """Replace `tensor` by the sum of every process's, in place."""
        if self.count > 1:
            torch.distributed.all_reduce(tensor)
