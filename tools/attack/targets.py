"""What is attacked: an input, the ways to damage it, and what has to hold all the same."""

import json
import os
import pkgutil
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.sax.saxutils import escape

import hypothesis
import pandas as pd
from hypothesis import strategies as st

from neuronxa_tasks.commands.track.checkpoint_run import run_process
from neuronxa_tasks.data.miniature import MODEL
from neuronxa_tasks.errors import NeuronXAError
from neuronxa_tasks.harness.settings import KEYS, Settings
from neuronxa_tasks.measures import metric_named
from tools.attack import mutations, seeds
from tools.attack.mutations import Damaged
from tools.attack.seeds import GOOD
from tools.attack.trial import (
    PREPARING,
    SECONDS,
    check_possible,
    check_same,
    command,
    tables_of,
    time_limit,
    undrawn,
)

ROOT = Path(__file__).parents[2]
FLORES = ROOT / "tests" / "files" / "flores" / "devtest"

Case = tuple[Damaged, ...]

# A case says in words what was damaged: to look for a smaller one takes long.
UNHURRIED = hypothesis.settings(
    deadline=None,
    database=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)

# Files in one report: one that is lost would take few others along, and each report is slow.
TOGETHER = 6


@dataclass(frozen=True)
class Target:
    """One input under attack.

    Attributes:
        cases: What to try.
        attempt: Tries a case in an empty folder and returns the exit code; any exception says
            that something did not hold.
    """

    cases: st.SearchStrategy[Case]
    attempt: Callable[[Path, Case], int]


def results_checked(workspace: Path) -> Target:
    """`neuronxa report --check` of a results file."""
    good = seeds.write(workspace / "good", seeds.results_content(GOOD))
    command("report", "--check", good, seconds=PREPARING)

    def attempt(folder: Path, case: Case) -> int:
        return command("report", "--check", case[0].put(folder / "results.json")).code

    return Target(_one(_results_files()), attempt)


def results_printed(workspace: Path) -> Target:
    """`neuronxa report` of a results file, alone and beside a good one."""
    good = seeds.write(workspace / "good", seeds.results_content(GOOD))
    return Target(_one(_results_files()), _printed(good))


def results_written(workspace: Path) -> Target:
    """Tables and page of `neuronxa report`, of results files beside a good one."""
    good = seeds.write(workspace / "good", seeds.results_content(GOOD))
    files = st.lists(_results_files(), min_size=1, max_size=TOGETHER).map(tuple)
    return Target(files, _written(workspace, good))


def figures(workspace: Path) -> Target:
    """Figures of results files with damaged names; what draws them can abort its process."""
    content = seeds.results_content("org/damaged", seed=1)
    for task in [task for task in content["results"] if "fra" not in task]:
        del content["results"][task]

    def attempt(folder: Path, case: Case) -> int:
        file = case[0].put(folder / "results.json")
        outcome = command("report", file, "--output", folder / "report", seconds=60)
        assert outcome.code in (0, 2), f"exit code {outcome.code}"
        return outcome.code

    return Target(_one(mutations.json_of(content)), attempt)


def analyses_printed(workspace: Path) -> Target:
    """`neuronxa report` of a matrix, an inspection or neurons, alone and beside good results."""
    good = seeds.write(workspace / "good", seeds.results_content(GOOD))
    return Target(_one(_analysis_files()), _printed(good))


def analyses_written(workspace: Path) -> Target:
    """Tables and page of `neuronxa report`, of analyses beside good ones."""
    good = workspace / "good"
    seeds.write(good, seeds.matrix_content(GOOD), "matrix")
    seeds.write(good, seeds.inspection_content(GOOD), "inspection")
    seeds.write(good, seeds.neurons_content(GOOD), "neurons")
    files = st.lists(_analysis_files(), min_size=1, max_size=TOGETHER).map(tuple)
    return Target(files, _written(workspace, good))


def scores_printed(workspace: Path) -> Target:
    """`neuronxa report --scores` of a table of outside figures."""
    good = seeds.write(workspace / "good", seeds.results_content(GOOD))
    command("report", good, seconds=PREPARING)

    def attempt(folder: Path, case: Case) -> int:
        table = case[0].put(folder / "scores.csv")
        outcome = command("report", good, "--scores", table)
        assert outcome.code == 2 or GOOD in outcome.out, "the good file is not reported"
        return outcome.code

    return Target(_one(mutations.csv_files(seeds.SCORES)), attempt)


