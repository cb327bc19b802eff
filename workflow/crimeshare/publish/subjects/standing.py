"""Where a force is among all forces: a funnel plot and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from crimeshare.measures.control_limits import APART, LEVELS, expected_outside
from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Chart, Curves, Dot
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import over
from crimeshare.publish.subjects.estimates import ControlLimits, Estimates, Place, is_few, limits_of
from crimeshare.publish.subjects.factsheet import WORDS


def funnel_plot(place: Place, frame: pd.DataFrame) -> Chart | None:
    """Where a force stands among all forces, by share and size; None where it has no share.

    Args:
        place: the force.
        frame: the control limits of the forces, rows of `control_limits.parquet` of one year.
    """
    estimates = place.estimates
    limits = {row["area_code"]: limits_of(row) for row in frame.to_dict("records")}
    own = limits.get(place.area.area_code)
    if own is None or is_few(place.count()):
        return None
    rank = place.rank_among_forces()
    drawn = {force: limits.get(force.area.area_code) for force in estimates.forces}
    words = WORDS.points(
        "funnel_chart",
        place=place,
        ranked=prose.ranked(f"{rank}", "forces", f"{estimates.how_many_forces()}"),
        position=own.position,
        missing=[force.name for force, held in drawn.items() if held is None],
        **_expected(estimates),
    )
    dots = {force: _dot(force, held) for force, held in drawn.items() if held}
    middle, axis = WORDS.points("funnel_labels")
    return charts.funnel(
        Chart.worded("standing", words),
        dots[place],
        [dot for force, dot in dots.items() if force != place],
        Bar(middle, _target(estimates, own)),
        _curves(own, [dot.size for dot in dots.values()]),
        axis,
    )


def _dot(force: Place, limits: ControlLimits) -> Dot:
    apart = limits.position.endswith("outer")
    return Dot(force.name, limits.size, force.share(), limits.inner, limits.outer, apart)


def _target(estimates: Estimates, limits: ControlLimits) -> Figure:
    """The share in the middle of the forces, which the limits are drawn around."""
    fitted = [force for force in estimates.forces if force.area.area_code != APART]
    middle = over(
        f"share.middle-of-forces.{estimates.offence_id}.{estimates.latest.period_end:%Y-%m}",
        limits.funnel.target,
        "proportion",
        ("funnel", "target"),
        [figure for force in fitted for figure in (force.count(), force.total())],
    )
    return replace(middle, decimals=estimates.decimals("share"))


def _expected(estimates: Estimates) -> dict[str, Figure]:
    """How many forces are outside the inner band, and how many would be if they varied so.

    Without the force that the limits are not drawn from.
    """
    fitted = [force for force in estimates.forces if force.area.area_code != APART]
    held = [limits for limits in (force.control_limits() for force in fitted) if limits]
    shares = [force.share() for force in fitted]
    year = f"{estimates.offence_id}.{estimates.latest.period_end:%Y-%m}"
    numbers = {
        "drawn": ("within_funnel", len(held)),
        "by_chance": ("outside_by_chance", expected_outside(len(held))),
        "outside": ("outside_inner", sum(limits.position != "within" for limits in held)),
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


def _curves(limits: ControlLimits, sizes: Sequence[float]) -> Curves:
    first, last = min(sizes) / 1.25, max(sizes) * 1.25
    steps = [position / (CURVE_POINTS - 1) for position in range(CURVE_POINTS)]
    along = [first * (last / first) ** step for step in steps]
    inner, outer = (limits.funnel.limits(along, level) for level in LEVELS.values())
    return Curves(
        along,
        (inner[0].tolist(), inner[1].tolist()),
        (outer[0].tolist(), outer[1].tolist()),
    )


def sentences(place: Place) -> str:
    """What the control limits say of a force."""
    drawn, estimates = place.control_limits(), place.estimates
    distance = over(
        place.figure_id("sds_from_middle", estimates.latest, estimates.offence_id),
        drawn.distance if drawn else None,
        "standard_deviations",
        ("funnel", "distance"),
        [place.share()],
    )
    return WORDS.passage(
        "standing",
        place=place,
        position=drawn.position.split()[-1] if drawn else None,
        distance=distance,
        few=is_few(place.count()),
    )
