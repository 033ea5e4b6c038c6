"""Intervals hold as often as they say, skill is found where there is some, folds are whole."""

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import Ridge

from neuronxa_tasks.data.benchmarks import BENCHMARKS
from neuronxa_tasks.data.languages import family
from neuronxa_tasks.report.compute.forecast_regression import (
    Panel,
    left_out_predictions,
    p_of_skill,
    predict,
    predict_left_out,
    skill,
)

UNBOUNDED = (-np.inf, np.inf)
BELEBELE = [*next(b for b in BENCHMARKS if b.name == "belebele").tasks.values()]


def simulated(
    seed: int,
    r: float,
    languages: int = 25,
    models: int = 1,
    shared: float = 0.5,
    bounds: tuple[float, float] = UNBOUNDED,
) -> Panel:
    """Scores that go with alignment by `r`, of languages that share half of it in their family."""
    rng = np.random.default_rng(seed)
    families = np.array([family(code) for code in rng.choice(BELEBELE, languages, replace=False)])
    _, of = np.unique(families, return_inverse=True)

    def column() -> np.ndarray:
        common = rng.normal(size=of.max() + 1)[of]
        return np.sqrt(shared) * common + np.sqrt(1 - shared) * rng.normal(size=languages)

    alignment, noise = column(), np.stack([column() for _ in range(models)])
    tokens = -0.6 * alignment + 0.8 * column()
    level = rng.normal(size=(models, 1)) if models > 1 else 0.0
    y = r * alignment + np.sqrt(1 - r**2) * noise + level
    x = np.stack([alignment, tokens], axis=1)
    return Panel(np.repeat(x[None], models, axis=0), y, families, bounds)


@pytest.mark.parametrize(("left_out", "models"), [("language", 1), ("family", 1), ("model", 3)])
def test_a_group_is_predicted_by_a_ridge_regression_on_all_others(
    left_out: str, models: int
) -> None:
    panel = simulated(1, 0.8, models=models)
    found = left_out_predictions(panel, left_out).reshape(panel.y.shape)
    for model in range(models):
        for language in range(panel.y.shape[1]):
            x, y = [], []
            for other in range(models):
                for code in range(panel.y.shape[1]):
                    alike = {
                        "language": code == language,
                        "family": panel.families[code] == panel.families[language],
                        "model": other == model,
                    }
                    if not alike[left_out]:
                        x.append([*panel.x[other, code], *np.eye(models)[other]])
                        y.append(panel.y[other, code])
            point = [*panel.x[model, language], *np.eye(models)[model]]
            expected = Ridge(alpha=1).fit(x, y).predict([point])[0]
            assert found[model, language] == pytest.approx(expected)


@pytest.mark.parametrize("left_out", ["language", "family"])
def test_of_several_models_only_models_can_be_left_out(left_out: str) -> None:
    with pytest.raises(ValueError, match=left_out):
        left_out_predictions(simulated(1, 0.8, models=3), left_out)


def test_intervals_are_those_of_cross_validation_plus() -> None:
    panel = simulated(2, 0.8)
    x, y = panel.x[0], panel.y[0]
    new = np.array([[0.3, -0.2], [2.5, 1.0]])
    found = predict(panel, new, "family", 0.9)
    lower, upper = [], []
    for i, own in enumerate(panel.families):
        fit = Ridge(alpha=1).fit(x[panel.families != own], y[panel.families != own])
        residual = abs(y[i] - fit.predict(x[[i]])[0])
        lower.append(fit.predict(new) - residual)
        upper.append(fit.predict(new) + residual)
    # Of 25 scores, the 24th of 26 places.
    assert found.low == pytest.approx(np.sort(lower, axis=0)[25 - 24])
    assert found.high == pytest.approx(np.sort(upper, axis=0)[24 - 1])
    assert found.value == pytest.approx(Ridge(alpha=1).fit(x, y).predict(new))


def test_a_known_score_is_predicted_as_if_its_family_were_unknown() -> None:
    panel = simulated(3, 0.8)
    found = predict_left_out(panel, "family", 0.9)
    for name in np.unique(panel.families):
        own = panel.families == name
        others = Panel(panel.x[:, ~own], panel.y[:, ~own], panel.families[~own], UNBOUNDED)
        expected = predict(others, panel.x[0, own], "family", 0.9)
        assert found.value[own] == pytest.approx(expected.value)
        assert found.low[own] == pytest.approx(expected.low)


@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_intervals_hold_as_often_as_they_say(shared: float) -> None:
    held = []
    for seed in range(500):
        panel = simulated(seed, 0.8, languages=40, shared=shared)
        new = panel.families == np.random.default_rng(seed).choice(panel.families)
        known = Panel(panel.x[:, ~new], panel.y[:, ~new], panel.families[~new], UNBOUNDED)
        found = predict(known, panel.x[0, new], "family", 0.9)
        held.append(np.mean((found.low <= panel.y[0, new]) & (panel.y[0, new] <= found.high)))
    assert 0.87 < np.mean(held) < 0.94


def test_a_language_of_an_unknown_model_is_held_as_often_as_the_interval_says() -> None:
    held = []
    for seed in range(200):
        panel = simulated(seed, 0.8, models=10)
        known = Panel(panel.x[1:], panel.y[1:], panel.families, UNBOUNDED)
        found = predict(known, panel.x[0], "model", 0.9)
        held.append(np.mean((found.low <= panel.y[0]) & (panel.y[0] <= found.high)))
    assert 0.84 < np.mean(held) < 0.96


def called(panel: Panel) -> bool:
    mean = left_out_predictions(Panel(panel.x[:, :, :0], *rest(panel)), "family")
    better = skill(left_out_predictions(panel, "family"), mean, panel.y.ravel()) > 0
    return better and p_of_skill(panel, "family") < 0.05


def rest(panel: Panel) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
    return panel.y, panel.families, panel.bounds


@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_no_skill_is_found_where_there_is_none(shared: float) -> None:
    found = sum(called(simulated(seed, 0.0, shared=shared)) for seed in range(100))
    # Of 5 %, more than this would be seen once in a thousand such tests.
    assert found <= stats.binom.ppf(0.999, 100, 0.05)


def test_a_real_relation_is_found() -> None:
    assert np.mean([called(simulated(seed, 0.8)) for seed in range(20)]) > 0.8


def test_predictions_and_intervals_stay_within_the_bounds() -> None:
    panel = simulated(5, 0.9, bounds=(-0.5, 0.5))
    found = predict(panel, np.array([[9.0, -9.0], [-9.0, 9.0]]), "family", 0.9)
    assert found.value.tolist() == [0.5, -0.5]
    assert found.high[0] == 0.5
    assert found.low[1] == -0.5
    assert np.abs(left_out_predictions(panel, "family")).max() <= 0.5


def test_too_few_scores_for_an_interval_give_the_bounds() -> None:
    found = predict(simulated(6, 0.8, bounds=(-9, 9)), np.zeros((1, 2)), "family", 0.99)
    assert (found.low[0], found.high[0]) == (-9, 9)