def scores_written(workspace: Path) -> Target:
    """The joined table with outside figures, of which one cell is damaged."""
    good = seeds.write(workspace / "good", seeds.results_content(GOOD))
    with undrawn():
        command("report", good, "--output", workspace / "alone", seconds=PREPARING)
    alone = tables_of(workspace / "alone", GOOD)
    own = {row[2]: float(row[4]) for row in seeds.SCORES if row[0] == GOOD}

    def attempt(folder: Path, case: Case) -> int:
        table = case[0].put(folder / "scores.csv")
        with undrawn():
            outcome = command("report", good, "--scores", table, "--output", folder / "report")
        assert outcome.code == 0, f"one cell takes everything along: {outcome.err}"
        check_same({"languages.csv": alone["languages.csv"]}, folder / "report", GOOD)
        rows = tables_of(folder / "report", GOOD)["languages.csv"].set_index("language")
        kept = [code for code, value in own.items() if rows["COMET"].get(code) == value]
        # A language that is turned into another's costs both: only one of the two can be right.
        assert len(kept) >= len(own) - 2, "a damaged line takes others along"
        return outcome.code

    return Target(_one(mutations.csv_cells(seeds.SCORES)), attempt)


def settings(workspace: Path) -> Target:
    """The settings that stand in the harness's metadata."""

    def attempt(folder: Path, case: Case) -> int:
        try:
            read = Settings.from_metadata(_metadata(case))
        except NeuronXAError:
            return 2
        for metric in (*read.metrics, *read.retrieval_metrics):
            assert metric_named(metric.name) == metric, f"a report does not know {metric.name}"
        return 0

    return Target(_one(mutations.settings_of(KEYS)), attempt)


def settings_typed(workspace: Path) -> Target:
    """`--metadata` on the command line, of a command that has no model to go on with."""
    # It takes ten seconds to import.
    pkgutil.resolve_name("neuronxa_tasks.harness.model")

    def attempt(folder: Path, case: Case) -> int:
        typed = [
            f"{key}={value if isinstance(value, str) else json.dumps(value)}"
            for key, value in _metadata(case).items()
        ]
        outcome = command(
            *("matrix", "--model_args", f"pretrained={folder / 'missing'}", "--corpus"),
            *("miniature", "--languages", "eng_Latn,deu_Latn", "--output_path", folder / "out"),
            *("--metadata", *typed),
            quiet=False,
        )
        assert outcome.code == 2, "there is no such model"
        return outcome.code

    return Target(_one(mutations.settings_of(KEYS)), attempt)


def bitexts(workspace: Path) -> Target:
    """A FLORES folder, from which a task is made and run."""
    run = _Harness()
    text = (FLORES / "deu_Latn.devtest").read_text(encoding="utf-8")
    count = len(text.splitlines())

    def attempt(folder: Path, case: Case) -> int:
        devtest = folder / "flores" / "devtest"
        case[0].put(devtest / "deu_Latn.devtest")
        shutil.copy(FLORES / "eng_Latn.devtest", devtest)
        settings = {"flores_dir": str(devtest.parent), "n_pairs": "all"}
        try:
            with time_limit():
                tasks = run.tasks("neuronxa_flores_deu_Latn", **settings)
                documents = list(tasks["neuronxa_flores_deu_Latn"].test_docs())
                results = run.evaluate(tasks, None)
        except NeuronXAError:
            return 2
        assert len(documents) == count, f"{len(documents)} of {count} pairs"
        for document in documents:
            assert _visible(document["sentence"]), f"{document['sentence']!r} is no sentence"
        for key, value in results["neuronxa_flores_deu_Latn"].items():
            assert not key.endswith("ca,none") or 0 <= value <= 1, f"{key} is {value}"
        return 0

    return Target(_one(mutations.text_files(text)), attempt)


