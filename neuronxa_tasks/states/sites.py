"""Find the neurons of every feed-forward layer, by running a few tokens and looking.

No model names: a site is a module whose input is the activation itself, or its product
with another projection, whatever the module is called and whichever class it has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.experts import ExpertSite, experts_of
from neuronxa_tasks.states.probe import probe_tokens

CPU = torch.device("cpu")

# Activations that a model may call as functions, so that no module shows them.
FUNCTIONS: tuple[Callable[[Tensor], Tensor], ...] = (
    functional.silu,
    functional.gelu,
    lambda x: functional.gelu(x, approximate="tanh"),
    functional.relu,
    lambda x: functional.relu(x).square(),
)


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
    function: Callable[[Tensor], Tensor] | None = None

    def activation(self, output: Tensor) -> Tensor:
        """The activation, from the module's output."""
        part = output if self.half is None else output.chunk(2, dim=-1)[self.half]
        return part if self.function is None else self.function(part)


@dataclass(frozen=True)
class Site:
    """The neurons of one layer.

    Attributes:
        layer: Layer number, from 1.
        down: Name inside the decoder of the module whose input is the product
            `act(gate(x)) * up(x)`, or `act(fc(x))` where there is no gate.
        gate: Where the gate's activation is; None where there is no gate.
        width: Number of neurons.
    """

    layer: int
    down: str
    gate: Gate | None
    width: int


@dataclass(frozen=True, eq=False)
class _Trace:
    name: str
    module: nn.Module
    input: Tensor
    output: Tensor


@dataclass(frozen=True)
class _Probe:
    """What ran in a probe: modules that map a tensor to a tensor, and each module's width."""

    traces: list[_Trace]
    widths: dict[str, int]

    def inside(self, layer: str) -> list[_Trace]:
        return [trace for trace in self.traces if trace.name.startswith(f"{layer}.")]

    def serves_residual(self, trace: _Trace, layer: str) -> bool:
        """Whether the module's network can be one that adds to the layer's residual stream.

        A router's network gives a number per expert instead, and a norm's gate lies in a norm.
        """
        parent = trace.name.rpartition(".")[0]
        in_norm = any("norm" in part for part in parent.removeprefix(layer).split("."))
        return not in_norm and self.widths.get(parent) == self.widths.get(layer)


def find_sites(decoder: Decoder, device: torch.device = CPU) -> tuple[Site | ExpertSite, ...]:
    """Find the neurons of every layer by a forward pass over four tokens.

    Args:
        decoder: The decoder; it is left as it was.
        device: Where token ids go.

    Returns:
        One site per dense layer; for a layer with experts one per shared expert and one for
        all its routed experts; in order of layers.

    Raises:
        ModelError: Experts of an unknown form, or some layer's neurons cannot be told.
    """
    probe = _run_probe(decoder, device)
    for trace in probe.traces:
        if not torch.isfinite(trace.output).all():
            raise ModelError(
                f"Expected finite activations, but {trace.name} gives NaN or infinity for the "
                "first tokens that were tried: are the weights damaged, or does their dtype "
                "overflow (try dtype=float32)?"
            )
    sites: list[Site | ExpertSite] = []
    for number, layer in enumerate(decoder.layer_names, start=1):
        experts = _experts_of_layer(number, layer, decoder.layers[number - 1])
        sites += [*_sites_of_layer(number, layer, probe, shared=bool(experts)), *experts]
    return tuple(sites)


def _experts_of_layer(number: int, layer: str, module: nn.Module) -> list[ExpertSite]:
    found = []
    for name, inner in module.named_modules():
        routed = name.rpartition(".")[2] == "experts" or "Expert" in type(inner).__name__
        if experts := experts_of(inner):
            found.append(ExpertSite(number, f"{layer}.{name}", experts.count, experts.width))
        elif routed:
            raise ModelError(
                f"Expected experts in one of the forms of transformers, but {layer}.{name} is a "
                f"{type(inner).__name__}: its neurons cannot be told"
            )
    return found


