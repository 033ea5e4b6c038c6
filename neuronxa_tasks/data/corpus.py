"""What a parallel corpus is: its name, text, licence and languages, and how to load it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuronxa_tasks.data.bitext import Bitext, Provenance, check_bitext, chosen_lines
from neuronxa_tasks.data.languages import ENGLISH, check_language
from neuronxa_tasks.errors import BitextError, SettingsError

# The whole text of the pivot and of a language.
Sides = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Corpus:
    """A parallel corpus: all that the package knows of it.

    Attributes:
        name: As task files, the command line and results say it.
        title: What people call it.
        sources: Datasets that have its text, by the value of the setting that chooses among
            them; the first is read unless another is chosen.
        licence: As its card states it.
        head: The languages of much text, in the corpus's own codes, without English.
        longtail: The languages of little text.
        own_english_side: Whether every language is paired with English sentences of its own, so
            that there is no other pivot.
        read: Reads both sides, given the pivot, the language and one of the sources.
        read_folder: Reads them from a local copy, given the pivot, the language, the folder and
            the split; None where there is nothing but the bundled text.
        read_articles: Which article every line is from, by any name, given the pivot, the
            source, and the local copy or None; nothing where that is not known. None where it
            never is.
    """

    name: str
    title: str
    sources: Mapping[str, Provenance]
    licence: str
    head: tuple[str, ...]
    longtail: tuple[str, ...]
    own_english_side: bool
    read: Callable[[str, str, Provenance], Sides]
    read_folder: Callable[[str, str, Path, str], Sides] | None
    read_articles: Callable[[str, Provenance, Path | None], list[str]] | None = None

    @property
    def source(self) -> Provenance:
        """The dataset that is read unless another is chosen."""
        return next(iter(self.sources.values()))

    @property
    def resources(self) -> dict[str, tuple[str, ...]]:
        """The languages of each group but English, by `head` and `longtail`."""
        return {"head": self.head, "longtail": self.longtail}

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that has a task; English only where it can be compared with a pivot."""
        english = () if self.own_english_side else (ENGLISH,)
        return tuple(sorted((*english, *self.head, *self.longtail)))

    def load(
        self,
        language: str,
        pivot: str = ENGLISH,
        n_pairs: int | None = None,
        source: Provenance | None = None,
        folder: Path | None = None,
        first: int = 1,
        among: Sequence[int] = (),
    ) -> Bitext:
        """The pairs of a language and the pivot.

        Args:
            language: In the corpus's own code.
            pivot: The language that it is compared with.
            n_pairs: How many pairs, the first in file order; None for all.
            source: Dataset on the Hub; None for the default one.
            folder: A local copy, which is read instead.
            first: Line of the first pair, counted from 1.
            among: Lines that alone may be taken, going up; empty for all.

        Raises:
            SettingsError: The corpus does not have the language, or not with that pivot.
            BitextError: The sentences cannot be had, or are not parallel.
        """
        check_language(language, self.languages, "language")
        if not self.own_english_side:
            check_language(pivot, self.languages, "pivot")
        elif pivot != ENGLISH:
            raise SettingsError(
                f"Expected `pivot` to be {ENGLISH} for {self.title}, which pairs every language "
                f"with English only, but got {pivot!r}: run FLORES tasks for other pivots"
            )
        source = source or self.source
        if folder is None or self.read_folder is None:
            sides = self.read(pivot, language, source)
        else:
            sides = self.read_folder(pivot, language, folder, source.split)
            source = Provenance(str(folder), None, source.split)
        where = f"{self.title} {pivot} and {language}"
        one, other = check_bitext(*sides, where, same_language=pivot == language)
        lines = chosen_lines(len(one), n_pairs, first, among, where)
        return Bitext(
            self.name,
            pivot,
            language,
            tuple(one[line - 1] for line in lines),
            tuple(other[line - 1] for line in lines),
            source,
            lines,
            self._articles(pivot, source, folder, len(one), lines),
        )

    def _articles(
        self,
        pivot: str,
        source: Provenance,
        folder: Path | None,
        total: int,
        lines: Sequence[int],
    ) -> tuple[int, ...]:
        """The article of each of the lines, numbered from 0 in their order."""
        names = self.read_articles(pivot, source, folder) if self.read_articles else []
        if not names:
            return ()
        if len(names) != total:
            raise BitextError(
                f"Expected an article for each of the {total} lines of {self.title}, but got "
                f"{len(names)}: give its metadata a line for every sentence, or take it away"
            )
        numbers: dict[str, int] = {}
        return tuple(numbers.setdefault(names[line - 1], len(numbers)) for line in lines)
