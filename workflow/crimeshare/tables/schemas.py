"""What the schemas of the clean tables share, and how a table that breaks its own is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa

from crimeshare.columns import columns, dtypes
from crimeshare.problems import Problems

VALUE_OR_MARKER = pa.Check(
    lambda table: table["value"].isna() == table["marker"].notna(),
    error="a row has a value or a marker, never both or neither",
)

# What a column of such a name keeps in every table.
_NAMED = {
    "sha256": pa.Check.str_matches(r"^[0-9a-f]{64}$"),
    "cell": pa.Check.str_matches(r"^[A-Z]{1,3}[1-9]\d*$"),
}


def schema_of(
    table: str,
    /,
    *rules: pa.Check,
    unique: list[str] | None = None,
    types: Mapping[str, Any] | None = None,
    **checks: pa.Check,
) -> pa.DataFrameSchema:
    """What a clean table keeps: its columns, typed and empty as ``columns.yaml`` says.

    Args:
        unique: columns that no two rows have alike.
        types: of columns that are narrower than ``columns.yaml`` says.
    """
    kinds = dtypes(table) | dict(types or {})
    return pa.DataFrameSchema(
        {
            name: pa.Column(
                kinds[name],
                checks.get(name, _NAMED.get(name.rpartition("_")[2])),
                nullable=bool(column.empty),
            )
            for name, column in columns(table).items()
        },
        checks=list(rules),
        unique=unique,
        strict=True,
        ordered=True,
    )


def checked(name: str, table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return ``table`` if it keeps ``schema``, or stop with every rule it breaks and where."""
    if table.empty:
        # Without a value a column has no type of its own.
        types = {name: str(column.dtype) for name, column in schema.columns.items()}
        table = table.astype({name: type_ for name, type_ in types.items() if name in table})
    try:
        return schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        where = [each for each in ("release_id", "sheet", "cell") if each in table]
        keys = where if len(where) == 3 else list(table.columns[:3])
        problems = []
        for (column, check), cases in error.failure_cases.groupby(
            ["column", "check"], dropna=False
        ):
            rows = [int(row) for row in cases["index"].dropna().unique()[:3]]
            places = "; ".join(" ".join(f"{key}={table[key][row]}" for key in keys) for row in rows)
            problems.append(
                f"{name}: {column or 'rows'} break the rule `{check}` in {len(cases)} places"
                + (f", first {places}" if places else "")
                + ". The reader and the schema disagree; look at the layout of that release"
            )
        raise Problems(problems) from error
