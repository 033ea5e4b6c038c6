"""Explain the input of a module by an activation, and say where the gate's can be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional

from neuronxa_tasks.states.traced_pass import Trace

Function = Callable[[Tensor], Tensor]

# Activations that a model may call as functions, so that no module shows them.
FUNCTIONS: tuple[Function, ...] = (
    functional.silu,
    functional.gelu,
    lambda x: functional.gelu(x, approximate="tanh"),
    functional.relu,
    lambda x: functional.relu(x).square(),
)


@dataclass(frozen=True)
class ClampedSwish:
    """`x * sigmoid(slope * x)` of numbers that are cut at a limit.

    Attributes:
        slope: By what the sigmoid's argument is multiplied.
        limit: The largest number that passes.
    """

    slope: float
    limit: float

    def __call__(self, x: Tensor) -> Tensor:
        """The activation."""
        cut = x.clamp(max=self.limit)
        return cut * torch.sigmoid(self.slope * cut)


@dataclass(frozen=True)
class Gate:
    """Where the gate's activation `act(gate(x))` can be read.

    Attributes:
        module: Name inside the decoder; its output is read.
        half: Which half of the output, where one projection holds gate and up; None for all.
        function: What turns the output into the activation; None where it already is.
    """

    module: str
    half: int | None = None
    function: Function | None = None

    def activation(self, output: Tensor) -> Tensor:
        """The activation, from the module's output."""
        part = output if self.half is None else output.chunk(2, dim=-1)[self.half]
        return part if self.function is None else self.function(part)


@dataclass(frozen=True)
class Explanation:
    """How a module's input comes about.

    Attributes:
        gate: The gate whose activation is a factor of it; None where it is an activation.
    """

    gate: Gate | None


def by_module(
    candidate: Trace, inside: Sequence[Trace], activations: Sequence[Trace]
) -> Explanation | None:
    """An input that is an activation module's output, or a projection's times it."""
    taken = candidate.input
    for trace in activations:
        if same(taken, trace.output):
            return Explanation(None)
        for _, _, up in _projections(inside, taken.shape[-1]):
            # A squared activation is no gate on itself.
            if same(trace.input, up) or same(trace.output, up):
                continue
            if same(taken, trace.output, up):
                return Explanation(Gate(trace.name))
    return None


def by_function(
    candidate: Trace, inside: Sequence[Trace], _activations: Sequence[Trace]
) -> Explanation | None:
    """An input that is a function of a projection, or another projection's times it."""
    taken = candidate.input
    projections = list(_projections(inside, taken.shape[-1]))
    for name, half, projection in projections:
        values_of_it = {
            function: value
            for function in FUNCTIONS
            if not same(projection, value := function(projection))
        }
        if any(same(taken, value) for value in values_of_it.values()):
            return Explanation(None)
        ups = [up for _, _, up in projections if up is not projection]
        for function, value in values_of_it.items():
            if any(same(taken, value, up) for up in ups):
                return Explanation(Gate(name, half, function))
    return None


def by_numbers(
    candidate: Trace, inside: Sequence[Trace], _activations: Sequence[Trace], parent: nn.Module
) -> Explanation | None:
    """An input whose activation has a slope and a limit among the numbers that the parent keeps.

    Args:
        candidate: The module whose input it is.
        inside: The layer's traces.
        parent: The module that holds the candidate.
    """
    numbers = sorted({value for value in vars(parent).values() if isinstance(value, float)})
    beside = [trace for trace in inside if trace.parent == candidate.parent]
    projections = list(_projections(beside, candidate.input.shape[-1]))
    for (name, half, gate), (_, _, up) in product(projections, repeat=2):
        for slope, limit in product(numbers, repeat=2):
            function = ClampedSwish(slope, limit)
            cut = up.clamp(-limit, limit)
            if up is not gate and any(
                same(candidate.input, function(gate), x) for x in (cut + 1, cut)
            ):
                return Explanation(Gate(name, half, function))
    return None


def _projections(inside: Sequence[Trace], width: int) -> Iterator[tuple[str, int | None, Tensor]]:
    for trace in inside:
        if trace.output.shape[-1] == width:
            yield trace.name, None, trace.output
        elif trace.output.shape[-1] == 2 * width:
            for half, part in enumerate(trace.output.chunk(2, dim=-1)):
                yield trace.name, half, part


def is_elementwise(trace: Trace) -> bool:
    """Whether the module maps each number by itself, as an activation does."""
    if (
        trace.input.shape != trace.output.shape
        or any(trace.module.children())
        or any(parameter.numel() > 1 for parameter in trace.module.parameters())
    ):
        return False
    # Half of the numbers change by much: a norm shows it in the other half at any precision.
    changed = trace.input.clone()
    changed[..., 1::2] = 3 * changed[..., 1::2] + 1
    with torch.inference_mode():
        output: Tensor = trace.module(changed)
    return same(trace.output[..., ::2], output[..., ::2])


def same(product: Tensor, activation: Tensor, factor: Tensor | None = None) -> bool:
    """Whether two tensors, or one and the product of two, are equal but for rounding."""
    if factor is not None:
        if factor.numel() != activation.numel():
            return False
        activation = activation.reshape(-1) * factor.reshape(-1)
    if product.numel() != activation.numel():
        return False
    x, y = product.reshape(-1).float(), activation.reshape(-1).float()
    # A function may round its last bit differently where the memory layout differs.
    tolerance = 4 * torch.finfo(product.dtype).eps
    return bool(x.any()) and torch.allclose(
        x, y, rtol=tolerance, atol=tolerance * float(x.abs().max())
    )
