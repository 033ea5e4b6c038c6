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
            `family`, `score` and predictors, standardised; sorted by label and language.
        columns: Names of the predictors.
        bounds: The least and the greatest score that there can be.
    """
    models = block["label"].nunique()
    shape = models, len(block) // models
    x = block[[*columns]].to_numpy(np.float64).reshape(*shape, len(columns))
    known = ~np.isnan(x).any(axis=(0, 2))
    return Panel(
        x[:, known],
        block[SCORE].to_numpy(np.float64).reshape(shape)[:, known],
        block["family"].to_numpy()[: shape[1]][known].astype(str),
        bounds,
    )


def validation(
    block: pd.DataFrame, bounds: tuple[float, float], left_out: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Error and skill of every predictor.

    Args:
        block: As for `panel_of`, with `product`: the MEXA paper's prediction, or NaN.
        bounds: The least and the greatest score that there can be.
        left_out: What is left out in turn.

    Yields:
        Columns of `ForecastValidationRow` that are about one predictor. All of one row are over
        the same languages: those that have this predictor, ten at least.
    """
    made_of = {**PREDICTORS, ENGLISH_PRODUCT: (PRODUCT,)}
    panels = {name: panel_of(block, columns, bounds) for name, columns in made_of.items()}
    for group in left_out:
        for predictor, panel in panels.items():
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
            yield {
                "left_out": group,
                "predictor": predictor,
                "languages": panel.y.shape[1],
                "groups": groups,
                "error": error(predicted, y),
                "skill": skill(predicted, mean, y),
            }
