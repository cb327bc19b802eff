"""Estimates of the survey that do not hold together are refused, with what is wrong with them."""

from __future__ import annotations

import random
from itertools import combinations

import pandas as pd
import pytest

from crimeshare.parquet import read_table
from crimeshare.problems import Problem
from crimeshare.tables.combining import read_transcribed_estimates
from crimeshare.tables.survey_checks import beside_known, check_survey_tables
from tests.conftest import ROOT
from tests.survey_mutations import SURVEY_KINDS

OPEN_DATA = ROOT / "resources/figures/personal-prevalence-2018-12.parquet"


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return read_table(OPEN_DATA)


@pytest.fixture(scope="module")
def transcribed() -> pd.DataFrame:
    return read_transcribed_estimates(ROOT / "resources/reference/stalking_prevalence.csv")


def test_what_is_shipped_holds_together(shipped: pd.DataFrame, transcribed: pd.DataFrame) -> None:
    check_survey_tables(shipped)
    check_survey_tables(transcribed)


@pytest.mark.parametrize("kind", SURVEY_KINDS)
def test_a_change_is_refused(kind: str, shipped: pd.DataFrame) -> None:
    with pytest.raises(Problem, match="personal-prevalence-2018-12"):
        check_survey_tables(SURVEY_KINDS[kind](shipped, random.Random(kind)))


@pytest.mark.slow
def test_any_two_ages_swapped_throughout_are_refused(shipped: pd.DataFrame) -> None:
    for one, other in combinations(sorted(set(shipped["age"])), 2):
        ages = shipped["age"].replace({one: other, other: one})
        with pytest.raises(Problem, match=r"swapped\?|expected it between them|have .* together"):
            check_survey_tables(shipped.assign(age=ages))


def changed(table: pd.DataFrame, column: str, value: object, **row: str) -> pd.DataFrame:
    """A table with another value in the newest row that is about this."""
    rows = pd.Series(True, index=table.index)
    for name, wanted in row.items():
        rows &= table[name] == wanted
    changed = table.copy()
    changed.loc[changed.index[rows][-1], column] = value
    return changed


@pytest.mark.parametrize(
    ("column", "value", "row", "said"),
    [
        ("estimate", 0.043, {"sex": "all", "age": "16+"}, "expected it between them"),
        ("estimate", 0.0232, {"sex": "all", "age": "16+"}, "in no mix of them"),
        ("period_start", pd.Timestamp("2022-04-01"), {}, "expected twelve months"),
        ("estimate", 0.15, {"sex": "men", "age": "16+"}, "more than 8.7 % of stalking_since_16"),
    ],
)
def test_rounded_estimates_are_held_as_far_as_they_tell(
    column: str, value: object, row: dict[str, str], said: str, transcribed: pd.DataFrame
) -> None:
    own = transcribed[transcribed["release_id"] == "stalking-2024-03"]
    with pytest.raises(Problem, match=said):
        check_survey_tables(changed(own, column, value, **({"measure_id": "stalking"} | row)))


def test_a_jump_that_chance_does_not_explain_is_named(shipped: pd.DataFrame) -> None:
    later = shipped.assign(
        release_id="personal-prevalence-2019-12",
        **{day: shipped[day] + pd.DateOffset(years=1) for day in ("period_start", "period_end")},
    )
    assert list(beside_known(later, shipped)) == []
    fraud = later["measure_id"] == "fraud"
    doubled = later.assign(estimate=later["estimate"].where(~fraud, later["estimate"] * 2))
    named = list(beside_known(doubled, shipped))
    assert named
    assert all("fraud" in sentence and "2018-12" in sentence for sentence in named)


def test_the_same_year_told_otherwise_is_named(transcribed: pd.DataFrame) -> None:
    own = transcribed[transcribed["release_id"] == "bulletin-2025-03"]
    assert list(beside_known(own, transcribed)) == []
    (said,) = beside_known(changed(own, "estimate", 0.037, period_end="2024-03-31"), transcribed)
    assert "3.7 % beside 3.2 %" in said
