"""What of a workbook is no figure: notes on single areas, and oddities that no figure depends on.

A note may tell of an undercount or a missing month.  An empty sheet, a wrong date on the
cover, one offence with two values: none of these stops a release, but all belong on a page.

A note is about an area if the label of its row refers to it, or if the note names a police force.
Notes stand below their table, or on a sheet of notes under a heading that names the tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from crimeshare.reference import REFERENCE, areas, read_rows
from crimeshare.tables.grid import Grid, Workbook, address
from crimeshare.tables.labels import one_line, periods
from crimeshare.tables.observations import (
    AreaNote,
    Notice,
    Observation,
    SurveyObservation,
    read_notices,
)

# "4. Due to", "4 Due to", "[note 4] Due to"; on a sheet of notes the number has a cell of its own.
_NUMBERED = re.compile(
    r"(?:\[?\s*notes?\s*)?(\d{1,2})(?:\.0)?\s*[\].):]?\s+(?=[A-Z'\"\u2018\u201c])(.+)", re.I
)
_NUMBER = re.compile(r"(?:\[?\s*notes?\s*)?(\d{1,2})(?:\.0)?\s*[\].]?", re.I)
_HEADING = re.compile(r"\bnotes\b.*\btables?\b", re.I)
_TABLE = re.compile(r"\b([A-Z])(\d{1,2})(?:[a-z])?\b(?:\s*(?:to|-|\u2013)\s*\1?(\d{1,2})\b)?")
# What says what a marker stands for is about no area.
_MARKER = re.compile(r"""['"\u2018\u201c].{1,6}['"\u2019\u201d] indicates""")


@dataclass(frozen=True)
class _Note:
    """A note: its number, its words, where it stands, and the tables that it is for, if it says."""

    number: int
    text: str
    sheet: str
    cell: str
    tables: frozenset[str]


def find_area_notes(workbook: Workbook, rows: Sequence[Observation]) -> list[AreaNote]:
    """The notes about one region or police force each, in the order in which they stand.

    Args:
        rows: its figures, whose labels may refer to notes.
    """
    sheets = {row.sheet for row in rows}
    labels = {
        (row.sheet, row.area_code, row.area_label)
        for row in rows
        if row.parent_code is None and row.area_type in ("region", "force")
    }
    found: dict[tuple[str, str], AreaNote] = {}
    for grid in workbook.grids:
        for note in _notes(grid):
            within = {s for s in sheets if _is_for(note, s)}
            about = {
                code
                for sheet, code, label in labels
                if sheet in within and str(note.number) in _referred(label)
            }
            for code, area in areas().items():
                named = within and area.area_type == "force" and _names(note.text, area.area_name)
                if (code in about or named) and not _MARKER.match(note.text):
                    place = note.sheet.strip(), note.cell
                    said = AreaNote(code, area.area_name, *place, note.text)
                    # A note stands below each table that it is for.
                    found.setdefault((code, note.text), said)
    return list(found.values())


def combine_area_notes(figures: Sequence[Path]) -> pd.DataFrame:
    """The notes about areas of all releases, each in words of the project's own or as published.

    Returns:
        One row a note: ``release_id``, the columns of :class:`AreaNote`, and ``quoted``, whether
        it is given as published. A release that ``area_notes.csv`` has lines of has those alone.
    """
    own = pd.DataFrame(read_rows(REFERENCE / "area_notes.csv")).assign(quoted=False)
    quoted = [
        {"release_id": path.stem, **asdict(note), "quoted": True}
        for path in figures
        if path.stem not in set(own["release_id"])
        for note in read_notices(path, AreaNote)
    ]
    own = own[own["release_id"].isin([path.stem for path in figures])]
    return pd.concat([own, pd.DataFrame(quoted, columns=own.columns)], ignore_index=True)


def _notes(grid: Grid) -> Iterator[_Note]:
    """What is numbered on a sheet, with the tables that the heading above it names."""
    tables: frozenset[str] = frozenset()
    for index, row in enumerate(grid.rows):
        texts = [(at, one_line(str(cell))) for at, cell in enumerate(row) if str(cell).strip()]
        if not texts:
            continue
        (at, first), *more = texts
        if _HEADING.match(first) and not more:
            tables = frozenset(_tables(first))
        elif found := _NUMBERED.fullmatch(first):
            yield _Note(int(found[1]), found[2], grid.sheet, address(index, at), tables)
        elif more and isinstance(row[more[0][0]], str) and (found := _NUMBER.fullmatch(first)):
            at, text = more[0]
            yield _Note(int(found[1]), text, grid.sheet, address(index, at), tables)


def _tables(text: str) -> Iterator[str]:
    """The tables that a text names: P1, P1a, P2 to P4."""
    for letter, first, last in _TABLE.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter}{number}"


def _is_for(note: _Note, sheet: str) -> bool:
    """Whether a note is for the table on a sheet: it stands there, or its heading names that."""
    of_all = not note.tables and "note" in note.sheet.casefold()
    return of_all or note.sheet == sheet or not note.tables.isdisjoint(_tables(sheet))


def _referred(label: str) -> list[str]:
    """The numbers of the notes that a label of an area refers to, which has no other digits."""
    return re.findall(r"\d+", unicodedata.normalize("NFKC", label))


def _names(text: str, force: str) -> bool:
    # 'City of London' in quotes is what rates of London include.
    return (
        re.search(rf"(?<!['\u2018])\b{re.escape(force.removesuffix(' Police'))}\b", text)
        is not None
    )


_PUBLISHED = re.compile(r"published on (\d{1,2} [A-Z][a-z]+ \d{4})")


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
            f"{here.value:,.0f} in sheet {here.sheet!r}, cell {here.cell}, and {other.value:,.0f} "
            f"in sheet {other.sheet!r}, cell {other.cell}.",
        )
