"""What a run prints, keeps and refuses."""

import gc
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.model import LM
from lm_eval.evaluator import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

from neuronxa_tasks.alignment import align
from neuronxa_tasks.errors import BitextError, ModelError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.plugin import install_request_method
from neuronxa_tasks.harness.requests.outcome_record import pair_response
from neuronxa_tasks.harness.settings import Settings
from neuronxa_tasks.measures import SCORE_VERSION
from neuronxa_tasks.states import SentenceEncoder, SentenceStates
from tests.families import build_model
from tests.runs import TASKS, Evaluate, Heard, answers, our_tasks, record
from tests.sentences import LANGUAGES

MakeLM = Callable[..., NeuronXALM]


def test_the_stock_model_gives_what_ours_gives(
    lm: NeuronXALM, tokenizer: Any, run_tasks: Evaluate
) -> None:
    stock = HFLM(pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4)
    results = [run_tasks(model, "deu_Latn") for model in (stock, lm)]
    assert record(results[0], "deu_Latn") == record(results[1], "deu_Latn")


def test_the_record_says_what_was_measured_on_what(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    kept = record(run_tasks(lm, "deu_Latn", metadata={"n_pairs": 10}), "deu_Latn")
    assert json.loads(json.dumps(kept)) == kept
    assert (kept["corpus"], kept["language"], kept["pivot"]) == ("flores", "deu_Latn", "eng_Latn")
    assert (kept["n_pairs"], kept["score_version"]) == (10, SCORE_VERSION)
    assert (kept["bos"], kept["dtype"], kept["mixed_precision"]) == (True, "float32", None)
    assert kept["sites"] == [f"layers.{i}.mlp.down_proj" for i in range(3)]
    assert kept["gates"] == [f"layers.{i}.mlp.act_fn" for i in range(3)]
    assert len(kept["sha256"]["pivot"]) == 64
    assert [len(side) for side in kept["tokens"].values()] == [10, 10]
    assert kept["truncated"] == {"pivot": 0, "language": 0}
    assert kept["versions"].keys() == {"neuronxa-tasks", "lm_eval", "transformers", "torch"}
    assert kept["metrics"]["nasca"]["first_layer"] == 1
    assert [len(kept["metrics"][m]["layer_scores"]) for m in ("nasca", "mexa")] == [3, 4]
    assert "lines" not in kept
    assert "articles" not in kept
    for entry in kept["metrics"].values():
        aligned = [round(10 * share) for share in entry["layer_scores"]]
        bounds = zip(aligned, entry["mutual_neighbours"], strict=True)
        assert all(found <= neighbours <= 10 for found, neighbours in bounds)
    surface = kept["surface"]
    assert surface["score"] == sum(surface["aligned"]) / len(surface["aligned"])
    assert len(surface["aligned"]) == 10


def test_the_record_says_which_lines_and_articles_were_taken(
    lm: NeuronXALM, run_tasks: Evaluate, flores_dir: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(flores_dir, tmp_path / "flores")
    addresses = "".join(f"{name}\n" for name in "aaabbbbcccddddde")
    (folder / "metadata_devtest.tsv").write_text(f"URL\n{addresses}")
    metadata = {"flores_dir": str(folder), "first_pair": 3, "n_pairs": 10}
    kept = record(run_tasks(lm, "deu_Latn", metadata=metadata), "deu_Latn")
    assert kept["lines"] == "3-12"
    assert kept["articles"] == [0, 1, 1, 1, 1, 2, 2, 2, 3, 3]
    plain = record(run_tasks(lm, "deu_Latn", metadata={"n_pairs": 10}), "deu_Latn")
    assert kept["sha256"] != plain["sha256"]


def test_the_bos_token_is_left_out_on_request_and_recorded(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    with_bos = record(run_tasks(lm, "deu_Latn"), "deu_Latn")
    lm.add_bos_token = False
    try:
        without = record(run_tasks(lm, "deu_Latn"), "deu_Latn")
    finally:
        lm.add_bos_token = None
    assert not without["bos"]
    assert without["tokens"]["language"] == [n - 1 for n in with_bos["tokens"]["language"]]


def test_truncated_sentences_are_counted(make_lm: MakeLM, run_tasks: Evaluate) -> None:
    lm = make_lm(max_position_embeddings=20)
    kept = record(run_tasks(lm, "deu_Latn", metadata={"truncate": True}), "deu_Latn")
    assert kept["truncated"]["language"] > 0
    assert max(kept["tokens"]["language"]) == 20


def test_logged_samples_are_small_and_name_the_nearest_wrong_neighbour(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    results = run_tasks(lm, "deu_Latn")
    for pair, answer in enumerate(answers(results, "deu_Latn")):
        assert answer["pair"] == pair
        assert answer["nasca"].keys() == {"aligned", "layers", "margin", "nearest"}
        assert answer["nasca"]["nearest"] != pair
    sample = results["samples"]["neuronxa_flores_deu_Latn"][0]
    assert sample["metrics"] == ["nasca", "navca", "mexa"]
    assert len(json.dumps(sample)) < 2000


def test_groups_are_unweighted_means_of_their_languages(
    lm: NeuronXALM, flores_dir: Path, run_tasks: Evaluate, tmp_path: Path
) -> None:
    (tmp_path / "group.yaml").write_text(
        "group: neuronxa_small\n"
        "task: [neuronxa_flores_deu_Latn, neuronxa_flores_fra_Latn, neuronxa_flores_spa_Latn]\n"
        "aggregate_metric_list:\n- {metric: nasca, aggregation: mean, weight_by_size: false}\n"
        "- {metric: nasca_product, aggregation: mean, weight_by_size: false}\n"
    )
    results = simple_evaluate(
        model=lm,
        tasks=["neuronxa_small"],
        task_manager=our_tasks(tmp_path, flores_dir=str(flores_dir), n_pairs="all"),
        samples={"neuronxa_flores_deu_Latn": [0]},
    )
    scores = [
        results["results"][f"neuronxa_flores_{code}"]["nasca,none"]
        for code in ("deu_Latn", "fra_Latn", "spa_Latn")
    ]
    group = results["groups"]["neuronxa_small"]
    assert group["nasca,none"] == pytest.approx(sum(scores) / 3)
    assert "nasca_product,none" not in group


def test_the_pivots_own_task_reports_nothing_and_stays_out_of_the_mean(
    lm: NeuronXALM, run_tasks: Evaluate, heard: Heard
) -> None:
    results = run_tasks(lm, *LANGUAGES, metadata={"pivot": "fra_Latn"})
    own = results["results"]["neuronxa_flores_fra_Latn"]
    assert not [key for key in own if "," in key]
    assert "nasca,none" in results["results"]["neuronxa_flores_deu_Latn"]
    assert heard().count("neuronxa_flores_fra_Latn is the pivot's own task") == 1


def test_the_pivots_own_task_alone_is_an_error(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    with pytest.raises(SettingsError, match=r"only neuronxa_flores_eng_Latn.*pivot=CODE"):
        run_tasks(lm, "eng_Latn")


def test_english_can_be_measured_with_another_pivot(lm: NeuronXALM, run_tasks: Evaluate) -> None:
    results = run_tasks(lm, "eng_Latn", metadata={"pivot": "deu_Latn"})
    assert "nasca,none" in results["results"]["neuronxa_flores_eng_Latn"]


def test_tatoeba_runs_with_an_english_side_per_language(
    lm: NeuronXALM, run_tasks: Evaluate, tmp_path: Path
) -> None:
    for code, sides in {
        "deu": ("Ja.\nNein.\n", "Yes.\nNo.\n"),
        "fra": ("Oui.\nSi.\nNon.\n", "Yes.\nYep.\nNo.\n"),
    }.items():
        (tmp_path / f"tatoeba.{code}-eng.{code}").write_text(sides[0])
        (tmp_path / f"tatoeba.{code}-eng.eng").write_text(sides[1])
    results = run_tasks(
        lm, "neuronxa_tatoeba_deu", "neuronxa_tatoeba_fra", metadata={"tatoeba_dir": str(tmp_path)}
    )
    kept = [
        results["configs"][f"neuronxa_tatoeba_{c}"]["metadata"]["neuronxa"] for c in ("deu", "fra")
    ]
    assert [k["n_pairs"] for k in kept] == [2, 3]
    assert kept[0]["sha256"]["pivot"] != kept[1]["sha256"]["pivot"]


def test_options_of_prompts_are_ignored_once_and_recorded(
    lm: NeuronXALM, run_tasks: Evaluate, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    plain = record(run_tasks(lm, "deu_Latn"), "deu_Latn")
    monkeypatch.setattr(lm.tokenizer, "chat_template", "{{ messages }}")
    results = run_tasks(
        lm,
        *LANGUAGES,
        apply_chat_template=True,
        system_instruction="Be kind.",
        cache_requests=True,
        rewrite_requests_cache=True,
    )
    kept = record(results, "deu_Latn")
    assert kept.pop("ignored") == [
        "--cache_requests",
        "--system_instruction",
        "--apply_chat_template",
    ]
    assert kept == {key: value for key, value in plain.items() if key != "ignored"}
    said = [message for message in caplog.messages if "no effect on alignment tasks" in message]
    assert len(said) == 1


def test_the_request_cache_never_hands_out_other_sentences(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    first = run_tasks(lm, "deu_Latn", cache_requests=True)
    second = run_tasks(lm, "deu_Latn", cache_requests=True, metadata={"pivot": "fra_Latn"})
    assert record(first, "deu_Latn")["pivot"] == "eng_Latn"
    assert record(second, "deu_Latn")["pivot"] == "fra_Latn"
    assert record(second, "deu_Latn") == {
        **record(run_tasks(lm, "deu_Latn", metadata={"pivot": "fra_Latn"}), "deu_Latn"),
        "ignored": ["--cache_requests"],
    }


def test_one_bar_names_the_language_and_nothing_else_is_printed(
    lm: NeuronXALM, run_tasks: Evaluate, capfd: pytest.CaptureFixture[str]
) -> None:
    run_tasks(lm, *LANGUAGES)
    out, err = capfd.readouterr()
    assert out == ""
    bars = [line for line in err.replace("\r", "\n").splitlines() if "sentence" in line]
    assert bars[-1].startswith("Chinese (Simplified): 100%")
    assert "96/96" in bars[-1]
    assert not [line for line in err.splitlines() if "Building contexts" in line]


def test_write_out_and_predict_only_work(
    lm: NeuronXALM, flores_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    results = simple_evaluate(
        model=lm,
        tasks=["neuronxa_flores_deu_Latn"],
        task_manager=our_tasks(flores_dir=str(flores_dir), n_pairs=4),
        predict_only=True,
        write_out=True,
    )
    samples = results["samples"]["neuronxa_flores_deu_Latn"]
    assert json.loads(samples[0]["resps"][0][0])["pair"] == 0
    task = results["results"]["neuronxa_flores_deu_Latn"]
    assert [key for key in task if "," in key] == ["bypass,none", "bypass_stderr,none"]


class Elsewhere(LM):
    """A model whose neurons nobody sees."""

    def loglikelihood(self, requests: Any) -> Any: ...
    def loglikelihood_rolling(self, requests: Any) -> Any: ...
    def generate_until(self, requests: Any) -> Any: ...


def test_a_model_of_another_kind_is_refused_in_one_sentence(run_tasks: Evaluate) -> None:
    with pytest.raises(ModelError, match=r"Hugging Face model.*Elsewhere.*use --model hf"):
        run_tasks(Elsewhere(), "deu_Latn")


def test_a_seq2seq_model_is_refused(
    make_lm: MakeLM, run_tasks: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    lm = make_lm()
    lm.backend = "seq2seq"
    with pytest.raises(ModelError, match=r"causal language model.*seq2seq"):
        run_tasks(lm, "deu_Latn")


@pytest.mark.parametrize(
    ("metadata", "error", "message"),
    [
        ({"pivot": "xyz_Latn"}, SettingsError, "`pivot`"),
        ({"n_pairs": 17}, BitextError, "at most the 16 pairs"),
        ({"poling": "mean"}, SettingsError, "did you mean `pooling`"),
        ({"flores_dir": "/nowhere"}, SettingsError, "`flores_dir`"),
    ],
)
def test_settings_are_checked_when_the_task_is_loaded(
    flores_dir: Path, metadata: dict[str, Any], error: type[Exception], message: str
) -> None:
    settings = {"flores_dir": str(flores_dir), **metadata}
    with pytest.raises(error, match=message):
        our_tasks(**settings).load(["neuronxa_flores_deu_Latn"])


def test_a_task_file_with_an_unknown_language_or_corpus_is_refused(
    flores_dir: Path, tmp_path: Path
) -> None:
    template = (TASKS / "flores" / "_alignment_template").read_text()
    (tmp_path / "a.yaml").write_text(f"{template}task: a\nlanguage: xyz_Latn\n")
    (tmp_path / "b.yaml").write_text(
        f"{template}task: b\nlanguage: deu_Latn\n".replace("corpus: flores", "corpus: bible")
    )
    manager = TaskManager(include_path=str(tmp_path), include_defaults=False)
    with pytest.raises(SettingsError, match=r"`language`.*xyz_Latn"):
        manager.load(["a"])
    with pytest.raises(SettingsError, match=r"`corpus` to be one of flores.*'bible'"):
        manager.load(["b"])


@pytest.mark.parametrize("samples", [[16], [-1], [3, 3], []])
def test_samples_that_are_no_pairs_are_refused(
    lm: NeuronXALM, run_tasks: Evaluate, samples: list[int]
) -> None:
    with pytest.raises(SettingsError, match=r"`--samples` of neuronxa_flores_deu_Latn.*0 to 15"):
        run_tasks(lm, "deu_Latn", samples={"neuronxa_flores_deu_Latn": samples})


def test_logged_lines_carry_the_number_of_their_pair_in_any_order(
    lm: NeuronXALM, run_tasks: Evaluate
) -> None:
    results = run_tasks(lm, "deu_Latn", samples={"neuronxa_flores_deu_Latn": [11, 2, 7]})
    samples = results["samples"]["neuronxa_flores_deu_Latn"]
    assert [sample["doc_id"] for sample in samples] == [11, 2, 7]
    assert [sample["doc"]["pair"] for sample in samples] == [11, 2, 7]
    assert [answer["pair"] for answer in answers(results, "deu_Latn")] == [11, 2, 7]


def test_a_group_is_listed_without_a_line_per_language(
    lm: NeuronXALM, flores_dir: Path, tmp_path: Path, heard: Heard
) -> None:
    tasks = ", ".join(f"neuronxa_flores_{code}" for code in LANGUAGES)
    (tmp_path / "few.yaml").write_text(f"group: few\ntask: [{tasks}]\n")
    manager = our_tasks(tmp_path, flores_dir=str(flores_dir), n_pairs=4)
    simple_evaluate(model=lm, tasks=["few"], task_manager=manager, num_fewshot=5)
    assert "Group: few" in heard()
    assert "Task: neuronxa" not in heard()
    assert heard().count("num_fewshot has been set to 0") <= 1


def test_a_task_file_without_the_template_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "class: !function neuronxa_tasks.harness.tasks.alignment_task.AlignmentTask\n"
        "task: a\ncorpus: flores\nlanguage: deu_Latn\n"
    )
    manager = TaskManager(include_path=str(tmp_path), include_defaults=False)
    with pytest.raises(SettingsError, match=r"a to give dataset_path, dataset_kwargs, test_split"):
        manager.load(["a"])


def test_installing_the_request_twice_changes_nothing() -> None:
    before = HFLM.bitext_alignment
    install_request_method()
    assert HFLM.bitext_alignment is before


def test_another_packages_attribute_is_never_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HFLM, "bitext_alignment", json.dumps)
    with pytest.raises(RuntimeError, match=r"HFLM without .*`bitext_alignment`.*json"):
        install_request_method()
    assert HFLM.bitext_alignment is json.dumps


def test_a_pair_with_a_zero_vector_has_no_margin_and_the_json_stays_strict() -> None:
    ones, zeros = torch.ones(3, 2), torch.zeros(3, 2)
    rows = torch.arange(3)
    metric = Settings().metrics[0]
    answer = json.loads(pair_response(0, {metric: align([ones], [zeros], rows, rows)}))
    assert answer["nasca"] == {"aligned": [], "layers": 1, "margin": None, "nearest": None}


@pytest.mark.parametrize("pivot", ["eng_Latn", "fra_Latn"])
def test_memory_holds_the_pivot_and_one_language_whatever_their_number(
    lm: NeuronXALM, run_tasks: Evaluate, monkeypatch: pytest.MonkeyPatch, pivot: str
) -> None:
    alive = []
    encode = SentenceEncoder.encode

    def counted(self: SentenceEncoder, *args: Any, **kwargs: Any) -> SentenceStates:
        gc.collect()
        alive.append(sum(type(thing) is SentenceStates for thing in gc.get_objects()))
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(SentenceEncoder, "encode", counted)
    run_tasks(lm, *LANGUAGES, metadata={"pivot": pivot})
    # Nothing before the pivot, and the pivot alone before every language.
    assert alive == [0] + [1] * (len(alive) - 1)
