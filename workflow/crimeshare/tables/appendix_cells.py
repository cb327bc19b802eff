"""What a cell of the appendix tables holds: a figure, a significance flag or a marker."""

from __future__ import annotations

import re

from crimeshare.tables.appendix_layout import FOLDER, Column, Layout, Row, Table, marker_text
from crimeshare.tables.grid import Cell, address
from crimeshare.tables.labels import without_notes
from crimeshare.tables.layout import Unknown, csv_line, relative

_VERDICTS = {"significant": 1.0, "not_significant": 0.0}
# "31,454", "-3.5"
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e-?\d+)?", re.IGNORECASE)
_NOT_NEGATIVE = ("rate_per_1000", "incidents_thousands", "victims_thousands", "offences")


def read_cell(
    layout: Layout, table: Table, row: Row, column: Column
) -> tuple[float | None, str | None, str | None]:
    """The number of a cell (1 or 0 for a flag), or the meaning and text of its marker."""
    cell = table.grid.rows[row.index][column.index]
    where = f"sheet {table.grid.sheet!r}, cell {address(row.index, column.index)}"
    if column.flags:
        return _flag(layout, table, cell, table.grid.rows[row.index][column.index - 1], where)
    figure = number(cell)
    if figure is not None:
        _check_number(layout, row.statistic, figure, where)
        return figure, None, None
    kind = "bases" if row.statistic == "unweighted_base" else table.kind
    meaning = layout.marker(cell, kind)
    if meaning is None and layout.marker(cell, "flags") == "significant":
        layout.problems.append(
            f"{where}: a significance flag stands where a figure belongs; expected it in the "
            "column beside. Has a column been shifted?"
        )
    elif meaning is None:
        _unknown_marker(layout, kind, where, cell, "unavailable")
    return None, meaning, str(cell).strip()


def number(cell: Cell) -> float | None:
    """The number a cell holds, be it typed as text or marked as revised; None if it holds none."""
    if isinstance(cell, int | float):
        return None if isinstance(cell, bool) else float(cell)
    text = without_notes(str(cell))
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def _flag(
    layout: Layout, table: Table, cell: Cell, change: Cell, where: str
) -> tuple[float | None, str | None, str | None]:
    """1 or 0 beside a change; the meaning of the change's marker beside a marked change."""
    figure, change_of = number(cell), number(change)
    meaning = layout.marker(cell if figure is None else figure, "flags")
    if figure is not None and meaning is None:
        layout.problems.append(
            f"{where}: the number {figure:g} stands where a significance flag belongs; expected "
            "'[s]' or nothing. Has a column been shifted?"
        )
    elif meaning is None:
        flagged = any(layout.marker(flag, "flags") == "significant" for flag in table.flags)
        _unknown_marker(
            layout, "flags", where, cell, "not_significant" if flagged else "significant"
        )
    elif change_of is not None:
        if meaning in _VERDICTS:
            return _VERDICTS[meaning], None, None
        layout.problems.append(
            f"{where}: {cell!r} stands beside a change of {change_of:g}; expected '[s]' or nothing"
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


def _unknown_marker(layout: Layout, kind: str, where: str, cell: Cell, likely: str) -> None:
    """Say that a marker is not known, and propose what it is ``likely`` to mean.

    A marker is a figure that is missing, for whatever reason; of an empty cell nobody knows
    whether it was forgotten.
    """
    mark = marker_text(cell)
    explained = {row["meaning"]: row["explanation"] for row in reversed(layout.marker_rows)}
    line = csv_line([mark, kind, likely, explained[likely]] if mark else [mark, kind, "?", "?"])
    what = (
        f"the marker {str(cell).strip()!r} is not known"
        if mark
        else "an empty cell where a figure belongs"
    )
    known = sorted({mark for mark, table in layout.markers if mark and table in ("*", kind)})
    meaning = f"it means {likely.replace('_', ' ')}" if mark else "you know what it means"
    layout.unknown.append(
        Unknown(
            f"{where}: {what}; missing is never read as zero. Markers known here: "
            f"{', '.join(known)}. If {meaning}, add to "
            f"{relative(FOLDER / 'markers.csv')} the line: {line}",
            FOLDER / "markers.csv",
            line,
        )
    )
