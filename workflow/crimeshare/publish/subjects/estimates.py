"""The leading figures that pages read: which area, which year, what to call it, where its page is.

The tables come from the steps before; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.nearest import did_you_mean
from crimeshare.periods import a_year_before
from crimeshare.problems import Problem
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import of_build, read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.reference import NATION, Area, areas, offences, split_groups

TOTAL = "total"
FEW = SMALL_BASE
"""Of fewer offences no share, rate or rank is given, as ONS gives no percentage of them."""


def is_few(count: Figure) -> bool:
    """Whether a count is too small for a share, a rate or a rank."""
    return count.value is not None and count.number < FEW


def latest() -> date:
    """The last day of the newest year of the leading figures."""
    years = read("series", ["period_end"], area_code=NATION, offence_id=TOTAL)
    day: date = years["period_end"].max().date()
    return day


def years_of(offence_id: str, area_code: str = "", end: date | None = None) -> pd.DataFrame:
    """The leading figures of a group, in all areas or one, oldest year first in each, or of one."""
    if offence_id not in offences():
        raise Problem(
            f"There is no offence group `{offence_id}`{did_you_mean(offence_id, offences())}"
            " The groups are listed in resources/reference/offences.csv."
        )
    only: dict[str, Any] = {"area_code": area_code} if area_code else {}
    if end:
        only["period_end"] = end
    return read("series", offence_id=offence_id, **only)


def year_of(offence_id: str, area_code: str, end: date | None = None) -> Row:
    """The year of an area that ends on a day, else the latest; no numbers where it has none."""
    end = end or latest()
    years = years_of(offence_id, area_code, end)
    if found := rows(years):
        return found[0]
    key = {"area_code": area_code, "offence_id": offence_id, "period_end": end, "table": "series"}
    return Row(dict.fromkeys(years.columns) | key)


def at(offence_id: str, codes: Sequence[str], end: date | None = None) -> pd.DataFrame:
    """The year of several areas that ends on a day, else the latest, in the order of `codes`.

    Of an area without figures the row has no numbers.
    """
    end = pd.Timestamp(end or latest())
    years = years_of(offence_id, end=end)
    own = years.set_index("area_code").reindex(list(codes)).reset_index()
    named = {"area_name": [areas()[code].area_name for code in codes]}
    return own.assign(offence_id=offence_id, period_end=end, table="series", **named)


def of_areas(offence_id: str, codes: Sequence[str], end: date | None = None) -> pd.DataFrame:
    """As :func:`at`, the largest part of recorded crime first, areas without a share last."""
    years = at(offence_id, codes, end)
    part = years["share"].mask(years["count"] < FEW)
    return years.loc[
        years.assign(part=part).sort_values(["part", "area_name"], ascending=[False, True]).index
    ].reset_index(drop=True)


def without_few(years: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``series`` without what is not given of fewer than fifty offences."""
    few = years["count"] < FEW
    return years.assign(**{name: years[name].mask(few) for name in OF_MANY})


OF_MANY = ("share", "rate_per_1000", "rank_forces")


def _codes(chosen: Callable[[Area], bool]) -> list[str]:
    return [code for code, area in areas().items() if chosen(area)]


FORCES = _codes(lambda area: area.area_type == "force")
REGIONS = _codes(lambda area: area.area_type == "region" or area.area_name == "Wales")
"""Codes of the police force areas, and of the regions of England and Wales, in ONS's order."""


def parts_of(area_code: str) -> list[str]:
    """Codes of the areas that are part of one, in ONS's order."""
    return _codes(lambda area: area.parent_code == area_code)


def code_of(slug: str, codes: Sequence[str]) -> str:
    """The code of the area that addresses call so, one of `codes`.

    Raises:
        Problem: if there is none, naming the nearest.
    """
    named = {areas()[code].slug: code for code in codes}
    if slug not in named:
        raise Problem(
            f"There is no area `{slug}`{did_you_mean(slug, named)}"
            " The areas are listed in resources/reference/areas.csv."
        )
    return named[slug]


def address(area_code: str) -> str:
    """Page of an area, from the root of the report; empty where it has none."""
    if area_code == NATION:
        return "national.html"
    folders = {"regions": REGIONS, "forces": FORCES}
    folder = next((name for name, codes in folders.items() if area_code in codes), "")
    return f"{folder}/{areas()[area_code].slug}.html" if folder else ""


def count_before(row: Row) -> Figure:
    """The count of the year before: the leading figure, where that is what a row compares with."""
    end = a_year_before(row["period_end"])
    before = year_of(row["offence_id"], row["area_code"], end)
    found: Figure = before.count if before["count"] == row["previous"] else row.previous
    return found


def first_published(table: str, offence_id: str, area_code: str, **only: Any) -> pd.DataFrame:
    """What each edition gave of its own year, where it counts the group as it is now.

    Args:
        table: a table of editions: ``shares``, ``recorded_crime``.

    Returns:
        Rows of the table, oldest year first; of an edition that was issued again the last issue.
    """
    given = groups_given()
    alone = [
        (release_id, pd.Timestamp(end))
        for release_id, end in editions().items()
        if not set(split_groups(offence_id)) - given[release_id]
    ]
    key = ["release_id", "period_end"]
    given_there = read(table, offence_id=offence_id, area_code=area_code, **only)
    return pd.DataFrame(alone, columns=key).merge(given_there, on=key)


@of_build("shares")
def groups_given() -> dict[str, set[str]]:
    """The groups that each edition counts, by its release."""
    given = read("shares", ["release_id", "offence_id"]).groupby("release_id")["offence_id"]
    return {str(release_id): {*groups} for release_id, groups in given.unique().items()}


@of_build("shares")
def releases() -> dict[str, date]:
    """The last day of the year each edition is about, superseded ones included, by its release."""
    given = read("shares", ["release_id", "period_end"])
    ends = given.groupby("release_id")["period_end"].max().sort_index()
    return {str(release_id): end.date() for release_id, end in ends.items()}


def editions() -> dict[str, date]:
    """The editions of ONS and the last day of the year of each, oldest first.

    One that was issued again is there once, as its last issue.
    """
    newest = {end: release_id for release_id, end in releases().items()}
    return {newest[end]: end for end in sorted(newest)}


@of_build("recorded_crime", "shares")
def without_return(release_id: str) -> set[str]:
    """Codes of the forces that made no return for the year of an edition, which names them."""
    only = {"offence_id": TOTAL, "measure": "count", "area_type": "force"}
    totals = read("recorded_crime", ["release_id", "period_end", "area_code", "value"], **only)
    own = totals["release_id"].eq(release_id) & totals["value"].isna()
    return {
        *totals.loc[
            own & totals["period_end"].eq(pd.Timestamp(editions()[release_id])), "area_code"
        ]
    }


def forces_left_out(row: Mapping[str, Any]) -> list[str]:
    """The forces that the numbers of a row leave out."""
    return [name for name in (row["excluded"] or "").split("; ") if name]
