"""Pool states inside the model's forward pass, so that token states are never kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.measures import Activation, Kind, Pooling, Representation
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.expert_forms import IMPLEMENTATION, DispatchedExperts, experts_of
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.layout import Layout
from neuronxa_tasks.states.pooling import pooling_weights
from neuronxa_tasks.states.processes import Processes
from neuronxa_tasks.states.room import Room
from neuronxa_tasks.states.sites import Site

# A kind of state, the activation it is made of (None: hidden states), and the module's name.
_Key = tuple[Kind, Activation | None, str]

FINAL = "the final norm"

# Numbers that fit into a CPU's cache beside what a matrix product needs.
CACHED = 2**19


class Recorder:
    """Pools the states of sentences while a decoder runs over them, batch by batch.

    It is a context manager: the model carries hooks inside the block and none after it.

    Args:
        decoder: The decoder.
        layout: Where its states are.
        representations: What to pool.
        rows: How many sentences the batches have together.
    """

    def __init__(
        self,
        decoder: Decoder,
        layout: Layout,
        representations: Sequence[Representation],
        rows: int,
    ) -> None:
        self._decoder = decoder
        self._sites = layout.sites
        self._layer_names = [decoder.layer_names[number - 1] for number in layout.running]
        self._representations = representations
        self._poolings: tuple[Pooling, ...] = tuple(
            dict.fromkeys(r.pooling for r in representations)
        )
        self._rows = rows
        self._first = 0
        self._room = Room()
        self._pooled: dict[_Key, Tensor] = {}
        self._weights: dict[torch.device, Tensor] = {}
        self._buffers: dict[torch.device, Tensor] = {}
        self._calls: dict[str, int] = {}
        self._open = ExitStack()

    def __enter__(self) -> "Recorder":
        self._open.enter_context(self._decoder.observed(self._hooks))
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    @contextmanager
    def _hooks(self) -> Iterator[None]:
        neurons = [r for r in self._representations if r.kind != "embedding"]
        with ExitStack() as hooks:
            for site in self._sites:
                keys = list(dict.fromkeys(_neuron_key(r, site) for r in neurons))
                if isinstance(site, ExpertSite):
                    self._watch_experts(hooks, site, keys)
                    continue
                by_gate = [key for key in keys if key[1] == "gate"]
                by_product = [key for key in keys if key[1] == "product"]
                if by_gate and site.gate is not None:
                    self._hook_output(hooks, site.gate.module, site.gate.activation, by_gate)
                if by_product:
                    self._hook_input(hooks, site.down, by_product)
            if len(neurons) < len(self._representations):
                for name in self._layer_names:
                    self._hook_input(hooks, name, [("embedding", None, name)])
            yield

    def run(self, first: int, input_ids: Tensor, lengths: Tensor) -> None:
        """Run one batch of sentences and pool its states into B rows.

        Args:
            first: The first of its rows.
            input_ids: Right-padded token ids, shape `(B, T)`.
            lengths: Tokens per sentence without padding, shape `(B,)`.

        Raises:
            ModelError: A module did not run exactly once, or its states are not one vector
                per token.
        """
        self._first = first
        weights = pooling_weights(lengths, input_ids.shape[1], self._poolings)
        self._weights = {weights.device: weights}
        self._calls = dict.fromkeys(self._calls, 0)
        mask = None
        if int(lengths.min()) < input_ids.shape[1]:
            mask = (
                torch.arange(input_ids.shape[1], device=lengths.device) < lengths[:, None]
            ).long()
        hidden = self._decoder(input_ids, mask)
        for name, calls in self._calls.items():
            if calls != 1:
                raise ModelError(
                    f"Expected {name} to run exactly once per forward pass, but it ran "
                    f"{calls} times: its states cannot be told apart; if the model "
                    "is compiled or uses fused kernels, load it without"
                )
        self._pool(FINAL, hidden, [("embedding", None, FINAL)])

    def gather(self, processes: Processes, device: torch.device) -> None:
        """Fill the rows that other processes ran.

        Args:
            processes: All of them; each has run other rows.
            device: Where the states go of a process that had no rows to run.
        """
        shapes: dict[_Key, torch.Size] = {}
        for theirs in processes.collect(
            {key: pooled.shape for key, pooled in self._pooled.items()}
        ):
            shapes |= theirs
        for key in sorted(shapes, key=str):
            if key not in self._pooled:
                self._pooled[key] = self._room.zeros(shapes[key], device)
            processes.add(self._pooled[key])

    def states(self, representation: Representation) -> list[Tensor]:
        """The pooled states, one tensor per layer.

        Args:
            representation: One of those given at the start.

        Returns:
            For neurons the layers that have some, for embeddings layer 0 and those that run; each
            of shape `(rows, d)` in float32, where d is the layer's number of neurons or its hidden
            size. Neurons of several sites in a layer, such as shared and routed experts, stand
            side by side.
        """
        pooling = self._poolings.index(representation.pooling)
        if representation.kind == "embedding":
            names = (*self._layer_names, FINAL)
            return [self._pooled["embedding", None, name][:, pooling] for name in names]
        by_layer: dict[int, list[Tensor]] = {}
        for site in self._sites:
            pooled = self._pooled[_neuron_key(representation, site)][:, pooling]
            by_layer.setdefault(site.layer, []).append(pooled)
        return [self._room.side_by_side(parts) for parts in by_layer.values()]

    def final_hidden(self) -> Tensor:
        """Pooled states after the last layer, shape `(rows, P, d)`: every layer's fault shows."""
        return self._pooled["embedding", None, FINAL]

    def _hook_input(self, hooks: ExitStack, name: str, keys: list[_Key]) -> None:
        def hook(module: nn.Module, args: tuple[Tensor, ...], kwargs: dict[str, Tensor]) -> None:
            self._calls[name] += 1
            self._pool(name, args[0] if args else kwargs["hidden_states"], keys)

        module = self._decoder.model.get_submodule(name)
        self._calls.setdefault(name, 0)
        hooks.callback(module.register_forward_pre_hook(hook, with_kwargs=True).remove)

    def _hook_output(
        self,
        hooks: ExitStack,
        name: str,
        activation: Callable[[Tensor], Tensor],
        keys: list[_Key],
    ) -> None:
        def hook(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            self._calls[name] += 1
            self._pool(name, activation(output), keys)

        module = self._decoder.model.get_submodule(name)
        self._calls.setdefault(name, 0)
        hooks.callback(module.register_forward_hook(hook).remove)

    def _pool(self, name: str, states: Tensor, keys: list[_Key]) -> None:
        weights = self._on(states.device)
        batch, _, width = weights.shape
        # OPT hands its neurons over with sentences and tokens in one dimension.
        if states.shape[:-1] not in ((batch, width), (batch * width,)):
            raise ModelError(
                f"Expected states of {batch} sentences of {width} tokens from {name}, but got "
                f"shape {tuple(states.shape)}: leave out the measures that need them"
            )
        states = states.reshape(batch, width, -1)
        rows = {key: self._rows_of(key, states.shape[-1], states.device) for key in keys}
        for first in range(0, batch, step := self._step(states)):
            part = slice(first, first + step)
            for key in keys:
                # Under autocast the product would fall back to half precision.
                with torch.autocast(states.device.type, enabled=False):
                    token_states = self._token_states(key[0], states[part])
                    torch.bmm(weights[part], token_states, out=rows[key][part])

    def _step(self, states: Tensor) -> int:
        """How many sentences to pool at a time."""
        if states.device.type != "cpu":
            return len(states)
        # What is read again while it is still in the cache need not come from memory.
        return max(1, CACHED // states[0].numel())

    def _rows_of(self, key: _Key, width: int, device: torch.device) -> Tensor:
        """The rows of the batch that runs, shape `(B, P, width)`."""
        if key not in self._pooled:
            shape = (self._rows, len(self._poolings), width)
            self._pooled[key] = self._room.zeros(shape, device)
        return self._pooled[key][self._first : self._first + len(self._on(device))]

    def _watch_experts(self, hooks: ExitStack, site: ExpertSite, keys: list[_Key]) -> None:
        module: Any = self._decoder.model.get_submodule(site.down)
        experts = experts_of(module)
        if experts is None or not keys:
            return

        def observe(expert: int, tokens: Tensor, projected: Tensor, product: Tensor) -> None:
            with torch.autocast(product.device.type, enabled=False):
                for key in keys:
                    activation = product if key[1] == "product" else experts.gate(projected)
                    self._pool_expert(key, site, expert, tokens, activation)

        def hook(module: nn.Module, args: tuple[Tensor, ...]) -> None:
            self._calls[site.down] += 1
            for key in keys:
                # Neurons that no token of this batch is routed to keep their zeros.
                self._rows_of(key, site.experts * site.width, args[0].device).zero_()
            if not isinstance(experts, DispatchedExperts):
                experts.observe(args, observe)

        self._calls.setdefault(site.down, 0)
        hooks.callback(module.register_forward_pre_hook(hook).remove)
        if isinstance(experts, DispatchedExperts):
            # Taken back backwards, since the layers' modules may share one configuration.
            config = module.config
            hooks.callback(
                setattr, config, "_experts_implementation", config._experts_implementation
            )
            hooks.callback(delattr, module, "neuronxa_observer")
            module.neuronxa_observer = observe
            config._experts_implementation = IMPLEMENTATION

    def _pool_expert(
        self, key: _Key, site: ExpertSite, expert: int, tokens: Tensor, states: Tensor
    ) -> None:
        weights = self._on(states.device)
        batch, poolings, width = weights.shape
        sentence, position = tokens // width, tokens % width
        routed = torch.zeros(batch, poolings, len(tokens), device=states.device)
        routed[sentence, :, torch.arange(len(tokens))] = weights[sentence, :, position]
        pooled = routed.view(batch * poolings, -1) @ self._token_states(key[0], states)
        rows = self._rows_of(key, site.experts * site.width, states.device)
        columns = slice(expert * site.width, (expert + 1) * site.width)
        rows[:, :, columns] = pooled.view(batch, poolings, site.width)

    def _token_states(self, kind: Kind, states: Tensor) -> Tensor:
        if kind == "embedding" and states.dtype == torch.float32:
            return states
        buffer = self._buffers.get(states.device)
        if buffer is None or buffer.numel() < states.numel():
            buffer = torch.empty(states.numel(), dtype=torch.float32, device=states.device)
            self._buffers[states.device] = buffer
        token_states = buffer[: states.numel()].view(states.shape)
        if kind == "nas":
            return torch.gt(states, 0, out=token_states)
        if kind == "nav" and states.dtype == torch.float32:
            return torch.abs(states, out=token_states)
        token_states.copy_(states)
        return token_states.abs_() if kind == "nav" else token_states

    def _on(self, device: torch.device) -> Tensor:
        # A model split over devices pools each layer where it runs.
        if device not in self._weights:
            self._weights[device] = next(iter(self._weights.values())).to(device)
        return self._weights[device]


def _neuron_key(representation: Representation, site: Site | ExpertSite) -> _Key:
    # Without a gate the two activations are one tensor, and it is pooled once.
    ungated = isinstance(site, Site) and site.gate is None
    activation = "product" if ungated else representation.activation
    return representation.kind, activation, site.down
