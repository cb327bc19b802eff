"""What the survey says of the report's offence group: how common it is, and how that moved.

The measure of each group, and how the two differ, are in
``resources/reference/survey_measures.csv``; of a group that the survey has no estimate of, its page
says so. Stalking, whose questions, bases and breaks are its own, has
:mod:`crimeshare.publish.subjects.survey_pages` instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from crimeshare import survey_words
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects import survey_pages, survey_prose
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.survey_charts import intervals_over_time
from crimeshare.publish.subjects.survey_pages import STALKING, change_verdict, drawn
from crimeshare.publish.subjects.survey_prose import WORDS
from crimeshare.publish.subjects.surveyed import Estimate, Survey, SurveyChange
from crimeshare.reference import REFERENCE, read_rows


@dataclass(frozen=True)
class Measure:
    """A measure of the survey beside an offence group of recorded crime.

    Attributes:
        offence_id: the group.
        measure_id: the measure.
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


# ---------------------------------------------------------------- sentences


def title(estimates: Estimates) -> str:
    """The question that the page answers."""
    measure = measure_of(estimates.offence_id)
    return WORDS.passage("title", measure=measure and measure.words)


def opening(survey: Survey, estimates: Estimates) -> str:
    """How many it happened to in the newest year; or that the survey has no estimate of it."""
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return WORDS.passage("not_measured", group=estimates.offence_words)
    latest = series(survey, measure)[-1]
    return survey_pages.said(latest, survey_prose.term("unit", latest.unit_base), measure.words)


def moved(survey: Survey, estimates: Estimates) -> str:
    """Whether the estimate changed since a year before, by a test; nothing without a measure."""
    measure = measure_of(estimates.offence_id)
    return "" if measure is None else survey_pages.change_sentence(newest_change(survey, measure))


def differences(survey: Survey, estimates: Estimates) -> list[str]:
    """Why records and estimates of the group do not measure the same; none without a measure."""
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return []
    return survey_pages.differences(
        measure.differs,
        stalking=measure.is_stalking,
        households=not survey.of_people(measure.measure_id),
    )


# ---------------------------------------------------------------- numbers, charts, tables


def series(survey: Survey, measure: Measure) -> list[Estimate]:
    """Every year of a measure among everybody, or every household, the oldest first."""
    age = "16+" if survey.of_people(measure.measure_id) else "all"
    return survey.series(measure.measure_id, "all", age)


def changes(survey: Survey, measure: Measure) -> list[SurveyChange]:
    """The tested changes of a measure to its newest year, the oldest earlier year first."""
    latest = series(survey, measure)[-1]
    every = survey.changes(measure.measure_id, latest.sex, latest.age)
    return [change for change in every if change.later.period_end == latest.period_end]


def newest_change(survey: Survey, measure: Measure) -> SurveyChange:
    """The change to the newest year from the newest earlier one whose interviews are others."""
    tested = changes(survey, measure)
    apart = [c for c in tested if c.earlier.period_end < c.later.period_start]
    return (apart or tested)[-1]


def facts(survey: Survey, estimates: Estimates) -> Facts | None:
    """The newest estimate at a glance, and the one before it; None without a measure."""
    measure = measure_of(estimates.offence_id)
    return None if measure is None else Facts([fact(survey, measure)])


def fact(survey: Survey, measure: Measure) -> tuple[str, str, str]:
    """The newest estimate at a glance: value, meaning, uncertainty."""
    latest = series(survey, measure)[-1]
    return survey_pages.fact(latest, measure.words, survey_prose.term("unit", latest.unit_base))


def over_time(survey: Survey, estimates: Estimates, frame: pd.DataFrame) -> Chart | None:
    """Every year of the measure, broken where the survey broke; None without a measure.

    Args:
        survey: the survey.
        estimates: about the offence group.
        frame: the years of the measure; see `survey_pages.of_frame`.
    """
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return None
    age = series(survey, measure)[-1].age
    years = survey_pages.of_frame(survey, frame, measure.measure_id, "all", age)
    change = newest_change(survey, measure)
    words = WORDS.points(
        "measure_over_time_chart",
        measure=measure.words,
        change=change,
        verdict=change_verdict(change),
        who=survey_prose.term("unit", years[-1].unit_base),
        level=years[-1].level,
        on_bases=survey_pages.on_bases(years),
    )
    return intervals_over_time(
        Chart.worded("survey-over-time", words),
        [(_label(years), [(e.period_end, drawn(e, _label(years))) for e in years])],
        [b for b in survey.breaks(measure.measure_id) if years[0].period_end < b.day],
    )


def _label(years: Sequence[Estimate]) -> str:
    return prose.upper_first(survey_prose.term("unit", years[-1].unit_base))


def years_table(survey: Survey, estimates: Estimates) -> Table | None:
    """Every year of the measure; None without one."""
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return None
    words = WORDS.points("years_of_measure_table", measure=measure.words)
    return survey_pages.years_table(words, series(survey, measure))


def changes_table(survey: Survey, estimates: Estimates) -> Table | None:
    """The changes from each year to the newest, tested together; None without a measure."""
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return None
    tested = changes(survey, measure)
    end = tested[-1].later.period_end
    caption = WORDS.passage("changes_of_measure", measure=measure.words, end=end)
    return survey_pages.changes_table(caption, tested)
