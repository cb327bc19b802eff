"""What a page about one area shows: sentences, charts and tables, each from the figures.

The notebooks put these in order; every title here states what the numbers say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from html import escape
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from crimeshare.measures.control_limits import APART
from crimeshare.measures.years import NATION
from crimeshare.periods import a_year_before, first_day
from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Break, Chart
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.elements.figures import Figure, fixed
from crimeshare.publish.elements.rows import Row, cells_of, counted, difference, figure, over, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import (
    FEW,
    RANKS,
    TOTAL,
    Change,
    Estimates,
    Place,
    Year,
    first_published,
    forces_left_out,
    is_few,
)
from crimeshare.reference import REFERENCE, areas, offences, read_rows

WORDS = Words(Path(__file__).with_name("words") / "area.md.j2")


@cache
def breaks(offence_id: str) -> tuple[Break, ...]:
    """The recording changes that touch an offence group, oldest first."""
    rows = read_rows(REFERENCE / "recording_changes.csv")
    touching = [row for row in rows if offence_id in row["offence_ids"].split()]
    listed = (
        Break(date.fromisoformat(row["effective"]), row["name"], row["label"]) for row in touching
    )
    return tuple(sorted(listed, key=lambda b: b.day))


# ---------------------------------------------------------------- sentences


@cache
def _rules() -> dict[str, Break]:
    rows = read_rows(REFERENCE / "recording_changes.csv")
    return {row["name"]: Break(date.fromisoformat(row["effective"]), row["name"]) for row in rows}


def rules(change: Change | None) -> list[Break]:
    """The changes of recording between two years, oldest first."""
    names = change.recording_changes if change else ()
    return sorted((_rules()[name] for name in names), key=lambda rule: rule.day)


def opening(place: Place) -> str:
    """What was recorded in the latest year, and where that stands."""
    estimates, count = place.estimates, place.count()
    return WORDS.passage(
        "opening",
        place=place,
        year=estimates.latest.words,
        count=count,
        share=place.share(),
        offences=prose.offences_in(estimates.offence.name, count.value or 0),
        few=is_few(count),
        rank=place.rank_among_forces(),
        by_rate=place.rank_by_rate(),
        forces=estimates.how_many_forces(),
    )


def against_nation(place: Place) -> str:
    """The share beside that of England and Wales; nothing where there is no share."""
    nation = place.estimates.nation
    if place.share().value is None or is_few(place.count()):
        return ""
    difference = difference_of_shares(place, nation)
    word = prose.compared(
        place.share().number, nation.share().number, shown_difference=difference.text
    )
    return WORDS.passage("against_nation", difference=difference, word=word, nation=nation)


def difference_of_shares(place: Place, other: Place) -> Figure:
    """How far the share of one area is from that of another, in percentage points."""
    own, reference = place.share(), other.share()
    name = f"{own.figure_id}.against.{other.slug}"
    return difference(name, own, reference, "percentage_points")


def change_sentence(place: Place, change: Change) -> str:
    """How the count moved, and whether the two years may be compared."""
    return WORDS.passage(
        "change",
        place=place,
        change=change,
        direction=prose.recorded_direction(change.previous.number, change.current.number),
        size=change.difference if change.percent.value is None else change.percent,
        alike_direction=_direction_alike(change),
        rules=rules(change),
        comparability=comparability(change),
    )


def _direction_alike(change: Change) -> str:
    alike = change.alike
    if alike is None:
        return ""
    return prose.recorded_direction(
        alike.previous.number, alike.current.number, shown_change=alike.percent.text
    )


def comparability(change: Change) -> str:
    """Why two years may not be compared as wholes, in one sentence; nothing where they may."""
    return WORDS.passage("comparability", change=change, rules=rules(change))


def rank_sentences(place: Place) -> str:
    """The group's rank among offence groups in each classification, and why it has none in some."""
    estimates = place.estimates
    ranks = {name: place.rank(name) for name in RANKS}
    held = [
        prose.ranked(f"{rank}", name, how_many(estimates, name))
        for name, rank in ranks.items()
        if rank
    ]
    return WORDS.passage(
        "ranks",
        held=held,
        name=estimates.offence.name,
        plural=prose.is_plural(estimates.offence.name),
        absent=[_without_rank(estimates, name) for name, rank in ranks.items() if not rank],
    )


def _without_rank(estimates: Estimates, classification: str) -> dict[str, str | bool]:
    """What tells why the group has no rank in a classification."""
    parent = estimates.offence.parent_id
    within = classification == "main_groups" and parent != TOTAL
    return {
        "among": prose.CLASSIFICATIONS[classification],
        "part_of": prose.lower_first(offences()[parent].name) if within else "",
        "has_parts": classification == "subgroups" and estimates.has_parts,
    }


