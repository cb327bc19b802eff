"""What else was recorded in an area: every sub-group's share, and which of them changed most."""

from __future__ import annotations

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.subjects.estimates import TOTAL, without_few, year_of
from crimeshare.publish.subjects.factsheet import WORDS, comparability, groups_ranked, row_label
from crimeshare.reference import line_of, offences


def groups(now: Row) -> pd.DataFrame:
    """Every sub-group in the latest year of an area, the largest share first.

    Returns:
        Rows of ``series`` with ``name`` and what the total of the year before is, which
        contributions are parts of.
    """
    ranked = list(groups_ranked("subgroups", now["period_end"])["offence_id"])
    own = read("series", area_code=now["area_code"], period_end=now["period_end"])
    own = own.set_index("offence_id").reindex([*ranked, TOTAL]).reset_index()
    total = rows(own)[-1]
    given = {f"total_before_{end}": total[f"previous_{end}"] for end in ("formula", "cells")}
    key = {name: now[name] for name in ("area_code", "table")}
    own = own.assign(period_end=pd.Timestamp(now["period_end"]), **key, **given)
    own = own[own["offence_id"] != TOTAL].sort_values("count", ascending=False, kind="stable")
    return own.assign(name=[offences()[group].name for group in own["offence_id"]])


def moved_most(own: pd.DataFrame) -> pd.DataFrame:
    """The sub-groups whose change is known, those that moved all recorded crime most first."""
    known = own.dropna(subset="contribution_pct").sort_values("offence_id")
    return known.sort_values("contribution_pct", key=abs, ascending=False, kind="stable")


def subgroup_table(own: pd.DataFrame, now: Row) -> Table:
    """Every sub-group's count, share, change on the year before, and what that did to all crime."""
    return table(
        without_few(own).assign(label=[_label(row, now) for row in rows(own)]),
        ["count", "share", "change_pct", "contribution_pct"],
        label="label",
        words=WORDS.points("subgroups_table", now=now, marked=any(map(_broken, rows(own)))),
        sortable=True,
    )


def _label(row: Row, now: Row) -> str:
    name = row_label(row["name"], _inside(row, now))
    return f"{name}\u00a0*" if _broken(row) else name


def _inside(row: Row, now: Row) -> bool:
    return now["offence_id"] in line_of(row["offence_id"])


def _broken(row: Row) -> bool:
    return row["previous"] is not None and row["comparable"] is False


# ---------------------------------------------------------------- what changed most


def change_of_total(own: pd.DataFrame, now: Row) -> str:
    """How all recorded crime moved and which group had most to do with it, in sentences."""
    total, moved = year_of(TOTAL, now["area_code"], now["period_end"]), rows(own)
    if total["previous"] is None or not moved:
        return WORDS.passage("change_of_total", total=None)
    return WORDS.passage(
        "change_of_total",
        total=total,
        direction=prose.recorded_direction(total["previous"], total["count"]),
        up=next((row for row in moved if row["contribution_pct"] > 0), None),
        down=next((row for row in moved if row["contribution_pct"] < 0), None),
        comparability=comparability(total),
    )


def contributions(own: pd.DataFrame, now: Row) -> Chart | None:
    """What sub-groups added to all recorded crime, or took off; None where there are none."""
    shown = rows(own)
    if not shown:
        return None
    styles = ["hollow" if _broken(row) else "bar" if _inside(row, now) else "pale" for row in shown]
    apart = WORDS.passage("not_comparable")
    meanings = WORDS.points("groups_key", offence_id=now["offence_id"])
    return bars(
        "contributions",
        own.assign(style=styles, remark=[apart if style == "hollow" else "" for style in styles]),
        y="contribution_pct",
        label="name",
        words=WORDS.points("contributions_chart", now=now, first=shown[0]),
        style="style",
        remark="remark",
        key=dict(zip(("bar", "pale", "hollow"), meanings, strict=True)),
    )
