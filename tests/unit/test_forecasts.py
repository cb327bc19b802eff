"""Forecasts: right where the truth is known, held against what came, absent where nothing helps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crimeshare.columns import held
from crimeshare.measures.forecasts import (
    DRIFT,
    ETS,
    FEWEST,
    GAP,
    LAST_YEAR,
    LOCAL_LEVEL,
    METHODS,
    NOT_BETTER,
    SHORTEST,
    TOO_SHORT,
    UNTRIED,
    all_forecasts,
    compute_forecasts,
    limits,
    mean_error,
    to_try,
    years_ahead,
)
from crimeshare.publish.subjects import forecast
from crimeshare.publish.subjects.estimates import year_of

GROUP = "robbery"
DAYS = pd.date_range("2012-06-30", periods=55, freq="QE")
NO_CHANGES = pd.DataFrame({"effective": [], "offence_ids": pd.Series(dtype=str)})
NO_LIMITS = pd.DataFrame(
    {
        "area_code": pd.Series(dtype=str),
        "offence_id": pd.Series(dtype=str),
        "age_months": pd.Series(dtype=float),
        "lower_pct": pd.Series(dtype=float),
        "upper_pct": pd.Series(dtype=float),
    }
)


def walks(rng: np.random.Generator, areas: int, moving: float = 0.04) -> pd.DataFrame:
    """Counts whose level walks, with a season and noise of their own."""
    level = np.cumsum(rng.normal(0, moving, (len(DAYS), areas)), axis=0)
    season = 0.1 * (DAYS.quarter == 3)[:, None]
    noise = rng.normal(0, 0.02, level.shape)
    return pd.DataFrame(
        1000 * np.exp(level + season + noise), index=DAYS, columns=[f"f{n}" for n in range(areas)]
    ).round()


def series_of(counts: pd.DataFrame, excluded: str = "") -> pd.DataFrame:
    tall = counts.rename_axis(index="period_end", columns="area_code").stack().rename("count")
    return tall.reset_index().assign(
        release_id="prc-2025-12", offence_id=GROUP, code=None, excluded=excluded
    )


def forecast_of(
    counts: pd.DataFrame, changes: pd.DataFrame = NO_CHANGES, revised: pd.DataFrame = NO_LIMITS
) -> pd.DataFrame:
    kinds = dict.fromkeys(counts.columns, "force")
    return compute_forecasts(series_of(counts), changes, revised, kinds, [GROUP])


def test_growth_that_never_changes_is_forecast_by_drift_and_a_flat_series_by_all() -> None:
    grown = pd.DataFrame({"a": 1000 * 1.02 ** np.arange(55)}, index=DAYS)
    found, came = all_forecasts(grown), years_ahead(grown)
    known = np.isfinite(came[:, 0]) & np.isfinite(found[DRIFT][:, 0])
    np.testing.assert_allclose(found[DRIFT][known], came[known], rtol=1e-9)
    # Last year's count falls short by a year's growth.
    np.testing.assert_allclose(came[known] / found[LAST_YEAR][known], 1.02**4, rtol=1e-9)
    flat = pd.DataFrame({"a": np.full(55, 700.0)}, index=DAYS)
    for made in all_forecasts(flat).values():
        np.testing.assert_allclose(made[SHORTEST - 1 :], 2800, rtol=1e-9)


def test_a_forecast_knows_nothing_of_what_comes_after() -> None:
    counts = walks(np.random.default_rng(1), 3)
    changed = counts.copy()
    changed.iloc[40:] *= 3
    for name, found in all_forecasts(counts).items():
        np.testing.assert_array_equal(found[:40], all_forecasts(changed)[name][:40])
        assert (np.abs(found[40:] - all_forecasts(changed)[name][40:]) > 0).all()


def test_a_level_that_walks_is_better_followed_than_the_year_before() -> None:
    counts = walks(np.random.default_rng(2), 40)
    table = forecast_of(counts)
    assert table["method"].nunique() == 1
    assert table["error"].mean() < 0.9 * table["error_last_year"].mean()
    given = table["forecast"].notna()
    assert (given == (table["error"] < table["error_last_year"])).all()
    assert (table.loc[~given, "reason"] == NOT_BETTER).all()
    assert given.mean() > 0.7
    chosen = table.loc[given]
    assert (chosen["lower"] < chosen["forecast"]).all()
    assert (chosen["forecast"] < chosen["upper"]).all()


def test_the_errors_are_those_of_the_forecasts_and_what_came() -> None:
    counts = walks(np.random.default_rng(3), 6)
    row = forecast_of(counts).set_index("area_code").loc["f2"]
    found, came = all_forecasts(counts)[row["method"]], years_ahead(counts)
    tried = to_try(DAYS, pd.DatetimeIndex([]))
    by_hand = [abs(found[t, 2] / came[t, 2] - 1) for t in np.flatnonzero(tried)]
    assert row["error"] == pytest.approx(np.mean(by_hand), rel=1e-8)
    assert row["years_tried"] == len(by_hand) == tried.sum()
    year = counts["f2"].rolling(4).sum()
    of_last = (year / year.shift(-4) - 1).abs()[tried]
    assert row["error_last_year"] == pytest.approx(of_last.mean(), rel=1e-8)
    assert row["last_year"] == year.iloc[-1]


def test_limits_hold_the_year_that_comes_about_as_often_as_they_promise() -> None:
    rng = np.random.default_rng(4)
    held, promised = [], []
    for _ in range(15):
        counts = walks(rng, 30)
        found = forecast_of(counts.iloc[:-4]).set_index("area_code")
        came = counts.iloc[-4:].sum()[found.index]
        inside = (found["lower"] <= came) & (came <= found["upper"])
        held.append(inside[found["forecast"].notna()].mean())
        promised.append(found["coverage"].iloc[0])
    assert 0.9 <= np.mean(held) <= 0.98
    assert np.mean(promised) == pytest.approx(np.mean(held), abs=0.04)


def test_years_in_which_recording_changed_are_not_tried() -> None:
    day = pd.DatetimeIndex(["2018-04-01"])
    tried, all_of_them = to_try(DAYS, day), to_try(DAYS, pd.DatetimeIndex([]))
    gone = DAYS[all_of_them & ~tried]
    assert gone.tolist() == pd.date_range("2017-06-30", "2018-03-31", freq="QE").tolist()
    changes = pd.DataFrame(
        {"effective": [f"{year}-06-01" for year in range(2012, 2026)], "offence_ids": GROUP}
    )
    table = forecast_of(walks(np.random.default_rng(5), 3), changes)
    assert (table["reason"] == UNTRIED).all()
    assert table[["forecast", "error", "method"]].isna().all(axis=None)


def test_what_is_too_short_or_broken_has_a_reason_and_no_forecast() -> None:
    counts = walks(np.random.default_rng(6), 5)
    counts.iloc[:-8, 0] = np.nan
    counts.iloc[-1, 1] = np.nan
    counts["none"] = np.nan
    table = forecast_of(counts).set_index("area_code")
    assert table["reason"].loc[["f0", "f1", "none"]].tolist() == [TOO_SHORT, GAP, GAP]
    assert table.loc[["f0", "f1", "none"], "forecast"].isna().all()
    assert table.loc[["f2", "f3", "f4"], "years_tried"].min() >= FEWEST
    few = forecast_of(walks(np.random.default_rng(6), 2).iloc[-10:])
    assert (few["reason"] == TOO_SHORT).all()
    none = compute_forecasts(
        series_of(counts).iloc[:0], NO_CHANGES, NO_LIMITS, {"f0": "force"}, [GROUP]
    )
    assert none.columns.tolist() == held("forecasts")
    assert none.empty


def test_how_far_new_figures_are_revised_widens_the_limits_on_its_side_alone() -> None:
    counts = walks(np.random.default_rng(7), 12)
    revised = pd.DataFrame(
        {
            "area_code": counts.columns,
            "offence_id": GROUP,
            "age_months": 0,
            "lower_pct": -30.0,
            "upper_pct": 0.0,
        }
    )
    alone, joined = forecast_of(counts), forecast_of(counts, revised=revised)
    given = alone["forecast"].notna()
    assert (joined.loc[given, "lower"] < 0.95 * alone.loc[given, "lower"]).all()
    pd.testing.assert_series_equal(joined["upper"], alone["upper"])
    pd.testing.assert_series_equal(joined["forecast"], alone["forecast"])


def test_zeros_and_missing_errors_do_no_harm() -> None:
    counts = pd.DataFrame({"a": np.zeros(55), "b": np.arange(55.0)}, index=DAYS)
    for name, found in all_forecasts(counts).items():
        assert np.isfinite(found[SHORTEST - 1 :]).all(), name
    assert forecast_of(counts).set_index("area_code").loc["a", "reason"] == UNTRIED
    errors = np.array([[0.1, np.nan], [-0.1, np.nan]])
    scale, quantile = limits(errors, 0.95)
    assert np.isfinite(scale).all()
    assert np.isfinite(quantile)
    assert np.isnan(mean_error(errors)[1])


def test_each_method_is_of_its_own() -> None:
    found = all_forecasts(walks(np.random.default_rng(8), 2))
    last = {name: found[name][-1].tolist() for name in (LAST_YEAR, *METHODS)}
    assert len({tuple(values) for values in last.values()}) == len(last)
    assert set(last) == {LAST_YEAR, *METHODS}
    assert {LOCAL_LEVEL, ETS, DRIFT} < set(METHODS)


@pytest.mark.usefixtures("built")
def test_a_forecast_whose_limits_say_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    gwent = year_of("stalking_harassment", "W15000002")
    assert "expect" in forecast.sentence(gwent)
    monkeypatch.setattr(forecast, "WIDE", 1)
    assert forecast.sentence(gwent) == ""
