"""Damage every input that a command reads, for as long as you like, and see what does not hold.

python -m tools.attack.search --minutes 30 --seed 1
python -m tools.attack.search --replay attack/results_printed-0001.json
"""

import argparse
import base64
import json
import os
import re
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hypothesis import given, seed, settings
from hypothesis.errors import HypothesisWarning

from tools.attack.mutations import Damaged
from tools.attack.targets import TARGETS, UNHURRIED, Case

# A case that ends itself takes less; one in which a library hangs does not end itself.
SECONDS_OF_A_CASE = 120
SECONDS_OF_PREPARATION = 300
CASES_OF_A_SEED = 200

ROOT = Path(__file__).parents[2]


@dataclass
class Tally:
    """What came of one target's cases.

    Attributes:
        codes: How many ended with each exit code.
        faults: The cases that did not hold, by what was wrong.
    """

    codes: Counter[int] = field(default_factory=Counter)
    faults: dict[str, list[Case]] = field(default_factory=dict)


def main() -> int:
    """Attack, print what was found, and return 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=30, help="of all targets together")
    parser.add_argument("--seed", type=int, default=1, help="another one tries other cases")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument(
        "--output", type=Path, default=Path("attack"), help="folder for the cases that fail"
    )
    parser.add_argument("--replay", type=Path, metavar="FILE", help="try one of those again")
    options = parser.parse_args()
    if options.replay:
        return _replay(options.replay)
    failed = 0
    for name in options.targets:
        tally = _attack(name, options.seed, options.minutes * 60 / len(options.targets))
        failed += _show(name, tally, options.output)
    return 1 if failed else 0


def _attack(name: str, first_seed: int, seconds: float) -> Tally:
    """Try cases in a process beside this one, which is started anew where it dies."""
    tally = Tally()
    end = time.monotonic() + seconds
    number = first_seed * 1_000_000
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory() as workspace:
            tried = _watch(name, number, Path(workspace), end, tally)
        if not tried:
            # Its target could not even be made ready.
            break
        number += tried
    return tally


def _watch(name: str, first_seed: int, workspace: Path, end: float, tally: Tally) -> int:
    """Count what a process finds until the end, or its own, and return how many cases it tried."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(name, first_seed, theirs, workspace))
    process.start()
    theirs.close()
    case: Case = ()
    tried, limit = 0, SECONDS_OF_PREPARATION
    try:
        while ours.poll(limit):
            kind, value = ours.recv()
            if kind == "case":
                case, limit = value, SECONDS_OF_A_CASE
                tried += 1
                continue
            if kind == "code":
                tally.codes[value] += 1
            else:
                tally.faults.setdefault(value, []).append(case)
            if time.monotonic() > end:
                return tried
        tally.faults.setdefault("it hangs", []).append(case)
    except EOFError:
        process.join()
        last = (workspace / "said.txt").read_text(errors="replace").strip().rpartition("\n")[2]
        what = f"the process ends with {process.exitcode}: {last[:100]}"
        tally.faults.setdefault(what, []).append(case)
    finally:
        process.kill()
        process.join()
    return tried


def _work(name: str, first_seed: int, connection: Connection, workspace: Path) -> None:
    """Try cases until this process is ended, and tell what came of each."""
    said = os.open(workspace / "said.txt", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, sys.stderr.fileno())
    # As in the tests: ours are errors.
    warnings.simplefilter("error")
    for library in ("transformers", "peft", "lm_eval", "datasets"):
        warnings.filterwarnings("ignore", module=library)
    warnings.simplefilter("ignore", HypothesisWarning)
    target = TARGETS[name](workspace / "target")

    def attempt(case: Case) -> None:
        connection.send(("case", case))
        with tempfile.TemporaryDirectory(dir=workspace) as folder:
            try:
                connection.send(("code", target.attempt(Path(folder), case)))
            except Exception as error:
                # Whatever it is: that it was raised is the fault.
                connection.send(("fault", _fault(error)))

    number = first_seed
    while True:
        number += 1
        given_cases = given(case=target.cases)(attempt)
        seed(number)(settings(UNHURRIED, max_examples=CASES_OF_A_SEED)(given_cases))()


def _fault(error: Exception) -> str:
    """What was wrong and where, alike for cases that fail alike."""
    frames = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT / "neuronxa_tasks")
    ]
    message = re.sub(r"/\S*/|\d+", "…", str(error).strip().partition("\n")[0])[:100]
    place = f" at {frames[-1]}" if frames else ""
    return f"{type(error).__name__}{place}: {message}" if frames else message


def _show(name: str, tally: Tally, output: Path) -> int:
    """Print what came of a target's cases, keep those that failed, and return their number."""
    failed = sum(map(len, tally.faults.values()))
    tried = tally.codes.total() + failed
    codes = ", ".join(f"{code}: {tally.codes[code]:,}" for code in sorted(tally.codes))
    print(f"{name}: {tried:,} tried, exit codes {codes or 'none'}; {failed:,} failed", flush=True)
    number = 0
    for fault, cases in sorted(tally.faults.items(), key=lambda item: -len(item[1])):
        cases.sort(key=lambda case: (len(case), sum(len(damaged.what) for damaged in case)))
        files = []
        for case in cases:
            number += 1
            files.append(_keep(output / f"{name}-{number:04}.json", name, fault, case))
        said = " | ".join(damaged.what for damaged in cases[0])
        print(f"  {len(cases):5,}  {fault}\n         {said[:200]}: {files[0]}", flush=True)
    return failed


def _keep(file: Path, name: str, fault: str, case: Case) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    damaged = [
        {**asdict(one), "data": None if one.data is None else base64.b64encode(one.data).decode()}
        for one in case
    ]
    content = {"target": name, "fault": fault, "case": damaged}
    file.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return file


def _replay(file: Path) -> int:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    case = tuple(_damaged(one) for one in content["case"])
    print(f"{content['target']}: {_said(case)}")
    with tempfile.TemporaryDirectory() as workspace:
        target = TARGETS[content["target"]](Path(workspace, "target"))
        Path(workspace, "case").mkdir()
        code = target.attempt(Path(workspace, "case"), case)
    print(f"exit code {code}: it holds")
    return 0


def _damaged(one: dict[str, Any]) -> Damaged:
    data = None if one["data"] is None else base64.b64decode(one["data"])
    return Damaged(**{**one, "data": data})


def _said(case: Sequence[Damaged]) -> str:
    return " | ".join(damaged.what for damaged in case)


if __name__ == "__main__":
    sys.exit(main())