def _run_probe(decoder: Decoder, device: torch.device) -> _Probe:
    traces: list[_Trace] = []
    widths: dict[str, int] = {}
    inputs: dict[str, Tensor] = {}

    # Clones, since a model may change a tensor in place after we have seen it. Projections
    # and activations are called with one tensor and nothing else.
    def before(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
            if len(args) == 1 and not kwargs and isinstance(args[0], Tensor):
                inputs[name] = args[0].detach().clone()

        return hook

    def after(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[object, ...], output: object) -> None:
            first = output[0] if isinstance(output, (tuple, list)) and output else output
            if isinstance(first, Tensor) and first.ndim:
                widths[name] = first.shape[-1]
            if name not in inputs or not isinstance(output, Tensor):
                return
            trace = _Trace(name, module, inputs.pop(name), output.detach().clone())
            # Dropout at rest is no activation, and what it hands on has its own trace.
            if not torch.equal(trace.input, trace.output):
                traces.append(trace)

        return hook

    handles = []
    for name, module in decoder.layers.named_modules(prefix=decoder.layers_name):
        handles.append(module.register_forward_pre_hook(before(name), with_kwargs=True))
        handles.append(module.register_forward_hook(after(name)))
    try:
        with torch.inference_mode():
            decoder(probe_tokens(decoder.vocabulary, device))
    finally:
        for handle in handles:
            handle.remove()
    return _Probe(traces, widths)


def _sites_of_layer(number: int, layer: str, probe: _Probe, shared: bool) -> list[Site]:
    """The dense networks of a layer: one, or beside routed experts any number."""
    inside = probe.inside(layer)
    activations = [trace for trace in inside if _is_elementwise(trace)]
    others = [
        trace
        for trace in inside
        if trace not in activations and probe.serves_residual(trace, layer)
    ]
    for explain in (_explain_by_module, _explain_by_function):
        found: list[Site] = []
        # A wrapper, such as an adapter's, comes before the module that it wraps.
        for trace in sorted(others, key=lambda trace: trace.name.count(".")):
            if any(trace.name.startswith(f"{site.down}.") for site in found):
                continue
            explained, gate = explain(trace.input, inside, activations)
            if explained:
                found.append(Site(number, trace.name, gate, trace.input.shape[-1]))
        if len(found) == 1 or (found and shared):
            return found
        if found:
            break
    if shared and not any("shared" in trace.name for trace in inside):
        return []
    seen = ", ".join(
        f"{trace.name.removeprefix(f'{layer}.')} ({trace.input.shape[-1]})" for trace in inside
    )
    raise ModelError(
        f"Expected one feed-forward network in {layer}, that is one module whose input is "
        f"act(gate(x)) * up(x) or act(fc(x)), but found "
        f"{' and '.join(site.down for site in found) or 'none'}; "
        f"looked at these modules (and input widths): {seen}"
    )


def _explain_by_module(
    product: Tensor, inside: list[_Trace], activations: list[_Trace]
) -> tuple[bool, Gate | None]:
    """Whether `product` comes from an activation module, and from which (None: ungated)."""
    for trace in activations:
        if _same(product, trace.output):
            return True, None
        for _, _, up in _projections(inside, product.shape[-1]):
            # A squared activation is no gate on itself.
            if _same(trace.input, up) or _same(trace.output, up):
                continue
            if _same(product, trace.output, up):
                return True, Gate(trace.name)
    return False, None


def _explain_by_function(
    product: Tensor, inside: list[_Trace], _activations: list[_Trace]
) -> tuple[bool, Gate | None]:
    """Whether `product` comes from a projection by an activation function, and from which."""
    projections = list(_projections(inside, product.shape[-1]))
    for name, half, projection in projections:
        activations_of_it = {
            function: activation
            for function in FUNCTIONS
            if not _same(projection, activation := function(projection))
        }
        if any(_same(product, activation) for activation in activations_of_it.values()):
            return True, None
        ups = [up for _, _, up in projections if up is not projection]
        for function, activation in activations_of_it.items():
            if any(_same(product, activation, up) for up in ups):
                return True, Gate(name, half, function)
    return False, None


def _projections(inside: list[_Trace], width: int) -> Iterator[tuple[str, int | None, Tensor]]:
    for trace in inside:
        if trace.output.shape[-1] == width:
            yield trace.name, None, trace.output
        elif trace.output.shape[-1] == 2 * width:
            for half, part in enumerate(trace.output.chunk(2, dim=-1)):
                yield trace.name, half, part


def _is_elementwise(trace: _Trace) -> bool:
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
    return _same(trace.output[..., ::2], output[..., ::2])


def _same(product: Tensor, activation: Tensor, factor: Tensor | None = None) -> bool:
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
