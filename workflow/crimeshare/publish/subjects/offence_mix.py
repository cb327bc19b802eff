"""What else was recorded in an area: every sub-group's share, and which of them changed most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Chart
from crimeshare.publish.elements.figures import NOT_GIVEN, Figure
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects.estimates import TOTAL, Place
from crimeshare.publish.subjects.factsheet import (
    WORDS,
    as_in_frame,
    comparability,
    numbers,
    row_label,
)
from crimeshare.reference import Offence, offences


def _bars(place: Place, chart: Chart, bars: Sequence[Bar], styles: Iterable[str]) -> Chart:
    """Bars with the key of their styles."""
    key = zip(("bar", "pale", "hollow"), WORDS.points("groups_key", place=place), strict=True)
    return charts.bars(replace(chart, key=[item for item in key if item[0] in styles]), bars)


def subgroup_table(place: Place, frame: pd.DataFrame) -> Table:
    """Every sub-group's count, share, change on the year before, and what that did to all crime.

    Args:
        place: the area.
        frame: ``offence_id`` and what `numbers` takes, in the order of the table.
    """
    return Table.worded(
        WORDS.points("subgroups_table", place=place, marked=_marked(place)),
        [
            [
                _label(place, offences()[name]),
                own.offences,
                own.share,
                own.percent,
                contribution(place, name) or NOT_GIVEN[0],
            ]
            for row in frame.to_dict("records")
            for name in [row["offence_id"]]
            for own in [numbers(place, row, offence_id=name)]
        ],
        styles=["", "", "", "signed", "signed"],
        sortable=True,
    )


def _label(place: Place, group: Offence) -> str:
    """A group's name in a table of all, marked where its two years may not be compared."""
    name = row_label(group.name, place.estimates.part_of_group(group.offence_id))
    return f"{name} *" if _broken(place, group) else name


def _marked(place: Place) -> bool:
    """Whether any sub-group is marked."""
    return any(_broken(place, group) for group in place.estimates.classified("subgroups"))


def _broken(place: Place, group: Offence) -> bool:
    change = place.change(offence_id=group.offence_id)
    return change is not None and change.comparable is False


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
    return place.of(row | beside, "contribution_pct", name)


def _contributions(place: Place, frame: pd.DataFrame) -> list[tuple[Offence, Figure]]:
    """The contributions of a frame, with the cells that the tables name for each."""
    return [
        (offences()[offence_id], as_in_frame(figure, percent / 100))
        for offence_id, percent in zip(frame["offence_id"], frame["contribution_pct"], strict=True)
        if (figure := contribution(place, offence_id))
    ]


def change_of_total(place: Place, frame: pd.DataFrame) -> str:
    """How all recorded crime moved and which group had most to do with it, in sentences.

    Args:
        place: the area.
        frame: ``offence_id`` and ``contribution_pct`` of the sub-groups that have one, the
            largest first.
    """
    total, rows = place.change(offence_id=TOTAL), _contributions(place, frame)
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
    bars, not_comparable = [], WORDS.passage("not_comparable")
    for group, figure in _contributions(place, frame):
        change = place.change(offence_id=group.offence_id)
        assert change
        apart = change.comparable is False
        style = "bar" if place.estimates.part_of_group(group.offence_id) else "pale"
        bars.append(
            Bar(
                group.name,
                figure,
                "hollow" if apart else style,
                not_comparable if apart else "",
            )
        )
    if not bars:
        return None
    words = WORDS.points("contributions_chart", place=place, first=bars[0])
    return _bars(place, Chart.worded("contributions", words), bars, {bar.style for bar in bars})
