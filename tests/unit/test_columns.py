"""What a column is stands in one file, and the built tables are as it says."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crimeshare import columns
from crimeshare.columns import Column
from crimeshare.ledger.panels import WORDS
from crimeshare.measures.formulas import FORMULAS
from crimeshare.publish.elements import figures, rows
from crimeshare.publish.site.exploring import MEASURES
from crimeshare.reference import REFERENCE, read_rows

SETTLED = {
    **dict.fromkeys(("offences", "victims", "residents"), "count"),
    **dict.fromkeys(("per 100 victims", "per 100"), "per_100"),
    **{"percent": "per cent", "percentage points": "per cent", "fraction": "proportion"},
    **{"probability": "p_value", "log-odds": "log_odds", "log ratio": "log_ratio"},
    **{"inverse sine scale": "inverse_sine", "standard deviations": "standard_deviations"},
    "as claimed": "as unit",
}
"""What the words of the dictionary for a unit are called now."""

FILLED = {"rank", "p_value", "ratio"}
"""Units of columns of which the dictionary had none."""


def every() -> list[tuple[str, Column]]:
    """Every column with its table."""
    return [
        (table, column)
        for table in columns._read()["tables"]
        for column in columns.columns(table).values()
    ]


def test_the_dictionary_says_the_same() -> None:
    lines = {
        (line["table"], line["column"]): line
        for line in read_rows(REFERENCE / "data_dictionary.csv")
    }
    for table, column in every():
        line = lines.get((table, column.name)) or lines.get(("*", column.name))
        if line is None or not column.type:
            continue
        assert column.description == line["description"]
        assert column.empty == line["empty"], (table, column.name)
        unit = SETTLED.get(line["unit"], line["unit"])
        if unit == "ratio" and column.unit == "design_factor":
            unit = "design_factor"
        filled = column.in_table in FILLED and not line["unit"]
        assert filled or column.in_table == unit, (table, column.name)
    told = {(table, column.name) for table, column in every()}
    told |= {("*", column.name) for _, column in every()}
    # A column that no table has.
    assert set(lines) - told == {("flag_disagreements", "level")}


def test_the_formulas_are_the_same() -> None:
    found: dict[str, dict[str, str]] = {}
    for table, column in every():
        if column.formula:
            found.setdefault(table, {})[column.name] = column.formula
    assert found == FORMULAS


def test_units_of_columns_are_the_same() -> None:
    for table, column in every():
        if column.formula and column.name in rows.UNITS and table != "survey_changes":
            narrower = {"change": "revision", "count": column.unit}
            told = rows.UNITS[column.name]
            assert column.unit in (told, narrower.get(told)), (table, column.name)
        percent = column.name.endswith(("_pct", "_points"))
        if column.formula and percent:
            assert column.stored == "per cent", (table, column.name)
        if column.formula and column.stored and not percent:
            # Those whose calls said so.
            assert table in ("rule_effects", "rule_parts"), (table, column.name)


def test_the_explorer_and_the_panels_say_the_same() -> None:
    series = columns.columns("series")
    assert {
        c.explorer["name"]: (c.name, c.explorer["decimals"]) for c in series.values() if c.explorer
    } == MEASURES
    told = {c.name: c.how for c in series.values() if c.how}
    told["four_quarters"] = columns.column("home_office_check", "home_office_count").how
    told["survey"] = columns.column("prevalence", "estimate").how
    assert told == WORDS


def test_every_unit_of_figures_is_there() -> None:
    assert set(figures.UNITS) <= set(columns.units())
    assert {column.unit for _, column in every()} - {""} <= set(columns.units())


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
