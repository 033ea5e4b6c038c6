"""The harness's models, whose faults in loading are said in a sentence."""

import struct
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from lm_eval.api.model import LM
from lm_eval.api.registry import get_model
from lm_eval.models.huggingface import HFLM
from safetensors import SafetensorError

from neuronxa_tasks.errors import ModelError, NeuronXAError
from neuronxa_tasks.harness.failures import FAILURES, one_line
from neuronxa_tasks.harness.stored_weights import hold_weights
from neuronxa_tasks.harness.weight_files import check_packages, check_weight_files
from neuronxa_tasks.harness.whole_weights import whole_weights
from neuronxa_tasks.log import logger

# What the harness, transformers and torch raise for a name, an argument, a package, a file, a
# network or a memory that is not as it should be.
_FAULTS = (
    *FAILURES,
    *(AttributeError, ImportError, LookupError, NameError, TypeError),
    *(EOFError, MemoryError, SafetensorError, struct.error, UnpicklingError),
)


@dataclass(frozen=True)
class ModelLoader:
    """A model class of the harness, in whose place it makes models.

    Attributes:
        name: As of `--model`.
        model_class: The class.
    """

    name: str
    model_class: type[LM]

    def create_from_arg_obj(self, arguments: dict[str, Any], further: dict[str, Any]) -> LM:
        """The model.

        Args:
            arguments: Those of `--model_args`.
            further: Batch size and device.

        Raises:
            ModelError: It cannot be loaded.
        """
        of_transformers = issubclass(self.model_class, HFLM)
        if of_transformers and "pretrained" not in arguments:
            raise ModelError(
                f"Expected `--model_args` of `--model {self.name}` to name a model, but got "
                f"{', '.join(arguments) or 'nothing'}: add pretrained=MODEL"
            )
        named = str(arguments.get("pretrained", "none"))
        # The Hub's client would say that it is no name of a repository.
        if named.startswith(("/", "./", "../", "~")) and not Path(named).exists():
            raise ModelError(
                f"Expected `--model {self.name}` and `--model_args` that can be loaded, but there "
                f"is no folder {named}: check the path"
            )
        if of_transformers:
            check_weight_files(arguments)
        try:
            if of_transformers:
                check_packages(arguments)
            with whole_weights():
                lm = self.model_class.create_from_arg_obj(arguments, further)
        except NeuronXAError:
            raise
        except _FAULTS as error:
            logger.debug("The model cannot be loaded", exc_info=True)
            file = f",gguf_file={arguments['gguf_file']}" if arguments.get("gguf_file") else ""
            cut = isinstance(error, struct.error)
            raise ModelError(
                f"Expected `--model {self.name}` and `--model_args` that can be loaded, but got "
                f"pretrained={named}{file}: {'a file is cut short' if cut else one_line(error)}; "
                "check the name and the arguments (LMEVAL_LOG_LEVEL=DEBUG shows where)"
            ) from error
        if isinstance(lm, HFLM):
            hold_weights(lm.model)
        return lm


def model_loader(name: str) -> ModelLoader:
    """The loader of a model class.

    Args:
        name: As of `--model`.

    Raises:
        ModelError: The harness has none of that name, or lacks a package for it.
    """
    try:
        return ModelLoader(name, get_model(name))
    except (ValueError, ImportError) as error:
        raise ModelError(
            f"Expected `--model` to be one of lm_eval's, such as hf, but got {name}: "
            f"{one_line(error)}"
        ) from error


def hugging_face_model(name: str, arguments: dict[str, Any], further: dict[str, Any]) -> HFLM:
    """A model whose neurons can be seen.

    Args:
        name: As of `--model`.
        arguments: Those of `--model_args`.
        further: Batch size and device.

    Raises:
        ModelError: It cannot be loaded, or is no Hugging Face model.
    """
    lm = model_loader(name).create_from_arg_obj(arguments, further)
    if not isinstance(lm, HFLM):
        raise ModelError(
            f"Expected a Hugging Face model, but got {type(lm).__name__}, which does not show its "
            "neurons: use --model hf"
        )
    return lm
