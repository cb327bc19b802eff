"""Which tables are passed on: ``data_tables.csv`` in ``resources/reference/``.

What each of their columns means stands in ``columns.yaml``.  Read at every start of
Snakemake, hence nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crimeshare.reference import REFERENCE, read_rows

TABLES = REFERENCE / "data_tables.csv"

PACKED = ".gz"
"""How the name of a text ends that is compressed."""


@dataclass(frozen=True)
class DataTable:
    """A table of the data pack.

    Attributes:
        table: its name, that of its files.
        folder: where under ``results/`` it is built: ``clean`` or ``estimates``.
        format: of its text: ``csv``; ``csv.gz`` where it is too long for people to read through;
            ``none`` where only programs read it, from the Parquet.
        title, description: what it holds.
    """

    table: str
    folder: str
    format: str
    title: str
    description: str

    @property
    def built(self) -> Path:
        """The table as the pipeline built it."""
        return Path("results") / self.folder / f"{self.table}.parquet"

    @property
    def text(self) -> str:
        """Its text, from the folder of the pack; empty if it has none."""
        return f"csv/{self.table}.{self.format}" if self.format != "none" else ""


def data_tables() -> list[DataTable]:
    """The tables of the data pack, in the order a reader meets them."""
    return [DataTable(**row) for row in read_rows(TABLES)]
