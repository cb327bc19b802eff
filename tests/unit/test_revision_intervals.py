"""Limits of revisions: loops instead of matrices, known tails, vintages that hang together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from crimeshare.measures.rank_ranges import squeeze
from crimeshare.measures.revision_intervals import (
    FEWEST,
    LARGEST,
    back_test,
    compute_revision_intervals,
    compute_revision_test,
    coverage_interval,
    left_out_quantile,
    parts_below,
    scales,
)
from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.subjects import revision_limits
from tests.frames import Report
from tests.tables import LIMITS

LEVEL = 0.95


def revisions(rng: np.random.Generator, vintages: int = 16, areas: int = 43) -> np.ndarray:
    """Heavy-tailed revisions of areas of different scales."""
    scale = 0.01 * np.exp(rng.normal(0, 0.5, areas))
    return scale * rng.standard_t(3, (vintages, areas))


def test_a_scale_is_a_root_mean_square_drawn_towards_that_of_all() -> None:
    values = revisions(np.random.default_rng(1))
    largest = np.quantile(np.abs(values), LARGEST)
    together, _ = squeeze((np.clip(values, -largest, largest) ** 2).mean(axis=0), len(values))
    assert scales(values, np.ones(len(values), dtype=bool)) == pytest.approx(np.sqrt(together))


def test_the_quantile_is_that_of_loops_over_vintages() -> None:
    """An independent way: one vintage at a time, scores gathered in a list."""
    rng = np.random.default_rng(2)
    values = revisions(rng, vintages=9, areas=12)
    values[3, 5] = np.nan
    months = np.array([0, 3, 6, 12, 24, 36, 48, 60, 72])
    apart = np.abs(months[:, None] - months) >= 12
    used = np.ones(9, dtype=bool)
    largest = np.nanquantile(np.abs(values), LARGEST)
    cut = np.clip(values, -largest, largest)
    everyone = np.nanmean(cut**2, axis=0)
    df = float(np.median(np.isfinite(values).sum(axis=0)))
    together, total = squeeze(everyone, df)
    common = np.mean((together * total - df * everyone) / (total - df))
    scores = []
    for left_out in range(9):
        others = [other for other in range(9) if abs(months[left_out] - months[other]) >= 12]
        if len(others) < FEWEST:
            continue
        for area in range(12):
            seen = [cut[other, area] for other in others if np.isfinite(cut[other, area])]
            square = ((total - df) * common + sum(each**2 for each in seen)) / (
                total - df + len(seen)
            )
            if np.isfinite(values[left_out, area]):
                scores.append(abs(values[left_out, area]) / np.sqrt(square))
    expected = np.quantile(scores, LEVEL, method="higher")
    assert left_out_quantile(values, apart, used, LEVEL) == pytest.approx(expected)


def test_limits_hold_new_revisions_about_as_often_as_they_promise() -> None:
    """Of heavy-tailed revisions, for which a normal law promises too much."""
    rng = np.random.default_rng(3)
    held, tried = [], []
    for _ in range(60):
        values = revisions(rng, vintages=17)
        known, new = values[:-1], values[-1]
        apart = ~np.eye(len(known), dtype=bool)
        everything = np.ones(len(known), dtype=bool)
        quantile = left_out_quantile(known, apart, everything, LEVEL)
        assert quantile is not None
        held.append(np.mean(np.abs(new) <= quantile * scales(known, everything)))
        tried.append(np.nanmean(back_test(known, apart, LEVEL)))
    assert 0.935 <= np.mean(held) <= 0.965
    # What the trial says is what happens.
    assert np.mean(tried) == pytest.approx(np.mean(held), abs=0.012)


def test_a_vintage_that_all_forces_share_makes_coverage_less_sure() -> None:
    alone = [0.9, 1.0, 0.95, 0.97, 0.93, 0.96, 0.94, 0.99, 0.92, 0.98]
    mean, lower, upper = coverage_interval(alone, LEVEL) or (0.0, 0.0, 0.0)
    assert mean == pytest.approx(np.mean(alone))
    assert 0 < lower < mean < upper <= 1
    in_runs = sorted(alone)
    _, lower_of_runs, upper_of_runs = coverage_interval(in_runs, LEVEL) or (0.0, 0.0, 0.0)
    lags = {"maxlags": 3, "use_correction": True}
    fit = OLS(in_runs, np.ones(10)).fit(cov_type="HAC", cov_kwds=lags, use_t=True)
    assert [lower_of_runs, upper_of_runs] == pytest.approx([*fit.conf_int(1 - LEVEL)[0].clip(0, 1)])
    assert lower_of_runs < lower
    assert coverage_interval([0.9], LEVEL) is None
    same = coverage_interval([1.0] * 8, LEVEL)
    assert same is not None
    assert same[1] < 0.75 < same[2] == 1.0  # eight of eight: Wilson's lower limit is 0.676


def steps(rng: np.random.Generator, years: int = 9, areas: int = 12) -> pd.DataFrame:
    """Each year new in its own release, and again in the next year's and in the last of all."""
    ends = pd.date_range("2012-12-31", periods=years, freq="YE")
    rows = []
    for area in range(areas):
        for place, end in enumerate(ends[:-1]):
            names = [f"pfa-{end:%Y-%m}", f"pfa-{ends[place + 1]:%Y-%m}", "prc-2025-12"]
            values = 1000 * np.exp(np.cumsum(rng.normal(0, 0.01, 3)))
            for before in (0, 1):
                rows.append(
                    {
                        "area_code": f"E{area:02}",
                        "offence_id": "total",
                        "period_end": end,
                        "release_id": names[before + 1],
                        "previous_release_id": names[before],
                        "value": values[before + 1],
                        "previous_value": values[before],
                    }
                )
    return pd.DataFrame(rows)


