"""On what day a workbook came out, as far as the workbook itself tells.

Some name the day on their cover or on the sheet of a correction.  That is copied from edition to
edition and may be an older one's, so a day on which the file was not yet finished, or the year not
yet over, is not believed.  Where none is named, the file cannot have come out before it was last
saved.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from crimeshare.periods import MONTHS
from crimeshare.tables.grid import address, open_workbook

_PUBLISHED = re.compile(
    rf"\bpublished on:?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{'|'.join(MONTHS)})"
    r"\s+(?P<year>\d{4})\b",
    re.IGNORECASE,
)
_SAVED = re.compile(rb"<dcterms:modified[^>]*>(\d{4}-\d{2}-\d{2})T")
_PROPERTIES = "docProps/core.xml"
_LARGEST = 100_000
# The cover, or the sheet of a correction, is the first one.
_ROWS = 20


@dataclass(frozen=True)
class ReleaseDay:
    """A day, and how it is known.

    Attributes:
        basis: ``stated`` as the day of publication, or ``saved``, before which it was not.
        sheet, cell: where it is stated; empty for a day from the properties of the file.
    """

    day: date
    basis: Literal["stated", "saved"]
    sheet: str = ""
    cell: str = ""


def release_day(path: Path, period_end: date) -> ReleaseDay | None:
    """The day that a workbook states, else the day that it was last saved; None if neither is.

    Args:
        period_end: last day of the year that it is about.

    Raises:
        Problem: it is no workbook.
    """
    saved = _saved(path)
    cover = open_workbook(path).grids[0]
    for row, cells in enumerate(cover.rows[:_ROWS]):
        for column, content in enumerate(cells):
            found = _PUBLISHED.search(content) if isinstance(content, str) else None
            stated = _day(found) if found else None
            if stated and stated > period_end and (saved is None or stated >= saved):
                return ReleaseDay(stated, "stated", cover.sheet.strip(), address(row, column))
    return ReleaseDay(saved, "saved") if saved and saved > period_end else None


def _day(found: re.Match[str]) -> date | None:
    names = [month.casefold() for month in MONTHS]
    try:
        return date(
            int(found["year"]), names.index(found["month"].casefold()) + 1, int(found["day"])
        )
    except ValueError:
        return None


def _saved(path: Path) -> date | None:
    """The day that the file says it was last saved."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_PROPERTIES) as properties:
            found = _SAVED.search(properties.read(_LARGEST))
        return date.fromisoformat(found[1].decode()) if found else None
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None
