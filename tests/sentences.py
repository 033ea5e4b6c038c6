"""Sixteen sentences in six languages, in the layout of the FLORES-200 archive."""

from pathlib import Path

FLORES = Path(__file__).parent / "files" / "flores"
# With English, the languages that there are sentences in.
LANGUAGES = ("deu_Latn", "fra_Latn", "rus_Cyrl", "spa_Latn", "zho_Hans")


def lines(folder: Path, code: str) -> list[str]:
    """A language's sentences."""
    return (folder / "devtest" / f"{code}.devtest").read_text().splitlines()
