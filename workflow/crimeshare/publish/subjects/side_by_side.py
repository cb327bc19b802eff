"""Areas side by side: charts and tables of several, each with a link to its page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from crimeshare.measures.control_limits import APART
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, figure, over, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.subjects.estimates import (
    FEW,
    FORCES,
    address,
    at,
    forces_left_out,
    is_few,
    of_areas,
    without_few,
    year_of,
)
from crimeshare.publish.subjects.factsheet import WORDS, comparability, row_label
from crimeshare.reference import NATION, REFERENCE, areas, read_rows


def spread(now: Row) -> str:
    """How far apart the forces are, the City of London named apart from the others."""
    known = of_areas(now["offence_id"], FORCES, now["period_end"])
    order = rows(known[known["share"].notna() & ~known["count"].lt(FEW)])
    others = [row for row in order if row["area_code"] != APART]
    if len(others) < 2:
        return ""
    apart = next((row for row in order if row["area_code"] == APART), None)
    few = bool(known["count"].lt(FEW).any())
    return WORDS.passage("spread", high=others[0], low=others[-1], apart=apart, some_few=few)


def shares_of(frame: pd.DataFrame, whole: str) -> Chart | None:
    """A bar of the share for each part of an area; None where no part has a share.

    Args:
        frame: the latest year of its parts, the highest share first.
    """
    if frame["share"].isna().all():
        return None
    own = rows(frame)
    names = [row["area_name"] + prose.excluding(forces_left_out(row)) for row in own]
    return bars(
        "share-by-region" if whole == NATION else "forces",
        frame.assign(label=names),
        y="share",
        label="label",
        words=WORDS.points(
            "shares_chart",
            first=next(row for row in own if row["share"] is not None),
            some_few=any(is_few(row.count) for row in own),
            whole=whole,
            national=whole == NATION,
        ),
    )


def linked(row: Row, own: str = "") -> str:
    """The name of an area as the label of a row: a link to its page, in bold if this is that."""
    if row["area_code"] == own:
        return row_label(row["area_name"], True)
    excluding = escape(prose.excluding(forces_left_out(row)))
    return f'<a href="{address(row["area_code"])}">{escape(row["area_name"])}</a>{excluding}'


COMPARED = ["count", "share", "rate_per_1000", "change_pct"]
"""What tables of areas compare."""


def areas_table(
    frame: pd.DataFrame,
    caption: str,
    kind: str,
    own: str = "",
    ranks: Mapping[str, Mapping[str, Figure]] | None = None,
) -> Table:
    """Several areas side by side, each a link to its page.

    Args:
        frame: the latest year of the areas, in the order of the table.
        kind: what heads the column of their names.
        ranks: columns of ranks among the forces, by what heads them: figures by area code.
    """
    ranks, shown = ranks or {}, rows(frame)
    unranked = WORDS.passage("not_ranked")
    nation = year_of(shown[0]["offence_id"], NATION, shown[0]["period_end"])
    by_rank = {
        heading: [column.get(row["area_code"], unranked) for row in shown]
        for heading, column in ranks.items()
    }
    frame = without_few(frame).assign(label=[linked(row, own) for row in shown])
    return table(
        frame.join(pd.DataFrame(by_rank, index=frame.index)),
        [*ranks, *COMPARED],
        label="label",
        words=WORDS.points(
            "areas_table",
            caption=caption,
            kind=kind,
            ranks=ranks,
            nation=nation,
            # Of a force beside its neighbours its own page says so, which has to fit on a sheet.
            comparability="" if own else comparability(nation),
        ),
        sortable=True,
    )


def neighbours_table(now: Row, frame: pd.DataFrame) -> Table:
    """A force beside the forces it shares a boundary with, and England and Wales."""
    caption, kind = WORDS.points("neighbours_table", now=now)
    return areas_table(frame, caption, kind, own=now["area_code"])


def similar_forces(now: Row) -> pd.DataFrame:
    """The latest year of the forces with the most similar mix of other crime, nearest first.

    Returns:
        Rows of ``series`` with ``mix``, a figure: how far each is from the force.
    """
    found = rows(
        read(
            "similar_forces",
            offence_id=now["offence_id"],
            area_code=now["area_code"],
            period_end=now["period_end"],
        )
    )
    mix = {row["similar_code"]: _distance(row) for row in found}
    near = at(now["offence_id"], [*mix], now["period_end"])
    return near.assign(mix=near["area_code"].map(mix))


def _distance(row: Row) -> Figure:
    slugs = (areas()[row[name]].slug for name in ("area_code", "similar_code"))
    name = f"distance.{'.'.join(slugs)}.{row['offence_id']}.{row['period_end']:%Y-%m}"
    return figure(row, "distance", name)


def similar_table(now: Row) -> Table | None:
    """A force beside those with the most similar mix of other crime; None of few offences."""
    if is_few(now.count):
        return None
    itself = Figure("distance.none", None, "proportion", marker="not_applicable")
    ends = at(now["offence_id"], [now["area_code"], NATION], now["period_end"])
    ends = ends.assign(mix=pd.Series([itself, itself]))
    frame = pd.concat([ends.head(1), similar_forces(now), ends.tail(1)], ignore_index=True)
    nation = rows(ends)[-1]
    return table(
        without_few(frame).assign(label=[linked(row, now["area_code"]) for row in rows(frame)]),
        ["mix", *COMPARED[1:]],
        label="label",
        words=WORDS.points("similar_table", now=now, comparable=nation["comparable"]),
        sortable=True,
    )


def similar_sentence(now: Row) -> str:
    """How the share stands beside those of the most similar forces."""
    alike = rows(similar_forces(now))
    known = [row.share for row in alike if row["share"] is not None]
    few = is_few(now.count)
    if not known or now["share"] is None or few:
        return WORDS.passage("similar", now=now, few=few, number=None, alike=alike)
    higher = sum(share.number > now["share"] for share in known)
    slug = areas()[now["area_code"]].slug
    name = f"similar.{slug}.{now['offence_id']}.{now['period_end']:%Y-%m}"
    number = over(name, len(known), "count", ("similar", "forces"), known)
    return WORDS.passage(
        "similar",
        now=now,
        few=few,
        number=number,
        higher=higher,
        some_few=len(known) < len(alike),
    )


def neighbours(area_code: str) -> set[str]:
    """Codes of the forces that share a boundary with a force (ONS boundaries, December 2023)."""
    pairs = [
        {row["area_code"], row["neighbour_code"]} for row in read_rows(REFERENCE / "neighbours.csv")
    ]
    return {code for pair in pairs if area_code in pair for code in pair - {area_code}}
