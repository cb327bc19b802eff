"""Faults that ONS itself published, acknowledged one by one in ``config/corrections.yaml``.

Each entry names a cell and the value expected in it.  The published value is kept; the
entry only says that the fault is known.  It dies with the fault: once the cell holds
another value, or the arithmetic holds again, the run stops and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose
from pathlib import Path
from typing import Literal, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crimeshare.problems import Problem, Problems
from crimeshare.tables.arithmetic import Fault


class CellValue(Protocol):
    """What is asked of an observation of any dataset: its cell and the number there."""

    @property
    def sheet(self) -> str: ...

    @property
    def cell(self) -> str: ...

    @property
    def value(self) -> float | None: ...


class Correction(BaseModel):
    """One cell whose fault is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: str
    sheet: str
    cell: str = Field(pattern=r"^[A-Z]{1,3}[1-9]\d*$")
    expect: float
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
        Problem: the file is not YAML.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(list[Correction]).validate_python(entries or [])
    except yaml.YAMLError as error:
        raise Problem(f"{path} is not YAML: {error}") from error
    except ValidationError as error:
        raise Problems(
            [
                f"{path}, entry {' '.join(str(part) for part in fault['loc'])}: {fault['msg']}. "
                f"Its keys are {', '.join(Correction.model_fields)}"
                for fault in error.errors()
            ]
        ) from error


def _number(value: float | None) -> str:
    return "no number" if value is None else f"{value:.15g}"


def check_faults(
    faults: Iterable[Fault],
    observations: Iterable[CellValue],
    corrections: Iterable[Correction],
    path: Path,
) -> None:
    """Stop at every fault that ``corrections`` does not list and every entry out of date.

    Args:
        faults: what the checks of its dataset found in one release.
        observations: that release's observations.
        corrections: those of that release.
        path: the file of the corrections, for the message.

    Raises:
        Problems: all of them at once.
    """
    remaining = list(faults)
    values = {(row.sheet, row.cell): row.value for row in observations}
    problems = []
    for entry in corrections:
        explained = [fault for fault in remaining if entry.place in fault.cells]
        where = f"{entry.release}, sheet {entry.sheet!r}, cell {entry.cell}"
        held = values.get(entry.place)
        # A spreadsheet that saves a workbook again keeps 15 digits.
        if held is None or not isclose(held, entry.expect, rel_tol=1e-14, abs_tol=0.0):
            problems.append(
                f"{where} holds {_number(held)}, but {path} expects {_number(entry.expect)}: "
                "the cell was changed since. Look at it and remove or renew the entry"
            )
        elif not explained:
            problems.append(
                f"{where}: the arithmetic holds, but {path} lists a fault there. Remove the entry"
            )
        remaining = [fault for fault in remaining if fault not in explained]
    problems += [
        f"{fault.sentence}. If the workbook really says so, list the cell in {path} with "
        "`expect`, `reason`, `source` and `status`"
        for fault in remaining
    ]
    if problems:
        raise Problems(problems)
