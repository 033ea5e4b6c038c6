from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from neuronxa_tasks.data.benchmarks import (
    BENCHMARKS,
    TASKS_WITHOUT_FLORES,
    benchmark_of_task,
    tasks_of_language,
)
from neuronxa_tasks.data.codes import (
    ISO_639_1,
    NTREX_WITHOUT_FLORES,
    TATOEBA_WITHOUT_FLORES,
    resolve_language,
)
from neuronxa_tasks.data.corpora import CORPORA, NTREX_128, TATOEBA
from neuronxa_tasks.data.languages import (
    FAMILIES,
    FLORES,
    FLORES_PLUS_RENAMES,
    family,
    language_name,
    script_name,
)

BY_NAME = {benchmark.name: benchmark for benchmark in BENCHMARKS}


@pytest.fixture(scope="module")
def harness() -> Path:
    """Folder of the installed harness's own tasks."""
    spec = find_spec("lm_eval.tasks")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


class Loader(yaml.SafeLoader):
    """Reads task files without importing the functions they name."""


Loader.add_constructor("!function", lambda loader, node: node.value)


def read(file: Path) -> dict[str, Any]:
    return yaml.load(file.read_text(), Loader)  # noqa: S506


def group_members(file: Path) -> set[str]:
    return set(read(file)["task"])


def tag_members(folder: Path) -> set[str]:
    return {read(file)["task"] for file in folder.glob("*.yaml")}


@pytest.fixture(scope="module")
def members(harness: Path) -> dict[str, set[str]]:
    """Every task of the harness's benchmarks."""
    return {
        "belebele": group_members(harness / "belebele" / "_belebele.yaml"),
        "m_arc": tag_members(harness / "okapi" / "arc_multilingual"),
        "m_mmlu": tag_members(harness / "okapi" / "mmlu_multilingual"),
        "xnli": group_members(harness / "xnli" / "_xnli.yaml"),
    }


@pytest.mark.parametrize(
    ("name", "size"), [("belebele", 122), ("m_arc", 31), ("m_mmlu", 34), ("xnli", 15)]
)
def test_every_task_of_the_harness_has_a_language_or_a_reason_why_not(
    members: dict[str, set[str]], name: str, size: int
) -> None:
    mapped = set(BY_NAME[name].tasks)
    excused = members[name] & set(TASKS_WITHOUT_FLORES)
    assert len(members[name]) == size
    assert mapped.isdisjoint(excused)
    assert mapped | excused == members[name]


def test_the_run_names_and_metrics_are_the_harnesss(harness: Path) -> None:
    folders = {
        "belebele": (harness / "belebele", "_default_template_yaml"),
        "m_arc": (harness / "okapi" / "arc_multilingual", "_arc_yaml"),
        "m_mmlu": (harness / "okapi" / "mmlu_multilingual", "_default_yaml"),
        "xnli": (harness / "xnli", "xnli_common_yaml"),
    }
    for name, (folder, template) in folders.items():
        shared = read(folder / template)
        groups = [read(file).get("group") for file in folder.glob("_*.yaml")]
        assert BY_NAME[name].run_name in [*groups, *(shared.get("tag") or [])]
        listed = {entry["metric"] for entry in shared["metric_list"]}
        assert set(BY_NAME[name].metrics) <= listed


def test_the_hubs_configuration_of_a_task_is_the_language_it_is_mapped_to(harness: Path) -> None:
    folders = ("belebele", "okapi/arc_multilingual", "okapi/mmlu_multilingual", "xnli")
    for folder in folders:
        for file in (harness / folder).glob("[!_]*.yaml"):
            task = read(file)
            found = benchmark_of_task(task["task"])
            if found:
                assert resolve_language(task["dataset_name"]) == found[1], task["task"]


def test_the_codes_of_a_benchmark_are_flores_languages_and_none_stands_twice() -> None:
    for benchmark in BENCHMARKS:
        codes = list(benchmark.tasks.values())
        assert set(codes) <= set(FLORES)
        assert len(set(codes)) == len(codes), benchmark.name


