"""Where a published value stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """One cell of a release's workbook."""

    release_id: str
    workbook_sha256: str
    sheet: str
    cell: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Cell:
        """The cell that a row of a table names in the columns of these four names."""
        return cls(row["release_id"], row["workbook_sha256"], row["sheet"], row["cell"])

    @property
    def name(self) -> str:
        """The cell with its sheet, as a formula would name it: ``'Table P1'!X43``."""
        return f"'{self.sheet.strip()}'!{self.cell}"
