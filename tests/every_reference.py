"""Neurons of any family by the names of its projections, token by token in float64.

It shares nothing with the package but the decoder that it looks into: networks are found by what
their projections are called, and computed from what they take in a run of one sentence.
"""

import copy
import math
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from neuronxa_tasks.states import Decoder

Neurons = dict[tuple[int, str], tuple[Tensor, Tensor]]
"""By layer and name of the down projection: gate's activation and product, shape (T, width)."""

# Names of gate, up and down projection inside a network.
GATED = (
    ("gate_proj", "up_proj", "down_proj"),
    ("w1", "w3", "w2"),
    ("proj_up_gate", "proj_up", "proj_down"),
)
# Names of a projection that holds gate and up, or up alone, and of the down projection.
TWO = (
    ("gate_up_proj", "down_proj"),
    ("Wi", "Wo"),
    ("input_linear", "output_linear"),
    ("up_proj", "down_proj"),
    ("fc1", "fc2"),
    ("c_fc", "c_proj"),
    ("dense_h_to_4h", "dense_4h_to_h"),
    ("fc_in", "fc_out"),
    ("0", "2"),
    ("key", "value"),
    ("intermediate.dense", "output.dense"),
    ("dense.dense", "output.dense"),
    ("ffn_1", "ffn_2"),
)
# What the product goes through before the down projection, which takes no part in the neurons.
NORMS = ("ffn_sub_norm", "ffn_layernorm")
OTHERS = ("norm", "router", "attn", "attention", "adapter")
ACTIVATIONS = ("act_fn", "activation_fn", "act", "gelu_impl", "activation", "1")


def relu_squared(x: Tensor) -> Tensor:
    return functional.relu(x) ** 2


# Families that call a function.
FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "ctrl": functional.relu,
    "reformer": functional.relu,
    "rwkv": relu_squared,
    **dict.fromkeys(("hy_v4", "glm5_next"), functional.silu),
    **dict.fromkeys(("lfm2", "lfm2_moe", "lfm2_vl", "lfm3", "lfm3_vl"), functional.silu),
}
# Families whose up projection is shifted by one, with the slope of their sigmoid.
SHIFTED = {"gpt_oss": 1.702, "minimax_m3_vl": 1.702, "minimax_m3_vl_text": 1.702}
# Families whose experts cut the gate's activation instead of the gate.
CUT_AFTER = ("step3p7",)
# Families whose experts squash the up projection.
SOFT_CAPPED = ("inkling2", "inkling2_text")


@dataclass(frozen=True)
class Network:
    """A dense feed-forward network.

    Attributes:
        layer: From 1.
        down: Name of the module that takes the product.
        module: What holds it.
        projections: Gate and up, or one that holds both or up alone.
    """

    layer: int
    down: str
    module: nn.Module
    projections: tuple[str, ...]


