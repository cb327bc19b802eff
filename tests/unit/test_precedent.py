"""An edition of the appendix tables beside those that are shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crimeshare.periods import month_end
from crimeshare.releases.holdings import Past
from crimeshare.releases.precedent import beside_earlier
from crimeshare.sources.datasets import APPENDIX
from crimeshare.tables.corrections import read_corrections
from crimeshare.tables.labels import one_line
from crimeshare.tables.observations import SurveyObservation, read_observations
from crimeshare.tables.ties import lines_of
from tests.conftest import ROOT
from tests.facsimile import FIGURES

END = date(2025, 12, 31)


def past(year: int, month: int) -> Past:
    name = f"appendix-{year}-{month:02}"
    entries = read_corrections(ROOT / "config" / "corrections.yaml")
    slips = frozenset(entry.place for entry in entries if entry.release == name)
    return Past(name, month_end(year, month), FIGURES / f"{name}.parquet", APPENDIX, slips)


PAST = [past(2025, 9)]


@pytest.fixture(scope="module")
def observations() -> list[SurveyObservation]:
    return read_observations(SurveyObservation, FIGURES / "appendix-2025-12.parquet")


def test_an_edition_that_revises_as_others_did_is_let_through(
    observations: list[SurveyObservation],
) -> None:
    assert beside_earlier(APPENDIX, observations, END, PAST) == []


def is_base(row: SurveyObservation) -> bool:
    return row.statistic == "unweighted_base" and row.period_end == date(2010, 3, 31)


@pytest.mark.parametrize("value", [None, 40_000.0])
def test_a_base_that_any_other_edition_has_otherwise_is_told(
    value: float | None, observations: list[SurveyObservation]
) -> None:
    long_past = [past(2022, 9)]
    changed = next(row for row in observations if is_base(row) and row.table == "prevalence")
    rows = [replace(row, value=value) if row is changed else row for row in observations]
    before = beside_earlier(APPENDIX, observations, END, long_past)
    (doubt,) = set(beside_earlier(APPENDIX, rows, END, long_past)) - set(before)
    assert f"cell {changed.cell}: holds" in doubt
    assert before == []


def test_a_count_that_no_sum_holds_and_the_edition_before_has_otherwise_is_told(
    observations: list[SurveyObservation],
) -> None:
    changed = next(
        row
        for row in observations
        if "of which:  distraction burglary" in row.row_label
        and row.period_end == date(2011, 3, 31)
    )
    rows = [
        replace(row, value=row.value and row.value + 180) if row is changed else row
        for row in observations
    ]
    (doubt,) = beside_earlier(APPENDIX, rows, END, PAST)
    assert f"cell {changed.cell}: holds" in doubt
    assert "distraction burglary" in doubt


@pytest.mark.parametrize("shifted", ["unweighted_base", "incidents_thousands"])
def test_figures_of_other_years_are_told_however_far_the_editions_are_apart(
    shifted: str, observations: list[SurveyObservation]
) -> None:
    first = next(row for row in observations if row.statistic == shifted)
    at = lines_of((first.sheet, first.cell))[0]
    line = [row for row in observations if lines_of((row.sheet, row.cell))[0] == at]
    # A measure of another meaning differs throughout, but who was asked does not.
    chosen = line[1:] if shifted == "unweighted_base" else line[3:4]
    moved = {row.cell: line[line.index(row) - 1].value for row in chosen}
    rows = [
        replace(row, value=moved.get(row.cell, row.value)) if row.sheet == first.sheet else row
        for row in observations
    ]
    (doubt,) = beside_earlier(APPENDIX, rows, END, [past(2022, 9)])
    assert f"{at[1]}: holds" in doubt


def test_a_row_with_the_figures_of_another_row_is_told(
    observations: list[SurveyObservation],
) -> None:
    incidents = [row for row in observations if row.statistic == "incidents_thousands"]
    theirs = {row.period_end: row.value for row in incidents if row.item_id == "criminal_damage"}
    whole = next(row for row in incidents if row.item_id == "headline_excluding_fraud")
    rows = [
        replace(row, value=theirs[row.period_end])
        if (row.table, row.item_id) == (whole.table, whole.item_id)
        else row
        for row in observations
    ]
    (doubt,) = beside_earlier(APPENDIX, rows, END, [past(2022, 9)])
    assert repr(one_line(whole.row_label)) in doubt
    assert "CRIMINAL DAMAGE" in doubt


def test_a_row_of_offences_without_a_number_in_any_year_is_told(
    observations: list[SurveyObservation],
) -> None:
    offences = [row for row in observations if row.statistic == "offences" and row.item_id]
    empty = next(row for row in offences if row.value == 0)
    rows = [
        replace(row, value=None, marker="unavailable")
        if (row.table, row.row_label) == (empty.table, empty.row_label)
        else row
        for row in observations
    ]
    (doubt,) = beside_earlier(APPENDIX, rows, END, [past(2022, 9)])
    assert repr(one_line(empty.row_label)) in doubt
    assert "no number in any year" in doubt


def test_a_row_that_is_withheld_though_it_was_published_is_told(
    observations: list[SurveyObservation],
) -> None:
    (label, *_) = [row for row in observations if row.statistic == "prevalence_pct" and row.value]
    rows = [
        replace(row, value=None, marker="unreliable")
        if (row.sheet, row.row_label) == (label.sheet, label.row_label)
        else row
        for row in observations
    ]
    doubts = beside_earlier(APPENDIX, rows, END, PAST)
    assert doubts
    assert all(f"sheet {label.sheet!r}" in doubt for doubt in doubts)


@pytest.mark.parametrize(
    ("table", "day"), [("offence_subcodes", date(2021, 3, 31)), ("prevalence", date(2019, 3, 31))]
)
@pytest.mark.slow
def test_a_year_that_the_edition_nearest_in_time_has_is_missed(table: str, day: date) -> None:
    rows = read_observations(SurveyObservation, FIGURES / "appendix-2025-06.parquet")
    kept = [row for row in rows if (row.table, row.period_end) != (table, day)]
    both = [past(2022, 9), past(2025, 9)]
    assert beside_earlier(APPENDIX, rows, date(2025, 6, 30), both) == []
    (doubt,) = beside_earlier(APPENDIX, kept, date(2025, 6, 30), both)
    assert f"no column for the year ending {day:%B %Y} in its table of" in doubt
    assert "which appendix-2025-09 has" in doubt


def test_a_row_that_the_editions_on_both_sides_have_is_missed() -> None:
    """Years lie between it and the one before, in which others have come instead."""
    rows = read_observations(SurveyObservation, FIGURES / "appendix-2025-06.parquet")
    lost = next(row for row in rows if row.table == "offence_codes" and row.item_id == "8R")
    kept = [row for row in rows if (row.table, row.item_id) != (lost.table, lost.item_id)]
    doubts = beside_earlier(APPENDIX, kept, date(2025, 6, 30), [past(2022, 9), past(2025, 9)])
    assert any(
        "table of offence codes, which appendix-2022-09 had and appendix-2025-09 has" in doubt
        for doubt in doubts
    )
