"""Run a model with some of its neurons switched off: their product is zero for every token."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.states.decoder import Decoder
from neuronxa_tasks.states.expert_forms import experts_of
from neuronxa_tasks.states.experts import ExpertSite
from neuronxa_tasks.states.layout import Layout
from neuronxa_tasks.states.sites import Site


@contextmanager
def switched_off(
    decoder: Decoder, layout: Layout, neurons: Mapping[int, Sequence[int]]
) -> Iterator[None]:
    """For the time of the block, the products of some neurons are zero.

    Args:
        decoder: The decoder; afterwards it is as it was.
        layout: Where its neurons are.
        neurons: By true number of the layer, their places among all of the layer, from 0, as
            sentence states have them.

    Raises:
        ModelError: The experts' weights lie elsewhere than in memory, or a dense network with
            neurons to switch off was not run as its modules say.
    """
    runs: dict[str, int] = {}
    first: dict[int, int] = {}
    # A graph that was compiled before would run without the hooks.
    with torch.compiler.set_stance("force_eager"), ExitStack() as undone:
        for site in layout.sites:
            start = first.get(site.layer, 0)
            first[site.layer] = start + _neurons(site)
            own = [
                j - start for j in neurons.get(site.layer, ()) if 0 <= j - start < _neurons(site)
            ]
            if not own:
                continue
            module: Any = decoder.model.get_submodule(site.down)
            if isinstance(site, ExpertSite):
                undone.enter_context(_without_weights(module, site, torch.tensor(own)))
            else:
                runs[site.down] = 0
                hook = _zero_input(site.down, torch.tensor(own), runs)
                undone.callback(module.register_forward_pre_hook(hook, with_kwargs=True).remove)
        yield
    if idle := [name for name, count in runs.items() if not count]:
        raise ModelError(
            f"Expected {idle[0]} to run, but it did not: neurons in front of it were not switched "
            "off; if the model is compiled or uses fused kernels, load it without"
        )


def _neurons(site: Site | ExpertSite) -> int:
    return site.width * site.experts if isinstance(site, ExpertSite) else site.width


def _zero_input(name: str, neurons: Tensor, runs: dict[str, int]) -> Callable[..., Any]:
    def hook(module: nn.Module, args: tuple[Tensor, ...], kwargs: dict[str, Any]) -> Any:
        runs[name] += 1
        product = args[0] if args else kwargs["hidden_states"]
        without = product.index_fill(-1, neurons.to(product.device), 0)
        if args:
            return (without, *args[1:]), kwargs
        return args, {**kwargs, "hidden_states": without}

    return hook


@contextmanager
def _without_weights(module: nn.Module, site: ExpertSite, neurons: Tensor) -> Iterator[None]:
    """No module takes an expert's product: what leaves its neurons is cut instead."""
    experts = experts_of(module)
    own = [weight.data_ptr() for weight in module.parameters() if not weight.is_meta]
    if experts is None or experts.down.data_ptr() not in own:
        raise ModelError(
            f"Expected the experts of {site.down} in memory as they are used, but their weights "
            "are offloaded or changed by an adapter: their neurons cannot be switched off; load "
            "the model without offloading, and merge adapters"
        )
    down = experts.down
    places = (neurons // site.width, neurons % site.width)
    with torch.no_grad():
        kept = down[places].clone()
        down[places] = 0
        try:
            yield
        finally:
            down[places] = kept
