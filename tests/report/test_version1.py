"""Results files that an earlier version of scores and of this package wrote say what they said.

One is of SmolLM2 135M Instruct on five languages of FLORES-200, one of the bundled model; the
tables beside them are those that the package of their time made of them.
"""

import math
from pathlib import Path

import pandas as pd
import pytest

from neuronxa_tasks.commands.report import report

FOLDER = Path(__file__).parents[1] / "files" / "version1"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their report."""
    folder: Path = tmp_path_factory.mktemp("version1")
    files = [str(file) for file in FOLDER.glob("*.json")]
    assert report([*files, "--output", str(folder)]) == 0
    return folder


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("languages.csv", ["label", "language"]),
        ("correlations.csv", ["label", "benchmark", "metric"]),
    ],
)
def test_the_tables_are_those_of_their_time(output: Path, table: str, key: list[str]) -> None:
    before = pd.read_csv(FOLDER / table)
    after = pd.read_csv(output / table)
    # A label says more of a model today, here the name of its GGUF file.
    after["label"] = after["label"].str.replace(r" .*", "", regex=True)
    after = after.sort_values(key).reset_index(drop=True)[list(before)]
    for metric in {"nasca", "navca", "mexa"} & set(before):
        # Of pairs that are all missed nothing was said but an error of 0 and the interval 0 to 0.
        missed = before[metric] == 0
        for table_of_time in (before, after):
            beside = [f"{metric}_{name}" for name in ("stderr", "low", "high")]
            table_of_time.loc[missed, beside] = math.nan
    pd.testing.assert_frame_equal(after, before, rtol=1e-9)


def test_the_two_corpora_stay_apart(output: Path) -> None:
    conditions = pd.read_csv(output / "languages.csv")["condition"].unique()
    assert len(conditions) == 2
