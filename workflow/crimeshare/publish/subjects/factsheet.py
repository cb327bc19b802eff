"""What a page about one area shows: sentences, charts and tables, each from the figures.

The notebooks put these in order; every title here states what the numbers say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.digits import fixed
from crimeshare.periods import a_year_before, first_day
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.lines import line
from crimeshare.publish.elements.reading import in_order, read
from crimeshare.publish.elements.rows import Row, cells_of, counted, difference, figure, rows
from crimeshare.publish.elements.tables import Facts, Table, table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import (
    FEW,
    FORCES,
    TOTAL,
    at,
    count_before,
    editions,
    first_published,
    forces_left_out,
    is_few,
    latest,
    without_few,
    year_of,
    years_of,
)
from crimeshare.reference import (
    NATION,
    RecordingChange,
    areas,
    changes_of,
    line_of,
    offences,
    published_columns,
    recording_changes,
)

WORDS = Words(Path(__file__).with_name("words") / "area.md.j2")


@cache
def breaks(offence_id: str) -> tuple[Break, ...]:
    """The recording changes that touch an offence group, oldest first."""
    return tuple(Break(each.effective, each.name, each.label) for each in changes_of(offence_id))


# ---------------------------------------------------------------- sentences


def changed_between(row: Row) -> list[RecordingChange]:
    """The changes of recording between a year and the one before, oldest first."""
    names = (row["recording_changes"] or "").split("; ")
    return [change for change in recording_changes() if change.name in names]


def rules(row: Row) -> list[Break]:
    """The changes of recording since the year before, as sentences name them."""
    return [Break(change.effective, change.name) for change in changed_between(row)]


def forces_ranked(row: Row, by: str = "share") -> Figure:
    """How many forces are ranked in a year, by share or by rate."""
    name, rank = {
        "share": ("forces_ranked", "rank_forces"),
        "rate": ("forces_ranked_by_rate", "rank_rate"),
    }[by]
    years = at(row["offence_id"], FORCES, row["period_end"])
    ranked = rows(years[years[rank].notna()])
    name = f"{name}.{row['offence_id']}.{row['period_end']:%Y-%m}"
    return counted(name, "forces", len(ranked), cells_of(each.count for each in ranked))


def question(offence_id: str) -> str:
    """What the front page asks."""
    return WORDS.passage("question", now={"offence_id": offence_id})


def opening(now: Row) -> str:
    """What was recorded in the latest year, and where that stands."""
    forces = at(now["offence_id"], FORCES, now["period_end"])
    return WORDS.passage(
        "opening",
        now=now,
        few=is_few(now.count),
        is_force=areas()[now["area_code"]].area_type == "force",
        forces=forces_ranked(now),
        with_rate=forces_ranked(now, "rate"),
        some_few=bool(forces["count"].lt(FEW).any()),
    )


def against_nation(now: Row) -> str:
    """The share beside that of England and Wales; nothing where there is no share."""
    nation = year_of(now["offence_id"], NATION, now["period_end"])
    if now["share"] is None or is_few(now.count):
        return ""
    name = f"{now.share.figure_id}.against.{areas()[NATION].slug}"
    apart = difference(name, now.share, nation.share, "percentage_points")
    word = prose.compared(now["share"], nation["share"], shown_difference=apart.text)
    nearly = not is_shown(apart)
    return WORDS.passage(
        "against_nation", now=now, difference=apart, nearly=nearly, word=word, nation=nation
    )


def is_shown(difference: Figure) -> bool:
    """Whether a difference is more than none as it is printed."""
    return any(digit in difference.text for digit in "123456789")


def size_of_change(row: Row) -> Figure:
    """The change on the year before: in per cent, of few offences in number."""
    return figure(row, "change" if row["change_pct"] is None else "change_pct")


def period_alike(row: Row) -> str:
    """The months that were recorded like those of the year before; empty where none are known."""
    months = row["like_for_like_period"] if row["like_for_like_pct"] is not None else None
    return prose.months_before(months, row["period_end"]) if months else ""


def change_sentence(now: Row) -> str:
    """How the count moved, and whether the two years may be compared."""
    if now["previous"] is None:
        return WORDS.passage("no_change")
    period, alike = period_alike(now), ""
    if period:
        alike = prose.recorded_direction(
            now["like_for_like_previous"],
            now["like_for_like_count"],
            shown_change=now.like_for_like_pct.text,
        )
    low, high = now["bound_low_pct"], now["bound_high_pct"]
    return WORDS.passage(
        "change",
        now=now,
        before=count_before(now),
        previous_end=a_year_before(now["period_end"]),
        direction=prose.recorded_direction(now["previous"], now["count"]),
        size=size_of_change(now),
        period=period,
        alike_direction=alike,
        # The recording changes alone may have made a rise of a fall, or the reverse.
        direction_unknown=high is not None and low * high <= 0,
        rules=rules(now),
        comparability=comparability(now),
    )


def comparability(row: Row) -> str:
    """Why two years may not be compared as wholes, in one sentence; nothing where they may."""
    if row["previous"] is None:
        return ""
    return WORDS.passage("comparability", row=row, period=period_alike(row), rules=rules(row))


CLASSIFICATIONS = ("main_groups", "subgroups", "published_columns")


def rank_sentences(now: Row) -> str:
    """The group's rank among offence groups in each classification, and why it has none in some."""
    ranks = {name: now[f"rank_{name}"] for name in CLASSIFICATIONS}
    held = [
        prose.ranked(f"{figure(now, f'rank_{name}')}", name, f"{_groups_ranked(name, now)}")
        for name, rank in ranks.items()
        if rank is not None
    ]
    return WORDS.passage(
        "ranks",
        held=held,
        offence_id=now["offence_id"],
        few=is_few(now.count),
        absent=[
            _without_rank(now["offence_id"], name) for name, rank in ranks.items() if rank is None
        ],
    )


