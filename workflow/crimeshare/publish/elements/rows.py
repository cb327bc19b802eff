"""A figure out of a row of a table: the number, how it is computed and from which cells.

The row says both: see :mod:`crimeshare.measures.provenance`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from string import Formatter
from typing import Any

import pandas as pd

from crimeshare.cells import Cell, cells_in
from crimeshare.columns import PER_CENT, Column, units
from crimeshare.columns import column as column_of
from crimeshare.columns import columns as columns_of
from crimeshare.measures import formulas
from crimeshare.measures.formulas import COUNTED, OF_ROWS
from crimeshare.measures.provenance import KEPT, keyed, named_cells
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import OPERATOR, Figure, decimals_for
from crimeshare.publish.elements.reading import Plain, of_build, read
from crimeshare.publish.elements.reading import hashes as all_hashes
from crimeshare.reference import NATION, areas

_SLOT = re.compile(r"{(\w+)}")


class Row(Mapping[str, Any]):
    """A row of a frame as words take it: ``now.share`` is a figure, ``now.period_end`` a day.

    What is a number with a formula is a figure by its name; ``now["share"]`` is the bare value.
    """

    def __init__(
        self, values: Mapping[str, Any], hashes: Callable[[str], Mapping[str, str]] = all_hashes
    ) -> None:
        self._values = values
        self.hashes_of = hashes

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        """A figure, where the column has numbers with a formula, else the bare value."""
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        # Of clean tables, in which each row is a cell, the number alone has no formula.
        known = columns_of(self._values["table"]) if "table" in self._values else {}
        numbers = name in known and (known[name].formula or name == "value")
        return figure(self, name) if numbers else self[name]


def rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame, in its order."""
    columns, names = Plain(frame), dict.fromkeys(map(str, frame))
    # Asked for once for all figures, as that looks at the files.
    hashes = cache(all_hashes)
    return [Row(_At(columns, names, place), hashes) for place in range(len(frame))]


def month_of(row: Mapping[str, Any]) -> str:
    """The month that the year of a row ends with: "December 2024"."""
    return prose.month(row["period_end"])


class _At(Mapping[str, Any]):
    """The values of one row of a frame."""

    def __init__(self, columns: Plain, names: Mapping[str, None], place: int) -> None:
        self._columns, self._names, self._place = columns, names, place

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._place]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def figure(
    row: Mapping[str, Any],
    column: str,
    figure_id: str = "",
    table: str = "",
    hashes: Mapping[str, str] | None = None,
    *,
    marker: str | None = None,
    limits: tuple[str, ...] = (),
    decimals: int = 0,
) -> Figure:
    """One number of a row, with what stands behind it.

    Args:
        row: of a table, with what :func:`crimeshare.publish.elements.reading.read` gives it.
        column: the number; one in per cent becomes a fraction, as ``columns.yaml`` says.
        figure_id: see :class:`Figure`; as ``columns.yaml`` says, unless given.
        table: that the row is of, where it does not say so.
        hashes: of the workbooks, by release.
        marker: why there is no number, if there is none; as ``columns.yaml`` says, unless given.
        limits: columns of its interval; as ``columns.yaml`` says, unless given.
        decimals: see :class:`Figure`; those of the offence group, unless given.
    """
    what = column_of(table or row["table"], column)
    percent = what.stored == PER_CENT
    ends = limits or what.limits
    number, *limit = (_number(row, name, percent) for name in (column, *ends))
    if what.rounded and number is not None:
        number = round(number, -what.rounded)
    if hashes is None:
        hashes = getattr(row, "hashes_of", all_hashes)(table or row["table"])
    formula, cells = _behind(row, what.formula, hashes)
    if len(cells) == 1 and formula == cells[0].name:
        formula = ""
    lower, upper = limit or (None, None)
    return Figure(
        figure_id or _named(row, what),
        number,
        what.unit or unit_of(row[what.unit_from]),
        cells,
        formula,
        marker if number is not None or marker else _marker(row, what),
        lower,
        upper,
        decimals or _decimals(what, row),
        f"{table or row['table']}.{column}",
        {name: row[name] for name in STATED if limit and _known(row.get(name))},
    )


