"""What an area's offence group is made of, and what moved it: sentences, a chart and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crimeshare.measures.composition import (
    EVERYTHING_ELSE,
    change_without,
    ranks_without,
    set_apart,
)
from crimeshare.parquet import read_rows_where
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import PARTS, WIDTH, Chart
from crimeshare.publish.elements.downloads import figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.rows import difference, over
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import (
    Estimates,
    Place,
    Year,
    built_root,
    is_few,
    rows_of,
)
from crimeshare.publish.subjects.factsheet import WORDS, as_in_frame
from crimeshare.reference import REFERENCE, read_rows
from crimeshare.tables.recorded_quarters import code_names

COMPOSITION = Path("results/estimates/composition.parquet")

# Of so many codes the largest are drawn by themselves, the others as one.
_DRAWN = 5


@dataclass(frozen=True)
class Part:
    """One component in one area and year, a row of `COMPOSITION`."""

    place: Place
    year: Year
    row: Mapping[str, Any]

    @property
    def component(self) -> str:
        """An offence code, several that were one, or everything else."""
        return str(self.row["component"])

    @cached_property
    def count(self) -> Figure:
        """Offences in the year."""
        return self._figure("count", "component")

    @cached_property
    def previous(self) -> Figure:
        """Offences in the year before."""
        return self._figure("previous", "component_before")

    @cached_property
    def share(self) -> Figure:
        """Its share of all recorded crime."""
        return self._figure("share", "component_share")

    @cached_property
    def share_points(self) -> Figure:
        """Its part of the change of the group's share, in percentage points."""
        return self._figure("share_points", "share_points")

    @cached_property
    def count_points(self) -> Figure:
        """Its part of the change of the group's count, as a fraction of that."""
        return self._figure("count_points", "count_points")

    def _figure(self, column: str, quantity: str) -> Figure:
        group = self.place.figure_id("", self.year, self.row["offence_id"])
        name = f"{quantity}.{self.component}{group}"
        return self.place.of(self.row, column, name, "composition", "not_applicable")

    @property
    def name(self) -> str:
        """What people call it."""
        if self.component == EVERYTHING_ELSE:
            return WORDS.passage("everything_else")
        return " and ".join(
            prose.lower_first(code_names()[code]) for code in self.component.split("+")
        )


class Composition:
    """The parts of the group in every area and year.

    Attributes:
        set_apart: the code that ranks are also given without; empty where there is none.
    """

    def __init__(
        self,
        table: pa.Table,
        set_apart: str = "",
        ranks: Mapping[tuple[str, date], int] | None = None,
    ) -> None:
        """Take `COMPOSITION`, and ranks without `set_apart` by area code and year.

        The rows of a year stand next to each other, and become plain Python once they are asked
        for: a group of many codes has a hundred thousand.
        """
        self.set_apart = set_apart
        self._ranks = ranks or {}
        self._table = table.combine_chunks()
        self._at: dict[tuple[str, date], tuple[int, int]] = {}
        years = zip(*(table[name].to_pylist() for name in ("area_code", "period_end")), strict=True)
        for place, year in enumerate(years):
            first, number = self._at.get(year, (place, 0))
            self._at[year] = first, number + 1

    def parts(self, place: Place, year: Year) -> list[Part]:
        """The components of a year, in the order of codes, everything else last; none unknown.

        They stand beside the leading figure only where they are parts of that very figure.
        """
        return [Part(place, year, row) for row in self._leading(place, year)]

    def _leading(self, place: Place, year: Year) -> list[dict[str, Any]]:
        rows = self._table.slice(
            *self._at.get((place.area.area_code, year.period_end), (0, 0))
        ).to_pylist()
        own = [row["count"] for row in rows if row["component"] != EVERYTHING_ELSE]
        return rows if rows and sum(own) == place.count(year).value else []

    def ranks_without(self, estimates: Estimates) -> dict[Place, Figure]:
        """Each force's rank by the share of the group without `set_apart`, in the latest year.

        There are none unless the table has the parts of every force that is ranked with it.
        """
        year = estimates.latest
        ranked = [force for force in estimates.forces if force.rank_among_forces()]
        held = {
            force: rank
            for force in ranked
            if self._leading(force, year)
            if (rank := self._ranks.get((force.area.area_code, year.period_end))) is not None
        }
        if len(held) < len(ranked):
            return {}
        name = f"rank_forces_without_{self.set_apart}"
        return {
            force: force.of(
                estimates.share_row(year, force.area.area_code, estimates.offence_id)
                | {"rank": rank, "component": self.set_apart},
                "rank",
                force.figure_id(name, year, estimates.offence_id),
                "composition_without",
            )
            for force, rank in held.items()
        }


