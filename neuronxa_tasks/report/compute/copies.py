"""Is a results file another model's, under a new name?"""

from collections.abc import Iterator, Sequence

import numpy as np

from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.read.scores import ResultsFile

# Of one score, fewer aligned pairs than these may be the same by chance, as may all or none.
_FEWEST = 5
# Above this share of equal scores chance is out of the question; a few may be of one easy language.
_MOST = 0.5

_Key = tuple[str, str, str]


def copies(file: ResultsFile, others: Sequence[ResultsFile]) -> Iterator[Finding]:
    """Other models whose every pair and layer came out the same.

    Two models agree in that only where their weights do. Scores of which nearly no pair or every
    pair is aligned, as in languages that no model knows, show nothing and are not counted.

    Args:
        file: The results file that was read.
        others: Files of this model and of others.
    """
    own = _outcomes(file)
    for other in others:
        if other.model == file.model:
            continue
        theirs = _outcomes(other)
        shared = [key for key in own if key in theirs and _telling(own[key][0], theirs[key][0])]
        equal = [key for key in shared if own[key] == theirs[key]]
        if shared and len(equal) > _MOST * len(shared):
            yield Finding(
                False,
                f"{len(equal)} of {len(shared)} scores have the same outcome for every pair as "
                f"those of {other.model.label} in {other.path}: one is a copy of the other",
                "copy",
            )


def _outcomes(file: ResultsFile) -> dict[_Key, tuple[bytes, tuple[float, ...]]]:
    """What came out for every pair and layer, by corpus, metric and language."""
    return {
        (row.condition.corpus, row.metric, row.language): (row.shares.tobytes(), row.layer_scores)
        for row in (*file.alignments, *file.retrievals)
        if len(row.shares)
    }


def _telling(*outcomes: bytes) -> bool:
    shares = [np.frombuffer(outcome) for outcome in outcomes]
    return any(np.count_nonzero(s) >= _FEWEST and np.any(s < 1) for s in shares)
