import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from neuronxa_tasks.data import miniature
from neuronxa_tasks.data.bitext import Bitext, Provenance
from neuronxa_tasks.data.corpora import FLORES_200, NTREX_128, TATOEBA
from neuronxa_tasks.data.flores import FLORES_PLUS
from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.errors import BitextError, SettingsError
from neuronxa_tasks.harness.settings import Settings
from tests.hub import Hub, card, environment, parquet, serve
from tests.processes import python
from tests.sentences import FLORES as FLORES_DIR
from tests.sentences import LANGUAGES, lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FLORES_DIR, tmp_path / "flores")
    return tmp_path / "flores"


def flores_bitext(language: str, settings: Settings) -> Bitext:
    return settings.bitext("flores", language)


def tatoeba_bitext(language: str, settings: Settings) -> Bitext:
    return settings.bitext("tatoeba", language)


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings.from_metadata({"flores_dir": folder, "n_pairs": 10, **changes})


def test_a_local_flores_folder_is_read_line_by_line(flores_dir: Path) -> None:
    bitext = flores_bitext("deu_Latn", settings(flores_dir, pivot="fra_Latn"))
    assert bitext.sentences == tuple(lines(flores_dir, "deu_Latn")[:10])
    assert bitext.pivot_sentences == tuple(lines(flores_dir, "fra_Latn")[:10])
    assert bitext.provenance.dataset == str(flores_dir)


def metadata(folder: Path, *rows: str) -> None:
    text = "".join(f"{row}\n" for row in rows)
    (folder / "metadata_devtest.tsv").write_text(text, encoding="utf-8")


def test_other_lines_are_taken_and_named(flores_dir: Path) -> None:
    whole = lines(flores_dir, "deu_Latn")
    later = flores_bitext("deu_Latn", settings(flores_dir, n_pairs=4, first_pair=7))
    assert later.sentences == tuple(whole[6:10])
    assert later.place == {"lines": "7-10"}
    chosen = settings(flores_dir, n_pairs="all", pairs="[2-3,16]")
    assert flores_bitext("deu_Latn", chosen).sentences == (*whole[1:3], whole[15])
    assert flores_bitext("deu_Latn", chosen).place == {"lines": "2-3,16"}
    assert flores_bitext("deu_Latn", settings(flores_dir)).place == {}


def test_the_archives_table_tells_which_article_a_sentence_is_from(folder: Path) -> None:
    addresses = [*"aaabbcaddddeeffg"]
    metadata(folder, "URL\tdomain", *(f"https://{name}\tnews" for name in addresses))
    first = flores_bitext("deu_Latn", settings(folder, n_pairs=8))
    assert first.articles == (0, 0, 0, 1, 1, 2, 0, 3)
    assert first.place == {"articles": [0, 0, 0, 1, 1, 2, 0, 3]}
    later = flores_bitext("deu_Latn", settings(folder, pairs="4-6,8-9", n_pairs="all"))
    assert later.articles == (0, 0, 1, 2, 2)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["url", *"abcdefghijklmnop"], r"metadata_devtest\.tsv to have a column URL.*got url"),
        (["URL", *"abc"], "an article for each of the 16 lines of FLORES-200, but got 3"),
        (["x\tURL", "news"], "a URL in every line of .*tsv, but line 2 has none"),
    ],
)
def test_a_table_of_articles_that_does_not_fit_is_refused(
    folder: Path, rows: list[str], message: str
) -> None:
    metadata(folder, *rows)
    with pytest.raises(BitextError, match=message):
        flores_bitext("deu_Latn", settings(folder))


