"""The forms in which the models of transformers hold experts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.integrations.moe import ALL_EXPERTS_FUNCTIONS

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states.experts import (
    Assignment,
    Experts,
    Observer,
    chosen_by,
    linear,
)

# Our name among the implementations of experts in transformers.
IMPLEMENTATION = "neuronxa"


@dataclass(frozen=True)
class DispatchedExperts(Experts):
    """Experts whose forward function transformers dispatches by name."""

    @property
    def count(self) -> int:
        """Number of experts."""
        return int(self.module.down_proj.shape[0])

    @property
    def width(self) -> int:
        """Neurons of each expert."""
        weight = self._up_weight
        both = weight.shape[-1] if self._transposed else weight.shape[-2]
        return int(both // 2 if self.gated else both)

    @property
    def gated(self) -> bool:
        """Whether a gate multiplies `up`."""
        return bool(self.module.has_gate)

    @property
    def up(self) -> slice:
        """Where `up` lies, beside the gate or between its numbers."""
        return slice(self.width, None) if self.module.is_concatenated else slice(1, None, 2)

    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""
        name = "gate_up_proj_bias" if self.gated else "up_proj_bias"
        bias = getattr(self.module, name)[expert] if self.module.has_bias else None
        return linear(hidden, self._up_weight[expert], bias, self._transposed)

    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection."""
        form = self.module._apply_gate if self.gated else self.module.act_fn
        product: Tensor = form(projected)
        return product

    def assigned(self, args: tuple[Any, ...]) -> Iterable[Assignment]:
        """Which tokens each expert gets, by number."""
        hidden, routed, weights = args
        for expert, tokens, _ in chosen_by(hidden, routed, weights, self.count):
            yield expert, tokens, hidden[tokens]

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
        for expert, tokens, weight in chosen_by(hidden, routed, weights, self.count):
            projected = self.project(expert, hidden[tokens])
            product = self.product(projected)
            observer(expert, tokens, projected, product)
            bias = self.module.down_proj_bias[expert] if self.module.has_bias else None
            down = linear(product, self.module.down_proj[expert], bias, self._transposed)
            if getattr(self.module, "has_post_expert_norm", False):
                down = self.module.post_expert_norm(down)
            output.index_add_(0, tokens, (down * weight).float())
        return output.to(hidden.dtype)

    @property
    def _transposed(self) -> bool:
        return bool(self.module.is_transposed)

    @property
    def _up_weight(self) -> Tensor:
        weight: Tensor = self.module.gate_up_proj if self.gated else self.module.up_proj
        return weight


@dataclass(frozen=True)
class StackedExperts(Experts):
    """Experts in two stacks of matrices, with a forward function of their own.

    It is called with every token once per expert, zeros where it is not routed; or with the
    tokens, the experts of each, and their weights.
    """

    @property
    def count(self) -> int:
        """Number of experts."""
        return int(self.module.down_proj.shape[0])

    @property
    def width(self) -> int:
        """Neurons of each expert."""
        return int(self.module.down_proj.shape[1 if self._transposed else 2])

    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""
        return linear(hidden, self.module.gate_up_proj[expert], None, self._transposed)

    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection."""
        product: Tensor
        if hasattr(self.module, "_apply_gate"):
            product = self.module._apply_gate(projected)
        else:
            gate, up = projected.chunk(2, dim=-1)
            product = self.module.act_fn(gate) * up
        return product

    def assigned(self, args: tuple[Any, ...]) -> Iterable[Assignment]:
        """Which tokens each expert gets, by number or by zeros."""
        if len(args) == 3:
            hidden, routed, weights = args
            for expert, tokens, _ in chosen_by(hidden, routed, weights, self.count):
                yield expert, tokens, hidden[tokens]
        elif len(args) == 1:
            (hidden,) = args
            for expert, own in enumerate(hidden.view(self.count, -1, hidden.shape[-1])):
                tokens = own.any(dim=-1).nonzero().flatten()
                yield expert, tokens, own[tokens]
        else:
            raise ModelError(
                f"Expected {type(self.module).__name__} to take tokens, or tokens, experts and "
                f"weights, but it takes {len(args)} arguments: its neurons cannot be told"
            )

    @property
    def _transposed(self) -> bool:
        up, down = self.module.gate_up_proj.shape, self.module.down_proj.shape
        return not (up[-1] == down[-2] and up[-2] == 2 * down[-1])


@dataclass(frozen=True)
class FlatExperts(Experts):
    """DBRX: the matrices of all experts one below the other, in three weights."""

    @property
    def count(self) -> int:
        """Number of experts."""
        return int(self.module.num_experts)

    @property
    def width(self) -> int:
        """Neurons of each expert."""
        return int(self.module.ffn_hidden_size)

    @property
    def down(self) -> Tensor:
        """The down projections."""
        weight: Tensor = self.module.mlp.w2
        return weight.view(self.count, self.width, -1)

    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""
        rows = slice(expert * self.width, (expert + 1) * self.width)
        network = self.module.mlp
        return hidden @ torch.cat([network.w1[rows], network.v1[rows]]).T

    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection."""
        gate, up = projected.chunk(2, dim=-1)
        product: Tensor = self.module.mlp.activation_fn(gate) * up
        return product

    def assigned(self, args: tuple[Any, ...]) -> Iterable[Assignment]:
        """Which tokens each expert gets, by number."""
        hidden, routed, weights = args
        hidden = hidden.reshape(-1, hidden.shape[-1])
        for expert, tokens, _ in chosen_by(hidden, routed, weights, self.count):
            yield expert, tokens, hidden[tokens]


