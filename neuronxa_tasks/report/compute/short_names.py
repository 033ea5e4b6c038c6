"""The shortest names that tell models apart, without the folders above that say nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from neuronxa_tasks.identity.model_identity import Model, Variant
from neuronxa_tasks.identity.training_steps import find_step, find_step_in_path


def short_names(models: Sequence[Model]) -> list[Model]:
    """Each model with its paths cut to what tells it from the others, different ones different.

    Args:
        models: Any number, equal ones among them.

    Example:
        >>> found = short_names([Model("/home/me/a/demo"), Model("/home/me/b/demo"), Model("o/m")])
        >>> [model.label for model in found]
        ['a/demo', 'b/demo', 'o/m']
        >>> short_names([Model("/home/me/run/checkpoint-5")])[0].label
        'run/checkpoint-5'
    """
    names = _short_paths(model.name for model in models)
    adapters = _short_paths(model.adapter for model in models)
    values = _short_paths(value for model in models for _, value in model.variant)
    short = [
        replace(
            model,
            name=names[model.name],
            adapter=adapters[model.adapter],
            variant=tuple((key, values[value]) for key, value in model.variant),
        )
        for model in models
    ]
    alike: dict[Model, set[Variant]] = {}
    for model in short:
        alike.setdefault(replace(model, variant=()), set()).add(model.variant)
    return [
        replace(model, brief=_brief(model.variant, alike[replace(model, variant=())]))
        for model in short
    ]


def _brief(variant: Variant, alike: set[Variant]) -> Variant:
    """Those arguments that tell a model from its likes, that name a step, or else the first."""
    common = set.intersection(*map(set, alike))
    telling = tuple(
        (key, value)
        for key, value in variant
        if (key, value) not in common or find_step(value) or find_step(f"{key}={value}")
    )
    return telling or variant[:1]


def _short_paths(paths: Iterable[str]) -> dict[str, str]:
    """The shortest ending of every absolute path that no other has; others as they are.

    A checkpoint's own name says nothing without the folder of its run.
    """
    distinct = set(paths)
    runs = {path: _run(path) for path in distinct if PurePosixPath(path).is_absolute()}
    endings = {run: _endings(run) for run in runs.values()}
    count = Counter(ending for all_of_one in endings.values() for ending in all_of_one)
    count.update(path for path in distinct if path not in runs)
    short = {path: path for path in distinct}
    for path, run in runs.items():
        ending = next((ending for ending in endings[run] if count[ending] == 1), run)
        short[path] = f"{ending}{path.removeprefix(run)}"
    alike = Counter(short.values())
    return {path: path if alike[name] > 1 else name for path, name in short.items()}


def _run(path: str) -> str:
    parent = PurePosixPath(path).parent
    return str(parent) if find_step_in_path(path) and parent.name else path


def _endings(path: str) -> list[str]:
    """Every ending of an absolute path, the shortest first.

    Example:
        >>> _endings("/a/b/c")
        ['c', 'b/c', 'a/b/c', '/a/b/c']
    """
    parts = PurePosixPath(path).parts[1:]
    return ["/".join(parts[-n:]) for n in range(1, len(parts) + 1)] + [path]
