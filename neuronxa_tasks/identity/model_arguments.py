"""Read the model arguments of the harness: what they name, and what of them makes another model."""

import ast
import json
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from neuronxa_tasks.identity.masking import is_secret
from neuronxa_tasks.identity.model_identity import Model

# The names that model classes of the harness give to the weights, and to what is added to them.
# Where an API is given both, `model` is the one that it serves.
NAMES = ("model", "pretrained", "path", "engine", "load")
ADAPTERS = ("peft", "lora_local_path", "delta")

# Arguments of the harness's model classes that change neither weights nor forward pass. All that
# are not here make another model, those that nobody has heard of as well.
HARMLESS = frozenset(
    [
        # The number format, which is a setting of the measurement and shown as one.
        *("dtype", "torch_dtype", "precision", "softmax_dtype", "mixed_precision_dtype"),
        "attn_implementation",
        # Where and how fast it runs.
        *("device", "devices", "device_map", "device_map_option", "parallelize", "num_nodes"),
        *("tp_plan", "low_cpu_mem_usage", "batch_size", "max_batch_size", "micro_batch_size"),
        *("tensor_parallel_size", "data_parallel_size", "pipeline_parallel_size", "dp_size"),
        *("tp_size", "tp_degree", "tensor_model_parallel_size", "pipeline_model_parallel_size"),
        *("expert_model_parallel_size", "distributed_executor_backend", "enforce_eager"),
        *("gpu_memory_utilization", "mem_fraction_static", "swap_space", "block_size"),
        *("max_num_seqs", "max_num_batched_tokens", "chunked_prefill_size", "max_lora_rank"),
        *("enable_prefix_caching", "enable_chunked_prefill", "disable_log_stats", "logits_cache"),
        "disable_custom_all_reduce",
        # How it is fetched, and by whom; secrets too.
        "header",
        *(
            "base_url",
            "timeout",
            "verify_certificate",
            "ca_cert_path",
            "num_concurrent",
            "max_retries",
            "cache_dir",
        ),
        *("download_dir", "local_files_only", "force_download", "proxies", "trust_remote_code"),
        # What is sent to it, and how much of its answer is taken: the benchmark's settings.
        *("add_bos_token", "prefix_token_id", "custom_prefix_token_id", "eos_string"),
        *("use_fast_tokenizer", "tokenizer_mode", "tokenizer_backend", "tokenized_requests"),
        *("max_length", "max_model_len", "context_length", "seq_length", "max_input_len"),
        *("max_output_len", "max_gen_toks", "truncation", "truncate", "truncation_side"),
        *("chat_template_args", "enable_thinking", "think_end_token", "max_images", "seed"),
    ]
)
_HARMLESS_BEGINNINGS = ("max_memory", "max_cpu_memory", "offload_")

# What an argument is where it is not given; None always is.
DEFAULTS = {
    "backend": "default",
    "subfolder": "",
    "load_in_4bit": "False",
    "load_in_8bit": "False",
    "autogptq": "False",
    "gptqmodel": "False",
    "load_format": "auto",
    "kv_cache_dtype": "auto",
}

# Those that a reader looks for first.
_PROMINENT = ("subfolder", "gguf_file", "load_in_4bit", "load_in_8bit", "quantization", "gptqmodel")


def read_model_args(given: object) -> dict[str, Any]:
    """Model arguments as a table, from any of the forms in which the harness takes them.

    Args:
        given: A table, JSON, `KEY=VALUE,KEY=VALUE`, or nothing.

    Raises:
        ValueError: It begins as JSON does and is none.

    Example:
        >>> read_model_args("pretrained=runs/lr=1,rope={'a': 1, 'b': 2},revision=main")
        {'pretrained': 'runs/lr=1', 'rope': "{'a': 1, 'b': 2}", 'revision': 'main'}
    """
    if isinstance(given, Mapping):
        return {str(key): value for key, value in given.items()}
    text = str(given or "").strip()
    if text.startswith("{"):
        try:
            return dict(json.loads(text))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
    pairs = (part.partition("=") for part in _split(text))
    return {key.strip(): value.strip() for key, _, value in pairs if key.strip()}


