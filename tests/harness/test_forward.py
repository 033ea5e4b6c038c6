"""Model classes that change the forward pass are measured as they run, or refused."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lm_eval.api.model import CachingLM
from lm_eval.models.hf_steered import SteeredModel
from lm_eval.models.huggingface import HFLM
from torch import Tensor, nn
from tqdm import tqdm
from transformers import AutoConfig, AutoModelForImageTextToText

from neuronxa_tasks.errors import ModelError
from neuronxa_tasks.harness.model_encoder import make_encoder, tokenize
from neuronxa_tasks.measures import Representation
from tests import reference
from tests.bmlama_data import write_all
from tests.conftest import lines
from tests.families import COMMON, HEADS_OF_8, LAYERS, Family, build_model
from tests.harness.conftest import Evaluate
from tests.harness.test_bmlama import GERMAN, expected_loss, losses
from tests.harness.test_runs import heard

# Places in the residual stream and among the neurons, the last two where NAS is read.
STEERED = ("layers.0", "layers.1.mlp", "layers.1.mlp.act_fn", "layers.2.mlp.gate_proj")

VISION = {
    **{"model_type": "siglip_vision_model", "hidden_size": 16, "intermediate_size": 24},
    **{"num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 28, "patch_size": 14},
}


def neurons(mlp: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """A Llama's, by its own modules, so that what steers them counts."""
    activation = mlp.act_fn(mlp.gate_proj(x))
    return activation, activation * mlp.up_proj(x)


LLAMA = Family(neurons)


def vector(name: str, width: int) -> Tensor:
    return torch.randn(width, generator=torch.Generator().manual_seed(STEERED.index(name)))


def width_of(name: str) -> int:
    return 88 if name.endswith(("act_fn", "gate_proj")) else 32


def steered_by_hand(model: nn.Module) -> Any:
    """A copy in float64 whose modules add the vectors for ever."""
    copied: Any = copy.deepcopy(model).double()
    for name in STEERED:

        def hook(module: nn.Module, args: object, output: Any, name: str = name) -> Tensor:
            return output + vector(name, width_of(name)).double()

        copied.model.get_submodule(name).register_forward_hook(hook)
    return copied


