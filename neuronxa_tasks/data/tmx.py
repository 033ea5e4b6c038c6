"""Translation memories: the units of a TMX file, and nothing that a file could make of them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.parsers import expat

from neuronxa_tasks.data.codes import resolve_language
from neuronxa_tasks.data.text_files import read_content
from neuronxa_tasks.errors import BitextError

# What these hold is mark-up of another format and no text of the sentence.
_CODES = frozenset(("bpt", "ept", "it", "ph", "ut"))
_SPACE = re.compile(r"[ \t\r\n]+")


def read_tmx(file: Path, languages: Sequence[str]) -> list[list[str]]:
    """The segments of some languages, unit by unit.

    White space within a segment becomes one space, since editors break lines there. Declared
    entities are refused, so that none is expanded or fetched; the usual `DOCTYPE` may stand.

    Args:
        file: In TMX 1.4, whose `xml:lang` an older `lang` may stand for.
        languages: As the file writes them, in any case, or any code of the same FLORES-200
            language.

    Raises:
        BitextError: It cannot be read, is no well-formed XML, declares entities, or has a unit
            without exactly one segment of each language.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse
    # Of a DTD that is not read: what it stands for would be left out without a word.
    parser.SkippedEntityHandler = _refuse
    content = read_content(file)
    try:
        parser.Parse(content, True)
    # The last two of encodings that there are not, or that expat cannot take.
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BitextError(
            f"Expected {file} to be TMX without entities of its own, but got {error}: export it "
            "again"
        ) from error
    sides: list[list[str]] = [[] for _ in languages]
    for number, unit in enumerate(reader.units, start=1):
        for side, language in zip(sides, languages, strict=True):
            found = [text for lang, text in unit if _same(lang, language)]
            if len(found) != 1:
                there = ", ".join(lang for lang, _ in unit) or "none"
                raise BitextError(
                    f"Expected one segment of {language} in every unit of {file}, but unit "
                    f"{number} has {len(found)} (languages there: {there}): name them in "
                    "`columns` as the file does, or remove the unit"
                )
            side.append(_SPACE.sub(" ", found[0]))
    return sides


def _same(lang: str, language: str) -> bool:
    if lang.lower() == language.lower():
        return True
    code = resolve_language(lang)
    return code is not None and code == resolve_language(language)


class _EntityFound(ValueError):
    pass


def _refuse(name: str, *_: object) -> None:
    raise _EntityFound(f"the entity {name[:50]!r}")


class _Reader:
    """Collects the segments of every unit, each with its language."""

    def __init__(self) -> None:
        self.units: list[list[tuple[str, str]]] = []
        self._lang = ""
        self._segment: list[str] | None = None
        self._codes = 0

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "tu":
            self.units.append([])
        elif element == "tuv":
            self._lang = attributes.get("xml:lang") or attributes.get("lang", "")
        elif element == "seg":
            self._segment = []
        elif element in _CODES:
            self._codes += 1

    def end(self, element: str) -> None:
        if element == "seg" and self._segment is not None and self.units:
            self.units[-1].append((self._lang, "".join(self._segment)))
            self._segment = None
        elif element in _CODES:
            self._codes -= 1

    def text(self, text: str) -> None:
        if self._segment is not None and not self._codes:
            self._segment.append(text)
