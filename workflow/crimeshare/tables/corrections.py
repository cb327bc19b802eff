"""Faults that ONS itself published, acknowledged one by one in ``config/corrections.yaml``.

Each entry names a cell and the value expected in it.  The published value is kept; the
entry only says that the fault is known.  It dies with the fault: once the cell holds
another value, or the arithmetic holds again, the run stops and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isclose
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crimeshare.problems import Problems
from crimeshare.tables.ties import Doubt, Fault, Placed, Tie, broken, localise, no_doubt
from crimeshare.texts import read_yaml


class Correction(BaseModel):
    """One cell whose fault is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: str
    sheet: str
    cell: str = Field(pattern=r"^[A-Z]{1,3}[1-9]\d*$")
    expect: float | str
    status: Literal["reported", "not_reported"]
    reason: str
    source: str

    @property
    def place(self) -> tuple[str, str]:
        """Sheet and cell."""
        return self.sheet, self.cell


def read_corrections(path: Path) -> list[Correction]:
    """The entries of ``path``.

    A release may have entries before it is pinned: it is pinned only once its faults are listed.

    Raises:
        Problems: every entry that does not hold, with its number in the file.
        Problem: the file cannot be read, or is not YAML.
    """
    try:
        return TypeAdapter(list[Correction]).validate_python(read_yaml(path) or [])
    except ValidationError as error:
        raise Problems(
            [
                f"{path}, entry {' '.join(str(part) for part in fault['loc'])}: {fault['msg']}. "
                f"Its keys are {', '.join(Correction.model_fields)}"
                for fault in error.errors()
            ]
        ) from error


class Faults(Problems):
    """What breaks the arithmetic of a release and is not listed."""

    def __init__(self, faults: Sequence[Fault], problems: list[str]) -> None:
        self.faults = faults
        super().__init__(problems)


def check_ties(
    ties: Sequence[Tie],
    observations: Iterable[Placed],
    corrections: Iterable[Correction],
    path: Path,
    doubt: Doubt = no_doubt,
) -> None:
    """Stop at every fault that ``corrections`` does not list and every entry out of date.

    Args:
        path: the file of the corrections, for the message.

    Raises:
        Faults: all of them at once.
    """
    places = {(row.sheet, row.cell): row for row in observations}
    problems, listed = [], set()
    breaking = {place for tie in broken(ties) for place in tie.places}
    for entry in corrections:
        where = f"{entry.release}, sheet {entry.sheet!r}, cell {entry.cell}"
        held = places.get(entry.place)
        listed.add(entry.place)
        if not _expected(entry, held):
            problems.append(
                f"{where} holds {_held(held)}, but {path} expects {_told(entry.expect)}: "
                "the cell was changed since. Look at it and remove or renew the entry"
            )
        elif entry.place not in breaking:
            problems.append(
                f"{where}: the arithmetic holds, but {path} lists a fault there. Remove the entry"
            )
    faults = localise(
        [tie for tie in ties if not tie.broken or listed.isdisjoint(tie.places)], doubt
    )
    problems += [
        f"{fault.sentence}. If the workbook really says so, list the cell in {path} with "
        "`expect`, `reason`, `source` and `status`"
        if len(fault.cells) == 1
        else f"{fault.sentence}"
        for fault in faults
    ]
    if problems:
        raise Faults(faults, problems)


def _expected(entry: Correction, held: Placed | None) -> bool:
    if held is None or held.value is None or isinstance(entry.expect, str):
        return held is not None and held.value is None and held.marker_text == entry.expect
    # A spreadsheet that saves a workbook again keeps 15 digits.
    return isclose(held.value, entry.expect, rel_tol=1e-14, abs_tol=0.0)


def _held(row: Placed | None) -> str:
    if row is None:
        return "no figure"
    return f"{row.value:.15g}" if row.value is not None else repr(row.marker_text)


def _told(expect: float | str) -> str:
    return f"{expect!r}" if isinstance(expect, str) else f"{expect:.15g}"
