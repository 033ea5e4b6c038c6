"""Give the harness's model classes the request method that alignment tasks call."""

from collections.abc import Callable, Sequence

from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.request import REQUEST_TYPE, BitextRequest
from neuronxa_tasks.harness.run import bitext_alignment


def install_request_method() -> None:
    """Attach `bitext_alignment` to `HFLM`, and a refusal to every other model class.

    The harness answers a request by the model's method of the request's name, and has no
    way to add one: this is the package's one change to the harness. Calling it again changes
    nothing.

    Raises:
        RuntimeError: Another package has put an attribute of that name there.
    """
    _attach(LM, _refuse)
    _attach(HFLM, bitext_alignment)


def _attach(model_class: type[LM], method: Callable[..., list[str]]) -> None:
    there = model_class.__dict__.get(REQUEST_TYPE, method)
    if there is not method:
        raise RuntimeError(
            f"Expected {model_class.__name__} without an attribute `{REQUEST_TYPE}`, but "
            f"{there.__module__} has set one: uninstall one of the two packages"
        )
    setattr(model_class, REQUEST_TYPE, method)


def _refuse(lm: LM, requests: Sequence[BitextRequest]) -> list[str]:
    raise ModelError(
        f"Expected a Hugging Face model for {requests[0].task_name}, but got "
        f"{type(lm).__name__}, which does not show its neurons: use --model hf"
    )
