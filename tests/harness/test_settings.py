import inspect
import math
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lm_eval.models.huggingface import HFLM

from neuronxa_tasks.data.belebele_overlap import LINES_OUTSIDE_BELEBELE
from neuronxa_tasks.data.line_numbers import line_numbers
from neuronxa_tasks.errors import SettingsError
from neuronxa_tasks.harness.setting_values import LEAST_VARIANCE, MOST
from neuronxa_tasks.harness.settings import ANC, KEYS, Settings, check_keys
from neuronxa_tasks.measures import (
    ACTIVATIONS,
    CORRECTIONS,
    KINDS,
    MEASURES,
    POOLINGS,
    metric_named,
    metric_order,
)


def test_the_defaults_are_the_papers() -> None:
    settings = Settings.from_metadata({})
    assert settings == Settings()
    assert (settings.pivot, settings.n_pairs) == ("eng_Latn", 100)
    assert [metric.name for metric in settings.metrics] == ["nasca", "navca", "mexa"]


@pytest.mark.parametrize("value", ["[weighted,last]", "[weighted, 'last']", ["weighted", "last"]])
def test_a_list_may_be_a_list_or_what_the_harness_leaves_of_one(value: Any) -> None:
    assert Settings.from_metadata({"pooling": value}).pooling == ("weighted", "last")


def test_metric_names_carry_what_is_not_the_default() -> None:
    metadata = {"activation": ["gate", "product"], "pooling": ["weighted", "last"]}
    assert [metric.name for metric in Settings.from_metadata(metadata).metrics] == [
        *("nasca", "nasca_last", "nasca_product", "nasca_product_last"),
        *("navca_gate", "navca_gate_last", "navca", "navca_last"),
        *("mexa", "mexa_last"),
    ]


def test_baselines_come_after_the_papers_own_with_their_states_and_parameters() -> None:
    metadata = {
        "measures": ["svcca", "anc", "nasca", "cka"],
        "baseline_states": ["embedding", "nas"],
        "svcca_k": 30,
        "anc": "absolute",
    }
    names = [metric.name for metric in Settings.from_metadata(metadata).metrics]
    named = "nasca cka cka_nas svcca_k30 svcca_k30_nas anc_absolute anc_absolute_nas"
    assert names == named.split()


def test_a_metric_is_known_by_the_name_that_settings_give_it() -> None:
    metadata = {
        "measures": list(MEASURES),
        "baseline_states": list(KINDS),
        "activation": list(ACTIVATIONS),
        "pooling": list(POOLINGS),
        "correction": list(CORRECTIONS),
        "svcca_variance": 0.99,
    }
    settings = Settings.from_metadata(metadata)
    every = (*settings.metrics, *settings.retrieval_metrics)
    assert len(every) == 4 * 15 + 5 * 15 + 4 * 45
    assert [metric_named(metric.name) for metric in every] == list(every)


chosen = st.fixed_dictionaries(
    {"measures": st.lists(st.sampled_from(MEASURES), min_size=1)},
    optional={
        "baseline_states": st.lists(st.sampled_from(KINDS), min_size=1),
        "activation": st.lists(st.sampled_from(ACTIVATIONS), min_size=1),
        "pooling": st.lists(st.sampled_from(POOLINGS), min_size=1),
        "correction": st.lists(st.sampled_from(CORRECTIONS), min_size=1),
        "csls_k": st.integers(1, MOST),
        "anc": st.sampled_from(ANC),
    },
)
amounts = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"svcca_k": st.integers(1, MOST)}),
    st.fixed_dictionaries(
        {"svcca_variance": st.floats(LEAST_VARIANCE, 1, exclude_max=True, allow_nan=False)}
    ),
)


@given(chosen, amounts)
@example({"measures": ["svcca"]}, {"svcca_variance": 0.9999999})
@example({"measures": ["svcca"]}, {"svcca_variance": math.nextafter(1, 0)})
@example({"measures": ["svcca"]}, {"svcca_k": 20})
def test_every_metric_that_settings_make_is_known_by_its_name(
    metadata: dict[str, Any], amount: dict[str, Any]
) -> None:
    settings = Settings.from_metadata({**metadata, **amount})
    for metric in (*settings.metrics, *settings.retrieval_metrics):
        assert metric_named(metric.name) == metric
        assert metric_order(metric.name)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.sampled_from(["all", "[", "[]", "[a,b]", "", " ", "~", "~nosuchuser", "\0", "a" * 5000]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)


@given(st.dictionaries(st.sampled_from(KEYS) | scalars, values, max_size=4))
@example({"n_pairs": 10**5000})
@example({"svcca_k": 10**5000, "measures": "svcca"})
@example({"svcca_variance": math.nan})
@example({"svcca_variance": math.inf})
@example({"pooling": [[["weighted"]]]})
@example({1: 2, None: 3})
def test_whatever_is_given_is_taken_or_refused_in_a_sentence(metadata: dict[Any, Any]) -> None:
    messages = []
    for read in (Settings.from_metadata, check_keys):
        try:
            read(metadata)
        except SettingsError as error:
            messages.append(str(error))
    assert all(len(message) < 1000 for message in messages)


