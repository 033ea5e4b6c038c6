"""The sentence states of every language of an analysis, kept on disk until it is done."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from uuid import uuid4

from tqdm import tqdm

from neuronxa_tasks.commands.analysis.session import Analysis
from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.data.languages import language_name
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.measured_model import describe_model, digest, model_key
from neuronxa_tasks.harness.requests.memory import numbers_per_sentence
from neuronxa_tasks.log import logger
from neuronxa_tasks.measures import Representation
from neuronxa_tasks.states.store import StoredStates, stored_dtype

FOLDER = "states"


@dataclass(frozen=True)
class LanguageOnDisk:
    """A language, and where its states are or will be.

    Attributes:
        bitext: Its sentences; the pivot's do not matter.
        token_ids: Of each sentence, as the model takes them.
        truncated: How many sentences were cut.
        states: Its states.
    """

    bitext: Bitext
    token_ids: tuple[tuple[int, ...], ...]
    truncated: int
    states: StoredStates

    def size(self, representation: Representation, numbers: int) -> int:
        """Bytes of its states.

        Args:
            representation: Which states.
            numbers: How many numbers one sentence has in all layers.
        """
        dtype = stored_dtype(representation, max(map(len, self.token_ids)))
        return len(set(self.token_ids)) * numbers * dtype.itemsize


def prepare(analysis: Analysis) -> list[LanguageOnDisk]:
    """The languages of an analysis, before anything is run.

    What a language's states depend on is in the name of their file, so that those of an
    interrupted call are found again, and those of other settings are not taken for them.
    """
    lm, encoder = analysis.lm, analysis.encoder
    # Without a key of the model no call finds what another has written.
    model = model_key(lm, encoder, describe_model(lm)) or uuid4().hex
    return [_language(analysis, code, model) for code in analysis.languages]


def encode(analysis: Analysis, languages: Sequence[LanguageOnDisk]) -> None:
    """Write the states of the languages that have none, one language after the other.

    Args:
        analysis: Says which states.
        languages: As `prepare` gives them.

    Raises:
        SettingsError: The disk is too small.
        ModelError: The model's neuron states cannot be taken.
    """
    representations = _representations(analysis)
    for language in languages:
        if fault := language.states.open():
            logger.warning("%s is damaged and made anew: %s", language.states.file, fault)
    todo = [language for language in languages if not language.states.ready]
    if len(todo) < len(languages):
        finished = len(languages) - len(todo)
        logger.info("states of %d of %d languages are there already", finished, len(languages))
    _check_space(analysis, todo)
    for language in todo:
        code = language.bitext.language
        name = f"{language.bitext.corpus} {code} ({language_name(code)})"
        language.states.write(analysis.encode(language.bitext.sentences, representations, name))


def remove(analysis: Analysis, languages: Sequence[LanguageOnDisk]) -> None:
    """Remove the states, and their folder unless another call has states there.

    Another call of the same kind may use these states, or have removed them already.
    """
    for language in languages:
        language.states.file.unlink(missing_ok=True)
    # It is not empty, or not there any more.
    with suppress(OSError):
        (analysis.folder / FOLDER).rmdir()


def _language(analysis: Analysis, code: str, model: str) -> LanguageOnDisk:
    bitext = analysis.bitext(code)
    whole = analysis.encoder.tokenize(bitext.sentences)
    longest = analysis.encoder.max_length
    token_ids = tuple(tuple(ids[:longest]) for ids in whole)
    key = digest(
        {
            "model": model,
            "representations": [asdict(r) for r in _representations(analysis)],
            "token_ids": token_ids,
            "truncate": analysis.settings.truncate,
        }
    )
    return LanguageOnDisk(
        bitext=bitext,
        token_ids=token_ids,
        truncated=sum(len(ids) > longest for ids in whole),
        states=StoredStates(analysis.folder / FOLDER / f"{code}_{key[:16]}.safetensors"),
    )


def _representations(analysis: Analysis) -> list[Representation]:
    return [metric.representation for metric in analysis.settings.metrics]


def _check_space(analysis: Analysis, languages: Sequence[LanguageOnDisk]) -> None:
    needed = sum(
        language.size(representation, numbers_per_sentence(analysis.encoder, representation))
        for representation in _representations(analysis)
        for language in languages
    )
    free = shutil.disk_usage(analysis.output).free
    logger.info(
        "states of %d languages will take %s in %s until the end, where %s are free",
        *(len(languages), _bytes(needed), analysis.folder / FOLDER, _bytes(free)),
    )
    if needed > free:
        raise SettingsError(
            f"Expected {_bytes(needed)} free in {analysis.output} for the states of "
            f"{len(languages)} languages, but {_bytes(free)} are: take fewer --languages, "
            "lower n_pairs, measure less at a time, or give another --output_path"
        )


def _bytes(size: int) -> str:
    return str(tqdm.format_sizeof(size, "B"))
