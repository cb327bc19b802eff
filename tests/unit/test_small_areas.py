"""Partnerships beside control limits: another library, simulated areas of the real sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from crimeshare.measures.control_limits import APART, fit_funnel
from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.measures.small_areas import compute_small_areas
from crimeshare.parquet import read_table
from crimeshare.reference import PARTNERSHIPS, read_rows
from crimeshare.tables.combining import combine_recorded_crime

ROOT = Path(__file__).parents[2]
GROUP = "stalking_harassment"
FORCES = {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    return combine_recorded_crime(read_table(ROOT / "resources/figures/pfa-2024-12.parquet"))


@pytest.fixture(scope="module")
def areas(recorded: pd.DataFrame) -> pd.DataFrame:
    return compute_small_areas(recorded, FORCES, GROUP)


def test_figures_are_those_recorded(recorded: pd.DataFrame, areas: pd.DataFrame) -> None:
    own = recorded[(recorded["area_type"] == "partnership") & (recorded["measure"] == "count")]
    year = own[own["period_end"] == own["period_end"].max()]
    counts = year[year["offence_id"] == GROUP].set_index("area_code")["value"]
    totals = year[year["offence_id"] == "total"].set_index("area_code")["value"]
    held = areas.set_index("area_code")
    assert len(held) == len(counts) == len(FORCES)
    assert (held["share"] - (counts / totals).loc[held.index]).abs().max() < 1e-15
    assert (held["small"] == (counts.loc[held.index] < SMALL_BASE)).all()
    assert held["force_code"].notna().all()
    for row in areas.head(3).itertuples():
        cells = [str(cell).split("!")[1] for cell in row.cells.split("; ")]
        own = year[year["area_code"] == row.area_code].set_index("cell")["value"]
        assert own.loc[cells].tolist() == [counts[row.area_code], totals[row.area_code]]


def test_the_spread_between_areas_is_that_of_statsmodels(areas: pd.DataFrame) -> None:
    fitted = areas[areas["force_code"] != APART]
    angles = np.arcsin(np.sqrt(fitted["share"].to_numpy()))
    chance = 1 / (4 * fitted["total"].to_numpy())
    other = combine_effects(angles, chance, method_re="iterated", atol=1e-12, maxiter=500)
    assert fitted["between_sd"].iloc[0] == pytest.approx(np.sqrt(other.tau2), rel=1e-4)
    assert np.arcsin(np.sqrt(fitted["target"].iloc[0])) == pytest.approx(other.mean_effect_re)


def test_limits_hold_as_many_areas_of_these_sizes_as_they_promise(areas: pd.DataFrame) -> None:
    """False alarms among areas that differ by chance and a normal spread alone."""
    rng = np.random.default_rng(9)
    fitted = areas[areas["force_code"] != APART]
    sizes = fitted["total"].to_numpy(dtype=np.float64)
    spread, middle = fitted["between_sd"].iloc[0], fitted["target"].iloc[0]
    outside = {0.95: 0, 0.998: 0}
    for _ in range(200):
        angles = np.arcsin(np.sqrt(middle)) + rng.normal(0, spread, len(sizes))
        counts = rng.binomial(sizes.astype(np.int64), np.sin(angles) ** 2)
        funnel = fit_funnel(counts, sizes)
        for level in outside:
            lower, upper = funnel.limits(sizes, level)
            outside[level] += int(np.sum((counts / sizes < lower) | (counts / sizes > upper)))
    looked_at = 200 * len(sizes)
    assert 0.04 <= outside[0.95] / looked_at <= 0.055
    assert outside[0.998] / looked_at <= 0.0035


def test_the_city_of_london_moves_nobody_s_limits(recorded: pd.DataFrame) -> None:
    own = recorded[recorded["area_type"] == "partnership"]
    city = own["area_code"].map(FORCES) == APART
    moved = own.copy()
    moved.loc[city & (own["offence_id"] == GROUP) & (own["measure"] == "count"), "value"] *= 3
    before, after = (compute_small_areas(rows, FORCES, GROUP) for rows in (own, moved))
    others = before["force_code"] != APART
    assert before.loc[others, "lower_95"].equals(after.loc[others, "lower_95"])
    assert after.loc[~others, "share"].iloc[0] == pytest.approx(
        3 * before.loc[~others, "share"].iloc[0]
    )


def test_a_count_below_zero_has_no_limits_and_none_of_it_moves_the_others(
    recorded: pd.DataFrame,
) -> None:
    own = recorded[recorded["area_type"] == "partnership"].copy()
    first = (own["area_code"] == own["area_code"].iloc[0]) & (own["offence_id"] == GROUP)
    own.loc[first & (own["measure"] == "count"), "value"] = -1.0
    found = compute_small_areas(own, FORCES, GROUP).set_index("area_code")
    assert pd.isna(found.loc[own["area_code"].iloc[0], "lower_95"])
    assert found["lower_95"].notna().sum() == len(found) - 1


def test_editions_without_partnerships_have_no_rows(recorded: pd.DataFrame) -> None:
    forces = recorded[recorded["area_type"] == "force"]
    assert compute_small_areas(forces, FORCES, GROUP).empty
