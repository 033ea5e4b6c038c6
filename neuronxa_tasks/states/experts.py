"""Neurons of experts: a neuron is a unit of one expert, and rests where it is not routed."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

# Called with an expert's number, its tokens, and its projection and product for them.
Observer = Callable[[int, Tensor, Tensor, Tensor], None]

# An expert's number, its tokens' places among all of the batch, and its input for them.
Assignment = tuple[int, Tensor, Tensor]


@dataclass(frozen=True)
class ExpertSite:
    """The neurons of one layer's experts.

    Attributes:
        layer: Layer number, from 1.
        down: Name inside the decoder of the module that holds the experts.
        experts: How many there are.
        width: Neurons of each.
    """

    layer: int
    down: str
    experts: int
    width: int


@dataclass(frozen=True)
class Experts(ABC):
    """A module that holds experts, none of which is a module.

    Attributes:
        module: The module.
    """

    module: Any

    @property
    @abstractmethod
    def count(self) -> int:
        """Number of experts."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Neurons of each expert."""

    @abstractmethod
    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""

    @abstractmethod
    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection."""

    @abstractmethod
    def assigned(self, args: tuple[Any, ...]) -> Iterable[Assignment]:
        """Which tokens each expert gets in a call of the module.

        Args:
            args: What the module is called with.
        """

    @property
    def down(self) -> Tensor:
        """The down projections themselves, to be changed in place, shape `(count, width, d)`."""
        weight: Tensor = self.module.down_proj
        return weight if self._transposed else weight.transpose(1, 2)

    @property
    def gated(self) -> bool:
        """Whether a gate multiplies `up`."""
        return True

    @property
    def up(self) -> slice:
        """Where `up` lies beside the gate in what is projected."""
        return slice(self.width, None)

    def observe(self, args: tuple[Any, ...], observer: Observer) -> None:
        """Show the neurons of a call of the module, computed once more.

        Args:
            args: What the module is called with.
            observer: Sees the neurons.
        """
        for expert, tokens, hidden in self.assigned(args):
            projected = self.project(expert, hidden)
            observer(expert, tokens, projected, self.product(projected))

    def gate(self, projected: Tensor) -> Tensor:
        """The gate's activation: the product's slope in `up` at zero, whatever the gate's form."""
        if not self.gated:
            return self.product(projected)
        if not self._linear_in_up:
            return self._slope(projected)
        return self._with_up(projected, 1) - self._with_up(projected, 0)

    @property
    def _transposed(self) -> bool:
        """Whether neurons are the rows of a down projection."""
        return False

    @cached_property
    def _linear_in_up(self) -> bool:
        """Whether the product is linear in `up` between zero and two, so that a step is its slope.

        It is wherever nothing squashes `up`.
        """
        device = next(self.module.parameters()).device
        ones = torch.ones(1, 2 * self.width, device=device)
        zero, one, two = (self._with_up(ones, up) for up in (0, 1, 2))
        return torch.allclose(two - one, one - zero, rtol=1e-5, atol=0)

    def _slope(self, projected: Tensor) -> Tensor:
        # Tensors of inference mode carry no gradients, copies of them outside it do.
        with torch.inference_mode(False), torch.enable_grad():
            at_zero = projected.clone()
            at_zero[..., self.up] = 0
            product = self.product(at_zero.requires_grad_())
            # Every product depends on its own `up` alone.
            (slope,) = torch.autograd.grad(product.sum(), at_zero)
        return slope[..., self.up]

    def _with_up(self, projected: Tensor, up: float) -> Tensor:
        changed = projected.clone()
        changed[..., self.up] = up
        return self.product(changed)


def chosen_by(
    hidden: Tensor, routed: Tensor, weights: Tensor, count: int
) -> Iterable[tuple[int, Tensor, Tensor]]:
    """The tokens of every expert that has some, and the weight of each.

    Args:
        hidden: Tokens, shape `(n, d)`.
        routed: The k experts of every token, shape `(n, k)`.
        weights: Their weights, shape `(n, k)`.
        count: How many experts there are.

    Returns:
        Experts in order, each with its m tokens and their weights, shape `(m, 1)`.
    """
    for expert in sorted(set(routed.flatten().tolist())):
        # Experts of other processes, and those that compute nothing, have numbers past the end.
        if expert >= count:
            continue
        # A router may send a token to one expert twice, whose neurons are the same, or mean
        # no expert at all by a weight of zero.
        chosen = (routed == expert) & (weights != 0)
        tokens = chosen.any(dim=1).nonzero().flatten()
        yield expert, tokens, weights.masked_fill(~chosen, 0).sum(dim=1, keepdim=True)[tokens]


def linear(x: Tensor, weight: Tensor, bias: Tensor | None, transposed: bool) -> Tensor:
    """A linear map whose weight may lie either way."""
    return functional.linear(x, weight.T if transposed else weight, bias)
