"""Give the harness's model classes the request methods that our tasks call."""

from collections.abc import Callable, Sequence

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.requests import alignment_request as request
from neuronxa_tasks.harness.requests import parity, sentence_loss
from neuronxa_tasks.harness.requests.alignment_answer import bitext_alignment
from neuronxa_tasks.harness.upstream import attach

METHODS: dict[str, Callable[..., list[str]]] = {
    request.REQUEST_TYPE: bitext_alignment,
    sentence_loss.REQUEST_TYPE: sentence_loss.sentence_loss,
}


def install_request_method() -> None:
    """Attach each request method to `HFLM`, and a refusal to every other model class.

    Information parity asks for nothing but what every class answers, and is attached to all.

    The harness answers a request by the model's method of the request's name, and has no
    way to add one: this is the package's one change to the harness. Calling it again changes
    nothing.

    Raises:
        RuntimeError: Another package has put an attribute of that name there.
    """
    for name, method in METHODS.items():
        attach(LM, name, _refuse)
        attach(HFLM, name, method)
    attach(LM, parity.REQUEST_TYPE, parity.information_parity)


def _refuse(lm: LM, requests: Sequence[Instance]) -> list[str]:
    raise ModelError(
        f"Expected a Hugging Face model for {requests[0].task_name}, but got "
        f"{type(lm).__name__}, which does not show its neurons and predictions: use --model hf"
    )
