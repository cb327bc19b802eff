"""What a cell of the appendix tables holds: a figure, a significance flag or a marker."""

from __future__ import annotations

from crimeshare.tables.appendix_layout import AppendixLayout, Column, Row, Table
from crimeshare.tables.labels import number

_VERDICTS = {"significant": 1.0, "not_significant": 0.0}
_NOT_NEGATIVE = ("rate_per_1000", "incidents_thousands", "victims_thousands", "offences")


def read_cell(
    layout: AppendixLayout, table: Table, row: Row, column: Column
) -> tuple[float | None, str | None, str | None]:
    """The number of a cell (1 or 0 for a flag), or the meaning and text of its marker."""
    cell = table.grid.rows[row.index][column.index]
    if column.flags:
        return _flag(layout, table, row, column)
    figure = number(cell)
    if figure is not None:
        if wrong := _wrong_number(row.statistic, figure):
            layout.problem(f"{table.grid.where(row.index, column.index)}: {wrong}")
        return figure, None, None
    where = table.grid.where(row.index, column.index)
    kind = "bases" if row.statistic == "unweighted_base" else table.kind
    meaning = layout.marker(cell, kind)
    if meaning is None and layout.marker(cell, "flags") == "significant":
        layout.problem(
            f"{where}: a significance flag stands where a figure belongs; expected it in the "
            "column beside. Has a column been shifted?"
        )
    elif meaning is None:
        layout.unknown_marker(where, cell, kind, "unavailable")
    return None, meaning, str(cell).strip()


def _flag(
    layout: AppendixLayout, table: Table, row: Row, column: Column
) -> tuple[float | None, str | None, str | None]:
    """1 or 0 beside a change; the meaning of the change's marker beside a marked change."""
    change, cell = table.grid.rows[row.index][column.index - 1 : column.index + 1]
    figure, change_of = number(cell), number(change)
    meaning = layout.marker(cell if figure is None else figure, "flags")
    if change_of is not None and meaning in _VERDICTS:
        return _VERDICTS[meaning], None, None
    where = table.grid.where(row.index, column.index)
    if figure is not None and meaning is None:
        layout.problem(
            f"{where}: the number {figure:g} stands where a significance flag belongs; expected "
            "'[s]' or nothing. Has a column been shifted?"
        )
    elif meaning is None:
        flagged = any(layout.marker(flag, "flags") == "significant" for flag in table.flags)
        likely = "not_significant" if flagged else "significant"
        layout.unknown_marker(where, cell, "flags", likely)
    elif change_of is not None:
        layout.problem(
            f"{where}: {cell!r} stands beside a change of {change_of:g}; expected '[s]' or nothing"
        )
    elif meaning == "significant":
        layout.problem(
            f"{where}: a significance flag stands beside {str(change).strip()!r}; expected it "
            "beside a change. Has the column been shifted?"
        )
    return None, layout.marker(change, table.kind), str(cell).strip()


def _wrong_number(statistic: str, value: float) -> str | None:
    """What is wrong with a number as a figure of this kind, if anything is."""
    if statistic == "prevalence_pct" and not 0 <= value <= 100:
        return f"holds {value:g} where a percentage of victims belongs; expected 0 to 100"
    if statistic == "unweighted_base" and (value < 1 or value != int(value)):
        return (
            f"holds {value:g} where an unweighted base belongs; expected a whole number "
            "of interviews"
        )
    if statistic in _NOT_NEGATIVE and value < 0:
        return f"holds {value:g}; expected 0 or more"
    return None
