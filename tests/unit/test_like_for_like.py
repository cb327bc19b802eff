"""The like-for-like change: which quarters were recorded alike, and what has a bound."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.like_for_like import LIKE_FOR_LIKE, add_like_for_like
from crimeshare.measures.quarters import a_year_later
from crimeshare.measures.recorded import SMALL_BASE, read_recording_changes
from crimeshare.measures.years import years_of_groups
from crimeshare.reference import areas, offences, read_rows
from tests.quarterly import shipped

NATION, GWENT, WALES = "K04000001", "W15000002", "W92000004"
WELSH = [code for code, area in areas().items() if area.parent_code == WALES]
GROUP = "stalking_harassment"
ENDS = [pd.Timestamp(2021, 3, 31) + pd.offsets.QuarterEnd(n) for n in range(16)]


def quarters_of(
    forces: list[str] | None = None, group: float = 100.0, code: float = 30.0
) -> pd.DataFrame:
    """Quarters of 2021 to 2024 in some forces: each one offence more than the one before."""
    rows = [
        {
            "release_id": "prc-2024-12",
            "period_end": end,
            "area_code": force,
            "offence_id": offence_id,
            "code": named,
            "value": value + place,
            "sheet": f"{end.year}",
        }
        for force in forces or [GWENT]
        for place, end in enumerate(ENDS)
        for offence_id, named, value in (
            ("total", None, 1000.0),
            (GROUP, None, group),
            (GROUP, "8R", code),
        )
    ]
    return pd.DataFrame(rows)


def rules(*changes: tuple[str, str]) -> pd.DataFrame:
    """Changes that touch the group: the day, and the code whose offences they took away."""
    return pd.DataFrame(
        {
            "change_id": [f"change_{place}" for place in range(len(changes))],
            "effective": pd.to_datetime([day for day, _ in changes]).astype("datetime64[ms]"),
            "name": "A change",
            "set_apart": [code for _, code in changes],
            "offence_id": GROUP,
        }
    )


def year(end: str, area: str = GWENT, **columns: object) -> pd.DataFrame:
    row = {
        "area_code": area,
        "offence_id": GROUP,
        "period_end": pd.Timestamp(end),
        "count": 440.0,
        "previous": 400.0,
        "change_pct": 10.0,
        "excluded": "",
    }
    return pd.DataFrame([row | columns])


def compared(table: pd.DataFrame, quarters: pd.DataFrame, changes: pd.DataFrame) -> pd.Series:
    found = add_like_for_like(table, quarters, changes)
    assert list(found.columns) == [*table.columns, *LIKE_FOR_LIKE]
    return found.iloc[0]


class TestWhichQuartersAreAlike:
    @pytest.mark.parametrize(
        ("days", "period"),
        [
            (["2023-01-31"], "April to December"),
            (["2023-04-01"], "April to December"),
            (["2023-12-31"], None),
            (["2024-01-01"], None),
            (["2024-10-01"], "January to September"),
            (["2024-11-15"], "January to September"),
            (["2023-02-01", "2024-11-15"], "April to September"),
            (["2023-08-01", "2024-08-01"], None),
            (["2023-08-01", "2024-10-02"], None),
            (["2023-06-30", "2024-10-02"], "July to September"),
        ],
    )
    def test_they_are_on_one_side_of_every_change(
        self, days: list[str], period: str | None
    ) -> None:
        row = compared(year("2024-12-31"), quarters_of(), rules(*((day, "") for day in days)))
        if period is None:
            assert pd.isna(row["like_for_like_pct"])
            assert pd.isna(row["like_for_like_period"])
            assert row["like_for_like_reason"] == "none_alike"
        else:
            assert row["like_for_like_period"] == period
            assert row["like_for_like_pct"] > 0
            assert pd.isna(row["like_for_like_reason"])

    def test_the_change_is_that_of_their_offences(self) -> None:
        row = compared(year("2024-12-31"), quarters_of(), rules(("2023-02-01", "")))
        # The quarters of 2023 are 108 to 111, those of 2024 are 112 to 115.
        assert row["like_for_like_count"] == 113 + 114 + 115
        assert row["like_for_like_previous"] == 109 + 110 + 111
        assert row["like_for_like_pct"] == pytest.approx(100 * (342 / 330 - 1))
        assert row["like_for_like_count_formula"].count("quarter to") == 3
        assert "quarter to June 2023" in row["like_for_like_previous_formula"]

    def test_years_without_a_change_are_compared_whole(self) -> None:
        row = compared(year("2024-12-31"), quarters_of(), rules(("2021-02-01", "8R")))
        assert row["like_for_like_reason"] == "comparable"
        assert pd.isna(row[["like_for_like_pct", "bound_low_pct", "bound_high_pct"]]).all()

    def test_a_group_that_nobody_looked_at_has_none(self) -> None:
        other = rules(("2023-02-01", "")).assign(offence_id="robbery")
        row = compared(year("2024-12-31"), quarters_of(), other)
        assert row["like_for_like_reason"] == "not_gathered"


class TestWhatIsMissing:
    CHANGE = rules(("2023-02-01", "8R"))

    def test_a_force_without_quarters(self) -> None:
        row = compared(year("2024-12-31", "W15000001"), quarters_of(), self.CHANGE)
        assert row["like_for_like_reason"] == "quarters_missing"
        assert pd.isna(row[["like_for_like_pct", "bound_high_pct", "like_for_like_count"]]).all()

    @pytest.mark.parametrize("lost", ["2023-06-30", "2024-12-31"])
    def test_a_quarter_missing_on_one_side(self, lost: str) -> None:
        quarters = quarters_of(WELSH)
        gone = (quarters["area_code"] == GWENT) & (quarters["period_end"] == lost)
        quarters["value"] = quarters["value"].mask(gone)
        for area in (GWENT, WALES):
            row = compared(year("2024-12-31", area), quarters, self.CHANGE)
            assert row["like_for_like_reason"] == "quarters_missing"
            assert pd.isna(row["like_for_like_pct"])
        without = compared(year("2024-12-31", WALES, excluded="Gwent"), quarters, self.CHANGE)
        others = len(WELSH) - 1
        assert without["like_for_like_count"] == others * (113 + 114 + 115)
        assert "without Gwent" in without["like_for_like_count_formula"]

    def test_no_open_data_at_all(self) -> None:
        row = compared(year("2024-12-31"), quarters_of().head(0), self.CHANGE)
        assert row["like_for_like_reason"] == "quarters_missing"

    def test_a_year_before_the_first_quarters(self) -> None:
        row = compared(year("2021-12-31"), quarters_of(), rules(("2020-02-01", "")))
        assert row["like_for_like_reason"] == "quarters_missing"

    def test_few_offences_have_no_percentage(self) -> None:
        few = (SMALL_BASE - 1) / 3 - 10
        row = compared(year("2024-12-31"), quarters_of(group=few), self.CHANGE)
        assert row["like_for_like_previous"] < SMALL_BASE
        assert pd.isna(row["like_for_like_pct"])
        assert row["like_for_like_reason"] == "small_base"

    def test_a_partnership_has_no_quarters(self) -> None:
        row = compared(year("2024-12-31", "E22000001"), quarters_of(), self.CHANGE)
        assert row["like_for_like_reason"] == "quarters_missing"


class TestTheBound:
    def test_it_leaves_out_what_the_codes_counted_in_the_split_quarter(self) -> None:
        row = compared(year("2024-12-31"), quarters_of(), rules(("2023-02-01", "8R")))
        assert row["taken_out"] == 30 + 8
        assert row["bound_low_pct"] == 10.0
        assert row["bound_high_pct"] == pytest.approx(100 * (440 / (400 - 38) - 1))

    @pytest.mark.parametrize(
        "change",
        [
            ("2023-04-01", "8R"),  # no quarter is split: all of one lies on the other side
            ("2023-05-15", "8R"),  # a whole quarter lies on the other side, too
            ("2024-11-15", "8R"),  # what the later year would have counted is not known
            ("2023-02-01", ""),  # nobody knows which code lost offences
            ("2023-02-01", "9A"),  # that code is not one of the group's
        ],
    )
    def test_there_is_none_where_more_is_unlike(self, change: tuple[str, str]) -> None:
        row = compared(year("2024-12-31"), quarters_of(), rules(change))
        assert pd.isna(row[["bound_low_pct", "bound_high_pct", "taken_out"]]).all()

    def test_a_percentage_that_is_not_shown_has_none(self) -> None:
        table = year("2024-12-31", change_pct=None)
        row = compared(table, quarters_of(), rules(("2023-02-01", "8R")))
        assert pd.isna(row["bound_high_pct"])


@pytest.fixture(scope="module")
def quarters(root: Path) -> pd.DataFrame:
    return shipped(root)


@pytest.fixture(scope="module")
def found(root: Path, quarters: pd.DataFrame) -> pd.DataFrame:
    years = pd.concat(
        [
            years_of_groups(each).assign(release_id=release_id)
            for release_id, each in quarters.groupby("release_id")
        ],
        ignore_index=True,
    )
    earlier = years.assign(period_end=a_year_later(years["period_end"]), previous=years["count"])
    key = ["release_id", "area_code", "offence_id", "period_end", "excluded"]
    years = years.merge(earlier[[*key, "previous"]], on=key, how="left")
    change = 100 * (years["count"] / years["previous"] - 1)
    years["change_pct"] = change.where(years["previous"] >= SMALL_BASE)
    years["excluded"] = years["excluded"].fillna("")
    path = root / "resources" / "reference" / "recording_changes.csv"
    return add_like_for_like(years, quarters, read_recording_changes(path))


@pytest.fixture(scope="module")
def counts(quarters: pd.DataFrame) -> dict[tuple[str, str, tuple[int, int]], float]:
    rows = quarters[quarters["area_type"].isin(["force", "other"])]
    items = rows["code"].fillna(rows["offence_id"])
    ends = pd.to_datetime(rows["period_end"])
    found: dict[tuple[str, str, tuple[int, int]], float] = {}
    for force, item, end, value in zip(rows["area_code"], items, ends, rows["value"], strict=True):
        for area in (force, NATION):
            key = (area, item, (end.year, end.month))
            found[key] = found.get(key, 0) + value
    return found


@pytest.mark.slow
class TestTheShippedFigures:
    """Worked out again quarter by quarter, without a table operation of the measure's own."""

    @pytest.mark.parametrize("area", [GWENT, "E23000001", "E23000005", NATION])
    def test_every_year_of_every_group(
        self, root: Path, found: pd.DataFrame, counts: dict, area: str
    ) -> None:
        changes: dict[str, list[date]] = {}
        for row in read_rows(root / "resources" / "reference" / "recording_changes.csv"):
            for name in row["offence_ids"].split():
                changes.setdefault(name, []).append(date.fromisoformat(row["effective"]))
        tried = 0
        for row in found[found["area_code"] == area].to_dict("records"):
            last = row["period_end"]
            pairs = []
            for back in (9, 6, 3, 0):
                month = 12 * last.year + last.month - 1 - back
                now, then = divmod(month, 12), divmod(month - 12, 12)
                end, first_then = _after(now), date(*_first(then))
                began = date(*_first(divmod(12 * last.year + last.month - 1 - 21, 12)))
                alike = all(
                    day >= end or day <= first_then
                    for day in changes.get(row["offence_id"], [])
                    if began < day < _after((last.year, last.month - 1))
                )
                if alike:
                    pairs.append(((now[0], now[1] + 1), (then[0], then[1] + 1)))
            if pd.isna(row["like_for_like_pct"]):
                assert row["like_for_like_reason"]
                continue
            tried += 1
            assert 0 < len(pairs) < 4
            now_sum, then_sum = (
                sum(counts[area, row["offence_id"], pair[side]] for pair in pairs)
                for side in (0, 1)
            )
            assert row["like_for_like_count"] == now_sum
            assert row["like_for_like_previous"] == then_sum
            assert row["like_for_like_pct"] == pytest.approx(100 * (now_sum / then_sum - 1))
        assert tried > 100

    def test_the_year_to_december_2025(self, found: pd.DataFrame, counts: dict) -> None:
        rows = found[(found["offence_id"] == GROUP) & (found["period_end"] == "2025-12-31")]
        rows = rows[rows["release_id"] == "prc-2025-12"].set_index("area_code")
        assert set(rows["like_for_like_period"]) == {"April to December"}
        for area in (NATION, GWENT):
            row = rows.loc[area]
            split = counts[area, "8R", (2024, 3)]
            assert row["taken_out"] == split
            bound = 100 * (row["count"] / (row["previous"] - split) - 1)
            assert row["bound_high_pct"] == pytest.approx(bound)
            assert row["bound_low_pct"] == row["change_pct"] < bound
        # The direction of Gwent's whole year is not known, that of England and Wales is.
        assert rows.loc[GWENT, "bound_low_pct"] < 0 < rows.loc[GWENT, "bound_high_pct"]
        assert rows.loc[NATION, "bound_low_pct"] > 0

    def test_groups_are_known(self, found: pd.DataFrame) -> None:
        assert set(found["offence_id"]) <= set(offences())


def _first(month: tuple[int, int]) -> tuple[int, int, int]:
    """The first day of the quarter that ends with a month, counted from 0."""
    year, place = divmod(12 * month[0] + month[1] - 2, 12)
    return year, place + 1, 1


def _after(month: tuple[int, int]) -> date:
    """The day after a month, counted from 0."""
    year, place = divmod(12 * month[0] + month[1] + 1, 12)
    return date(year, place + 1, 1)
