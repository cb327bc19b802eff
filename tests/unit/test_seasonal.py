"""Quarters without their season: a known season, a step that stays, an independent way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from crimeshare.measures.seasonal import (
    FEWEST,
    METHOD,
    SEASONED,
    UNADJUSTED,
    compute_seasonally_adjusted,
    season,
)

ENDS = pd.date_range("2013-06-30", periods=48, freq="QE")
SEASON = np.array([-0.04, 0.03, 0.05, -0.04])


def counts(rng: np.random.Generator, size: float = 1.0, noise: float = 0.02) -> np.ndarray:
    level = 8 + 0.01 * np.arange(len(ENDS)) - 0.4 * (ENDS > "2019-04-01")
    known = size * SEASON[ENDS.quarter.to_numpy() - 1]
    return np.exp(level + known + rng.normal(0, noise, len(ENDS))).round()


def series(values: np.ndarray, ends: pd.DatetimeIndex = ENDS, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "release_id": "prc-2025-12",
            "period_start": ends - pd.offsets.QuarterBegin(startingMonth=1),
            "period_end": ends,
            "area_code": "E1",
            "area_name": "Somewhere",
            "area_type": "force",
            "offence_id": "stalking_harassment",
            "code": None,
            "count": values,
            "excluded": "",
            "formula": "[prc-2025-12]Stalking and harassment, Somewhere, quarter to a month",
            "cells": "[prc-2025-12]'2025/26'!Stalking and harassment, Somewhere",
        }
        | more
    )


def test_a_known_season_is_taken_out_and_a_step_stays() -> None:
    found = compute_seasonally_adjusted(series(counts(np.random.default_rng(1))))
    assert set(found["method"]) == {METHOD}
    own = found.groupby(found["period_end"].dt.quarter)["seasonal_factor"]
    assert own.nunique().eq(1).all()
    assert np.log(own.first()).to_numpy() == pytest.approx(SEASON, abs=0.012)
    quiet = compute_seasonally_adjusted(series(counts(np.random.default_rng(1), noise=0.003)))
    logs = np.log(quiet.set_index("period_end")["adjusted"])
    assert logs["2019-06-30"] - logs["2019-03-31"] == pytest.approx(-0.4 + 0.01, abs=0.03)


def test_factors_are_about_those_of_a_regression_on_quarters() -> None:
    """An independent way: dummies of quarters beside the level, which is known here."""
    rng = np.random.default_rng(2)
    values = np.log(counts(rng))
    quarter = ENDS.quarter.to_numpy()
    found, _ = season(values, quarter)
    dummies = [(quarter == each).astype(float) - (quarter == 4) for each in (1, 2, 3)]
    design = np.column_stack([*dummies, np.arange(len(values)), ENDS > "2019-04-01"]).astype(float)
    fitted = sm.OLS(values, sm.add_constant(design)).fit().params[1:4]
    regression = np.append(fitted, -fitted.sum())
    assert found == pytest.approx(regression[quarter - 1], abs=0.012)


def test_what_has_no_season_is_left_as_it_is_and_says_so() -> None:
    rng = np.random.default_rng(3)
    called = 0
    for _ in range(60):
        found = compute_seasonally_adjusted(series(counts(rng, size=0.0)))
        called += found["method"].iloc[0] != UNADJUSTED
        if found["method"].iloc[0] == UNADJUSTED:
            assert found["adjusted"].equals(found["count"])
    assert called <= 5


def test_short_small_and_broken_series_have_no_rows_before_their_last_stretch() -> None:
    values = counts(np.random.default_rng(4))
    short = series(values[-SEASONED + 1 :], ENDS[-SEASONED + 1 :])
    assert compute_seasonally_adjusted(short).empty
    assert compute_seasonally_adjusted(series(values / values.mean() * (FEWEST - 1))).empty
    broken = series(values)
    broken.loc[10, "excluded"] = "Greater Manchester"
    found = compute_seasonally_adjusted(broken)
    assert found["period_end"].min() == ENDS[11]
    assert found["quarters"].iloc[0] == len(ENDS) - 11
    with pytest.raises(ValueError, match="too few to tell a season"):
        season(values[: SEASONED - 1], ENDS.quarter.to_numpy()[: SEASONED - 1])


def test_only_the_newest_release_counts() -> None:
    values = counts(np.random.default_rng(5))
    both = pd.concat([series(values, release_id="prc-2023-06"), series(values)])
    assert set(compute_seasonally_adjusted(both)["release_id"]) == {"prc-2025-12"}
    assert compute_seasonally_adjusted(both.iloc[:0]).empty
