"""The record of one language's information parity: what lies in its task's metadata."""

from typing import Annotated, Literal

from pydantic import Field

from neuronxa_tasks.results.fields import Code, Count, Name, Number, Pairs, Part
from neuronxa_tasks.results.record import Digests, Source

_Positive = Annotated[Number, Field(gt=0)]


class ParitySettings(Part):
    """What was asked for; the corpus decides where `parity_first` is None."""

    n_pairs: Pairs | Literal["all"] | None = None
    parity_first: Pairs | None = None


class Reported(Part):
    """The reported pairs together: all, unless the run was limited.

    Attributes:
        pairs: How many.
        pivot_nats: Nats of the pivot's sentences together.
        language_nats: Nats of the language's.
        bytes: Of the language's sentences in UTF-8.
        ratio_of_sums: The pivot's nats over the language's.
    """

    pairs: Pairs
    pivot_nats: _Positive
    language_nats: _Positive
    bytes: Count
    ratio_of_sums: _Positive


class ParityRecord(Part):
    """What is kept of one language, so that a reader can trust and compare its parity.

    Attributes:
        score_version: Scores of different versions are not compared.
        corpus: `flores`, `tatoeba` or `miniature`.
        language: Code of the corpus.
        pivot: Likewise.
        first: Line of the first pair in the corpus, counted from 1.
        n_pairs: Number of pairs from there on.
        settings: What was asked for.
        source: Where the sentences come from.
        sha256: Digests of both sides.
        reported: The sums over pairs; None where nothing is measured.
    """

    score_version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    corpus: Name | None = None
    language: Code | None = None
    pivot: Code | None = None
    first: Pairs | None = None
    n_pairs: Pairs | None = None
    settings: ParitySettings = ParitySettings()
    source: Source | None = None
    sha256: Digests = Digests()
    reported: Reported | None = None
