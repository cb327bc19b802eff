"""What an area's offence group is made of, and what moved it: sentences, a chart and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from crimeshare.measures.composition import EVERYTHING_ELSE, change_without, ranks_beside, set_apart
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.bars import LARGEST, stack
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import of_build, read
from crimeshare.publish.elements.rows import Row, area_called, difference, figure, over, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.subjects.estimates import (
    FORCES,
    count_before,
    is_few,
    latest,
    of_areas,
    without_few,
    year_of,
    years_of,
)
from crimeshare.publish.subjects.factsheet import WORDS, changed_between
from crimeshare.reference import NATION, offences
from crimeshare.tables.recorded_quarters import code_names


def parts(offence_id: str, area_code: str) -> pd.DataFrame:
    """The codes of a group, and everything else, in the years that end in the newest's month.

    Returns:
        Rows of ``composition``, in the order of codes, everything else last, with ``name``; only
        of years in which the codes add up to the leading count, so that they are parts of it.
    """
    own = read("composition", offence_id=offence_id, area_code=area_code)
    years = years_of(offence_id, area_code)
    yearly = years[years["period_end"].dt.month == latest().month]
    codes = own["count"].where(own["component"] != EVERYTHING_ELSE)
    added = codes.groupby(own["period_end"]).transform("sum")
    own = own[added == own["period_end"].map(yearly.set_index("period_end")["count"])]
    return own.assign(name=own["component"].map(_name))


def _name(component: str) -> str:
    if component == EVERYTHING_ELSE:
        return WORDS.passage("everything_else")
    return " and ".join(prose.lower_first(code_names()[code]) for code in component.split("+"))


def is_one_code(offence_id: str) -> bool:
    """Whether a group is a single offence code everywhere, as bicycle theft is."""
    own = read("composition", ["component"], offence_id=offence_id, area_code=NATION)
    return bool(own.loc[own["component"] != EVERYTHING_ELSE, "component"].nunique() == 1)


def _of_year(codes: pd.DataFrame, now: Row) -> list[Row]:
    return rows(codes[codes["period_end"] == pd.Timestamp(now["period_end"])])


# ---------------------------------------------------------------- sentences


# What moved a share either way nearly cancels where the smaller side is so much of the larger.
_CANCELS = 0.8
# Of all other crime and of what cancels, a part is named that is so much of its side.
_NAMED = 0.05


def drivers(codes: pd.DataFrame, now: Row) -> str:
    """What moved the share in the latest year; nothing where unknown.

    "Mostly" is said of a part alone that is more than half of all that moved the share its way:
    one offence code, or the group as a whole where no code is, or all other crime.
    """
    own = _of_year(codes, now)
    if not own or any(part["share_points"] is None for part in own):
        return ""
    then = year_of(now["offence_id"], now["area_code"], own[0]["previous_period_end"]).share
    if now.share.value is None or then.value is None or then.text == now.share.text:
        return ""
    total = sum(map(_points, own))
    ranked = sorted(own, key=_points, reverse=total > 0)
    same = [part for part in ranked if _points(part) * total > 0]
    contrary = [part for part in reversed(ranked) if _points(part) * total < 0]
    moved, back = (abs(sum(map(_points, side))) for side in (same, contrary))
    balance = back >= _CANCELS * moved
    first = same[0]
    named = [part for part in same if abs(_points(part)) >= _NAMED * moved]
    other = next((part for part in named if part["component"] == EVERYTHING_ELSE), None)
    halves = abs(_points(first)) > moved / 2
    inside = [part for part in own if part["component"] != EVERYTHING_ELSE]
    if is_one_code(now["offence_id"]) and first in inside and not balance:
        # The change of the group is that of the code.
        return ""
    together = not halves and sum(map(_points, inside)) / total > 0.5
    words = {
        "comparable": now["comparable"],
        "then": then,
        "moved": "rose" if total > 0 else "fell",
        "first": _told(first),
        "balance": [
            _told(part) for part in contrary if balance and abs(_points(part)) >= _NAMED * back
        ],
        "mostly": _told(first) if halves else None,
        # Of what is rounded to a tenth, a little more than half can look like half.
        "whole": replace(
            difference(
                now.share.figure_id.replace("share.", "share_change.", 1),
                now.share,
                then,
                "percentage_points",
            ),
            decimals=2,
        ),
        "other": _finely(other) if other and other is not first and other in same[:2] else None,
        "against": _told(contrary[0])
        if not balance and contrary and abs(_points(contrary[0])) >= abs(total) / 2
        else None,
    }
    if together and now["change"] is not None and now["change"] * total > 0:
        words["mostly"] = {
            "count": now.count,
            "previous": count_before(now),
            "everything_else": False,
            "offences": prose.offences_of(prose.lower_first(offences()[now["offence_id"]].name)),
        }
        words["other"] = _finely(other) if other and other in same[:2] else None
    return WORDS.passage("drivers", **words)


def _points(part: Row) -> float:
    return figure(part, "share_points").number


def _told(part: Row) -> dict[str, Any]:
    return {
        "count": part.count,
        "previous": part.previous,
        "points": part.share_points,
        "everything_else": part["component"] == EVERYTHING_ELSE,
        "name": prose.named_html(part["name"]),
        "offences": prose.offences_of(prose.named_html(part["name"])),
    }


def _finely(part: Row) -> dict[str, Any]:
    return _told(part) | {"points": replace(part.share_points, decimals=2)}


def without(codes: pd.DataFrame, now: Row) -> str:
    """The change of the group without the code whose recording changed, where it did."""
    apart = _set_apart(now)
    own = {part["component"]: part for part in _of_year(codes, now)}
    if not apart or apart not in own:
        return ""
    value = change_without(own.values(), apart)
    if value is None:
        return ""
    area = area_called(now["area_code"])
    change = over(
        f"change_without_{apart}.{area}.{now['offence_id']}.{now['period_end']:%Y-%m}",
        value,
        "change",
        ("composition_without", "change"),
        [now.count],
        component=apart,
    )
    return WORDS.passage(
        "without",
        name=prose.named_html(own[apart]["name"]),
        direction=prose.recorded_direction(0, change.number),
        change=change,
        published=now.change if now["change_pct"] is None else now.change_pct,
    )


def _set_apart(now: Row) -> str:
    """The code that a change of recording between two years says to set apart."""
    return next((each.set_apart for each in changed_between(now) if each.set_apart), "")


@of_build("composition", "series")
def ranks_without(offence_id: str) -> dict[str, Figure]:
    """The rank of each force by the share of a group without the code set apart, by its code.

    Of the latest year.  There are none unless the codes of every force that is ranked are known.
    """
    apart = set_apart(offence_id)
    series = years_of(offence_id, end=latest())
    codes = read("composition", offence_id=offence_id, period_end=latest())
    if not apart or codes.empty:
        return {}
    found = ranks_beside(series, codes, apart).set_index("area_code")["rank"]
    return {
        row["area_code"]: figure(
            {**row, "rank": found[row["area_code"]], "component": apart},
            "rank",
            table="composition_without",
        )
        for row in rows(series[series["rank_forces"].notna()])
        if row["area_code"] in found
    }


def rank_without(now: Row) -> str:
    """A force's rank, and the one it has without the code set apart; nothing where unknown."""
    other = ranks_without(now["offence_id"]).get(now["area_code"])
    if not other or now["rank_forces"] is None or is_few(now.count):
        return ""
    name = escape(_code_name(set_apart(now["offence_id"])))
    return WORDS.passage("rank_without", rank=now.rank_forces, name=name, other=other)


