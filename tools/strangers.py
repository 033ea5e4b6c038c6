"""The results of a small leaderboard, and six files that strangers send to it.

    python -m tools.strangers FOLDER

writes both below FOLDER, to try a check by hand.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tools.synthetic_results import results

LANGUAGES = (
    *("eng_Latn", "deu_Latn", "fra_Latn", "spa_Latn", "zho_Hans", "arb_Arab"),
    *("hin_Deva", "jpn_Jpan", "tur_Latn", "swh_Latn", "tam_Taml", "yor_Latn"),
)

# Languages that are enough; of these no benchmark has all.
ENOUGH = 5

# What is said of each beside what is as it should be, by topic.
EXPECTED = {
    "cut_short": {"damage"},
    "other_pivot": {"settings"},
    "few_pairs": {"settings"},
    "renamed": {"copy"},
    "rerun": {"rerun"},
    "good": set[str](),
}


def leaderboard(folder: Path) -> Path:
    """Three models of a leaderboard, as the harness writes their files; the folder."""
    for number in range(3):
        content = results(f"board/model-{number}", LANGUAGES, seed=number)
        _put(folder / f"board__model-{number}", number, json.dumps(content))
    return folder


def strangers(folder: Path) -> dict[str, Path]:
    """Six files by what is the matter with them."""
    whole = json.dumps(_results("cut/short", 10))
    contents = {
        "cut_short": whole[: len(whole) // 2],
        "other_pivot": json.dumps(_results("other/pivot", 11, pivot="fra_Latn")),
        "few_pairs": json.dumps(_results("few/pairs", 12, pairs=50)),
        # The scores of a model of the leaderboard.
        "renamed": json.dumps(_results("re/named", 1)),
        # That model again, as another draw.
        "rerun": json.dumps(_results("board/model-2", 13)),
        "good": json.dumps(_results("good/model", 14)),
    }
    return {
        name: _put(folder / name, number, text)
        for number, (name, text) in enumerate(contents.items())
    }


def _results(model: str, seed: int, **options: Any) -> dict[str, Any]:
    return results(model, LANGUAGES, seed=seed, date=1.81e9, **options)


def _put(folder: Path, number: int, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"results_2026-11-0{number + 1}T05-00-00.000000.json"
    path.write_text(text, encoding="utf-8")
    return path


if __name__ == "__main__":
    leaderboard(Path(sys.argv[1], "results"))
    strangers(Path(sys.argv[1], "inbox"))
