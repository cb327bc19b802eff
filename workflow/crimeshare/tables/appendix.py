"""Read the appendix tables: survey estimates with their bases and changes, offences by code.

A table is told by its title, its columns by the periods in its header, its rows by their
labels; the words are in ``layouts/appendix/``.  No edition is named here.  Labels repeat
("With entry" stands under three kinds of burglary), and editions indent them unevenly or not
at all, so a row is known by its place in the order of ``measures.csv``: each label is the next
line of that order that bears it.  A base row applies to the block of rows it closes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import date

from crimeshare.periods import first_day
from crimeshare.tables.appendix_layout import (
    FOLDER,
    AppendixLayout,
    AppendixTable,
    LabelledRow,
    YearColumn,
    check_tables,
    find_tables,
)
from crimeshare.tables.grid import Cell, Workbook, address
from crimeshare.tables.labels import number, one_line, plain, without_notes
from crimeshare.tables.layout import Unknown, proposal
from crimeshare.tables.observations import SurveyObservation

_BASE = re.compile(r"\bunweighted\b")
_SUBCODE = re.compile(r"(\d{3}/\d{2}) - .+")
# How alike the label of a measure and the one expected next are if it was but renamed.
_RENAMED = 0.8
_COPIED = ("measure_id", "parent_id", "unit_base", "closes_block")
_TABLES_WITH_OWNER_BASES = ("prevalence", "incidence_rate")


def read_appendix_tables(
    workbook: Workbook, release_id: str, period_end: date
) -> list[SurveyObservation]:
    """Every figure of the survey's trend tables and of the offences by code, in sheet order.

    Raises:
        UnknownNames: labels, headers, bases or markers that ``layouts/appendix/`` does not
            know; a base row missing or of another block; a percentage above 100; a flag
            where a change belongs or the reverse; tables that are missing, stand twice or
            end in another year than the registry says; all at once, each with its place.
    """
    layout = AppendixLayout()
    tables = [table for grid in workbook.grids for table in find_tables(layout, grid)]
    check_tables(layout, tables, workbook, period_end)
    observations = [
        observation
        for table in tables
        for observation in _read_table(layout, table, release_id, workbook.sha256, period_end)
    ]
    layout.stop(release_id)
    return observations


def _read_table(
    layout: AppendixLayout, table: AppendixTable, release_id: str, sha256: str, period_end: date
) -> Iterator[SurveyObservation]:
    line = layout.tables[table.kind]
    if table.kind.startswith("offence_"):
        rows = _offence_rows(layout, table)
    else:
        rows = _measure_rows(layout, table)
    columns = _paired(layout, table) if line["change_of"] else table.columns
    year_start = first_day(period_end)
    for row in rows:
        for column in columns:
            value, marker, text = read_cell(layout, table, row, column)
            current = (column.period_start, column.period_end)
            previous: tuple[date | None, date | None] = (None, None)
            if line["change_of"]:
                current, previous = (year_start, period_end), current
            yield SurveyObservation(
                release_id=release_id,
                table=table.kind,
                statistic="significant" if column.flags else row.statistic,
                item_id=row.item_id,
                parent_id=row.parent_id,
                unit_base=row.unit_base,
                block=row.block,
                period_start=current[0],
                period_end=current[1],
                previous_period_start=previous[0],
                previous_period_end=previous[1],
                value=value,
                marker=marker,
                workbook_sha256=sha256,
                sheet=table.grid.sheet,
                cell=address(row.index, column.index),
                row_label=row.label,
                column_label=column.label,
                marker_text=text,
            )


def _paired(layout: AppendixLayout, table: AppendixTable) -> list[YearColumn]:
    """The columns of a table of changes: each year's change, then its flags."""
    for first, second in zip(table.columns[::2], table.columns[1::2], strict=False):
        pair = (first.flags, second.flags, first.period_end == second.period_end)
        if pair != (False, True, True):
            layout.problem(
                f"sheet {table.grid.sheet!r}, cells {address(table.header, first.index)} and "
                f"{address(table.header, second.index)}: {one_line(first.label)!r} is followed by "
                f"{one_line(second.label)!r}; expected each year's change and then its "
                "significance. Has a column been shifted?"
            )
            return []
    if len(table.columns) % 2:
        last = table.columns[-1]
        layout.problem(
            f"{table.grid.where(table.header, last.index)}: "
            f"{one_line(last.label)!r} has no column of significance beside it"
        )
        return []
    return table.columns