@pytest.mark.parametrize("key", ["flores_dir", "tatoeba_dir", "bmlama_dir"])
@pytest.mark.parametrize(
    "path",
    ["", " ", "~nosuchuser/flores", "loop", "file", "pipe", "a" * 300, "a\0b", "gone", 3, True],
)
def test_a_folder_must_be_named_there_and_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, path: object
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("file").touch()
    os.mkfifo("pipe")
    with pytest.raises(SettingsError, match=f"`{key}` to be an existing folder"):
        Settings.from_metadata({key: path})


def test_only_one_of_svccas_parameters_can_be_given() -> None:
    with pytest.raises(SettingsError, match=r"`svcca_k` or `svcca_variance`.*both"):
        Settings.from_metadata({"svcca_k": 10, "svcca_variance": 0.9})


def test_all_pairs_can_be_asked_for() -> None:
    assert Settings.from_metadata({"n_pairs": "all"}).n_pairs is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("pivot", "eng", "`pivot`.*'eng'"),
        ("n_pairs", 1, "`n_pairs`.*'all' or an integer >= 2.*1"),
        ("n_pairs", True, "`n_pairs`.*True"),
        ("n_pairs", "many", "`n_pairs`.*'many'"),
        ("pooling", "wieghted", "`pooling`.*weighted, mean, last.*'wieghted'"),
        ("pooling", [], "`pooling`"),
        ("pooling", 3, "`pooling`.*3"),
        ("activation", "gate,up", "`activation`.*gate, product.*'up'"),
        ("measures", "nasca,cca", "`measures`.*nasca, navca, mexa, cka.*'cca'"),
        ("baseline_states", "hidden", "`baseline_states`.*nas, nav, embedding.*'hidden'"),
        ("svcca_k", 0, "`svcca_k`.*>= 1.*0"),
        ("svcca_variance", 1.5, "`svcca_variance`.*from 0.01 to below 1.*1.5"),
        ("anc", "squared", "`anc`.*signed, absolute.*'squared'"),
        ("truncate", "yes", "`truncate`.*true or false.*'yes'"),
        ("flores_source", "facebook", "`flores_source`.*mteb, flores_plus"),
        ("flores_dir", "/no/such/folder", "`flores_dir`.*existing folder.*/no/such/folder"),
        ("tatoeba_dir", "/no/such/folder", "`tatoeba_dir`.*existing folder"),
    ],
)
def test_a_wrong_value_names_key_rule_and_value(key: str, value: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Settings.from_metadata({key: value})


@pytest.mark.parametrize(
    ("typo", "meant"), [("pivto", "pivot"), ("n_pair", "n_pairs"), ("measure", "measures")]
)
def test_a_near_miss_is_refused_with_the_key_that_was_meant(typo: str, meant: str) -> None:
    with pytest.raises(
        SettingsError, match=re.escape(f"`{typo}` in `metadata`: did you mean `{meant}`")
    ):
        Settings.from_metadata({typo: 1})


def test_no_argument_of_the_harness_model_is_taken_for_a_near_miss() -> None:
    arguments = dict.fromkeys(inspect.signature(HFLM.__init__).parameters)
    assert Settings.from_metadata(arguments) == Settings()


def test_keys_of_others_are_seen_as_such(tmp_path: Path) -> None:
    metadata = {"pretrained": "gpt2", "max_seq_lengths": [4096], "flores_dir": tmp_path}
    with pytest.raises(SettingsError, match="Unknown key `pretrained` in `--metadata`"):
        check_keys(metadata)
    assert Settings.from_metadata(metadata).folders == {"flores_dir": tmp_path}
    assert set(KEYS) > {"pivot", "n_pairs", "flores_dir"}


@pytest.mark.parametrize(
    "given", ["[3-5,9]", "3-5,9", [3, 4, 5, 9], ["3-5", 9, 4], (9, 3, 4, 5)], ids=repr
)
def test_lines_of_pairs_are_numbers_and_ranges(given: object) -> None:
    assert Settings.from_metadata({"pairs": given}).pairs == (3, 4, 5, 9)


def test_as_many_lines_may_be_given_as_there_are() -> None:
    given = Settings.from_metadata({"pairs": f"[{LINES_OUTSIDE_BELEBELE}]"})
    assert given.pairs == line_numbers(LINES_OUTSIDE_BELEBELE)
    assert Settings.from_metadata({"pairs": [*range(1, 1013)]}).pairs == tuple(range(1, 1013))


@pytest.mark.parametrize("given", ["", "0", "5-3", [1, True], [[1]], 1.5, None, "x", {}], ids=repr)
def test_what_is_no_line_of_a_pair_is_refused(given: object) -> None:
    with pytest.raises(
        SettingsError, match=r"`pairs` to be numbers of lines.*such as \[81-82,144\]"
    ):
        Settings.from_metadata({"pairs": given})


def test_pairs_are_chosen_in_one_way() -> None:
    with pytest.raises(SettingsError, match=r"`first_pair` or `pairs`.*got both: leave one out"):
        Settings.from_metadata({"first_pair": 5, "pairs": "1-9"})


@pytest.mark.parametrize("choice", [{"first_pair": 3}, {"pairs": "[2,5-9]"}, {"n_pairs": 4}])
def test_of_all_pairs_no_choice_of_pairs_is_left(choice: dict[str, Any]) -> None:
    assert Settings.from_metadata(choice).of_all_pairs == Settings(n_pairs=None)
