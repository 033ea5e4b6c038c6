"""Neurons of routed experts: a neuron is a unit of one expert, and rests where it is not routed.

transformers keeps all experts of a layer in one module without linear layers inside, and lets
its forward function be replaced by name. Ours computes the same with every expert in view.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.integrations.moe import ALL_EXPERTS_FUNCTIONS

# Our name among the implementations of experts in transformers.
IMPLEMENTATION = "neuronxa"

# Called with an expert's number, its tokens, and its projection and product for them.
Observer = Callable[[int, Tensor, Tensor, Tensor], None]


@dataclass(frozen=True)
class ExpertSite:
    """The neurons of one layer's routed experts.

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
class Experts:
    """A module of routed experts and how its weights lie.

    Attributes:
        module: The module.
        dispatched: Whether transformers dispatches its forward function by name; otherwise
            it is called with every token once per expert, zeros where it is not routed.
    """

    module: Any
    dispatched: bool

    @property
    def count(self) -> int:
        """Number of experts."""
        return int(self.module.down_proj.shape[0])

    @property
    def width(self) -> int:
        """Neurons of each expert."""
        weight = self._up_weight
        both = weight.shape[-1] if self._transposed else weight.shape[-2]
        return int(both // 2 if self._gated else both)

    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""
        name = "gate_up_proj_bias" if self._gated else "up_proj_bias"
        bias = getattr(self.module, name)[expert] if self._has("has_bias") else None
        return _linear(hidden, self._up_weight[expert], bias, self._transposed)

    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection."""
        product: Tensor
        if not self._gated:
            product = self.module.act_fn(projected)
        elif self.dispatched:
            product = self.module._apply_gate(projected)
        else:
            gate, up = projected.chunk(2, dim=-1)
            product = self.module.act_fn(gate) * up
        return product

    def gate(self, projected: Tensor) -> Tensor:
        """The gate's activation: the product's slope in `up` at zero, whatever the gate's form."""
        if not self._gated:
            return self.product(projected)
        if not self._linear_in_up:
            return self._slope(projected)
        return self._with_up(projected, 1) - self._with_up(projected, 0)

    def forward(
        self, hidden: Tensor, routed: Tensor, weights: Tensor, observer: Observer
    ) -> Tensor:
        """The experts' output, with every expert's neurons shown to `observer`.

        Args:
            hidden: Tokens, shape `(n, d)`.
            routed: The k experts of every token, shape `(n, k)`.
            weights: Their weights, shape `(n, k)`.
            observer: Sees the neurons.

        Returns:
            Shape `(n, d)`.
        """
        output = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device)
        for expert in sorted(set(routed.flatten().tolist())):
            # Experts of other processes have numbers past the end.
            if expert >= self.count:
                continue
            # A router may send a token to one expert twice, whose neurons are the same, or mean
            # no expert at all by a weight of zero.
            chosen = (routed == expert) & (weights != 0)
            tokens = chosen.any(dim=1).nonzero().flatten()
            projected = self.project(expert, hidden[tokens])
            product = self.product(projected)
            observer(expert, tokens, projected, product)
            bias = self.module.down_proj_bias[expert] if self._has("has_bias") else None
            down = _linear(product, self.module.down_proj[expert], bias, self._transposed)
            if self._has("has_post_expert_norm"):
                down = self.module.post_expert_norm(down)
            weight = weights.masked_fill(~chosen, 0).sum(dim=1, keepdim=True)[tokens]
            output.index_add_(0, tokens, (down * weight).float())
        return output.to(hidden.dtype)

    def observe_repeated(self, hidden: Tensor, observer: Observer) -> None:
        """Show the neurons of experts that get every token, zeros where it is not routed.

        Args:
            hidden: Shape `(experts * n, d)`.
            observer: Sees the neurons.
        """
        for expert, tokens_of_expert in enumerate(hidden.view(self.count, -1, hidden.shape[-1])):
            tokens = tokens_of_expert.any(dim=-1).nonzero().flatten()
            projected = self.project(expert, tokens_of_expert[tokens])
            observer(expert, tokens, projected, self.product(projected))

    @cached_property
    def _linear_in_up(self) -> bool:
        """Whether the product is linear in `up` between zero and two, so that a step is its slope.

        It is wherever nothing squashes `up`.
        """
        ones = torch.ones(1, 2 * self.width, device=self._up_weight.device)
        zero, one, two = (self._with_up(ones, up) for up in (0, 1, 2))
        return torch.allclose(two - one, one - zero, rtol=1e-5, atol=0)

    def _slope(self, projected: Tensor) -> Tensor:
        # Tensors of inference mode carry no gradients, copies of them outside it do.
        with torch.inference_mode(False), torch.enable_grad():
            at_zero = projected.clone()
            at_zero[..., self._up] = 0
            product = self.product(at_zero.requires_grad_())
            # Every product depends on its own `up` alone.
            (slope,) = torch.autograd.grad(product.sum(), at_zero)
        return slope[..., self._up]

    def _with_up(self, projected: Tensor, up: float) -> Tensor:
        changed = projected.clone()
        changed[..., self._up] = up
        return self.product(changed)

    @property
    def _up(self) -> slice:
        """Where `up` lies beside the gate."""
        interleaved = self.dispatched and not self.module.is_concatenated
        return slice(1, None, 2) if interleaved else slice(self.width, None)

    @property
    def _gated(self) -> bool:
        return not self.dispatched or bool(self.module.has_gate)

    @property
    def _transposed(self) -> bool:
        return not self.dispatched or bool(self.module.is_transposed)

    @property
    def _up_weight(self) -> Tensor:
        weight: Tensor = self.module.gate_up_proj if self._gated else self.module.up_proj
        return weight

    def _has(self, flag: str) -> bool:
        return self.dispatched and bool(getattr(self.module, flag))


def experts_of(module: nn.Module) -> Experts | None:
    """The routed experts that `module` holds, or None if it is no such module, or unknown."""
    if any(weight.dtype.itemsize < 2 for weight in module.parameters(recurse=False)):
        return None  # Packed numbers, which only the module's own forward function can read.
    if hasattr(module, "is_transposed") and hasattr(module, "_apply_gate"):
        return Experts(module, dispatched=True)
    weights = [getattr(module, name, None) for name in ("gate_up_proj", "down_proj")]
    three_dimensional = all(isinstance(w, Tensor) and w.ndim == 3 for w in weights)
    if three_dimensional and hasattr(module, "act_fn"):
        return Experts(module, dispatched=False)
    return None


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None, transposed: bool) -> Tensor:
    return functional.linear(x, weight.T if transposed else weight, bias)


def _observed_forward(
    module: Any, hidden_states: Tensor, top_k_index: Tensor, top_k_weights: Tensor
) -> Tensor:
    experts = Experts(module, dispatched=True)
    return experts.forward(hidden_states, top_k_index, top_k_weights, module.neuronxa_observer)


ALL_EXPERTS_FUNCTIONS.register(IMPLEMENTATION, _observed_forward)
