"""The paper's Table 2, and what is said of counts beside it."""

import math

from neuronxa_tasks.data.languages import FLORES
from neuronxa_tasks.report.compute.table2 import TABLE_2, beside_table2

PAPER = [cell.aligned for cell in TABLE_2]


def test_every_printed_score_is_a_count_of_3200_rounded_but_one_that_is_cut() -> None:
    cut = [cell for cell in TABLE_2 if abs(cell.aligned / 3200 - cell.score) > 0.000050001]
    (yiddish,) = cut
    assert yiddish.language == "ydd_Hebr"
    assert yiddish.score == math.floor(yiddish.aligned / 3200 * 10_000) / 10_000
    assert {code for cell in TABLE_2 for code in (cell.pivot, cell.language)} <= set(FLORES)


def test_a_reading_that_gives_all_twelve_is_named_and_no_other() -> None:
    other = [PAPER[0] + 1, *PAPER[1:]]
    text = beside_table2({"gate, BOS": other, "product, BOS": PAPER}, 32)
    assert text.endswith("\nAll twelve are the paper's: product, BOS.\n")
    assert "| English → German              |        2337 |           2336 |    2336 |" in text
    assert "| gate, BOS    |      11 |                    1 |" in text


def test_readings_that_are_equal_are_both_named() -> None:
    text = beside_table2({"gate, BOS": PAPER, "product, BOS": PAPER}, 32)
    assert text.endswith("All twelve are the paper's: gate, BOS and product, BOS.\n")


def test_without_a_match_the_smallest_sum_of_differences_is_nearest() -> None:
    far_in_one = [PAPER[0] - 24, *PAPER[1:]]
    near_in_all = [count + 1 for count in PAPER]
    text = beside_table2({"far in one": far_in_one, "near in all": near_in_all}, 32)
    assert text.endswith("No reading gives all twelve. Nearest: near in all.\n")
    assert "| far in one  |      11 |                   24 |" in text
    assert "| near in all |       0 |                   12 |" in text


def test_a_model_of_another_depth_is_compared_by_shares() -> None:
    text = beside_table2({"gate": [250] * 12, "product": [0] * 12}, 5)
    apart = sum(abs(0.5 - cell.score) for cell in TABLE_2)
    assert "summed over 5 layers, of 500" in text
    assert "| 250 (0.5000) | 0 (0.0000) |  0.7300 |" in text
    assert f"| gate      |               {apart:.4f} |" in text
    assert "equal" not in text
    assert "is not Llama-3.1-8B, which has 32" in text
    assert text.endswith("Nearest: gate.\n")
