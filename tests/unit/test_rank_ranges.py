"""Ranges of ranks: what they hold by simulation, and what must hold whatever the figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import digamma, polygamma

from crimeshare.columns import held
from crimeshare.measures.rank_ranges import (
    FIRST_PUBLISHED,
    NEXT_YEAR,
    STRETCH,
    autocorrelation,
    compute_rank_intervals,
    compute_rank_record,
    error_of_years,
    rank_ranges,
    simultaneous_sets,
    squeeze,
)

DAYS = pd.date_range("2024-03-31", periods=5, freq="QE")


def test_ranges_hold_the_true_rank_and_sets_hold_all_of_them() -> None:
    """43 forces, four quarters each, of uneven noise and with a season that all share."""
    rng = np.random.default_rng(1)
    draws = rng.standard_normal((400, 43))
    held, all_held, width = [], [], []
    for _ in range(200):
        truth = rng.normal(0.36, 0.045, 43)
        noise = np.exp(rng.normal(np.log(0.012), 0.4, 43))
        quarters = (
            truth + np.array([[0.0], [0.01], [0.02], [-0.01]]) + rng.normal(0, noise, (4, 43))
        )
        rank = (-truth).argsort().argsort() + 1
        error, df = error_of_years(quarters)
        lower, upper = rank_ranges(quarters.mean(axis=0), error, df, draws, 0.95)
        held.append(np.mean((lower <= rank) & (rank <= upper)))
        width.append(np.mean(upper - lower))
        lower, upper = simultaneous_sets(quarters.mean(axis=0), error, df, 0.95)
        all_held.append(np.all((lower <= rank) & (rank <= upper)))
    assert 0.93 <= np.mean(held) <= 0.98
    assert np.mean(width) < 15
    assert np.mean(all_held) >= 0.95


def alike_quarters(rng: np.random.Generator, lasting: float, quarters: int = STRETCH):
    """Shares of 43 forces whose quarters resemble the one before, and the true ones."""
    truth = rng.normal(0.36, 0.045, 43)
    noise = np.exp(rng.normal(np.log(0.012), 0.4, 43))
    error = rng.normal(0, 1, (quarters + 8, 43))
    for place in range(1, len(error)):
        error[place] = lasting * error[place - 1] + np.sqrt(1 - lasting**2) * error[place]
    return truth, truth + rng.normal(0, 0.01, (quarters, 1)) + noise * error[8:]


@pytest.mark.parametrize("lasting", [0.0, 0.5])
def test_ranges_hold_the_true_rank_whatever_quarters_have_in_common(lasting: float) -> None:
    rng = np.random.default_rng(11)
    draws = rng.standard_normal((400, 43))
    held, found = [], []
    for _ in range(150):
        truth, quarters = alike_quarters(rng, lasting)
        rank = (-truth).argsort().argsort() + 1
        found.append(autocorrelation(quarters))
        error, df = error_of_years(quarters[-4:], found[-1])
        lower, upper = rank_ranges(quarters[-4:].mean(axis=0), error, df, draws, 0.95)
        held.append(np.mean((lower <= rank) & (rank <= upper)))
    assert np.mean(found) == pytest.approx(lasting, abs=0.12)
    assert 0.93 <= np.mean(held) <= 0.985


def test_the_error_of_a_year_is_right_for_quarters_that_resemble_each_other() -> None:
    """The spread of means of four, by simulation."""
    rng = np.random.default_rng(12)
    error = rng.normal(0, 1, (4_008, 300))
    for place in range(1, len(error)):
        error[place] = 0.6 * error[place - 1] + 0.8 * error[place]
    years = error[8:].reshape(1000, 4, 300)
    told = np.mean([error_of_years(year, 0.6)[0].mean() ** 2 for year in years[:200]])
    assert told == pytest.approx(years.mean(axis=1).var(), rel=0.1)


def test_too_few_quarters_tell_no_autocorrelation() -> None:
    rng = np.random.default_rng(13)
    assert autocorrelation(rng.normal(size=(STRETCH - 1, 10))) == 0
    assert autocorrelation(rng.normal(size=(STRETCH, 2))) == 0
    assert autocorrelation(np.ones((STRETCH, 10))) == 0
    assert autocorrelation(np.cumsum(rng.normal(size=(STRETCH, 10)), axis=0)) > 0.5


def test_what_ranges_held_before_is_counted() -> None:
    days = pd.to_datetime(["2022-12-31", "2023-12-31", "2024-12-31"])
    ranges = pd.DataFrame(
        {
            "area_code": "a",
            "offence_id": "robbery",
            "period_end": days,
            "rank": [3, 6, 5],
            "lower": [2, 5, 4],
            "upper": [4, 8, 6],
            "level": 0.95,
        }
    )
    revisions = pd.DataFrame(
        {
            "area_code": "a",
            "offence_id": "robbery",
            "period_end": [days[0], days[0], days[1], days[2]],
            "rank_before": [5.0, 3.0, 7.0, np.nan],
        }
    )
    found = compute_rank_record(ranges, revisions).set_index("what")
    # The first vintage of a year counts: 5 lies outside of 2 to 4, 7 inside of 5 to 8.
    assert found.loc[FIRST_PUBLISHED, ["ranks", "held", "share"]].tolist() == [2, 1, 0.5]
    # 6 lies outside of 2 to 4, 5 inside of 5 to 8.
    assert found.loc[NEXT_YEAR, ["ranks", "held", "share"]].tolist() == [2, 1, 0.5]


def test_variances_are_drawn_together_as_far_as_they_are_alike() -> None:
    rng = np.random.default_rng(2)
    alike = rng.chisquare(3, 400) / 3
    together, df = squeeze(alike, 3)
    assert df > 3 * 3
    assert np.std(together) < 0.5 * np.std(alike)
    # Of variances whose own spread has 4 degrees of freedom, that many are found.
    uneven = 4 / rng.chisquare(4, 20_000) * rng.chisquare(3, 20_000) / 3
    _, df = squeeze(uneven, 3)
    assert df == pytest.approx(7, rel=0.1)


def test_the_formula_of_smyth_by_hand() -> None:
    """Section 6.2: trigamma(d0/2) is the variance of the logs less trigamma(df/2)."""
    variance = np.array([0.5, 1.0, 2.0, 4.0, 16.0, 0.1])
    logs = np.log(variance) - digamma(1.5) + np.log(1.5)
    together, df = squeeze(variance, 3)
    d0 = df - 3
    assert polygamma(1, d0 / 2) == pytest.approx(np.var(logs, ddof=1) - polygamma(1, 1.5))
    s0 = np.exp(logs.mean() + digamma(d0 / 2) - np.log(d0 / 2))
    assert together == pytest.approx((d0 * s0 + 3 * variance) / (d0 + 3))


def test_units_far_apart_have_their_rank_alone_and_equal_ones_any() -> None:
    draws = np.random.default_rng(3).standard_normal((1000, 5))
    apart, error = np.array([5.0, 4.0, 3.0, 2.0, 1.0]), np.full(5, 0.01)
    for found in (
        rank_ranges(apart, error, np.inf, draws, 0.95),
        simultaneous_sets(apart, error, np.inf, 0.95),
    ):
        assert [bound.tolist() for bound in found] == [[1, 2, 3, 4, 5]] * 2
    alike = simultaneous_sets(np.zeros(5), np.ones(5), np.inf, 0.95)
    assert [bound.tolist() for bound in alike] == [[1] * 5, [5] * 5]


@pytest.fixture
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(4)
    areas = [f"E{number:08d}" for number in range(12)]
    share = np.linspace(0.08, 0.18, 12)
    total = rng.integers(5_000, 40_000, (5, 12))
    count = rng.binomial(total, share)
    parts = [
        pd.DataFrame(values, index=DAYS, columns=areas)
        .rename_axis(index="period_end", columns="area_code")
        .stack()
        .rename("value")
        .reset_index()
        .assign(offence_id=offence_id)
        for offence_id, values in (("total", total), ("stalking_harassment", count))
    ]
    quarters = pd.concat(parts).assign(release_id="prc-2025-12", area_type="force", code=None)
    years = []
    for last in (3, 4):
        window = slice(last - 3, last + 1)
        of_year = count[window].sum(axis=0) / total[window].sum(axis=0)
        years.append(
            pd.DataFrame(
                {
                    "area_code": areas,
                    "area_type": "force",
                    "offence_id": "stalking_harassment",
                    "period_end": DAYS[last],
                    "share": of_year,
                    "rank_forces": (-of_year).argsort().argsort() + 1,
                    "formula": "part / whole",
                    "cells": "part; whole",
                }
            )
        )
    return pd.concat(years), quarters


def test_one_row_an_area_and_year_around_the_rank_of_the_series(tables) -> None:
    series, quarters = tables
    found = compute_rank_intervals(series, quarters)
    assert found.columns.tolist() == held("rank_intervals")
    assert len(found) == len(series)
    merged = found.merge(series, on=["area_code", "offence_id", "period_end"])
    assert (merged["rank"] == merged["rank_forces"]).all()
    for lower, upper in (("lower", "upper"), ("lower_simultaneous", "upper_simultaneous")):
        assert (found[lower] <= found["rank"]).all()
        assert (found["rank"] <= found[upper]).all()
        assert found[lower].min() >= 1
        assert found[upper].max() <= 12
    width = (found["upper"] - found["lower"]).mean()
    assert width < (found["upper_simultaneous"] - found["lower_simultaneous"]).mean()
    pd.testing.assert_frame_equal(found, compute_rank_intervals(series, quarters))


def test_a_force_without_a_quarter_has_no_range(tables) -> None:
    series, quarters = tables
    gone = (quarters["area_code"] == "E00000003") & (quarters["period_end"] == DAYS[4])
    found = compute_rank_intervals(series, quarters[~gone])
    of_force = found[found["area_code"] == "E00000003"]
    assert of_force["period_end"].tolist() == [DAYS[3]]


def test_without_quarters_there_are_no_ranges(tables) -> None:
    series, quarters = tables
    assert compute_rank_intervals(series, quarters.iloc[:0]).columns.tolist() == held(
        "rank_intervals"
    )


def test_a_level_that_is_none_is_refused(tables) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        compute_rank_intervals(*tables, level=95)
