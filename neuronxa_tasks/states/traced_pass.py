"""Run a few tokens through a decoder and keep what every module of its layers did."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.probe import probe_tokens, text_alone

# Called with a module's name, the module, and what it was called with.
Again = Callable[[str, nn.Module, tuple[Any, ...], dict[str, Any]], None]


@dataclass(frozen=True, eq=False)
class Trace:
    """A module that took one tensor and gave one.

    Attributes:
        name: Its name inside the decoder.
        module: The module.
        input: What it took.
        output: What it gave.
    """

    name: str
    module: nn.Module
    input: Tensor
    output: Tensor

    @property
    def parent(self) -> str:
        """Name of the module that holds it."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Pass:
    """What ran in a forward pass over a few tokens.

    Attributes:
        traces: Modules that map a tensor to a tensor, in the order in which they ended.
        widths: Size of the last dimension of what each module gave, by name.
        inputs: Shape of what each module took first, by name, for those that took a tensor.
        ran: Names of all modules that ran.
        hidden: Width of the token embeddings.
        tokens: How many tokens ran.
    """

    traces: list[Trace]
    widths: dict[str, int]
    inputs: dict[str, torch.Size]
    ran: frozenset[str]
    hidden: int
    tokens: int

    def has_one_vector_per_token(self, shape: torch.Size) -> bool:
        """Whether a tensor of this shape holds the tokens' vectors and nothing else.

        Some models hand sentences and tokens over in one dimension.
        """
        return shape[:-1] in ((1, self.tokens), (self.tokens,))

    def inside(self, name: str) -> list[Trace]:
        """The traces of the modules inside another."""
        return [trace for trace in self.traces if trace.name.startswith(f"{name}.")]


def run_traced(decoder: Decoder, device: torch.device) -> Pass:
    """Run four tokens and keep what every module of the layers did.

    Args:
        decoder: The decoder; it is left as it was.
        device: Where token ids go.

    Raises:
        ModelError: The decoder does not run on text alone.
    """
    traces: list[Trace] = []
    widths: dict[str, int] = {}
    shapes: dict[str, torch.Size] = {}
    ran: set[str] = set()
    inputs: dict[str, Tensor] = {}

    # Clones, since a model may change a tensor in place after we have seen it. Projections
    # and activations are called with one tensor and nothing else.
    def before(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
            tensor = first_tensor(args, kwargs)
            if tensor is not None:
                shapes[name] = tensor.shape
            if len(args) != 1 or kwargs or not isinstance(args[0], Tensor):
                return
            if args[0].is_floating_point():
                inputs[name] = args[0].detach().clone()

        return hook

    def after(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[object, ...], output: object) -> None:
            ran.add(name)
            first = first_output(output)
            if first is not None and first.ndim:
                widths[name] = first.shape[-1]
            if name not in inputs or not isinstance(output, Tensor):
                return
            trace = Trace(name, module, inputs.pop(name), output.detach().clone())
            # Dropout at rest is no activation, and what it hands on has its own trace.
            if not torch.equal(trace.input, trace.output):
                traces.append(trace)

        return hook

    with ExitStack() as hooks:
        for name, module in decoder.layers.named_modules(prefix=decoder.layers_name):
            hooks.callback(module.register_forward_pre_hook(before(name), with_kwargs=True).remove)
            hooks.callback(module.register_forward_hook(after(name)).remove)
        tokens = _run(decoder, device)
    model: Any = decoder.model
    hidden = model.get_input_embeddings().weight.shape[-1]
    return Pass(traces, widths, shapes, frozenset(ran), hidden, tokens)


def run_again(decoder: Decoder, device: torch.device, names: Collection[str], again: Again) -> None:
    """Run the same tokens, and give the caller some modules to run once more on what they took.

    Args:
        decoder: The decoder; it is left as it was.
        device: Where token ids go.
        names: Of modules inside the decoder.
        again: Called for each after it ran; it may call the module, with other arguments too.
    """
    again_now = False

    def after(name: str) -> Callable[..., None]:
        def hook(
            module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: object
        ) -> None:
            nonlocal again_now
            if again_now:
                return
            again_now = True
            try:
                again(name, module, args, kwargs)
            finally:
                again_now = False

        return hook

    with ExitStack() as hooks:
        for name in names:
            module: nn.Module = decoder.model.get_submodule(name)
            hooks.callback(module.register_forward_hook(after(name), with_kwargs=True).remove)
        _run(decoder, device)


@contextmanager
def replaced_output(module: nn.Module, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Inside the block a module gives something else.

    Args:
        module: The module.
        change: Makes it from what the module would give.
    """
    handle = module.register_forward_hook(lambda module, args, output: change(output))
    try:
        yield
    finally:
        handle.remove()


def first_tensor(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor | None:
    """The first tensor of real numbers that a module is called with."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, Tensor) and value.is_floating_point() and value.ndim > 1:
            return value
    return None


def first_output(output: object) -> Tensor | None:
    """The tensor that a module gives, or the first of several."""
    first = output[0] if isinstance(output, (tuple, list)) and output else output
    return first if isinstance(first, Tensor) else None


def _run(decoder: Decoder, device: torch.device) -> int:
    input_ids = probe_tokens(decoder.vocabulary, device)
    with text_alone(decoder.model), torch.inference_mode():
        decoder(input_ids)
    return input_ids.shape[1]
