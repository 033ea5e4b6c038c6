"""Models with every weight that they have from their files."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers import PreTrainedModel

from neuronxa_tasks.errors import ModelError

# In PEFT's warning.
ADAPTER = "missing adapter keys"


@contextmanager
def whole_weights() -> Iterator[None]:
    """For the time of the block, no model and no adapter is loaded that lacks weights.

    By themselves transformers and PEFT draw at random what they do not find, and warn.

    Raises:
        ModelError: Some weights are not in the checkpoint.
    """
    original = PreTrainedModel.__dict__["from_pretrained"]

    def from_pretrained(
        cls: type[PreTrainedModel], /, *args: Any, output_loading_info: bool = False, **options: Any
    ) -> Any:
        model, found = original.__func__(cls, *args, output_loading_info=True, **options)
        if missing := sorted(found["missing_keys"]):
            raise ModelError(
                f"Expected a checkpoint with every weight of its {type(model).__name__}, but "
                f"{args[0] if args else 'it'} lacks {len(missing)}, such as {missing[0]}, "
                "which would be random: check that all of its files are there, and that its "
                "configuration is theirs"
            )
        return (model, found) if output_loading_info else model

    setattr(PreTrainedModel, "from_pretrained", classmethod(from_pretrained))  # noqa: B010
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", f".*{ADAPTER}")
            yield
    except UserWarning as warning:
        if ADAPTER not in str(warning):
            raise
        raise ModelError(
            "Expected `peft` to be an adapter of this model, but not all of its weights are "
            f"there: {' '.join(str(warning).split())[:200]}"
        ) from warning
    finally:
        setattr(PreTrainedModel, "from_pretrained", original)  # noqa: B010
