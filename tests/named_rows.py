"""The rows of a table that a formula names, and what its words make of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

Read = Callable[[str], pd.DataFrame | None]
"""A table by its name; None where it is not here."""

LEVEL = 0.95
"""That the intervals of the study claim, as the first line of its table says."""

_ROWS = r"\w+(?: and \w+)*(?:, \w+ [^,/]+?)*"
MADE: dict[str, Callable[..., Any]] = {
    rf"sum of ({_ROWS})": lambda rows: rows.iloc[:, 0].sum(),
    rf"number of different ({_ROWS})": lambda rows: len(rows.drop_duplicates()),
    rf"number of ({_ROWS})": len,
    rf"mean of ({_ROWS}) / ({_ROWS}) - 1": lambda one, other: _ratios(one, other).mean() - 1,
    rf"highest of ({_ROWS}) / ({_ROWS}) - 1": lambda one, other: _ratios(one, other).max() - 1,
    rf"larger mean distance from the level of ({_ROWS}) and of ({_ROWS})": lambda *both: max(
        (rows.iloc[:, 0] - LEVEL).abs().mean() for rows in both
    ),
    rf"mean ({_ROWS})": lambda rows: rows.iloc[:, 0].mean(),
    rf"lowest ({_ROWS})": lambda rows: rows.iloc[:, 0].min(),
    rf"highest ({_ROWS})": lambda rows: rows.iloc[:, 0].max(),
    rf"({_ROWS})": lambda rows: rows.iloc[:, 0].drop_duplicates().item(),
}


def made_of_rows(release_id: str, sheet: str, formula: str, read: Read) -> float | None:
    """The value of a formula over rows of one table; None if the table is not here.

    Args:
        release_id: that the rows are about; empty where they are of several.
        sheet: the table.
        formula: as a page prints it.
        read: the tables.
    """
    table = read(sheet)
    if table is None:
        return None
    if release_id and "release_id" in table:
        table = table[table["release_id"] == release_id]
    for words, make in MADE.items():
        if match := re.fullmatch(words, formula):
            rows = [selected(table, each) for each in match.groups()]
            return None if any(each is None or each.empty for each in rows) else float(make(*rows))
    return None


def selected(table: pd.DataFrame, named: str) -> pd.DataFrame | None:
    """Columns of the rows that a name is of: "coverage, method wilson, p 0.02 or 0.05"."""
    columns, *having = named.split(", ")
    for each in having:
        column, _, values = each.partition(" ")
        if column not in table:
            return None
        table = table[table[column].map(_text).isin(map(_text, values.split(" or ")))]
    wanted = columns.split(" and ")
    return table[wanted] if set(wanted) <= set(table) else None


def _text(value: object) -> str:
    try:
        return f"{float(str(value)):g}"
    except ValueError:
        return str(value)


def _ratios(one: pd.DataFrame, other: pd.DataFrame) -> Any:
    """Row by row, each of one setting."""
    return one.iloc[:, 0].to_numpy() / other.iloc[:, 0].to_numpy()
