import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from tqdm import tqdm

from neuronxa_tasks.errors import ModelError, SettingsError
from neuronxa_tasks.harness.model import NeuronXALM
from neuronxa_tasks.harness.model_encoder import make_encoder, tokenize
from neuronxa_tasks.measures import ACTIVATIONS, POOLINGS, Representation, representations
from tests import reference
from tests.families import FAMILIES, LAYERS
from tests.passes import is_probe
from tests.sentences import lines

MakeLM = Callable[..., NeuronXALM]


@pytest.fixture(scope="module")
def texts(flores_dir: Path) -> list[str]:
    return lines(flores_dir, "deu_Latn")[:6] + lines(flores_dir, "zho_Hans")[:3]


def reference_states(
    lm: NeuronXALM, family: str, texts: list[str], representation: Representation
) -> Iterator[np.ndarray]:
    """One array of shape (n, d) per layer."""
    source = representation.activation or "embedding"
    sentences = [
        [
            reference.pool(reference.state(tokens, representation.kind), representation.pooling)
            for tokens in reference.token_states(lm.model, FAMILIES[family], ids)[source]
        ]
        for ids in tokenize(lm, texts)
    ]
    yield from (np.array(layer) for layer in zip(*sentences, strict=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_states_equal_those_of_an_unpadded_pass_over_each_sentence(
    make_lm: MakeLM, texts: list[str], family: str
) -> None:
    lm = make_lm(family)
    states = lm.sentence_states(texts, poolings=POOLINGS, activations=ACTIVATIONS)
    assert len(states) == 15
    for representation, layers in states.items():
        expected = list(reference_states(lm, family, texts, representation))
        assert len(layers) == len(expected) == LAYERS + (representation.kind == "embedding")
        for layer, wanted in zip(layers, expected, strict=True):
            assert layer.dtype == torch.float32
            np.testing.assert_allclose(
                layer.numpy(), wanted, rtol=1e-5, atol=1e-5 * abs(wanted).max()
            )


def test_asking_for_one_representation_gives_the_same_as_asking_for_all(
    lm: NeuronXALM, texts: list[str]
) -> None:
    every = lm.sentence_states(texts, poolings=POOLINGS, activations=ACTIVATIONS)
    for wanted, layers in every.items():
        alone = lm.sentence_states(
            texts,
            kinds=[wanted.kind],
            poolings=[wanted.pooling],
            activations=[wanted.activation] if wanted.activation else None,
        )
        assert alone.keys() == {wanted}
        for one, of_all in zip(alone[wanted], layers, strict=True):
            torch.testing.assert_close(one, of_all, rtol=1e-6, atol=1e-7)


def test_equal_sentences_get_equal_states_bit_for_bit(lm: NeuronXALM, texts: list[str]) -> None:
    states = lm.sentence_states([*texts, texts[2]])
    for layers in states.values():
        assert all(torch.equal(layer[2], layer[-1]) for layer in layers)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_tokenizers_padding_side_changes_nothing(
    make_lm: MakeLM, texts: list[str], side: str
) -> None:
    lm = make_lm("gpt2")
    lm.tokenizer.padding_side = side
    (layers,) = lm.sentence_states(texts, kinds=["nav"]).values()
    wanted = Representation("nav", "weighted", "product")
    for layer, expected in zip(layers, reference_states(lm, "gpt2", texts, wanted), strict=True):
        np.testing.assert_allclose(layer.numpy(), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 3, 64, "auto"])
def test_the_batch_size_changes_nothing_beyond_rounding(
    make_lm: MakeLM, texts: list[str], batch_size: int | str
) -> None:
    expected = make_lm(batch_size=2).sentence_states(texts)
    for representation, layers in make_lm(batch_size=batch_size).sentence_states(texts).items():
        for one, other in zip(layers, expected[representation], strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("room", [1, 2, 3])
def test_a_batch_that_does_not_fit_is_run_in_halves_and_said_so(
    make_lm: MakeLM, texts: list[str], caplog: pytest.LogCaptureFixture, room: int
) -> None:
    lm = make_lm(batch_size=8)
    expected = lm.sentence_states(texts)
    caplog.clear()

    def crowded(module: nn.Module, args: object, kwargs: dict[str, torch.Tensor]) -> None:
        if len(kwargs["input_ids"]) > room and not is_probe(kwargs["input_ids"]):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")

    lm.model.model.register_forward_pre_hook(crowded, with_kwargs=True)
    monkey = logging.getLogger("lm_eval")
    propagate, monkey.propagate = monkey.propagate, True
    states = lm.sentence_states(texts)
    monkey.propagate = propagate
    for representation, layers in states.items():
        for one, other in zip(layers, expected[representation], strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
    said = [message for message in caplog.messages if "out of memory" in message]
    assert said[-1] == f"out of memory: going on with {min(room, 2)} sentences at a time"
    assert len(said) == {1: 3, 2: 2, 3: 2}[room]


def test_one_sentence_that_does_not_fit_is_the_models_own_error(
    make_lm: MakeLM, texts: list[str]
) -> None:
    lm = make_lm()

    def full(module: nn.Module, args: object, kwargs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")

    sites = make_encoder(lm)
    lm.model.model.register_forward_pre_hook(full, with_kwargs=True)
    with pytest.raises(torch.OutOfMemoryError):
        sites.encode(
            texts,
            representations(("nas",), ("mean",), None),
            truncate=False,
            name="texts",
            progress=tqdm(disable=True),
        )


def test_an_adapter_is_part_of_the_model(make_lm: MakeLM, texts: list[str]) -> None:
    peft = pytest.importorskip("peft")
    plain, adapted = make_lm(), make_lm()
    config = peft.LoraConfig(target_modules=["gate_proj", "down_proj"], init_lora_weights=False)
    adapted._model = peft.get_peft_model(adapted.model, config).eval()
    merged = make_lm()
    merged._model = peft.get_peft_model(merged.model, config).eval()
    merged._model.load_state_dict(adapted._model.state_dict())
    merged._model = merged._model.merge_and_unload()
    wanted = Representation("nav", "weighted", "product")
    states = [
        lm.sentence_states(texts, kinds=["nav"])[wanted][1] for lm in (plain, adapted, merged)
    ]
    assert not torch.allclose(states[0], states[1], rtol=1e-2)
    torch.testing.assert_close(states[1], states[2], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_states_of_a_bfloat16_model_are_the_references_but_for_its_rounding(
    make_lm: MakeLM, texts: list[str], family: str
) -> None:
    lm = make_lm(family)
    lm.model.to(torch.bfloat16)
    for representation, layers in lm.sentence_states(texts, activations=ACTIVATIONS).items():
        expected = list(reference_states(lm, family, texts, representation))
        for layer, wanted in zip(layers, expected, strict=True):
            assert layer.dtype == torch.float32
            # Padding changes the order of sums, and bfloat16 shows it in the third digit.
            difference = np.abs(layer.numpy() - wanted).mean() / np.abs(wanted).mean()
            assert difference < 0.02, representation


def test_mixed_precision_reaches_the_forward_pass_but_not_the_pooling(
    make_lm: MakeLM, texts: list[str]
) -> None:
    lm = make_lm()
    full = lm.sentence_states(texts, kinds=["nas"])
    lm.mixed_precision_dtype = torch.bfloat16
    mixed = lm.sentence_states(texts, kinds=["nas"])
    for representation in full:
        for one, other in zip(full[representation], mixed[representation], strict=True):
            assert not torch.equal(one, other)
            # Every entry is a sum of t/(1+...+T); bfloat16 could hold few of them.
            rounded = other.to(torch.bfloat16).float()
            assert (other != rounded).float().mean() > 0.5


def test_a_sentence_longer_than_the_context_is_an_error_that_names_it(make_lm: MakeLM) -> None:
    lm = make_lm(max_position_embeddings=16)
    with pytest.raises(
        ModelError, match=r"16 tokens.*1 sentences of texts.*sentence 2.*truncate=true"
    ):
        lm.sentence_states(["short", "a long sentence " * 20])


def test_truncation_keeps_the_first_tokens(make_lm: MakeLM, texts: list[str]) -> None:
    lm = make_lm(max_position_embeddings=16)
    (cut,) = lm.sentence_states([texts[0] * 3], kinds=["nav"], truncate=True).values()
    ids = tokenize(lm, [texts[0] * 3])[0][:16]
    tokens = reference.token_states(lm.model, FAMILIES["llama"], ids)["product"]
    np.testing.assert_allclose(
        cut[0][0].numpy(), reference.pool(np.abs(tokens[0]), "weighted"), rtol=1e-4, atol=1e-6
    )


def test_a_tokenizer_without_a_token_for_a_sentence_is_an_error(lm: NeuronXALM) -> None:
    lm.add_bos_token = False
    try:
        with pytest.raises(ModelError, match="returned none for"):
            lm.sentence_states(["fine", ""])
    finally:
        lm.add_bos_token = None


def test_without_bos_the_sentence_starts_with_its_own_token(lm: NeuronXALM) -> None:
    with_bos = tokenize(lm, ["Haus"])[0]
    lm.add_bos_token = False
    try:
        assert tokenize(lm, ["Haus"])[0] == with_bos[1:]
    finally:
        lm.add_bos_token = None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_activations_that_are_not_finite_name_layer_and_sentence(
    make_lm: MakeLM, value: float
) -> None:
    lm = make_lm()
    broken = tokenize(lm, ["Q"])[0][1]
    embedding = lm.model.get_input_embeddings()

    def poison(module: nn.Module, args: tuple[torch.Tensor], output: torch.Tensor) -> torch.Tensor:
        return output * torch.where(args[0] == broken, value, 1.0)[..., None]

    embedding.register_forward_hook(poison)
    with pytest.raises(
        ModelError, match=r"1 sentences of texts: first in layer 0 .*sentence 2, 'Q'"
    ):
        lm.sentence_states(["fine", "Q", "well"], kinds=["nas"])


def test_an_overflow_inside_a_layer_names_that_layer(make_lm: MakeLM) -> None:
    lm = make_lm()
    broken = tokenize(lm, ["Q"])[0][1]

    # The neurons of layer 2 overflow for one token only.
    def poison(module: nn.Module, args: tuple[torch.Tensor], output: torch.Tensor) -> None:
        output[lm.current == broken] = float("inf")

    def remember(module: nn.Module, args: tuple[torch.Tensor]) -> None:
        lm.current = args[0]

    lm.model.get_input_embeddings().register_forward_pre_hook(remember)
    lm.model.model.layers[1].mlp.up_proj.register_forward_hook(poison)
    with pytest.raises(ModelError, match=r"layer 2 \(layers\.1\.mlp\.down_proj\) for sentence 2"):
        lm.sentence_states(["fine", "Q"], kinds=["nas"])


def test_weights_that_are_not_finite_are_named_before_any_sentence_runs(make_lm: MakeLM) -> None:
    lm = make_lm()
    lm.model.model.layers[1].mlp.up_proj.weight.data.fill_(float("nan"))
    with pytest.raises(ModelError, match=r"layers\.1\.mlp\.up_proj gives NaN"):
        lm.sentence_states(["one", "two"], kinds=["nas"])


@pytest.mark.parametrize("texts", ["one string", []])
def test_texts_that_are_no_list_of_sentences_are_refused(lm: NeuronXALM, texts: object) -> None:
    with pytest.raises(SettingsError, match=r"`texts` to be a list of sentences"):
        lm.sentence_states(texts)


@pytest.mark.parametrize("argument", ["kinds", "poolings", "activations"])
def test_a_representation_that_does_not_exist_is_refused(lm: NeuronXALM, argument: str) -> None:
    with pytest.raises(SettingsError, match=rf"`{argument}` to be one of .*'foo'"):
        lm.sentence_states(["one"], **{argument: ["foo"]})


def test_one_name_may_stand_without_a_list(lm: NeuronXALM) -> None:
    assert lm.sentence_states(["one"], kinds="nas").keys() == {
        Representation("nas", "weighted", "gate")
    }


def test_states_that_are_not_one_vector_per_token_are_refused(make_lm: MakeLM) -> None:
    lm = make_lm()
    layer = lm.model.model.layers[1]
    original = layer.forward
    layer.forward = lambda x, *args, **kwargs: original(x[0], *args, **kwargs)
    # A layer that takes several streams, as Gemma 3n does.
    layer.register_forward_pre_hook(lambda module, args: (args[0][None],))
    with pytest.raises(ModelError, match=r"layers\.1 takes \(1, 1, 4, 32\) for 4 tokens"):
        lm.sentence_states(["one"], kinds=["embedding"])
    lm.sentence_states(["one"], kinds=["nas"])


def test_a_module_that_runs_twice_or_never_is_an_error_that_names_it(make_lm: MakeLM) -> None:
    lm = make_lm()
    layer = lm.model.model.layers[1]
    original = layer.forward
    calls = iter([False] + [True] * 9)

    def twice(*args: object, **kwargs: object) -> object:
        if next(calls):  # The first call is the probe's.
            layer.mlp(args[0])
        return original(*args, **kwargs)

    layer.forward = twice
    with pytest.raises(ModelError, match=r"layers\.1\.mlp.* ran 2 times"):
        lm.sentence_states(["one", "two"])


def test_no_hook_is_left_after_an_error(make_lm: MakeLM) -> None:
    lm = make_lm(max_position_embeddings=16)
    with pytest.raises(ModelError):
        lm.sentence_states(["a long sentence " * 20])
    lm.sentence_states(["fine", "well"])
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in lm.model.modules())
