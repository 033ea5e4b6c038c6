"""What a forecast is worth: its error where languages are left out, beside that of rivals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from neuronxa_tasks.report.columns import SURFACE, TOKENS
from neuronxa_tasks.report.compute.forecast_regression import (
    Panel,
    error,
    left_out_predictions,
    p_of_skill,
    predict_left_out,
    skill,
)

# Fewer languages are not enough to leave some out.
MINIMUM = 10

SCORE, ALIGNMENT, PARITY, PRODUCT = "score", "alignment", "parity", "product"

# What each is called, and the columns that it is made of; the last is the forecast.
FORECAST = "alignment and tokens"
PREDICTORS: dict[str, tuple[str, ...]] = {
    "mean": (),
    "tokens": (TOKENS,),
    "surface": (SURFACE,),
    "parity": (PARITY,),
    "alignment": (ALIGNMENT,),
    FORECAST: (ALIGNMENT, TOKENS),
}

# What the MEXA paper (Kargaran et al. 2025) takes for a language's score: no fit, but alignment
# times the score of English.
ENGLISH_PRODUCT = "alignment x English"


def panel_of(block: pd.DataFrame, columns: Sequence[str], bounds: tuple[float, float]) -> Panel:
    """The languages of which every model has all of some predictors.

    Args:
        block: Rows of one model, or of several with the same languages: `label`, `language`,
            `family`, `score` and predictors, standardised.
        columns: Names of the predictors.
        bounds: The least and the greatest score that there can be.
    """
    missing = block.loc[block[[*columns]].isna().any(axis=1), "language"]
    known = block[~block["language"].isin(missing)].sort_values(["label", "language"])
    models, languages = known["label"].nunique(), known["language"].nunique()
    return Panel(
        known[[*columns]].to_numpy(np.float64).reshape(models, languages, len(columns)),
        known[SCORE].to_numpy(np.float64).reshape(models, languages),
        known["family"].to_numpy()[:languages].astype(str),
        bounds,
    )


def validation(
    block: pd.DataFrame, bounds: tuple[float, float], left_out: Sequence[str], confidence: float
) -> Iterator[dict[str, Any]]:
    """Error and skill of every predictor, and whether the forecast beats the mean.

    Args:
        block: As for `panel_of`, with `product`: the MEXA paper's prediction, or NaN.
        bounds: The least and the greatest score that there can be.
        left_out: What is left out in turn; by the last of them it is decided.
        confidence: How often an interval is to hold.

    Yields:
        Columns of `ForecastValidationRow` that are about one predictor. All of one row are over
        the same languages: those that have this predictor, ten at least.
    """
    for group in left_out:
        for predictor, columns in {**PREDICTORS, ENGLISH_PRODUCT: (PRODUCT,)}.items():
            panel = panel_of(block, columns, bounds)
            groups = len(np.unique(panel.groups(group)))
            y = panel.y.ravel()
            if panel.y.shape[1] < MINIMUM or groups < 2 or np.ptp(y) == 0:
                continue
            mean = left_out_predictions(replace(panel, x=panel.x[:, :, :0]), group)
            predicted = (
                np.clip(panel.x.ravel(), *bounds)
                if predictor == ENGLISH_PRODUCT
                else left_out_predictions(panel, group)
            )
            row: dict[str, Any] = {
                "left_out": group,
                "predictor": predictor,
                "languages": panel.y.shape[1],
                "groups": groups,
                "error": error(predicted, y),
                "skill": skill(predicted, mean, y),
            }
            if predictor == FORECAST and group == left_out[-1]:
                within = predict_left_out(panel, group, confidence)
                row["p"] = p_of_skill(panel, group)
                row["covered"] = float(np.mean((within.low <= y) & (y <= within.high)))
            yield row
