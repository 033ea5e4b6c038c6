"""The part of a causal language model that turns tokens into hidden states."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import GenerationMixin, PreTrainedModel

from neuronxa_tasks.errors import ModelError


@dataclass(frozen=True)
class Decoder:
    """A decoder without its language-model head.

    Attributes:
        model: The module to call.
        layers: Its L layers, in order.
        layers_name: The layers' name inside `model`.
        vocabulary: Number of token embeddings.
        through: Runs the whole model over token ids, and this decoder within it; None where the
            decoder is run by itself.
    """

    model: nn.Module
    layers: nn.ModuleList
    layers_name: str
    vocabulary: int
    through: Callable[[Tensor], object] | None = None

    @property
    def layer_names(self) -> list[str]:
        """Name of each layer inside `model`."""
        return [f"{self.layers_name}.{index}" for index in range(len(self.layers))]

    def __call__(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Hidden states after the final norm.

        Args:
            input_ids: Token ids, shape `(B, T)`.
            attention_mask: 1 for tokens and 0 for padding, shape `(B, T)`; None where no
                sentence is padded. What the decoder is run through sees none, as in the harness.

        Returns:
            Shape `(B, T, d)` in the model's dtype.

        Raises:
            ModelError: What the decoder is run through does not run it once.
        """
        # A graph that was compiled without hooks would run without them again.
        with torch.compiler.set_stance("force_eager"):
            if self.through is None:
                output = self.model(
                    input_ids=input_ids, attention_mask=attention_mask, use_cache=False
                )
            else:
                output = self._run_through(self.through, input_ids)
        hidden: Tensor = output.last_hidden_state
        return hidden

    def _run_through(self, through: Callable[[Tensor], object], input_ids: Tensor) -> Any:
        outputs: list[Any] = []

        @contextmanager
        def keep_output() -> Iterator[None]:
            def hook(module: nn.Module, args: object, output: object) -> None:
                outputs.append(output)

            with ExitStack() as hooks:
                hooks.callback(self.model.register_forward_hook(hook).remove)
                yield

        with self.observed(keep_output):
            through(input_ids)
        if len(outputs) != 1:
            raise ModelError(
                f"Expected {getattr(through, '__qualname__', through)} to run the model once per "
                f"batch, but it ran it {len(outputs)} times: its states cannot be told; use "
                "--model hf for the model without this class"
            )
        return outputs[0]

    @contextmanager
    def observed(self, observers: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
        """For the time of the block, the decoder runs under `observers`.

        Args:
            observers: Makes a context with hooks in it. They see the model as it runs: what the
                decoder is run through may set hooks of its own, and these come after them.
        """
        if self.through is None:
            with observers():
                yield
            return
        running = ExitStack()

        def before(module: nn.Module, args: object) -> None:
            running.enter_context(observers())

        def after(module: nn.Module, args: object, output: object) -> None:
            running.close()

        with ExitStack() as hooks:
            hooks.callback(self.model.register_forward_pre_hook(before).remove)
            hooks.callback(self.model.register_forward_hook(after, always_call=True).remove)
            yield


def find_decoder(model: nn.Module) -> Decoder:
    """Find the text decoder inside a causal language model.

    Args:
        model: A transformers model, with or without a PEFT adapter, head or vision tower.

    Raises:
        ModelError: No stack of decoder layers is there, or the adapter prepends virtual tokens.
    """
    base: Any = model
    if hasattr(base, "active_peft_config"):
        if base.active_peft_config.is_prompt_learning:
            raise ModelError(
                f"Expected an adapter that changes weights, but {type(base).__name__} carries "
                f"{base.active_peft_config.peft_type}, which prepends virtual tokens: "
                "merge it or use LoRA"
            )
        base = base.get_base_model()
    configs = (base.config, base.config.get_text_config(decoder=True))
    if any(config.is_encoder_decoder for config in configs):
        raise ModelError(
            f"Expected a decoder-only model, but got {type(base).__name__}, an encoder-decoder: "
            "neuron states are defined for causal language models"
        )
    decoder = _without_heads(base)
    name, layers = _stack(decoder)
    return Decoder(decoder, layers, name, len(decoder.get_input_embeddings().weight))


def _without_heads(model: Any) -> Any:
    """The innermost text model: a model with a head is not the decoder, one inside it is."""
    decoder = _inside(model) or model
    while isinstance(decoder, GenerationMixin):
        inner = _inside(decoder)
        if inner is None:
            break
        decoder = inner
    return decoder


def _inside(model: Any) -> Any | None:
    # What some models call their decoder is all of them, or the head's last projection.
    for inner in (model.get_decoder(), model.base_model, *model.children()):
        if inner is not model and isinstance(inner, PreTrainedModel):
            return inner
    return None


def _stack(decoder: Any) -> tuple[str, nn.ModuleList]:
    """The list of layers, and its name."""
    lists = {
        name: module
        for name, module in decoder.named_modules()
        if isinstance(module, nn.ModuleList) and len(module)
    }
    outermost = {
        name: module
        for name, module in lists.items()
        if not any(name.startswith(f"{other}.") for other in lists)
    }
    depth = getattr(decoder.config.get_text_config(decoder=True), "num_hidden_layers", None)
    fitting = {name: module for name, module in outermost.items() if len(module) == depth}
    # Where a configuration counts otherwise, the only list there is has to be the layers.
    found = list((fitting or outermost).items())
    # Towers of other inputs lie deeper than the layers of the text.
    depths = [name.count(".") for name, _ in found]
    found = [(name, module) for name, module in found if name.count(".") == min(depths)]
    if len(found) != 1:
        raise ModelError(
            f"Expected one list of layers in {type(decoder).__name__}, but found "
            f"{', '.join(f'{name} ({len(module)})' for name, module in found) or 'none'}: which "
            "module is a layer cannot be told, so neither its neurons nor its embeddings can"
        )
    return found[0]
