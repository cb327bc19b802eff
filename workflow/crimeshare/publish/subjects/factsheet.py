"""What a page about one area shows: sentences, charts and tables, each from the figures.

The notebooks put these in order; every title here states what the numbers say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from html import escape
from math import isnan
from pathlib import Path

import pandas as pd

from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Break, Chart, Point
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import difference
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import (
    RANKS,
    TOTAL,
    Change,
    Estimates,
    Place,
    Year,
)
from crimeshare.publish.subjects.firmness import Firmness
from crimeshare.reference import REFERENCE, offences, read_rows

WORDS = Words(Path(__file__).with_name("words") / "area.md.j2")


@cache
def breaks(offence_id: str) -> tuple[Break, ...]:
    """The recording changes that touch an offence group, oldest first."""
    rows = read_rows(REFERENCE / "recording_changes.csv")
    touching = [row for row in rows if offence_id in row["offence_ids"].split()]
    listed = (Break(date.fromisoformat(row["effective"]), row["name"]) for row in touching)
    return tuple(sorted(listed, key=lambda b: b.day))


NOT_GATHERED = "Changes of recording have not been gathered for this group."
"""What stands where nobody has looked whether two years may be compared."""


# ---------------------------------------------------------------- sentences


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
        rank=place.rank_among_forces(),
        forces=estimates.how_many_forces(),
    )


def against_nation(place: Place) -> str:
    """The share beside that of England and Wales; nothing where there is no share."""
    nation = place.estimates.nation
    if place.share().value is None:
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
        comparability=comparability(change),
    )


def comparability(change: Change) -> str:
    """Why two years may not be compared, in one sentence; nothing where they may."""
    if change.comparable:
        return ""
    if change.comparable is None:
        return NOT_GATHERED
    named = [f"“{name}”" for name in change.recording_changes]
    return WORDS.passage("not_comparable", changes=named)


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
    figure = Figure(
        f"groups_ranked.{classification}.{estimates.latest.period_end:%Y-%m}",
        len(groups),
        "count",
        tuple(
            dict.fromkeys(
                cell
                for group in groups
                for cell in estimates.nation.count(offence_id=group.offence_id).cells
            )
        ),
        "number of groups",
    )
    return f"{figure}"


def highest(places: Sequence[Place]) -> str:
    """Which of several areas has the highest share."""
    first = by_share(places)[0]
    return f"{escape(first.name)} has the highest share, {first.share()},"


def spread(estimates: Estimates) -> str:
    """How far apart the forces are."""
    order = [place for place in by_share(estimates.forces) if place.share().value is not None]
    return WORDS.passage("spread", high=order[0], low=order[-1])


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
    notes: dict[str, list[str]] = {}
    for row in read_rows(REFERENCE / "area_notes.csv"):
        if row["area_code"] == place.area.area_code and row["release_id"] in editions:
            cell = f"<code>{escape(row['sheet'])}, cell {row['cell']}</code>"
            period = editions[row["release_id"]].words
            notes.setdefault(row["note"], []).append(f"{period}; {cell}")
    return [
        f"{escape(note)} ({'; '.join(prose.upper_first(where) for where in found)}.)"
        for note, found in notes.items()
    ]


# Below this, one offence a month either way is a change of several per cent.
SMALL = 500


# ---------------------------------------------------------------- numbers at a glance


_COMPARED = {
    True: "No known change of rules in between.",
    False: "Not comparable: what police record changed in between.",
    None: NOT_GATHERED,
}


def facts(place: Place) -> Facts:
    """Share, count, rate and change of the latest year."""
    estimates = place.estimates
    words, latest = estimates.offence_words, estimates.latest
    listed = [
        (
            f"{place.share()}",
            f"of recorded crime is {words}",
            f"Share of records, {latest.words}; a count of records has no sampling error.",
        ),
        (
            f"{place.count()}",
            f"{prose.offences_in(estimates.offence.name, place.count().value or 0)} recorded",
            f"Count of records, {latest.words}.",
        ),
    ]
    rate = place.rate()
    if rate.value is not None:
        listed.append(
            (
                f"{rate}",
                f"offences per 1,000 residents of {place.population_year()}",
                f"{prose.upper_first(latest.words)}."
                if place == estimates.nation
                else f"In {estimates.nation.words}: {estimates.nation.rate()}.",
            )
        )
    change = place.change()
    if change:
        listed.append(
            (
                f"{change.percent:signed}",
                "change in offences on the year before",
                _COMPARED[change.comparable],
            )
        )
    return Facts(listed)


# ---------------------------------------------------------------- charts


def share_over_time(place: Place, frame: pd.DataFrame) -> Chart | None:
    """The share over the years, beside England and Wales; None where no year has one.

    Args:
        place: the area.
        frame: ``area_code``, ``period_end`` and ``share`` of the years of both, oldest first.
    """
    lines = _lines(frame, "share", place, Place.share)
    own = lines[0]
    if not own:
        return None
    words, years = place.estimates.offence.name, [Year(point.period_end) for point in own]
    title = (
        f"{words} made up {own[-1].figure} of recorded crime in {place.words} in the "
        f"{years[-1].words}{_since(place, years)}"
    )
    return _over_time(
        place, lines, Place.share, "share-by-year", title, "Share of all recorded crime"
    )


def _since(place: Place, years: Sequence[Year]) -> str:
    """How the newest share compares with the first year since the last change of recording."""
    known = breaks(place.estimates.offence_id)
    alike = [year for year in years if not known or year.first_day >= known[-1].day]
    if len(alike) < 2:
        return ""
    first, last = place.share(alike[0]), place.share(alike[-1])
    moved = {"rose": "up from", "fell": "down from"}.get(
        prose.recorded_direction(first.number, last.number), "the same as"
    )
    if first.text == last.text:
        moved = "about the same as"
    # Where nobody has looked for changes, a number stands beside a number.
    return f", {moved if known else 'after'} {first} in the {alike[0].words}"


def rate_over_time(place: Place, frame: pd.DataFrame) -> Chart | None:
    """Offences per 1,000 residents over the years; None for an area without a rate.

    Args:
        place: the area.
        frame: ``area_code``, ``period_end`` and ``rate_per_1000`` of its years and of those of
            England and Wales, oldest first.
    """
    rate, nation = place.rate(), place.estimates.nation
    if rate.value is None:
        return None
    offences = f"{place.estimates.counted} per 1,000 residents"
    title = f"Police in {place.words} recorded {rate} {offences}"
    if place != nation and nation.rate().value is not None:
        word = prose.compared(
            rate.number,
            nation.rate().number,
            shown_difference=f"{rate.number - nation.rate().number:.1f}",
        )
        title += f", {word} the rate in {nation.words}, {nation.rate()}"
    lines = _lines(frame, "rate_per_1000", place, Place.rate)
    return _over_time(place, lines, Place.rate, "rate-by-year", title, prose.upper_first(offences))


def _over_time(
    place: Place,
    lines: Sequence[list[Point]],
    quantity: Callable[[Place, Year], Figure],
    chart_id: str,
    title: str,
    statistic: str,
) -> Chart:
    estimates, nation = place.estimates, place.estimates.nation
    own, *reference = lines
    compared = place != nation
    excluded = [
        f"In the {year.words} {area.words} excludes {prose.listed(area.excluded(year))}."
        for area in dict.fromkeys((place, nation))
        for year in estimates.years
        if area.excluded(year) and area.share(year).value is not None
    ]
    years = [point.period_end for point in own]
    chart = Chart(
        chart_id,
        title,
        f"{statistic}, {escape(place.name)}{f' beside {nation.name}' if compared else ''}, "
        f"years ending {prose.month(years[0])} to {prose.month(years[-1])}",
        notes=excluded,
    )
    editions = filter(estimates.gives_group_alone, estimates.editions)
    published = ((year.period_end, quantity(place, year)) for year in editions)
    return charts.over_time(
        chart,
        (place.name, own),
        (nation.name, reference[0]) if any(reference) else None,
        breaks(estimates.offence_id),
        [Point(end, figure) for end, figure in published if figure.value is not None],
    )


def _lines(
    frame: pd.DataFrame, column: str, place: Place, quantity: Callable[[Place, Year], Figure]
) -> list[list[Point]]:
    """The years of an area, and of England and Wales beside it, as a frame has them.

    The cells are those that the tables name for each year.
    """
    lines = []
    for area in dict.fromkeys((place, place.estimates.nation)):
        known = frame[frame["area_code"].eq(area.area.area_code) & frame[column].notna()]
        years = zip(known["period_end"].dt.date, known[column], strict=True)
        lines.append([Point(d, as_in_frame(quantity(area, Year(d)), v)) for d, v in years])
    return lines


def as_in_frame(figure: Figure, number: float) -> Figure:
    """A figure with the number that a frame has for it, or its marker where that is empty."""
    return replace(figure, value=None if isnan(number) else number)


# How a change is drawn by whether its two years may be compared, and what that means.
_RULES = {
    True: ("bar", "No known change of rules"),
    False: ("hollow", "Not comparable: what police record changed in between"),
    None: ("pale", NOT_GATHERED.removesuffix(".")),
}


def change_by_year(place: Place, frame: pd.DataFrame) -> Chart | None:
    """The change on the year before, year by year, those not comparable drawn hollow.

    Args:
        place: the area.
        frame: ``period_end`` and ``change_pct`` of its years, oldest first.
    """
    changes = list(_changes(place, frame))
    if not changes:
        return None
    last = changes[-1]
    direction = prose.recorded_direction(last.previous.number, last.current.number)
    comparable = ", but the two years are not comparable" if last.comparable is False else ""
    moved = "" if direction == "was unchanged" else f" by {last.percent:absolute}"
    words = place.estimates.counted
    return charts.bars(
        Chart(
            "change-by-year",
            f"Recorded {words} {direction}{moved} in the {last.year.words}{comparable}",
            f"Change in {words} on the year before, "
            f"{escape(place.name)}, years ending in each month",
            key=[
                (style, meaning)
                for state, (style, meaning) in _RULES.items()
                if any(change.comparable is state for change in changes)
            ],
        ),
        [
            Bar(
                prose.month(change.year.period_end),
                change.percent,
                _RULES[change.comparable][0],
                "not comparable" if change.comparable is False else "",
            )
            for change in changes
        ],
        label_width=100,
    )


def _changes(place: Place, frame: pd.DataFrame) -> Iterator[Change]:
    """The changes of the years of a frame, with the cells that the tables name for each."""
    for end, percent in zip(frame["period_end"].dt.date, frame["change_pct"], strict=True):
        change = place.change(Year(end))
        if change:
            yield replace(change, percent=as_in_frame(change.percent, percent / 100))


def shares_of(estimates: Estimates, frame: pd.DataFrame, chart_id: str, title: str) -> Chart:
    """A bar of the share for each of several areas.

    Args:
        estimates: of the build.
        frame: ``area_code`` and ``share`` of the areas, in the order in which they are drawn.
        chart_id: see :class:`Chart`.
        title: likewise.
    """
    shares = zip(map(estimates.place, frame["area_code"]), frame["share"], strict=True)
    return charts.bars(
        Chart(
            chart_id,
            title,
            f"{estimates.offence.name} as a share of all recorded crime, {estimates.latest.words}",
        ),
        [
            Bar(place.name + prose.excluding(place.excluded()), as_in_frame(place.share(), share))
            for place, share in shares
        ],
    )


def by_share(places: Sequence[Place]) -> list[Place]:
    """Areas from the highest share to the lowest, those without one last."""
    shares = {place: place.share().value for place in places}
    return sorted(places, key=lambda p: (shares[p] is None, -(shares[p] or 0), p.slug))


# ---------------------------------------------------------------- tables


def history(place: Place, firm: Firmness | None = None) -> Table:
    """All years: count, change, total, share, rank and rate, and what recording changed.

    With `firm`, also the gaps and steps of the force's own recording.
    """
    estimates = place.estimates
    ranked = place.kind == "force"
    columns = ["Year ending", estimates.offence.name, "Change on the year"]
    columns += ["All recorded crime", "Share"]
    columns += ["Rank among forces by share"] * ranked
    rows: list[list[Content]] = []
    editions = {year.period_end: year for year in estimates.editions}
    for year in estimates.each_year():
        if not place.count(year).cells:
            continue
        label = prose.month(year.period_end) + prose.excluding(place.excluded(year))
        change = place.change(year)
        row: list[Content] = [label, place.count(year), change.percent if change else _NO_CHANGE]
        row += [place.total(year), place.share(year)]
        if ranked:
            rank = place.rank_among_forces(year)
            row.append(rank or Figure("rank_forces.none", None, "rank", marker="unavailable"))
        first = editions.get(year.period_end)
        alone = first and estimates.gives_group_alone(first)
        published = place.count(first) if alone else _NOT_PUBLISHED
        own = firm.marks(place, change) if firm and change else []
        rows.append([*row, place.rate(year), published, _rules(change, own) if change else ""])
    return Table(
        f"{estimates.offence.name} in {place.words}: all years",
        [*columns, "Per 1,000 residents", "As first published", "Recording that changed"],
        rows,
        notes=[WORDS.passage("history_note")],
        styles=["", "", "signed"],
        wide=True,
    )


_NOT_PUBLISHED = Figure("count.none", None, "count", marker="unavailable")
_NO_CHANGE = Figure("change_pct.none", None, "change", marker="unavailable")


def _rules(change: Change, own: Sequence[str]) -> str:
    """What stands between two years in the rules of recording, and in the area's own."""
    if change.comparable is None and not own:
        return "not gathered for this group"
    return escape("; ".join([*change.recording_changes, *own])) or "no known change"