def model_of_arguments(
    arguments: Mapping[str, Any], name: str = "", folders: Mapping[str, str] | None = None
) -> Model:
    """The model that arguments describe.

    Two spellings of one path give one model; whether a relative path is the same folder in two
    files only `folders` can say.

    Args:
        arguments: As `read_model_args` gives them.
        name: Its name where no argument has it.
        folders: Where the local folders among the arguments lay when the model ran, by argument.

    Returns:
        A model without a name where nothing names it.

    Example:
        >>> given = {"pretrained": "./demo/", "dtype": "bfloat16", "load_in_4bit": True}
        >>> model_of_arguments(given).label
        'demo (load_in_4bit)'
    """
    known = {key: normal_path(str(value)) for key, value in arguments.items() if _is_given(value)}
    known |= {key: path for key, path in (folders or {}).items() if key in known}
    name_key = next((key for key in NAMES if key in known), None)
    adapter_key = next((key for key in ADAPTERS if key in known), None)
    found = known[name_key] if name_key else normal_path(name)
    revision = normal_revision(str(arguments.get("revision") or ""))
    own = {*NAMES, "revision", adapter_key}
    variant = {
        key: _normal(arguments[key]) for key in known if key not in own and not _is_harmless(key)
    }
    # A tokenizer is one of its own only where it is another's.
    if normal_path(variant.get("tokenizer", "")) in (found, str(arguments.get(name_key or ""))):
        variant.pop("tokenizer", None)
    if normal_revision(variant.get("tokenizer_revision", "")) == revision:
        variant.pop("tokenizer_revision", None)
    items = [item for item in variant.items() if DEFAULTS.get(item[0]) != item[1]]
    return Model(
        name=found,
        revision=revision,
        adapter=known[adapter_key] if adapter_key else "",
        variant=tuple(sorted(items, key=_prominence)),
    )


def local_folders(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Where the local files and folders among some arguments lie, links followed, by argument.

    Args:
        arguments: Those that name weights.
    """
    paths = {
        key: Path(value) for key, value in arguments.items() if isinstance(value, str) if value
    }
    return {key: str(path.resolve()) for key, path in paths.items() if _exists(path)}


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Too long for a name, or with a NUL in it.
        return False


def normal_revision(revision: str) -> str:
    """The revision, empty for the default branch."""
    return "" if revision.strip() == "main" else revision.strip()


def normal_path(text: str) -> str:
    """One spelling of a path or of a name on the Hub.

    Example:
        >>> [normal_path(text) for text in ("demo", "demo/", "./demo", "a/../demo", "org/model")]
        ['demo', 'demo', 'demo', 'demo', 'org/model']
    """
    text = text.strip()
    return posixpath.normpath(text) if text and "://" not in text else text


def _is_given(value: object) -> bool:
    return value is not None and str(value).strip() not in ("", "None")


def _is_harmless(key: str) -> bool:
    return key in HARMLESS or key.startswith(_HARMLESS_BEGINNINGS) or is_secret(key)


def _prominence(item: tuple[str, str]) -> tuple[int, str]:
    key, _ = item
    return _PROMINENT.index(key) if key in _PROMINENT else len(_PROMINENT), key


def _normal(value: object) -> str:
    """One spelling of a value, whether the command line, JSON or Python gave it.

    Example:
        >>> _normal("true"), _normal(True), _normal("1e-4"), _normal({"b": 1, "a": 2})
        ('True', 'True', '0.0001', '{"a": 2, "b": 1}')
    """
    if isinstance(value, str):
        value = value.strip()
        if value.lower() in ("true", "false"):
            return value.capitalize()
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return normal_path(str(value)) if "/" in str(value) else str(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, sort_keys=True, default=str)
    return str(value)


def _split(text: str) -> Iterator[str]:
    """Parts between commas that stand outside of brackets and quotes, as the harness splits."""
    part, depth, quote = "", 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "[({":
            depth += 1
        elif character in "])}":
            depth = max(0, depth - 1)
        elif character == "," and depth == 0:
            yield part
            part = ""
            continue
        part += character
    yield part
