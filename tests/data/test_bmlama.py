import csv
import hashlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import datasets
import pytest

from neuronxa_tasks.alignment.rank_consistency import rank_consistency
from neuronxa_tasks.data import bmlama
from neuronxa_tasks.data.benchmarks import BMLAMA, BMLAMA_CHANCE
from neuronxa_tasks.data.bmlama import BMLAMA53, MASK, Query
from neuronxa_tasks.data.text_files import read_lines
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.harness.settings import Settings
from tests.bmlama_data import QUERIES, rows, write, write_all


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(folders={"bmlama_dir": write_all(tmp_path)})


def folder_of(settings: Settings) -> Path:
    assert settings.folders["bmlama_dir"] is not None
    return settings.folders["bmlama_dir"]


def test_a_folder_gives_the_queries_of_both_languages(settings: Settings) -> None:
    loaded = settings.queries("de")
    assert (loaded.pivot, loaded.language, loaded.is_pivot) == ("en", "de", False)
    assert loaded.queries[0] == Query(
        "Goethe starb in <mask>.", ("Rom",), ("Venedig", "Rom", "Wien")
    )
    assert loaded.pivot_queries[0].sentences == (
        "Goethe died in Venice.",
        "Goethe died in Rome.",
        "Goethe died in Vienna.",
    )
    assert loaded.queries[4].answers == ("Venedig", "Rom")
    assert len(loaded.queries) == len(loaded.pivot_queries) == len(QUERIES)
    assert (loaded.provenance.dataset, loaded.provenance.revision) == (
        str(folder_of(settings)),
        None,
    )


def test_the_digest_is_of_the_first_three_columns(settings: Settings) -> None:
    for language, side in (("de", "language"), ("en", "pivot")):
        lines = [line.rpartition("\t")[0] + "\n" for line in rows(language)[1:]]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        assert settings.queries("de").digests[side] == digest


def test_another_pivot_is_read_by_its_flores_code(settings: Settings) -> None:
    loaded = Settings(pivot="fra_Latn", folders=settings.folders).queries("de")
    assert loaded.pivot_queries[1].prompt == "Wagner est mort à <mask>."
    assert settings.queries("en").is_pivot


@pytest.mark.parametrize("pivot", ["swh_Latn", "zho_Hant"])
def test_a_pivot_that_bmlama_lacks_is_refused(settings: Settings, pivot: str) -> None:
    with pytest.raises(SettingsError, match=rf"`pivot` to be one of 52 .*'{pivot}'"):
        Settings(pivot=pivot, folders=settings.folders).queries("de")


def test_quoted_fields_are_taken_without_their_quotes(settings: Settings) -> None:
    lines = rows("de")
    lines[1] = '"Die ""Göttliche"" in <mask>."\tRom\t"Ve""nedig, Rom, Wien"\t"Die ""Göttliche"""'
    write(folder_of(settings), "de", lines)
    query = settings.queries("de").queries[0]
    assert query == Query('Die "Göttliche" in <mask>.', ("Rom",), ('Ve"nedig', "Rom", "Wien"))


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (1, "Prompt\tAns", r"columns Prompt, Ans, .* in de\.tsv of .*got \['Prompt', 'Ans'\]"),
        (3, "Wagner starb in <mask>.\tRom\tRom, Venedig", r"4 columns on line 3 of de\.tsv"),
        (3, "Wagner starb.\tRom\tRom, Venedig\tW", r"<mask> once on line 3 .*'Wagner starb\.'"),
        (4, "<mask> <mask>\tRom\tRom, Wien\tW", r"<mask> once on line 4"),
        (5, "S <mask>\tRom\tAthen\tS", r"among the candidates on line 5 of de\.tsv"),
        (5, "S <mask>\t\t\tS", r"among the candidates on line 5"),
        (2, 'G "<mask>".\tRom\t"Rom", Wien\tG', r"line 2 is damaged"),
        (5, '"S <mask>\tAthen\tAthen\tS', r"is damaged"),
        (2, "G <mask>\tRom\tRom, Wien\tG", r"candidates on line 2 of en\.tsv and de\.tsv.*3 and 2"),
    ],
)
def test_damage_is_named_by_file_and_line(
    settings: Settings, line: int, text: str, message: str
) -> None:
    lines = rows("de")
    lines[line - 1] = text
    write(folder_of(settings), "de", lines)
    with pytest.raises(BitextError, match=message):
        settings.queries("de")


def test_white_space_around_a_field_changes_nothing(settings: Settings) -> None:
    plain = settings.queries("de")
    padded = [
        "\t".join(f" {column.replace(', ', ',  ')}\u00a0" for column in line.split("\t"))
        for line in rows("de")[1:]
    ]
    write(folder_of(settings), "de", [rows("de")[0], *padded])
    assert settings.queries("de").queries == plain.queries
    assert settings.queries("de").digests == plain.digests


def test_no_field_of_the_authors_files_has_white_space_around_it(real_data: Path) -> None:
    for file in (real_data / "bmlama53").glob("*.tsv"):
        fields = [
            field
            for row in list(csv.reader(read_lines(file), delimiter="\t"))[1:]
            for field in (row[0], *row[1].split(", "), *row[2].split(", "))
        ]
        assert not [field for field in fields if field != field.strip()], file.name


