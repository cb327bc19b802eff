"""The data dictionary: which tables are passed on and what each of their columns means.

It lives once, as ``data_tables.csv`` and ``data_dictionary.csv`` in ``resources/reference/``.
Read at every start of Snakemake, hence nothing heavy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crimeshare.problems import Problems
from crimeshare.reference import REFERENCE, read_rows

TABLES = REFERENCE / "data_tables.csv"
DICTIONARY = REFERENCE / "data_dictionary.csv"
ANY_TABLE = "*"


@dataclass(frozen=True)
class DataTable:
    """A table of the data pack.

    Attributes:
        table: its name, that of its files.
        folder: where under ``results/`` it is built: ``clean`` or ``estimates``.
        title, description: what it holds.
    """

    table: str
    folder: str
    title: str
    description: str

    @property
    def built(self) -> Path:
        """The table as the pipeline built it."""
        return Path("results") / self.folder / f"{self.table}.parquet"


@dataclass(frozen=True)
class Column:
    """What a column means.

    Attributes:
        unit: of its numbers; empty where it holds words.
        empty: what an empty cell means; empty where every cell is filled.
    """

    column: str
    unit: str
    description: str
    empty: str


def data_tables() -> list[DataTable]:
    """The tables of the data pack, in the order a reader meets them."""
    return [DataTable(**row) for row in read_rows(TABLES)]


def describe_columns(table: str, columns: Iterable[str]) -> list[Column]:
    """What each column of a table means.

    Args:
        table: its name; a line of the dictionary for it goes before one for any table.
        columns: their names, in order.

    Raises:
        Problems: one sentence for each column without a line, saying which to add.
    """
    lines = {(row["table"], row["column"]): row for row in read_rows(DICTIONARY)}
    described, problems = [], []
    for column in columns:
        row = lines.get((table, column)) or lines.get((ANY_TABLE, column))
        if row:
            described.append(Column(column, row["unit"], row["description"], row["empty"]))
        else:
            problems.append(
                f"The column `{column}` of {table} is described nowhere; add a line "
                f"{table},{column},<unit>,<description>,<what an empty cell means> to "
                f"{DICTIONARY.relative_to(REFERENCE.parents[1])}."
            )
    if problems:
        raise Problems(problems)
    return described