def _labels(table: AppendixTable) -> Iterator[tuple[int, str]]:
    for index in range(table.header + 1, len(table.grid.rows)):
        label = str(table.grid.rows[index][table.label_column])
        if label.strip():
            yield index, label


def _measure_rows(layout: AppendixLayout, table: AppendixTable) -> list[LabelledRow]:
    line = layout.tables[table.kind]
    rows: list[LabelledRow] = []
    block: list[tuple[int, str, Mapping[str, str]]] = []
    number, position = 1, 0
    for index, label in _labels(table):
        if layout.bases.find(label) or _BASE.search(plain(label)):
            if not line["change_of"]:
                base = _base(layout, table, index, label, block)
                rows.append(LabelledRow(index, label, None, None, base, number, "unweighted_base"))
            block, number = [], number + 1
            continue
        found = _next_measure(layout, position, label)
        if found is None:
            # Otherwise a heading or a note below the table.
            cells = table.grid.rows[index]
            if any(cells[column.index] != "" for column in table.columns):
                layout.add(_unknown_measure(layout, table, index, label, position))
            continue
        position = found + 1
        measure = layout.measures[found]
        if block and not line["change_of"] and _ends(block[-1][2], measure, table.kind):
            _missing_base(layout, table, index, block)
            block, number = [], number + 1
        block.append((index, label, measure))
        rows.append(
            LabelledRow(
                index,
                label,
                measure["measure_id"],
                measure["parent_id"] or None,
                measure["unit_base"],
                None if line["change_of"] else number,
                line["statistic"],
            )
        )
    if block and not line["change_of"]:
        _missing_base(layout, table, block[-1][0] + 1, block)
    return rows


def _next_measure(layout: AppendixLayout, position: int, label: str) -> int | None:
    text = plain(label)
    return next(
        (i for i in range(position, len(layout.measures)) if layout.measures[i]["label"] == text),
        None,
    )


def _unknown_measure(
    layout: AppendixLayout, table: AppendixTable, index: int, label: str, position: int
) -> Unknown:
    """A label that is none of the measures, with a line modelled on the measure above it."""
    text = plain(label)
    above = layout.measures[position - 1] if position else None
    following = layout.measures[position] if position < len(layout.measures) else None
    before = above["label"] if above else "the first row"
    after = above["measure_id"] if above else "?"
    if any(row["label"] == text for row in layout.measures):
        reason, values = f"stands out of order after {before!r}", ["?", "?", "?", "?", "?"]
    elif following and difflib.get_close_matches(text, [following["label"]], cutoff=_RENAMED):
        reason = "is not known; it may be the next one under another name"
        values = [following[column] for column in (*_COPIED, "measure_id")]
    elif above:
        reason = "is not known"
        values = ["_".join(re.findall(r"[a-z0-9]+", text)), above["parent_id"], above["unit_base"]]
        values += [above["closes_block"] if _closes(above, table.kind) else "", after]
    else:
        reason, values = "is not known", ["?", "?", "?", "", "?"]
    near = difflib.get_close_matches(text, [row["label"] for row in layout.measures], n=3)
    return proposal(
        FOLDER / "measures.csv",
        [text, *values],
        f"{table.grid.where(index, table.label_column)}: the measure "
        f"{label!r} {reason}. Nearest known: {', '.join(map(repr, near)) or 'none'}. It stands "
        f"after {before!r}; if it is the measure that this line says",
    )


def _closes(measure: Mapping[str, str], kind: str) -> bool:
    closes = measure["closes_block"]
    return closes == "all" or (closes == "rates" and kind in _TABLES_WITH_OWNER_BASES)


def _ends(last: Mapping[str, str], measure: Mapping[str, str], kind: str) -> bool:
    """Whether a block ends between two measures; one may have been added to its end later."""
    added = measure["after"] == last["measure_id"] and measure["parent_id"] == last["parent_id"]
    return _closes(last, kind) and not (added and last["parent_id"])