def open_composition(offence_id: str, root: Path | None = None) -> Composition:
    """The parts of a group in the build that the working directory is in; see `built_root`."""
    path = (root or built_root(COMPOSITION)) / COMPOSITION
    return _read(offence_id, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(offence_id: str, path: Path, stamp: int) -> Composition:
    table = read_rows_where(path, pc.field("offence_id") == offence_id)
    apart = set_apart(offence_id) if table.num_rows else ""
    if not apart:
        return Composition(table)
    ranks = rows_of(ranks_without(table.to_pandas(date_as_object=False), apart))
    by_year = {(row["area_code"], row["period_end"]): row["rank"] for row in ranks}
    return Composition(table, apart, by_year)


# ---------------------------------------------------------------- sentences


# What moved a share either way nearly cancels where the smaller side is so much of the larger.
_CANCELS = 0.8
# Of what cancels, a part is named that is so much of its side.
_NAMED = 0.05


def drivers(composition: Composition, place: Place) -> str:
    """What moved the share in the latest year; nothing where unknown.

    "Mostly" is said of a part alone that is more than half of all that moved the share its way:
    one offence code, or the group as a whole where no code is, or all other crime.
    """
    estimates = place.estimates
    year = estimates.latest
    parts = composition.parts(place, year)
    if not parts or any(part.share_points.value is None for part in parts):
        return ""
    then = place.share(Year(_earlier(place, year)))
    total = sum(_points(parts))
    ranked = sorted(parts, key=lambda part: part.share_points.number, reverse=total > 0)
    if then.value is None or f"{place.share(year).text}" == f"{then.text}":
        return ""
    same = [part for part in ranked if part.share_points.number * total > 0]
    contrary = [part for part in reversed(ranked) if part.share_points.number * total < 0]
    moved, back = (abs(sum(_points(side))) for side in (same, contrary))
    balance = back >= _CANCELS * moved
    first, change = same[0], place.change(year)
    other = next((part for part in same if part.component == EVERYTHING_ELSE), None)
    halves = abs(first.share_points.number) > moved / 2
    codes = [part for part in parts if part.component != EVERYTHING_ELSE]
    together = not halves and sum(_points(codes)) / total > 0.5
    words = {
        "comparable": change.comparable if change else True,
        "then": then,
        "moved": "rose" if total > 0 else "fell",
        "first": _told(first),
        "balance": [
            _told(part)
            for part in contrary
            if balance and abs(part.share_points.number) >= _NAMED * back
        ],
        "mostly": _told(first) if halves else None,
        "whole": difference(
            place.figure_id("share_change", year, estimates.offence_id),
            place.share(year),
            then,
            "percentage_points",
        ),
        "other": _told(other) if other and other is not first and other in same[:2] else None,
        "against": _told(contrary[0])
        if not balance and contrary and abs(contrary[0].share_points.number) >= abs(total) / 2
        else None,
    }
    if together and change and (change.current.number - change.previous.number) * total > 0:
        words["mostly"] = {
            "count": change.current,
            "previous": change.previous,
            "everything_else": False,
            "offences": prose.offences_of(estimates.offence_words),
        }
        words["other"] = _told(other) if other and other in same[:2] else None
    return WORDS.passage("drivers", **words)


def _points(parts: Sequence[Part]) -> list[float]:
    return [part.share_points.number for part in parts]


def _told(part: Part) -> dict[str, Any]:
    return {
        "count": part.count,
        "previous": part.previous,
        "points": part.share_points,
        "everything_else": part.component == EVERYTHING_ELSE,
        "name": prose.named_html(part.name),
        "offences": prose.offences_of(prose.named_html(part.name)),
    }


def without(composition: Composition, place: Place) -> str:
    """The change of the group without the code whose recording changed, where it did."""
    estimates = place.estimates
    year = estimates.latest
    change = place.change(year)
    apart = _set_apart(change.recording_changes) if change else []
    parts = composition.parts(place, year)
    held = {part.component: part for part in parts}
    if not change or not apart or apart[0] not in held:
        return ""
    value = change_without([part.row for part in parts], apart[0])
    if value is None:
        return ""
    figure = over(
        place.figure_id(f"change_without_{apart[0]}", year, estimates.offence_id),
        value,
        "change",
        ("composition_without", "change"),
        [place.count(year)],
        component=apart[0],
    )
    return WORDS.passage(
        "without",
        name=prose.named_html(held[apart[0]].name),
        direction=prose.recorded_direction(0, figure.number),
        change=figure,
        published=change.difference if change.percent.value is None else change.percent,
    )


def rank_without(composition: Composition, place: Place) -> str:
    """A force's rank, and the one it has without the code set apart; nothing where unknown."""
    rank = place.rank_among_forces()
    other = composition.ranks_without(place.estimates).get(place)
    if not rank or not other or is_few(place.count()):
        return ""
    return WORDS.passage(
        "rank_without",
        rank=rank,
        name=escape(_code_name(composition.set_apart)),
        other=other,
    )


def ranks(composition: Composition, estimates: Estimates) -> dict[str, dict[Place, Figure]]:
    """Columns for a table of forces: the rank by share, and the rank without the code set apart."""
    own = {
        force: rank
        for force in estimates.forces
        if (rank := force.rank_among_forces()) and not is_few(force.count())
    }
    other = composition.ranks_without(estimates)
    name = escape(_code_name(composition.set_apart)) if other else ""
    headings = WORDS.points("rank_columns", name=name)
    return dict(zip(headings, [own, other] if other else [own], strict=False))


def _code_name(code: str) -> str:
    return prose.lower_first(code_names()[code])


def _set_apart(names: Sequence[str]) -> list[str]:
    """The codes that changes of recording, given by name, say to set apart."""
    rows = read_rows(REFERENCE / "recording_changes.csv")
    return [row["set_apart"] for row in rows if row["name"] in names and row["set_apart"]]


def _earlier(place: Place, year: Year) -> date:
    change = place.change(year)
    assert change is not None  # its parts have moved
    return change.previous_period_end


def contains(place: Place, composition: Composition) -> str:
    """What the group holds, as police count it."""
    estimates = place.estimates
    parts = composition.parts(estimates.nation, estimates.latest)
    names = [prose.named_html(part.name) for part in parts if part.component != EVERYTHING_ELSE]
    if len(names) < 2 or len(names) > 2 * _DRAWN:
        return ""
    name = estimates.offence.name
    return WORDS.passage("contains", group=name, plural=prose.is_plural(name), names=names)


# ---------------------------------------------------------------- chart and table


def over_time(composition: Composition, place: Place, frame: pd.DataFrame) -> Chart | None:
    """The share of all crime by code, year by year, one on top of the other.

    None where no year has parts, or the group is a single code: that is the line of the share.

    Args:
        composition: the parts.
        place: the area.
        frame: ``period_end``, ``component`` and ``share`` of its codes, the oldest year first.
    """
    ends = [Year(end) for end in frame["period_end"].dt.date]
    years = list(dict.fromkeys(ends))
    parts = {
        (year, part.component): part for year in years for part in composition.parts(place, year)
    }
    shares = [
        (year, part, as_in_frame(part.share, share))
        for year, component, share in zip(ends, frame["component"], frame["share"], strict=True)
        for part in [parts[year, component]]
    ]
    recorded = [year for year, _, share in shares if share.number]
    if not recorded or len({part.component for _, part, _ in shares}) < 2:
        return None
    others = WORDS.passage("other_codes")
    names = _drawn([(part.component, share.number) for _, part, share in shares])
    values = [
        {
            "year": prose.month(year.period_end),
            "part": names.get(part.component, others),
            "share": 100 * share.number,
            "order": list(names.values()).index(names[part.component])
            if part.component in names
            else len(names),
            "tip": f"{prose.upper_first(part.name)}, {year.words}: {share.text}",
        }
        for year, part, share in shares
    ]
    drawn = list(dict.fromkeys([*names.values(), *(value["part"] for value in values)]))
    newest = [(part, share) for year, part, share in shares if year == recorded[-1]]
    largest, most = max(newest, key=lambda each: each[1].number)
    joint = {part.component: part.name for _, part, _ in shares if "+" in part.component}
    words = WORDS.points(
        "composition_chart",
        place=place,
        largest=prose.named_html(largest.name),
        share=most,
        first=years[0],
        last=years[-1],
        newest=recorded[-1],
        latest=place.estimates.latest,
        joint=list(map(prose.named_html, joint.values())),
    )
    chart = Chart.worded("composition", words)
    # A year in which nothing was recorded has no parts, and its place on the axis all the same.
    shown = [
        prose.month(year.period_end)
        for year in place.estimates.each_year()
        if year in years or (year > years[0] and place.count(year).value == 0)
    ]
    # The newest year, and every second before it: more would run into each other.
    labelled = shown[::-2]
    axis = {"title": None, "values": labelled, "labelExpr": "slice(datum.label, -4)"}
    return replace(
        chart,
        key=[(f"part-{at}", prose.named_html(str(name))) for at, name in enumerate(drawn)],
        spec={
            "width": WIDTH,
            "height": 230,
            "data": {"values": values},
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "ordinal",
                    "sort": None,
                    "scale": {"domain": shown},
                    "axis": axis,
                },
                "y": {
                    "field": "share",
                    "type": "quantitative",
                    "axis": {"title": None, "labelExpr": "datum.label + '%'", "tickCount": 5},
                },
                "color": {
                    "field": "part",
                    "type": "nominal",
                    "scale": {"domain": drawn, "range": list(PARTS[: len(drawn)])},
                    "legend": None,
                },
                "order": {"field": "order", "type": "quantitative"},
                "description": {"field": "tip"},
            },
        },
        alt=WORDS.passage(
            "composition_alt",
            subtitle=plain(chart.subtitle),
            tips=[
                value["tip"]
                for value in values
                if value["year"] == prose.month(recorded[-1].period_end)
            ],
        ),
        data=[
            {
                "year_ending": year.period_end.isoformat(),
                "component": part.component,
                "name": part.name,
                **figure_columns(share),
            }
            for year, part, share in shares
        ],
        figures=[share for _, _, share in shares],
    )


