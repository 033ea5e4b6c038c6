"""What a leaderboard may require a results file to say, or to be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

from neuronxa_tasks.data.published_text import is_published
from neuronxa_tasks.errors import ReportError
from neuronxa_tasks.finding import Finding, listed
from neuronxa_tasks.report.read.scores import UNKNOWN, Alignment, Condition, ResultsFile

_TOPIC = "required"
_SETTINGS = tuple(field.name for field in fields(Condition) if field.name != "corpus_digest")

# What the model's part of a file says of each.
_OF_MODEL: dict[str, Callable[[ResultsFile], str]] = {
    "hub-id": lambda file: file.model.name if _is_hub_id(file.model.name) else "",
    "commit": lambda file: file.model.origin.commit,
    "fingerprint": lambda file: file.model.origin.fingerprint,
    "dtype": lambda file: file.model.origin.loaded[0],
}
TEXT = "text"
NAMES = (*_OF_MODEL, *_SETTINGS, TEXT)


@dataclass(frozen=True)
class Requirement:
    """Something that a file has to say.

    Attributes:
        name: One of `NAMES`.
        value: What it has to be; empty where it only has to be known.
    """

    name: str
    value: str = ""

    @classmethod
    def parse(cls, text: str) -> "Requirement":
        """Read `NAME` or `NAME=VALUE`.

        Raises:
            ReportError: There is no such name, or its value cannot be chosen.

        Example:
            >>> Requirement.parse("dtype=bfloat16")
            Requirement(name='dtype', value='bfloat16')
        """
        name, _, value = text.partition("=")
        if name not in NAMES or (name == TEXT and value):
            raise ReportError(
                f"Expected `--require` to be NAME or NAME=VALUE with a name of "
                f"{', '.join(NAMES)} ({TEXT} without a value), but got {text!r}"
            )
        return cls(name, value)


def required(file: ResultsFile, requirements: Sequence[Requirement]) -> Iterator[Finding]:
    """Whether a file says what is required, and whether its text is the published one.

    Args:
        file: The results file that was read.
        requirements: What it has to say.
    """
    aligned = (*file.alignments, *file.retrievals)
    yield from _texts(aligned, needed=any(one.name == TEXT for one in requirements))
    for one in requirements:
        if one.name == TEXT:
            continue
        if of_model := _OF_MODEL.get(one.name):
            found = {of_model(file)}
        else:
            found = {str(getattr(row.condition, one.name)) for row in aligned}
        shown = ", ".join(sorted(found - {""})) or "nothing"
        good = found == {one.value} if one.value else bool(found) and not found & {"", UNKNOWN}
        expected = f" should be {one.value}" if one.value else " should be given"
        text = f"{one.name}: {shown}" if good else f"{one.name}{expected}, but is {shown}"
        yield Finding(good, text, _TOPIC)


def _texts(rows: Sequence[Alignment], *, needed: bool) -> Iterator[Finding]:
    for corpus in dict.fromkeys(row.condition.corpus for row in rows):
        own = [row for row in rows if row.condition.corpus == corpus]
        answers = {row.language: _published(row) for row in own}
        others = sorted(language for language, answer in answers.items() if answer is False)
        known = sum(answer is not None for answer in answers.values())
        if others:
            text = f"{corpus}: other sentences than the published ones for {listed(others)}"
            yield Finding(not needed, f"{text} of {known} known languages", "text", note=True)
        elif needed:
            text = f"{corpus}: the published sentences of {known} of {len(answers)} languages"
            yield Finding(known == len(answers), text, "text")


def _published(row: Alignment) -> bool | None:
    n_pairs = row.condition.n_pairs
    if not isinstance(n_pairs, int):
        return None
    return is_published(row.condition.corpus, row.language, n_pairs, row.digest)


def _is_hub_id(name: str) -> bool:
    return name.count("/") == 1 and not name.startswith((".", "/", "~"))
