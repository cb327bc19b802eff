"""Tables on disk: Parquet whose bytes depend on the table alone, with dates as dates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.running import replacing


def read_table(*paths: Path | str) -> pd.DataFrame:
    """The rows of the files of one table, in the order given; dates become ``datetime64``."""
    tables = [pq.read_table(path) for path in paths]
    frame: pd.DataFrame = pa.concat_tables(tables).to_pandas(date_as_object=False)
    return frame


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write ``table`` without its index; columns of days are stored as days, not as instants."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    schema = pa.schema([_day(field) for field in arrow.schema])
    with replacing(path) as target:
        pq.write_table(arrow.cast(schema), target, compression="zstd")


def _day(field: pa.Field) -> pa.Field:
    return field.with_type(pa.date32()) if pa.types.is_timestamp(field.type) else field
