"""Quarterly series, and both publishers' counts of a year beside each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.quarters import compute_home_office_check, compute_quarterly_series
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.parquet import read_table
from crimeshare.periods import quarter
from crimeshare.reference import areas
from crimeshare.tables.combining import (
    combine_recorded_crime,
    combine_recorded_offence_codes,
    combine_recorded_quarters,
    to_frame,
)
from crimeshare.tables.observations import SurveyObservation, read_observations
from tests.quarterly import series_of, shipped

GROUP = "stalking_harassment"
NATION, GWENT = "K04000001", "W15000002"
CODES = ("8L", "8M", "8Q", "8R", "8U")


@pytest.fixture(scope="module")
def quarters(root: Path) -> pd.DataFrame:
    """The shipped quarters."""
    return shipped(root)


@pytest.fixture(scope="module")
def series(root: Path, quarters: pd.DataFrame) -> pd.DataFrame:
    """The series of the shipped quarters."""
    return series_of(root, quarters)


@pytest.fixture(scope="module")
def recorded(root: Path) -> pd.DataFrame:
    """ONS's counts of every shipped release."""
    paths = sorted((root / "resources" / "figures").glob("pfa-*.parquet"))
    return combine_recorded_crime(read_table(*paths))


@pytest.fixture(scope="module")
def check(recorded: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """The check of the shipped figures."""
    return compute_home_office_check(recorded, quarters)


def at(series: pd.DataFrame, area: str, what: str, end: str) -> pd.Series:
    which = series["code"].fillna(series["offence_id"]) == what
    end_day = series["period_end"] == pd.Timestamp(end)
    (row,) = series[which & end_day & (series["area_code"] == area)].to_dict("records")
    return pd.Series(row)


class TestTheShippedRelease:
    def test_the_year_ending_march_2024_in_gwent(self, series: pd.DataFrame) -> None:
        """The figures that a third party read off the file of 23 April 2026."""
        assert at(series, GWENT, "total", "2024-03-31")["year_count"] == 56_325
        assert at(series, GWENT, GROUP, "2024-03-31")["year_count"] == 8_693

    def test_codes_equal_those_of_the_appendix_tables(
        self, root: Path, series: pd.DataFrame
    ) -> None:
        """Another workbook, of another publisher: every code and year since April 2013."""
        path = root / "resources" / "figures" / "appendix-2025-12.parquet"
        rows = read_observations(SurveyObservation, path)
        codes = combine_recorded_offence_codes(to_frame(rows))
        ons = codes[(codes["table"] == "offence_codes") & codes["code"].isin(CODES)]
        ours = series[(series["area_code"] == NATION) & series["year_count"].notna()]
        both = ons.merge(ours, on=["code", "period_end"], suffixes=("", "_ours"))
        both = both.dropna(subset=["count"])
        assert len(both) > 50
        assert (both["count"] == both["year_count"]).all()
        assert set(both["code"]) == set(CODES)

    def test_codes_add_up_to_their_group(self, series: pd.DataFrame) -> None:
        key = ["area_code", "period_end"]
        rows = series[series["offence_id"] == GROUP]
        parts = rows[rows["code"].notna()].groupby(key)["count"].sum()
        whole = rows[rows["code"].isna()].set_index(key)["count"]
        pd.testing.assert_series_equal(parts, whole.sort_index(), check_names=False)

    def test_forces_add_up_to_the_country(self, series: pd.DataFrame) -> None:
        rows = series[series["offence_id"].eq("total")]
        parts = rows[rows["area_type"].isin(["force", "other"])].groupby("period_end")
        whole = rows[rows["area_code"] == NATION].set_index("period_end")["count"]
        assert (parts["count"].sum() == whole).all()
        assert (parts["area_code"].nunique() == 44).all()
        regions = rows[rows["area_code"].isin(["E92000001", "W92000004", "BTP"])]
        assert (regions.groupby("period_end")["count"].sum() == whole).all()

    def test_changes_stand_in_the_quarter_they_took_effect_in(self, series: pd.DataFrame) -> None:
        assert at(series, GWENT, "8R", "2024-03-31")["recording_changes"] == (
            "Online Safety Act offences replaced malicious communications"
        )
        assert at(series, GWENT, "8Q", "2024-03-31")["recording_changes"] == ""
        assert at(series, GWENT, "8Q", "2023-06-30")["recording_changes"] == (
            "Police record one crime where they recorded two"
        )


def table(counts: dict[str, list[float | None]], first: int = 2019) -> pd.DataFrame:
    """Totals and stalking and harassment of forces by quarter; None where there is no row."""
    rows = []
    for code, values in counts.items():
        for position, value in enumerate(values):
            start, end = quarter(first + position // 4, 1 + position % 4)
            for offence_id, scale in (("total", 10), (GROUP, 1)):
                if value is None:
                    continue
                rows.append(
                    {
                        "release_id": "prc-2021-03",
                        "period_start": pd.Timestamp(start),
                        "period_end": pd.Timestamp(end),
                        "area_code": code,
                        "offence_id": offence_id,
                        "code": None,
                        "value": scale * value,
                        "sheet": "2019_20",
                        "cells": None,
                    }
                )
    return pd.DataFrame(rows)


MANCHESTER, CHESHIRE = "E23000005", "E23000006"
NONE = pd.DataFrame(columns=["effective", "name", "offence_id"])


def everyone(value: float) -> dict[str, list[float | None]]:
    forces = [a.area_code for a in areas().values() if a.area_type in ("force", "other")]
    return {code: [value] * 8 for code in forces}


class TestMissingReturns:
    """Greater Manchester made no return from July to December 2019."""

    @pytest.fixture
    def incomplete(self) -> pd.DataFrame:
        counts = everyone(1.0)
        counts[MANCHESTER] = [1.0, None, None, *[1.0] * 5]
        return compute_quarterly_series(table(counts), NONE, [GROUP])

    def test_a_missing_quarter_is_no_zero(self, incomplete: pd.DataFrame) -> None:
        gone = at(incomplete, MANCHESTER, GROUP, "2019-09-30")
        assert pd.isna(gone["count"])
        assert pd.isna(at(incomplete, MANCHESTER, GROUP, "2020-03-31")["year_count"])
        assert at(incomplete, MANCHESTER, GROUP, "2020-12-31")["year_count"] == 4

    def test_totals_say_whom_they_leave_out(self, incomplete: pd.DataFrame) -> None:
        for area, members in ((NATION, 44), ("E12000002", 5)):
            before = at(incomplete, area, GROUP, "2019-06-30")
            during = at(incomplete, area, GROUP, "2019-09-30")
            assert (before["count"], before["excluded"]) == (members, "")
            assert (during["count"], during["excluded"]) == (members - 1, "Greater Manchester")
            assert pd.isna(at(incomplete, area, GROUP, "2020-03-31")["year_count"])
            assert at(incomplete, area, GROUP, "2020-12-31")["year_count"] == 4 * members

    def test_a_marked_quarter_is_left_out_likewise(self) -> None:
        counts = table(everyone(1.0))
        marked = counts["area_code"].eq(MANCHESTER) & counts["period_end"].eq("2019-09-30")
        counts.loc[marked, "value"] = None
        series = compute_quarterly_series(counts, NONE, [GROUP])
        assert pd.isna(at(series, MANCHESTER, "total", "2019-09-30")["count"])
        assert at(series, NATION, "total", "2019-09-30")["excluded"] == "Greater Manchester"
        assert at(series, NATION, "total", "2019-09-30")["count"] == 430

    def test_a_gap_of_a_quarter_everywhere_makes_no_year(self) -> None:
        counts = {code: [1.0, 1.0, None, *[1.0] * 5] for code in everyone(1.0)}
        series = compute_quarterly_series(table(counts), NONE, [GROUP])
        assert pd.isna(at(series, GWENT, GROUP, "2020-06-30")["year_count"])
        assert at(series, GWENT, GROUP, "2020-12-31")["year_count"] == 4


def published(counts: dict[str, float | None], end: date = date(2019, 12, 31)) -> pd.DataFrame:
    """ONS's counts of the total and of the group in one edition."""
    return pd.DataFrame(
        [
            {
                "release_id": "pfa-2019-12",
                "period_end": pd.Timestamp(end),
                "area_code": code,
                "area_name": areas()[code].area_name,
                "area_type": areas()[code].area_type,
                "offence_id": offence_id,
                "measure": "count",
                "value": None if value is None else scale * value,
                "sheet": "Table P1",
                "cell": "C9",
            }
            for code, value in counts.items()
            for offence_id, scale in (("total", 10.0), (GROUP, 1.0))
        ]
    )


class TestTheCheck:
    def test_like_stands_by_like(self) -> None:
        """ONS leaves a force out that the open data have by now: both totals leave it out."""
        forces = dict.fromkeys(everyone(1.0), 4.0)
        ons = published({**forces, MANCHESTER: None, NATION: 172.0, "E12000002": 15.0})
        rows = compute_home_office_check(ons, table(everyone(1.0), first=2018))
        nation = rows[(rows["area_code"] == NATION) & (rows["offence_id"] == GROUP)].iloc[0]
        assert (nation["count"], nation["home_office_count"], nation["difference"]) == (172, 172, 0)
        assert nation["excluded"] == "Greater Manchester"
        west = rows[(rows["area_code"] == "E12000002") & (rows["offence_id"] == GROUP)].iloc[0]
        assert (west["home_office_count"], west["difference"]) == (16, 1)
        assert west["difference_pct"] == pytest.approx(100 / 15)
        assert MANCHESTER not in set(rows["area_code"])

    def test_a_quarter_that_the_open_data_lack_makes_no_smaller_year(self) -> None:
        counts = everyone(1.0)
        counts[CHESHIRE] = [1.0] * 4 + [None] + [1.0] * 3
        forces = dict.fromkeys(everyone(1.0), 4.0)
        ons = published({**forces, NATION: 176.0, "E12000002": 20.0, "E12000009": 20.0})
        rows = compute_home_office_check(ons, table(counts, first=2018))
        assert {NATION, "E12000002", CHESHIRE} & set(rows["area_code"]) == set()
        assert "E12000009" in set(rows["area_code"])

    def test_years_that_are_no_four_quarters_of_the_open_data_are_left_out(self) -> None:
        ons = published({GWENT: 4.0}, end=date(2018, 12, 31))
        assert compute_home_office_check(ons, table(everyone(1.0), first=2018)).empty

    def test_real_editions_are_checked_and_what_they_group_otherwise_is_named(
        self, check: pd.DataFrame
    ) -> None:
        """The values are those of the workbook of YE December 2024 and of the open data."""
        row = check[
            (check["release_id"] == "pfa-2024-12")
            & (check["period_end"] == pd.Timestamp("2024-12-31"))
            & (check["area_code"] == NATION)
            & (check["offence_id"] == GROUP)
        ].iloc[0]
        assert (row["count"], row["home_office_count"]) == (606_251, 603_910)
        assert row["difference"] == -2_341
        early = check[
            (check["release_id"] == "pfa-2016-06")
            & (check["offence_id"] == "violence_without_injury")
        ]
        assert early["counted_elsewhere"].str.contains("Stalking and harassment").all()
        later = check[check["release_id"] != "pfa-2016-06"]
        assert (later["counted_elsewhere"] == "").all()

    def test_fraud_is_what_makes_the_totals_comparable(self, check: pd.DataFrame) -> None:
        """With fraud the totals would be a fifth apart; without they are revisions apart.

        First issues of the group are revised more than totals are; a year later they agree.
        """
        nation = check[(check["area_code"] == NATION) & (check["offence_id"] == "total")]
        assert not nation.empty
        assert (nation["difference_pct"].abs() < 0.3).all()
        group = check[(check["area_code"] == NATION) & (check["offence_id"] == GROUP)]
        own = group.groupby("release_id")["period_end"].transform("max") == group["period_end"]
        assert (group.loc[own & (group["period_end"] > "2018"), "difference_pct"].abs() < 1).all()
        assert (group.loc[~own, "difference_pct"].abs() < 0.4).all()


def test_without_a_release_there_are_tables_without_rows(recorded: pd.DataFrame) -> None:
    none = combine_recorded_quarters([])
    series = compute_quarterly_series(none, NONE, [GROUP])
    check = compute_home_office_check(recorded, none)
    assert (len(none), len(series), len(check)) == (0, 0, 0)
    assert "year_count" in series
    assert "difference" in check


def test_recording_changes_of_codes_are_of_codes_that_are_kept(root: Path) -> None:
    changes = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    named = {offence for offence in changes["offence_id"] if offence[0].isdigit()}
    codes = pd.read_csv(root / "workflow/crimeshare/tables/layouts/prc/codes.csv", dtype=str)
    assert named <= set(codes["code"])
    split = changes[changes["change_id"] == "malicious_communications_apart"]
    assert {"8L", "8R"} <= set(split["offence_id"])
