import math

import numpy as np
import pandas as pd
import pytest

from neuronxa_tasks.report.compute.effective_pairs import effective_pairs


def test_effective_pairs_are_how_many_carry_the_scores() -> None:
    def of(*shares: list[float], corpus: str = "flores") -> float:
        rows = [{"corpus": corpus, "shares": np.array(own)} for own in shares]
        return effective_pairs(pd.DataFrame(rows))

    assert of([0.5] * 10, [0.25] * 10) == pytest.approx(10)
    assert of([1.0, 0, 0, 0], [0.5, 0, 0, 0]) == pytest.approx(1)
    # (2 + 1 + 1)^2 / (4 + 1 + 1)
    assert of([1.0, 1, 0], [1.0, 0, 1]) == pytest.approx(16 / 6)
    assert math.isnan(of([0.0, 0.0]))
    assert math.isnan(of([1.0, 0.0], corpus="tatoeba"))