def _base(
    layout: AppendixLayout,
    table: AppendixTable,
    index: int,
    label: str,
    block: list[tuple[int, str, Mapping[str, str]]],
) -> str | None:
    """The unit of a base row, which must be that of every row of the block it closes."""
    where = table.grid.where(index, table.label_column)
    found = layout.bases.find(label)
    if found is None:
        layout.add(layout.bases.unknown(where, "the base", label))
        return None
    unit = found["unit_base"]
    if not block:
        layout.problem(f"{where}: the base row {label!r} closes no rows of estimates")
    others = [row for row in block if row[2]["unit_base"] != unit]
    if others:
        first = others[0]
        layout.problem(
            f"{where}: the base row {label!r} closes the row {first[1].strip()!r} at "
            f"{address(first[0], table.label_column)}, whose base counts "
            f"{first[2]['unit_base'].replace('_', ' ')}; expected each base under its own block. "
            "Is it the base of another block, or is a base row missing above it?"
        )
    return unit


def _missing_base(
    layout: AppendixLayout,
    table: AppendixTable,
    index: int,
    block: list[tuple[int, str, Mapping[str, str]]],
) -> None:
    first, last = block[0], block[-1]
    layout.problem(
        f"{table.grid.where(index, table.label_column)}: no base row "
        f"closes the rows from {first[1].strip()!r} to {last[1].strip()!r}; expected "
        f"'Unweighted base - number of ...' ({last[2]['unit_base'].replace('_', ' ')}) here"
    )


def _offence_rows(layout: AppendixLayout, table: AppendixTable) -> list[LabelledRow]:
    statistic = layout.tables[table.kind]["statistic"]
    rows: list[LabelledRow] = []
    group: str | None = None
    if table.kind == "offence_codes" and table.code_column is None:
        return rows  # which is said already
    for index, label in _labels(table):
        if all(table.grid.rows[index][column.index] == "" for column in table.columns):
            continue  # a heading above its offences
        sub_offence = _SUBCODE.fullmatch(one_line(label))
        if table.code_column is not None:
            item = _code(table.grid.rows[index][table.code_column])
            parent = None
        elif sub_offence:
            item, parent = sub_offence[1], group
        else:
            found = layout.groups.find(label)
            if found is None:
                where = table.grid.where(index, table.label_column)
                layout.add(_unknown_group(layout, where, label))
                continue
            item = found["code"] or None
            parent = None if item else group
            group = item or group
        rows.append(LabelledRow(index, label, item, parent, None, None, statistic))
    _check_repeated(layout, table, rows)
    return rows


def _check_repeated(layout: AppendixLayout, table: AppendixTable, rows: list[LabelledRow]) -> None:
    """Two rows of one code and label; ONS gives two offences the same code now and then."""
    seen: dict[tuple[str, str], LabelledRow] = {}
    for row in rows:
        if row.item_id is None:
            continue
        twin = seen.setdefault((row.item_id, plain(row.label)), row)
        if twin is not row:
            layout.problem(
                f"{table.grid.where(row.index, table.label_column)}: the "
                f"offence {one_line(row.label)!r} ({row.item_id}) stands in row {twin.index + 1} "
                "already; expected it once"
            )


def _unknown_group(layout: AppendixLayout, where: str, label: str) -> Unknown:
    hint = "; its offence code stands for the `?`, or nothing if it has none"
    return layout.groups.unknown(where, "the offence", label, given=["?", ""], hint=hint)


def _code(cell: Cell) -> str | None:
    """An offence code as ONS writes it: the number 4.1 and the text '4.10' are two codes."""
    if isinstance(cell, int | float):
        return f"{cell:g}"
    return without_notes(str(cell)).upper() or None


_VERDICTS = {"significant": 1.0, "not_significant": 0.0}
_NOT_NEGATIVE = ("rate_per_1000", "incidents_thousands", "victims_thousands", "offences")


def read_cell(
    layout: AppendixLayout, table: AppendixTable, row: LabelledRow, column: YearColumn
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
    layout: AppendixLayout, table: AppendixTable, row: LabelledRow, column: YearColumn
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
