"""What a page reads: rows of the built tables, each with all that stands behind its numbers.

A page reads a frame, filters it, looks at it and hands it to charts, tables and words.  A frame
knows by its column ``table`` which table its rows are of, and what a column of that is stands in
``columns.yaml``; so :func:`crimeshare.publish.elements.rows.figure` needs a row and a column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, reduce, wraps
from operator import and_
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.columns import columns as columns_of
from crimeshare.parquet import read_table
from crimeshare.problems import Problem

FOLDERS = ("results/estimates", "results/clean")

SHARED = ("offence_id", "period_end")
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
    path = _path(table)
    named = None if columns is None else _with_behind(table, columns)
    # Pages are about few groups and years, and about many areas: rows are read once for all areas.
    shared = next(({name: wanted[name]} for name in SHARED if name in wanted), None)
    if shared is None:
        given = None if named is None else tuple(named)
        frame = _frame(path, given, (*wanted.items(),), path.stat().st_mtime_ns)
    else:
        frame = _frame(path, None, (*shared.items(),), path.stat().st_mtime_ns)
        rest = {name: values for name, values in wanted.items() if name not in shared}
        if rest:
            frame = frame if named is None else frame[list(dict.fromkeys([*named, *rest]))]
            chosen = [_is_in(frame[name], values) for name, values in rest.items()]
            frame = frame[reduce(and_, chosen)].reset_index(drop=True)
        frame = frame if named is None else frame[named]
    # What a notebook changes, it changes in a copy of its own.
    return frame.copy(deep=False).assign(table=table)


def _with_behind(table: str, columns: Sequence[str]) -> list[str]:
    """The columns asked for, and those that their figures are named after and made of."""
    known = columns_of(table)
    asked = {part for name in columns for part in known[name].needs}
    asked |= {f"{name}_{end}" for name in asked for end in ("formula", "cells")}
    asked |= {*columns, *BEHIND}
    return [name for name, column in known.items() if name in asked and column.type]


def _is_in(column: pd.Series, values: tuple[Any, ...]) -> pd.Series:
    """Which of its values are among those."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.isin(pd.to_datetime(list(values)))
    return column.isin(values)


def of_build(*tables: str) -> Callable[[Callable[[*A], T]], Callable[[*A], T]]:
    """Keep what a function returns for as long as the tables are those it was made of.

    Args:
        tables: of the build, that the function reads.
    """

    def keeping(function: Callable[[*A], T]) -> Callable[[*A], T]:
        @lru_cache(maxsize=256)
        def kept(stamps: object, *args: *A) -> T:
            return function(*args)

        @wraps(function)
        def asked(*args: *A) -> T:
            paths = [_path(table) for table in tables]
            stamps = tuple((path, path.stat().st_mtime_ns) for path in paths)
            return kept(stamps, *args)

        return asked

    return keeping


def _path(table: str) -> Path:
    """The file of a built table.

    Raises:
        Problem: if there is none.
    """
    if found := _found(table):
        return found
    raise Problem(
        f"No table {table} is built in {Path.cwd()} or above it; build it first: "
        f"snakemake --cores 4 {FOLDERS[0]}/{table}.parquet"
    )


def _found(table: str) -> Path | None:
    """The file of a table, in the working directory or the nearest folder above it that has it."""
    return next((file for file in _files(table, Path.cwd()) if file.exists()), None)


@cache
def _files(table: str, here: Path) -> list[Path]:
    """Where a table may be: made once, as every figure asks for its table."""
    return [up / kind / f"{table}.parquet" for up in (here, *here.parents) for kind in FOLDERS]


@lru_cache(maxsize=64)
def _frame(
    path: Path, columns: tuple[str, ...] | None, wanted: tuple[Any, ...], stamp: int
) -> pd.DataFrame:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    return read_table(path, columns=columns and list(columns), **dict(wanted))


HASHED = ("recorded_crime", "recorded_offence_codes", "recorded_quarters")
SURVEYED = ("survey_comparisons", "survey_estimates", "recorded_offence_codes")


def hashes(table: str) -> Mapping[str, str]:
    """The hash of the workbook of each release that a figure of a table may come from."""
    named = SURVEYED if "measure_id" in columns_of(table) else HASHED
    paths = [path for name in named if (path := _found(name))]
    return _hashes(tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=2)
def _hashes(files: tuple[tuple[Path, int], ...]) -> Mapping[str, str]:
    named = ["release_id", "workbook_sha256"]
    found: dict[str, str] = {}
    for path, _ in files:
        table = pq.read_table(path, columns=named, read_dictionary=named)
        rows = table.unify_dictionaries().group_by(named).aggregate([]).to_pylist()
        found |= {row["release_id"]: row["workbook_sha256"] or "" for row in rows}
    return found


class Plain(dict[str, list[Any]]):
    """The columns of a frame as plain Python values: None where empty, dates as dates.

    A column is converted when it is asked for: of a hundred most rows need a few.  One of figures,
    or of anything else that is no value of a table, stays as it is.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        """Take the frame, which is not changed afterwards."""
        super().__init__()
        self._frame = frame

    def __missing__(self, name: str) -> list[Any]:
        """Convert a column.

        Raises:
            KeyError: if the frame has none of that name.
        """
        column = self._frame[name]
        if column.dtype == object:
            values = [None if value != value else value for value in column]
        elif pd.api.types.is_datetime64_any_dtype(column):
            values = pa.Array.from_pandas(column).cast(pa.date32()).to_pylist()
        else:
            values = pa.Array.from_pandas(column).to_pylist()
        self[name] = values
        return values
