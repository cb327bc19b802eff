"""What the front page says beside the pages it leads to."""

from __future__ import annotations

import pandas as pd

from crimeshare.publish.elements.provenance import registry
from crimeshare.publish.elements.rows import Row, cells_of, counted, rows
from crimeshare.publish.elements.tables import Facts
from crimeshare.publish.subjects import currency, factsheet, revised, survey_pages, surveyed
from crimeshare.publish.subjects.estimates import year_of
from crimeshare.publish.subjects.measured import Measure, measure_of
from crimeshare.publish.subjects.surveyed import WORDS
from crimeshare.reference import NATION


def survey_section(measure: Measure, years: pd.DataFrame) -> str:
    """How many it happened to, as the survey estimates."""
    heading = WORDS.passage("how_common", measure=measure.words)
    return f"## {heading}\n\n{' '.join(survey_sentences(measure, years))}"


def survey_sentences(measure: Measure, years: pd.DataFrame) -> list[str]:
    """How many it happened to lately, and ever or since the year before."""
    lately = WORDS.passage("last_year", row=rows(years)[-1], what=measure.words)
    change = WORDS.passage("change", row=surveyed.newest_change(surveyed.changes(years)))
    if measure.is_stalking:
        ever = survey_pages.since_16(surveyed.latest(survey_pages.SINCE_16))
        return [lately, ever, change]
    return [lately, change, measure.differs]


def two_measures(offence_id: str) -> str:
    """Why counts and estimates stand apart; only counts, where the survey asks nothing like it."""
    measure = measure_of(offence_id)
    why = WORDS.passage("not_measured", group=offence_id)
    return factsheet.WORDS.passage("two_measures", measure=measure, not_measured=why)


def headline(offence_id: str) -> Facts:
    """Three numbers: the share and the change of records, and the survey's estimate."""
    *counted, change = factsheet.facts(year_of(offence_id, NATION)).facts
    measure = measure_of(offence_id)
    if measure is None:
        return Facts([*counted[:2], change])
    newest = rows(surveyed.everybody(measure.measure_id))[-1]
    return Facts([counted[0], change, survey_pages.fact(newest, measure.words)])


def latest_release(now: Row) -> str:
    """What the release that leads changed of the years before its own."""
    offence_id = now["offence_id"]
    every = revised.steps_of(offence_id, NATION)
    steps = every[every["release_id"].eq(now["release_id"])]
    change = steps["change"]
    ways = {"rose": change.gt(0), "fell": change.lt(0), "stayed": change.eq(0)}
    numbers = {"given": len(steps)} | {way: int(of.sum()) for way, of in ways.items()}
    cells = cells_of(row.value for row in rows(steps))
    told = {
        name: counted(f"latest_release.{name}.{offence_id}", f"years {name}", number, cells)
        for name, number in numbers.items()
    }
    most = steps["change_pct"].abs().fillna(0)
    return revised.WORDS.passage(
        "latest_release",
        published=currency.published(registry()),
        place=NATION,
        size=told,
        most=rows(steps.loc[[most.idxmax()]])[0] if len(steps) else None,
    )
