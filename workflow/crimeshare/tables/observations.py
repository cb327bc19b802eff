"""Observations: one row a cell, or a sum of cells, the form every release is shipped in.

What a row says differs by dataset, so there is a class of rows for each kind of table; how rows are
kept does not.  The columns of a file are the fields of its class, in their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem
from crimeshare.products import require_shipped

READ_FROM = {
    "workbook": "the Home Office's own file: `cells` are those that were added up",
    "conversion": "a third party's conversion, which holds no cell addresses",
}

_ARROW = {"str": pa.string(), "date": pa.date32(), "float": pa.float64(), "int": pa.int16()}
_NOTICES = b"crimeshare.notices"


class ObservedRow:
    """A row of any kind."""

    release_id: str
    COMPRESSION: ClassVar[int | None] = None


class CellRow(ObservedRow):
    """A row that is one cell."""

    sheet: str
    cell: str

    @property
    def where(self) -> str:
        """The cell as a sentence names it: ``sheet 'Table P1', cell K59``."""
        return f"sheet {self.sheet!r}, cell {self.cell}"


@dataclass(frozen=True)
class Observation(CellRow):
    """One cell of a table of recorded crime, with what it means and where it stands.

    Attributes:
        period_end: last day of the year it is about.
        previous_period_end: for a change, last day of the year compared with.
        area_code, area_name, area_type: as in ``resources/reference/areas.csv``.
        offence_id: as in ``offences.csv``; None for populations and households.
        measure: ``count``, ``change_pct`` (per cent), ``rate_per_1000`` (residents),
            ``rate_per_1000_households``, ``population``, ``households``.
        value: the number in the cell; None where the cell holds a marker.
        marker: meaning of the marker, None where the cell holds a number.
        reference_year: mid-year of a population or household figure.
        workbook_sha256, sheet, cell: where the number stands.
        area_label, column_label, column_cell, marker_text: what the workbook itself writes.
        parent_code: of a partnership, code of the force it lies in; else None, as the list of
            areas knows it.
    """

    release_id: str
    period_end: date
    previous_period_end: date | None
    area_code: str
    area_name: str
    area_type: str
    offence_id: str | None
    measure: str
    value: float | None
    marker: str | None
    reference_year: int | None
    workbook_sha256: str
    sheet: str
    cell: str
    area_label: str
    column_label: str
    column_cell: str
    marker_text: str | None
    parent_code: str | None = None


@dataclass(frozen=True)
class SurveyObservation(CellRow):
    """One cell of a table of survey estimates or of offences by code, with what it means.

    Attributes:
        table: kind of table, as in ``layouts/appendix/tables.csv``.
        statistic: ``prevalence_pct``, ``rate_per_1000``, ``incidents_thousands``,
            ``victims_thousands``, ``unweighted_base``, ``change_points``, ``change_pct``,
            ``significant`` (1 or 0) or ``offences``.
        item_id: survey measure or offence code; None for a base or an uncoded subtotal.
        parent_id: the measure or code it is part of, where the layout knows one.
        unit_base: what the base counts; None for recorded offences.
        block: number of the block of rows whose base row closes it; None without bases.
        period_start, period_end: first and last day of the year it is about.
        previous_period_start, previous_period_end: for a change, the year compared with.
        value: the number in the cell; None where it holds a marker.
        marker: meaning of the marker, None where the cell holds a number.
        workbook_sha256, sheet, cell: where it stands.
        row_label, column_label, marker_text: what the workbook itself writes.
    """

    release_id: str
    table: str
    statistic: str
    item_id: str | None
    parent_id: str | None
    unit_base: str | None
    block: int | None
    period_start: date
    period_end: date
    previous_period_start: date | None
    previous_period_end: date | None
    value: float | None
    marker: str | None
    workbook_sha256: str
    sheet: str
    cell: str
    row_label: str
    column_label: str
    marker_text: str | None


@dataclass(frozen=True)
class QuarterFigure(ObservedRow):
    """Offences of one group or code that one force recorded in one quarter.

    The open data has a row for each offence code; a figure here adds up those of an offence group,
    or is one code that the report shows by itself, and names the cells it was added up from.  The
    columns are those of ``recorded_quarters`` in ``columns.yaml``.
    """

    COMPRESSION = 15

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
    rows: int = field(metadata={"arrow": pa.int32()})
    read_from: str
    workbook_sha256: str | None
    conversion_sha256: str | None
    sheet: str
    cells: str | None


@dataclass(frozen=True)
class Notice:
    """Something odd in a workbook that stops nothing but belongs on the sources page.

    ``kind`` is ``empty_sheet``, ``cover_date``, ``two_values``; ``sentence`` says what it is.
    """

    release_id: str
    kind: str
    sheet: str
    cell: str | None
    sentence: str


@dataclass(frozen=True)
class AreaNote:
    """What a workbook notes about one region or police force, in its words, and where."""

    area_code: str
    area_name: str
    sheet: str
    cell: str
    note: str

    @property
    def sentence(self) -> str:
        """The note with its area and place."""
        return f"{self.area_name}, sheet {self.sheet!r}, cell {self.cell}: {self.note}"


Told = TypeVar("Told", Notice, AreaNote)
R = TypeVar("R", bound=ObservedRow)


@cache
def schema(kind: type) -> pa.Schema:
    """The columns of a file of rows of one kind."""
    return pa.schema(
        [
            (each.name, each.metadata.get("arrow", _ARROW.get(str(each.type).split(" ")[0])))
            for each in fields(kind)
        ]
    )


def write_observations(
    observations: Iterable[ObservedRow],
    path: Path,
    notices: Sequence[Notice | AreaNote] | None = None,
) -> None:
    """Write rows of one kind in the order given, and notices with them in the file's metadata.

    The same rows and notices give the same bytes.
    """
    rows = list(observations)
    kind: Any = type(rows[0])
    columns = {name: [getattr(row, name) for row in rows] for name in schema(kind).names}
    form = schema(kind)
    if notices is not None:
        said = json.dumps([asdict(notice) for notice in notices])
        form = form.with_metadata({_NOTICES: said.encode()})
    pq.write_table(
        pa.table(columns, schema=form),
        path,
        compression="zstd",
        write_page_checksum=True,
        compression_level=kind.COMPRESSION,
    )


def read_arrow(kind: type, path: Path) -> pa.Table:
    """A file of :func:`write_observations` as it is.

    Raises:
        Problem: the file is damaged or holds another table.
    """
    require_shipped(path)
    try:
        # Not read_table, whose machinery for folders of files takes a while to import.
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
        fault = "" if table.schema.equals(schema(kind)) else "it holds another table"
    except (pa.ArrowException, OSError) as error:
        fault = str(error)
    if fault:
        raise Problem(
            f"{path} cannot be read ({fault}); expected the figures of a release, rows of "
            f"{kind.__name__}. Restore it from the repository, or ship it again with "
            "`make figures`."
        )
    return table


def read_observations(kind: type[R], path: Path) -> list[R]:
    """The rows of a file; raises as :func:`read_arrow` does."""
    columns = [column.to_pylist() for column in read_arrow(kind, path).columns]
    return [kind(*row) for row in zip(*columns, strict=True)]


def read_notices(path: Path, kind: type[Told]) -> list[Told]:
    """The notices of one kind that were written with the rows of a file."""
    metadata = pq.ParquetFile(path).schema_arrow.metadata or {}
    return [kind(**notice) for notice in json.loads(metadata.get(_NOTICES, b"[]"))]
