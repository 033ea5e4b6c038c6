"""MEXA as its authors' scripts compute it beside ours, on the same weights and sentences.

Their way: one sentence a pass through the whole model, every hidden state kept, pooled in two
ways, a pickle for each language on disk, and one cosine for each pair of sentences in a loop.
Each round measures both, one after the other, each in a process of its own, from the loaded model
to scores on disk. Memory is Linux's count of the most that the process held since then.

    python benchmarks/mexa.py --model_args pretrained=MODEL --flores_dir FLORES --languages deu_Latn
"""

import argparse
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager
from lm_eval.utils import handle_non_serializable, simple_parse_args_string
from scipy.spatial.distance import cosine

from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.task_location import installed_tasks

PIVOT = "eng_Latn"
MIB = 2**20

Vector = npt.NDArray[np.float32]
# Of one layer, for each sentence, by way of pooling.
Pooled = list[dict[str, Vector]]


@dataclass(frozen=True)
class Job:
    """What is measured.

    Attributes:
        model_args: The harness's model arguments, as typed.
        flores_dir: Folder in the layout of the FLORES-200 archive.
        languages: FLORES-200 codes without the pivot's.
        n_pairs: The first sentences of each.
        batch_size: Of ours.
        device: Where the model runs.
    """

    model_args: str
    flores_dir: str
    languages: list[str]
    n_pairs: int
    batch_size: int
    device: str


@dataclass(frozen=True)
class Measured:
    """What one side took.

    Attributes:
        scores: MEXA by language, the mean over layers.
        seconds: Of wall time, without loading the model.
        peak: Most bytes that the process held, the model included.
        added: Those beyond what it held when the model was loaded.
        disk: Bytes that it wrote.
    """

    scores: dict[str, float]
    seconds: float
    peak: int
    added: int
    disk: int


