"""One fit for forecasts: whether it can be made, what it is worth, and what it predicts."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from neuronxa_tasks.report.compute.chance import SIGNIFICANT
from neuronxa_tasks.report.compute.forecast_regression import (
    Panel,
    Prediction,
    p_of_skill,
    predict,
    predict_left_out,
)
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
class Forecast:
    """What is forecast of one model, and what that is worth.

    Attributes:
        validated: What of `ForecastValidationRow` is about the fit.
        forecast: What of `ForecastRow` is about languages; None where the fit does not beat the
            mean.
    """

    validated: list[dict[str, Any]]
    forecast: pd.DataFrame | None


@dataclass(frozen=True)
class Fit:
    """A regression of a benchmark on alignment and tokens.

    Attributes:
        block: The scores that it is fitted on, with predictors as `forecasts` gives them, sorted by
            label and language.
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

    @functools.cached_property
    def panel(self) -> Panel:
        """What is fitted, with predictors in standard deviations."""
        scaled = _standardised(self.block, self.block, PREDICTORS[FORECAST])
        return panel_of(scaled, PREDICTORS[FORECAST], self.bounds)

    @functools.cached_property
    def of_left_out(self) -> Prediction:
        """Every score as forecast by the other families or models alone."""
        return predict_left_out(self.panel, self.left_out, self.confidence)

    @property
    def covered(self) -> float:
        """The share of scores that lie in the interval that the other groups give them."""
        y = self.panel.y.ravel()
        return float(np.mean((self.of_left_out.low <= y) & (y <= self.of_left_out.high)))

    def of(self, languages: pd.DataFrame) -> Forecast:
        """What is forecast of one model.

        Args:
            languages: All of that model that have alignment and tokens.
        """
        beats_mean = any(row["forecast"] for row in self.validated)
        return Forecast(self.validated, self._predicted(languages) if beats_mean else None)

    def _predicted(self, languages: pd.DataFrame) -> pd.DataFrame:
        columns = [*PREDICTORS[FORECAST]]
        new, known = languages[columns], self.block[columns]
        scaled = _standardised(new, known, columns).to_numpy(np.float64)
        found = predict(self.panel, scaled, self.left_out, self.confidence)
        rows = languages[["language", "name", "family"]].assign(
            measured=languages[SCORE],
            **vars(found),
            extrapolated=((new < known.min()) | (new > known.max())).any(axis=1),
        )
        rows = rows.rename(columns={"value": "forecast"}).set_index("language")
        if self.left_out == "family":
            # A language that was fitted is forecast by the other families alone.
            honest = pd.DataFrame(vars(self.of_left_out), index=self.block["language"])
            rows.update(honest.rename(columns={"value": "forecast"}))
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
    block = block.sort_values(["label", "language"])
    columns = sorted({column for made_of in PREDICTORS.values() for column in made_of})
    rows = list(validation(_standardised(block, block, columns), bounds, left_out))
    fit = Fit(block, decisive, bounds, confidence, rows)
    for row in rows:
        row["forecast"] = False
        if row["predictor"] == FORECAST and row["left_out"] == decisive:
            row["p"], row["covered"] = p_of_skill(fit.panel, decisive), fit.covered
            row["forecast"] = row["skill"] > 0 and row["p"] < SIGNIFICANT
            if not row["forecast"]:
                others = {"family": "families", "model": "models"}[decisive]
                row["reason"] = (
                    f"no better than the mean of all where {others} are left out: "
                    f"skill {row['skill']:.2f}, p = {row['p']:.2f}"
                )
    return fit


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


def _standardised(table: pd.DataFrame, block: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Predictors in standard deviations of a block; what is constant there is 0."""
    known = block[[*columns]]
    spread = known.std(ddof=0).replace(0, 1)
    return table.assign(**(table[[*columns]] - known.mean()) / spread)
