"""Does an appendix workbook agree with itself?

A published change follows from the two years it compares, and an offence group is the sum of
its codes.  A cell that breaks this was mistyped, shifted or misread, and stops the run
unless it is listed in ``config/corrections.yaml``.  Oddities that no figure depends on (an
empty sheet, a wrong date on the cover, one offence with two values on two sheets) are noticed
and handed on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from crimeshare.reference import read_rows
from crimeshare.tables.appendix_flags import impossible_flags
from crimeshare.tables.appendix_layout import FOLDER
from crimeshare.tables.arithmetic import Fault
from crimeshare.tables.grid import Workbook, address
from crimeshare.tables.labels import one_line, periods, plain
from crimeshare.tables.survey_observations import Notice, SurveyObservation

# Changes are published in double precision, figures rounded as tables.csv says.
_PRECISION = 1e-9
_PUBLISHED = re.compile(r"published on (\d{1,2} [A-Z][a-z]+ \d{4})")

_Figure = tuple[str, str | None, date]
"""Table, measure and last day of the year: one figure of a release."""


def find_survey_faults(observations: Iterable[SurveyObservation]) -> list[Fault]:
    """Every place where the arithmetic of one release's appendix tables does not hold."""
    rows = list(observations)
    changes = list(_changes(rows))
    misprinted = frozenset(place for fault in changes for place in fault.cells)
    return [
        *changes,
        *impossible_flags(rows, misprinted),
        *_bases(rows),
        *_groups(rows),
        *_sub_offences(rows),
    ]


def _changes(rows: list[SurveyObservation]) -> Iterator[Fault]:
    tables = {line["table"]: line for line in read_rows(FOLDER / "tables.csv")}
    figures: dict[_Figure, SurveyObservation] = {
        (row.table, row.item_id, row.period_end): row for row in rows if row.item_id is not None
    }
    for row in rows:
        of = tables[row.table]["change_of"]
        if not of or row.statistic == "significant" or row.value is None:
            continue
        now = figures.get((of, row.item_id, row.period_end))
        before = (
            figures.get((of, row.item_id, row.previous_period_end))
            if row.previous_period_end
            else None
        )
        if now is None or before is None or now.value is None or before.value is None:
            yield Fault.at(
                f"holds a change of {row.value:g}, but the table of {of} has no figure for one of "
                "the two years",
                row,
            )
            continue
        half_step = float(tables[of]["rounded_to"]) / 2
        low, high = _range_of_change(row.statistic, now.value, before.value, half_step)
        if not low - _PRECISION <= row.value <= high + _PRECISION:
            yield Fault.at(
                f"holds a change of {row.value:.4g}, but {now.value:g} after {before.value:g} is a "
                f"change between {low:.4g} and {high:.4g}",
                row,
                now,
                before,
            )


def _range_of_change(
    statistic: str, now: float, before: float, half_step: float
) -> tuple[float, float]:
    """The changes that two rounded figures allow, in the unit of the statistic."""
    if statistic == "change_points":
        return now - before - 2 * half_step, now - before + 2 * half_step
    low = (now - half_step) / (before + half_step)
    high = (now + half_step) / (before - half_step) if before > half_step else float("inf")
    return 100 * (low - 1), 100 * (high - 1)


def _bases(rows: list[SurveyObservation]) -> Iterator[Fault]:
    """Base rows whose numbers are those of another block.

    Every table repeats the numbers of people and of households interviewed.  A row of bases
    belongs to another block if in most years it has the number of interviews of another unit, and
    no other base of its own unit has that.
    """
    bases: dict[tuple[str, int | None], list[SurveyObservation]] = defaultdict(list)
    units: dict[tuple[date, float], list[SurveyObservation]] = defaultdict(list)
    for row in rows:
        if row.statistic == "unweighted_base" and row.value is not None:
            bases[row.table, row.block].append(row)
            units[row.period_end, row.value].append(row)
    for line in bases.values():
        others = [
            other
            for row in line
            for same in [units[row.period_end, row.value or 0.0]]
            for other in same
            if other.unit_base != row.unit_base
            and sum(base.unit_base == row.unit_base for base in same) == 1
        ]
        foreign = {other.period_end for other in others}
        if 2 * len(foreign) > len(line):
            yield Fault.at(
                f"the bases of {one_line(line[0].row_label)!r} are in {len(foreign)} of "
                f"{len(line)} years those of {one_line(others[0].row_label)!r} at "
                f"{others[0].cell}; expected those of its own block",
                line[0],
                others[0],
            )


