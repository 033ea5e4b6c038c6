"""The benchmarks' datasets as the Hub has them, small, with items of our own or real ones."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from neuronxa_tasks.data.benchmarks import resolve_language, tasks_of_language
from neuronxa_tasks.data.corpora import FLORES_MTEB, TATOEBA_MTEB
from neuronxa_tasks.data.languages import TATOEBA
from tests.hub import card, parquet

Row = dict[str, object]
Files = dict[str, bytes]

FLORES = Path(__file__).parent / "data" / "flores" / "devtest"

# A statement, a question about it, and things to ask about.
TEXTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "deu_Latn": (
        "Auf dem Tisch liegen {n} {thing}.",
        "Wie viele {thing} liegen auf dem Tisch?",
        ("Äpfel", "Bücher", "Schlüssel", "Löffel"),
    ),
    "eng_Latn": (
        "There are {n} {thing} on the table.",
        "How many {thing} are on the table?",
        ("apples", "books", "keys", "spoons"),
    ),
    "fra_Latn": (
        "Il y a {n} {thing} sur la table.",
        "Combien de {thing} y a-t-il sur la table ?",
        ("pommes", "livres", "clés", "cuillères"),
    ),
    "rus_Cyrl": (
        "На столе лежат {thing}, всего {n}.",
        "На столе лежат {thing}. Сколько их?",
        ("яблоки", "книги", "ключи", "ложки"),
    ),
    "spa_Latn": (
        "Hay {n} {thing} sobre la mesa.",
        "¿Cuántos {thing} hay sobre la mesa?",
        ("libros", "vasos", "platos", "zapatos"),
    ),
    "zho_Hans": (
        "桌上有{n}个{thing}。",
        "桌上有几个{thing}？",
        ("苹果", "杯子", "盘子", "盒子"),
    ),
}
NUMBERS = (2, 3, 4, 5)
LETTERS = "ABCDE"


@dataclass(frozen=True)
class Item:
    """A question with one right option of four, and a statement that does not follow."""

    passage: str
    question: str
    options: tuple[str, ...]
    answer: int
    wrong: str


def items(code: str) -> list[Item]:
    """Sixteen questions in a language of `TEXTS`, every option right four times."""
    statement, question, things = TEXTS[code]
    return [
        Item(
            passage=statement.format(n=n, thing=thing),
            question=question.format(thing=thing),
            options=tuple(str(number) for number in NUMBERS),
            answer=NUMBERS.index(n),
            wrong=statement.format(n=n + 1, thing=thing),
        )
        for thing in things
        for n in NUMBERS
    ]


def hub_datasets(languages: Iterable[str], real: Path | None = None) -> dict[str, Files]:
    """Files of every dataset that alignment and benchmarks read, by the dataset's id.

    Args:
        languages: FLORES-200 codes of `TEXTS`; the datasets have what the true ones have of them.
        real: A folder with real items, used for the languages it has.
    """
    tasks = {code: tasks_of_language(code) for code in languages}

    def codes(benchmark: str, prefix: str) -> dict[str, str]:
        """The benchmark's own code of every language it has."""
        return {
            code: names[benchmark].removeprefix(prefix)
            for code, names in tasks.items()
            if benchmark in names
        }

    return {
        FLORES_MTEB.dataset: _flores(tasks),
        TATOEBA_MTEB.dataset: _tatoeba(tasks),
        "facebook/belebele": _belebele(codes("belebele", "belebele_"), real),
        "alexandrainst/m_arc": _okapi(codes("m_arc", "arc_"), _arc_row, real, "m_arc", {}),
        "alexandrainst/m_mmlu": _okapi(
            # What the copies of the real items call these splits.
            *(codes("m_mmlu", "m_mmlu_"), _mmlu_row, real, "m_mmlu"),
            {"train": "dev", "test": "val"},
        ),
        "facebook/xnli": _xnli(codes("xnli", "xnli_")),
    }


def _sentences(code: str) -> list[object]:
    return [*(FLORES / f"{code}.devtest").read_text().splitlines()]


