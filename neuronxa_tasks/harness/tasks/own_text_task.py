"""Harness tasks on text of the user's own, which a task file of a few lines makes."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import ENGLISH
from neuronxa_tasks.data.own_text import (
    OWN_NAME,
    own_bitext,
    provenance_of,
    read_own_dataset,
    read_own_files,
)
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.setting_values import shown
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.harness.tasks.alignment_task import AlignmentTask, RetrievalTask
from neuronxa_tasks.harness.tasks.pair_task import PairTask, source_of
from neuronxa_tasks.measures import SCORE_VERSION
from neuronxa_tasks.results.fields import Code

_CODE: TypeAdapter[str] = TypeAdapter(Code)


class OwnText(PairTask):
    """What tasks on the user's own text have in common.

    The task file gives `corpus`, a name of the user's choice, `language` and unless that is
    English `pivot`, any codes. `bitext` names one file or two, as `read_own_files` takes them;
    or `dataset_path`, `dataset_name`, `test_split` and in `dataset_kwargs` a `revision` name a
    dataset on the Hub. `columns` is what the pivot's side and the language's are called there,
    by default the codes.

    Args:
        config: The task file merged with the run's metadata.

    Raises:
        SettingsError: A key of the file is missing or wrong.
        BitextError: The sentences are missing, damaged or too few.
    """

    TEMPLATE_KEYS = ("task", "corpus", "language")
    # Between the corpus and the language in the task's name.
    WHAT = ""

    def __init__(self, config: Mapping[str, Any]) -> None:
        metadata = {"version": SCORE_VERSION, **config.get("metadata", {})}
        given = {"output_type": self.OUTPUT_TYPE, "num_fewshot": 0, **config}
        super().__init__({**given, "metadata": metadata})

    def bitext_of(self, config: Mapping[str, Any], settings: Settings) -> Bitext:
        """The user's pairs.

        Raises:
            SettingsError: A key of the task file is missing or wrong.
            BitextError: The sentences cannot be had, or are not parallel.
        """
        corpus, pivot, language = _names(config, self.WHAT)
        named = "columns" in config
        columns = _columns(config["columns"]) if named else (pivot, language)
        if ("bitext" in config) == ("dataset_path" in config):
            raise SettingsError(
                f"Expected the task file of {config['task']} to give either `bitext`, one file or "
                "two, or `dataset_path`, but got both or neither"
            )
        if "bitext" in config:
            files = _files(config["bitext"])
            source, sides = provenance_of(files), read_own_files(files, columns, named=named)
        else:
            if not config.get("dataset_kwargs", {}).get("revision") or "test_split" not in config:
                raise SettingsError(
                    f"Expected the task file of {config['task']} to give `test_split` and in "
                    "`dataset_kwargs` a `revision`, such as the dataset's commit: add them"
                )
            source = source_of(config)
            sides = read_own_dataset(source, config.get("dataset_name"), columns)
        return own_bitext(
            *(corpus, pivot, language, sides, source),
            *(settings.n_pairs, settings.first_pair, settings.pairs),
        )


class OwnTextTask(OwnText, AlignmentTask):
    """Alignment on the user's own text."""


class OwnRetrievalTask(OwnText, RetrievalTask):
    """Retrieval in the user's own text, among all its pairs unless `n_pairs` says otherwise."""

    WHAT = "_retrieval"


def _names(config: Mapping[str, Any], what: str) -> tuple[str, str, str]:
    """The corpus, the pivot and the language, which the task's own name has to repeat."""
    corpus = config["corpus"]
    if not isinstance(corpus, str) or not OWN_NAME.fullmatch(corpus) or corpus in CORPORA:
        raise SettingsError(
            "Expected `corpus` of your own text to be a name of small letters, digits and "
            f"hyphens, and none of {', '.join(CORPORA)}, but got {shown(corpus)!r}"
        )
    pivot = _code("pivot", config.get("pivot", ENGLISH))
    language = _code("language", config["language"])
    if pivot == language:
        raise SettingsError(
            f"Expected `language` to be another than the pivot, but both are {pivot}: correct one"
        )
    asked = config["metadata"].get("pivot", pivot)
    if asked != pivot:
        raise SettingsError(
            f"Expected no `pivot` in `--metadata` but {pivot}, which {corpus} is paired with, but "
            f"got {shown(asked)}: run tasks with other pivots apart"
        )
    expected = f"neuronxa_own_{corpus}{what}_{language}"
    if config["task"] != expected:
        raise SettingsError(
            f"Expected the task on {corpus} to be called {expected}, as reports know it, but got "
            f"{shown(config['task'])}: rename it"
        )
    return corpus, pivot, language


def _code(key: str, value: object) -> str:
    try:
        return _CODE.validate_python(value, strict=True)
    except ValidationError as error:
        raise SettingsError(
            f"Expected `{key}` to be the code of a language, such as deu_Latn, but got "
            f"{shown(value)!r}: a code that YAML reads as something else, such as no, needs quotes"
        ) from error


def _columns(value: object) -> tuple[str, str]:
    match value:
        case [str(one), str(other)] if one != other:
            return one, other
    raise SettingsError(
        "Expected `columns` to be the names of two, the pivot's first, but got "
        f"{shown(value)}: write columns: [PIVOT, LANGUAGE]"
    )


def _files(value: object) -> list[str]:
    files = [value] if isinstance(value, str) else value
    if (
        isinstance(files, list)
        and 0 < len(files) < 3
        and all(isinstance(file, str) and file for file in files)
    ):
        return files
    raise SettingsError(
        "Expected `bitext` to be one file of both sides, or the pivot's and the language's, but "
        f"got {shown(value)}"
    )