def how_many(estimates: Estimates, classification: str) -> str:
    """How many groups a classification ranks."""
    groups = estimates.classified(classification)
    counts = (estimates.nation.count(offence_id=group.offence_id) for group in groups)
    name = f"groups_ranked.{classification}.{estimates.latest.period_end:%Y-%m}"
    return f"{counted(name, 'groups', len(groups), cells_of(counts))}"


def spread(estimates: Estimates) -> str:
    """How far apart the forces are, the City of London named apart from the others."""
    known = [
        force
        for force in estimates.forces
        if force.share().value is not None and not is_few(force.count())
    ]
    order = sorted(known, key=lambda force: (-force.share().number, force.slug))
    others = [force for force in order if force.area.area_code != APART]
    if len(others) < 2:
        return ""
    apart = next((force for force in order if force.area.area_code == APART), None)
    return WORDS.passage("spread", high=others[0], low=others[-1], apart=apart)


def caveats(place: Place) -> list[str]:
    """What to keep in mind about this area's figures, the particular before the general."""
    estimates, count = place.estimates, place.count()
    incomplete = [
        (year.words, names)
        for year in estimates.years
        if (names := place.excluded(year)) or place in estimates.without_return(year)
    ]
    notes = WORDS.points(
        "caveats",
        place=place,
        incomplete=incomplete,
        few_residents=place.rate().marker == "low_population",
        few_offences=count.value is not None and count.number < SMALL,
    )
    return [*area_notes(place), *notes]


def area_notes(place: Place) -> list[str]:
    """What the workbooks say about this area alone, each note once with all its editions."""
    editions = {year.release_id: year for year in place.estimates.editions}
    notes: dict[str, list[tuple[Year, dict[str, str]]]] = {}
    for row in read_rows(REFERENCE / "area_notes.csv"):
        if row["area_code"] == place.area.area_code and row["release_id"] in editions:
            notes.setdefault(row["note"], []).append((editions[row["release_id"]], row))
    return [
        WORDS.passage("area_note", note=escape(note), found=found) for note, found in notes.items()
    ]


# Below this, one offence a month either way is a change of several per cent.
SMALL = 500


# ---------------------------------------------------------------- numbers at a glance


def facts(place: Place) -> Facts:
    """Share, count and change of the latest year."""
    estimates, count, change = place.estimates, place.count(), place.change()
    words = WORDS.points(
        "facts",
        place=place,
        count=count,
        offences=prose.offences_in(estimates.offence.name, count.value or 0),
        change=change,
        rules=rules(change),
        few=is_few(count),
    )
    split = ([*fact.split(" | "), ""] for fact in words)
    return Facts([(value, what, how) for value, what, how, *_ in split])


# ---------------------------------------------------------------- charts


def share_by_year(years: pd.DataFrame, area_code: str) -> Chart | None:
    """The share over the years, beside England and Wales; None where no year has one.

    Args:
        years: rows of ``series`` about both, oldest first.
        area_code: of the area.
    """
    own = rows(years[years["area_code"].eq(area_code) & years["share"].notna()])
    if not own or own[-1]["count"] < FEW:
        return None
    offence_id = own[0]["offence_id"]
    known = breaks(offence_id)
    before = _compared_with(own)
    comparable = own[-1]["comparable"]
    words = WORDS.points(
        "share_by_year",
        before=before,
        alike=None if comparable is None else bool(comparable),
        **_both(years, own),
    )
    first = first_published("shares", offence_id, area_code)
    return charts.line(
        "share-by-year",
        years,
        y="share",
        by="area_code",
        own=area_code,
        words=words,
        breaks=known,
        first=first[first["share"].notna()],
    )


def _compared_with(own: Sequence[Row]) -> Row | None:
    """The year that the newest is compared with, which shares no quarter with it.

    That is the year before; where it has no share, the newest before it that lies wholly after the
    last change of recording.
    """
    before = a_year_before(own[-1]["period_end"])
    earlier = [row for row in own if row["period_end"] <= before]
    if not earlier or earlier[-1]["period_end"] == before:
        return earlier[-1] if earlier else None
    known = breaks(own[-1]["offence_id"])
    alike = not known or first_day(earlier[-1]["period_end"]) >= known[-1].day
    return earlier[-1] if alike else None


