"""Writes the held-out sentences and the benchmark items that the package ships.

python -m examples.miniature.write neuronxa_tasks/data/miniature
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from examples.miniature.items import Item, categories, continuations
from examples.miniature.world.generator import Generator
from examples.miniature.world.languages import LANGUAGES

PAIRS = 300
# Other than those of training, which sees other sentences anyway.
SENTENCE_SEED, ITEM_SEED = 1000, 2000


def write(folder: Path) -> None:
    """Write `sentences/`, `categories/` and `continuations/` below `folder`."""
    meanings = list(islice(Generator(SENTENCE_SEED).held_out(), PAIRS))
    for code, language in LANGUAGES.items():
        lines = "".join(f"{language.sentence(meaning)}\n" for meaning in meanings)
        _write(folder / "sentences" / f"{code}.txt", lines)
        for name, items in (
            ("categories", categories(code, ITEM_SEED)),
            ("continuations", continuations(code, ITEM_SEED)),
        ):
            _write_items(folder / name / f"{code}.jsonl", items)


def _write_items(path: Path, items: Iterable[Item]) -> None:
    text = "".join(f"{json.dumps(asdict(item), ensure_ascii=False)}\n" for item in items)
    if text:
        _write(path, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)