STATED = (
    *("level", "method", "basis", "n_unweighted", "n_assumed", "design_factor", "standard_error"),
)
"""Columns that say how an interval was made."""


def _known(value: object) -> bool:
    return value is not None and value == value


def _named(row: Mapping[str, Any], what: Column) -> str:
    own = {"column": what.name}
    if "{area}" in what.id:
        own["area"] = area_called(row["area_code"])
    named = ""
    for before, name, form, _ in Formatter().parse(what.id):
        value = own[name] if name in own else row[name] if name else ""
        # What a row has not is left out: an episode ends, and a level lasts.
        if _known(value):
            named += before + format(value, form or "")
    return named


@cache
def area_called(area_code: str) -> str:
    """What an area is called in names of figures: a region and a force may share a name."""
    area = areas()[area_code]
    return area.slug if area.area_type == "force" else f"{area.area_type}-{area.slug}"


def unit_of(measure: str) -> str:
    """The unit of what a row is about: a unit, or a column of the series."""
    return measure if measure in units() else column_of("series", measure).unit


def _marker(row: Mapping[str, Any], what: Column) -> str:
    known = what.marker and all(row[name] is not None for name in what.marked)
    if row.get("marker") and not (known and what.first):
        return str(row["marker"])
    return what.marker if known and not (what.whole and row["excluded"]) else "unavailable"


def _decimals(what: Column, row: Mapping[str, Any]) -> int:
    """How many decimals a share or rate of a group has, on every page and in every area.

    Those that its newest number for England and Wales takes: of a group as small as homicide, one
    decimal would print zero everywhere.
    """
    typical = what.decimals_of
    if what.unit_from and row[what.unit_from] in columns_of("series"):
        typical = column_of("series", row[what.unit_from]).decimals_of
    if not typical:
        return 1
    return _typical(typical).get(str(row.get("offence_id")), 1)


@of_build("series")
def _typical(column: str) -> dict[str, int]:
    """The decimals of each group by its number for England and Wales in the newest year."""
    own = read("series", ["share", "rate_per_1000"], area_code=NATION)
    own = own[own["period_end"] == own["period_end"].max()]
    times = units()[column_of("series", column).unit].times
    numbers = own.set_index("offence_id")[column].fillna(0)
    return {str(group): decimals_for(number * times) for group, number in numbers.items()}


def difference(figure_id: str, one: Figure, other: Figure, unit: str) -> Figure:
    """One number less another; both have a value."""
    formula = formulas.difference(one.named, other.named)
    return Figure(
        figure_id,
        one.number - other.number,
        unit,
        cells_of((one, other)),
        formula,
        decimals=max(one.decimals, other.decimals),
    )


def counted(figure_id: str, what: str, number: int, cells: Iterable[Cell]) -> Figure:
    """How many there are of something.

    Args:
        what: is counted, in the plural.
    """
    return Figure(figure_id, number, "count", tuple(dict.fromkeys(cells)), COUNTED.format(what))


