"""How formulas are put together where a table is computed; those of columns: ``columns.yaml``."""

from __future__ import annotations

from typing import Any

COUNTED = "number of {}"
"""What is counted on a page; see :func:`crimeshare.publish.elements.rows.counted`."""

OF_ROWS = {
    "": "{}",
    "sum": "sum of {}",
    "number": "number of {}",
    "different": "number of different {}",
    "mean": "mean {}",
    "min": "lowest {}",
    "max": "highest {}",
    "mean_ratio": "mean of {} / {} - 1",
    "max_ratio": "highest of {} / {} - 1",
    "missed": "larger mean distance from the level of {} and of {}",
}
"""What is made of a column of rows that have no formula, such as those of a simulation."""


def difference(one: Any, other: Any) -> Any:
    """One formula less another, as text or column by column; so are all of these."""
    return one + " - " + other


def ratio(one: Any, other: Any) -> Any:
    """One formula over another."""
    return one + " / " + other


def relative(one: Any, other: Any) -> Any:
    """What one formula makes more than another, as a part of that."""
    return difference(ratio(one, other), "1")


def recovered(count: Any, change_pct: Any) -> Any:
    """A count of the year before, of this year's and the change between them in per cent."""
    return ratio(count, "(1 + " + change_pct + " / 100)")


def of_per_cent(percentage: Any) -> Any:
    """A fraction of one, of what is printed in per cent."""
    return ratio(percentage, "100")


def place(one: Any, among: Any) -> Any:
    """The place of a formula among others."""
    return "place of " + one + " among " + among
