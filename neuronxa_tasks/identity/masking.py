"""Leave secrets out of what others may read: files, pages, logs and what is printed."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

MASK = "…"

_SECRET = re.compile(
    r"(^|_)(token|key|apikey|access_key_id|secret|password|passwd|passphrase|auth|authorization"
    r"|credentials?|cookie)$"
)
# Special tokens of a tokenizer, which are arguments of models too.
_NO_SECRET = re.compile(r"(bos|eos|pad|unk|sep|cls|mask|image|audio|video|prefix|end)_token$")

# A key and its value in `key=value,key=value`, in JSON or in a mapping as Python prints it.
_PAIR = re.compile(
    r"""(?P<key>[\w-]+)(?P<is>["']?\s*[=:]\s*)"""
    r"""(?P<value>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^,\s"'}\])]+)"""
)
# What is secret whatever its key is.
_ANYWHERE = (
    (re.compile(r"(?<=://)[^/@\s]+@"), f"{MASK}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+(?!…)[^\s,\"'}]+"), rf"\1 {MASK}"),
    (re.compile(r"(?i)(?<=[?&])([\w-]*(?:token|key|secret|password))=[^&\s,\"'}]+"), rf"\1={MASK}"),
    (re.compile(r"\b(?:hf_\w{16,}|sk-[\w-]{16,}|github_pat_\w{16,})"), MASK),
)


def masked(value: Any, key: str = "") -> Any:
    """Plain data with every secret replaced by `…`.

    Args:
        value: Mappings and sequences are looked into; everything under `header` or `headers`
            is a secret.
        key: What it is called.

    Example:
        >>> masked({"pretrained": "gpt2", "token": "abc", "add_bos_token": True})
        {'pretrained': 'gpt2', 'token': '…', 'add_bos_token': True}
    """
    if isinstance(value, Mapping):
        in_header = key.lower().rstrip("s").endswith("header")
        return {k: masked(v, "key" if in_header else str(k)) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, key) for item in value]
    if not isinstance(value, str):
        return value
    return MASK if value and is_secret(key, value) else masked_text(value)


def masked_text(text: str) -> str:
    """A text, in which keys and values may stand in any form, with every secret masked.

    Example:
        >>> masked_text("pretrained=gpt2,token=abc")
        'pretrained=gpt2,token=…'
        >>> masked_text('{"base_url": "https://me:abc@host/v1", "hf_token": "abc"}')
        '{"base_url": "https://…@host/v1", "hf_token": "…"}'
    """
    for pattern, instead in _ANYWHERE:
        text = pattern.sub(instead, text)
    return _PAIR.sub(_mask_pair, text)


def masked_arguments(arguments: Sequence[str]) -> list[str]:
    """The arguments of a command with every secret masked.

    Args:
        arguments: As typed.

    Example:
        >>> masked_arguments(["--model_args", '{"headers": {"X": "abc"}}', "--api_key", "abc"])
        ['--model_args', '{"headers": {"X": "…"}}', '--api_key', '…']
    """
    shown: list[str] = []
    before = ""
    for argument in arguments:
        flag = before.lstrip("-") if before.startswith("-") else ""
        shown.append(_masked_argument(argument, flag))
        before = argument
    return shown


def masked_results(results: Mapping[str, Any]) -> dict[str, Any]:
    """The harness's results without the secrets among the model's arguments.

    The harness keeps those in the run's configuration and in the metadata of every task.
    """
    hidden = dict(results)
    if "config" in results:
        hidden["config"] = masked(results["config"])
    if "configs" in results:
        hidden["configs"] = {
            task: {**config, "metadata": masked(config["metadata"])}
            if config.get("metadata")
            else config
            for task, config in results["configs"].items()
        }
    return hidden


def _masked_argument(argument: str, flag: str) -> str:
    name, given, rest = argument.partition("=")
    if given and re.fullmatch(r"--[\w-]+", name):
        return f"{name}={_masked_argument(rest, name.lstrip('-'))}"
    try:
        parsed = json.loads(argument)
    except ValueError:
        parsed = None
    if isinstance(parsed, dict):
        return json.dumps(masked(parsed), ensure_ascii=False)
    return MASK if is_secret(flag, argument) else masked_text(argument)


def _mask_pair(found: re.Match[str]) -> str:
    value = found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    if not is_secret(found["key"], value.strip("\"'")):
        return found[0]
    return f"{found['key']}{found['is']}{quote}{MASK}{quote}"


def is_secret(key: str, value: str = "") -> bool:
    """Whether a key's name says that its value is a secret.

    Args:
        key: In any spelling.
        value: Switches, and no value, are none.

    Example:
        >>> is_secret("hf_token"), is_secret("pad_token"), is_secret("token", "True")
        (True, False, False)
    """
    name = key.lower().replace("-", "_")
    switch = value.lower() in ("true", "false", "none", "null")
    return bool(_SECRET.search(name)) and not _NO_SECRET.search(name) and not switch