def _flores(languages: Iterable[str]) -> Files:
    columns = {code: _sentences(code) for code in dict.fromkeys([*languages, "eng_Latn"])}
    return {"data/devtest-00000-of-00001.parquet": parquet(columns)}


def _tatoeba(languages: Iterable[str]) -> Files:
    known = ((own, resolve_language(own)) for own in TATOEBA)
    pairs = {f"{own}-eng": code for own, code in known if code in languages}
    files = {
        f"test/{pair}.parquet": parquet(
            {"sentence1": _sentences(code), "sentence2": _sentences("eng_Latn")}
        )
        for pair, code in pairs.items()
    }
    return {"README.md": card({pair: {"test": f"test/{pair}.parquet"} for pair in pairs}), **files}


def _belebele(codes: dict[str, str], real: Path | None) -> Files:
    files = {}
    for code, own in codes.items():
        copy = real / "belebele" / f"{own}.jsonl" if real else None
        if copy and copy.is_file():
            files[f"data/{own}.jsonl"] = copy.read_bytes()
        else:
            rows = [_belebele_row(code, i, item) for i, item in enumerate(items(code))]
            files[f"data/{own}.jsonl"] = _jsonl(rows)
    configurations = {own: {"test": f"data/{own}.jsonl"} for own in codes.values()}
    return {"README.md": card(configurations), **files}


def _belebele_row(code: str, number: int, item: Item) -> Row:
    return {
        "link": f"https://example.org/{number}",
        "question_number": 1,
        "flores_passage": item.passage,
        "question": item.question,
        **{f"mc_answer{i}": option for i, option in enumerate(item.options, 1)},
        "correct_answer_num": str(item.answer + 1),
        "dialect": code,
        "ds": "2023-05-03",
    }


def _okapi(
    codes: dict[str, str],
    row: Callable[[str, int, Item], Row],
    real: Path | None,
    folder: str,
    real_splits: dict[str, str],
) -> Files:
    files: Files = {}
    splits = ("train", "val", "test")
    for code, own in codes.items():
        for split in splits:
            copy = real / folder / f"{own}_{real_splits.get(split, split)}.json" if real else None
            if copy and copy.is_file():
                rows = json.loads(copy.read_text())
            else:
                rows = [row(split, i, item) for i, item in enumerate(items(code))]
            files[f"data/{own}/{split}.jsonl"] = _jsonl(rows)
    configurations = {
        own: {split: f"data/{own}/{split}.jsonl" for split in splits} for own in codes.values()
    }
    return {"README.md": card(configurations), **files}


def _arc_row(split: str, number: int, item: Item) -> Row:
    # A few of the real questions have a fifth option, and the others a null.
    fifth = "0" if number % 4 == 0 else None
    return {
        "id": f"ARC-Challenge/{split}/{number}",
        "instruction": item.question,
        **_options(item),
        "option_e": fifth,
        "answer": LETTERS[item.answer],
    }


def _mmlu_row(split: str, number: int, item: Item) -> Row:
    return {
        "instruction": f"{item.passage} {item.question}",
        **_options(item),
        "answer": LETTERS[item.answer],
        "id": f"counting/{split}/{number}",
    }


def _options(item: Item) -> Row:
    return {f"option_{LETTERS[i].lower()}": option for i, option in enumerate(item.options)}


def _xnli(codes: dict[str, str]) -> Files:
    files = {}
    for code, own in codes.items():
        premises: list[object] = []
        hypotheses: list[object] = []
        labels: list[object] = []
        for item in items(code):
            premises += [item.passage] * 3
            # Entailed, neutral, contradicted.
            hypotheses += [item.passage, item.question, item.wrong]
            labels += [0, 1, 2]
        table = parquet({"premise": premises, "hypothesis": hypotheses, "label": labels})
        for split in ("train", "test", "validation"):
            files[f"{own}/{split}-00000-of-00001.parquet"] = table
    configurations = {
        own: {split: f"{own}/{split}-*" for split in ("train", "test", "validation")}
        for own in codes.values()
    }
    return {"README.md": card(configurations), **files}


def _jsonl(rows: Iterable[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
