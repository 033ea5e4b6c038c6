"""Six queries of our own in four languages, as files of BMLAMA-53."""

from pathlib import Path

HEADER = "Prompt\tAns\tCandidate Ans\tSubject"

# Cities by language; the i-th is the same everywhere.
CITIES = {
    "en": ("Rome", "Venice", "Vienna", "Athens"),
    "de": ("Rom", "Venedig", "Wien", "Athen"),
    "fr": ("Rome", "Venise", "Vienne", "Athènes"),
    "la": ("Roma", "Venetia", "Vindobona", "Athenae"),
}
PROMPTS = {
    "en": "{} died in <mask>.",
    "de": "{} starb in <mask>.",
    "fr": "{} est mort à <mask>.",
    "la": "{} in urbe <mask> mortuus est.",
}
# Who, the right places, and the places to choose from.
QUERIES = (
    ("Goethe", (0,), (1, 0, 2)),
    ("Wagner", (1,), (0, 1)),
    ("Mozart", (2,), (0, 1, 2, 3)),
    ("Solon", (3,), (3,)),
    ("Tizian", (1, 0), (2, 1, 3, 0)),
    ("Keats", (0,), (2, 3, 0)),
)


def rows(language: str) -> list[str]:
    """The lines of a language's file, the header first."""
    cities = CITIES[language]
    return [
        HEADER,
        *(
            "\t".join(
                [
                    PROMPTS[language].format(who),
                    ", ".join(cities[i] for i in right),
                    ", ".join(cities[i] for i in choice),
                    who,
                ]
            )
            for who, right, choice in QUERIES
        ),
    ]


def write(folder: Path, language: str, lines: list[str]) -> None:
    """Write a language's file, its lines ended as in the real ones."""
    (folder / f"{language}.tsv").write_bytes("".join(f"{line}\r\n" for line in lines).encode())


def write_all(folder: Path) -> Path:
    """Write every language's file, and return the folder."""
    for language in CITIES:
        write(folder, language, rows(language))
    return folder
