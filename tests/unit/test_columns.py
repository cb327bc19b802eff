"""What a column is stands in one file, and the built tables are as it says."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crimeshare import columns
from crimeshare.columns import Column
from crimeshare.publish.pack.dictionary import data_tables


def every() -> list[tuple[str, Column]]:
    """Every column with its table."""
    return [
        (table, column)
        for table in columns._read()["tables"]
        for column in columns.columns(table).values()
    ]


def test_every_column_says_what_it_is_in_sentences_and_in_a_known_unit() -> None:
    for table, column in every():
        if column.type:
            assert column.description.endswith("."), (table, column.name)
        assert column.empty == "" or column.empty.endswith("."), (table, column.name)
        assert column.unit == "" or column.unit in columns.units(), (table, column.name)
        assert not (column.unit and column.unit_from), (table, column.name)
        if column.unit_from:
            assert column.unit_from in columns.columns(table), (table, column.name)


def test_what_is_in_per_cent_by_its_name_is_stored_so() -> None:
    named = [column for _, column in every() if column.name.endswith(("_pct", "_points"))]
    assert len(named) > 20
    for column in named:
        assert column.stored == columns.PER_CENT, column


def test_every_table_that_is_passed_on_is_there() -> None:
    for table in data_tables():
        assert columns.columns(table.table)


def test_a_column_that_is_not_there_is_named_with_what_to_do() -> None:
    with pytest.raises(
        columns.Problem, match="add it to that table in workflow/crimeshare/columns"
    ):
        columns.column("series", "mood")


def test_every_built_table_has_the_columns_that_are_described(built: Path) -> None:
    checked = set()
    for folder in ("clean", "estimates"):
        for path in (built / "results" / folder).glob("*.parquet"):
            schema = pq.read_schema(path)
            held = [name for name, told in columns.columns(path.stem).items() if told.type]
            assert held == schema.names, path.stem
            checked.add(path.stem)
            for field in schema:
                told = columns.column(path.stem, field.name).type
                assert pa.types.is_null(field.type) or told == _type(field.type), (path, field)
    assert len(checked) > 35


def _type(kind: pa.DataType) -> str:
    for found, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
    ):
        if found(kind):
            return name
    return "text"


def test_every_name_in_a_formula_is_a_column() -> None:
    # What a page puts beside the row.
    beside = {"total_before", "group", "part_of_group"}
    for table, column in every():
        names = set(columns.columns(table)) | beside
        if column.formula and column.type:
            for name in re.findall(r"{([a-z_]+)}", column.formula):
                assert {name, f"{name}_formula"} & names, (table, column.name, name)
