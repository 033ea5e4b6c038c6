"""The settings a user gives with `--metadata key=value`, checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.languages import ENGLISH, FLORES, check_language
from neuronxa_tasks.measures import (
    ACTIVATIONS,
    DEFAULT_POOLING,
    MEASURES,
    POOLINGS,
    Activation,
    Measure,
    Metric,
    Pooling,
    metrics,
)

FloresSource = Literal["mteb", "flores_plus"]
FLORES_SOURCES: tuple[FloresSource, ...] = ("mteb", "flores_plus")

# Below this likeness a key is taken to be a model argument or another task's setting,
# which the harness merges into the same mapping.
NEAR_MISS = 0.8

_Choice = TypeVar("_Choice", bound=str)


@dataclass(frozen=True)
class Settings:
    """What the alignment tasks measure, and on which text.

    Attributes:
        pivot: FLORES-200 code of the language that every other is compared with.
        n_pairs: How many pairs, the first in file order; None for all.
        pooling: How token states become sentence states.
        activation: Which tensor is the neuron's activation; None for the default of each
            measure (NASCA `gate`, NAVCA `product`).
        measures: Which scores.
        truncate: Whether sentences longer than the model's context are cut.
        flores_source: Which Hub dataset gives FLORES sentences.
        flores_dir: Local folder in the layout of the FLORES-200 archive, instead of the Hub.
        tatoeba_dir: Local folder in the layout of LASER's `tatoeba/v1`, instead of the Hub.
    """

    pivot: str = ENGLISH
    n_pairs: int | None = 100
    pooling: tuple[Pooling, ...] = (DEFAULT_POOLING,)
    activation: tuple[Activation, ...] | None = None
    measures: tuple[Measure, ...] = MEASURES
    truncate: bool = False
    flores_source: FloresSource = "mteb"
    flores_dir: Path | None = None
    tatoeba_dir: Path | None = None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric asked for."""
        return metrics(self.measures, self.pooling, self.activation)

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> "Settings":
        """Read the settings out of the harness's metadata.

        Args:
            metadata: The harness's own mapping, in which model arguments and other tasks'
                keys stand beside ours.

        Raises:
            SettingsError: A value is not allowed, or a key is a near miss of one of ours.

        Example:
            >>> Settings.from_metadata({"n_pairs": "all", "pooling": "[weighted,last]"}).pooling
            ('weighted', 'last')
        """
        ours = {key: value for key, value in metadata.items() if key in KEYS}
        for key in metadata.keys() - ours.keys():
            if near := get_close_matches(str(key), KEYS, n=1, cutoff=NEAR_MISS):
                raise SettingsError(f"Unknown key `{key}` in `metadata`: did you mean `{near[0]}`?")
        return cls(**{key: _READERS[key](key, value) for key, value in ours.items()})


def unknown_keys(metadata: Mapping[str, Any]) -> list[str]:
    """The keys of `metadata` that are no setting of these tasks."""
    return [key for key in metadata if key not in KEYS]


def _language(key: str, value: object) -> str:
    return check_language(str(value), FLORES, key)


def _count(key: str, value: object) -> int | None:
    if value == "all":
        return None
    # bool is an int in Python, yet `n_pairs=true` is a mistake.
    if isinstance(value, int) and not isinstance(value, bool) and value >= 2:
        return value
    raise SettingsError(f"Expected `{key}` to be 'all' or an integer >= 2, but got {value!r}")


def _flag(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise SettingsError(f"Expected `{key}` to be true or false, but got {value!r}")


def _folder(key: str, value: object) -> Path:
    folder = Path(str(value)).expanduser()
    if folder.is_dir():
        return folder
    raise SettingsError(f"Expected `{key}` to be an existing folder, but got {str(value)!r}")


def _choice(key: str, value: object, allowed: tuple[_Choice, ...]) -> _Choice:
    for choice in allowed:
        if value == choice:
            return choice
    raise SettingsError(f"Expected `{key}` to be one of {', '.join(allowed)}, but got {value!r}")


def check_choices(key: str, value: object, allowed: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
    """One of `allowed` or several, as a tuple without repetitions.

    Args:
        key: The setting's or argument's name, for messages.
        value: A name, a sequence of names, or the string `[a,b]`.
        allowed: Every name there is.

    Raises:
        SettingsError: `value` names something else, or nothing.
    """
    if isinstance(value, str):
        # The harness's own parser leaves `[a,b]` a string where a and b are bare words.
        value = [item.strip(" '\"") for item in value.strip("[]").split(",")]
    if not isinstance(value, list | tuple) or not value:
        raise SettingsError(
            f"Expected `{key}` to be one of {', '.join(allowed)} or a list of them, "
            f"but got {value!r}"
        )
    return tuple(dict.fromkeys(_choice(key, item, allowed) for item in value))


_READERS: dict[str, Callable[[str, object], Any]] = {
    "pivot": _language,
    "n_pairs": _count,
    "pooling": lambda key, value: check_choices(key, value, POOLINGS),
    "activation": lambda key, value: check_choices(key, value, ACTIVATIONS),
    "measures": lambda key, value: check_choices(key, value, MEASURES),
    "truncate": _flag,
    "flores_source": lambda key, value: _choice(key, value, FLORES_SOURCES),
    "flores_dir": _folder,
    "tatoeba_dir": _folder,
}
KEYS: tuple[str, ...] = tuple(field.name for field in fields(Settings))
