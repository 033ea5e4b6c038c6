"""Results files that an earlier version of scores and of this package wrote say what they said.

One is of SmolLM2 135M Instruct on five languages of FLORES-200, one of the bundled model; the
tables beside them are those that the package of their time made of them.
"""

from pathlib import Path

import pandas as pd
import pytest

from neuronxa_tasks.commands.report import report

FOLDER = Path(__file__).parents[1] / "data" / "version1"


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
    pd.testing.assert_frame_equal(after, before, rtol=1e-9)


def test_the_two_corpora_stay_apart(output: Path) -> None:
    conditions = pd.read_csv(output / "languages.csv")["condition"].unique()
    assert len(conditions) == 2
