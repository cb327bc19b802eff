"""Read the police force area tables of any edition: P1 to P4, and C2, C4 and C5 by partnership.

Which sheet holds which table is told by its title, which columns and rows it has by their
labels; the words are in ``layouts/pfa/``.  No edition is named here.  The table of the
year before (P4 and C5 of the later editions) is a table of counts whose title names an earlier
year.

Community safety partnerships come and go with the districts they are made of, so they are not
listed anywhere: the workbook names them, with the force they lie in.

Where a name is not known the reader proposes the line that would make it known, and goes on as
if that line were there, so that one reading tells all that is new.  It never returns what it
read that way.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from crimeshare.reference import REFERENCE, Area, areas, areas_around, main_groups, offences
from crimeshare.tables import LAYOUTS
from crimeshare.tables.area_layout import (
    ENOUGH_AREAS,
    MEASURE_OF_ROLE,
    NAMING,
    AreaColumn,
    AreaLayout,
    AreaTable,
    find_tables,
)
from crimeshare.tables.expectation import Expectation, Meaning
from crimeshare.tables.grid import Cell, Workbook, address
from crimeshare.tables.labels import (
    area_code,
    mid_year,
    named,
    number,
    one_line,
    plain,
    without_exclusion,
)
from crimeshare.tables.layout import proposal, relative
from crimeshare.tables.observations import Observation

_ROLES = (
    " (of the roles, `-` is a column that is not read, and `offence` takes an id of "
    f"{relative(REFERENCE / 'offences.csv')}, where a new group needs a line as well)"
)
# A label this much like a known one means the same, wherever its column stands.
_ALIKE = 0.8


def read_police_force_area_tables(
    workbook: Workbook,
    release_id: str,
    period_end: date,
    expected: Expectation | None = None,
    folder: Path = LAYOUTS / "pfa",
) -> list[Observation]:
    """Every figure of the tables that are read, in the order of the workbook's sheets and cells.

    Args:
        expected: what an earlier release held, for better proposals.

    Raises:
        UnknownNames: sheets, labels, areas or markers that ``layouts/pfa/`` does not know,
            cells that hold neither number nor marker, periods that disagree with the
            registry, tables, areas or main offence groups that are missing or stand twice;
            all of them at once, each with its place and the line to add.
    """
    layout = AreaLayout(expected or Expectation.of([]), folder)
    observations = [
        observation
        for table in find_tables(layout, workbook, release_id, period_end)
        for observation in _read_table(layout, table, release_id, workbook.sha256)
    ]
    layout.stop(release_id)
    return observations


def _read_table(
    layout: AreaLayout, table: AreaTable, release_id: str, sha256: str
) -> Iterator[Observation]:
    columns = list(_columns(layout, table))
    roles = {column.role: column for column in columns}
    partnerships = layout.tables[table.kind]["rows"] == "partnerships"
    needed = [role for role in NAMING if partnerships or role.startswith("area")]
    if missing := [role.replace("_", " ") for role in needed if role not in roles]:
        layout.problem(
            f"sheet {table.grid.sheet!r}, row {table.header + 1}: no column of area codes and area "
            f"names: {', '.join(missing)}; expected labels as in {relative(layout.columns.file)}"
        )
        return
    figures = [column for column in columns if column.role not in (*NAMING, "-")]
    _check_columns(layout, table, figures)
    rows = _partnership_rows if partnerships else _area_rows
    seen: list[Area] = []
    labels: list[str] = []
    with_figures: set[str] = set()
    for row, cells, area, label in rows(layout, table, roles, figures):
        seen.append(area)
        labels.append(label)
        if any(isinstance(cells[column.index], int | float) for column in figures):
            with_figures.add(area.area_code)
        for column in figures:
            value, marker, text = _value(layout, table, column, row, cells[column.index], area)
            yield Observation(
                release_id=release_id,
                period_end=table.period_end,
                previous_period_end=table.previous_period_end,
                area_code=area.area_code,
                area_name=area.area_name,
                area_type=area.area_type,
                offence_id=column.offence_id,
                measure=MEASURE_OF_ROLE.get(column.role, table.measure),
                value=value,
                marker=marker,
                reference_year=_reference_year(column),
                workbook_sha256=sha256,
                sheet=table.grid.sheet,
                cell=address(row, column.index),
                area_label=label,
                column_label=column.label,
                column_cell=column.cell,
                marker_text=text,
                parent_code=area.parent_code if partnerships else None,
            )
    _check_twice(layout, table, seen)
    if not partnerships:
        _check_areas(layout, table, {area.area_code for area in seen})
        _check_excluded(layout, table, labels, with_figures)


def _reference_year(column: AreaColumn) -> int | None:
    return mid_year(column.label) if column.role in ("population", "households") else None


def _columns(layout: AreaLayout, table: AreaTable) -> Iterator[AreaColumn]:
    """The columns under their labels; one that is not known is read as it is proposed."""
    labels = list(_labels(layout, table))
    found: dict[int, Meaning] = {}
    for index, _, label in labels:
        if line := layout.columns.find(label):
            found[index] = line["role"], line["offence_id"] or None
    unknown = [index for index, _, _ in labels if index not in found]
    for index, row, label in labels:
        if index in unknown:
            where = table.grid.where(row, index)
            proposed = _proposed_column(layout, table, index, label, found, unknown)
            if proposed is not None:
                layout.proposed[plain(label)] = proposed
            role, offence_id = proposed or ("?", "?")
            given = [role, offence_id or ""]
            layout.add(layout.columns.unknown(where, "the column label", label, given, _ROLES))
            if proposed is None:
                continue
            found[index] = proposed
        yield AreaColumn(index, *found[index], label, address(row, index))


def _labels(layout: AreaLayout, table: AreaTable) -> Iterator[tuple[int, int, str]]:
    """Column, row and text of each label, which may stand one row higher in a merged cell."""
    rows, header = table.grid.rows, table.header
    for index, cell in enumerate(rows[header]):
        row, label = header, str(cell)
        if not label.strip():
            row, label = header - 1, str(rows[header - 1][index]) if header else ""
            figures = any(isinstance(line[index], int | float) for line in rows[header + 1 :])
            if not figures and layout.columns.find(label) is None:
                continue
        if label.strip():
            yield index, row, label
        else:
            layout.problem(
                f"{table.grid.where(header, index)}: a column of figures "
                "without a label; expected an offence group or a population"
            )


def _proposed_column(
    layout: AreaLayout,
    table: AreaTable,
    index: int,
    label: str,
    found: Mapping[int, Meaning],
    unknown: Sequence[int],
) -> Meaning | None:
    """What a column of an unknown label may mean: by its cells, its name, or its neighbours."""
    taken = [meaning for meaning in found.values() if meaning[0] != "-"]
    earlier = layout.proposed.get(plain(label))
    if earlier is not None and earlier not in taken:
        return earlier
    if (naming := _proposed_naming(layout, table, index, taken)) is not None:
        return naming, None
    by_name = [
        (row["role"], row["offence_id"] or None)
        for name in layout.columns.nearest(label)
        if (row := layout.columns.rows[name])
    ]
    by_name = [meaning for meaning in by_name if meaning not in taken]
    if by_name and layout.columns.nearest(label, _ALIKE):
        return by_name[0]
    left = [at for at in sorted(found) if at < index]
    right = [at for at in sorted(found) if at > index]
    between = layout.expected.between(
        table.kind,
        found[left[-1]] if left else None,
        found[right[0]] if right else None,
        taken,
    )
    # As many columns stood here as are now unknown: they are the same, in order.
    run = [at for at in unknown if at >= index and (not right or at < right[0]) and at not in found]
    if between and len(between) == len(run):
        return between[0]
    return by_name[0] if by_name else None


def _proposed_naming(
    layout: AreaLayout, table: AreaTable, index: int, taken: Sequence[Meaning]
) -> str | None:
    """The role of a column without a figure, by what its cells hold; None for one of figures."""
    cells = [row[index] for row in table.grid.rows[table.header + 1 :]]
    texts = [str(cell) for cell in cells if str(cell).strip()]
    codes = {area_code(text) for text in texts} - {None}
    roles = [role for role, _ in taken]
    if len(codes & set(areas())) >= ENOUGH_AREAS and "area_code" not in roles:
        return "area_code"
    if (
        sum(layout.area_names.find(text) is not None for text in texts) >= ENOUGH_AREAS
        and "area_name" not in roles
    ):
        return "area_name"
    if any(not isinstance(cell, str) or number(cell) is not None for cell in cells):
        return None
    if layout.tables[table.kind]["rows"] == "partnerships":
        if len(codes) >= ENOUGH_AREAS and "partnership_code" not in roles:
            return "partnership_code"
        if len(set(texts)) >= ENOUGH_AREAS and not codes and "partnership_name" not in roles:
            return "partnership_name"
    # Notes, say, or a column of markers alone, which only a person can tell.
    known = [layout.marker(text, table.kind) for text in texts]
    return None if texts and all(known) else "-"


def _check_columns(layout: AreaLayout, table: AreaTable, figures: list[AreaColumn]) -> None:
    for (role, offence_id), times in Counter((c.role, c.offence_id) for c in figures).items():
        if times > 1:
            cells = ", ".join(
                c.cell for c in figures if (c.role, c.offence_id) == (role, offence_id)
            )
            layout.problem(
                f"sheet {table.grid.sheet!r}: the columns at {cells} all mean "
                f"{offence_id or role}; expected one"
            )
    present = {column.offence_id for column in figures if column.role == "offence"}
    for column in figures:
        if column.role in ("population", "households") and _reference_year(column) is None:
            layout.problem(
                f"sheet {table.grid.sheet!r}, cell {column.cell}: the label {column.label!r} does "
                "not say of which year; expected it as in '(mid-2023)'"
            )
    named = {row["offence_id"] for row in layout.columns.rows.values()}
    missing = [o for o in ["total", *main_groups()] if o in named and o not in present]
    if missing and not layout.unknown:
        layout.problem(
            f"sheet {table.grid.sheet!r}, row {table.header + 1}: no column for "
            f"{', '.join(missing)}; expected the total and every main group. "
            f"{_nearest_columns(missing, figures)}"
        )


def _nearest_columns(missing: list[str], figures: list[AreaColumn]) -> str:
    """The columns whose labels are most like the offences that were not found."""
    labels = {column.label: column for column in figures if column.role == "offence"}
    names = [offences()[offence].name for offence in missing]
    near = [
        labels[label]
        for name in names
        for label in difflib.get_close_matches(name, list(labels), n=1, cutoff=0)
    ]
    seen = ", ".join(
        f"{column.label!r} at {column.cell}, read as {column.offence_id}"
        for column in dict.fromkeys(near)
    )
    return f"Nearest to that: {seen}" if seen else "There is no column of an offence at all"


def _area_rows(
    layout: AreaLayout, table: AreaTable, roles: Mapping[str, AreaColumn], figures: list[AreaColumn]
) -> Iterator[tuple[int, Sequence[Cell], Area, str]]:
    for row in range(table.header + 1, len(table.grid.rows)):
        cells = table.grid.rows[row]
        label, code = (str(cells[roles[role].index]) for role in ("area_name", "area_code"))
        where = table.grid.where(row, roles["area_name"].index)
        if not label.strip():
            if any(isinstance(cells[column.index], int | float) for column in figures):
                layout.problem(f"{where}: figures without an area; expected an area name")
            continue
        if (line := layout.columns.find(code)) and line["role"] == "area_code":
            continue  # the header again
        if not code.strip() and layout.area_names.find(label) is None and _empty(cells, figures):
            continue  # a heading, or a note below the table
        area = _area(layout, where, code, label)
        if area is not None:
            yield row, cells, area, label


def _empty(cells: Sequence[Cell], figures: Iterable[AreaColumn]) -> bool:
    return all(str(cells[column.index]).strip() == "" for column in figures)


def _area(layout: AreaLayout, where: str, code_text: str, label: str) -> Area | None:
    """The area of a row by its code, its name being one that the code is known by.

    A code that replaced another stands in ``area_names.csv`` as a name does.  A country or region
    may say that it leaves out a force, whose own row then holds markers.
    """
    name, excluded = without_exclusion(label)
    if layout.area_names.find(excluded):
        label = name
    code = area_code(code_text)
    if code and code not in areas() and (renewed := layout.area_names.rows.get(code.casefold())):
        code = renewed["area_code"]
    if code and code not in areas() and (known := layout.area_names.find(label)):
        what = f"{label!r} with the code"
        layout.add(layout.area_names.unknown(where, what, code, given=[known["area_code"]]))
        return None
    if code_text.strip() and (code is None or code not in areas()):
        layout.add(
            proposal(
                REFERENCE / "areas.csv",
                [code or code_text.strip(), named(label), "?", "?"],
                f"{where}: the area code {code_text!r} of {label!r} is not known; expected one of "
                "the list of areas. If the area is new",
            )
        )
        return None
    found = layout.area_names.find(label)
    if code is None:
        if found is None:
            layout.add(layout.area_names.unknown(where, "the area", label))
            return None
        return areas()[found["area_code"]]
    area = areas()[code]
    if plain(label) == plain(area.area_name) or (found and found["area_code"] == code):
        return area
    if found is None:
        layout.add(layout.area_names.unknown(where, f"{code} under the name", label, given=[code]))
    else:
        layout.add(
            proposal(
                layout.area_names.file,
                [plain(label), code],
                f"{where}: {code} is the code of {area.area_name}, and {label!r} the name of "
                f"{found['area_code']}. If neither two codes nor two names were swapped",
            )
        )
    return None


def _partnership_rows(
    layout: AreaLayout, table: AreaTable, roles: Mapping[str, AreaColumn], figures: list[AreaColumn]
) -> Iterator[tuple[int, Sequence[Cell], Area, str]]:
    """The rows of partnerships, and of offences that a force could place in none.

    Rows of whole forces say again what the tables by force say, and are passed over; the sums
    over a force's partnerships are checked against those tables.
    """
    force_label = ""
    for row in range(table.header + 1, len(table.grid.rows)):
        cells = table.grid.rows[row]
        label = str(cells[roles["partnership_name"].index])
        code_text = str(cells[roles["partnership_code"].index]).strip()
        where = f"sheet {table.grid.sheet!r}, row {row + 1}"
        empty = _empty(cells, figures)
        if not label.strip():
            if code_text:
                layout.problem(
                    f"{where}: the code {code_text} without a name; expected a partnership"
                )
            continue
        # A force that could place every offence; and offences placed nowhere have no rate.
        none = not any(isinstance(cells[column.index], int | float) for column in figures)
        if not code_text and (empty or (none and table.measure != "count")):
            continue
        # The name of a force may stand once, in a cell merged over all its rows.
        force_label = str(cells[roles["area_name"].index]).strip() or force_label
        force = _force(layout, where, force_label)
        if force is None:
            continue
        code = area_code(code_text)
        if code_text and code is None:
            layout.problem(
                f"{where}: {code_text!r} is no code of a partnership; expected one such as "
                "E22000001, or nothing where offences belong to none"
            )
            continue
        # Without a code: offences that are in no partnership, or a place that is none.
        yield row, cells, _partnership(code, named(label), force), label


def _partnership(code: str | None, name: str, force: Area) -> Area:
    if code is not None:
        return Area(code, name, "partnership", force.area_code)
    unassigned = name.casefold().startswith("unassigned")
    place = "unassigned" if unassigned else "-".join(name.casefold().split())
    name = f"Unassigned {force.area_name}" if unassigned else name
    return Area(f"{force.area_code}-{place}", name, "other", force.area_code)


def _force(layout: AreaLayout, where: str, label: str) -> Area | None:
    """The force of a partnership's row, by its name: the code slips now and then."""
    force = layout.forces.get(plain(label))
    if force is None and (found := layout.area_names.find(label)):
        force = areas()[found["area_code"]]
    if force is None:
        layout.add(layout.area_names.unknown(where, "the area", label))
    return force


