"""Read one release from its workbook and check its arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.corrections import check_ties, read_corrections
from crimeshare.tables.expectation import Expectation
from crimeshare.tables.grid import open_workbook
from crimeshare.tables.observations import Observation
from crimeshare.tables.police_force_area import read_police_force_area_tables


def read_release(
    workbook: Path,
    release_id: str,
    period_end: date,
    corrections: Path,
    expected: Expectation | None = None,
) -> list[Observation]:
    """The observations of a workbook of police force area tables, known to add up.

    ``expected`` is what an earlier release held, for better proposals where names are new.

    Raises:
        Problem: it is not a workbook.
        UnknownNames: names in it that the layouts do not know.
        Problems: its arithmetic does not hold and ``corrections`` does not say why.
    """
    book = open_workbook(workbook)
    observations = read_police_force_area_tables(book, release_id, period_end, expected)
    check_arithmetic(observations, release_id, corrections)
    return observations


def check_arithmetic(
    observations: Sequence[Observation], release_id: str, corrections: Path
) -> None:
    """Stop unless a release's figures, from a workbook or shipped, add up.

    Raises:
        Problems: they do not and ``corrections`` does not say why, or it says so of a cell that
            holds another value or breaks nothing.
    """
    listed = [entry for entry in read_corrections(corrections) if entry.release == release_id]
    check_ties(find_ties(observations), observations, listed, corrections)