def test_a_candidate_without_a_visible_character_is_refused(settings: Settings) -> None:
    lines = rows("de")
    lines[1] = "Goethe starb in <mask>.\tRom\tRom, \u200b\tGoethe"
    write(folder_of(settings), "de", lines)
    with pytest.raises(BitextError, match=r"among the candidates on line 2 of de\.tsv"):
        settings.queries("de")


def test_a_pivots_own_queries_are_no_other_language(settings: Settings) -> None:
    write(folder_of(settings), "de", rows("en"))
    with pytest.raises(BitextError, match=r"two languages in en\.tsv and de\.tsv, .* same"):
        settings.queries("de")


def test_files_of_different_length_are_refused(settings: Settings) -> None:
    write(folder_of(settings), "de", rows("de")[:-1])
    with pytest.raises(BitextError, match=r"as many queries in en\.tsv and de\.tsv, .* 6 and 5"):
        settings.queries("de")


def test_a_file_of_a_header_alone_is_refused(settings: Settings) -> None:
    write(folder_of(settings), "de", rows("de")[:1])
    with pytest.raises(BitextError, match=r"queries in de\.tsv of .*got none"):
        settings.queries("de")


def test_a_missing_file_is_named(settings: Settings) -> None:
    with pytest.raises(BitextError, match=r"file .*it\.tsv, but it is not there"):
        settings.queries("it")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """The repository's files on this machine, and an empty cache."""
    split = f"{BMLAMA53.dataset}/{BMLAMA53.revision}/1_easyrun/{BMLAMA53.split}"
    (tmp_path / "host" / split).mkdir(parents=True)
    write_all(tmp_path / "host" / split)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = partial(Quiet, directory=str(tmp_path / "host"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        _, path = bmlama.URL.split("https://raw.githubusercontent.com")
        address = f"http://127.0.0.1:{server.server_port}{path}"
        monkeypatch.setattr(bmlama, "URL", address)
        cache = str(tmp_path / "cache")
        monkeypatch.setattr(datasets.config, "DOWNLOADED_DATASETS_PATH", cache)
        yield server
        server.shutdown()


def test_the_pinned_commit_is_downloaded_once(
    repository: ThreadingHTTPServer, tmp_path: Path
) -> None:
    first = Settings().queries("de")
    assert first.queries[1].sentences == ("Wagner starb in Rom.", "Wagner starb in Venedig.")
    assert (first.provenance.revision, len(BMLAMA53.revision or "")) == (BMLAMA53.revision, 40)
    shutil.rmtree(tmp_path / "host")
    assert Settings().queries("de") == first


def test_every_commit_is_kept_apart_in_the_cache(
    repository: ThreadingHTTPServer, tmp_path: Path
) -> None:
    newer = replace(BMLAMA53, revision="f" * 40)
    pinned = tmp_path / "host" / BMLAMA53.dataset / str(BMLAMA53.revision)
    shutil.copytree(pinned, pinned.with_name("f" * 40))
    lines = rows("de")
    lines[1] = lines[1].replace("Goethe", "Schiller")
    write(pinned.with_name("f" * 40) / "1_easyrun" / BMLAMA53.split, "de", lines)
    online = [Settings().queries("de", source) for source in (BMLAMA53, newer)]
    assert online[0].digests != online[1].digests
    repository.shutdown()
    repository.server_close()
    assert [Settings().queries("de", source) for source in (BMLAMA53, newer)] == online


@pytest.mark.usefixtures("repository")
def test_a_file_that_cannot_be_had_names_its_address_and_the_folder(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "host")
    with pytest.raises(BitextError, match=r"Cannot load .*/BMLAMA53/en\.tsv .*bmlama_dir=FOLDER"):
        Settings().queries("de")


def test_all_53_real_files_are_parallel(real_data: Path) -> None:
    if not (real_data / "bmlama53").is_dir():
        pytest.skip("the folder of real text has no bmlama53/")
    settings = Settings(folders={"bmlama_dir": real_data / "bmlama53"})
    loaded = {language: settings.queries(language) for language in BMLAMA}
    assert len(loaded) == 53
    right = [query.candidates.index(query.answers[0]) for query in loaded["en"].queries]
    for queries in loaded.values():
        assert len(queries.queries) == 3070
        for index, query in zip(right, queries.queries, strict=True):
            assert query.prompt.count(MASK) == 1
            # Every language has the same answer in the same place.
            assert query.answers == (query.candidates[index],)
            assert len(set(query.sentences)) == len(query.candidates)
    assert 'נאט"ו' in loaded["he"].queries[3059].candidates


def test_chance_is_that_of_its_candidates(real_data: Path) -> None:
    folder = real_data / "bmlama53"
    queries = Settings(folders={"bmlama_dir": folder}).queries("de").queries
    counts = [len(query.candidates) for query in queries]
    assert (len(counts), counts.count(1)) == (3070, 34)
    assert sum(1 / n for n in counts) / 3070 == pytest.approx(BMLAMA_CHANCE["acc"], abs=5e-4)
    generator = random.Random(0)
    rankings = [generator.sample(range(n), n) for n in counts]
    others = [generator.sample(range(n), n) for n in counts]
    consistency = [rank_consistency(a, b) for a, b in zip(rankings, others, strict=True)]
    assert sum(consistency) / 3070 == pytest.approx(BMLAMA_CHANCE["rankc"], abs=0.01)
