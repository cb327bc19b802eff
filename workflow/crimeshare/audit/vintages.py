"""All vintages of a count, asked of the compact evidence in plain Python.

The evidence is what :mod:`crimeshare.measures.compact` makes of ``vintages.parquet`` and of the
clean tables: small enough to be shipped, to be read within a second and to be loaded by a browser.
All vintages of a count of an area, an offence group or code, and a year:

    evidence = open_published(root)
    evidence.counts("W15000002", "stalking_harassment", date(2024, 12, 31))
    evidence.counts("W15000002", "8R", date(2024, 12, 31))

Each tells its release, value or marker, how it is known, and has the formula and cells that
``vintages.parquet`` has.  Nothing here takes pandas, pyarrow or numpy.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from crimeshare.measures import formulas
from crimeshare.periods import MONTHS, months_before
from crimeshare.problems import Problem
from crimeshare.reference import NATION, areas, areas_around, offences

EVIDENCE = Path("results/published/evidence")
BY_AREA = "by_area"
PERCENTAGE = "percentage"
QUARTERS = "quarters"
TOTAL = "total"


@dataclass(frozen=True)
class Vintage:
    """What one release gives for a count (or a rate) of a year.

    Attributes:
        value: offences, or offences per 1,000 residents; None where `marker` stands in its place.
        known_from: ``published``, ``later_column``, ``percentage`` or ``quarters``.
        grouping: ``by_area`` or ``by_code``.
        excluded: names of the forces that a total leaves out.
        refuted: whether the counts speak against the percentage that it was worked out from.
        formula: the computation over `cells`, or the one cell.
        cells: names of the cells, most important first.
    """

    release_id: str
    period_end: date
    value: float | None
    marker: str
    known_from: str
    grouping: str
    excluded: tuple[str, ...]
    refuted: bool
    formula: str
    cells: tuple[str, ...]


class Published:
    """The published figures of every release, as the compact evidence holds them."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self.parts = read

    # Counts

    def counts(self, area: str, name: str, day: date) -> list[Vintage]:
        """Every vintage of a count, in the order the releases came out; markers are among them.

        Args:
            area: code of an area or a community safety partnership.
            name: id of an offence group, or an offence code of the Home Office such as ``8R``.
        """
        found = [
            *self._cells("count", area, name, day),
            *(self._in_code_tables(name, day) if area == NATION else []),
            *(self._quarters(area, name, day) if name in offences() else []),
            *(self._of_code(area, name, day) if name not in offences() else []),
        ]
        return sorted(found, key=lambda vintage: self._order[vintage.release_id])

    def rates(self, area: str, name: str, day: date) -> list[Vintage]:
        """Every published rate per 1,000 residents of an area and group, oldest release first."""
        found = self._cells("rate_per_1000", area, name, day)
        return sorted(found, key=lambda vintage: self._order[vintage.release_id])

    @cached_property
    def releases(self) -> list[str]:
        """Releases with figures, in the order they came out."""
        return list(self.parts["editions"]["releases"])

    @cached_property
    def days(self) -> list[date]:
        """Ends of the years that the tables by area are about."""
        ends = {end for _, end, grouping in self._blocks if grouping == BY_AREA}
        return sorted(map(date.fromisoformat, ends))

    @cached_property
    def _order(self) -> dict[str, int]:
        return {release_id: place for place, release_id in enumerate(self.releases)}

    @cached_property
    def _blocks(self) -> dict[tuple[str, str, str], list[_Block]]:
        """Tables of the editions by measure, year and how they are grouped."""
        found: dict[tuple[str, str, str], list[_Block]] = {}
        for block in map(_Block, self.parts["editions"]["blocks"]):
            for end in block.ends:
                found.setdefault((block.measure, end, block.grouping), []).append(block)
        return found

    def _cells(self, measure: str, area: str, name: str, day: date) -> Iterator[Vintage]:
        for block in self._blocks.get((measure, day.isoformat(), BY_AREA), []):
            if (said := block.said(area, name)) is None:
                continue
            cells: tuple[str, ...] = (block.cell(area, name),)
            refuted = False
            if block.known_from == PERCENTAGE:
                cells = (self._own_count(block.release_id, area, name), *cells)
                refuted = [area, name] in block.refuted
            yield Vintage(
                block.release_id,
                day,
                *said,
                block.known_from,
                BY_AREA,
                tuple(block.excluded.get(area, ())),
                refuted,
                formulas.recovered(*cells) if len(cells) > 1 else cells[0],
                cells,
            )

    def place(self, cell: str) -> tuple[str, str, str, str]:
        """Release, hash of the workbook, sheet under its own name, and address of a named cell."""
        before, _, address = cell.partition("!")
        release_id = before[1 : before.index("]")]
        editions = self.parts["editions"]
        sheet = editions["spaced"].get(before, before[before.index("]") + 2 : -1])
        return release_id, editions["workbooks"].get(release_id, ""), sheet, address

    @property
    def partnerships(self) -> dict[str, str]:
        """Names of the community safety partnerships by code."""
        partnerships: dict[str, str] = self.parts["editions"]["partnerships"]
        return partnerships

    @cached_property
    def residents(self) -> dict[tuple[str, int], float]:
        """Residents by area and mid-year."""
        return {
            (area, int(year)): number
            for area, years in self.parts["residents"].items()
            for year, number in years.items()
        }

    @cached_property
    def survey(self) -> list[dict[str, Any]]:
        """Estimates of everybody of a sex and age, with their cells."""
        columns = self.parts["survey"]["columns"]
        rows = [dict(zip(columns, row, strict=True)) for row in self.parts["survey"]["rows"]]
        return [row | {"period_end": date.fromisoformat(row["period_end"])} for row in rows]

    def _own_count(self, release_id: str, area: str, name: str) -> str:
        own = self.own_year(release_id).isoformat()
        blocks = self._blocks["count", own, BY_AREA]
        return next(
            block.cell(area, name)
            for block in blocks
            if block.release_id == release_id and block.said(area, name)
        )

    def own_year(self, release_id: str) -> date:
        """Last day of the year that a release is about."""
        return date.fromisoformat(self.parts["editions"]["releases"][release_id])

    def _in_code_tables(self, name: str, day: date) -> Iterator[Vintage]:
        """What the tables of offences by code give of England and Wales."""
        end = day.isoformat()
        for block in self._blocks.get(("count", end, "by_code"), []):
            if said := block.said(name, end):
                cell = block.cell(name, end)
                known = block.known_from
                yield Vintage(
                    block.release_id, day, *said, known, "by_code", (), False, cell, (cell,)
                )

    def _quarters(self, area: str, name: str, day: date) -> Iterator[Vintage]:
        for release_id, table in self.parts[QUARTERS].items():
            values = table["values"].get(name, {}).get(area)
            value = _at(values, table, day)
            if value is not None:
                yield self._year(release_id, table, area, name, day, value)

    def _of_code(self, area: str, code: str, day: date) -> Iterator[Vintage]:
        """Four quarters of an offence code; none of a code that begins within the year."""
        for release_id, table in self.parts[QUARTERS].items():
            known = self.parts["codes"][release_id].get(code)
            total = _at(table["values"][TOTAL].get(area), table, day)
            if known is None or total is None:
                continue
            if not known["from"] <= _place(table, day) <= known["to"]:
                continue
            # A force with a return that names no offence of a code recorded none.
            value = _at(known["values"].get(area), table, day) or 0.0
            yield self._year(release_id, table, area, code, day, value)

    def of_quarters(self, area: str, name: str, ends: Sequence[date], months: str) -> list[Vintage]:
        """Some quarters of a year added up, of what a change of recording touches, by release.

        Args:
            months: what they are called, such as ``April to December``.
        """
        found = []
        inside = members(area) or [area]
        for release_id, table in self.parts["alike"].items():
            totals, own = table["values"][TOTAL], table["values"].get(name)
            complete = [
                force
                for force in inside
                if all(_at(totals.get(force), table, end) is not None for end in ends)
            ]
            if own is None or not complete:
                continue
            values = [_at(own.get(force), table, end) for force in complete for end in ends]
            # A force with a return that names no offence of a code recorded none.
            if name not in offences():
                values = [value or 0.0 for value in values]
            if None in values:
                continue
            left = sorted(areas()[force].area_name for force in inside if force not in complete)
            when = f"{months} {max(ends).year}"
            added = sum(value for value in values if value)
            found.append(self._added(release_id, area, name, ends, when, added, tuple(left)))
        return found

    def _year(
        self, release_id: str, table: dict[str, Any], area: str, name: str, day: date, value: float
    ) -> Vintage:
        excluded = tuple(table["excluded"].get(area, {}).get(day.isoformat(), ()))
        when = f"year to {MONTHS[day.month - 1]} {day.year}"
        return self._added(
            release_id, area, name, (months_before(day, 9), day), when, value, excluded
        )

    def _added(
        self,
        release_id: str,
        area: str,
        name: str,
        ends: Sequence[date],
        when: str,
        value: float,
        excluded: tuple[str, ...],
    ) -> Vintage:
        place = areas()[area]
        called = offences()[name].name if name in offences() else f"offence code {name}"
        called = "All recorded crime" if name == TOTAL else called
        region = " region" if place.area_type == "region" else ""
        without = f", without {' and '.join(excluded)}" if excluded else ""
        what = f"{called}, {place.area_name}{region}{without}"
        held = self.parts[QUARTERS][release_id]["sheets"]
        sheets = dict.fromkeys(held[end.isoformat()] for end in sorted(ends))
        return Vintage(
            release_id,
            max(ends),
            value,
            "",
            QUARTERS,
            BY_AREA,
            excluded,
            False,
            f"[{release_id}]{what}, {when}",
            tuple(f"[{release_id}]'{sheet}'!{what}" for sheet in sheets),
        )