@pytest.mark.parametrize("known", [True, False])
def test_flores_plus_says_which_article_a_sentence_is_from(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {"id": [3, 1, 2], "text": ["c", "a", "b"], "url": ["y", "x", "y"]}

    def columns(
        source: Provenance, configuration: str, names: Sequence[str], setting: str
    ) -> list[list[Any]]:
        if not known and "url" in names:
            raise BitextError("no such column")
        return [table[name] if name == "id" else [*table[name]] for name in names]

    monkeypatch.setattr("neuronxa_tasks.data.flores.load_columns", columns)
    chosen = Settings.from_metadata({"flores_source": "flores_plus", "n_pairs": "all"})
    bitext = chosen.bitext("flores", "eng_Latn")
    assert bitext.sentences == ("c", "a", "b")
    assert bitext.articles == ((0, 1, 0) if known else ())


def test_only_a_line_feed_ends_a_sentence(folder: Path) -> None:
    odd = ["one\u2028still one", "two\x85still two", " three ", "four\ttabs"]
    for code, ending in (("eng_Latn", "!\n"), ("deu_Latn", "\r\n")):
        text = "".join(line + ending for line in odd)
        (folder / "devtest" / f"{code}.devtest").write_bytes(text.encode())
    bitext = flores_bitext("deu_Latn", settings(folder, n_pairs="all"))
    assert bitext.sentences == tuple(line.strip() for line in odd)


def test_a_byte_order_mark_is_no_part_of_the_first_sentence(folder: Path) -> None:
    file = folder / "devtest" / "deu_Latn.devtest"
    expected = lines(folder, "deu_Latn")[0]
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert flores_bitext("deu_Latn", settings(folder)).sentences[0] == expected


def test_a_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(BitextError, match=r"the file .*swh_Latn\.devtest, but it is not there"):
        flores_bitext("swh_Latn", settings(folder))


def test_a_file_that_is_not_utf8_is_named_with_the_byte(folder: Path) -> None:
    (folder / "devtest" / "deu_Latn.devtest").write_bytes("straße\n".encode("latin-1") * 16)
    with pytest.raises(BitextError, match=r"deu_Latn\.devtest to be UTF-8, but byte 4"):
        flores_bitext("deu_Latn", settings(folder))


def test_different_line_counts_are_refused(folder: Path) -> None:
    with (folder / "devtest" / "deu_Latn.devtest").open("a") as file:
        file.write("eine Zeile zu viel\n")
    with pytest.raises(BitextError, match="16 and 17"):
        flores_bitext("deu_Latn", settings(folder))


def test_tatoeba_reads_both_sides_of_its_pair(tmp_path: Path) -> None:
    (tmp_path / "tatoeba.deu-eng.deu").write_text("Hallo.\nDanke.\n")
    (tmp_path / "tatoeba.deu-eng.eng").write_text("Hello.\nThanks.\n")
    own = Settings.from_metadata({"tatoeba_dir": tmp_path, "n_pairs": "all"})
    bitext = tatoeba_bitext("deu", own)
    assert bitext.sentences == ("Hallo.", "Danke.")
    assert bitext.pivot_sentences == ("Hello.", "Thanks.")


def test_tatoeba_refuses_a_pivot_other_than_english(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"eng_Latn for Tatoeba.*'fra_Latn'"):
        tatoeba_bitext("deu", Settings(pivot="fra_Latn", folders={"tatoeba_dir": tmp_path}))


def test_ntrex_reads_the_authors_names_of_files_under_the_codes_of_flores(tmp_path: Path) -> None:
    names = {
        "eng_Latn": "newstest2019-src.eng.txt",
        "deu_Latn": "newstest2019-ref.deu.txt",
        "swh_Latn": "newstest2019-ref.swa.txt",
        "zho_Hans": "newstest2019-ref.zho-CN.txt",
        "srp_Latn": "newstest2019-ref.srp-Latn.txt",
    }
    for code, name in names.items():
        (tmp_path / name).write_text(f"{code} one\n{code} two\n")
    for language in names.keys() - {"deu_Latn"}:
        own = settings(tmp_path, ntrex_dir=tmp_path, n_pairs="all", pivot="deu_Latn")
        bitext = own.bitext("ntrex", language)
        assert bitext.sentences == (f"{language} one", f"{language} two")
        assert bitext.pivot_sentences == ("deu_Latn one", "deu_Latn two")


def test_every_real_language_passes_the_checks(real_data: Path) -> None:
    own = Settings.from_metadata(
        {
            "flores_dir": real_data / "flores200",
            "tatoeba_dir": real_data / "tatoeba" / "v1",
            "n_pairs": "all",
        }
    )
    assert {len(flores_bitext(code, own)) for code in FLORES} == {1012}
    assert {len(tatoeba_bitext(code, own)) for code in TATOEBA.languages} <= set(range(104, 1001))


# Characters of the devtest split with surrounding white space taken away, as mteb 2.26 publishes
# them of the Hub's copy in its descriptive statistics of FloresBitextMining.
HUB_CHARACTERS = {
    "dan_Latn": 135083,
    "ell_Grek": 157539,
    "grn_Latn": 132815,
    "kac_Latn": 169397,
    "spa_Latn": 156997,
    "tgl_Latn": 166169,
}


@pytest.mark.parametrize("code", HUB_CHARACTERS)
def test_a_folder_gives_the_characters_of_the_hubs_copy(real_data: Path, code: str) -> None:
    own = settings(real_data / "flores200", n_pairs="all")
    assert sum(map(len, flores_bitext(code, own).sentences)) == HUB_CHARACTERS[code]


def test_white_space_around_a_sentence_changes_no_digest_in_any_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(miniature, "SENTENCES", tmp_path)
    folders = dict.fromkeys(("flores_dir", "tatoeba_dir", "ntrex_dir"), tmp_path)
    metadata = {**folders, "n_pairs": "all"}
    names = {
        "flores": ("devtest/eng_Latn.devtest", "devtest/deu_Latn.devtest", "deu_Latn"),
        "tatoeba": ("tatoeba.deu-eng.eng", "tatoeba.deu-eng.deu", "deu"),
        "ntrex": ("newstest2019-src.eng.txt", "newstest2019-ref.deu.txt", "deu_Latn"),
        "miniature": ("eng_Latn.txt", "deu_Latn.txt", "deu_Latn"),
    }
    (tmp_path / "devtest").mkdir()
    for corpus, (english, german, language) in names.items():
        found = []
        for text in ("One.\nTwo.\n", " One.\t\n\u3000Two.  \r\n"):
            (tmp_path / english).write_text(text)
            (tmp_path / german).write_text(text.replace("One", "Eins").replace("Two", "Zwei"))
            bitext = Settings.from_metadata(metadata).bitext(corpus, language)
            found.append((bitext.digests, bitext.sentences))
        assert found[0] == found[1], corpus


def test_a_pivots_own_text_is_no_other_language(folder: Path) -> None:
    english = folder / "devtest" / "eng_Latn.devtest"
    (folder / "devtest" / "deu_Latn.devtest").write_bytes(english.read_bytes())
    with pytest.raises(BitextError, match=r"eng_Latn and deu_Latn, but all 16 sentences are"):
        flores_bitext("deu_Latn", settings(folder))
    assert flores_bitext("eng_Latn", settings(folder)).is_pivot


LOAD = """
import json, sys
from neuronxa_tasks.errors import BitextError
from neuronxa_tasks.harness.settings import Settings
corpus, language, metadata = json.loads(sys.argv[1])
try:
    bitext = Settings.from_metadata(metadata).bitext(corpus, language)
    print(json.dumps([bitext.pivot_sentences, bitext.sentences]))
except BitextError as error:
    print(json.dumps(str(error)))
"""


def load_from_hub(
    address: str, home: Path, corpus: str, language: str, *, offline: bool = False, **metadata: Any
) -> Any:
    """Load in a process of its own, as the Hub's address is fixed when it is imported."""
    arguments = json.dumps([corpus, language, {"n_pairs": 4, **metadata}])
    env = {**environment(address, home), "HF_HUB_OFFLINE": str(int(offline))}
    done = python("-c", LOAD, arguments, cwd=home, env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_flores_comes_from_the_pinned_revision_of_the_hub(tmp_path: Path) -> None:
    columns = {code: lines(FLORES_DIR, code) for code in ("eng_Latn", *LANGUAGES)}
    hub = Hub(
        {FLORES_200.source.dataset: {"data/devtest-00000-of-00001.parquet": parquet(columns)}}
    )
    with serve(hub) as address:
        sides = load_from_hub(address, tmp_path, "flores", "deu_Latn", pivot="fra_Latn")
        missing = load_from_hub(address, tmp_path, "flores", "swh_Latn")
    assert sides == [columns["fra_Latn"][:4], columns["deu_Latn"][:4]]
    assert FLORES_200.source.revision in hub.revisions
    assert "'swh_Latn'" in missing
    assert "flores_dir=FOLDER" in missing


def test_tatoeba_comes_from_the_configuration_of_its_pair(tmp_path: Path) -> None:
    readme = card({"deu-eng": {"test": "test/deu-eng.parquet"}})
    table = parquet({"sentence1": ["Eins", "Zwei", "Drei", "Vier"], "sentence2": [*"1234"]})
    hub = Hub({TATOEBA.source.dataset: {"README.md": readme, "test/deu-eng.parquet": table}})
    with serve(hub) as address:
        sides = load_from_hub(address, tmp_path, "tatoeba", "deu")
    assert sides == [[*"1234"], ["Eins", "Zwei", "Drei", "Vier"]]
    assert TATOEBA.source.revision in hub.revisions


def test_ntrex_comes_from_the_columns_of_the_hub_under_the_codes_of_flores(tmp_path: Path) -> None:
    columns = {"eng_Latn": [*"abcd"], "swa_Latn": [*"wxyz"]}
    hub = Hub({NTREX_128.source.dataset: {"data/test-00000-of-00001.parquet": parquet(columns)}})
    with serve(hub) as address:
        sides = load_from_hub(address, tmp_path, "ntrex", "swh_Latn")
        missing = load_from_hub(address, tmp_path, "ntrex", "deu_Latn")
    assert sides == [[*"abcd"], [*"wxyz"]]
    assert NTREX_128.source.revision in hub.revisions
    assert "ntrex_dir=FOLDER" in missing


def flores_hub(text: dict[str, list[str]]) -> Hub:
    return Hub(
        {FLORES_200.source.dataset: {"data/devtest-00000-of-00001.parquet": parquet({**text})}}
    )


OLD = {"eng_Latn": ["a", "b", "c", "d"], "deu_Latn": ["1", "2", "3", "4"]}
NEW = {"eng_Latn": ["a", "b", "c", "d"], "deu_Latn": ["5", "6", "7", "8"]}


def take_the_newest(address: str, home: Path) -> None:
    """What another program does that asks for no revision."""
    code = f"import datasets; datasets.load_dataset({FLORES_200.source.dataset!r})"
    assert python("-c", code, env=environment(address, home)).returncode == 0


def test_without_a_network_the_pinned_commit_is_taken_from_the_cache_and_no_newer_one(
    tmp_path: Path,
) -> None:
    with serve(flores_hub(OLD)) as address:
        online = load_from_hub(address, tmp_path, "flores", "deu_Latn")
    with serve(flores_hub(NEW)) as address:
        take_the_newest(address, tmp_path)
    # The address is that of a server which is gone.
    for offline in (False, True):
        cached = load_from_hub(address, tmp_path, "flores", "deu_Latn", offline=offline)
        assert cached == online == [OLD["eng_Latn"], OLD["deu_Latn"]]


def test_without_a_network_another_commit_alone_is_refused(tmp_path: Path) -> None:
    with serve(flores_hub(NEW)) as address:
        take_the_newest(address, tmp_path)
    error = load_from_hub(address, tmp_path, "flores", "deu_Latn", offline=True)
    assert f"Cannot load {FLORES_200.source.dataset}" in error
    assert FLORES_200.source.revision in error
    assert "flores_dir=FOLDER" in error


def test_a_folder_of_the_datasets_name_is_not_taken_for_it(tmp_path: Path) -> None:
    folder = tmp_path / FLORES_200.source.dataset
    folder.mkdir(parents=True)
    (folder / "devtest.parquet").write_bytes(parquet({**NEW}))
    with serve(flores_hub(OLD)) as address:
        error = load_from_hub(address, tmp_path, "flores", "deu_Latn")
    assert "Expected mteb/FloresBitextMining at revision" in error
    assert "no folder has the dataset's name" in error


def test_a_configuration_of_another_language_is_not_taken_from_the_cache(tmp_path: Path) -> None:
    readme = card({"deu-eng": {"test": "test/deu-eng.parquet"}})
    table = parquet({"sentence1": [*"5678"], "sentence2": [*"1234"]})
    hub = Hub({TATOEBA.source.dataset: {"README.md": readme, "test/deu-eng.parquet": table}})
    with serve(hub) as address:
        load_from_hub(address, tmp_path, "tatoeba", "deu")
    sides = load_from_hub(address, tmp_path, "tatoeba", "deu", offline=True)
    assert sides == [[*"1234"], [*"5678"]]
    error = load_from_hub(address, tmp_path, "tatoeba", "fra", offline=True)
    assert "tatoeba-bitext-mining (fra-eng, test)" in error


def test_a_copy_on_the_hub_and_a_padded_folder_are_the_same_text(
    tmp_path: Path, folder: Path
) -> None:
    columns = {code: lines(folder, code) for code in ("eng_Latn", "deu_Latn")}
    for code, sentences in columns.items():
        text = "".join(f"{line} \n" for line in sentences)
        (folder / "devtest" / f"{code}.devtest").write_text(text)
    with serve(flores_hub(columns)) as address:
        sides = load_from_hub(address, tmp_path, "flores", "deu_Latn", n_pairs="all")
    local = flores_bitext("deu_Latn", settings(folder, n_pairs="all"))
    assert sides == [list(local.pivot_sentences), list(local.sentences)]


def test_flores_plus_is_taken_from_the_cache_at_the_commit_of_its_tag(tmp_path: Path) -> None:
    arguments = (tmp_path, "flores", "est_Latn")
    with serve(flores_plus(odd_id=1)) as address:
        online = load_from_hub(address, *arguments, flores_source="flores_plus")
    cached = load_from_hub(address, *arguments, flores_source="flores_plus", offline=True)
    assert cached == online


def test_a_language_keeps_its_flores_200_name_where_flores_plus_has_it(tmp_path: Path) -> None:
    names = {"eng_Latn": [*"abcd"], "kon_Latn": [*"wxyz"]}
    files = {
        f"{name}.parquet": parquet({"id": [1, 2, 3, 4], "text": t}) for name, t in names.items()
    }
    cards = card({name: {"devtest": f"{name}.parquet"} for name in names})
    with serve(Hub({FLORES_PLUS.dataset: {"README.md": cards, **files}})) as address:
        sides = load_from_hub(address, tmp_path, "flores", "kon_Latn", flores_source="flores_plus")
        error = load_from_hub(address, tmp_path, "flores", "tzm_Tfng", flores_source="flores_plus")
    assert sides == [[*"abcd"], [*"wxyz"]]
    assert "zgh_Tfng" in error


def flores_plus(odd_id: int) -> Hub:
    """Estonian under its new name, its rows in another order than English."""
    english = {"id": [1, 2, 3, 4], "text": ["one", "two", "three", "four"]}
    estonian = {"id": [4, 3, 2, odd_id], "text": ["neli", "kolm", "kaks", "üks"]}
    names = {"eng_Latn": "eng_Latn.parquet", "ekk_Latn": "ekk_Latn.parquet"}
    files = {"eng_Latn.parquet": parquet(english), "ekk_Latn.parquet": parquet(estonian)}
    return Hub(
        {
            "openlanguagedata/flores_plus": {
                "README.md": card({name: {"devtest": path} for name, path in names.items()}),
                **files,
            }
        }
    )


def test_flores_plus_is_matched_by_id_and_renamed(tmp_path: Path) -> None:
    with serve(flores_plus(odd_id=1)) as address:
        sides = load_from_hub(address, tmp_path, "flores", "est_Latn", flores_source="flores_plus")
    assert sides == [["one", "two", "three", "four"], ["üks", "kaks", "kolm", "neli"]]


def test_ids_on_one_side_only_are_refused(tmp_path: Path) -> None:
    with serve(flores_plus(odd_id=9)) as address:
        error = load_from_hub(address, tmp_path, "flores", "est_Latn", flores_source="flores_plus")
    assert "2 are on one side only, such as 1" in error


def test_a_gated_dataset_names_licence_token_and_folder(tmp_path: Path) -> None:
    hub = flores_plus(odd_id=1)
    hub.gated.add("openlanguagedata/flores_plus")
    with serve(hub) as address:
        error = load_from_hub(address, tmp_path, "flores", "est_Latn", flores_source="flores_plus")
    for hint in ("datasets/openlanguagedata/flores_plus", "HF_TOKEN", "flores_dir=FOLDER"):
        assert hint in error


def test_a_dataset_that_is_not_there_names_revision_and_folder(tmp_path: Path) -> None:
    with serve(Hub({})) as address:
        error = load_from_hub(address, tmp_path, "tatoeba", "deu")
    for hint in (TATOEBA.source.dataset, TATOEBA.source.revision, "tatoeba_dir=FOLDER"):
        assert hint in error
