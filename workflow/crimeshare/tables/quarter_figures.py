"""Quarterly figures: one row a police force, quarter and offence, as they are shipped and kept.

The open data has a row for each offence code; a figure here adds up those of an offence group, or
is one code that the report shows by itself, and names the cells it was added up from.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem

READ_FROM = {
    "workbook": "the Home Office's own file: `cells` are those that were added up",
    "conversion": "a third party's conversion, which holds no cell addresses",
}


@dataclass(frozen=True)
class QuarterFigure:
    """Offences of one group or code that one force recorded in one quarter.

    Attributes:
        release_id: the release it was read from.
        period_start, period_end: first and last day of the quarter.
        area_code, area_name, area_type: as in ``resources/reference/areas.csv``.
        offence_id: the group, as in ``offences.csv``; for a code, the group it is counted in.
        code: the Home Office's offence code; None for a group as a whole.
        value: offences; below nought where a force withdrew more than it recorded. None where a
            row behind it holds a marker.
        marker: meaning of that marker, else None.
        rows: how many rows of the sheet were added up.
        read_from: a key of `READ_FROM`.
        workbook_sha256: hash of the Home Office's file, None if a conversion was read.
        conversion_sha256: hash of the conversion that was read, else None.
        sheet: name of the sheet; of a conversion, the financial year, of which each has a sheet.
        cells: the cells that were added up, ``H12:H40 H57``; None if a conversion was read.
    """

    release_id: str
    period_start: date
    period_end: date
    area_code: str
    area_name: str
    area_type: str
    offence_id: str
    code: str | None
    value: float | None
    marker: str | None
    rows: int
    read_from: str
    workbook_sha256: str | None
    conversion_sha256: str | None
    sheet: str
    cells: str | None


SCHEMA = pa.schema(
    [
        ("release_id", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("area_code", pa.string()),
        ("area_name", pa.string()),
        ("area_type", pa.string()),
        ("offence_id", pa.string()),
        ("code", pa.string()),
        ("value", pa.float64()),
        ("marker", pa.string()),
        ("rows", pa.int32()),
        ("read_from", pa.string()),
        ("workbook_sha256", pa.string()),
        ("conversion_sha256", pa.string()),
        ("sheet", pa.string()),
        ("cells", pa.string()),
    ]
)


def quarter(financial_year: int, number: int) -> tuple[date, date]:
    """First and last day of a quarter of the financial year that begins in April.

    >>> quarter(2023, 4)
    (datetime.date(2024, 1, 1), datetime.date(2024, 3, 31))
    """
    year, month = (financial_year, 1 + 3 * number) if number < 4 else (financial_year + 1, 1)
    return date(year, month, 1), date(year, month + 2, calendar.monthrange(year, month + 2)[1])


def write_quarter_figures(figures: Iterable[QuarterFigure], path: Path) -> None:
    """Write figures in the order given; the same figures give the same bytes."""
    rows = list(figures)
    columns = {
        field.name: [getattr(row, field.name) for row in rows] for field in fields(QuarterFigure)
    }
    pq.write_table(pa.table(columns, schema=SCHEMA), path, compression="zstd", compression_level=15)


def read_quarter_figures(path: Path) -> pa.Table:
    """The rows of a file written by :func:`write_quarter_figures`.

    Raises:
        Problem: the file is damaged or holds another table.
    """
    try:
        return pq.read_table(path, schema=SCHEMA)
    except (pa.ArrowException, OSError) as error:
        raise Problem(
            f"{path} cannot be read ({error}); expected the quarterly figures of a release. "
            "Restore it from the repository."
        ) from error