def reference_neurons(decoder: Decoder, family: str, sentence: list[int]) -> Neurons:
    """The neurons of one sentence, run by itself."""
    networks = list(_networks(decoder))
    experts = list(_experts(decoder))
    taken: dict[str, tuple[Any, ...]] = {}

    def keep(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            taken[name] = tuple(
                value.detach().clone()
                for value in (*args, *kwargs.values())
                if torch.is_tensor(value)
            )

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for network in networks:
            first = network.module.get_submodule(network.projections[0])
            hooks.callback(
                first.register_forward_pre_hook(keep(network.down), with_kwargs=True).remove
            )
        for _, name, module in experts:
            hooks.callback(module.register_forward_pre_hook(keep(name), with_kwargs=True).remove)
        decoder(torch.tensor([sentence]))
    neurons: Neurons = {}
    with torch.no_grad():
        for network in networks:
            if network.down in taken:
                x = taken[network.down][0].reshape(len(sentence), -1).double()
                neurons[network.layer, network.down] = _dense(network, family, x)
        for layer, name, module in experts:
            if name in taken:
                neurons[layer, name] = _routed(module, family, taken[name], len(sentence))
    return neurons


def _networks(decoder: Decoder) -> Iterator[Network]:
    for number, (layer_name, layer) in enumerate(
        zip(decoder.layer_names, decoder.layers, strict=True), start=1
    ):
        for name, module in layer.named_modules(prefix=layer_name):
            found = _form(module)
            # Inside attention, norms and routers lie networks of another kind.
            if found is None or any(part in name for part in OTHERS):
                continue
            *projections, down = found
            before = next((norm for norm in NORMS if hasattr(module, norm)), down)
            if hasattr(module, "dense"):
                # Reformer's projection is alone in a module, which is seen first.
                before = "output"
            yield Network(number, f"{name}.{before}", module, tuple(projections))


def _form(module: nn.Module) -> tuple[str, ...] | None:
    for names in (*GATED, *TWO):
        try:
            inner = [module.get_submodule(name) for name in names]
        except AttributeError:
            continue
        if all(getattr(m, "weight", None) is not None and m.weight.ndim == 2 for m in inner):
            return names
    return None


def _experts(decoder: Decoder) -> Iterator[tuple[int, str, nn.Module]]:
    for number, (layer_name, layer) in enumerate(
        zip(decoder.layer_names, decoder.layers, strict=True), start=1
    ):
        for name, module in layer.named_modules(prefix=layer_name):
            down = getattr(module, "down_proj", None)
            stacked = isinstance(down, nn.Parameter) and down.ndim == 3
            flat = hasattr(getattr(module, "mlp", None), "v1")
            sorted_ = hasattr(module, "router") and hasattr(module, "output_linear")
            if stacked or flat or (sorted_ and hasattr(module, "activation")):
                yield number, name, module


def _activation(module: Any, family: str) -> Callable[[Tensor], Tensor]:
    if family in FUNCTIONS:
        return FUNCTIONS[family]
    owners = [module, getattr(module, "mlp", None), getattr(module, "intermediate", None)]
    for owner in owners:
        for name in (*ACTIVATIONS, "intermediate_act_fn"):
            if callable(found := getattr(owner, name, None)):
                return copy.deepcopy(found).double() if isinstance(found, nn.Module) else found
    raise LookupError(f"no activation in {type(module).__name__} of {family}")


def _combined(module: Any, family: str, gate: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    limits = [getattr(module, name, None) for name in ("swiglu_limit", "limit")]
    limit = next((float(value) for value in limits if isinstance(value, float | int)), math.inf)
    if family in SHIFTED:
        cut = gate.clamp(max=limit)
        activation = cut * torch.sigmoid(SHIFTED[family] * cut)
        return activation, activation * (up.clamp(-limit, limit) + 1)
    if family in SOFT_CAPPED:
        activation = module.act_fn.gate_softcap(gate) * torch.sigmoid(gate)
        return activation, activation * module.act_fn.up_softcap(up)
    activate = _activation(module, family)
    if sparsity := getattr(module, "activation_sparsity", 0):
        # What is not far above the mean of a token's gates is cut off.
        quantile = statistics.NormalDist().inv_cdf(sparsity)
        mean, std = gate.mean(-1, keepdim=True), gate.std(-1, keepdim=True, unbiased=False)
        gate = (gate - mean - std * quantile).relu()
    if family in CUT_AFTER:
        activation = activate(gate).clamp(max=limit)
    else:
        activation = activate(gate.clamp(max=limit))
    return activation, activation * up.clamp(-limit, limit)


def _dense(network: Network, family: str, x: Tensor) -> tuple[Tensor, Tensor]:
    outputs = [
        copy.deepcopy(network.module.get_submodule(name)).double()(x)
        for name in network.projections
    ]
    adapters = getattr(network.module, "gate_up_proj_adapter_list", ())
    for adapter in adapters:
        if not isinstance(adapter, nn.Identity):
            outputs[0] = outputs[0] + copy.deepcopy(adapter).double()(x)
    if len(outputs) == 2:
        return _combined(network.module, family, *outputs)
    down = network.down.rpartition(".")[2]
    module: Any = network.module
    norm = down in NORMS
    width = getattr(module, down).weight.shape[-1] if norm else _inputs(network)
    if outputs[0].shape[-1] == 2 * width:
        return _combined(network.module, family, *outputs[0].chunk(2, dim=-1))
    activation = _activation(network.module, family)(outputs[0])
    return activation, activation


def _inputs(network: Network) -> int:
    """How many numbers the down projection takes."""
    name = next(
        names[-1]
        for names in TWO
        if names[0] == network.projections[0] and _has(network.module, names[-1])
    )
    down: Any = network.module.get_submodule(name)
    # GPT-2's projections have their weights the other way round.
    return int(down.weight.shape[0] if type(down).__name__ == "Conv1D" else down.weight.shape[1])


def _has(module: nn.Module, name: str) -> bool:
    try:
        module.get_submodule(name)
    except AttributeError:
        return False
    return True


def _routed(
    module: Any, family: str, taken: tuple[Tensor, ...], tokens: int
) -> tuple[Tensor, Tensor]:
    count, width, networks = _matrices(module)
    gates, products = (torch.zeros(tokens, count, width, dtype=torch.float64) for _ in range(2))
    for token, expert, x in _assignments(module, taken, count):
        projections = networks(expert)
        if len(projections) == 1:
            activation = _activation(module, family)(projections[0](x))
            gates[token, expert] = products[token, expert] = activation
        else:
            gate, up = (projection(x) for projection in projections)
            gates[token, expert], products[token, expert] = _combined(module, family, gate, up)
    return gates.reshape(tokens, -1), products.reshape(tokens, -1)


def _matrices(
    module: Any,
) -> tuple[int, int, Callable[[int], list[Callable[[Tensor], Tensor]]]]:
    """How many experts, neurons of each, and each one's projections."""
    if hasattr(module, "output_linear"):
        count, _, width = module.output_linear.weight.shape
        stack = module.input_linear.weight.double()
        return count, width, lambda e: [_linear(stack[e, :width]), _linear(stack[e, width:])]
    if hasattr(getattr(module, "mlp", None), "v1"):
        count, width = module.num_experts, module.ffn_hidden_size
        w1, v1 = (w.double().reshape(count, width, -1) for w in (module.mlp.w1, module.mlp.v1))
        return count, width, lambda e: [_linear(w1[e]), _linear(v1[e])]
    count = len(module.down_proj)
    if hasattr(module, "gate_proj"):
        gate, up = module.gate_proj.double(), module.up_proj.double()
        return count, gate.shape[1], lambda e: [_linear(gate[e]), _linear(up[e])]
    if not hasattr(module, "gate_up_proj"):
        stack = module.up_proj.double()
        return count, stack.shape[1], lambda e: [_linear(stack[e])]
    both, down = module.gate_up_proj.double(), module.down_proj
    if not (both.shape[2] == down.shape[1] and both.shape[1] == 2 * down.shape[2]):
        both = both.transpose(1, 2)
    width = both.shape[1] // 2
    bias = getattr(module, "gate_up_proj_bias", None)
    biases = torch.zeros(len(both), 2 * width) if bias is None else bias.double()

    def projections(e: int) -> list[Callable[[Tensor], Tensor]]:
        rows = (
            (slice(0, None, 2), slice(1, None, 2))
            if bias is not None
            else (slice(0, width), slice(width, None))
        )
        return [_linear(both[e, part], biases[e, part].double()) for part in rows]

    return count, width, projections


def _linear(weight: Tensor, bias: Tensor | float = 0.0) -> Callable[[Tensor], Tensor]:
    return lambda x: weight @ x + bias


def _assignments(
    module: Any, taken: tuple[Tensor, ...], count: int
) -> Iterator[tuple[int, int, Tensor]]:
    """Every token and expert that meet, and what the expert takes."""
    hidden = taken[0].reshape(-1, taken[0].shape[-1]).double()
    if hasattr(module, "output_linear"):
        logits = module.router.layer(taken[0].reshape(len(hidden), -1))
        for token, experts in enumerate(logits.topk(module.router.top_k).indices.tolist()):
            yield from ((token, expert, hidden[token]) for expert in experts)
    elif hasattr(module, "gate_proj") and isinstance(module.gate_proj, nn.Parameter):
        for token, x in enumerate(hidden):
            yield from ((token, expert, x) for expert in range(count))
    elif len(taken) == 1:
        for expert, own in enumerate(hidden.reshape(count, -1, hidden.shape[-1])):
            yield from ((token, expert, x) for token, x in enumerate(own) if x.any())
    else:
        for token, (experts, weights) in enumerate(
            zip(taken[1].tolist(), taken[2].tolist(), strict=True)
        ):
            for expert, weight in zip(experts, weights, strict=True):
                if expert < count and weight != 0:
                    yield token, expert, hidden[token]