def _without_rank(offence_id: str, classification: str) -> dict[str, str | bool]:
    """What tells why the group has no rank in a classification."""
    parent = offences()[offence_id].parent_id
    within = classification == "main_groups" and parent != TOTAL
    has_parts = any(offences()[name].parent_id == offence_id for name in published_columns())
    return {
        "among": prose.CLASSIFICATIONS[classification],
        "part_of": prose.lower_first(offences()[parent].name) if within else "",
        "has_parts": classification == "subgroups" and has_parts,
    }


def _groups_ranked(classification: str, now: Row) -> Figure:
    groups = rows(groups_ranked(classification, now["period_end"]))
    name = f"groups_ranked.{classification}.{now['period_end']:%Y-%m}"
    return counted(name, "groups", len(groups), cells_of(group.count for group in groups))


def groups_ranked(classification: str, end: date) -> pd.DataFrame:
    """The groups that a classification ranks in England and Wales, in the order of the project."""
    groups = read("series", area_code=NATION, period_end=end)
    return in_order(groups[groups[f"rank_{classification}"].notna()], "offence_id", offences())


def caveats(now: Row) -> list[str]:
    """What to keep in mind about this area's figures, the particular before the general."""
    code, count = now["area_code"], now["count"]
    own = {row["period_end"]: forces_left_out(row) for row in rows(years_of(TOTAL, code))}
    incomplete = [
        (year["period_end"], own.get(year["period_end"], []))
        for year in rows(years_of(TOTAL, NATION))
        if own.get(year["period_end"]) or areas()[code].area_name in forces_left_out(year)
    ]
    notes = WORDS.points(
        "caveats",
        area_code=code,
        incomplete=incomplete,
        few_residents=_without_residents(now),
        few_offences=count is not None and FEW <= count < SMALL,
    )
    return [*area_notes(code, now["offence_id"], recent=True), *notes]


def _without_residents(now: Row) -> bool:
    """Whether an area has no rate though its count is known, as too few live there."""
    known = now["count"] is not None and now["population"] is not None and not now["excluded"]
    return known and now["rate_per_1000"] is None


def area_notes(area_code: str, offence_id: str, *, recent: bool | None = None) -> list[str]:
    """What the workbooks say about one area alone, each note once with all its editions.

    Notes on homicides, which are tens of deaths, are for pages about these or of what they are
    part of; the page about homicides in England and Wales has those of all areas.

    Args:
        recent: only notes that an edition of the last two years has; if false, only the others.
    """
    ends = editions()
    own = read("area_notes", release_id=[*ends])
    of_homicides, here = own["note"].str.startswith("Homicides "), own["area_code"].eq(area_code)
    if offence_id == "homicide" and area_code == NATION:
        here |= of_homicides
    own = own[here & (~of_homicides | (offence_id in (*line_of("homicide"), TOTAL)))]
    if recent is not None:
        newest = own["release_id"].map(ends).groupby(own["note"]).transform("max")
        began = a_year_before(a_year_before(latest()))
        own = own[newest.map(lambda end: end > began).eq(recent)]
    return noted(own, ends)


def noted(own: pd.DataFrame, ends: Mapping[str, date]) -> list[str]:
    """Notes in words, those of several editions once, given the last day of each edition."""
    return [
        WORDS.passage(
            "area_note",
            note=(prose.outside if quoted else escape)(str(note)),
            quoted=quoted,
            found=[(ends[row["release_id"]], row) for row in rows(found)],
        )
        for (note, quoted), found in own.groupby(["note", "quoted"], sort=False)
    ]


# Below this, one offence a month either way is a change of several per cent.
SMALL = 500


# ---------------------------------------------------------------- numbers at a glance


def facts(now: Row) -> Facts:
    """Share, count and change of the latest year."""
    words = WORDS.points(
        "facts",
        now=now,
        period=period_alike(now),
        size=size_of_change(now),
        rules=rules(now),
        few=is_few(now.count),
    )
    split = ([*fact.split(" | "), ""] for fact in words)
    return Facts([(value, what, how) for value, what, how, *_ in split])


# ---------------------------------------------------------------- charts


def share_by_year(years: pd.DataFrame, area_code: str) -> Chart | None:
    """The share over the years, beside England and Wales; None where no year has one.

    Args:
        years: rows of ``series`` about both, oldest first.
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
        word=_beside(own[-1].share, before.share) if before else "",
        alike=None if comparable is None else bool(comparable),
        **_both(years, own),
    )
    first = first_published("shares", offence_id, area_code)
    return line(
        "share-by-year",
        years,
        y="share",
        by="area_code",
        own=area_code,
        words=words,
        breaks=known,
        first=first[first["share"].notna()],
    )


def _beside(share: Figure, before: Figure) -> str:
    """How a share compares with one of before: printed alike, it may differ all the same."""
    shown = "0" if share.text == before.text else ""
    return prose.compared(share.number, before.number, shown_difference=shown)


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
    return line(
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


# ---------------------------------------------------------------- tables


def all_years(
    years: pd.DataFrame, now: Row, marks: Callable[[date], list[str]] = lambda end: []
) -> Table:
    """All years of an area: count, change, total, share, rank and rate, and what recording changed.

    Args:
        years: its rows of ``series``, oldest first; none where no edition has figures of it.
        marks: what in the area's own recording stands between a year and the one before.
    """
    years = without_few(years)
    own = rows(years)
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


def row_label(name: str, own: bool) -> str:
    """The label of a row, in bold for the area or group that the page is about."""
    return f"<b>{escape(name)}</b>" if own else escape(name)
