"""Is a results file another model's, under a new name?"""

from collections.abc import Iterator, Sequence

import numpy as np

from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.read.scores import Alignment, ResultsFile

# Of one score, fewer aligned pairs than these may be the same by chance, as may all or none.
_FEWEST = 5
# Above this share of equal scores chance is out of the question; a few may be of one easy language.
_MOST = 0.5


def copies(file: ResultsFile, others: Sequence[ResultsFile]) -> Iterator[Finding]:
    """Other models whose every pair and layer came out the same.

    Two models agree in that only where their weights do. Scores of which nearly no pair or every
    pair is aligned, as in languages that no model knows, show nothing and are not counted.

    Args:
        file: The results file that was read.
        others: Files of this model and of others.
    """
    own = _scores(file)
    for other in others:
        theirs = _scores(other) if other.model != file.model else {}
        pairs = [(own[key], theirs[key]) for key in own if key in theirs]
        equal = sum(_telling(one) for one, two in pairs if _same(one, two))
        # Most files have nothing in common, which is quickly seen.
        shared = sum(_telling(one) or _telling(two) for one, two in pairs) if equal else 0
        if equal > _MOST * shared:
            yield Finding(
                False,
                f"{equal} of {shared} scores have the same outcome for every pair as "
                f"those of {other.model.label} in {other.path}: one is a copy of the other",
                "copy",
            )


def _scores(file: ResultsFile) -> dict[tuple[str, str, str], Alignment]:
    """Scores with an outcome for every pair, by corpus, metric and language."""
    return {
        (row.condition.corpus, row.metric, row.language): row
        for row in (*file.alignments, *file.retrievals)
        if len(row.shares)
    }


def _same(one: Alignment, two: Alignment) -> bool:
    return one.layer_scores == two.layer_scores and np.array_equal(one.shares, two.shares)


def _telling(row: Alignment) -> bool:
    return bool(np.count_nonzero(row.shares) >= _FEWEST and np.any(row.shares < 1))