@pytest.fixture(scope="module")
def steered(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> SteeredModel:
    """The harness's own steered model."""
    file = tmp_path_factory.mktemp("steering") / "steer.pt"
    steps = {
        name: {"action": "add", "steering_vector": vector(name, width_of(name))} for name in STEERED
    }
    torch.save(steps, file)
    return SteeredModel(str(model_dir), str(file), device="cpu", batch_size=4)


class Steering(HFLM):
    """A user's own class, whose hooks are there for the time of a call."""

    @contextmanager
    def steering(self) -> Iterator[None]:
        handles = [
            self.model.model.get_submodule(name).register_forward_hook(
                lambda module, args, output, name=name: output + vector(name, width_of(name))
            )
            for name in STEERED
        ]
        yield
        for handle in handles:
            handle.remove()

    def _model_call(self, *args: Any, **kwargs: Any) -> Tensor:
        with self.steering():
            return super()._model_call(*args, **kwargs)


@pytest.fixture(scope="module")
def steering(model_dir: Path) -> Steering:
    return Steering(str(model_dir), device="cpu", batch_size=3)


def expected_scores(lm: HFLM, folder: Path, language: str) -> dict[str, float]:
    """NASCA, NAVCA and MEXA by loops over the definitions."""
    model = steered_by_hand(lm.model)
    sides: list[list[dict[str, list[np.ndarray]]]] = [
        [reference.token_states(model, LLAMA, ids) for ids in tokenize(lm, lines(folder, code))]
        for code in ("eng_Latn", language)
    ]
    return {
        metric: float(
            np.mean([reference.weak_alignment(*layer) for layer in pooled(sides, source, kind)])
        )
        for metric, source, kind in (
            ("nasca", "gate", "nas"),
            ("navca", "product", "nav"),
            ("mexa", "embedding", "embedding"),
        )
    }


def pooled(
    sides: Sequence[Sequence[dict[str, list[np.ndarray]]]], source: str, kind: str
) -> Iterator[list[list[np.ndarray]]]:
    for layer in range(LAYERS + (kind == "embedding")):
        yield [
            [
                reference.pool(reference.state(sentence[source][layer], kind), "weighted")
                for sentence in side
            ]
            for side in sides
        ]


@pytest.mark.parametrize("which", ["steered", "steering"])
def test_alignment_is_that_of_the_model_as_its_class_runs_it(
    which: str, request: pytest.FixtureRequest, run_tasks: Evaluate, lm: Any, flores_dir: Path
) -> None:
    changed: HFLM = request.getfixturevalue(which)
    scores = run_tasks(changed, "deu_Latn")["results"]["neuronxa_flores_deu_Latn"]
    expected = expected_scores(changed, flores_dir, "deu_Latn")
    assert {name: scores[f"{name},none"] for name in expected} == pytest.approx(expected, abs=1e-9)
    plain = run_tasks(lm, "deu_Latn")["results"]["neuronxa_flores_deu_Latn"]
    assert any(plain[f"{name},none"] != scores[f"{name},none"] for name in expected)


@pytest.mark.parametrize("which", ["steered", "steering"])
def test_every_state_is_that_of_the_changed_pass(
    which: str, request: pytest.FixtureRequest, flores_dir: Path
) -> None:
    changed: HFLM = request.getfixturevalue(which)
    texts = lines(flores_dir, "deu_Latn")[:5]
    wanted = (
        Representation("nas", "weighted", "gate"),
        Representation("nav", "last", "gate"),
        Representation("nav", "weighted", "product"),
        Representation("embedding", "mean", None),
    )
    states = make_encoder(changed).encode(
        texts, wanted, truncate=False, name="texts", progress=tqdm(disable=True)
    )
    model = steered_by_hand(changed.model)
    for row, ids in zip(states.rows.tolist(), tokenize(changed, texts), strict=True):
        tokens = reference.token_states(model, LLAMA, ids)
        for representation in wanted:
            source = tokens[representation.activation or "embedding"]
            for layer, expected in zip(states.layers[representation], source, strict=True):
                state = reference.state(expected, representation.kind)
                np.testing.assert_allclose(
                    layer[row].numpy(),
                    reference.pool(state, representation.pooling),
                    rtol=1e-4,
                    atol=1e-4,
                )
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in changed.model.modules())


@pytest.mark.parametrize("which", ["steered", "steering"])
def test_losses_are_those_of_the_model_as_its_class_runs_it(
    which: str, request: pytest.FixtureRequest, run_tasks: Evaluate, tmp_path: Path
) -> None:
    changed: HFLM = request.getfixturevalue(which)
    folder = str(write_all(tmp_path))
    results = run_tasks(changed, GERMAN, metadata={"bmlama_dir": folder}, limit=2)
    by_hand = copy.copy(changed)
    by_hand._model = steered_by_hand(changed.model)
    for sample, answer in zip(results["samples"][GERMAN], losses(results, GERMAN), strict=True):
        prompt = sample["doc"]["prompt"]
        for candidate, loss in zip(sample["doc"]["candidates"], answer["de"], strict=True):
            sentence = prompt.replace("<mask>", candidate)
            assert loss == pytest.approx(expected_loss(by_hand, sentence), rel=1e-5)


def test_a_plain_model_runs_without_its_head(lm: Any) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the language-model head ran")

    handle = lm.model.lm_head.register_forward_pre_hook(fail)
    lm.sentence_states(["Good morning."])
    handle.remove()