def own_texts(workspace: Path) -> Target:
    """Files of a user's own text, from which a task is made."""
    # The harness's ten seconds are not for commands that need none of it.
    from neuronxa_tasks.harness.tasks.own_text_task import OwnTextTask

    sides = [
        (FLORES / f"{code}.devtest").read_text(encoding="utf-8").splitlines()
        for code in ("eng_Latn", "deu_Latn")
    ]
    pairs = [dict(zip(("en", "de"), pair, strict=True)) for pair in zip(*sides, strict=True)]
    units = "\n".join(
        "<tu>"
        + "".join(f'<tuv xml:lang="{c}"><seg>{escape(t)}</seg></tuv>' for c, t in pair.items())
        + "</tu>"
        for pair in pairs
    )
    texts = {
        "text.tsv": "\n".join(["en\tde", *("\t".join(pair.values()) for pair in pairs)]),
        "text.jsonl": "\n".join(json.dumps(pair) for pair in pairs),
        "text.tmx": f'<?xml version="1.0"?>\n<tmx><body>\n{units}\n</body></tmx>',
    }

    def attempt(folder: Path, case: Case) -> int:
        file = folder / case[0].name
        case[0].put(file)
        config: dict[str, Any] = {
            **{"task": "neuronxa_own_text_de", "corpus": "text", "language": "de"},
            **{"bitext": str(file), "columns": ["en", "de"], "metadata": {"n_pairs": "all"}},
        }
        try:
            with time_limit():
                documents = OwnTextTask(config).test_docs()
        except NeuronXAError:
            return 2
        for document in documents:
            for side in ("pivot", "sentence"):
                assert _visible(document[side]), f"{document[side]!r} is no sentence"
        return 0

    damaged = [
        mutations.text_files(text).map(partial(replace, name=name)) for name, text in texts.items()
    ]
    return Target(_one(st.one_of(damaged)), attempt)


def caches(workspace: Path) -> Target:
    """The file in which `--use_cache` keeps finished languages: a run has to go on without."""
    run = _Harness()
    names = ("neuronxa_miniature_deu_Latn", "neuronxa_miniature_fra_Latn")
    tasks = {name: task for name in names for name, task in run.tasks(name, n_pairs=8).items()}
    workspace.mkdir(parents=True, exist_ok=True)
    expected = run.evaluate(tasks, workspace / "cache_rank0.db")
    data = (workspace / "cache_neuronxa.db").read_bytes()

    def attempt(folder: Path, case: Case) -> int:
        case[0].put(folder / "cache_neuronxa.db")
        with time_limit():
            found = run.evaluate(tasks, folder / "cache_rank0.db")
        assert found == expected, "other scores than without a cache"
        return 0

    return Target(_one(mutations.database_files(data)), attempt)


def harness_caches(workspace: Path) -> Target:
    """The harness's own file beside it."""

    def run(folder: Path, seconds: float = SECONDS) -> int:
        return command(
            *("run", "--model", "neuronxa", "--model_args", f"pretrained={MODEL}"),
            *("--device", "cpu", "--batch_size", "8", "--limit", "2"),
            *("--tasks", "neuronxa_miniature_continuations_deu_Latn"),
            *("--use_cache", folder / "cache"),
            quiet=False,
            seconds=seconds,
        ).code

    workspace.mkdir(parents=True, exist_ok=True)
    assert run(workspace, PREPARING) == 0
    (file,) = workspace.glob("*_rank*.db")
    data = file.read_bytes()

    def attempt(folder: Path, case: Case) -> int:
        case[0].put(folder / file.name)
        return run(folder)

    return Target(_one(mutations.bytes_of(data) | mutations.no_file()), attempt)


def states(workspace: Path) -> Target:
    """The states that an interrupted `neuronxa matrix` leaves to the next call."""

    def run(output: Path, seconds: float = SECONDS) -> tuple[int, Any]:
        with undrawn():
            outcome = command(
                *("matrix", "--model_args", f"pretrained={MODEL}", "--device", "cpu"),
                *("--batch_size", "8", "--corpus", "miniature", "--metadata", "n_pairs=8"),
                *("--languages", "eng_Latn,deu_Latn,fra_Latn", "--output_path", output),
                quiet=False,
                seconds=seconds,
            )
        files = sorted(output.glob("*/matrix_*.json"))
        content = json.loads(files[-1].read_text(encoding="utf-8")) if files else None
        return outcome.code, content and content["matrix"]["metrics"]

    kept = workspace / "kept"
    with _keeping("states", kept):
        code, expected = run(workspace / "out", PREPARING)
    assert code == 0
    (place,) = {file.parent.name for file in (workspace / "out").glob("*/matrix_*.json")}
    files = sorted(kept.iterdir())
    assert files, "no states were kept"

    def attempt(folder: Path, case: Case) -> int:
        there = folder / "out" / place / "states"
        shutil.copytree(kept, there)
        case[0].put(there / case[0].name)
        code, found = run(folder / "out")
        assert code == 0 or case[0].data is None, f"exit code {code}, now and at every later call"
        assert code != 0 or found == expected, "other scores than without these states"
        return code

    damaged = [
        (mutations.bytes_of(file.read_bytes()) | mutations.no_file()).map(
            partial(replace, name=file.name)
        )
        for file in files
    ]
    return Target(_one(st.one_of(damaged)), attempt)


