"""The training step that a checkpoint's name carries, and what is left of the name without it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from neuronxa_tasks.errors import SettingsError

# What a table of int64 has room for.
LARGEST = 2**63 - 1

# As in `step1000`, `stage1-step1000-tokens3B`, `stage1-step-40000`, `ckpt_000`, `iter_0001000`,
# `checkpoint-500`, `global_step100`, `checkpoint-1000step`, `intermediate-step-1431k-3T`.
_STEP = re.compile(
    r"(?<![a-z])(?:global[-_]?)?(?:checkpoint|ckpt|step|iter(?:ation)?)"
    r"(?P<separator>[-_=]?)(?P<step>[0-9]+)(?P<thousands>k)?(?:steps?)?(?![a-z0-9])"
    # Tokens seen so far rise with the step, and belong to no series.
    r"(?:[-_](?:tokens?[-_]?)?[0-9]+(?:\.[0-9]+)?[kmbt](?![a-z0-9]))?",
    re.IGNORECASE,
)

# `org/name` and `name` may be a model of the Hub, such as `stepfun-ai/step3`.
_MAY_BE_ON_HUB = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True)
class Step:
    """A step that was found.

    Attributes:
        number: The training step.
        rest: The name without it: what the checkpoints of one run share.
    """

    number: int
    rest: str


def find_step(text: str, pattern: re.Pattern[str] | None = None) -> Step | None:
    """The step in a revision, or in a folder's own name; the last where there are several.

    Args:
        text: The name.
        pattern: How steps are written where it is not as usual, with a group named `step`.

    Returns:
        None where there is no step, or one that no 64-bit integer holds.

    Example:
        >>> find_step("stage2-ingredient1-step1000-tokens3B")
        Step(number=1000, rest='stage2-ingredient1')
        >>> find_step("ckpt_007"), find_step("main")
        (Step(number=7, rest=''), None)
    """
    return _last(text, (pattern or _STEP).finditer(text))


def find_step_in_path(path: str, pattern: re.Pattern[str] | None = None) -> Step | None:
    """The step that the last folder of a path names; a given pattern sees the whole path.

    Where the path may as well be a name on the Hub, `step3` is no step, and `step-3` is.

    Example:
        >>> find_step_in_path("/runs/a/step3")
        Step(number=3, rest='/runs/a')
        >>> find_step_in_path("stepfun-ai/step3")
    """
    if pattern:
        return find_step(path, pattern)
    parent, name = PurePath(path).parent, PurePath(path).name
    matches = list(_STEP.finditer(name))
    if _MAY_BE_ON_HUB.fullmatch(path):
        matches = [m for m in matches if m["separator"] or len(m["step"]) > 2]
    found = _last(name, matches)
    if found is None:
        return None
    return Step(found.number, str(parent / found.rest) if found.rest else str(parent))


def step_pattern(text: str) -> re.Pattern[str]:
    r"""The pattern of `--step-pattern`.

    Raises:
        SettingsError: It is no regular expression, or has no group named `step`.

    Example:
        >>> find_step("300B", step_pattern(r"(?P<step>\d+)B")).number
        300
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise SettingsError(
            f"Expected `--step-pattern` to be a regular expression, but got {text!r}: {error}"
        ) from error
    if "step" not in pattern.groupindex:
        raise SettingsError(
            f"Expected `--step-pattern` to have a group named `step`, but got {text!r}: "
            r"write (?P<step>\d+) where the step stands"
        )
    return pattern


def _last(text: str, matches: Iterable[re.Match[str]]) -> Step | None:
    match = next(reversed(list(matches)), None)
    digits = (match["step"] or "").lstrip("0") if match else ""
    # So many digits no 64-bit integer has, and Python refuses to read thousands.
    if match is None or not re.fullmatch(r"[0-9]{0,19}", digits) or not match["step"]:
        return None
    number = int(digits or 0) * (1000 if match.groupdict().get("thousands") else 1)
    if number > LARGEST:
        return None
    before, after = text[: match.start()], text[match.end() :]
    # A step may be a folder of its own inside of a path.
    joint = "/" if before.endswith("/") and after.startswith("/") else "-"
    parts = (before.rstrip("-_/="), after.lstrip("-_/"))
    return Step(number, joint.join(filter(None, parts)))
