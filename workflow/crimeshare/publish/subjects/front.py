"""What the front page says beside the pages it leads to."""

from __future__ import annotations

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.subjects import factsheet, survey_pages
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.survey_pages import STALKING
from crimeshare.publish.subjects.surveyed import SURVEYED, Survey


def survey_sentences(survey: Survey) -> list[str]:
    """How many people it happened to, lately and ever."""
    return [survey_pages.last_year(survey), survey_pages.since_16(survey)]


def surveyed(estimates: Estimates) -> bool:
    """Whether the survey asks about the conduct that the report's offence group is about."""
    return SURVEYED.get(estimates.offence_id) == STALKING


def two_measures(estimates: Estimates) -> str:
    """Why counts and estimates stand apart; only counts, where the survey asks nothing like it."""
    counts = "Counts say what police recorded, not what happened"
    if not surveyed(estimates):
        return f"{counts}."
    return (
        f"{counts}; the survey estimates how many people were stalked. "
        f'<a href="survey.html">Why the two differ</a>.'
    )


def headline(estimates: Estimates, survey: Survey) -> Facts:
    """Three numbers: the share and the change of records, and the survey's estimate."""
    share, count, *_, change = factsheet.facts(estimates.nation).facts
    if not surveyed(estimates):
        return Facts([share, count, change])
    latest = survey.latest(STALKING)
    words = f"experienced stalking in the {prose.period(latest.period_end)}"
    return Facts([share, change, survey_pages.fact(latest, words)])
