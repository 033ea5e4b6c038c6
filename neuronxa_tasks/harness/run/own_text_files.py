"""Task files of the texts that `--bitext` names, for the time of a run."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from neuronxa_tasks.arguments import names
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.errors import SettingsError

# ISO 639's code for a language that is not known.
_UNDETERMINED = "und"

_TASK_FILE = """\
class: !function neuronxa_tasks.harness.tasks.own_text_task.OwnTextTask
task: {task}
corpus: {corpus}
pivot: {pivot}
language: {language}
bitext: {files}
"""


def task_file(bitext: str) -> tuple[str, str]:
    """The name and the text of the task file of what was typed after `--bitext`.

    Args:
        bitext: `NAME=FILE` or `NAME=FILE,FILE`, the pivot's first; `NAME:LANGUAGE=…` with the
            language's code, `NAME:PIVOT,LANGUAGE=…` with that of a pivot other than English.

    Raises:
        SettingsError: It is written otherwise.

    Example:
        >>> name, text = task_file("news:deu_Latn=en.txt,de.txt")
        >>> name
        'neuronxa_own_news_deu_Latn'
        >>> print(text, end="")
        class: !function neuronxa_tasks.harness.tasks.own_text_task.OwnTextTask
        task: "neuronxa_own_news_deu_Latn"
        corpus: "news"
        pivot: "eng_Latn"
        language: "deu_Latn"
        bitext: ["en.txt", "de.txt"]
    """
    what, _, paths = bitext.partition("=")
    corpus, _, typed = what.partition(":")
    codes, files = names(typed), names(paths)
    if not corpus or len(codes) > 2 or not 0 < len(files) < 3:
        raise SettingsError(
            "Expected `--bitext` to be NAME:LANGUAGE=FILE,FILE, the pivot's file first, or one "
            f"FILE.tsv, FILE.jsonl or FILE.tmx of both, but got {bitext!r}"
        )
    pivot, language = (ENGLISH, *(codes or [_UNDETERMINED]))[-2:]
    task = f"neuronxa_own_{corpus}_{language}"
    # A text in JSON is one in YAML, whatever is in it.
    values = {"task": task, "corpus": corpus, "pivot": pivot, "language": language, "files": files}
    return task, _TASK_FILE.format(**{key: json.dumps(value) for key, value in values.items()})


@contextmanager
def own_text_folder(bitexts: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """A folder with a task file of each text, as the harness includes it, and the tasks' names.

    Args:
        bitexts: As typed; without any there is no folder.

    Raises:
        SettingsError: One is not as it should be, or two have one name and language.
    """
    if not bitexts:
        yield [], []
        return
    files = [task_file(bitext) for bitext in bitexts]
    tasks = [task for task, _ in files]
    for task in tasks:
        if tasks.count(task) > 1:
            raise SettingsError(
                f"Expected different names or languages in `--bitext`, but got {task} "
                f"{tasks.count(task)} times: call one of the texts otherwise"
            )
    with TemporaryDirectory(prefix="neuronxa-") as folder:
        for number, (_, text) in enumerate(files):
            Path(folder, f"{number}.yaml").write_text(text, encoding="utf-8")
        yield [folder], tasks
