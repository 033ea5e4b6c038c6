"""How a model class of the harness runs its model: by itself, or with changes of its own."""

from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import ModelError

# What the harness calls on the way from a text to its score, beside the forward pass. The
# harness's own classes refuse requests there, or read images; they do not score text otherwise.
SCORING = ("tok_encode", "loglikelihood", "_loglikelihood_tokens")


def changes_forward_pass(lm: HFLM) -> bool:
    """Whether the class of `lm` has its own `_model_call`, as that of steered models has."""
    return "_model_call" in vars(lm) or _owner(lm, "_model_call") is not HFLM


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
        owner = _owner(lm, name)
        if name in vars(lm) or not owner.__module__.startswith("lm_eval."):
            raise ModelError(
                f"Expected a model class that scores text as --model hf does, but "
                f"{owner.__qualname__} has its own `{name}`, which cannot be measured: override "
                "`_model_call` instead, or use --model hf"
            )


def _owner(lm: HFLM, name: str) -> type:
    """The class that gives `lm` a method: its own where the method is set on the object."""
    if name in vars(lm):
        return type(lm)
    return next(owner for owner in type(lm).__mro__ if name in vars(owner))
