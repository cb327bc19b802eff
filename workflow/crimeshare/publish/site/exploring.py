"""What the explorer draws: the yearly series of every area, a script for each offence group.

Scripts and no data files, since a page that is opened from a folder may load the one and not the
other; one a group, so that a reader loads what is looked at.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import vl_convert

from crimeshare.columns import columns
from crimeshare.measures.level_shifts import LEVEL
from crimeshare.publish.elements.figures import decimals_for
from crimeshare.reference import NATION, areas, changes_of, recording_changes


@cache
def measures() -> dict[str, tuple[str, int]]:
    """Measures that can be chosen: the column of each, and the decimals that are kept of it."""
    return {
        column.explorer["name"]: (column.name, column.explorer["decimals"])
        for column in columns("series").values()
        if column.explorer
    }


def drawn() -> list[str]:
    """Columns of a series that are read."""
    return ["area_code", "period_end", "comparable", "excluded", *dict(measures().values())]


def drawing_script() -> str:
    """The library that draws, Vega-Lite, out of the installed package that brings it."""
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script


def series_scripts(
    series: pd.DataFrame, codes: pd.DataFrame, shifts: pd.DataFrame
) -> dict[str, str]:
    """A script for each offence group or code that hands over its series.

    Args:
        shifts: ``level_shifts.parquet``, the steps of single areas.

    Returns:
        Scripts by offence id or code.
    """
    # Forces are not ranked by a code.
    single = codes.assign(offence_id=codes["code"]).reindex(columns=["offence_id", *drawn()])
    return {
        str(name): _script(str(name), rows, shifts)
        for table in (series, single)
        for name, rows in table.groupby("offence_id", sort=True)
    }


def _script(offence_id: str, rows: pd.DataFrame, shifts: pd.DataFrame) -> str:
    by_area: dict[str, dict[str, Mapping[Any, Any]]] = {}
    for row in rows[drawn()].to_dict("records"):
        by_area.setdefault(row["area_code"], {})[str(row["period_end"])] = row
    ends = sorted({end for own in by_area.values() for end in own})
    given = {
        "ends": ends,
        "areas": {
            areas()[code].file_name: _area(own, ends)
            for code, own in sorted(by_area.items())
            if code in areas()
        },
        "decimals": _decimals(by_area.get(NATION, {}), ends),
        "breaks": _breaks(offence_id),
        "steps": _steps(offence_id, shifts),
    }
    data = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    return f"crimeshare.series({json.dumps(offence_id)}, {data});\n"


def _decimals(nation: Mapping[str, Mapping[Any, Any]], ends: Sequence[str]) -> dict[str, int]:
    """The decimals that shares and rates have: those of England and Wales in the newest year."""
    newest = nation.get(ends[-1])
    return {
        name: decimals_for((_number(newest, column, kept) or 0) * scale)
        for name, scale in (("share", 100), ("rate", 1))
        for column, kept in [measures()[name]]
    }


def _area(by_end: Mapping[str, Mapping[Any, Any]], ends: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: [_number(by_end.get(end), column, decimals) for end in ends]
        for name, (column, decimals) in measures().items()
    }
    # Years whose change runs through a change of recording, by their place.
    found["hollow"] = [
        place
        for place, end in enumerate(ends)
        if (row := by_end.get(end)) and _number(row, "change_pct", 4) is not None
        if row["comparable"] is False or row["comparable"] == 0
    ]
    # Years of which a force made no return, with the forces left out.
    found["without"] = {
        place: str(row["excluded"])
        for place, end in enumerate(ends)
        if (row := by_end.get(end)) and isinstance(row["excluded"], str) and row["excluded"]
    }
    return found


def _number(row: Mapping[Any, Any] | None, column: str, decimals: int) -> float | int | None:
    value = None if row is None else row[column]
    if value is None or value != value:
        return None
    number = round(float(value), decimals)
    return int(number) if decimals == 0 or math.isclose(number, int(number)) else number


def _breaks(offence_id: str) -> list[dict[str, str]]:
    """The changes of recording that concern a group, oldest first."""
    return [
        {"day": f"{each.effective}", "name": each.name, "label": each.label or each.name}
        for each in changes_of(offence_id)
    ]


def _steps(offence_id: str, shifts: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Each area's own steps of the whole group that last, with the rules changed at the time."""
    found: dict[str, list[dict[str, Any]]] = {}
    rules = {change.change_id: change.name for change in recording_changes()}
    own = shifts[(shifts["offence_id"] == offence_id) & shifts["code"].isna()]
    own = own[own["kind"] == LEVEL]
    for row in own.sort_values(["area_code", "quarter_end"]).to_dict("records"):
        if str(row["area_code"]) in areas():
            slug = areas()[str(row["area_code"])].file_name
            step = {"day": str(row["quarter_end"]), "shift": round(float(row["shift_pct"]), 4)}
            if rule := rules.get(row["recording_change"]):
                step["rule"] = rule
            found.setdefault(slug, []).append(step)
    return found
