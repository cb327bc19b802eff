"""Observations: one row a cell, the form every release is shipped and handed on in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem


@dataclass(frozen=True)
class Observation:
    """One cell of a table of recorded crime, with what it means and where it stands.

    Attributes:
        release_id: the release it was read from.
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

    @property
    def where(self) -> str:
        """The cell in words: ``sheet 'Table P1', cell K59``."""
        return f"sheet {self.sheet!r}, cell {self.cell}"


SCHEMA = pa.schema(
    [
        ("release_id", pa.string()),
        ("period_end", pa.date32()),
        ("previous_period_end", pa.date32()),
        ("area_code", pa.string()),
        ("area_name", pa.string()),
        ("area_type", pa.string()),
        ("offence_id", pa.string()),
        ("measure", pa.string()),
        ("value", pa.float64()),
        ("marker", pa.string()),
        ("reference_year", pa.int16()),
        ("workbook_sha256", pa.string()),
        ("sheet", pa.string()),
        ("cell", pa.string()),
        ("area_label", pa.string()),
        ("column_label", pa.string()),
        ("column_cell", pa.string()),
        ("marker_text", pa.string()),
        ("parent_code", pa.string()),
    ]
)


def write_observations(observations: Iterable[Observation], path: Path) -> None:
    """Write ``observations`` in the order given; the same observations give the same bytes."""
    rows = list(observations)
    columns = {
        field.name: [getattr(row, field.name) for row in rows] for field in fields(Observation)
    }
    pq.write_table(pa.table(columns, schema=SCHEMA), path, compression="zstd")


def read_observations(path: Path) -> list[Observation]:
    """The observations of a file written by :func:`write_observations`.

    Raises:
        Problem: the file is damaged or holds another table.
    """
    try:
        return [Observation(**row) for row in pq.read_table(path, schema=SCHEMA).to_pylist()]
    except (pa.ArrowException, OSError) as error:
        raise Problem(
            f"{path} cannot be read ({error}); expected the Parquet file of a release. "
            "Restore it from the repository, or ship it again with `make figures`."
        ) from error
