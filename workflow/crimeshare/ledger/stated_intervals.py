"""How the interval of an estimate was made, so that it can be made again by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

PREVALENCE = Path("results/estimates/prevalence.parquet")

SHOWN = (
    *("lower", "upper", "level", "method", "basis"),
    *("n_unweighted", "n_assumed", "design_factor", "standard_error"),
)
"""What says how an interval was made: columns of the estimates."""

Key = tuple[str, ...]


def read_intervals(root: Path) -> dict[Key, dict[str, Any]]:
    """What made each interval; empty where nothing is built.

    Args:
        root: folder of the project.
    """
    path = root / PREVALENCE
    if not path.exists():
        return {}
    rows = pq.read_table(path).to_pylist()
    return {
        key(row["release_id"], row["estimate"], row["lower"], row["upper"]): {
            name: row[name] for name in SHOWN if _known(row.get(name))
        }
        for row in rows
    }


def interval_of(source: Mapping[str, str], made: Mapping[Key, dict[str, Any]]) -> dict[str, Any]:
    """What made the interval of a printed figure; its limits alone where nothing says more.

    Args:
        source: release_id, value, lower and upper of the figure, as text.
        made: what :func:`read_intervals` read.
    """
    if not source["lower"]:
        return {}
    numbers = [float(source[name]) for name in ("value", "lower", "upper")]
    limits = {"lower": numbers[1], "upper": numbers[2]}
    return made.get(key(source["release_id"], *numbers), limits)


def key(release_id: str, *numbers: float | None) -> Key:
    """An estimate and its limits, as far as the ledger prints their digits."""
    return release_id, *("" if number is None else f"{number:.9g}" for number in numbers)


def _known(value: object) -> bool:
    # Not a number is what a float column holds in place of nothing.
    return value is not None and value == value