def test_a_row_runs_from_an_age_to_the_last_vintage() -> None:
    table = steps(np.random.default_rng(4))
    kinds = dict.fromkeys(table["area_code"].unique(), "force")
    found = compute_revision_intervals(table, kinds, ["total"])
    assert set(found["age_months"]) == {0, 12}
    new = table[table["area_code"] == "E00"].groupby("period_end")
    whole = np.log(new["value"].last() / new["previous_value"].first())
    row = found[(found["area_code"] == "E00") & (found["age_months"] == 0)].iloc[0]
    assert row["own_scale_pct"] == pytest.approx(100 * np.sqrt((whole**2).mean()))
    assert row["mean_pct"] == pytest.approx(100 * whole.mean())
    assert row["vintages"] == len(whole)
    assert row["lower_pct"] < 0 < row["upper_pct"]
    assert np.log1p(row["upper_pct"] / 100) == pytest.approx(-np.log1p(row["lower_pct"] / 100))
    assert 0 <= row["coverage_lower"] <= row["coverage"] <= row["coverage_upper"] <= 1


def test_an_area_whose_revisions_go_one_way_has_limits_by_side() -> None:
    values = revisions(np.random.default_rng(6))
    values[:, 0] = -np.abs(values[:, 0])
    values[:, 1] = np.abs(values[:, 1])
    values[:, 2] = -np.abs(values[:, 2])
    values[:2, 2] *= -1  # 14 of 16 are fewer than 17 of 19
    below = parts_below(values, np.ones((1, len(values)), dtype=bool))[0]
    assert below[0] > 0.8
    assert below[1] < 0.2
    assert below[2] == 0.5
    # Drawn towards all areas, so that neither side is shut.
    assert below[1] > 0
    assert below[0] < 1
    few = parts_below(values[: 2 * FEWEST - 1], np.ones((1, 2 * FEWEST - 1), dtype=bool))[0]
    assert (few == 0.5).all()