class _Block:
    """A table of a release: a line for each area, or in a table by code for each offence."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self.release_id: str = read["release"]
        self.measure: str = read["measure"]
        self.known_from: str = read["known_from"]
        self.grouping: str = read["grouping"]
        self.excluded: dict[str, list[str]] = read["excluded"]
        self.refuted: list[list[str]] = read["refuted"]
        self._sheet, self._columns, self._lines = read["sheet"], read["columns"], read["lines"]
        self.ends: list[str] = [read["end"]] if read["end"] else list(self._columns)
        self._places = {name: place for place, name in enumerate(self._columns, start=1)}

    def said(self, line: str, column: str) -> tuple[float | None, str] | None:
        """Value and marker of a cell; None where the table has no such cell."""
        numbers, place = self._lines.get(line), self._places.get(column)
        said = None if numbers is None or place is None else numbers[place]
        if said is None:
            return None
        return (None, said) if isinstance(said, str) else (said, "")

    def cell(self, line: str, column: str) -> str:
        # The first number of a line is that of its row.
        cell = f"{self._columns[column]}{self._lines[line][0]}"
        return f"[{self.release_id}]'{self._sheet.strip()}'!{cell}"


@cache
def members(area: str) -> list[str]:
    """The forces, and other bodies, that lie in a region or country; none of a force."""
    return [
        code
        for code, place in areas().items()
        if place.area_type in ("force", "other") and area in areas_around(code)[1:]
    ]


def _place(table: Mapping[str, Any], day: date) -> int:
    """The place of a year among those of a release of the open data; -1 where it has none."""
    end = day.isoformat()
    return table["ends"].index(end) if end in table["ends"] else -1


def _at(line: list[Any] | None, table: Mapping[str, Any], day: date) -> float | None:
    """The value of a year in a line, which begins with the place of its first."""
    place = _place(table, day)
    if line is None or place < line[0]:
        return None
    value: float | None = line[place - line[0] + 1] if place - line[0] + 1 < len(line) else None
    return value


class _Files(dict[str, Any]):
    """The files of a folder, each read when first asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(self, name: str) -> Any:
        path = self._folder / f"{name}.json.gz"
        try:
            self[name] = json.loads(gzip.decompress(path.read_bytes()))
        except (OSError, EOFError, ValueError) as error:
            raise Problem(
                f"{path} cannot be read ({error}); build the report again with make, or restore "
                "the file from the repository."
            ) from error
        return self[name]


def open_published(root: Path) -> Published:
    """The evidence in a project's folder: of its build, or as it is shipped."""
    return Published(_Files(root / EVIDENCE))