@dataclass(frozen=True)
class SharedExperts(Experts):
    """Inkling: stacked experts that get every token, whose outputs a router weighs."""

    @property
    def count(self) -> int:
        """Number of experts."""
        return int(self.module.down_proj.shape[0])

    @property
    def width(self) -> int:
        """Neurons of each expert."""
        return int(self.module.down_proj.shape[2])

    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""
        return hidden @ torch.cat([self.module.gate_proj[expert], self.module.up_proj[expert]]).T

    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection, before the router's weight."""
        gate, up = projected.chunk(2, dim=-1)
        product: Tensor = self.module.act_fn(gate) * up
        return product

    def assigned(self, args: tuple[Any, ...]) -> Iterable[Assignment]:
        """Every token to every expert."""
        hidden = args[0].reshape(-1, args[0].shape[-1])
        tokens = torch.arange(len(hidden), device=hidden.device)
        for expert in range(self.count):
            yield expert, tokens, hidden


@dataclass(frozen=True)
class SortedExperts(Experts):
    """JetMoE: stacked projections in two modules, called with tokens sorted by expert."""

    @property
    def count(self) -> int:
        """Number of experts."""
        return int(self.module.output_linear.weight.shape[0])

    @property
    def width(self) -> int:
        """Neurons of each expert."""
        return int(self.module.output_linear.weight.shape[2])

    @property
    def down(self) -> Tensor:
        """The down projections."""
        weight: Tensor = self.module.output_linear.weight
        return weight.transpose(1, 2)

    def project(self, expert: int, hidden: Tensor) -> Tensor:
        """What goes into the activation of one expert, for tokens of shape `(n, d)`."""
        return linear(hidden, self.module.input_linear.weight[expert], None, False)

    def product(self, projected: Tensor) -> Tensor:
        """The input of the down projection."""
        gate, up = projected.chunk(2, dim=-1)
        product: Tensor = self.module.activation(gate) * up
        return product

    def assigned(self, args: tuple[Any, ...]) -> Iterable[Assignment]:
        """Which tokens each expert gets, as the router says."""
        hidden = args[0].reshape(-1, args[0].shape[-1])
        _, order, _, sizes, _ = self.module.router(hidden)
        for expert, tokens in enumerate(order.split(sizes)):
            yield expert, tokens, hidden[tokens]


def experts_of(module: nn.Module) -> Experts | None:
    """The experts that `module` holds, or None if it is no such module, or unknown.

    Args:
        module: Any module of a model.
    """
    if any(weight.dtype.itemsize < 2 for weight in module.parameters(recurse=False)):
        return None  # Packed numbers, which only the module's own forward function can read.
    if hasattr(module, "is_transposed") and hasattr(module, "_apply_gate"):
        return DispatchedExperts(module)
    if _stacks(module, "gate_up_proj", "down_proj") and hasattr(module, "act_fn"):
        return StackedExperts(module)
    if _stacks(module, "gate_proj", "up_proj", "down_proj") and hasattr(module, "act_fn"):
        return SharedExperts(module)
    network = getattr(module, "mlp", None)
    if all(hasattr(network, name) for name in ("w1", "v1", "w2", "activation_fn")):
        return FlatExperts(module)
    linears = [getattr(module, name, None) for name in ("input_linear", "output_linear")]
    if hasattr(module, "activation") and all(_stacks(linear, "weight") for linear in linears):
        return SortedExperts(module)
    return None


def _stacks(module: object, *names: str) -> bool:
    """Whether attributes of a module are stacks of matrices."""
    weights = [getattr(module, name, None) for name in names]
    return all(isinstance(weight, Tensor) and weight.ndim == 3 for weight in weights)


def _observed_forward(
    module: Any, hidden_states: Tensor, top_k_index: Tensor, top_k_weights: Tensor
) -> Tensor:
    experts = DispatchedExperts(module)
    return experts.forward(hidden_states, top_k_index, top_k_weights, module.neuronxa_observer)


ALL_EXPERTS_FUNCTIONS.register(IMPLEMENTATION, _observed_forward)