def _groups(rows: list[SurveyObservation]) -> Iterator[Fault]:
    parts = {
        line["label"]: line["parts"].split(";")
        for line in read_rows(FOLDER / "code_groups.csv")
        if line["parts"]
    }
    codes = {
        (row.item_id, row.period_end): row
        for row in rows
        if row.table == "offence_codes" and row.item_id is not None
    }
    for row in rows:
        if row.table == "offence_codes" and row.item_id is None and plain(row.row_label) in parts:
            members = [codes.get((code, row.period_end)) for code in parts[plain(row.row_label)]]
            yield from _sum(row, [member for member in members if member is not None])


def _sub_offences(rows: list[SurveyObservation]) -> Iterator[Fault]:
    groups: dict[tuple[str | None, date], SurveyObservation] = {}
    members: dict[tuple[str | None, date], list[SurveyObservation]] = defaultdict(list)
    for row in rows:
        if row.table == "offence_subcodes":
            if row.parent_id is None:
                groups[row.item_id, row.period_end] = row
            else:
                members[row.parent_id, row.period_end].append(row)
    for key, whole in groups.items():
        yield from _sum(whole, members[key])


def _sum(whole: SurveyObservation, parts: list[SurveyObservation]) -> Iterator[Fault]:
    total = sum(part.value for part in parts if part.value is not None)
    if whole.value is not None and whole.value != total:
        yield Fault.at(
            f"holds {whole.value:,.0f} for {one_line(whole.row_label)!r}, but its parts add up "
            f"to {total:,.0f}",
            whole,
            *parts,
        )


def find_notices(
    workbook: Workbook,
    observations: Iterable[SurveyObservation],
    release_id: str,
    period_end: date,
) -> list[Notice]:
    """Oddities of a workbook that no figure depends on, in words."""
    return [
        *_empty_sheets(workbook, release_id),
        *_cover_dates(workbook, release_id, period_end),
        *_two_values(observations),
    ]


def _empty_sheets(workbook: Workbook, release_id: str) -> Iterator[Notice]:
    for grid in workbook.grids:
        if all(cell == "" for row in grid.rows for cell in row):
            yield Notice(
                release_id,
                "empty_sheet",
                grid.sheet,
                None,
                f"The sheet {grid.sheet!r} is in the workbook but holds no cells.",
            )


def _cover_dates(workbook: Workbook, release_id: str, period_end: date) -> Iterator[Notice]:
    """Dates on the cover that cannot be right: another year in its title, published too early."""
    cover = workbook.grids[0]
    texts = [
        (one_line(str(cell)), address(index, column))
        for index, row in enumerate(cover.rows)
        for column, cell in enumerate(row)
        if cell != ""
    ]
    for title, cell in texts[:1]:
        for year, month in periods(title):
            if (year, month) != (period_end.year, period_end.month):
                yield Notice(
                    release_id,
                    "cover_date",
                    cover.sheet,
                    cell,
                    f"The cover says year ending {date(year, month, 1):%B %Y}; the tables end in "
                    f"{period_end:%B %Y}.",
                )
    for text, cell in texts:
        for published in _PUBLISHED.findall(text):
            if datetime.strptime(published, "%d %B %Y").date() <= period_end:
                yield Notice(
                    release_id,
                    "cover_date",
                    cover.sheet,
                    cell,
                    f"The cover says published on {published}, before the year it covers had "
                    "ended.",
                )


def _two_values(observations: Iterable[SurveyObservation]) -> Iterator[Notice]:
    """Offences that stand with different numbers in the tables of codes and of sub-codes."""
    by_code: Mapping[str, dict[tuple[str, date], SurveyObservation]] = defaultdict(dict)
    for row in observations:
        if row.statistic == "offences" and row.item_id and not row.parent_id:
            by_code[row.table][row.item_id, row.period_end] = row
    for key, other in by_code["offence_subcodes"].items():
        here = by_code["offence_codes"].get(key)
        if here is None or None in (here.value, other.value) or here.value == other.value:
            continue
        yield Notice(
            here.release_id,
            "two_values",
            here.sheet,
            here.cell,
            f"{one_line(other.row_label)} ({key[0]}) in the year ending {key[1]:%B %Y} is "
            f"{here.value:,.0f} here and {other.value:,.0f} in sheet {other.sheet!r}, "
            f"cell {other.cell}.",
        )