def row_label(name: str, own: bool) -> str:
    """The label of a row, in bold for the area or group that the page is about."""
    return f"<b>{escape(name)}</b>" if own else escape(name)


def areas_table(
    places: Sequence[Place],
    caption: str,
    kind: str,
    own: Place | None = None,
    ranks: Mapping[str, Mapping[Place, Figure]] | None = None,
) -> Table:
    """Several areas side by side, the highest share first, each a link to its page.

    Args:
        places: the areas.
        caption: of the table.
        kind: what heads the column of their names.
        own: the area that the page is about.
        ranks: columns of ranks among the forces, by what heads them.
    """
    ranks = ranks or {}
    return Table(
        caption,
        [kind, *ranks, "Offences", "Share", "Per 1,000 residents", "Change on the year"],
        [
            [
                row_label(place.name, True) if place == own else _linked(place),
                *(column.get(place, "not ranked") for column in ranks.values()),
                place.count(),
                place.share(),
                place.rate(),
                change_in_percent(place),
            ]
            for place in by_share(places)
        ],
        notes=["Rank: by share, among all police forces."] if ranks else [],
        styles=["", *("" for _ in ranks), "", "", "", "signed"],
        sortable=True,
    )


def _linked(place: Place) -> str:
    excluding = escape(prose.excluding(place.excluded()))
    return f'<a href="{place.address}">{escape(place.name)}</a>{excluding}'