def rate_by_year(years: pd.DataFrame, area_code: str) -> Chart | None:
    """Offences per 1,000 residents over the years; None where the newest has no rate.

    Args:
        years: rows of ``series`` about the area and England and Wales, oldest first.
        area_code: of the area.
    """
    *_, nation = rows(years[years["area_code"] == NATION])
    own = rows(years[years["area_code"].eq(area_code) & years["rate_per_1000"].notna()])
    newest = own[-1] if own else None
    if not newest or newest["period_end"] != nation["period_end"] or newest["count"] < FEW:
        return None
    rate, word = own[-1].rate_per_1000, ""
    if area_code != NATION and nation["rate_per_1000"] is not None:
        other = nation.rate_per_1000.number
        apart = fixed(rate.number - other, rate.decimals)
        word = prose.compared(rate.number, other, shown_difference=apart)
    offence_id = nation["offence_id"]
    first = first_published("recorded_crime", offence_id, area_code, measure="rate_per_1000")
    return charts.line(
        "rate-by-year",
        years,
        y="rate_per_1000",
        by="area_code",
        own=area_code,
        words=WORDS.points("rate_by_year", word=word, **_both(years, own)),
        breaks=breaks(offence_id),
        first=first[first["value"].notna()],
    )


def _both(years: pd.DataFrame, own: Sequence[Row]) -> dict[str, Any]:
    """What the words of a chart over the years say of an area and of England and Wales."""
    area_code = own[0]["area_code"]
    left_out = years[years["excluded"].fillna("").ne("") & years["share"].notna()]
    return {
        "now": own[-1],
        "nation": rows(years[years["area_code"] == NATION])[-1],
        "first": own[0],
        "last": own[-1],
        "excluding": [
            row
            for code in dict.fromkeys((area_code, NATION))
            for row in rows(left_out[left_out["area_code"] == code])
        ],
    }


def as_in_frame(figure: Figure, number: float) -> Figure:
    """A figure with the number that a frame has for it, or its marker where that is empty."""
    if figure.marker == "small_count":
        return figure
    return replace(figure, value=None if isnan(number) else number)


def shares_of(whole: Place, frame: pd.DataFrame) -> Chart:
    """A bar of the share for each part of an area.

    Args:
        whole: the area.
        frame: ``area_code`` and ``share`` of its parts, the highest first.
    """
    places = [whole.estimates.place(code) for code in frame["area_code"]]
    national = whole == whole.estimates.nation
    words = WORDS.points("shares_chart", whole=whole, first=places[0], national=national)
    return charts.bars(
        Chart.worded("share-by-region" if national else "forces", words),
        [
            Bar(place.name + prose.excluding(place.excluded()), as_in_frame(place.share(), share))
            for place, share in zip(places, frame["share"], strict=True)
        ],
    )


# ---------------------------------------------------------------- tables


class Numbers(NamedTuple):
    """What a table says of one area, year and offence group."""

    offences: Figure
    share: Figure
    rate: Figure
    percent: Figure


def numbers(
    place: Place, row: Mapping[Any, Any], year: Year | None = None, offence_id: str | None = None
) -> Numbers:
    """The numbers of a row of a frame, each with the cells that the tables name for it.

    Args:
        place: the area.
        row: ``count``, ``share``, ``rate_per_1000`` and ``change_pct``.
        year: the latest unless given.
        offence_id: the group of the report unless given.
    """
    change = place.change(year, offence_id)
    count = as_in_frame(place.count(year, offence_id), row["count"])
    share = as_in_frame(place.share(year, offence_id), row["share"])
    rate = as_in_frame(place.rate(year, offence_id), row["rate_per_1000"])
    if is_few(count):
        share, rate = (replace(each, value=None, marker="small_count") for each in (share, rate))
    return Numbers(
        count,
        share,
        rate,
        as_in_frame(change.percent, row["change_pct"] / 100) if change else NO_CHANGE,
    )


def all_years(years: pd.DataFrame, marks: Callable[[date], list[str]] = lambda end: []) -> Table:
    """All years of an area: count, change, total, share, rank and rate, and what recording changed.

    Args:
        years: its rows of ``series``, oldest first.
        marks: what in the area's own recording stands between a year and the one before.
    """
    few = years["count"] < FEW
    small = ("share", "rate_per_1000", "rank_forces")
    years = years.assign(**{name: years[name].mask(few) for name in small if name in years})
    *_, now = own = rows(years)
    given = first_published("recorded_crime", now["offence_id"], now["area_code"], measure="count")
    published: dict[date, Any] = {row["period_end"]: figure(row, "value") for row in rows(given)}
    ranked = areas()[now["area_code"]].area_type == "force"
    unknown, none = WORDS.points("no_rules")

    def between(row: Row) -> str:
        if row["previous"] is None:
            return ""
        rules = list(filter(None, (row["recording_changes"] or "").split("; ")))
        rules += marks(row["period_end"])
        return escape("; ".join(rules)) or (unknown if row["comparable"] is None else none)

    return table(
        years.assign(
            label=[
                prose.month(row["period_end"]) + prose.excluding(forces_left_out(row))
                for row in own
            ],
            published=[published.get(row["period_end"], _NOT_PUBLISHED) for row in own],
            between=list(map(between, own)),
        ),
        [
            *("count", "change_pct", "total", "share"),
            *(["rank_forces"] if ranked else []),
            *("rate_per_1000", "published", "between"),
        ],
        label="label",
        words=WORDS.points("all_years", now=now, ranked=ranked),
        wide=True,
    )


