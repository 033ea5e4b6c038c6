"""What lies near an end of its range is said, and nothing else."""

from typing import Any

import numpy as np
import pytest

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.report.compute.build import build_report
from neuronxa_tasks.report.compute.saturation import near_end
from neuronxa_tasks.report.read.parsing import parse_results
from tools.synthetic_results import results

LANGUAGES = ("eng_Latn", *FLORES[5:100:5])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.26, 0.27, 0.9, 0.5], "near 0.25 in 2 of 4 languages"),
        ([0.97, 0.98, 0.3, 0.5, 0.6, 0.7], "near 1 in 2 of 6 languages"),
        ([0.97, 0.3, 0.5, 0.6], ""),
        # Below chance is no better than at it.
        ([0.1, 0.2, 0.6], "near 0.25 in 2 of 3 languages"),
        ([], ""),
    ],
)
def test_a_third_of_the_languages_within_a_twentieth_of_an_end_count(
    values: list[float], expected: str
) -> None:
    assert near_end(np.array(values), (0.25, 1.0)) == expected


def test_a_benchmark_of_guesses_is_flagged_where_it_is_correlated() -> None:
    content: dict[str, Any] = results(languages=LANGUAGES)
    for place, (task, values) in enumerate(content["results"].items()):
        if task.startswith("belebele"):
            values["acc,none"] = 0.25 + 0.0001 * place
    table = build_report([parse_results(content, "x")]).correlations
    said = dict(zip(table["metric"] + table["benchmark"], table["saturation"], strict=True))
    of = said["nascaBelebele (5-shot)"]
    assert of.startswith("Belebele (5-shot) near 0.25 in ")
    assert said["tokensBelebele (5-shot)"] == of
    assert said["nascam-ARC (5-shot)"] == ""
