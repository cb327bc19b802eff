"""What stands behind a row of a table: how its number is computed, from which cells.

Every table of estimates has a column ``formula`` and a column ``cells``.  A formula names in full
what it is over: a cell as ``[pfa-2024-12]'Table P1'!M9``, a year of the Home Office's open data,
which has no cell, by what is added up, ``[prc-2025-12]Robbery, Kent, year to June 2025``.
``cells`` lists them all, the most important first.  A row that is computed from very many rows of a
table names that table in place of a sheet, and in place of a cell what these rows have in common
(:func:`keyed`).

A formula is that of the one number that a row leads with; :mod:`crimeshare.measures.formulas`
says how its other columns are made of the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pandas as pd

from crimeshare.periods import MONTHS
from crimeshare.reference import areas, offences

CELLS_APART = "; "
"""What stands between the cells of a row; of the open data each names what is added up there."""

KEPT = 4096
"""Answers that are kept until they are asked for again: those of a few pages, not of all."""

# The name of a publication may hold a semicolon too.
_APART = re.compile(rf"{CELLS_APART}(?=[\['])")


@lru_cache(KEPT)
def named_cells(cells: str) -> tuple[str, ...]:
    """The names in a column ``cells``."""
    return tuple(_APART.split(cells)) if cells else ()


def cells_of_rows(cells: Iterable[str]) -> str:
    """The cells of several rows as those of one that is computed from them, each once."""
    return CELLS_APART.join(dict.fromkeys(name for each in cells for name in named_cells(each)))


def cell_names(rows: pd.DataFrame, sheet: str = "sheet", cell: str = "cell") -> pd.Series:
    """The cell of each row as formulas name it: :attr:`crimeshare.cells.Cell.name`.

    Args:
        rows: with ``release_id`` and the two columns named.
        sheet, cell: columns of sheets and addresses; the name is empty where the address is.
    """
    # Of a table without rows, or without an address, the columns hold no text.
    release, sheets, cells = (rows[name].astype("str") for name in ("release_id", sheet, cell))
    names: pd.Series = "[" + release + "]'" + sheets.str.strip() + "'!" + cells
    return names


def listed(*cells: pd.Series) -> pd.Series:
    """The cells of several columns as one list; those that are empty are left out."""
    first, *others = (column.astype("str") for column in cells)
    for other in others:
        first = first.where(other.isna(), first + CELLS_APART + other)
    return first


def compared_cells(rows: pd.DataFrame) -> pd.Series:
    """The cells of rows of ``survey_comparisons``: change, verdict and the two figures compared."""
    return listed(
        cell_names(rows),
        cell_names(rows, cell="significance_cell"),
        cell_names(rows, "value_sheet", "value_cell"),
        cell_names(rows, "value_sheet", "previous_value_cell"),
    )


def enclosed(formula: pd.Series) -> pd.Series:
    """Formulas as parts of another: in brackets where they are more than one thing."""
    return formula.where(~formula.str.contains(" [-+*/] "), "(" + formula + ")")


def keyed(table: str, release: pd.Series | str, *parts: pd.Series | str) -> Any:
    """The key of the rows of a table that a number was computed from, written as a cell is.

    Args:
        release: of those rows; empty where they are of several.
        parts: what they have in common.

    Returns:
        Such as ``[prc-2025-12]'recorded_quarters'!E23000034, robbery``; a column if a part is one.
    """
    key: Any = f"'{table}'!"
    if isinstance(release, pd.Series) or release:
        key = "[" + release + "]" + key
    for position, part in enumerate(parts):
        key = key + (", " if position else "") + part
    return key


EVERYTHING = "All recorded crime"
"""The total, shorter than its column: a page names it hundreds of times."""


def summed(rows: pd.DataFrame) -> pd.Series:
    """What is added up in each row of the open data: "Robbery, Wales", as its formula words it.

    Args:
        rows: with ``offence_id``, ``area_code``, ``excluded`` (names joined by semicolons) and,
            where the row is about less than a group, ``code``.
    """
    named = {name: group.name for name, group in offences().items()} | {"total": EVERYTHING}
    names = rows["offence_id"].map(named)
    if "code" in rows:
        names = ("offence code " + rows["code"]).fillna(names)
    # A region and a force may share a name.
    places = rows["area_code"].map(
        {
            code: f"{area.area_name} region" if area.area_type == "region" else area.area_name
            for code, area in areas().items()
        }
    )
    without = ", without " + rows["excluded"].str.replace("; ", " and ", regex=False)
    what: pd.Series = names + ", " + places
    return what.where(rows["excluded"] == "", what + without)


def four_quarters(rows: pd.DataFrame, what: pd.Series) -> pd.Series:
    """The year of each row of the open data, as formulas name it.

    Args:
        rows: with ``release_id`` and ``period_end``.
    """
    return _to_month(rows, what + ", year to ")


def one_quarter(rows: pd.DataFrame, what: pd.Series) -> pd.Series:
    """The quarter of each row of the open data, as formulas name it."""
    return _to_month(rows, what + ", quarter to ")


def _to_month(rows: pd.DataFrame, what: pd.Series) -> pd.Series:
    ends = rows["period_end"].drop_duplicates()
    months = {end: f"{MONTHS[end.month - 1]} {end.year}" for end in ends}
    named: pd.Series = (
        "[" + rows["release_id"] + "]" + what + rows["period_end"].map(months).astype("str")
    )
    return named


def sheets_of_year(rows: pd.DataFrame, what: pd.Series, quarters: pd.DataFrame) -> pd.Series:
    """What is added up for the year of each row, in each sheet that holds some of its quarters.

    Args:
        rows: with ``release_id`` and ``period_end``.
    """
    seen = quarters[["release_id", "period_end", "sheet"]].drop_duplicates()
    key = ["release_id", "period_end"]
    first = seen["period_end"] + pd.DateOffset(months=9) + pd.offsets.MonthEnd(0)
    begins = seen.assign(period_end=first.astype(seen["period_end"].dtype))
    both = seen.merge(begins, on=key, suffixes=("_last", "_first"))
    named = rows[key].merge(both, on=key, how="left").set_index(rows.index).assign(what=what)
    last = cell_names(named, "sheet_last", "what")
    return listed(
        cell_names(named, "sheet_first", "what"),
        last.mask(named["sheet_first"] == named["sheet_last"]),
    )