def _drawn(shares: Sequence[tuple[str, float]]) -> dict[str, str]:
    """The components that are drawn by themselves, the largest first, and their names."""
    highest: dict[str, float] = {}
    for component, share in shares:
        highest[component] = max(share, highest.get(component, 0))
    ranked = sorted(highest, key=lambda component: -highest[component])[: _DRAWN + 1]
    return {
        component: prose.upper_first(
            " and ".join(prose.lower_first(code_names()[code]) for code in component.split("+"))
        )
        for component in ranked
    }


def table(composition: Composition, place: Place, frame: pd.DataFrame) -> Table | None:
    """Each code in the latest year, the year before, and what it did to the share and the count.

    Args:
        composition: the parts of the group.
        place: the area.
        frame: ``component``, ``count``, ``previous``, ``count_points`` and ``share_points`` of the
            latest year, in the order of the table.
    """
    known = {part.component: part for part in composition.parts(place, place.estimates.latest)}
    if frame.empty:
        return None
    rows: list[list[Content]] = [
        [
            prose.upper_first(prose.named_html(part.name))
            + ("" if part.component == EVERYTHING_ELSE else f" <code>{part.component}</code>"),
            as_in_frame(part.count, row["count"]),
            as_in_frame(part.previous, row["previous"]),
            as_in_frame(part.count_points, row["count_points"] / 100),
            as_in_frame(part.share_points, row["share_points"] / 100),
        ]
        for row in frame.to_dict("records")
        for part in [known[row["component"]]]
    ]
    return Table.worded(
        WORDS.points(
            "composition_table", place=place, plural=prose.is_plural(place.estimates.offence.name)
        ),
        rows,
        styles=["", "", "", "signed", "signed bare"],
    )
