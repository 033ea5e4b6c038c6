"""Damage every input that a command reads, for as long as you like, and see what does not hold.

python -m benchmarks.attack --minutes 30 --seed 1
python -m benchmarks.attack --replay attack/results_printed-0001.json
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

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning

from tests.attack.mutations import Damaged
from tests.attack.targets import TARGETS, Case

# A case that ends itself takes less; one in which a library hangs does not end itself.
SECONDS_OF_A_CASE = 120
SECONDS_OF_PREPARATION = 300
CASES_OF_A_SEED = 200

ROOT = Path(__file__).parents[1]


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
        ours, theirs = get_context("spawn").Pipe()
        said = tempfile.NamedTemporaryFile(mode="r", suffix=".txt")  # noqa: SIM115
        work = (name, number, theirs, said.name)
        process = get_context("spawn").Process(target=_work, args=work)
        process.start()
        theirs.close()
        case: Case = ()
        # The first wait is for the target to be made ready.
        limit = SECONDS_OF_PREPARATION
        try:
            while ours.poll(limit):
                kind, value = ours.recv()
                number += kind == "case"
                if kind == "case":
                    case, limit = value, SECONDS_OF_A_CASE
                elif kind == "code":
                    tally.codes[value] += 1
                elif kind == "fault":
                    tally.faults.setdefault(value, []).append(case)
                if kind != "case" and time.monotonic() > end:
                    break
            else:
                tally.faults.setdefault("it hangs", []).append(case)
        except EOFError:
            process.join()
            last = said.read().strip().rpartition("\n")[2]
            what = f"the process ends with {process.exitcode}: {last[:100]}"
            tally.faults.setdefault(what, []).append(case)
        process.kill()
        process.join()
        said.close()
    return tally


def _work(name: str, first_seed: int, connection: Connection, said: str) -> None:
    """Try cases until this process is ended, and tell what came of each."""
    os.dup2(os.open(said, os.O_WRONLY), sys.stderr.fileno())
    # As in the tests: ours are errors.
    warnings.simplefilter("error")
    for library in ("transformers", "peft", "lm_eval", "datasets"):
        warnings.filterwarnings("ignore", module=library)
    warnings.simplefilter("ignore", HypothesisWarning)
    with tempfile.TemporaryDirectory() as workspace:
        target = TARGETS[name](Path(workspace, "target"))

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
            decorated = given(case=target.cases)(attempt)
            decorated = settings(
                max_examples=CASES_OF_A_SEED,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(decorated)
            seed(number)(decorated)()


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
