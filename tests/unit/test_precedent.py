"""An edition of the appendix tables beside those that are shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crimeshare.releases.precedent import Past, beside_earlier_surveys
from crimeshare.tables.observations import SurveyObservation, read_observations
from tests.facsimile import FIGURES

END = date(2025, 12, 31)
PAST = [Past("appendix-2025-09", date(2025, 9, 30), FIGURES / "appendix-2025-09.parquet")]


@pytest.fixture(scope="module")
def observations() -> list[SurveyObservation]:
    return read_observations(SurveyObservation, FIGURES / "appendix-2025-12.parquet")


def test_an_edition_that_revises_as_others_did_is_let_through(
    observations: list[SurveyObservation],
) -> None:
    assert beside_earlier_surveys(observations, END, PAST) == []


def is_base(row: SurveyObservation) -> bool:
    return row.statistic == "unweighted_base" and row.period_end == date(2010, 3, 31)


@pytest.mark.parametrize("value", [None, 40_000.0])
def test_a_base_that_any_other_edition_has_otherwise_is_told(
    value: float | None, observations: list[SurveyObservation]
) -> None:
    """Three years lie between the two, in which estimates were weighted anew."""
    past = [Past("appendix-2022-09", date(2022, 9, 30), FIGURES / "appendix-2022-09.parquet")]
    changed = next(row for row in observations if is_base(row) and row.table == "prevalence")
    rows = [replace(row, value=value) if row is changed else row for row in observations]
    before = beside_earlier_surveys(observations, END, past)
    (doubt,) = set(beside_earlier_surveys(rows, END, past)) - set(before)
    assert f"cell {changed.cell}: holds" in doubt
    assert not any("base" in each for each in before)


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
    doubts = beside_earlier_surveys(rows, END, PAST)
    assert doubts
    assert all(f"sheet {label.sheet!r}" in doubt for doubt in doubts)
