"""Where a force is among all forces: a funnel plot and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from crimeshare.measures.control_limits import APART, LEVELS, Funnel, expected_outside
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.funnel import funnel
from crimeshare.publish.elements.reading import in_order, read
from crimeshare.publish.elements.rows import Row, area_called, over, rows
from crimeshare.publish.subjects.estimates import FORCES, at, is_few
from crimeshare.publish.subjects.factsheet import WORDS, forces_ranked
from crimeshare.reference import areas


def limits_of(now: Row) -> pd.DataFrame:
    """The control limits of the forces in the year of a row, in ONS's order.

    Returns:
        Rows of ``control_limits`` with ``position``, see :func:`position`, and ``shown``, the
        figure of the share.
    """
    own = read("control_limits", offence_id=now["offence_id"], period_end=now["period_end"])
    if 2 * len(own) < len(FORCES):
        # What is usual among the forces with many offences says nothing of all.
        own = own.iloc[:0]
    own = in_order(own, "area_code", FORCES).reset_index(drop=True)
    shares = rows(at(now["offence_id"], list(own["area_code"]), now["period_end"]))
    return own.assign(
        position=[position(row) for row in own.to_dict("records")],
        shown=[row.share for row in shares],
    )


def position(row: Mapping[Any, Any]) -> str:
    """Where a share is beside its control limits.

    Returns:
        ``within``, ``above inner``, ``below inner``, ``above outer`` or ``below outer``.
    """
    for name, level in (("outer", "99_8"), ("inner", "95")):
        lower, upper = row[f"lower_{level}"], row[f"upper_{level}"]
        if not lower <= row["share"] <= upper:
            return f"{'above' if row['share'] > upper else 'below'} {name}"
    return "within"


def funnel_plot(now: Row, limits: pd.DataFrame) -> Chart | None:
    """Where a force stands among all forces, by share and size; None where it has no share."""
    own = next((row for row in rows(limits) if row["area_code"] == now["area_code"]), None)
    if own is None or is_few(now.count):
        return None
    drawn = {*limits["area_code"]}
    words = WORDS.points(
        "funnel_chart",
        now=now,
        ranked=prose.ranked(f"{now.rank_forces}", "forces", f"{forces_ranked(now)}"),
        position=own["position"],
        apart=APART in drawn,
        missing=[areas()[code].area_name for code in FORCES if code not in drawn],
        **_expected(now, limits),
    )
    apart = limits["position"].str.endswith("outer")
    beside = [WORDS.passage("beside_band", position=each) for each in limits["position"]]
    return funnel(
        "standing",
        limits.assign(named=apart, beside=beside),
        _curves(own, limits["total"]),
        own=now["area_code"],
        middle=_middle(now, own),
        words=words,
        labels=WORDS.points("funnel_labels"),
    )


def _fitted(now: Row) -> list[Row]:
    return rows(
        at(now["offence_id"], [code for code in FORCES if code != APART], now["period_end"])
    )


def _middle(now: Row, limits: Row) -> Figure:
    """The share in the middle of the forces, which the limits are drawn around."""
    middle = over(
        f"share.middle-of-forces.{now['offence_id']}.{now['period_end']:%Y-%m}",
        limits["target"],
        "proportion",
        ("funnel", "target"),
        [each for row in _fitted(now) for each in (row.count, row.total)],
    )
    return replace(middle, decimals=now.share.decimals)


def _expected(now: Row, limits: pd.DataFrame) -> dict[str, Figure]:
    """How many forces are outside the inner band, and how many would be if they varied so.

    Without the force that the limits are not drawn from.
    """
    held = limits[limits["area_code"] != APART]
    shares = [row.share for row in _fitted(now)]
    year = f"{now['offence_id']}.{now['period_end']:%Y-%m}"
    numbers = {
        "drawn": ("within_funnel", len(held)),
        "by_chance": ("outside_by_chance", expected_outside(len(held))),
        "outside": ("outside_inner", int(held["position"].ne("within").sum())),
    }
    names = {column: f"forces_{name}.{year}" for column, (name, _) in numbers.items()}
    return {
        column: over(
            names[column], number, "count", ("funnel", column), shares, drawn=names["drawn"]
        )
        for column, (_, number) in numbers.items()
    }


# Points of a curve of control limits: as many as the eye needs.
CURVE_POINTS = 32


def _curves(limits: Row, sizes: pd.Series) -> pd.DataFrame:
    first, last = sizes.min() / 1.25, sizes.max() * 1.25
    steps = [position / (CURVE_POINTS - 1) for position in range(CURVE_POINTS)]
    along = [float(first * (last / first) ** step) for step in steps]
    drawn = Funnel(limits["target"], limits["between_sd"])
    curves: dict[str, Any] = {"total": along}
    for name, level in LEVELS.items():
        curves[f"lower_{name}"], curves[f"upper_{name}"] = drawn.limits(along, level)
    return pd.DataFrame(curves)


def sentences(now: Row, limits: pd.DataFrame) -> str:
    """What the control limits say of a force."""
    own = next((row for row in rows(limits) if row["area_code"] == now["area_code"]), None)
    distance = over(
        f"sds_from_middle.{area_called(now['area_code'])}.{now['offence_id']}."
        f"{now['period_end']:%Y-%m}",
        own["z_score"] if own else None,
        "standard_deviations",
        ("funnel", "distance"),
        [now.share],
    )
    return WORDS.passage(
        "standing",
        now=now,
        position=own["position"].split()[-1] if own else None,
        distance=distance,
        few=is_few(now.count),
    )