def neighbours_table(place: Place) -> Table:
    """A force beside the forces it shares a boundary with, and England and Wales."""
    estimates = place.estimates
    beside = neighbours(place.area.area_code)
    return areas_table(
        [
            place,
            *(force for force in estimates.forces if force.area.area_code in beside),
            estimates.nation,
        ],
        f"{escape(place.name)} beside its neighbours, {estimates.latest.words}",
        "Area",
        own=place,
    )


def similar_table(place: Place) -> Table:
    """A force beside those with the most similar mix of other crime, the nearest first."""
    estimates = place.estimates
    itself = Figure("distance.none", None, "proportion", marker="not_applicable")
    rows = [(place, itself), *place.similar(), (estimates.nation, itself)]
    return Table(
        f"{escape(place.name)} beside the forces with the most similar mix of other crime, "
        f"{estimates.latest.words}",
        ["Area", "Mix differs by", "Share", "Per 1,000 residents", "Change on the year"],
        [
            [
                row_label(other.name, True) if other == place else _linked(other),
                distance,
                other.share(),
                other.rate(),
                change_in_percent(other),
            ]
            for other, distance in rows
        ],
        notes=[WORDS.passage("similar_note", group=estimates.offence_words)],
        styles=["", "", "", "", "signed"],
        sortable=True,
    )


def similar_sentence(place: Place) -> str:
    """How the share stands beside those of the most similar forces."""
    known = [p.share() for p, _ in place.similar() if p.share().value is not None]
    if not known or place.share().value is None:
        return WORDS.passage("similar", place=place, number=None)
    higher = sum(share.number > place.share().number for share in known)
    number = Figure(
        f"similar.{place.slug}.{place.estimates.latest.period_end:%Y-%m}",
        len(known),
        "count",
        tuple(dict.fromkeys(cell for share in known for cell in share.cells)),
        "number of similar forces",
    )
    return WORDS.passage("similar", place=place, number=number, higher=higher)


def neighbours(area_code: str) -> set[str]:
    """Codes of the forces that share a boundary with a force (ONS boundaries, December 2023)."""
    pairs = [
        {row["area_code"], row["neighbour_code"]} for row in read_rows(REFERENCE / "neighbours.csv")
    ]
    return {code for pair in pairs if area_code in pair for code in pair - {area_code}}


def change_in_percent(place: Place, offence_id: str | None = None) -> Figure:
    """The change on the year before, marked where there is none."""
    change = place.change(offence_id=offence_id)
    return change.percent if change else _NO_CHANGE
