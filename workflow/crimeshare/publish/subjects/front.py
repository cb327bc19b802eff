"""What the front page says: the answer in five sentences and four numbers."""

from __future__ import annotations

from html import escape

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.subjects import factsheet, survey_pages
from crimeshare.publish.subjects.estimates import Estimates, Place
from crimeshare.publish.subjects.survey_pages import SINCE_16, STALKING
from crimeshare.publish.subjects.surveyed import SURVEYED, Survey


def answer(estimates: Estimates, force: Place, survey: Survey) -> list[str]:
    """The sentences, in the order of the question: what share, where, since when, how sure."""
    nation = estimates.nation
    change = nation.change()
    sentences = [
        factsheet.opening(nation),
        f"{factsheet.spread(estimates)[:-1]}{_example(estimates, force)}.",
        *([factsheet.change_sentence(nation, change)] if change else []),
    ]
    if surveyed(estimates):
        sentences += [survey_pages.since_16(survey), survey_pages.last_year(survey)]
    return sentences


def surveyed(estimates: Estimates) -> bool:
    """Whether the survey asks about the conduct that the report's offence group is about."""
    return SURVEYED.get(estimates.offence_id) == STALKING


def two_measures(estimates: Estimates) -> str:
    """Why counts and estimates stand apart; only counts, where the survey asks nothing like it."""
    counts = "Counts say what police recorded, not what happened"
    if not surveyed(estimates):
        return f"{counts}."
    return (
        f"{counts}; the survey estimates how many people it happened to. "
        f'<a href="survey.html">They do not measure the same</a>.'
    )


def headline(estimates: Estimates, force: Place, survey: Survey) -> Facts:
    """Four numbers: two shares of records and two estimates, or records alone."""
    nation = estimates.nation
    national = factsheet.facts(nation).facts
    own = (
        f"{force.share()}",
        f'of crime recorded in <a href="{force.address}">{escape(force.name)}</a>'
        f"{_rank(estimates, force)}",
        f"Share of records, {estimates.latest.words}; a count, so no margin of error.",
    )
    if not surveyed(estimates):
        return Facts([national[0], own, *national[2:4]])
    ever, latest = survey.latest(SINCE_16), survey.latest(STALKING)
    return Facts(
        [
            national[0],
            own,
            survey_pages.fact(
                ever, f"have experienced stalking since age 16, {prose.period(ever.period_end)}"
            ),
            survey_pages.fact(
                latest, f"experienced stalking in the {prose.period(latest.period_end)}"
            ),
        ]
    )


def _example(estimates: Estimates, force: Place) -> str:
    """The force that the configuration names, as the end of a sentence."""
    if force.share().value is None:
        return f"; there is none for {force.words}, which made no complete return"
    return f", with {force.share()} in {force.words}{_rank(estimates, force)}"


def _rank(estimates: Estimates, force: Place) -> str:
    """Where the force stands among forces, after a comma; nothing where it has no rank."""
    rank = force.rank_among_forces()
    if rank is None:
        return ""
    return f", {prose.ranked(f'{rank}', 'forces', f'{estimates.how_many_forces()}')}"