def main() -> None:
    """Measure both sides in turn, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model_args", required=True, help="such as pretrained=MODEL")
    parser.add_argument("--flores_dir", required=True)
    parser.add_argument("--languages", nargs="+", required=True)
    parser.add_argument("--n_pairs", type=int, default=100)
    parser.add_argument("--batch_size", type=int, default=16, help="of ours")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--side", choices=SIDES, help="measure one side, and print it as JSON")
    args = parser.parse_args()
    job = Job(**{key: value for key, value in vars(args).items() if key not in ("rounds", "side")})
    if args.side:
        print(json.dumps(asdict(measure(SIDES[args.side], job))))
        return
    rounds = [{side: in_process(side, job) for side in SIDES} for _ in range(args.rounds)]
    print(f"{job.model_args}, {torch.get_num_threads()} threads")
    print(f"{len(job.languages)} languages x {job.n_pairs} pairs, ours in {job.batch_size}s\n")
    print(f"{'MEXA':12}" + "".join(f"{side:>10}" for side in SIDES))
    for language in job.languages:
        scores = (rounds[0][side].scores[language] for side in SIDES)
        print(f"{language:12}" + "".join(f"{score:10.4f}" for score in scores))
    print(f"\n{'':12}" + "".join(f"{side:>10}" for side in SIDES) + f"{'ratio':>8} {'range':>13}")
    for name, unit in (("seconds", 1), ("peak", MIB), ("added", MIB), ("disk", MIB)):
        print_row(
            name, unit, [{side: getattr(one[side], name) for side in SIDES} for one in rounds]
        )


def print_row(name: str, unit: int, rounds: list[dict[str, float]]) -> None:
    """Print the median of each side, and of theirs over ours."""
    ratios = [one["theirs"] / one["ours"] for one in rounds]
    medians = [statistics.median(one[side] for one in rounds) / unit for side in SIDES]
    label = name if unit == 1 else f"{name} MiB"
    spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
    print(
        f"{label:12}"
        + "".join(f"{median:10.2f}" for median in medians)
        + f"{statistics.median(ratios):8.2f} {spread:>13}"
    )


def in_process(side: str, job: Job) -> Measured:
    """Measure a side in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--languages", *job.languages]
    for key in ("model_args", "flores_dir", "n_pairs", "batch_size", "device"):
        command += [f"--{key}", str(getattr(job, key))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def measure(side: Callable[[NeuronXALM, Job, Path], dict[str, float]], job: Job) -> Measured:
    """Run a side, and count what it takes."""
    model_args = simple_parse_args_string(job.model_args)
    lm = NeuronXALM(**model_args, batch_size=job.batch_size, device=job.device)
    with tempfile.TemporaryDirectory() as folder:
        # Linux counts the most memory anew from here on.
        Path("/proc/self/clear_refs").write_text("5")
        before, start = memory("VmRSS"), time.perf_counter()
        scores = side(lm, job, Path(folder))
        seconds, peak = time.perf_counter() - start, memory("VmHWM")
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return Measured(scores, seconds, peak, max(peak - before, 1), disk)


def memory(field: str) -> int:
    """Bytes that Linux says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kib,) = (line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return int(kib) * 1024


def ours(lm: NeuronXALM, job: Job, folder: Path) -> dict[str, float]:
    """The harness's run of MEXA alone, and its results file."""
    settings = {"measures": "mexa", "flores_dir": job.flores_dir, "n_pairs": job.n_pairs}
    tasks = {f"neuronxa_flores_{code}": code for code in job.languages}
    results = simple_evaluate(
        model=lm,
        tasks=[*tasks],
        task_manager=TaskManager(
            include_path=str(installed_tasks()), include_defaults=False, metadata=settings
        ),
        metadata=settings,
        log_samples=False,
    )
    (folder / "results.json").write_text(json.dumps(results, default=handle_non_serializable))
    return {code: float(results["results"][task]["mexa,none"]) for task, code in tasks.items()}


def theirs(lm: NeuronXALM, job: Job, folder: Path) -> dict[str, float]:
    """The way of the authors' scripts, layer 0 included."""
    for code in (PIVOT, *job.languages):
        text = (Path(job.flores_dir) / "devtest" / f"{code}.devtest").read_text(encoding="utf-8")
        states = embed(lm, text.splitlines()[: job.n_pairs])
        with (folder / f"{code}.pkl").open("wb") as file:
            pickle.dump(states, file)
    scores = {}
    for code in job.languages:
        pivot, language = (
            pickle.loads((folder / f"{side}.pkl").read_bytes())  # noqa: S301  (written above)
            for side in (PIVOT, code)
        )
        layers = {layer: aligned(pivot[layer], language[layer]) for layer in pivot}
        (folder / f"{code}.json").write_text(json.dumps(layers))
        scores[code] = statistics.fmean(layers.values())
    return scores


def embed(lm: NeuronXALM, sentences: list[str]) -> dict[int, Pooled]:
    """The pooled hidden states of every layer."""
    pooled: dict[int, Pooled] = {}
    for sentence in sentences:
        inputs = lm.tokenizer(sentence.strip(), return_tensors="pt").to(lm.device)
        with torch.no_grad():
            states = lm.model(**inputs, output_hidden_states=True).hidden_states
        length = inputs["input_ids"].shape[1]
        weights = torch.arange(1, length + 1, device=lm.device)[:, None] / (
            length * (length + 1) / 2
        )
        for layer, state in enumerate(states):
            vectors = {"weighted": (state[0] * weights).sum(0), "last": state[0, -1]}
            found = {how: vector.float().cpu().numpy() for how, vector in vectors.items()}
            pooled.setdefault(layer, []).append(found)
    return pooled


def aligned(pivot: Pooled, language: Pooled) -> float:
    """The share of pairs that are closer to each other than either is to any other sentence."""
    n = len(pivot)
    similarity = np.zeros((n, n))
    for i, one in enumerate(pivot):
        for j, other in enumerate(language):
            similarity[i, j] = 1 - cosine(
                one["weighted"].astype(np.float64), other["weighted"].astype(np.float64)
            )
    found = 0
    for i in range(n):
        others = np.concatenate([np.delete(similarity[i], i), np.delete(similarity[:, i], i)])
        found += bool(similarity[i, i] > others.max())
    return found / n


SIDES = {"ours": ours, "theirs": theirs}

if __name__ == "__main__":
    main()
