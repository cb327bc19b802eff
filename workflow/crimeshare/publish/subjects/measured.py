"""What the survey says of the report's offence group: how common it is, and how that moved.

The measure of each group, and how the two differ, are in
``resources/reference/survey_measures.csv``; of a group that the survey has no estimate of, its page
says so. Stalking, whose questions, bases and breaks are its own, has
:mod:`crimeshare.publish.subjects.survey_pages` instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from crimeshare import survey_words
from crimeshare.publish.elements import intervals
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.rows import rows
from crimeshare.publish.subjects import survey_pages, surveyed
from crimeshare.publish.subjects.survey_pages import STALKING, drawn
from crimeshare.publish.subjects.surveyed import (
    WORDS,
    breaks,
    changes,
    level_figure,
    newest_change,
    on_bases,
)
from crimeshare.reference import REFERENCE, read_rows


@dataclass(frozen=True)
class Measure:
    """A measure of the survey beside an offence group of recorded crime.

    Attributes:
        differs: what of the group the measure leaves out, in a sentence; empty for nothing known.
    """

    offence_id: str
    measure_id: str
    differs: str

    @property
    def words(self) -> str:
        """What it measures, inside a sentence: "domestic burglary"."""
        return self.measure_id if self.is_stalking else survey_words.measure(self.measure_id)

    @property
    def is_stalking(self) -> bool:
        """Whether it has a page of its own."""
        return self.measure_id == STALKING


@cache
def _measures() -> dict[str, Measure]:
    rows = (Measure(**row) for row in read_rows(REFERENCE / "survey_measures.csv"))
    return {measure.offence_id: measure for measure in rows}


def measure_of(offence_id: str) -> Measure | None:
    """The measure of an offence group; None where the survey has none."""
    return _measures().get(offence_id)


def groups_measured_by(measure_id: str) -> set[str]:
    """The offence groups that a measure of the survey, or a wider one, is beside."""
    return {name for name, each in _measures().items() if measure_id.startswith(each.measure_id)}


def over_time(measure: Measure, years: pd.DataFrame) -> Chart:
    """Every year of the measure, broken where the survey broke; see `surveyed.everybody`."""
    first, *_, last = rows(years)
    words = WORDS.points(
        "measure_over_time_chart",
        measure=measure.words,
        row=newest_change(changes(years)),
        level=level_figure(last["level"]),
        on_bases=on_bases(years["basis"]),
    )
    return intervals.over_time(
        "survey-over-time",
        drawn(years),
        y="estimate",
        by="label",
        label="label",
        words=words,
        breaks=[b for b in breaks(measure.measure_id) if first["period_end"] < b.day],
    )


def differences(measure: Measure) -> list[str]:
    """Why records and estimates of the group do not measure the same."""
    households = not surveyed.of_people(measure.measure_id)
    return survey_pages.differences(
        measure.differs, stalking=measure.is_stalking, households=households
    )