def ranks(offence_id: str) -> dict[str, dict[str, Figure]]:
    """Columns for a table of forces: the rank by share, and the rank without the code set apart."""
    forces = rows(without_few(of_areas(offence_id, FORCES)))
    own = {row["area_code"]: row.rank_forces for row in forces if row["rank_forces"] is not None}
    other = ranks_without(offence_id)
    name = escape(_code_name(set_apart(offence_id))) if other else ""
    headings = WORDS.points("rank_columns", name=name)
    return dict(zip(headings, [own, other] if other else [own], strict=False))


def _code_name(code: str) -> str:
    return prose.lower_first(code_names()[code])


def contains(codes: pd.DataFrame, now: Row) -> str:
    """What the group holds, as police count it."""
    if is_one_code(now["offence_id"]):
        return WORDS.passage("one_code", offence_id=now["offence_id"])
    own = [part for part in _of_year(codes, now) if part["component"] != EVERYTHING_ELSE]
    if not 2 <= len(own) <= 2 * (LARGEST - 1):
        return ""
    names = [prose.named_html(part["name"]) for part in own]
    return WORDS.passage("contains", offence_id=now["offence_id"], names=names)


# ---------------------------------------------------------------- chart and table


def over_time(codes: pd.DataFrame, now: Row) -> Chart | None:
    """The share of all crime by code, year by year, one on top of the other.

    None where no year has parts, of few offences, which have no share, and where the group is a
    single code: that is the line of the share.
    """
    inside = codes[codes["component"] != EVERYTHING_ELSE]
    recorded = inside[inside["share"] > 0]
    if recorded.empty or inside["component"].nunique() < 2 or is_few(now.count):
        return None
    newest = rows(inside[inside["period_end"] == recorded["period_end"].max()])
    joint = inside[inside["component"].str.contains("+", regex=False)]
    ends = [row["period_end"] for row in rows(inside.drop_duplicates("period_end"))]
    words = WORDS.points(
        "composition_chart",
        now=now,
        largest=max(newest, key=lambda part: part["share"]),
        first=ends[0],
        last=ends[-1],
        joint=list(map(prose.named_html, joint["name"].unique())),
    )
    return stack(
        "composition",
        inside,
        y="share",
        by="component",
        label="name",
        words=words,
        others=WORDS.passage("other_codes"),
        domain=_domain(ends, now),
    )


def _domain(ends: Sequence[date], now: Row) -> list[date]:
    """The years with parts, and those since in which nothing was recorded, which have none."""
    years = rows(years_of(now["offence_id"], now["area_code"]))
    nothing = {row["period_end"] for row in years if row["count"] == 0}
    since = {end for end in nothing if end > ends[0] and end.month == now["period_end"].month}
    return sorted({*ends, *since})


def parts_table(codes: pd.DataFrame, now: Row) -> Table | None:
    """Each code in the latest year, the year before, and what it did to the share and the count."""
    own = codes[codes["period_end"] == pd.Timestamp(now["period_end"])]
    if own.empty:
        return None
    few, single = is_few(now.count), is_one_code(now["offence_id"])
    labels = own["name"].map(prose.named_html).map(prose.upper_first)
    code = (" <code>" + own["component"] + "</code>").mask(own["component"] == EVERYTHING_ELSE, "")
    return table(
        own.assign(label=labels + code),
        ["count", "previous", *([] if few else ["count_points", "share_points"])],
        label="label",
        words=WORDS.points("composition_table", now=now, few=few, single=single),
    )