def test_belebele_shares_117_of_its_122_languages_with_flores() -> None:
    assert len(BY_NAME["belebele"].tasks) == 117
    assert all(f"belebele_{code}" == task for task, code in BY_NAME["belebele"].tasks.items())
    romanised = {task for task in TASKS_WITHOUT_FLORES if task.startswith("belebele")}
    assert {task.rpartition("_")[2] for task in romanised} == {"Latn"}
    assert len(romanised) == 5


@pytest.mark.parametrize(
    ("task", "language"),
    [
        ("arc_ar", "arb_Arab"),
        ("arc_ne", "npi_Deva"),
        ("arc_sr", "srp_Cyrl"),
        ("arc_zh", "zho_Hans"),
        ("m_mmlu_en", "eng_Latn"),
        ("m_mmlu_nb", "nob_Latn"),
        ("xnli_sw", "swh_Latn"),
        ("belebele_zho_Hant", "zho_Hant"),
        ("belebele_arb_Latn", "arb_Latn"),
        ("neuronxa_bmlama53_fa", "pes_Arab"),
        ("neuronxa_bmlama53_lv", "lvs_Latn"),
        ("neuronxa_bmlama53_ceb", "ceb_Latn"),
        ("neuronxa_tatoeba_parity_cmn", "zho_Hans"),
    ],
)
def test_languages_that_are_easily_confused(task: str, language: str) -> None:
    found = benchmark_of_task(task)
    assert found is not None
    assert found[1] == language


@pytest.mark.parametrize(
    "task",
    [
        "arc_easy",
        "arc_challenge",
        "arc_challenge_mt_de",
        "arc_en",
        "arc_ca_challenge",
        "belebele",
        "belebele_glg_Latn",
        "belebele_acm_Arab_prompt_0",
        "belebele_urd_Latn",
        "m_mmlu",
        "m_mmlu_ja",
        "mmlu_de",
        "xnli_eu",
        "xnli_es_spanish_bench",
        "neuronxa_bmlama53_la",
        "neuronxa_tatoeba_parity_lat",
        "neuronxa_flores_deu_Latn",
    ],
)
def test_tasks_whose_names_look_alike_are_no_benchmark(task: str) -> None:
    assert benchmark_of_task(task) is None


def test_a_languages_tasks_are_those_that_lead_back_to_it() -> None:
    assert tasks_of_language("deu_Latn") == {
        "belebele": "belebele_deu_Latn",
        "m_arc": "arc_de",
        "m_mmlu": "m_mmlu_de",
        "xnli": "xnli_de",
        "bmlama53": "neuronxa_bmlama53_de",
        "categories": "neuronxa_miniature_categories_deu_Latn",
        "continuations": "neuronxa_miniature_continuations_deu_Latn",
        "flores_parity": "neuronxa_flores_parity_deu_Latn",
        "tatoeba_parity": "neuronxa_tatoeba_parity_deu",
        "ntrex_parity": "neuronxa_ntrex_parity_deu_Latn",
        "miniature_parity": "neuronxa_miniature_parity_deu_Latn",
    }
    assert tasks_of_language("ace_Arab") == {"flores_parity": "neuronxa_flores_parity_ace_Arab"}
    for code in FLORES:
        for name, task in tasks_of_language(code).items():
            assert benchmark_of_task(task) == (BY_NAME[name], code)


def test_parity_has_every_language_of_its_corpus_or_a_reason_why_not() -> None:
    for name, corpus in CORPORA.items():
        tasks = {f"neuronxa_{name}_parity_{code}" for code in corpus.languages}
        mapped = set(BY_NAME[f"{name}_parity"].tasks)
        assert mapped | (tasks & set(TASKS_WITHOUT_FLORES)) == tasks
        assert mapped.isdisjoint(TASKS_WITHOUT_FLORES)


def test_every_language_of_ntrex_is_called_as_in_flores_or_has_a_reason_why_not() -> None:
    flores = {code for code in NTREX_128.languages if code in FLORES}
    assert set(NTREX_128.languages) - flores == set(NTREX_WITHOUT_FLORES)
    assert not [code for code in NTREX_WITHOUT_FLORES if resolve_language(code)]
    # Of 128, without Estonian, three other Englishes and four second references.
    assert len(set(NTREX_128.languages) - {"eng_Latn"}) == 120


