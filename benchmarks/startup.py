"""Seconds that 203 tasks add to the harness's own start, and that `neuronxa run` spares it.

python benchmarks/startup.py --flores_dir FLORES
"""

import argparse
import time
from pathlib import Path

from lm_eval.tasks import TaskManager

from neuronxa_tasks.harness.task_location import installed_tasks
from neuronxa_tasks.harness.tasks import alignment_task as task


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flores_dir", type=Path, required=True)
    metadata = {"flores_dir": str(parser.parse_args().flores_dir)}
    start = time.perf_counter()
    TaskManager(metadata=metadata)
    every = time.perf_counter()
    manager = TaskManager(
        include_path=str(installed_tasks()), include_defaults=False, metadata=metadata
    )
    ours = time.perf_counter()
    tasks = manager.load(["neuronxa_flores"])["tasks"]
    loaded = time.perf_counter()
    for one in tasks.values():
        assert isinstance(one, task.AlignmentTask)
        one.build_all_requests()
    built = time.perf_counter()
    print(f"index of all tasks (plain lm_eval)      {every - start:6.2f} s")
    print(f"index of ours (neuronxa run)            {ours - every:6.2f} s")
    print(f"loading {len(tasks)} FLORES tasks            {loaded - ours:6.2f} s")
    print(f"building their requests                 {built - loaded:6.2f} s")


if __name__ == "__main__":
    main()
