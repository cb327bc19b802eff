"""The project's own lists of areas and offences, as data in ``resources/reference/``."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "resources" / "reference"
if not REFERENCE.is_dir():
    # Installed from a wheel, which brings the project's data along.
    REFERENCE = Path(__file__).parent / "project" / "resources" / "reference"
NATION = "K04000001"
"""The code of England and Wales."""

ENGLAND, WALES = "E92000001", "W92000004"

GROUP = "stalking_harassment"
"""The offence group that a report is about unless it is told another."""

PLACES = REFERENCE / "places.csv"
PARTNERSHIPS = REFERENCE / "partnerships.csv"


@dataclass(frozen=True)
class Area:
    """A country, region, police force area or other body, in the order ONS lists them."""

    area_code: str
    area_name: str
    area_type: str
    parent_code: str

    @property
    def slug(self) -> str:
        """The name as it stands in a page address: ``avon-and-somerset``."""
        return self.area_name.lower().replace(" ", "-")

    @property
    def file_name(self) -> str:
        """The name of a file about the area, its own even where a region is called like a force."""
        return f"{self.slug}-region" if self.area_type == "region" else self.slug


@dataclass(frozen=True)
class Partnership:
    """A community safety partnership, the smallest area with figures, and its force's code."""

    partnership_code: str
    partnership_name: str
    area_code: str


@dataclass(frozen=True)
class Offence:
    """An offence group as ``resources/reference/offences.csv`` has it.

    Attributes:
        parent_id: the group it is part of.
        in_table_p1: ``yes`` where Table P1 has a column of it.
        split_from: the group that its offences were counted in before it had a column.
        ended: the last day it was recorded, as 2017-03-31; empty while it is.
    """

    offence_id: str
    name: str
    parent_id: str
    in_table_p1: str
    split_from: str
    note: str
    ended: str = ""


@dataclass(frozen=True)
class RecordingChange:
    """A change of what police record, as ``recording_changes.csv`` has it.

    Attributes:
        effective: the first day under the new rule.
        label: its name in as few words as stand in a chart.
        offence_ids: the groups and codes that it touches.
        set_apart: codes that comparisons are also made without.
    """

    change_id: str
    effective: date
    name: str
    label: str
    offence_ids: tuple[str, ...]
    set_apart: str
    source: str


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a small UTF-8 CSV file with a header line."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def areas() -> dict[str, Area]:
    """Every known area by its code."""
    return {row["area_code"]: Area(**row) for row in read_rows(REFERENCE / "areas.csv")}


@cache
def partnerships() -> dict[str, Partnership]:
    """Every known partnership by its code."""
    return {row["partnership_code"]: Partnership(**row) for row in read_rows(PARTNERSHIPS)}


@cache
def offences() -> dict[str, Offence]:
    """Every known offence group by its id."""
    return {row["offence_id"]: Offence(**row) for row in read_rows(REFERENCE / "offences.csv")}


@cache
def fraud_totals() -> dict[str, tuple[str, str]]:
    """Totals that Table A5a alone has: what stands for a code, and a name, by the plain label."""
    rows = read_rows(REFERENCE / "fraud_totals.csv")
    return {row["label"]: (row["code"], row["name"]) for row in rows}


@cache
def recording_changes() -> tuple[RecordingChange, ...]:
    """Every known change of what police record, oldest first."""
    found = (
        RecordingChange(
            row["change_id"],
            date.fromisoformat(row["effective"]),
            row["name"],
            row["label"],
            tuple(row["offence_ids"].split()),
            row["set_apart"],
            row["source"],
        )
        for row in read_rows(REFERENCE / "recording_changes.csv")
    )
    return tuple(sorted(found, key=lambda change: change.effective))


def changes_of(offence_id: str) -> list[RecordingChange]:
    """The changes of recording that touch an offence group or code, oldest first."""
    return [change for change in recording_changes() if offence_id in change.offence_ids]


def main_groups() -> list[str]:
    """The offence ids at the top level of Table P1: those whose parent is the total."""
    return [offence.offence_id for offence in offences().values() if offence.parent_id == "total"]


def published_columns() -> list[str]:
    """The offence ids of the columns of Table P1, of all editions, but for the total."""
    return [offence.offence_id for offence in offences().values() if offence.in_table_p1 == "yes"]


def reported_groups() -> list[str]:
    """The offence ids a report can be about: the columns of the newest editions' Table P1."""
    return [name for name in published_columns() if not offences()[name].ended]


def split_groups(offence_id: str) -> list[str]:
    """The groups whose offences this one held before they had a column of their own."""
    return [name for name, offence in offences().items() if offence.split_from == offence_id]


def line_of(offence_id: str) -> list[str]:
    """An offence group and the groups it is part of, up to the total."""
    line = [offence_id]
    while parent := offences()[line[-1]].parent_id:
        line.append(parent)
    return line


def areas_around(area_code: str) -> list[str]:
    """The codes of an area and of those it lies in, up to England and Wales."""
    line = [area_code]
    while parent := areas()[line[-1]].parent_code:
        line.append(parent)
    return line


def everyday(authority: str) -> str:
    """The name of a local authority as people say it: "Bristol" for "Bristol, City of"."""
    return re.sub(r", (?:City|County) of$", "", authority)


def anchor(partnership: str) -> str:
    """The place of a partnership in the page of its force: ``partnership-blaenau-gwent``."""
    plain = re.sub(r"['.]", "", partnership.lower()).replace("&", " and ")
    return f"partnership-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"
