"""Tables on disk: Parquet whose bytes depend on the table alone, with dates as dates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from crimeshare.columns import dtypes
from crimeshare.problems import Problem, shown
from crimeshare.products import require_whole
from crimeshare.running import replacing


def read_table(
    *paths: Path | str, columns: Sequence[str] | None = None, **wanted: Collection[str]
) -> pd.DataFrame:
    """The rows of the files of one table, in the order given; dates become ``datetime64``.

    Args:
        columns: those to read; all unless given.
        wanted: of a column the values whose rows are read; all unless given.
    """
    # A list of no values has no type that a column could be compared with.
    rows = [
        pc.field(column).isin(list(values)) if len(values) else pc.scalar(False)
        for column, values in wanted.items()
    ]
    tables = [read_rows_where(path, *rows, columns=columns) for path in paths]
    # Of a column of text that lies in pieces, Arrow takes rows eight times as slowly.
    whole = pa.concat_tables(tables).combine_chunks()
    frame: pd.DataFrame = whole.to_pandas(date_as_object=False)
    return frame


def read_rows_where(
    path: Path | str, *rows: pc.Expression, columns: Sequence[str] | None = None
) -> pa.Table:
    """The rows of a file that all of the expressions choose, with `columns`, else with all.

    Row groups (see :func:`write_table`) without such rows are skipped.

    Raises:
        Problem: the file is there and is damaged, or is no table that can be read.
    """
    require_whole(path)
    try:
        table = _rows_where(path, *rows, columns=columns)
        table.schema.names  # noqa: B018  pages have checksums, names of columns have none
    except (pa.ArrowException, OSError, UnicodeError) as error:
        # What the system refuses has a number, and a sentence of its own.
        if isinstance(error, FileNotFoundError) or getattr(error, "errno", None):
            raise
        again = f"git restore {path}" if "resources" in Path(path).parts else f"rm {path}; make"
        raise Problem(
            f"{path} is no table that can be read: {shown(error, 80).rstrip('.')}. It was damaged, "
            f"or made by another version; make it again: {again}"
        ) from error
    return table


_CHECKED = ds.ParquetFileFormat(page_checksum_verification=True)


def _rows_where(
    path: Path | str, *rows: pc.Expression, columns: Sequence[str] | None = None
) -> pa.Table:
    # The columns of a table without rows have no type, which no value compares with.
    if not rows or not pq.read_metadata(path).num_rows:
        return pq.read_table(path, columns=columns, page_checksum_verification=True)
    chosen = reduce(and_, rows)
    (file,) = ds.dataset(path, format=_CHECKED).get_fragments()
    # One after another: all at once take the memory of the whole table.
    groups = file.split_by_row_group(chosen) or [file]
    table = pa.concat_tables(
        group.to_table(columns=columns, filter=chosen, use_threads=False) for group in groups
    )
    release()
    return table


def release() -> None:
    """Return unused memory of Arrow's pool, which after reading is as large as the tables."""
    pa.default_memory_pool().release_unused()


def table_of(name: str, rows: pd.DataFrame | Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Rows as a table, with the columns and the types that ``columns.yaml`` gives it."""
    types = dtypes(name)
    frame = rows if isinstance(rows, pd.DataFrame) else list(rows)
    return pd.DataFrame(frame, columns=list(types)).astype(types)


def together(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The rows of tables of the same columns as one table, in the order given."""
    given = list(tables)
    # A table without rows would decide of which type a column is.
    return pd.concat([table for table in given if len(table)] or given[:1], ignore_index=True)


ROWS = 32768
"""Rows in a row group, which a filter reads or skips as a whole."""


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write ``table`` without its index; columns of days are stored as days, not as instants."""
    write_parts([table], path)


def write_parts(parts: Iterable[pd.DataFrame], path: Path | str) -> None:
    """Write a table given in parts, of which no more than one has to be in memory.

    Args:
        parts: its rows in order; the types of its columns are those of the first part with rows.
        path: the file, which is the same however the rows are parted.
    """
    waiting: pa.Table = None
    with replacing(path) as target, ExitStack() as stack:
        writer: pq.ParquetWriter = None
        for part in map(_arrow, parts):
            if waiting:
                # The bytes of a file depend on how its columns lie in memory.
                part = pa.concat_tables([waiting, part.cast(waiting.schema)]).combine_chunks()
            waiting = part
            # One row at least waits, as a file without rows is written too.
            full = max(len(waiting) - 1, 0) // ROWS * ROWS
            if full:
                writer = writer or stack.enter_context(_writer(target, waiting.schema))
                writer.write_table(waiting.slice(0, full), ROWS)
                waiting = waiting.slice(full)
        writer = writer or stack.enter_context(_writer(target, waiting.schema))
        writer.write_table(waiting, ROWS)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    # A formula is much like that of the row before, and seldom the same.
    alike = [
        field.name
        for field in schema
        if field.name.rpartition("_")[2] in ("formula", "cells")
        and (pa.types.is_string(field.type) or pa.types.is_large_string(field.type))
    ]
    # Doubles seldom come again; byte by byte they take a third less, and no dictionary is tried.
    doubles = [field.name for field in schema if pa.types.is_floating(field.type)]
    encoding = dict.fromkeys(alike, "DELTA_BYTE_ARRAY") | dict.fromkeys(
        doubles, "BYTE_STREAM_SPLIT"
    )
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=6,
        write_page_checksum=True,
        use_dictionary=[name for name in schema.names if name not in encoding],
        column_encoding=encoding,
    )


def _arrow(table: pd.DataFrame) -> pa.Table:
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    return arrow.cast(pa.schema([_day(field) for field in arrow.schema]))


def _day(field: pa.Field) -> pa.Field:
    return field.with_type(pa.date32()) if pa.types.is_timestamp(field.type) else field
