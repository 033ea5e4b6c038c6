"""What the commands share that run a model over sentences without a harness task."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from tqdm import tqdm

from neuronxa_tasks.arguments import check_one_process
from neuronxa_tasks.commands.report import say_tables, say_written
from neuronxa_tasks.commands.report_making import make_report
from neuronxa_tasks.data.bitext import Bitext
from neuronxa_tasks.data.corpora import CORPORA
from neuronxa_tasks.data.languages import check_languages
from neuronxa_tasks.errors import RunError, SettingsError
from neuronxa_tasks.harness.logs import setup_logging
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import make_encoder
from neuronxa_tasks.harness.model_loading import ModelLoader
from neuronxa_tasks.harness.output_files import as_json, model_folder
from neuronxa_tasks.harness.run.key_values import KeyValues
from neuronxa_tasks.harness.settings import Settings, check_keys
from neuronxa_tasks.identity.masking import masked, shown_command
from neuronxa_tasks.measures import SCORE_VERSION, Representation
from neuronxa_tasks.states import SentenceEncoder, SentenceStates
from neuronxa_tasks.versions import package_versions
from neuronxa_tasks.writing import check_writable, whole_file, write_whole


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """A parser with the arguments that every such command takes, as the harness spells them.

    Args:
        name: Of the command, after `neuronxa`.
        description: What it does.
    """
    made = argparse.ArgumentParser(prog=f"neuronxa {name}", description=description)
    made.add_argument(
        "--model_args",
        nargs="+",
        action=KeyValues,
        required=True,
        metavar="KEY=VALUE",
        help="those of the harness's Hugging Face models, such as pretrained=MODEL",
    )
    add_run_arguments(made, "settings, as those of the tasks")
    made.add_argument(
        "--corpus", choices=tuple(CORPORA), default="flores", help="whose sentences are run"
    )
    made.add_argument(
        "--output_path", type=Path, required=True, help="folder for the results and the page"
    )
    return made


def add_run_arguments(parser: argparse.ArgumentParser, metadata: str) -> None:
    """Add how a model runs, and settings, as the harness spells them.

    Args:
        parser: Of a command.
        metadata: Which settings it takes, for `--help`.
    """
    parser.add_argument("--batch_size", default="auto", help="sentences per batch (default: auto)")
    # As the harness has it: where there is no such device, the model takes the CPU.
    parser.add_argument("--device", default="cuda:0", help="such as cuda:0, the default, or cpu")
    parser.add_argument(
        "--metadata",
        nargs="+",
        action=KeyValues,
        default={},
        metavar="KEY=VALUE",
        help=metadata,
    )


def check_parallel(corpus: str) -> None:
    """Check that every language of a corpus has the same sentences.

    Raises:
        SettingsError: It has not.
    """
    if CORPORA[corpus].own_english_side:
        raise SettingsError(
            "Expected a corpus with the same sentences in every language, but got `--corpus "
            f"{corpus}`, where each language has its own English side: use flores"
        )


@contextmanager
def _unwritable_named(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{file} could not be written: {error.strerror}; make room, or give another "
            "--output_path, and call the same again"
        ) from error


@dataclass(frozen=True)
class Analysis:
    """A model, the text to run it over, and where to write what comes of it.

    The model is loaded when it is first needed, so that the text can be checked before.

    Attributes:
        model_args: The model's arguments, as typed.
        batch_size: Sentences per batch, or `auto`.
        device: Where the model runs.
        settings: What to measure, and on which text.
        corpus: `flores`, `tatoeba` or `miniature`.
        languages: Codes of the corpus, each once.
        output: Folder for results.
        command: The command as typed.
    """

    model_args: dict[str, Any]
    batch_size: str
    device: str
    settings: Settings
    corpus: str
    languages: tuple[str, ...]
    output: Path
    command: str

    @cached_property
    def lm(self) -> NeuronXALM:
        """The model.

        Raises:
            ModelError: It cannot be loaded.
        """
        lm: NeuronXALM = ModelLoader("neuronxa", NeuronXALM).create_from_arg_obj(
            self.model_args, {"batch_size": self.batch_size, "device": self.device}
        )
        return lm

    @cached_property
    def encoder(self) -> SentenceEncoder:
        """What runs the model over sentences.

        Raises:
            ModelError: The model has no neurons that can be found.
        """
        return make_encoder(self.lm, self.settings)

    def bitext(self, language: str) -> Bitext:
        """The pairs of a language and the pivot."""
        return self.settings.bitext(self.corpus, language)

    def encode(
        self, texts: Sequence[str], representations: Sequence[Representation], name: str
    ) -> SentenceStates:
        """The states of some sentences, from one pass over each distinct one.

        Args:
            texts: n sentences.
            representations: What to pool.
            name: What the texts are, for messages.

        Raises:
            ModelError: The model's neuron states cannot be taken.
        """
        with tqdm(total=len(texts), unit="sentence", desc=name) as progress:
            return self.encoder.encode(
                texts,
                representations,
                truncate=self.settings.truncate,
                name=name,
                progress=progress,
            )

    def write(self, kind: str, content: dict[str, Any]) -> Path:
        """Write what was found where `neuronxa report` finds it.

        Args:
            kind: Of the analysis: the content's key, and the beginning of the file's name.
            content: Plain data fit for JSON.

        Returns:
            The file, one among the harness's own.
        """
        now = datetime.now()
        file = self.folder / f"{kind}_{now.isoformat().replace(':', '-')}.json"
        whole = {
            "neuronxa_analysis": kind,
            kind: content,
            "config": {
                "model": "neuronxa",
                "model_args": masked(self.model_args),
                **self.lm.get_model_info(),
            },
            "date": now.timestamp(),
            "versions": package_versions(),
            "score_version": SCORE_VERSION,
            "command": self.command,
        }
        text = as_json(whole, indent=None)
        self.write_beside(file, text.encode("utf-8", "backslashreplace"))
        return file

    def write_beside(self, file: Path, content: bytes) -> None:
        """Write a file of the analysis.

        Raises:
            RunError: It cannot be written.
        """
        with _unwritable_named(file):
            write_whole(file, content)

    @contextmanager
    def open_beside(self, file: Path) -> Iterator[BinaryIO]:
        """A file of the analysis to write to, which is there when the block ends.

        Raises:
            RunError: It cannot be written.
        """
        with _unwritable_named(file), whole_file(file) as opened:
            yield opened

    @property
    def folder(self) -> Path:
        """Where this model's files go."""
        return model_folder(self.output, str(self.model_args["pretrained"]))

    def show(self, file: Path) -> int:
        """Make a report of a file, print it, and say where it is; the exit code."""
        folder = self.folder / "report"
        command = shown_command("report", [str(file), "--output", str(folder)])
        return say_written(make_report([file], folder, command, tell=say_tables))


