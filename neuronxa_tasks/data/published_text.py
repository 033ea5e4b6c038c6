"""Digests of the corpora as they are published, by which a reader without the text knows it."""

import functools
from collections.abc import Mapping
from pathlib import Path

from neuronxa_tasks.data.codes import resolve_language

DIGESTS = Path(__file__).parent / "digests.tsv"

# Of a digest's 64 hexadecimal digits, enough that no other text has them by chance.
DIGITS = 16

# Numbers of pairs that are kept for every language beside all pairs: the default.
PAIRS = 100


def is_published(corpus: str, language: str, n_pairs: int, digest: str) -> bool | None:
    """Whether a language's sentences are the corpus's own; None where that is not known.

    Args:
        corpus: `flores` (devtest of FLORES-200) or `tatoeba` (v1).
        language: FLORES-200 code, or the corpus's own where FLORES has no such language.
        n_pairs: How many of the first sentences; 100 and all are known.
        digest: Their SHA-256, as the record has it.

    Example:
        >>> is_published("flores", "deu_Latn", 100, "0" * 64)
        False
        >>> is_published("flores", "deu_Latn", 57, "0" * 64)
    """
    known = _digests().get((corpus, language, n_pairs))
    return None if known is None else digest[:DIGITS] == known


@functools.cache
def _digests() -> Mapping[tuple[str, str, int], str]:
    lines = DIGESTS.read_text(encoding="ascii").splitlines()
    rows = [line.split("\t") for line in lines]
    return {
        (corpus, resolve_language(code) or code, int(pairs)): digest
        for corpus, code, pairs, digest in rows
    }
