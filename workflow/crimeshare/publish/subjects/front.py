"""What the front page says beside the pages it leads to."""

from __future__ import annotations

import pandas as pd

from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.subjects import factsheet, measured, survey_pages
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.measured import measure_of
from crimeshare.publish.subjects.survey_prose import WORDS
from crimeshare.publish.subjects.surveyed import Survey


def survey_section(survey: Survey, estimates: Estimates) -> str:
    """How many it happened to, as the survey estimates; empty where it has no such measure."""
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return ""
    told = survey_sentences(survey, estimates)
    heading = WORDS.passage("how_common", measure=measure.words)
    return f"## {heading}\n\n{' '.join(told)}"


def survey_sentences(survey: Survey, estimates: Estimates) -> list[str]:
    """How many it happened to lately, and ever or since the year before."""
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return []
    if measure.is_stalking:
        return [survey_pages.last_year(survey), survey_pages.since_16(survey)]
    return [measured.opening(survey, estimates), measured.moved(survey, estimates), measure.differs]


def survey_chart(survey: Survey, estimates: Estimates, frame: pd.DataFrame) -> Chart | None:
    """The measure over the years, as a frame has them; None where the survey has none."""
    measure = measure_of(estimates.offence_id)
    if measure and measure.is_stalking:
        return survey_pages.over_time(survey, frame)
    return measured.over_time(survey, estimates, frame)


def two_measures(estimates: Estimates) -> str:
    """Why counts and estimates stand apart; only counts, where the survey asks nothing like it."""
    measure = measure_of(estimates.offence_id)
    return factsheet.WORDS.passage("two_measures", measure=measure, group=estimates.offence_words)


def headline(estimates: Estimates, survey: Survey) -> Facts:
    """Three numbers: the share and the change of records, and the survey's estimate."""
    *counted, change = factsheet.facts(estimates.nation).facts
    measure = measure_of(estimates.offence_id)
    if measure is None:
        return Facts([*counted[:2], change])
    return Facts([counted[0], change, measured.fact(survey, measure)])
