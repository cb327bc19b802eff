"""What else was recorded in an area: every sub-group's share, and which of them changed most."""

from __future__ import annotations

from html import escape

import pandas as pd

from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects.estimates import TOTAL, Place
from crimeshare.publish.subjects.factsheet import (
    WORDS,
    as_in_frame,
    change_in_percent,
    comparability,
    how_many,
    row_label,
)
from crimeshare.reference import Offence, offences


def subgroups(place: Place, frame: pd.DataFrame) -> Chart:
    """Every sub-group's share of recorded crime.

    Args:
        place: the area.
        frame: ``offence_id`` and ``share`` of its sub-groups, the largest first.
    """
    estimates = place.estimates
    bars = [
        Bar(
            offences()[offence_id].name,
            as_in_frame(place.share(offence_id=offence_id), share),
            "bar" if estimates.part_of_group(offence_id) else "pale",
        )
        for offence_id, share in zip(frame["offence_id"], frame["share"], strict=True)
    ]
    rank = place.rank("subgroups")
    plural = prose.is_plural(estimates.offence.name)
    title = (
        f"{estimates.offence.name} {'are' if plural else 'is'} {place.share()} of recorded crime "
        f"in {place.words}"
    )
    if rank:
        ranked = prose.ranked(f"{rank}", "subgroups", how_many(estimates, "subgroups"))
        title = (
            f"{estimates.offence.name} {'rank' if plural else 'ranks'} {ranked} in {place.words}"
        )
    return charts.bars(
        Chart(
            "sub-groups",
            title,
            f"Share of all recorded crime by sub-group, {escape(place.name)}, "
            f"{estimates.latest.words}",
            key=[("bar", escape(estimates.offence.name)), ("pale", "Other sub-groups")],
        ),
        bars,
    )


def subgroup_table(place: Place) -> Table:
    """Every sub-group's count, share and change on the year before."""
    estimates = place.estimates
    groups = sorted(
        estimates.classified("subgroups"),
        key=lambda group: -(place.count(offence_id=group.offence_id).value or 0),
    )
    return Table(
        f"Sub-groups of recorded crime in {place.words}, {estimates.latest.words}",
        ["Sub-group", "Offences", "Share", "Change on the year"],
        [
            [
                row_label(group.name, estimates.part_of_group(group.offence_id)),
                place.count(offence_id=group.offence_id),
                place.share(offence_id=group.offence_id),
                change_in_percent(place, group.offence_id),
            ]
            for group in groups
        ],
        styles=["", "", "", "signed"],
        sortable=True,
    )


# ---------------------------------------------------------------- what changed most


def contribution(place: Place, offence_id: str) -> Figure | None:
    """A group's change on the year before as a part of all crime recorded that year before.

    So the contributions of groups that share no offence add up to the change of the total.
    None where either year has no figure.
    """
    estimates, code = place.estimates, place.area.area_code
    row, total = (estimates.share_row(estimates.latest, code, name) for name in (offence_id, TOTAL))
    if row.get("contribution_pct") is None:
        return None
    beside = {f"total_before_{end}": total[f"previous_{end}"] for end in ("formula", "cells")}
    name = f"contribution.{place.figure_id('change', estimates.latest, offence_id)}"
    return place.of(row | beside, "contribution_pct", name, unit="change")


def _contributions(place: Place) -> list[tuple[Offence, Figure]]:
    """Every sub-group whose change is known, the largest contribution first."""
    groups = place.estimates.classified("subgroups")
    found = [
        (group, figure) for group in groups if (figure := contribution(place, group.offence_id))
    ]
    return sorted(found, key=lambda row: (-abs(row[1].number), row[0].offence_id))


def change_of_total(place: Place) -> str:
    """How all recorded crime moved and which group had most to do with it, in sentences."""
    total, rows = place.change(offence_id=TOTAL), _contributions(place)
    if total is None or not rows:
        return WORDS.passage("change_of_total", total=None)
    return WORDS.passage(
        "change_of_total",
        place=place,
        total=total,
        direction=prose.recorded_direction(total.previous.number, total.current.number),
        up=next((row for row in rows if row[1].number > 0), None),
        down=next((row for row in rows if row[1].number < 0), None),
        comparability=comparability(total),
    )


def contributions(place: Place, frame: pd.DataFrame) -> Chart | None:
    """What sub-groups added to all recorded crime, or took off; None where there are none.

    Args:
        place: the area.
        frame: ``offence_id`` and ``contribution_pct`` of those that moved most, in their order.
    """
    bars = []
    for offence_id, percent in zip(frame["offence_id"], frame["contribution_pct"], strict=True):
        figure, change = contribution(place, offence_id), place.change(offence_id=offence_id)
        assert figure
        assert change
        apart = change.comparable is False
        style = "bar" if place.estimates.part_of_group(offence_id) else "pale"
        bars.append(
            Bar(
                offences()[offence_id].name,
                as_in_frame(figure, percent / 100),
                "hollow" if apart else style,
                "not comparable" if apart else "",
            )
        )
    if not bars:
        return None
    first = bars[0]
    moved = (
        f"added {first.figure:absolute} to"
        if first.figure.number > 0
        else f"took {first.figure:absolute} off"
    )
    key = [
        (style, meaning)
        for style, meaning in (
            ("bar", escape(place.estimates.offence.name)),
            ("pale", "Other sub-groups"),
            ("hollow", "Not comparable: what police record changed in between"),
        )
        if any(bar.style == style for bar in bars)
    ]
    return charts.bars(
        Chart(
            "contributions",
            f"What changed most: {prose.lower_first(first.label)}, which {moved} all recorded "
            "crime",
            f"Change on the year before as a part of all crime recorded that year before, "
            f"sub-groups that moved most, {escape(place.name)}, {place.estimates.latest.words}",
            key=key,
        ),
        bars,
    )


def contributions_table(place: Place) -> Table:
    """Every sub-group's change in offences, and as a part of the year before's total."""
    return Table(
        f"What changed most in {place.words}, {place.estimates.latest.words}",
        ["Sub-group", "Year before", "This year", "Part of all crime"],
        [
            [
                row_label(group.name, place.estimates.part_of_group(group.offence_id)),
                change.previous,
                change.current,
                figure,
            ]
            for group, figure in _contributions(place)
            if (change := place.change(offence_id=group.offence_id))
        ],
        notes=["Part of all crime: the difference over all crime recorded the year before."],
        styles=["", "", "", "signed"],
        sortable=True,
    )