def _value(
    layout: AreaLayout, table: AreaTable, column: AreaColumn, row: int, cell: Cell, area: Area
) -> tuple[float | None, str | None, str | None]:
    measure = MEASURE_OF_ROLE.get(column.role, table.measure)
    value = number(cell, percent=measure == "change_pct")
    if value is not None:
        return value, None, None
    meaning = layout.marker(cell, table.kind)
    if meaning is None:
        where = table.grid.where(row, column.index)
        about = (area.area_code, column.offence_id, measure)
        layout.unknown_marker(where, cell, table.kind, about)
    return None, meaning, str(cell).strip()


def _check_twice(layout: AreaLayout, table: AreaTable, seen: list[Area]) -> None:
    names = {area.area_code: area.area_name for area in seen}
    times = Counter(area.area_code for area in seen)
    if twice := [names[code] for code in names if times[code] > 1]:
        layout.problem(
            f"sheet {table.grid.sheet!r}: {', '.join(twice)} stand twice; expected each area once"
        )


def _check_excluded(
    layout: AreaLayout, table: AreaTable, labels: Iterable[str], with_figures: set[str]
) -> None:
    """A force that a country or region says it leaves out has no figures of its own here."""
    for label in labels:
        _, name = without_exclusion(label)
        left_out = layout.area_names.find(name)
        if left_out and left_out["area_code"] in with_figures:
            layout.problem(
                f"sheet {table.grid.sheet!r}: {one_line(label)!r} leaves out {name}, whose own row "
                "has figures; expected markers there. Ask the publisher which of the two is right"
            )


def _check_areas(layout: AreaLayout, table: AreaTable, seen: set[str]) -> None:
    where = f"sheet {table.grid.sheet!r}"
    missing = [
        area.area_name
        for area in areas().values()
        if area.area_type in ("country", "region", "force")
        and layout.tables[table.kind]["area"] in areas_around(area.area_code)
        and area.area_code not in seen
    ]
    if missing and not layout.unknown:
        layout.problem(
            f"{where}: no row for {', '.join(missing)}; expected every country, region and police "
            "force area. A force without figures has a row with a marker"
        )
