"""Which tasks a run asks for: combined groups taken apart, and narrowed to languages."""

from collections.abc import Iterable, Sequence

from neuronxa_tasks.data.benchmarks import BENCHMARKS, COMBINED_GROUPS
from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import FLORES, check_languages
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.log import logger

TASK_PREFIX = "neuronxa_"


def is_ours(task: str) -> bool:
    """Whether a task or group needs nothing of the harness's own tasks."""
    return task.startswith(TASK_PREFIX) and task not in COMBINED_GROUPS


def expand(names: Iterable[str]) -> list[str]:
    """The names with combined groups replaced by their members, ours first.

    Example:
        >>> names = expand(["m_mmlu_de", "neuronxa_combined"])
        >>> names[:3]
        ['neuronxa_flores', 'neuronxa_flores_parity', 'm_mmlu_de']
        >>> names[3:]
        ['belebele', 'arc_multilingual', 'm_mmlu']
    """
    expanded: list[str] = []
    for name in names:
        expanded += expand(COMBINED_GROUPS[name]) if name in COMBINED_GROUPS else [name]
    return sorted(dict.fromkeys(expanded), key=lambda name: not is_ours(name))


def narrow(names: Sequence[str], languages: Sequence[str]) -> list[str]:
    """The names with groups of languages replaced by the tasks of some.

    Args:
        names: Tasks and groups; what is no group of languages stays.
        languages: FLORES-200 codes.

    Raises:
        SettingsError: A code is unknown or repeated, or no task is left.

    Example:
        >>> narrow(["neuronxa_flores_head", "arc_multilingual"], ["deu_Latn", "fin_Latn"])
        ['neuronxa_flores_deu_Latn', 'neuronxa_flores_fin_Latn', 'arc_de']
    """
    check_languages(languages, FLORES, "--languages")
    groups = _groups()
    narrowed: list[str] = []
    for name in names:
        members = groups.get(name)
        if members is None:
            narrowed.append(name)
            continue
        tasks = [task for code in languages for task, of in members.items() if of == code]
        if not tasks:
            logger.warning("%s has none of the languages %s", name, ", ".join(languages))
        narrowed += tasks
    if not narrowed:
        raise SettingsError(
            f"Expected `--languages` to be some that {', '.join(names)} have, "
            f"but got {','.join(languages)}"
        )
    return list(dict.fromkeys(narrowed))


def _groups() -> dict[str, dict[str, str]]:
    """Tasks of every group of languages, with the FLORES-200 code of each."""
    groups = {benchmark.run_name: dict(benchmark.tasks) for benchmark in BENCHMARKS}
    for corpus in CORPORA.values():
        for name in (f"{TASK_PREFIX}{corpus.name}{what}" for what in ("", "_retrieval", "_parity")):
            for group, codes in corpus.resources.items():
                groups[f"{name}_{group}"] = {f"{name}_{c}": resolve_language(c) or c for c in codes}
            groups[name] = {**groups[f"{name}_head"], **groups[f"{name}_longtail"]}
    return groups
