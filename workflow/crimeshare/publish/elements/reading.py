"""What a page reads: rows of the built tables, each with all that stands behind its numbers.

A page reads a frame, filters it, looks at it and hands it to charts, tables and words.  A frame
knows by its column ``table`` which table its rows are of, and what a column of that is stands in
``columns.yaml``; so :func:`crimeshare.publish.elements.rows.figure` needs a row and a column.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache, reduce, wraps
from operator import and_
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.columns import columns as columns_of
from crimeshare.parquet import read_table
from crimeshare.problems import Problem
from crimeshare.products import require_whole

FOLDERS = ("results/clean", "results/estimates")

SHARED = ("offence_id", "period_end", "release_id")
"""Columns of which the pages of a batch ask for few values, and for the same."""

A = TypeVarTuple("A")
T = TypeVar("T")

BEHIND = ("formula", "cells", "sheet", "cell", "workbook_sha256", "excluded")
"""Columns that say what stands behind the others, read with them."""


def read(table: str, columns: Sequence[str] | None = None, /, **only: Any) -> pd.DataFrame:
    """Rows of a table of the build that the working directory is in.

    Args:
        table: its name, as ``columns.yaml`` has it.
        columns: those to look at; what names their figures and stands behind them comes along.
            All unless given.
        only: of some columns the value that a row must have, or a list of those it may have.

    Returns:
        The rows in the order of the table, days as ``datetime64``, and ``table``, its name, in
        place of a column that is called so.

    Raises:
        Problem: if nothing has been built there, or the table has no such column.
    """
    known = columns_of(table)
    if unknown := [name for name in (*(columns or ()), *only) if name not in known]:
        raise Problem(f"The table {table} has no column `{unknown[0]}`.")
    wanted = {
        column: tuple(value) if isinstance(value, (list, tuple, set, pd.Series)) else (value,)
        for column, value in only.items()
    }
    named = None if columns is None else tuple(_with_behind(table, columns))
    # What a notebook changes, it changes in a copy of its own.
    return _chosen(table, _path(table), named, (*wanted.items(),)).copy(deep=False)


def in_order(frame: pd.DataFrame, column: str, names: Iterable[str]) -> pd.DataFrame:
    """The rows in the order that `names` of a column have; those of one name stay as they stand."""
    places = {name: place for place, name in enumerate(names)}
    return frame.sort_values(column, key=lambda own: own.map(places), kind="stable")


def _with_behind(table: str, columns: Sequence[str]) -> list[str]:
    """The columns asked for, and those that their figures are named after and made of."""
    known = columns_of(table)
    asked = {part for name in columns for part in known[name].needs}
    asked |= {f"{name}_{end}" for name in asked for end in ("formula", "cells")}
    asked |= {*columns, *BEHIND}
    return [name for name, column in known.items() if name in asked and column.type]


def _is_in(column: pd.Series, values: tuple[Any, ...]) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.isin(pd.to_datetime(list(values)))
    return column.isin(values)


def of_build(*tables: str) -> Callable[[Callable[[*A], T]], Callable[[*A], T]]:
    """Keep what a function returns for as long as the tables are those it was made of."""

    def keeping(function: Callable[[*A], T]) -> Callable[[*A], T]:
        @lru_cache(maxsize=256)
        def kept(stamps: object, *args: *A) -> T:
            return function(*args)

        @wraps(function)
        def asked(*args: *A) -> T:
            return kept(tuple(map(_path, tables)), *args)

        return asked

    return keeping


class File(NamedTuple):
    """A built table; when it was changed tells it apart from one that is built again."""

    path: str
    changed: int


def _path(table: str) -> File:
    """The file of a built table.

    Raises:
        Problem: if there is none.
    """
    if found := _found(table):
        return found
    raise Problem(
        f"No table {table} is built in {Path.cwd()} or above it; build it first: "
        f"snakemake --cores 4 {FOLDERS[-1]}/{table}.parquet"
    )


def _found(table: str) -> File | None:
    # Every figure asks for its table, and a Path takes ten times as long to say where we are.
    for path in _files(table, os.getcwd()):  # noqa: PTH109
        with suppress(FileNotFoundError):
            return File(path, os.stat(path).st_mtime_ns)  # noqa: PTH116
    return None


@cache
def _files(table: str, here: str) -> list[str]:
    above = (Path(here), *Path(here).parents)
    return [str(up / kind / f"{table}.parquet") for up in above for kind in FOLDERS]


@lru_cache(maxsize=128)
def _chosen(
    table: str, file: File, named: tuple[str, ...] | None, wanted: tuple[Any, ...]
) -> pd.DataFrame:
    # Pages are about few groups and years, and about many areas: rows are read once for all areas.
    shared = next((one for name in SHARED for one in wanted if one[0] == name), None)
    if shared is None:
        columns = named and list(named)
        return _table(file.path, columns=columns, **dict(wanted)).assign(table=table)
    frame = _frame(file, shared)
    rest = [one for one in wanted if one is not shared]
    if named is not None:
        frame = frame[list(dict.fromkeys([*named, *(name for name, _ in rest)]))]
    if rest:
        frame = frame[reduce(and_, [_is_in(frame[name], values) for name, values in rest])]
    return (
        (frame if named is None else frame[list(named)]).reset_index(drop=True).assign(table=table)
    )


@lru_cache(maxsize=64)
def _frame(file: File, shared: tuple[str, tuple[Any, ...]]) -> pd.DataFrame:
    """Rows for all areas, read once for all notebooks that share a shell."""
    return _table(file.path, **dict([shared]))


# Pages take few rows of many columns of text at a time, for which Arrow's take far longer.
_table = pd.option_context("mode.string_storage", "python")(read_table)


HASHED = ("recorded_crime", "recorded_offence_codes", "recorded_quarters")
SURVEYED = ("survey_comparisons", "survey_estimates", "recorded_offence_codes")


def hashes(table: str) -> Mapping[str, str]:
    """The hash of the workbook of each release that a figure of a table may come from."""
    named = SURVEYED if "measure_id" in columns_of(table) else HASHED
    return _hashes(tuple(file for name in named if (file := _found(name))))


@lru_cache(maxsize=2)
def _hashes(files: tuple[File, ...]) -> Mapping[str, str]:
    named = ["release_id", "workbook_sha256"]
    found: dict[str, str] = {}
    for file in files:
        require_whole(file.path)
        table = pq.read_table(file.path, columns=named, read_dictionary=named)
        rows = table.unify_dictionaries().group_by(named).aggregate([]).to_pylist()
        found |= {row["release_id"]: row["workbook_sha256"] or "" for row in rows}
    return found


class Plain(dict[str, list[Any]]):
    """The columns of a frame as plain Python values: None where empty, dates as dates.

    A column is converted when it is asked for: of a hundred most rows need a few.  One of figures,
    or of anything else that is no value of a table, stays as it is.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__()
        self._frame = frame

    def __missing__(self, name: str) -> list[Any]:
        """Convert a column.

        Raises:
            KeyError: if the frame has none of that name.
        """
        column = self._frame[name]
        values: list[Any]
        if column.dtype.kind == "M":
            values = pa.Array.from_pandas(column).cast(pa.date32()).to_pylist()
        elif getattr(column.dtype, "na_value", None) is pd.NA:
            values = pa.Array.from_pandas(column).to_pylist()
        else:
            # Most frames are of few rows, for which Arrow takes thirty times as long.
            values = [None if value != value else value for value in column.tolist()]
        self[name] = values
        return values
