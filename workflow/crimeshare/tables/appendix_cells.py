"""What a cell of the appendix tables holds: a figure, a significance flag or a marker."""

from __future__ import annotations

from crimeshare.tables.appendix_layout import FOLDER, Column, Layout, Row, Table
from crimeshare.tables.grid import Cell, address
from crimeshare.tables.layout import Unknown, csv_line, relative

_VERDICTS = {"significant": 1.0, "not_significant": 0.0}
_NOT_NEGATIVE = ("rate_per_1000", "incidents_thousands", "victims_thousands", "offences")


def read_cell(
    layout: Layout, table: Table, row: Row, column: Column
) -> tuple[float | None, str | None, str | None]:
    """The number of a cell (1 or 0 for a flag), or the meaning and text of its marker."""
    cell = table.grid.rows[row.index][column.index]
    where = f"sheet {table.grid.sheet!r}, cell {address(row.index, column.index)}"
    if column.flags:
        return _flag(layout, table, cell, table.grid.rows[row.index][column.index - 1], where)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        _check_number(layout, row.statistic, float(cell), where)
        return float(cell), None, None
    kind = "bases" if row.statistic == "unweighted_base" else table.kind
    meaning = layout.marker(cell, kind)
    if meaning is None and layout.marker(cell, "flags") == "significant":
        layout.problems.append(
            f"{where}: a significance flag stands where a figure belongs; expected it in the "
            "column beside. Has a column been shifted?"
        )
    elif meaning is None:
        _unknown_marker(layout, kind, where, str(cell).strip())
    return None, meaning, str(cell).strip()


def _flag(
    layout: Layout, table: Table, cell: Cell, change: Cell, where: str
) -> tuple[float | None, str | None, str | None]:
    """1 or 0 beside a change; the meaning of the change's marker beside a marked change."""
    meaning = layout.marker(cell, "flags")
    if isinstance(cell, int | float) and meaning is None:
        layout.problems.append(
            f"{where}: the number {cell:g} stands where a significance flag belongs; expected "
            "'[s]' or nothing. Has a column been shifted?"
        )
    elif meaning is None:
        _unknown_marker(layout, "flags", where, str(cell).strip())
    elif isinstance(change, int | float):
        if meaning in _VERDICTS:
            return _VERDICTS[meaning], None, None
        layout.problems.append(
            f"{where}: {cell!r} stands beside a change of {change:g}; expected '[s]' or nothing"
        )
    elif meaning == "significant":
        layout.problems.append(
            f"{where}: a significance flag stands beside {str(change).strip()!r}; expected it "
            "beside a change. Has the column been shifted?"
        )
    return None, layout.marker(change, table.kind), str(cell).strip()


def _check_number(layout: Layout, statistic: str, value: float, where: str) -> None:
    if statistic == "prevalence_pct" and not 0 <= value <= 100:
        layout.problems.append(
            f"{where}: holds {value:g} where a percentage of victims belongs; expected 0 to 100"
        )
    elif statistic == "unweighted_base" and (value < 1 or value != int(value)):
        layout.problems.append(
            f"{where}: holds {value:g} where an unweighted base belongs; expected a whole number "
            "of interviews"
        )
    elif statistic in _NOT_NEGATIVE and value < 0:
        layout.problems.append(f"{where}: holds {value:g}; expected 0 or more")


def _unknown_marker(layout: Layout, kind: str, where: str, text: str) -> None:
    line = csv_line([text.casefold(), kind, "?", "?"])
    what = f"the marker {text!r} is not known" if text else "an empty cell where a figure belongs"
    known = sorted({mark for mark, table in layout.markers if mark and table in ("*", kind)})
    layout.unknown.append(
        Unknown(
            f"{where}: {what}; missing is never read as zero. Markers known here: "
            f"{', '.join(known)}. If you know what it means, add to "
            f"{relative(FOLDER / 'markers.csv')} the line: {line}",
            FOLDER / "markers.csv",
            line,
        )
    )