_NOT_PUBLISHED = Figure("count.none", None, "count", marker="unavailable")
NO_CHANGE = Figure("change_pct.none", None, "change", marker="unavailable")


def row_label(name: str, own: bool) -> str:
    """The label of a row, in bold for the area or group that the page is about."""
    return f"<b>{escape(name)}</b>" if own else escape(name)


def areas_table(
    estimates: Estimates,
    frame: pd.DataFrame,
    caption: str,
    kind: str,
    own: Place | None = None,
    ranks: Mapping[str, Mapping[Place, Figure]] | None = None,
) -> Table:
    """Several areas side by side, each a link to its page.

    Args:
        estimates: about the offence group.
        frame: ``area_code`` and what `numbers` takes, of the areas in the order of the table.
        caption: of the table.
        kind: what heads the column of their names.
        own: the area that the page is about.
        ranks: columns of ranks among the forces, by what heads them.
    """
    ranks = ranks or {}
    unranked = WORDS.passage("not_ranked")
    return Table.worded(
        WORDS.points(
            "areas_table",
            caption=caption,
            kind=kind,
            ranks=ranks,
            residents=estimates.nation.population_year(),
            # Of a force beside its neighbours its own page says so, which has to fit on a sheet.
            comparability="" if own else _of_all_areas(estimates),
        ),
        [
            [
                row_label(place.name, True) if place == own else _linked(place),
                *(column.get(place, unranked) for column in ranks.values()),
                *numbers(place, row),
            ]
            for row in frame.to_dict("records")
            for place in [estimates.place(row["area_code"])]
        ],
        styles=["", *("" for _ in ranks), "", "", "", "signed"],
        sortable=True,
    )


def _of_all_areas(estimates: Estimates) -> str:
    """Why the changes of a table of areas may not be compared, which is the same for all."""
    change = estimates.nation.change()
    return comparability(change) if change else ""


def _linked(place: Place) -> str:
    excluding = escape(prose.excluding(place.excluded()))
    return f'<a href="{place.address}">{escape(place.name)}</a>{excluding}'


def neighbours_table(place: Place, frame: pd.DataFrame) -> Table:
    """A force beside the forces it shares a boundary with, and England and Wales.

    Args:
        place: the force.
        frame: of all of them, see `areas_table`.
    """
    caption, kind = WORDS.points("neighbours_table", place=place)
    return areas_table(place.estimates, frame, caption, kind, own=place)


def similar_table(place: Place, frame: pd.DataFrame) -> Table:
    """A force beside those with the most similar mix of other crime, and England and Wales.

    Args:
        place: the force.
        frame: ``area_code``, ``distance`` and what `numbers` takes, of all of them, in the order
            of the table.
    """
    itself = Figure("distance.none", None, "proportion", marker="not_applicable")
    distances = dict(place.similar())
    change = place.estimates.nation.change()
    return Table.worded(
        WORDS.points("similar_table", place=place, comparable=change and change.comparable),
        [
            [
                row_label(other.name, True) if other == place else _linked(other),
                as_in_frame(distances.get(other, itself), row["distance"]),
                *numbers(other, row)[1:],
            ]
            for row in frame.to_dict("records")
            for other in [place.estimates.place(row["area_code"])]
        ],
        styles=["", "", "", "", "signed"],
        sortable=True,
    )


def similar_sentence(place: Place) -> str:
    """How the share stands beside those of the most similar forces."""
    known = [p.share() for p, _ in place.similar() if p.share().value is not None]
    if not known or place.share().value is None:
        return WORDS.passage("similar", place=place, number=None)
    higher = sum(share.number > place.share().number for share in known)
    name = f"similar.{place.slug}.{place.estimates.latest.period_end:%Y-%m}"
    number = over(name, len(known), "count", ("similar", "forces"), known)
    return WORDS.passage("similar", place=place, number=number, higher=higher)


def neighbours(area_code: str) -> set[str]:
    """Codes of the forces that share a boundary with a force (ONS boundaries, December 2023)."""
    pairs = [
        {row["area_code"], row["neighbour_code"]} for row in read_rows(REFERENCE / "neighbours.csv")
    ]
    return {code for pair in pairs if area_code in pair for code in pair - {area_code}}
