import json
from pathlib import Path

import pytest

from neuronxa_tasks.data.own_text import OWN_TASK, read_own_files
from neuronxa_tasks.errors import BitextError

CODES = ("eng_Latn", "deu_Latn")
ENGLISH, GERMAN = ["One, two.", "Three & <four>."], ["Eins, zwei.", "Drei & <vier>."]
PAIRS = list(zip(ENGLISH, GERMAN, strict=True))


def read(file: Path, *columns: str) -> tuple[list[str], list[str]]:
    one, other = columns or CODES
    return read_own_files([str(file)], (one, other), named=bool(columns))


def written(folder: Path, name: str, lines: list[str]) -> Path:
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def json_lines(folder: Path, *entries: object) -> Path:
    return written(folder, "text.jsonl", [json.dumps(entry) for entry in entries])


def test_two_files_are_the_pivots_lines_and_the_languages(tmp_path: Path) -> None:
    files = [written(tmp_path, "a.txt", ENGLISH), written(tmp_path, "b.txt", GERMAN)]
    assert read_own_files([*map(str, files)], CODES, named=False) == (ENGLISH, GERMAN)


def test_a_tsv_of_two_columns_needs_no_header(tmp_path: Path) -> None:
    file = written(tmp_path, "text.tsv", ["\t".join(pair) for pair in PAIRS])
    assert read(file) == (ENGLISH, GERMAN)


@pytest.mark.parametrize("columns", [(), ("en", "de")], ids=["codes", "names"])
def test_a_tsv_with_a_header_is_read_by_its_names(tmp_path: Path, columns: tuple[str, ...]) -> None:
    one, other = columns or CODES
    lines = [f"id\t{other}\t{one}", *(f"{i}\t{g}\t{e}" for i, (e, g) in enumerate(PAIRS))]
    assert read(written(tmp_path, "text.TSV", lines), *columns) == (ENGLISH, GERMAN)


def test_json_lines_are_read_by_their_keys(tmp_path: Path) -> None:
    file = json_lines(tmp_path, *({"de": g, "en": e, "more": [1]} for e, g in PAIRS))
    assert read(file, "en", "de") == (ENGLISH, GERMAN)


@pytest.mark.parametrize(
    ("name", "lines", "message"),
    [
        ("text.csv", ["a,b"], r"\.tsv, \.jsonl or \.tmx, but got .*text\.csv"),
        ("text.tsv", ["a\tb", "c"], r"2 columns in every line .* line 2 has 1"),
        ("text.tsv", ["a\tb\tc"], r"2 columns in every line .* line 1 has 3"),
        ("text.tsv", [], r"2 columns in every line .* line 1 has 1"),
        ("text.tsv", ["eng_Latn\tdeu_Latn\tx", "a\tb"], r"3 columns in every line .* line 2 has 2"),
        ("text.jsonl", ["{"], r"JSON in every line .* line 1 is none"),
        ("text.jsonl", ['{"eng_Latn": "a"}'], r"'deu_Latn' in every line .* line 1 has none"),
        ("text.jsonl", ['{"eng_Latn": 1}'], r"'eng_Latn' in every line .* line 1 has none"),
        ("text.jsonl", ['{"eng_Latn": "\\ud800"}'], r"'eng_Latn' in every line .* has none"),
        ("text.jsonl", ["[1]"], r"'eng_Latn' in every line .* line 1 has none"),
        ("text.jsonl", ["[" * 100_000], r"JSON in every line .* line 1 is none"),
    ],
)
def test_what_is_no_text_of_two_sides_is_refused(
    tmp_path: Path, name: str, lines: list[str], message: str
) -> None:
    with pytest.raises(BitextError, match=message):
        read(written(tmp_path, name, lines))


def test_columns_that_were_named_have_to_be_in_a_tsvs_first_line(tmp_path: Path) -> None:
    for header in ("en\tfr", "en\tde\tde", "One\tEins"):
        file = written(tmp_path, "text.tsv", [header, "a\tb"])
        with pytest.raises(BitextError, match="columns en and de once each"):
            read(file, "en", "de")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for names in (["no.tsv"], ["no.txt", "no.txt"]):
        with pytest.raises(BitextError, match=r"the file .*/no\.t"):
            read_own_files([str(tmp_path / name) for name in names], CODES, named=False)
    with pytest.raises(BitextError, match=r"the file ~nobody-of-that-name/text\.tsv"):
        read_own_files(["~nobody-of-that-name/text.tsv"], CODES, named=False)


def test_a_tasks_name_tells_corpus_and_language_however_that_is_written() -> None:
    for name, parts in {
        "neuronxa_own_my-text2_deu_Latn": ("my-text2", None, "deu_Latn"),
        "neuronxa_own_text_pt-BR": ("text", None, "pt-BR"),
        "neuronxa_own_text_retrieval_und": ("text", "_retrieval", "und"),
    }.items():
        found = OWN_TASK.fullmatch(name)
        assert found is not None
        assert found.groups() == parts
    for name in ("neuronxa_own_text", "neuronxa_own_a_b_deu_Latn", "neuronxa_flores_deu_Latn"):
        assert OWN_TASK.fullmatch(name) is None
