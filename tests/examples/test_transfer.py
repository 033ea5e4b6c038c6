"""The transfer recipe, as a user runs it: fine-tune on English, ask the harness's XNLI, join."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.instance import Instance
from transformers import AutoModelForCausalLM, AutoTokenizer

from examples.transfer.finetune import ANSWERS, NOT_TRAINED, encoded, items, statements
from neuronxa_tasks.commands.run import run as neuronxa_run
from neuronxa_tasks.data.miniature import MODEL, SENTENCES
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.identity.model_identity import Model
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.renaming import Renaming
from neuronxa_tasks.report.read.results_files import read_results_file, results_files
from tests.hub import Hub, card, environment, parquet, serve
from tests.processes import python

ROOT = Path(__file__).parents[2]
PREMISE, HYPOTHESIS = "The cook sees an orange.", "The dog sells a bus."
TRAINED = 280
OWN_CODES = {"en": "eng_Latn", "de": "deu_Latn"}


def pairs(code: str, sentences: slice) -> list[tuple[str, str, int]]:
    """A sentence entails itself, contradicts itself backwards, and says nothing of the next."""
    texts = (SENTENCES / f"{code}.txt").read_text(encoding="utf-8").splitlines()[sentences]
    backwards = [" ".join(reversed(text.rstrip(".").split())) + "." for text in texts]
    return [
        (text, hypothesis, answer)
        for text, other, own in zip(texts, texts[1:] + texts[:1], backwards, strict=True)
        for answer, hypothesis in enumerate((text, other, own))
    ]


def split(code: str, sentences: slice) -> bytes:
    rows = pairs(code, sentences)
    names = ("premise", "hypothesis", "label")
    return parquet(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    """Where a small `facebook/xnli` is served whose questions are not those trained on."""
    files = {
        f"{own}/{name}.parquet": split(code, sentences)
        for own, code in OWN_CODES.items()
        for name, sentences in (
            ("train", slice(TRAINED)),
            ("validation", slice(TRAINED, None)),
        )
    }
    configurations = {
        own: {name: f"{own}/{name}.parquet" for name in ("train", "validation")}
        for own in OWN_CODES
    }
    with serve(Hub({"facebook/xnli": {"README.md": card(configurations), **files}})) as address:
        yield address


@pytest.fixture(scope="module")
def finished(hub: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after the recipe: `adapter`, and the results files in `out`."""
    folder = tmp_path_factory.mktemp("transfer")

    def run(*arguments: str) -> None:
        done = python("-m", *arguments, cwd=ROOT, env=environment(hub, folder / "home"))
        assert done.returncode == 0, done.stderr

    adapter, out = str(folder / "adapter"), str(folder / "out")
    options = "--train facebook/xnli --max_steps 100 --learning_rate 3e-3 --rank 16".split()
    run("examples.transfer.finetune", "--model", str(MODEL), "--output", adapter, *options)
    adapted = measured(f"pretrained={MODEL},peft={adapter}", out)
    run("neuronxa_tasks.cli", "run", *adapted, "--tasks", "xnli_en,xnli_de", "--log_samples")
    neuronxa_run([*measured(f"pretrained={MODEL}", out), "--tasks", "neuronxa_miniature_deu_Latn"])
    return folder


def measured(model: str, out: str) -> list[str]:
    """Arguments of `neuronxa run` that say what is measured, and where it is written."""
    fixed = "--model neuronxa --device cpu --batch_size 64".split()
    return [*fixed, "--model_args", model, "--output_path", out]


def results_of(folder: Path, task: str) -> dict[str, Any]:
    files = (json.loads(path.read_text()) for path in folder.rglob("results_*.json"))
    (content,) = (content for content in files if task in content["results"])
    return dict(content)


def test_the_loss_falls(finished: Path) -> None:
    history = json.loads((finished / "adapter" / "trainer_state.json").read_text())["log_history"]
    losses = [float(entry["loss"]) for entry in history if "loss" in entry]
    assert losses[-1] < losses[0] / 2


