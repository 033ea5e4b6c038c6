"""Tables as LaTeX that any of its programs takes as it is: ASCII, and few well-known commands."""

import re
import unicodedata

import pandas as pd

from neuronxa_tasks.report.show.number_formats import MISSING
from neuronxa_tasks.report.show.tables.cells import Cell, Table

# More rows than this are no float, but go on over pages.
_LONG = 40

_TEXT = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    **{character: f"\\{character}" for character in "$&#_%"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # In TeX's first encoding these three are other characters.
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": r"\`{}",
    # After the end of a row both begin an argument of it.
    "[": "{[}",
    "*": "{*}",
    "\N{EN DASH}": "--",
    "\N{MINUS SIGN}": "$-$",
    "\N{MIDDLE DOT}": r"$\cdot$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{LEFT RIGHT DOUBLE ARROW}": r"$\Leftrightarrow$",
    "\N{HORIZONTAL ELLIPSIS}": r"\dots{}",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{NO-BREAK SPACE}": "~",
    **{"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}"},
    **{"ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}"},
}

# A character with the accents that follow it.
_LETTER = re.compile(r".[\u0300-\u036f]*", re.DOTALL)

_ACCENTS = {
    "\N{COMBINING GRAVE ACCENT}": "`",
    "\N{COMBINING ACUTE ACCENT}": "'",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "^",
    "\N{COMBINING TILDE}": "~",
    "\N{COMBINING MACRON}": "=",
    "\N{COMBINING BREVE}": "u",
    "\N{COMBINING DOT ABOVE}": ".",
    "\N{COMBINING DIAERESIS}": '"',
    "\N{COMBINING RING ABOVE}": "r",
    "\N{COMBINING DOUBLE ACUTE ACCENT}": "H",
    "\N{COMBINING CARON}": "v",
    "\N{COMBINING DOT BELOW}": "d",
    "\N{COMBINING MACRON BELOW}": "b",
    "\N{COMBINING CEDILLA}": "c",
}


def latex(table: Table, label: str) -> str:
    r"""A table with `booktabs` rules; a long one, of the package `longtable`, spans pages.

    What all rows share stands in the caption, and what stands below a number on the page stands
    beside it in brackets.

    Args:
        table: Its caption and cells; none takes several columns.
        label: For `\ref`, without its `tab:`.
    """
    shared, kept = _shared(table)
    frame = pd.DataFrame(
        [[_cell(row[place]) for place in kept] for row in table.rows],
        columns=[escaped(table.columns[place]) for place in kept],
    )
    long = len(frame) > _LONG
    return frame.style.hide(axis="index").to_latex(
        hrules=True,
        caption=escaped(". ".join([table.caption, *shared]) + "."),
        label=f"tab:{label}",
        column_format="".join("l" if place < table.numeric else "r" for place in kept),
        environment="longtable" if long else None,
        position_float=None if long else "centering",
    )


def escaped(text: str) -> str:
    r"""Text in ASCII as LaTeX sets it; a character that needs a font of its own by its number.

    Example:
        >>> print(escaped("50 % of Tosk's ë, ạ̄ and 中"))
        50 \% of Tosk's \"{e}, \={\d{a}} and U+4E2D
    """
    return "".join(_letter(letter) for letter in _LETTER.findall(text))


def _letter(letter: str) -> str:
    if letter in _TEXT:
        return _TEXT[letter]
    base, *marks = list(unicodedata.normalize("NFD", letter))
    text = _TEXT.get(base, base)
    if not (text.isascii() and text.isprintable() and _ACCENTS.keys() >= set(marks)):
        return " ".join(f"U+{ord(sign):04X}" for sign in letter)
    for mark in marks:
        text = f"\\{_ACCENTS[mark]}{{{text}}}"
    return text


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    text = rf"\textbf{{{text}}}" if cell.strong else text
    return rf"{text} {{\scriptsize {escaped(f'[{cell.note}]')}}}" if cell.note else text


def _shared(table: Table) -> tuple[list[str], list[int]]:
    """What all rows are alike in, with its head, and the places of the columns that stay.

    Scores stay, even where all are the same, and the text that says what a single row is.
    """
    shared, kept = [], []
    for place, head in enumerate(table.columns):
        texts = {row[place].text for row in table.rows}
        count = all(text.isdigit() for text in texts) and len(table.rows) > 1
        text = place < table.numeric - (len(table.rows) == 1)
        if len(texts) > 1 or not (text or count or texts == {MISSING}):
            kept.append(place)
        elif texts.isdisjoint(("", MISSING)):
            shared.append(f"{head}: {texts.pop()}")
    return shared, kept
