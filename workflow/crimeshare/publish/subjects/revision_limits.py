"""How far a figure will probably be revised: prediction limits in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import Estimates, Place, built_rows
from crimeshare.publish.subjects.revised import WORDS

LIMITS = Path("results/estimates/revision_intervals.parquet")
TEST = Path("results/estimates/revision_test.parquet")

Row = dict[str, Any]
Limits = dict[tuple[str, str, int], Row]
"""Rows by area, offence group and age of the figure in months."""

NEW = 0
AGES = (NEW, 12, 24)
"""In months, as the template names them."""


def open_limits(root: Path | None = None) -> Limits:
    """The limits of the build that the working directory is in; see `built_rows`."""
    rows = built_rows(LIMITS, root)
    return {(row["area_code"], row["offence_id"], row["age_months"]): row for row in rows}


def sentence(limits: Limits, place: Place) -> str:
    """How far the newest figure of an area will probably be revised.

    Empty where nothing says, and of so few offences that one is several per cent of them.
    """
    estimates = place.estimates
    row = limits.get((place.area.area_code, estimates.offence_id, NEW))
    count = place.count().value
    if row is None or count is None or count < SMALL_BASE:
        return ""
    lower, upper = _reach(row)
    name = f"revision_limits.{row['area_code']}.{row['offence_id']}.{NEW}"
    held, own = (
        figure(row, column, f"{name}.{column}", "revision_intervals", {})
        for column in ("own_held", "own_tried")
    )
    return WORDS.passage(
        "limits_of_place",
        place=place,
        lower=lower,
        upper=upper,
        held=held,
        own=own,
        left_out=_left_out(row),
    )


def coverage(limits: Limits, estimates: Estimates, root: Path | None = None) -> str:
    """What limits for forces are, and how often such limits held; that there are none."""
    row = next((_row(limits, force, NEW) for force in estimates.forces), None)
    if row is None:
        return WORDS.passage("no_limits", group=estimates.offence_words)
    moved = [
        (force.words, years)
        for force in estimates.forces
        if (of_force := _row(limits, force, NEW)) and (years := _left_out(of_force))
    ]
    test = next(
        (
            each
            for each in built_rows(TEST, root)
            if each["kind"] == "force"
            and each["offence_id"] == estimates.offence_id
            and each["age_months"] == NEW
        ),
        None,
    )
    return WORDS.passage(
        "limits_of_forces",
        tried=_tried(row),
        later=_later(test) if test else None,
        known=_month(test["known"]) if test else None,
        moved=moved,
    )


def _later(row: Row) -> dict[str, Figure]:
    """How many figures of forces revised since lay in limits made of what was known before."""
    name = f"revision_test.{row['offence_id']}.{row['known']}"
    return {
        column: figure(row, column, f"{name}.{column}", "revision_test", {})
        for column in ("figures", "share")
    }


def _month(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _left_out(row: Row) -> list[date]:
    """Last months of the years of an area that were put into other groups."""
    return [_month(month) for month in (row["left_out"] or "").split()]


def table(limits: Limits, estimates: Estimates) -> Table | None:
    """The limits of every force by the age of the figure; None where there are none."""
    ages = [
        age
        for age in AGES
        if any(_row(limits, force, age) is not None for force in estimates.forces)
    ]
    if not ages:
        return None
    none = Figure("revision_limits.none", None, "change", marker="unavailable")
    rows: list[list[Content]] = []
    for force in estimates.forces:
        cells: list[Content] = []
        for age in ages:
            row = _row(limits, force, age)
            cells += [none, none] if row is None else _reach(row)
        rows.append([f'<a href="{force.address}">{escape(force.name)}</a>', *cells])
    return Table.worded(
        WORDS.points("limits_table", estimates=estimates, ages=ages),
        rows,
        styles=["", *["signed"] * 2 * len(ages)],
        wide=True,
        sortable=True,
    )


def _row(limits: Limits, place: Place, age: int) -> Row | None:
    return limits.get((place.area.area_code, place.estimates.offence_id, age))


def _reach(row: Row) -> Sequence[Figure]:
    """How far down and up, as parts of the figure."""
    name = f"revision_limits.{row['area_code']}.{row['offence_id']}.{row['age_months']}"
    return [
        figure(row, f"{end}_pct", f"{name}.{end}", "revision_intervals", {})
        for end in ("lower", "upper")
    ]


def _tried(row: Row) -> str:
    """How often such limits held, with the interval of that."""
    name = f"revision_coverage.{row['kind']}.{row['offence_id']}.{row['age_months']}"
    held, lower, upper, tried = (
        figure(row, column, f"{name}{end}", "revision_intervals", {})
        for column, end in (
            ("coverage", ""),
            ("coverage_lower", ".lower"),
            ("coverage_upper", ".upper"),
            ("vintages_tried", ".tried"),
        )
    )
    return WORDS.passage("tried", tried=tried, held=held, lower=lower, upper=upper)