def test_the_adapter_answers_english_questions_it_was_not_trained_on(finished: Path) -> None:
    results = results_of(finished / "out", "xnli_en")
    assert results["results"]["xnli_en"]["acc,none"] > 0.6


def test_trains_the_very_strings_that_the_harness_ranks(finished: Path) -> None:
    (log,) = (finished / "out").rglob("samples_xnli_en_*.jsonl")
    asked = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert len(asked) == len(pairs("eng_Latn", slice(TRAINED, None)))
    for sample in asked:
        ranked = list(sample["arguments"].values())
        assert {part["arg_0"] for part in ranked} == {""}
        doc = sample["doc"]
        assert [part["arg_1"] for part in ranked] == statements(doc["premise"], doc["hypothesis"])


def test_alignment_of_the_base_and_accuracy_of_the_adapter_share_a_row(finished: Path) -> None:
    files = [read_results_file(path) for path in results_files([finished / "out"])[0]]
    names = [Renaming(path, Model("base")) for path in (str(MODEL), str(finished / "adapter"))]
    made = build_report(files, names)
    table = made.languages.set_index("language")
    assert set(table["label"]) == {"base"}
    aligned = results_of(finished / "out", "neuronxa_miniature_deu_Latn")["results"]
    asked = results_of(finished / "out", "xnli_de")["results"]
    german = table.loc["deu_Latn"]
    nasca = aligned["neuronxa_miniature_deu_Latn"]["nasca,none"]
    assert german["nasca"] == pytest.approx(nasca)
    assert german["XNLI (0-shot)"] == asked["xnli_de"]["acc,none"]


@pytest.mark.parametrize("answer", range(3))
def test_trains_the_word_of_the_answer_and_the_hypothesis(answer: int) -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    row = encoded(PREMISE, HYPOTHESIS, answer, tokenizer)
    same = row["labels"].count(NOT_TRAINED)
    assert row["labels"] == [NOT_TRAINED] * same + row["input_ids"][same:]
    assert row["input_ids"][0] == tokenizer.bos_token_id
    assert tokenizer.decode(row["input_ids"][1:same]) == f" {PREMISE}, right?"
    word = list(ANSWERS.values())[answer]
    assert tokenizer.decode(row["input_ids"][same:]) == f" {word}, {HYPOTHESIS}"


def test_trained_losses_differ_by_what_the_harness_ranks_by() -> None:
    lm = NeuronXALM(pretrained=str(MODEL), device="cpu", batch_size=3)
    model = AutoModelForCausalLM.from_pretrained(MODEL)
    losses = []
    for answer in range(3):
        row = encoded(PREMISE, HYPOTHESIS, answer, lm.tokenizer)
        logs = model(torch.tensor([row["input_ids"]])).logits[0].log_softmax(-1)
        trained = [i for i, label in enumerate(row["labels"]) if label != NOT_TRAINED]
        losses.append(-sum(logs[i - 1, row["labels"][i]].item() for i in trained))
    texts = statements(PREMISE, HYPOTHESIS)
    requests = [Instance("loglikelihood", {}, ("", text), i) for i, text in enumerate(texts)]
    scores = [score for score, _ in lm.loglikelihood(requests)]
    assert losses[0] - losses[1] == pytest.approx(scores[1] - scores[0], abs=1e-3)
    assert losses[0] - losses[2] == pytest.approx(scores[2] - scores[0], abs=1e-3)


def test_a_file_has_labels_in_words_and_quotation_marks_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "train.tsv"
    file.write_text('He said "no.\tHe spoke.\tentailment\nIt rains.\tIt is dry.\tcontradiction\n')
    assert items(str(file)).to_list() == [
        {"premise": 'He said "no.', "hypothesis": "He spoke.", "label": 0},
        {"premise": "It rains.", "hypothesis": "It is dry.", "label": 2},
    ]


def test_an_unknown_label_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "train.tsv"
    file.write_text("It rains.\tIt is wet.\tentailment\nIt rains.\tIt is dry.\tno\n")
    with pytest.raises(ValueError, match=r"line 2 of .* entailment, neutral, contradiction"):
        items(str(file))
