"""How a model class of the harness runs its model: by itself, or with changes of its own."""

from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.upstream import FORWARD, SCORING


def changes_forward_pass(lm: HFLM) -> bool:
    """Whether the class of `lm` has its own `_model_call`, as that of steered models has."""
    return FORWARD in vars(lm) or _owner(lm, FORWARD) is not HFLM


def check_model_class(lm: HFLM) -> None:
    """Check that what is measured is what the harness would run.

    Raises:
        ModelError: The model is no decoder, or its class scores text in a way of its own.
    """
    if lm.backend != "causal":
        raise ModelError(
            f"Expected a causal language model, but got a {lm.backend} model: neuron states and "
            "losses of whole sentences are defined for decoders"
        )
    for name in SCORING:
        if has_own(lm, name):
            raise ModelError(
                f"Expected a model class that scores text as --model hf does, but "
                f"{_owner(lm, name).__qualname__} has its own `{name}`, which cannot be measured: "
                f"override `{FORWARD}` instead, or use --model hf"
            )


def has_own(lm: HFLM, name: str) -> bool:
    """Whether a method is not the harness's.

    The harness's own classes refuse requests there, or read images; they do not score text
    otherwise.
    """
    return name in vars(lm) or not _owner(lm, name).__module__.startswith("lm_eval.")


def _owner(lm: HFLM, name: str) -> type:
    """The class that gives `lm` a method: its own where the method is set on the object."""
    if name in vars(lm):
        return type(lm)
    return next(owner for owner in type(lm).__mro__ if name in vars(owner))
