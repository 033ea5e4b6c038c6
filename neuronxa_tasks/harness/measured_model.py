"""What the results keep of the model, and all that a score depends on beside the text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.harness.forward_pass import changes_forward_pass
from neuronxa_tasks.harness.model_encoder import tokenize
from neuronxa_tasks.harness.stored_weights import are_laid_out_anew
from neuronxa_tasks.identity.model_arguments import local_folders
from neuronxa_tasks.log import logger
from neuronxa_tasks.measures import SCORE_VERSION
from neuronxa_tasks.states import SentenceEncoder
from neuronxa_tasks.states.fingerprint import configuration_fingerprint, weights_fingerprint
from neuronxa_tasks.versions import package_versions


def digest(parts: Mapping[str, Any]) -> str:
    """SHA-256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def describe_model(lm: HFLM) -> dict[str, Any]:
    """What the harness's results do not say of the model already.

    Returns:
        `dtype`, `mixed_precision`, whether sentences begin with `bos`, and `model`: its
        `fingerprint` (None where weights cannot be read), and the local `folders` among the
        arguments that name weights.
    """
    first_token = tokenize(lm, ["A"])[0][0]
    return {
        "dtype": str(lm.model.dtype).removeprefix("torch."),
        "mixed_precision": (
            str(lm.mixed_precision_dtype).removeprefix("torch.")
            if lm.mixed_precision_dtype
            else None
        ),
        "bos": lm.tokenizer.bos_token_id is not None and first_token == lm.tokenizer.bos_token_id,
        "model": model_record(lm),
    }


def model_record(lm: HFLM) -> dict[str, Any]:
    """What tells this model from another of the same name."""
    given = {"pretrained": lm.pretrained, "peft": lm.peft, "delta": lm.delta}
    readable = not are_laid_out_anew(lm.model)
    return {
        "fingerprint": weights_fingerprint(lm.model) if readable else None,
        "folders": local_folders(given),
    }


def model_key(lm: HFLM, encoder: SentenceEncoder, described: Mapping[str, Any]) -> str | None:
    """A digest of all that sentence states depend on beside the sentences and what is taken.

    Whatever keeps states or scores from one call to the next finds them by this.

    Args:
        lm: The harness's model.
        encoder: What runs it.
        described: As `describe_model` gives it.

    Returns:
        None where nothing may be kept: the weights cannot be read, or the model's class computes
        something else than its weights say.
    """
    return pass_key(
        lm,
        described,
        {
            "batch_size": encoder.batch_size,
            "max_length": encoder.max_length,
            "neurons": encoder.layout.described(),
        },
    )


def pass_key(lm: HFLM, described: Mapping[str, Any], how: Mapping[str, Any]) -> str | None:
    """A digest of all that what a forward pass gives depends on beside the sentences.

    Args:
        lm: The harness's model.
        described: As `describe_model` gives it.
        how: Whatever else what is kept depends on, as plain data.

    Returns:
        As `model_key`.
    """
    if described["model"]["fingerprint"] is None:
        logger.warning("some weights cannot be read: nothing is kept for another run")
        return None
    if changes_forward_pass(lm):
        logger.warning(
            "%s changes what its weights compute: nothing is kept for another run",
            type(lm).__name__,
        )
        return None
    return digest(
        {
            "score_version": SCORE_VERSION,
            "versions": package_versions(),
            **described,
            "name": lm.pretrained if isinstance(lm.pretrained, str) else None,
            "revision": lm.revision,
            "adapter": [lm.peft, lm.delta],
            "configuration": configuration_fingerprint(lm.model),
            "attention": str(getattr(lm.model.config, "_attn_implementation", None)),
            "device": lm.device.type,
            **how,
        }
    )
