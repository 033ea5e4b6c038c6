"""How long `neuronxa report` takes, on made-up results of many models.

python -m benchmarks.report --models 50
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from neuronxa_tasks.data.languages import FLORES
from tests.report.synthetic import results


def main() -> None:
    """Print the time of one run, from command to page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=50)
    parser.add_argument("--layers", type=int, default=32)
    parser.add_argument("--figures", choices=("few", "all"), default="few")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out, report = Path(folder, "out"), Path(folder, "report")
        out.mkdir()
        for number in range(args.models):
            content = results(f"org/model-{number}", FLORES, seed=number, layers=args.layers)
            path = out / f"results_2026-01-01T00-00-00.{number:06}.json"
            path.write_text(json.dumps(content))
        size = sum(path.stat().st_size for path in out.iterdir()) / 1e6
        command = ["neuronxa", "report", str(out), "--output", str(report)]
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "neuronxa_tasks.cli", *command[1:], "--figures", args.figures],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - start
        page = (report / "report.html").stat().st_size / 1e6
        print(f"{args.models} models x {len(FLORES)} languages, {size:.0f} MB of results files")
        print(f"{seconds:.1f} s, a page of {page:.1f} MB")


if __name__ == "__main__":
    main()
