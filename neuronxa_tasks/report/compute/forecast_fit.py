"""One fit for forecasts: whether it can be made, what it is worth, and what it predicts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.report.compute.chance import SIGNIFICANT
from neuronxa_tasks.report.compute.forecast_regression import predict, predict_left_out
from neuronxa_tasks.report.compute.forecast_validation import (
    ALIGNMENT,
    FORECAST,
    MINIMUM,
    PREDICTORS,
    SCORE,
    panel_of,
    validation,
)

# Fewer families are not enough to leave one out, and of the others one more.
_FAMILIES = 3


@dataclass(frozen=True)
class Fit:
    """A regression of a benchmark on alignment and tokens.

    Attributes:
        block: The scores that it is fitted on, with predictors as `forecasts` gives them.
        left_out: What is left out to validate it: `family`, or `model` where it is of several.
        bounds: The least and the greatest score that there can be.
        confidence: How often an interval is to hold.
        validated: What of `ForecastValidationRow` is about the fit.
    """

    block: pd.DataFrame
    left_out: str
    bounds: tuple[float, float]
    confidence: float
    validated: list[dict[str, Any]]

    @property
    def beats_mean(self) -> bool:
        """Whether what it predicts may be called a forecast."""
        return any(row["forecast"] for row in self.validated)

    def forecast(self, languages: pd.DataFrame) -> pd.DataFrame:
        """Forecasts of one model's languages.

        Args:
            languages: All of that model that have alignment and tokens.

        Returns:
            What of `ForecastRow` is about languages.
        """
        columns = PREDICTORS[FORECAST]
        scaled = _standardised(self.block, self.block)
        panel = panel_of(scaled, columns, self.bounds)
        new = _standardised(languages, self.block)[[*columns]].to_numpy(np.float64)
        found = predict(panel, new, self.left_out, self.confidence)
        rows = languages[["language", "name", "family"]].assign(
            measured=languages[SCORE],
            **vars(found),
            extrapolated=_outside(languages, self.block),
        )
        rows = rows.rename(columns={"value": "forecast"}).set_index("language")
        if self.left_out == "family":
            # A language that was fitted is forecast by the other families alone.
            honest = predict_left_out(panel, self.left_out, self.confidence)
            order = scaled.sort_values("language")["language"]
            known = pd.DataFrame(vars(honest), index=order).rename(columns={"value": "forecast"})
            rows.update(known)
        rows[["low", "high"]] = rows[["low", "high"]].replace([-math.inf, math.inf], math.nan)
        return rows.reset_index()


def no_fit(block: pd.DataFrame, left_out: str, reason: str) -> Fit:
    """In place of a fit, why there is none."""
    row = {
        "left_out": left_out,
        "predictor": FORECAST,
        "languages": block["language"].nunique(),
        "groups": block["label" if left_out == "model" else left_out].nunique(),
        "forecast": False,
        "reason": reason,
    }
    return Fit(block, left_out, (-math.inf, math.inf), 0, [row])


def fitted(
    block: pd.DataFrame,
    left_out: Sequence[str],
    bounds: tuple[float, float],
    confidence: float,
) -> Fit:
    """A fit with its validation, or the reason why there is none.

    Args:
        block: Scores with predictors, the same languages in every model.
        left_out: What is left out in turn, as in `Panel.groups`; the last decides whether it beats
            the mean: its skill is positive, and by permutation p is below 0.05.
        bounds: The least and the greatest score that there can be.
        confidence: How often an interval is to hold.
    """
    decisive = left_out[-1]
    if reason := _impossible(block, bounds, confidence):
        return no_fit(block, decisive, reason)
    rows = list(validation(_standardised(block, block), bounds, left_out, confidence))
    for row in rows:
        row["forecast"] = "p" in row and row["skill"] > 0 and row["p"] < SIGNIFICANT
        if "p" in row and not row["forecast"]:
            others = {"family": "families", "model": "models"}[decisive]
            row["reason"] = (
                f"no better than the mean of all where {others} are left out: "
                f"skill {row['skill']:.2f}, p = {row['p']:.2f}"
            )
    return Fit(block, decisive, bounds, confidence, rows)


def _impossible(block: pd.DataFrame, bounds: tuple[float, float], confidence: float) -> str | None:
    count, families = block["language"].nunique(), block["family"].nunique()
    scores = block[SCORE].to_numpy(np.float64)
    # An interval's ends are the scores' errors, and of fewer none is extreme enough.
    needed = max(MINIMUM, math.ceil(round(confidence / (1 - confidence), 9)))
    if count < needed:
        return f"languages that have alignment, tokens and it: {count}, needed: {needed}"
    if np.ptp(scores) == 0:
        return "every language has the same score"
    if np.ptp(block[ALIGNMENT]) == 0:
        return "every language has the same alignment"
    if families < _FAMILIES:
        return f"families of the languages that have both: {families}, needed: {_FAMILIES}"
    chance = bounds[0]
    if chance > 0 and stats.ttest_1samp(scores, chance, alternative="greater").pvalue > SIGNIFICANT:
        return f"its scores are at chance: mean {scores.mean():.3f}, chance {chance:.3f}"
    return None


def _outside(languages: pd.DataFrame, block: pd.DataFrame) -> pd.Series:
    """Whether a predictor of the forecast lies outside what was fitted."""
    columns = [*PREDICTORS[FORECAST]]
    known = block[columns]
    return ((languages[columns] < known.min()) | (languages[columns] > known.max())).any(axis=1)


def _standardised(table: pd.DataFrame, block: pd.DataFrame) -> pd.DataFrame:
    """Predictors in standard deviations of a block; what is constant there is 0."""
    columns = sorted({column for made_of in PREDICTORS.values() for column in made_of})
    spread = block[columns].std(ddof=0).replace(0, 1)
    return table.assign(**(table[columns] - block[columns].mean()) / spread)