def tracked(workspace: Path) -> Target:
    """What `neuronxa track` keeps of a checkpoint that it has done: its manifest and results."""
    track = _Track(workspace)
    manifest = mutations.json_files(json.loads(track.manifest))
    # Other values than were written are no damage that could be seen.
    results = mutations.bytes_of(track.results) | mutations.no_file()
    files = st.one_of(
        manifest.map(partial(replace, name="done.json")),
        results.map(partial(replace, name="results_*.json")),
    )
    return Target(_one(files), lambda folder, case: track.attempt(folder, case[0]))


TARGETS: dict[str, Callable[[Path], Target]] = {
    made.__name__: made
    for made in (
        *(results_checked, results_printed, results_written, figures),
        *(analyses_printed, analyses_written, scores_printed, scores_written),
        *(settings, settings_typed, bitexts, own_texts, caches, harness_caches, states, tracked),
    )
}


def _one(files: st.SearchStrategy[Damaged]) -> st.SearchStrategy[Case]:
    return files.map(lambda damaged: (damaged,))


def _results_files() -> st.SearchStrategy[Damaged]:
    return mutations.json_files(seeds.results_content("org/damaged", seed=1))


def _analysis_files() -> st.SearchStrategy[Damaged]:
    matrix, inspection, neurons = (
        mutations.json_files(made("org/damaged"))
        for made in (seeds.matrix_content, seeds.inspection_content, seeds.neurons_content)
    )
    return matrix | inspection | neurons


def _printed(good: Path) -> Callable[[Path, Case], int]:
    command("report", good, seconds=PREPARING)

    def attempt(folder: Path, case: Case) -> int:
        # One more, since a folder without any results file is refused.
        seeds.write(folder, seeds.results_content("org/filler"))
        case[0].put(folder / "results_2026-11-02T05-00-00.000000.json")
        together = command("report", good, folder)
        assert together.code == 0, f"the good files are lost: {together.err}"
        assert GOOD in together.out, "the good file is not reported"
        if case[0].data is None:
            return together.code
        alone = command("report", folder / "results_2026-11-02T05-00-00.000000.json")
        assert alone.code in (0, 2), f"exit code {alone.code}"
        return alone.code

    return attempt


def _written(workspace: Path, good: Path) -> Callable[[Path, Case], int]:
    filler = seeds.write(workspace / "filler", seeds.results_content("org/filler"))
    with undrawn():
        command("report", good, filler, "--output", workspace / "alone", seconds=PREPARING)
    alone = tables_of(workspace / "alone", GOOD)

    def attempt(folder: Path, case: Case) -> int:
        shutil.copytree(filler.parent, folder / "out")
        for number, damaged in enumerate(case):
            damaged.put(folder / "out" / f"results_2026-11-0{number + 2}T05-00-00.000000.json")
        with undrawn():
            outcome = command("report", good, folder / "out", "--output", folder / "report")
        assert outcome.code == 0, f"the good files are lost: {outcome.err}"
        check_same(alone, folder / "report", GOOD)
        check_possible(folder / "report")
        return outcome.code

    return attempt


def _metadata(case: Case) -> dict[str, Any]:
    return dict(json.loads(case[0].data or b"{}"))


def _visible(sentence: str) -> bool:
    return any(unicodedata.category(character)[0] not in "CZ" for character in sentence)


