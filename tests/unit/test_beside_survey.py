"""Recorded offences beside estimated victims over the years: the delta method, sums and breaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.beside_survey import PERSONS, compute_recorded_beside_survey
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.victims import surveyed_populations
from crimeshare.parquet import read_table
from crimeshare.reference import REFERENCE, read_rows
from tests.surveyed import TABLES

PAIRS = {
    row["measure_id"]: row["codes"].split() for row in read_rows(REFERENCE / "survey_pairs.csv")
}


@pytest.fixture(scope="module")
def tables(built: Path) -> dict[str, pd.DataFrame]:
    return {name: read_table(built / path) for name, path in TABLES.items()}


@pytest.fixture(scope="module")
def beside(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return tables["beside"].assign(period_end=pd.to_datetime(tables["beside"]["period_end"]))


def again(tables: dict[str, pd.DataFrame], **other: pd.DataFrame) -> pd.DataFrame:
    held = tables | other
    return compute_recorded_beside_survey(
        held["ratios"],
        held["prevalence"],
        held["comparisons"],
        surveyed_populations(held["comparisons"]),
        held["codes"],
        PAIRS,
        pd.read_csv(REFERENCE / "survey_breaks.csv", parse_dates=["first_day"]),
        read_recording_changes(REFERENCE / "recording_changes.csv"),
    )


def test_every_pair_has_its_years_in_their_order(beside: pd.DataFrame) -> None:
    assert list(dict.fromkeys(beside["measure_id"])) == list(PAIRS)
    for _, own in beside.groupby("measure_id"):
        assert own["period_end"].is_monotonic_increasing
        assert own["period_end"].is_unique
    assert (beside["lower"] < beside["ratio"]).all()
    assert (beside["ratio"] < beside["upper"]).all()


def test_limits_are_about_those_of_the_delta_method(
    beside: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    """The error of the logarithm of a ratio is that of the logarithm of its proportion."""
    known = tables["prevalence"].query("printed and sex == 'all' and characteristic == 'all'")
    known = known[known["age"].isin(["16+", "all"])]
    known = known.assign(period_end=pd.to_datetime(known["period_end"]))
    checked = 0
    for row in beside[beside["basis"] == "design_factor"].itertuples():
        own = known[
            (known["measure_id"] == row.measure_id)
            & (known["period_end"] == row.period_end)
            & (known["release_id"] == row.survey_release_id)
        ]
        if own.empty or row.estimate * own["n_unweighted"].iloc[0] < 150:
            continue
        n, factor = own["n_unweighted"].iloc[0], own["design_factor"].iloc[0]
        error = factor * np.sqrt((1 - row.estimate) / (n * row.estimate))
        assert np.log(row.upper / row.lower) == pytest.approx(2 * 1.96 * error, rel=0.05)
        checked += 1
    assert checked > 20


def test_offences_are_the_sum_of_their_codes_and_victims_those_published(
    beside: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    codes = tables["codes"].query("table == 'offence_codes'")
    row = beside[beside["measure_id"] == "vehicle_theft"].iloc[-1]
    same = codes[
        (codes["release_id"] == row["release_id"])
        & (pd.to_datetime(codes["period_end"]) == row["period_end"])
        & codes["code"].isin(PAIRS["vehicle_theft"])
    ]
    assert len(same) == len(PAIRS["vehicle_theft"]) > 1
    assert row["offences"] == same["count"].sum()
    published = tables["comparisons"].query(
        "statistic == 'victims' and measure_id == 'vehicle_theft'"
    )
    newest = published[published["release_id"] == published["release_id"].max()]
    assert row["victims"] == 1000 * newest["value"].iloc[0]
    assert row["ratio"] == pytest.approx(100 * row["offences"] / row["victims"])


def test_a_break_is_named_in_the_first_year_after_it_and_in_no_other(beside: pd.DataFrame) -> None:
    for measure in set(PAIRS) - {"stalking"}:
        own = beside[beside["measure_id"] == measure]
        marked = own[own["survey_breaks"].notna()]
        assert len(marked) == 1
        assert marked["period_end"].iloc[0] > pd.Timestamp("2021-10-01")
        assert marked["previous_period_end"].iloc[0] < pd.Timestamp("2021-10-01")
    stalking = beside[beside["measure_id"] == "stalking"].set_index("period_end")
    changed = {
        row["change_id"]: row["name"] for row in read_rows(REFERENCE / "recording_changes.csv")
    }
    named = stalking.loc["2024-03-31", "recording_changes"]
    assert changed["two_crimes_rule_removed"] in named


def test_a_year_without_one_of_the_codes_is_left_out(tables: dict[str, pd.DataFrame]) -> None:
    codes = tables["codes"]
    day = pd.to_datetime(codes["period_end"]).max()
    gone = (codes["code"] == "48") & (pd.to_datetime(codes["period_end"]) == day)
    found = again(tables, codes=codes[~gone])
    assert found.query("measure_id == 'vehicle_theft'")["period_end"].max() < day
    assert found.query("measure_id == 'robbery'")["period_end"].max() == day


def test_persons_are_counted_by_their_victims_and_not_by_a_rounded_proportion(
    beside: pd.DataFrame,
) -> None:
    newest = beside[beside["measure_id"] == "robbery"].iloc[-1]
    assert newest["unit_base"] == PERSONS
    # Published as 0.2 %: the number of victims over the people is known more finely.
    assert round(1000 * newest["estimate"], 3) != round(1000 * newest["estimate"], 0)


def test_without_a_survey_there_is_no_row(tables: dict[str, pd.DataFrame]) -> None:
    empty = {name: tables[name].iloc[:0] for name in ("ratios", "prevalence", "comparisons")}
    assert again(tables, **empty).empty
