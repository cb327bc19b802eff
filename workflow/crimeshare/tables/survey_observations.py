"""Survey observations: one row a cell of the appendix tables, as shipped and handed on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem


@dataclass(frozen=True)
class SurveyObservation:
    """One cell of a table of survey estimates or of offences by code, with what it means.

    Attributes:
        release_id: the release it was read from.
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

    @property
    def where(self) -> str:
        """The cell in words: ``sheet 'Table_A3a', cell K59``."""
        return f"sheet {self.sheet!r}, cell {self.cell}"


@dataclass(frozen=True)
class Notice:
    """Something odd in a workbook that stops nothing but belongs on the sources page.

    ``kind`` is ``empty_sheet``, ``cover_date``, ``two_values``; ``sentence`` says it in words.
    """

    release_id: str
    kind: str
    sheet: str
    cell: str | None
    sentence: str


SCHEMA = pa.schema(
    [
        ("release_id", pa.string()),
        ("table", pa.string()),
        ("statistic", pa.string()),
        ("item_id", pa.string()),
        ("parent_id", pa.string()),
        ("unit_base", pa.string()),
        ("block", pa.int16()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("previous_period_start", pa.date32()),
        ("previous_period_end", pa.date32()),
        ("value", pa.float64()),
        ("marker", pa.string()),
        ("workbook_sha256", pa.string()),
        ("sheet", pa.string()),
        ("cell", pa.string()),
        ("row_label", pa.string()),
        ("column_label", pa.string()),
        ("marker_text", pa.string()),
    ]
)
_NOTICES = b"crimeshare.notices"


def write_survey_observations(
    observations: Iterable[SurveyObservation], notices: Sequence[Notice], path: Path
) -> None:
    """Write observations in the order given, and the notices with them in the file's metadata.

    The same observations and notices give the same bytes.
    """
    rows = list(observations)
    columns = {
        field.name: [getattr(row, field.name) for row in rows]
        for field in fields(SurveyObservation)
    }
    metadata = {_NOTICES: json.dumps([asdict(notice) for notice in notices]).encode()}
    pq.write_table(
        pa.table(columns, schema=SCHEMA.with_metadata(metadata)), path, compression="zstd"
    )


def read_survey_observations(path: Path) -> tuple[list[SurveyObservation], list[Notice]]:
    """The observations and notices of a file written by :func:`write_survey_observations`.

    Raises:
        Problem: the file is another kind of table.
    """
    table = pq.read_table(path)
    if not table.schema.equals(SCHEMA):
        raise Problem(
            f"{path} does not hold survey observations; restore it from the repository or read its "
            "workbook again."
        )
    notices = json.loads((table.schema.metadata or {}).get(_NOTICES, b"[]"))
    return (
        [SurveyObservation(**row) for row in table.to_pylist()],
        [Notice(**notice) for notice in notices],
    )