def test_every_language_of_tatoeba_has_a_flores_language_or_a_reason_why_not() -> None:
    flores = {code: found for code in TATOEBA.languages if (found := resolve_language(code))}
    assert {code for code in TATOEBA.languages if code not in flores} == set(TATOEBA_WITHOUT_FLORES)
    assert len(set(flores.values())) == len(flores) == 83
    renamed = {c: f for c, f in flores.items() if f.partition("_")[0] != c}
    assert renamed == {
        "ara": "arb_Arab",
        "aze": "azj_Latn",
        "cmn": "zho_Hans",
        "kur": "kmr_Latn",
        "mon": "khk_Cyrl",
        "sqi": "als_Latn",
        "uzb": "uzn_Latn",
        "yid": "ydd_Hebr",
    }


def test_no_language_of_tatoeba_is_called_missing_that_flores_has() -> None:
    assert not [code for code in TATOEBA_WITHOUT_FLORES if resolve_language(code)]


def test_a_two_letter_code_names_the_same_language_as_its_flores_code() -> None:
    differ = {
        code: flores
        for code, flores in ISO_639_1.items()
        if language_name(code) != language_name(flores)
    }
    # The two letters name a group, and FLORES-200 one of its members or scripts.
    assert set("ar ay az fa ff ku lv mg mn ms no om ps qu sq uz yi zh".split()) == set(differ)


def test_bmlama_has_a_task_per_file(real_data: Path) -> None:
    if not (real_data / "bmlama53").is_dir():
        pytest.skip("the folder of real text has no bmlama53/")
    files = {f"neuronxa_bmlama53_{file.stem}" for file in (real_data / "bmlama53").iterdir()}
    mapped = set(BY_NAME["bmlama53"].tasks)
    assert files == mapped | {"neuronxa_bmlama53_la"}


def test_every_flores_code_resolves_to_itself_however_it_is_written() -> None:
    for code in FLORES:
        for spelling in (code, code.replace("_", "-"), code.upper(), f" {code.lower()} "):
            assert resolve_language(spelling) == code
    for code, renamed in FLORES_PLUS_RENAMES.items():
        assert resolve_language(renamed) == code


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("de", "deu_Latn"),
        ("zh-Hant", "zho_Hant"),
        ("cmn-Hant", "zho_Hant"),
        ("SR_CYRL", "srp_Cyrl"),
        ("swa", "swh_Latn"),
        ("ekk", "est_Latn"),
        ("fil", "tgl_Latn"),
        ("ar-Latn", "arb_Latn"),
        ("kas-Deva", "kas_Deva"),
        # Two scripts in use: neither is guessed.
        ("kas", None),
        ("knc", None),
        ("min", None),
        # Scripts and regions that FLORES-200 does not have.
        ("sr-Latn", None),
        ("uz-Cyrl", None),
        ("hin_Latn", None),
        ("pt-BR", None),
        ("", None),
        ("_", None),
        ("_Latn", None),
        ("deu_", None),
        ("lat", None),
    ],
)
def test_other_spellings(spelling: str, code: str | None) -> None:
    assert resolve_language(spelling) == code


def test_every_flores_language_has_a_script_with_a_name() -> None:
    scripts = {code.partition("_")[2]: script_name(code) for code in FLORES}
    assert len(scripts) == len(set(scripts.values())) == 29
    assert all(scripts.values())
    assert scripts["Hans"] == "Han (Simplified)"


def test_every_flores_language_has_one_family() -> None:
    listed = [language for languages in FAMILIES.values() for language in languages.split()]
    assert len(set(listed)) == len(listed)
    assert set(listed) == {code.partition("_")[0] for code in FLORES}
    families = {code: family(code) for code in FLORES}
    assert families["kor_Hang"] == "Koreanic"
    assert families["mlt_Latn"] == "Afro-Asiatic"
    assert families["azb_Arab"] == "Turkic"
    assert families["prs_Arab"] == "Indo-European"
    assert families["plt_Latn"] == "Austronesian"
