"""What arguments say of a model's files: checked before any weight is read."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from transformers import PreTrainedConfig

from neuronxa_tasks.errors import ModelError

# What reads weights that are stored in these formats, where the libraries' own words do not say it.
PACKAGES = {"gptq": ("gptqmodel", "optimum"), "awq": ("gptqmodel",)}


def check_weight_files(arguments: Mapping[str, Any]) -> None:
    """Check what arguments of a Hugging Face model say of its files, before any is read.

    Args:
        arguments: Those of `--model_args`.

    Raises:
        ModelError: They name no file, the wrong one, or a way to load it that does not exist.
    """
    for key in ("load_in_4bit", "load_in_8bit"):
        if arguments.get(key) is not None:
            raise ModelError(
                f"Expected `--model_args` without {key}, which transformers 5 does not take, but "
                f"got {key}={arguments[key]}: leave it out, and name a checkpoint that is stored "
                "quantized"
            )
    named = str(arguments.get("pretrained"))
    folder = Path(named) / str(arguments.get("subfolder") or "")
    if named.endswith(".gguf") and Path(named).is_file():
        raise ModelError(
            "Expected `pretrained` to be a folder or a name on the Hub, but got the file "
            f"{named}: give pretrained={Path(named).parent},gguf_file={Path(named).name}"
        )
    if arguments.get("gguf_file"):
        _check_gguf_file(folder, str(arguments["gguf_file"]))
    elif folder.is_dir() and not (folder / "config.json").exists() and (files := _gguf_in(folder)):
        raise ModelError(
            f"Expected a model in {folder}, but it has no config.json: of its GGUF files name one "
            f"by gguf_file={files[0]}" + (f", or {', '.join(files[1:])}" if files[1:] else "")
        )


def _check_gguf_file(folder: Path, name: str) -> None:
    file = folder / name
    if folder.is_dir() and not file.is_file():
        raise ModelError(
            f"Expected `gguf_file` to be a file in {folder}, but got {name}: there "
            + (f"are {', '.join(files)}" if (files := _gguf_in(folder)) else "is no GGUF file")
        )
    # transformers looks there first for weights, and not for the rest of the model.
    if (other := Path(name)).is_file() and not (file.is_file() and file.samefile(other)):
        raise ModelError(
            f"Expected `gguf_file` to name one file, but {name} is also in the working directory, "
            "whose weights would be taken: run the command elsewhere"
        )


def _gguf_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.gguf"))


def check_packages(arguments: Mapping[str, Any]) -> None:
    """Check that what reads a model's quantized weights is installed.

    Args:
        arguments: Those of `--model_args`.

    Raises:
        ModelError: A package is missing.
        OSError: The model has no configuration that can be read.
    """
    if arguments.get("gguf_file") or not isinstance(arguments.get("pretrained"), str):
        return
    where = {key: arguments[key] for key in ("revision", "subfolder") if arguments.get(key)}
    content, _ = PreTrainedConfig.get_config_dict(arguments["pretrained"], **where)
    method = str((content.get("quantization_config") or {}).get("quant_method"))
    missing = [name for name in PACKAGES.get(method, ()) if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"Expected the packages that read {method} weights, but {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not installed: pip install {' '.join(missing)}"
        )
