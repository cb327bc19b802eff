"""Community safety partnerships of a force: the smallest areas that figures are published for.

They are in the order of their names: most differ no more than areas of their size do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import figure, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.subjects.estimates import editions
from crimeshare.publish.subjects.factsheet import WORDS
from crimeshare.publish.subjects.standing import position
from crimeshare.reference import Area, anchor, everyday, partnerships


def of_force(offence_id: str, area_code: str) -> pd.DataFrame:
    """The partnerships of a force in the newest edition that gives any, by name.

    Returns:
        ``partnership`` (its code), ``name``, ``count`` (None where it is marked), ``period_end``,
        ``position`` beside the limits, empty where there are none, ``comparable`` and
        ``recording_changes``, and the figures ``offences``, ``share``, ``rate`` and ``change``.
    """
    ends = {release_id: pd.Timestamp(end) for release_id, end in editions().items()}

    def given(table: str, **only: Any) -> pd.DataFrame:
        rows = read(table, offence_id=offence_id, **only)
        return rows[rows["period_end"] == rows["release_id"].map(ends)]

    shares = given("shares", area_type="partnership")
    newest = [name for name in ends if name in {*shares["release_id"]}][-1:]
    cells = given("recorded_crime", area_type="partnership", release_id=newest)
    tables = {
        "count": cells[cells["measure"] == "count"],
        "rate_per_1000": cells[cells["measure"] == "rate_per_1000"],
        "share": shares[shares["release_id"].isin(newest)],
        "change": given("changes", area_type="partnership", release_id=newest),
        "limits": given("small_areas", release_id=newest),
    }
    own = {code for code, of in partnerships().items() if of.area_code == area_code}
    by_area: dict[str, dict[str, Any]] = {}
    for kind, frame in tables.items():
        for row in rows(frame[frame["area_code"].isin(own)]):
            by_area.setdefault(row["area_code"], {})[kind] = row
    found = [_shown(each) for each in by_area.values() if "count" in each]
    found.sort(key=lambda each: str(each["name"]))
    return pd.DataFrame(found)


def _shown(of: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a partnership, of its rows in several tables."""
    count = of["count"]
    name = everyday(str(count["area_name"]))
    slug = Area(count["area_code"], name, "partnership", "").slug
    end = f"partnership-{slug}.{count['offence_id']}.{count['release_id']}"

    def shown(kind: str, column: str, called: str, unit: str, marker: str = "") -> Figure:
        figure_id = f"{called}.{end}"
        if kind not in of:
            return Figure(figure_id, None, unit, marker="unavailable")
        return figure(of[kind], column, figure_id, marker=marker or None)

    change, limits = of.get("change", {}), of.get("limits")
    known = change.get("previous") is not None
    # A count that ONS's own percentage gives away says no more than that does.
    recovered = known and change["basis"] == "recovered_from_change"
    published = recovered and change["change_pct"] is not None
    offences = shown("count", "value", "count", "count")
    few = count["value"] is not None and count["value"] < SMALL_BASE
    share = shown("share", "share", "share", "proportion", count["marker"] or "")
    if few and share.value is None:
        share = replace(share, marker="small_count")
    moved = shown("change", PUBLISHED if published else "change_pct", *CHANGE, "small_base")
    return {
        "partnership": count["area_code"],
        "name": name,
        "count": count["value"],
        "period_end": count["period_end"],
        "position": position(limits) if limits and limits["between_sd"] is not None else "",
        "comparable": change["comparable"] if known else None,
        "recording_changes": (change["recording_changes"] or "") if known else "",
        "known": known,
        "offences": offences,
        "share": share,
        "rate": shown("rate_per_1000", "value", "rate_per_1000", "per_1000"),
        "change": moved if known else NO_CHANGE,
    }


PUBLISHED, CHANGE = "published_change_pct", ("change_pct", "change")
NO_CHANGE = Figure("change_pct.none", None, "change", marker="unavailable")


def partnerships_table(own: pd.DataFrame, offence_id: str, area_code: str) -> Table | None:
    """Count, share, rate and change of each partnership; None where none is given."""
    if own.empty:
        return None
    small, known = own["count"] < SMALL_BASE, own[own["known"]]
    broken = known[known["comparable"].eq(False)]
    changes = "; ".join(broken["recording_changes"]).split("; ")
    labels = [
        f'<span id="{anchor(name)}">{prose.outside(name)}{" *" if few else ""}</span>'
        for name, few in zip(own["name"], small, strict=True)
    ]
    return table(
        own.assign(label=labels, beside=own["position"].map(_said).mask(small, "")),
        ["offences", "share", "beside", "rate", "change"],
        label="label",
        words=WORDS.points(
            "partnerships_table",
            offence_id=offence_id,
            area_code=area_code,
            year=own["period_end"].iat[0],
            small=small.any(),
            changes=list(dict.fromkeys(filter(None, changes))),
            gathered=known["comparable"].notna().all(),
        ),
        wide=True,
        sortable=True,
    )


def sentence(own: pd.DataFrame) -> str:
    """Which partnerships differ from all others, of those with offences enough to tell."""
    given = [row for row in rows(own) if row["count"] is not None]
    if not given:
        return WORDS.passage("partnerships", year="")
    told = [row for row in given if row["count"] >= SMALL_BASE]
    apart = [
        (prose.outside(row["name"]), row["share"], _said(row["position"]))
        for row in told
        if row["position"].endswith("outer")
    ]
    return WORDS.passage(
        "partnerships",
        year=given[0]["period_end"],
        apart=apart,
        told=bool(told),
        all_told=len(told) == len(given),
        only=prose.outside(given[0]["name"]) if len(given) == 1 else "",
    )


@cache
def _said(position: str) -> str:
    return WORDS.passage("beside_limits", position=position)