def test_languages_of_a_changed_model_are_not_taken_from_a_cache(
    steering: Steering, run_tasks: Evaluate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with heard(caplog):
        run_tasks(CachingLM(steering, str(tmp_path / "cache_rank0.db")), "deu_Latn")
    assert any("Steering changes what its weights compute" in m for m in caplog.messages)
    assert not (tmp_path / "cache_neuronxa.db").exists()


class Twice(HFLM):
    def _model_call(self, inps: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return super()._model_call(inps) - 0.5 * super()._model_call(inps)


class OwnScores(HFLM):
    def _loglikelihood_tokens(self, *args: Any, **kwargs: Any) -> Any:
        return super()._loglikelihood_tokens(*args, **kwargs)


class OwnRequests(HFLM):
    def loglikelihood(self, *args: Any, **kwargs: Any) -> Any:
        return super().loglikelihood(*args, **kwargs)


class OwnTokens(HFLM):
    def tok_encode(self, *args: Any, **kwargs: Any) -> Any:
        return super().tok_encode(*args, **kwargs)


def test_a_class_that_runs_the_model_twice_shows_no_one_state(
    tokenizer: Any, run_tasks: Evaluate
) -> None:
    twice = Twice(pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4)
    with pytest.raises(ModelError, match=r"Expected Twice\._model_call to run the model once"):
        run_tasks(twice, "deu_Latn")


@pytest.mark.parametrize(
    ("model_class", "method"),
    [
        (OwnScores, "_loglikelihood_tokens"),
        (OwnRequests, "loglikelihood"),
        (OwnTokens, "tok_encode"),
    ],
)
def test_a_class_that_scores_text_its_own_way_is_refused_by_name(
    model_class: type[HFLM], method: str, tokenizer: Any, run_tasks: Evaluate, tmp_path: Path
) -> None:
    own = model_class(pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4)
    message = rf"{model_class.__name__} has its own `{method}`.*--model hf"
    with pytest.raises(ModelError, match=message):
        run_tasks(own, "deu_Latn")
    with pytest.raises(ModelError, match=message):
        run_tasks(own, GERMAN, metadata={"bmlama_dir": str(write_all(tmp_path))})


def test_scoring_that_is_set_on_the_object_is_refused(tokenizer: Any) -> None:
    patched: Any = HFLM(pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4)
    patched.tok_encode = lambda text, **_: [1]
    with pytest.raises(ModelError, match="has its own `tok_encode`"):
        make_encoder(patched)


def test_a_forward_pass_that_is_set_on_the_object_counts_as_its_class(
    tokenizer: Any, run_tasks: Evaluate
) -> None:
    patched: Any = HFLM(pretrained=build_model("llama"), tokenizer=tokenizer, batch_size=4)
    calls: list[int] = []

    def counted(inps: Tensor) -> Tensor:
        calls.append(len(inps))
        return HFLM._model_call(patched, inps)

    patched._model_call = counted
    run_tasks(patched, "deu_Latn")
    assert sum(calls) > 16


@pytest.fixture(scope="module")
def paligemma(tokenizer: Any) -> HFLM:
    """Attends in both directions unless a sentence is padded."""
    torch.manual_seed(0)
    text = {**COMMON, **HEADS_OF_8, "model_type": "gemma"}
    config = AutoConfig.for_model(
        "paligemma", text_config=text, vision_config=VISION, image_token_id=500
    )
    model = AutoModelForImageTextToText.from_config(config, dtype=torch.float32).eval()
    return HFLM(pretrained=model, tokenizer=tokenizer, backend="causal", batch_size=4)


def test_a_model_that_padding_changes_is_refused(
    paligemma: HFLM,
    run_tasks: Evaluate,
    tmp_path: Path,
) -> None:
    with pytest.raises(ModelError, match=r"padding changes them by \d+%: .*--batch_size"):
        run_tasks(paligemma, "deu_Latn")
    folder = str(write_all(tmp_path))
    with pytest.raises(ModelError, match="padding changes them"):
        run_tasks(paligemma, "neuronxa_bmlama53_de", metadata={"bmlama_dir": folder})
