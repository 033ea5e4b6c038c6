"""Which results files are of one model, and what each model is called in the report."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.report.compute.renaming import Renaming, rename
from neuronxa_tasks.report.compute.short_names import short_names
from neuronxa_tasks.report.read.scores import ResultsFile

# Of a fingerprint or a commit.
DIGITS = 7


def identified(
    files: Sequence[ResultsFile],
    renamings: Sequence[Renaming] = (),
    pattern: re.Pattern[str] | None = None,
) -> tuple[list[ResultsFile], list[str]]:
    """The files with their models as the report calls them.

    Files are of one model where name, revision, adapter and variant are the same and nothing
    says that their weights differ.

    Args:
        files: The results files that were read.
        renamings: Names that the command line gives to models.
        pattern: How steps are written where it is not as usual.

    Returns:
        The files, and a sentence for each that could not be placed, each model whose files are of
        several, and each given name without a model.
    """
    models, problems = _with_folders(files)
    labels = [model.label for model in short_names(models)]
    problems += _unused(files, models, labels, renamings)
    given = [
        rename(model, renamings, file.path, label)
        for file, model, label in zip(files, models, labels, strict=True)
    ]
    told, different = _told_apart(files, given)
    shown, unplaced = _placed(files, told, short_names(told), pattern)
    named = [replace(file, model=model) for file, model in zip(files, shown, strict=True)]
    return named, [*problems, *different, *unplaced]


def label_of(text: str, files: Sequence[ResultsFile]) -> str:
    """The label of the model that was named by its label, or as its command line named it.

    Args:
        text: The label, or the name as it was typed.
        files: As `identified` gives them.

    Returns:
        The label; the text itself where it names none or several.
    """
    labels = {file.model.label for file in files}
    typed = [(file.model.origin.typed, file.model.label) for file in files]
    fitting = {label for model, label in typed if model and text in (model.label, model.name)}
    return fitting.pop() if text not in labels and len(fitting) == 1 else text


def _with_folders(files: Sequence[ResultsFile]) -> tuple[list[Model], list[str]]:
    """The models, each relative path as the folder that another file says it is.

    A backend that knows nothing of our records writes down what was typed.
    """
    looked_up = {file.model: file.model for file in files if file.model.origin.resolved}
    models, problems = [], []
    for file in files:
        model = file.model
        fitting = {m for m in looked_up.values() if model in (m, m.origin.typed)}
        if not model.origin.resolved and len(fitting) > 1:
            others = ", ".join(sorted(m.name for m in fitting))
            problems.append(
                f"{file.path}: {model.label} may be any of {others}, and joins none of them: say "
                f"which by --model-id {file.path}=NAME"
            )
        elif not model.origin.resolved and fitting:
            model = replace(fitting.pop(), origin=model.origin)
        models.append(model)
    return models, problems


def _unused(
    files: Sequence[ResultsFile],
    models: Sequence[Model],
    labels: Sequence[str],
    renamings: Sequence[Renaming],
) -> list[str]:
    about = list(zip(models, files, labels, strict=True))
    known = {text for file in files for text in (file.model.name, file.model.adapter)}
    known |= set(labels)
    return [
        f"--model-id names {renaming.path}, which no file is of; they are of "
        f"{', '.join(sorted(known - {''}))}"
        for renaming in renamings
        if all(rename(m, [renaming], f.path, label) is m for m, f, label in about)
    ]


@dataclass
class _Weights:
    """The files that may be of the same weights.

    Attributes:
        places: Their places in the list of files.
        fingerprints: Digests of the weights, by how these were loaded.
        commits: Their commits on the Hub, where files name them.
    """

    places: list[int] = field(default_factory=list)
    fingerprints: dict[tuple[str, str], str] = field(default_factory=dict)
    commits: set[str] = field(default_factory=set)

    def agrees(self, model: Model) -> bool | None:
        """Whether a model is of these weights; None where nothing tells."""
        origin = model.origin
        known = self.fingerprints.get(origin.loaded)
        if origin.fingerprint and known:
            return origin.fingerprint == known
        if origin.commit and self.commits:
            return origin.commit in self.commits
        return None

    def add(self, place: int, model: Model) -> None:
        self.places.append(place)
        if model.origin.fingerprint:
            self.fingerprints.setdefault(model.origin.loaded, model.origin.fingerprint)
        if model.origin.commit:
            self.commits.add(model.origin.commit)

    @property
    def name(self) -> str:
        known = [*sorted(self.commits), *sorted(self.fingerprints.values())]
        return known[0][:DIGITS] if known else "unknown weights"


def _told_apart(
    files: Sequence[ResultsFile], models: Sequence[Model]
) -> tuple[list[Model], list[str]]:
    """Models that have everything in common but their weights, as models of their own."""
    told = list(models)
    problems = []
    for model in dict.fromkeys(models):
        places = [place for place, other in enumerate(models) if other == model]
        groups = _by_weights(places, models)
        if len(groups) == 1:
            continue
        names = [group.name for group in groups]
        if len(set(names)) < len(names):
            # Equal commits whose weights differ all the same.
            names = [next(iter(g.fingerprints.values()), g.name)[:DIGITS] for g in groups]
        parts = []
        for name, group in zip(names, groups, strict=True):
            for place in group.places:
                told[place] = replace(models[place], weights=name)
            parts.append(f"[{name}] in {', '.join(files[place].path for place in group.places)}")
        problems.append(
            f"{model.label} is the name of {len(groups)} models, whose weights differ: "
            f"{'; '.join(parts)}; name them by --model-id FILE=NAME"
        )
    return told, problems


def _by_weights(places: Iterable[int], models: Sequence[Model]) -> list[_Weights]:
    groups: list[_Weights] = []

    def certainty(place: int) -> tuple[bool, bool]:
        return not models[place].origin.fingerprint, not models[place].origin.commit

    # Those that say most come first, and those that say nothing join what is there.
    for place in sorted(places, key=certainty):
        answers = [group.agrees(models[place]) for group in groups]
        open_to = [g for g, answer in zip(groups, answers, strict=True) if answer is None]
        if True in answers:
            groups[answers.index(True)].add(place, models[place])
        elif len(open_to) == 1:
            open_to[0].add(place, models[place])
        else:
            groups.append(_Weights())
            groups[-1].add(place, models[place])
    return groups


def _placed(
    files: Sequence[ResultsFile],
    models: Sequence[Model],
    shown: Sequence[Model],
    pattern: re.Pattern[str] | None,
) -> tuple[list[Model], list[str]]:
    """Outside scores, which name a model as the report does, and checkpoints by their step."""
    placed, problems = list(shown), []
    # A bare number is the checkpoint of that step.
    loose = [m.origin.typed is None or m.revision.isdigit() for m in models]
    own = [place for place, is_loose in enumerate(loose) if not is_loose]
    names: dict[str, set[Model]] = {}
    for place in own:
        full, short = models[place], shown[place]
        typed = files[place].model.origin.typed or full
        series, step = short.checkpoint(pattern)
        for text in {full.label, short.label, typed.label, f"{series}@{step}"}:
            names.setdefault(text, set()).add(short)
    known = {shown[place] for place in own}
    for place, model in enumerate(models):
        fitting = names.get(model.label, set())
        if not loose[place] or shown[place] in known:
            continue
        if len(fitting) == 1:
            placed[place] = next(iter(fitting))
        elif fitting:
            labels = ", ".join(sorted(m.label for m in fitting))
            problems.append(
                f"{files[place].path}: {model.label} may be any of {labels}, and joins none of "
                "them: name it as one of these"
            )
    return placed, problems