class _Harness:
    """Our tasks on the bundled model, with nothing but the harness's own interface."""

    def __init__(self) -> None:
        # It takes ten seconds to import.
        from neuronxa_tasks.harness.model import NeuronXALM

        self._lm = NeuronXALM(pretrained=str(MODEL), device="cpu", batch_size=8)

    def tasks(self, name: str, **metadata: Any) -> dict[str, Any]:
        from lm_eval.tasks import TaskManager

        manager = TaskManager(
            include_path=str(ROOT / "task_yamls"), include_defaults=False, metadata=metadata
        )
        return dict(manager.load([name])["tasks"])

    def evaluate(self, tasks: dict[str, Any], cache: Path | None) -> dict[str, Any]:
        from lm_eval.api.model import CachingLM
        from lm_eval.evaluator import evaluate

        lm = CachingLM(self._lm, str(cache)) if cache else self._lm
        found = evaluate(lm=lm, task_dict=tasks, bootstrap_iters=0)
        return dict(found["results"])


class _Track:
    """A tracked run of two checkpoints, which a program stands in for the harness to run."""

    def __init__(self, workspace: Path) -> None:
        self._checkpoints = workspace / "run"
        for step in (100, 200):
            seed = seeds.results_content(str(self._checkpoints / f"checkpoint-{step}"), seed=step)
            file = seeds.write(workspace / f"step-{step}", seed)
            (self._checkpoints / f"checkpoint-{step}").mkdir(parents=True)
            (self._checkpoints / f"checkpoint-{step}" / "config.json").write_text("{}")
        self._program = workspace / "program"
        self._program.write_text(
            f"#!{sys.executable} -IS\n"
            "import pathlib, re, shutil, sys, time\n"
            "step = re.search(r'checkpoint-(\\d+)', ' '.join(sys.argv))[1]\n"
            "output = pathlib.Path(sys.argv[sys.argv.index('--output_path') + 1])\n"
            "output.mkdir(parents=True, exist_ok=True)\n"
            f"name, root = {file.name!r}, {str(workspace)!r}\n"
            # Under a name of its own, as every run has it.
            "own = f'{name[:-5]}{time.time_ns()}.json'\n"
            "shutil.copy(f'{root}/step-{step}/{name}', output / own)\n"
        )
        self._program.chmod(0o700)
        self._output = workspace / "out"
        assert self._run(self._output, PREPARING) == 0
        self._labels = list(
            pd.read_csv(self._output / "report" / "languages.csv")["label"].unique()
        )
        self._alone = {
            label: {"languages.csv": tables_of(self._output / "report", label)["languages.csv"]}
            for label in self._labels
        }

        self.manifest = self._file(self._output, "done.json").read_bytes()
        self.results = self._file(self._output, "results_*.json").read_bytes()

    def attempt(self, folder: Path, damaged: Damaged) -> int:
        """Damage a file of the first checkpoint, track again, and return the exit code."""
        output = folder / "out"
        shutil.copytree(self._output, output, ignore=shutil.ignore_patterns("report"))
        damaged.put(self._file(output, damaged.name))
        code = self._run(output)
        first, second = self._labels
        check_same(self._alone[second], output / "report", second)
        if damaged.name == "done.json":
            assert code == 0, "the checkpoint can be run again"
            check_same(self._alone[first], output / "report", first)
        shown = pd.read_csv(output / "report" / "languages.csv")["label"].nunique()
        assert shown == 2 or code == 1, "a checkpoint is missing without a word"
        return code

    def _run(self, output: Path, seconds: float = SECONDS) -> int:
        folders = sorted(self._checkpoints.iterdir())

        def started(command: Sequence[str]) -> str:
            return run_process([str(self._program), *command[1:]])

        # The program is started as Python would be.
        with undrawn(), patch("neuronxa_tasks.commands.track.checkpoint_run.run_process", started):
            flags = ("--tasks", "neuronxa_flores", "--output_path", str(output))
            return command("track", *folders, *flags, seconds=seconds).code

    def _file(self, output: Path, pattern: str) -> Path:
        return next(
            file
            for file in sorted(output.rglob(pattern))
            if re.search("checkpoint-100", str(file.relative_to(output)))
        )


@contextmanager
def _keeping(name: str, target: Path) -> Iterator[None]:
    """Copies a folder of this name as soon as something in it is about to be removed."""
    active = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if active and event in ("os.remove", "shutil.rmtree") and not target.exists():
            path = Path(os.fsdecode(arguments[0]))
            for folder in (path, path.parent):
                if folder.name == name and folder.is_dir():
                    shutil.copytree(folder, target)

    # A hook can not be taken away again.
    sys.addaudithook(hook)
    try:
        yield
    finally:
        active = False