def start(name: str, arguments: Sequence[str], options: argparse.Namespace) -> Analysis:
    """Check what was typed.

    Args:
        name: Of the command, after `neuronxa`.
        arguments: As typed after it.
        options: The same as `parser` reads them, and `languages`.

    Raises:
        SettingsError: An argument is missing or wrong, or several processes were started.
    """
    setup_logging()
    if "pretrained" not in options.model_args:
        raise SettingsError(
            f"Expected `--model_args` to name a model, but got {masked(options.model_args)}: "
            "add pretrained=MODEL"
        )
    check_one_process(name)
    check_keys(options.metadata)
    settings = Settings.from_metadata(options.metadata)
    if settings.correction != ("none",):
        raise SettingsError(
            f"Expected no `correction` in `--metadata`, but got {', '.join(settings.correction)}: "
            f"`neuronxa {name}` compares by the paper's definition alone; leave it out"
        )
    known = CORPORA[options.corpus].languages
    codes = check_languages(options.languages, known, "--languages")
    check_writable(options.output_path, "--output_path")
    return Analysis(
        model_args=options.model_args,
        batch_size=options.batch_size,
        device=options.device,
        settings=settings,
        corpus=options.corpus,
        languages=codes,
        output=options.output_path,
        command=shown_command(name, arguments),
    )
