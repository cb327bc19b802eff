"""Control limits: known values, the published formulas, and what must hold whatever the figures."""

from __future__ import annotations

from math import asin, sin, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from crimeshare.measures.control_limits import (
    APART,
    METHOD,
    Funnel,
    compute_control_limits,
    fit_funnel,
    random_effects,
)
from crimeshare.parquet import read_table
from crimeshare.publish.subjects import standing
from crimeshare.publish.subjects.estimates import year_of
from tests.tables import CONTROL_LIMITS, SERIES, SHARES

# The trials of BCG vaccine that texts on random effects use (G. A. Colditz and others, JAMA 271
# (1994) 698-702): cases and non-cases, vaccinated and not.  tau2 = 0.3181 is what the package
# metafor gives for them by Paule and Mandel's method, and its empirical Bayes one, which is the
# same (W. Viechtbauer, Journal of Statistical Software 36 (2010), issue 3).
TRIALS = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)


def log_risks() -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios of the trials, and their variances."""
    ill, well, ill_untreated, well_untreated = TRIALS.T
    treated, untreated = ill + well, ill_untreated + well_untreated
    log_risk = np.log(ill / treated) - np.log(ill_untreated / untreated)
    return log_risk, 1 / ill - 1 / treated + 1 / ill_untreated - 1 / untreated


def test_the_spread_between_units_is_the_published_one() -> None:
    assert random_effects(*log_risks())[1] == pytest.approx(0.3181, abs=0.00005)


def test_mean_and_spread_are_those_of_another_implementation() -> None:
    values, variances = log_risks()
    found = combine_effects(values, variances, method_re="iterated", atol=1e-12, maxiter=1000)
    mean, between = random_effects(values, variances)
    assert between == pytest.approx(found.tau2, rel=1e-6)
    assert mean == pytest.approx(found.mean_effect_re, rel=1e-6)


def test_no_more_spread_than_chance_leaves_none_between_units() -> None:
    mean, between = random_effects(np.array([-0.1, 0.05, 0.05, -0.02]), np.full(4, 0.01))
    assert (mean, between) == (pytest.approx(-0.005), 0)


def test_limits_without_overdispersion_are_those_of_the_inverse_sine() -> None:
    """A quarter of 400: asin(1/2) plus or minus 1.959964 / 40."""
    lower, upper = Funnel(target=0.25, between_sd=0).limits([400], 0.95)
    assert lower[0] == pytest.approx(sin(asin(0.5) - 1.959963984540054 / 40) ** 2)
    assert upper[0] == pytest.approx(sin(asin(0.5) + 1.959963984540054 / 40) ** 2)
    # Close to the exact binomial quantiles, 0.2075 and 0.2925.
    assert (lower[0], upper[0]) == pytest.approx((0.2091, 0.2936), abs=0.002)


def test_overdispersion_worked_by_hand() -> None:
    """Four forces of one size, two 0.02 above and two 0.02 below on the inverse sine scale."""
    size, centre, apart = 10_000, asin(sqrt(0.1)), 0.02
    shares = [sin(centre + step) ** 2 for step in (apart, apart, -apart, -apart)]
    counts = [share * size for share in shares]
    funnel = fit_funnel(counts, [size] * 4)
    # All of one size: the mean is that of the angles, and 4 * 0.02^2 / (tau2 + 0.005^2) = 3.
    assert funnel.target == pytest.approx(0.1)
    assert funnel.between_sd == pytest.approx(sqrt(4 * apart**2 / 3 - 0.005**2))


def test_a_large_force_may_stray_nearly_as_far_as_a_small_one() -> None:
    small, large = np.subtract(*Funnel(0.1, 0.03).limits([10_000, 1_000_000], 0.95)[::-1])
    assert small / large == pytest.approx(1, rel=0.05)


def test_a_score_says_on_which_side_of_the_limits_a_force_is() -> None:
    counts, sizes = [500, 900, 1300, 2500], [9_000, 10_000, 11_000, 20_000]
    funnel = fit_funnel(counts, sizes)
    lower, upper = funnel.limits(sizes, 0.8)
    inside = (lower <= np.divide(counts, sizes)) & (np.divide(counts, sizes) <= upper)
    # 1.2816 is the 90th percentile of the normal distribution.
    assert inside.tolist() == (abs(funnel.scores(counts, sizes)) <= 1.2816).tolist()
    assert 0 < inside.sum() < len(counts)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 10**6)), min_size=2, max_size=45).filter(
        lambda forces: sum(share * size for share, size in forces) > 0
    ),
    st.floats(0.5, 0.999),
)
def test_limits_surround_the_target_within_nought_and_one(
    forces: list[tuple[float, int]], level: float
) -> None:
    counts = [min(share * size, size) for share, size in forces]
    sizes = [size for _, size in forces]
    funnel = fit_funnel(counts, sizes)
    assert funnel.between_sd >= 0
    lower, upper = funnel.limits(sizes, level)
    assert np.all((lower >= 0) & (upper <= 1))
    assert np.all((lower <= funnel.target + 1e-9) & (upper >= funnel.target - 1e-9))


def test_the_order_of_forces_does_not_matter() -> None:
    counts, sizes = np.array([500, 900, 1300, 40]), np.array([9_000, 10_000, 11_000, 800])
    one, other = fit_funnel(counts, sizes), fit_funnel(counts[::-1], sizes[::-1])
    assert (one.target, one.between_sd) == pytest.approx((other.target, other.between_sd))


@pytest.mark.parametrize(
    ("counts", "sizes", "words"),
    [
        ([1], [10], "two forces or more"),
        ([1, 2], [10], "two forces or more"),
        ([1, 2], [10, 0], "above 0"),
        ([-1, 2], [10, 10], "between 0 and the size"),
        ([1, 11], [10, 10], "between 0 and the size"),
    ],
)
def test_counts_that_no_force_can_have_are_refused(
    counts: list[int], sizes: list[int], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        fit_funnel(counts, sizes)


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Funnel(0.1, 0).limits([100], 95)


@pytest.fixture(scope="module")
def limits(built: Path) -> pd.DataFrame:
    return compute_control_limits(read_table(built / SHARES))


def test_each_force_with_a_share_has_limits_and_no_other_area(
    limits: pd.DataFrame, built: Path
) -> None:
    own = limits[
        (limits["release_id"] == "pfa-2024-12")
        & (limits["period_end"] == "2024-12-31")
        & (limits["offence_id"] == "stalking_harassment")
    ]
    assert own["method"].to_list() == [METHOD] * 43
    gap = limits[limits["release_id"] == "pfa-2019-12"]
    assert "Greater Manchester" not in set(gap["area_name"])
    key = ["period_end", "offence_id", "area_code"]
    shares = read_table(built / SHARES)
    shares = shares[shares["release_id"].eq("pfa-2019-12") & shares["area_type"].eq("force")]
    shared = shares.dropna(subset="share").set_index(key)
    # One force alone is beside no other.
    shared = shared[shared.groupby(key[:2])["share"].transform("size") > 1]
    assert set(gap.set_index(key).index) == set(shared.index)
    assert shared.groupby("offence_id").size().max() == 42


def test_the_city_of_london_is_set_beside_limits_that_it_has_no_part_in(
    limits: pd.DataFrame,
) -> None:
    own = limits[
        (limits["release_id"] == "pfa-2024-12")
        & (limits["period_end"] == "2024-12-31")
        & (limits["offence_id"] == "stalking_harassment")
    ]
    others = own[own["area_code"] != APART]
    assert set(own["area_name"]) - set(others["area_name"]) == {"City of London"}
    funnel = fit_funnel(others["share"] * others["total"], others["total"])
    assert own["target"].unique() == pytest.approx([funnel.target])
    assert own["between_sd"].unique() == pytest.approx([funnel.between_sd])


def test_pages_draw_the_limits_of_the_year_they_lead_with(built: Path) -> None:
    series = read_table(built / SERIES).dropna(subset="share")
    own = series[
        (series["period_end"] == series["period_end"].max())
        & (series["area_type"] == "force")
        & (series["offence_id"] == "stalking_harassment")
    ].set_index("area_code")
    written = read_table(built / CONTROL_LIMITS)
    assert set(written["period_end"]) == set(own["period_end"])
    others = own.drop(index=APART)
    funnel = fit_funnel(others["count"], others["total"])
    drawn = standing.limits_of(year_of("stalking_harassment", APART)).set_index("area_code")
    assert set(drawn.index) == set(own.index)
    for code, limits in drawn.iterrows():
        assert limits["target"] == pytest.approx(funnel.target)
        assert limits["between_sd"] == pytest.approx(funnel.between_sd)
        assert limits["total"] == own.loc[code, "total"]
        lower, upper = funnel.limits([limits["total"]], 0.95)
        assert (limits["lower_95"], limits["upper_95"]) == pytest.approx((lower[0], upper[0]))
        share = own.loc[code, "share"]
        assert (limits["position"] == "within") == (lower[0] <= share <= upper[0])


def test_a_group_that_no_force_recorded_has_no_limits() -> None:
    nothing = pd.DataFrame(
        {
            "release_id": "pfa-2024-12",
            "period_end": pd.Timestamp("2024-12-31"),
            "area_code": ["a", "b", "a", "b"],
            "area_name": ["A", "B", "A", "B"],
            "area_type": "force",
            "offence_id": ["homicide", "homicide", "robbery", "robbery"],
            "count": [0.0, 0.0, 10.0, 20.0],
            "total": 100.0,
            "share": [0.0, 0.0, 0.1, 0.2],
            "formula": "part / whole",
            "cells": "part; whole",
        }
    )
    assert set(compute_control_limits(nothing)["offence_id"]) == {"robbery"}


def test_columns_never_call_the_limits_an_interval(limits: pd.DataFrame) -> None:
    assert not {"lower", "upper", "level"} & set(limits.columns)
    assert {"lower_95", "upper_95", "lower_99_8", "upper_99_8"} <= set(limits.columns)