def of_rows(
    figure_id: str,
    value: float | None,
    unit: str,
    how: str,
    *rows: tuple[str, ...],
    release_id: str = "",
    marker: str | None = None,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """A number of rows that have no formula, such as those of a simulation.

    Args:
        how: it is made of a column of the rows, a key of `OF_ROWS`.
        rows: the table, the column, and what the rows have in common: ``method wilson``.
        release_id: that the rows are about, where it is one.
    """
    keys = [keyed(table, release_id, *parts) for table, *parts in rows]
    formula = OF_ROWS[how].format(*keys) if how else ""
    cells = tuple(Cell.named(key, {}) for key in keys)
    return Figure(figure_id, value, unit, cells, formula, marker, *(limits or ()))


def over(
    figure_id: str,
    value: float | None,
    unit: str,
    what: tuple[str, str],
    figures: Iterable[Figure],
    **named: str,
) -> Figure:
    """One number of several others, over the cells of all of them.

    Args:
        what: table and column of ``columns.yaml``.
        named: what stands for the names in its formula.
    """
    formula = column_of(*what).formula.format(**named)
    return Figure(figure_id, value, unit, cells_of(figures), formula)


def cells_of(figures: Iterable[Figure]) -> tuple[Cell, ...]:
    """The cells of several figures, each once."""
    return tuple(dict.fromkeys(cell for each in figures for cell in each.cells))


def _behind(
    row: Mapping[str, Any], formula: str, hashes: Mapping[str, str]
) -> tuple[str, tuple[Cell, ...]]:
    """A formula of a table filled in for a row, and the cells of what stands in it."""
    if "formula" not in row:  # a clean table, of which each row is a cell
        return "", (Cell.of(row),) if row["cell"] else ()
    if row["formula"] is None:  # a year that an area has no figures for
        return "", ()
    if _over_its_own(formula):
        text, names = _filled_once(formula, row["formula"], row["cells"])
    else:
        text, names = _filled(formula, row)
    return text, tuple(Cell.named(name, hashes) for name in names)


@cache
def _over_its_own(formula: str) -> bool:
    """Whether a formula names no other column: only ``{formula}``, or a side of it by number."""
    return all(slot == "formula" or slot.isdecimal() for slot in _SLOT.findall(formula))


@lru_cache(KEPT)
def _filled_once(formula: str, own: str, cells: str) -> tuple[str, tuple[str, ...]]:
    """Cached, as pages ask for the same numbers again, mostly those of England and Wales."""
    return _filled(formula, {"formula": own, "cells": cells})


def _filled(formula: str, row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    names: list[str] = []

    def filled(slot: re.Match[str]) -> str:
        text, own = _part(row, slot[1])
        names.extend(own)
        part = slot[0] != formula and slot[1] != "formula"
        return f"({text})" if part and OPERATOR.search(text) else text

    text = _SLOT.sub(filled, formula)
    # What is said in words rests on all that the row does.
    if text and not names:
        names += named_cells(row["cells"])
    return text, tuple(dict.fromkeys(names))


def _number(row: Mapping[str, Any], column: str, percent: bool) -> float | None:
    number = row[column]
    if number is None:
        return None
    return float(number) / 100 if percent else float(number)


def _part(row: Mapping[str, Any], name: str) -> tuple[str, Iterable[str]]:
    """What stands for a name in a formula, and the names of its cells."""
    if name.isdecimal():
        sides = _sides(row["formula"])
        side = sides[int(name)] if int(name) < len(sides) else ""
        return side, (cell for cell in named_cells(row["cells"]) if _stands_in(side, cell))
    if name == "formula":
        return row["formula"], named_cells(row["cells"])
    if f"{name}_formula" in row:
        return _bare(row[f"{name}_formula"] or ""), named_cells(row[f"{name}_cells"] or "")
    text = str(row[name])
    return text, (cell.name for cell in cells_in(text) if cell.sheet)


@lru_cache(KEPT)
def _sides(formula: str) -> tuple[str, ...]:
    """The two sides of a formula such as ``A / B``; of one that has but one, that."""
    depth = 0
    for place, letter in enumerate(formula):
        depth += (letter == "(") - (letter == ")")
        if not depth and formula.startswith((" / ", " - "), place):
            return _bare(formula[:place]), _bare(formula[place + 3 :])
    return (_bare(formula),)


def _bare(formula: str) -> str:
    """A formula without the brackets around all of it."""
    if not formula.startswith("("):
        return formula
    depth = 0
    for place, letter in enumerate(formula):
        depth += (letter == "(") - (letter == ")")
        if not depth and place < len(formula) - 1:
            return formula
    return formula[1:-1]


@lru_cache(KEPT)
def _stands_in(formula: str, cell: str) -> bool:
    """Whether a formula is over a cell, or over what a cell names that has no address."""
    release, _, where = cell.partition("]")
    named = f"{release}]{where.partition('!')[2]},"
    return named in formula or cell in {found.name for found in cells_in(formula)}
