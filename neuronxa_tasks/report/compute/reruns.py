"""What changed where a model that is already there was run again."""

from collections.abc import Iterator, Mapping, Sequence

from neuronxa_tasks.finding import Finding
from neuronxa_tasks.report.read.scores import Condition, ResultsFile
from neuronxa_tasks.results.ranges import TOLERANCE

_TOPIC = "rerun"


def reruns(file: ResultsFile, others: Sequence[ResultsFile]) -> Iterator[Finding]:
    """Other files with scores of the same model under the same settings, and what differs.

    Args:
        file: The results file that was read.
        others: Files of this model and of others.
    """
    own = _scores(file)
    for other in others:
        if other.model != file.model:
            continue
        if _other_weights(file, other):
            text = f"{other.path} has other weights under the same name, {file.model.label}"
            yield Finding(False, f"{text}: give the revision of each", _TOPIC)
        theirs = _scores(other)
        shared = own.keys() & theirs.keys()
        if not shared:
            continue
        changes = {key: abs(own[key] - theirs[key]) for key in shared}
        count = sum(change > TOLERANCE for change in changes.values())
        text = f"run again: the same {len(shared)} scores as in {other.path}"
        if count:
            name, _, language = key = max(sorted(shared, key=str), key=changes.__getitem__)
            text = (
                f"run again: {count} of {len(shared)} scores differ from those in {other.path}, "
                f"most {name} of {language}: {own[key]:.4f}, there {theirs[key]:.4f}"
            )
        yield Finding(True, text, _TOPIC, note=True)


def _other_weights(file: ResultsFile, other: ResultsFile) -> bool:
    here, there = file.model.origin, other.model.origin
    known = here.fingerprint and there.fingerprint and here.loaded == there.loaded
    return bool(known) and here.fingerprint != there.fingerprint


def _scores(file: ResultsFile) -> Mapping[tuple[str, Condition | str, str], float]:
    """Every score by its name, by what else it may be compared under, and by language."""
    aligned = (*file.alignments, *file.retrievals)
    return {
        **{(row.metric, row.condition, row.language): row.value for row in aligned},
        **{(row.heading, row.metric, row.language): row.value for row in file.scores},
    }