def of_group(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same steps of a group beside those of the total."""
    noise = np.exp(rng.normal(0, 0.01, len(table)))
    return pd.concat([table, table.assign(offence_id="robbery", value=table["value"] * noise)])


def test_a_year_revised_far_more_than_all_crime_is_left_out_and_named() -> None:
    rng = np.random.default_rng(7)
    table = of_group(steps(rng), rng)
    moved = (
        (table["offence_id"] == "robbery")
        & (table["area_code"] == "E03")
        & (table["period_end"] == "2015-12-31")
        & (table["release_id"] == "prc-2025-12")
    )
    cut = table.assign(value=table["value"].where(~moved, table["value"] / 2))
    kinds = dict.fromkeys(table["area_code"].unique(), "force")
    found = compute_revision_intervals(cut, kinds, ["robbery"])
    new = found[found["age_months"] == 0].set_index("area_code")
    assert new["left_out"].dropna().to_dict() == {"E03": "2015-12"}
    assert new.loc["E03", "vintages"] == new["vintages"].max() - 1
    # Where all crime moved as far, more was counted, or less: that is a revision.
    both = cut.assign(
        value=cut["value"].where(
            ~(
                (cut["offence_id"] == "total")
                & (cut["area_code"] == "E03")
                & (cut["period_end"] == "2015-12-31")
                & (cut["release_id"] == "prc-2025-12")
            ),
            cut["value"] / 2,
        )
    )
    assert compute_revision_intervals(both, kinds, ["robbery"])["left_out"].isna().all()


def test_a_group_often_revised_far_more_than_all_crime_has_no_limits() -> None:
    rng = np.random.default_rng(9)
    table = of_group(steps(rng), rng)
    often = (
        (table["offence_id"] == "robbery")
        & table["area_code"].isin(["E03", "E04", "E05"])
        & (table["release_id"] == table["release_id"].max())
    )
    cut = table.assign(value=table["value"].where(~often, table["value"] * 2))
    kinds = dict.fromkeys(table["area_code"].unique(), "force")
    assert len(compute_revision_intervals(table, kinds, ["robbery"]))
    assert compute_revision_intervals(cut, kinds, ["robbery"]).empty


def test_an_area_has_its_own_trial() -> None:
    table = steps(np.random.default_rng(8))
    kinds = dict.fromkeys(table["area_code"].unique(), "force")
    new = compute_revision_intervals(table, kinds, ["total"]).query("age_months == 0")
    assert (new["own_held"] <= new["own_tried"]).all()
    assert new["own_held"].sum() / new["own_tried"].sum() == pytest.approx(new["coverage"].iloc[0])


def test_limits_made_before_are_held_against_what_came_later() -> None:
    table = steps(np.random.default_rng(9), years=13)
    # What the last of all releases says was not known then.
    known = table.assign(
        release_id=table["release_id"].replace("prc-2025-12", "pfa-2030-12"),
        period_end=table["period_end"],
    )
    kinds = dict.fromkeys(table["area_code"].unique(), "force")
    found = compute_revision_test(known, kinds, ["total"], known=12 * 2021 + 12)
    for row in found.to_dict("records"):
        assert row["known"] == "2021-12"
        assert row["figures"] % 12 == 0
        assert row["share"] == row["held"] / row["figures"]
        assert row["share"] > 0.6
    assert len(found)


def test_limits_that_cannot_be_tried_are_not_given() -> None:
    few = steps(np.random.default_rng(5), years=FEWEST + 1)
    kinds = dict.fromkeys(few["area_code"].unique(), "force")
    assert compute_revision_intervals(few, kinds, ["total"]).empty
    assert compute_revision_intervals(few.iloc[:0], kinds, ["total"]).empty


def test_the_trial_of_the_shipped_vintages_is_about_the_level(built: Path) -> None:
    table = read_table(built / LIMITS)
    assert len(table)
    assert (table["coverage_lower"] <= LEVEL).all()
    assert (table["coverage_upper"] >= table["level"] - 0.02).all()


def test_the_page_says_what_the_limits_are_for_and_how_they_were_tried(
    estimates: Report, built: Path
) -> None:
    forces = [force.area.area_code for force in estimates.forces]
    gwent = "W15000002"
    said = revision_limits.sentence(estimates.offence_id, gwent)
    assert not stray_numbers(said)
    row = revision_limits.limits(estimates.offence_id, forces)[gwent]
    values = [float(figure["value"]) for figure in shown(said)]
    assert row["upper_pct"] / 100 in values
    tried = shown(revision_limits.coverage(estimates.offence_id, forces))
    assert row["coverage"] in [float(figure["value"]) for figure in tried]
    table = revision_limits.limits_table(estimates.offence_id, forces)
    assert table is not None
    assert len(table.rows) == len(estimates.forces)
    assert not stray_numbers(table._repr_html_())
