"""What a column of a table is, as ``columns.yaml`` says once: type, unit, formula and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from crimeshare.problems import Problem, Problems
from crimeshare.texts import read_yaml

COLUMNS = Path(__file__).with_name("columns.yaml")

PER_CENT = "per cent"

_SLOT = re.compile(r"{(\w+)")

_DTYPES = {
    "text": str,
    "number": float,
    "integer": "int64",
    "boolean": "boolean",
    "date": "datetime64[ms]",
}


@dataclass(frozen=True)
class Unit:
    """How numbers of a unit are written; the head of ``columns.yaml`` explains the fields."""

    decimals: int = 0
    times: int = 1
    before: str = ""
    after: str = ""
    one: str = ""
    none: str = ""
    under: tuple[float, str] = (0, "")
    halves: int = 0
    finer: bool = False
    ordinal: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a table; the head of ``columns.yaml`` explains the fields."""

    name: str
    type: str = ""
    unit: str = ""
    unit_from: str = ""
    stored: str = ""
    formula: str = ""
    rounded: int = 0
    id: str = ""
    limits: tuple[str, ...] = ()
    decimals_of: str = ""
    signed: bool = False
    marker: str = ""
    marked: tuple[str, ...] = ()
    whole: bool = False
    first: bool = False
    explorer: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    empty: str = ""
    how: str = ""

    @property
    def needs(self) -> set[str]:
        """The other columns that name its figure, and that its number rests on."""
        slots = set(_SLOT.findall(self.id + self.formula)) - {"column", "area", "formula"}
        slots |= {"area_code"} if "{area}" in self.id else set()
        slots |= {"offence_id"} if self.decimals_of else set()
        slots |= {self.unit_from} - {""}
        return {name for name in slots if not name.isdecimal()} | {*self.limits, *self.marked}

    @property
    def in_table(self) -> str:
        """The unit in which the table holds it; empty where it holds words."""
        if self.unit_from:
            return f"as {self.unit_from}"
        if not self.unit or self.stored:
            return self.stored
        return "proportion" if units()[self.unit].times == 100 else self.unit


@cache
def units() -> Mapping[str, Unit]:
    """Every unit by its name."""
    return {name: Unit(**said) for name, said in _read()["units"].items()}


@cache
def columns(table: str) -> Mapping[str, Column]:
    """The columns of a table, in its order.

    Raises:
        Problem: the table is not in ``columns.yaml``.
    """
    read = _read()
    if table not in read["tables"]:
        raise Problem(f"No table `{table}` is in {COLUMNS.name}; add it with its columns.")
    named = {"id": read["ids"].get(table, "")}
    return {
        name: Column(name, **{**named, **(said or read["defaults"][name])})
        for name, said in read["tables"][table].items()
    }


def held(table: str) -> list[str]:
    """Names of the columns that a built table has, in its order."""
    return [name for name, column in columns(table).items() if column.type]


def types() -> dict[str, dict[str, str]]:
    """The columns of every table with their types: what tables are made by, without the words."""
    return {
        table: {name: columns(table)[name].type for name in held(table)}
        for table in _read()["tables"]
    }


def dtypes(table: str) -> dict[str, Any]:
    """The pandas type of each column of a built table."""
    return {name: _DTYPES[columns(table)[name].type] for name in held(table)}


def column(table: str, name: str) -> Column:
    """A column of a table.

    Raises:
        Problems: the table, or the column of it, is not in ``columns.yaml``.
    """
    return described(table, [name])[0]


def described(table: str, names: Sequence[str]) -> list[Column]:
    """Columns of a table.

    Raises:
        Problems: one sentence for each that is not in ``columns.yaml``.
    """
    known = columns(table)
    if missing := [name for name in names if name not in known]:
        raise Problems(
            [
                f"The column `{name}` of {table} is described nowhere; add it to that table in "
                f"workflow/crimeshare/{COLUMNS.name}, with its type and a description."
                for name in missing
            ]
        )
    return [known[name] for name in names]


@cache
def _read() -> dict[str, Any]:
    # The C parser takes a twentieth of a second less at each start.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    read = read_yaml(COLUMNS, loader)
    assert isinstance(read, dict)
    return read
