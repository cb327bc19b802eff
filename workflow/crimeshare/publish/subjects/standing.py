"""Where a force is among all forces: a funnel plot and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from crimeshare.measures.control_limits import APART, LEVELS, expected_outside
from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Chart, Curves, Dot
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.subjects.estimates import ControlLimits, Estimates, Place, limits_of
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
    if own is None:
        return None
    rank = place.rank_among_forces()
    ranked = prose.ranked(f"{rank}", "forces", f"{estimates.how_many_forces()}")
    drawn = {force: limits.get(force.area.area_code) for force in estimates.forces}
    missing = [force.name for force, held in drawn.items() if held is None]
    chart = Chart(
        "standing",
        f"{escape(place.name)} ranks {ranked}, {POSITIONS[own.position]}",
        f"{estimates.offence.name} as a share of recorded crime by size of force, "
        f"police force areas, {estimates.latest.words}",
        notes=[
            _expected(estimates),
            *(
                [f"Not drawn, as there is no figure: {escape(prose.listed(missing))}."]
                if missing
                else []
            ),
        ],
    )
    dots = {force: _dot(force, held) for force, held in drawn.items() if held}
    return charts.funnel(
        chart,
        dots[place],
        [dot for force, dot in dots.items() if force != place],
        Bar("The middle of the forces", _target(estimates, own)),
        _curves(own, [dot.size for dot in dots.values()]),
        "All offences recorded, on a logarithmic scale",
    )


POSITIONS = {
    "within": "within the control limits",
    "above inner": "above the inner control limits",
    "below inner": "below the inner control limits",
    "above outer": "above the outer control limits",
    "below outer": "below the outer control limits",
}


def _dot(force: Place, limits: ControlLimits) -> Dot:
    apart = limits.position.endswith("outer")
    return Dot(force.name, limits.size, force.share(), limits.inner, limits.outer, apart)


def _target(estimates: Estimates, limits: ControlLimits) -> Figure:
    """The share in the middle of the forces, which the limits are drawn around."""
    fitted = [force for force in estimates.forces if force.area.area_code != APART]
    cells = dict.fromkeys(
        cell
        for force in fitted
        for figure in (force.count(), force.total())
        for cell in figure.cells
    )
    return Figure(
        f"share.middle-of-forces.{estimates.offence_id}.{estimates.latest.period_end:%Y-%m}",
        limits.funnel.target,
        "proportion",
        tuple(cells),
        "random-effects mean of the shares of the forces, without the City of London",
    )


def _expected(estimates: Estimates) -> str:
    """How many forces are outside the inner limits, beside how many chance alone would put there.

    Without the force that the limits are not drawn from.
    """
    fitted = [force for force in estimates.forces if force.area.area_code != APART]
    held = [limits for limits in (force.control_limits() for force in fitted) if limits]
    cells = tuple(dict.fromkeys(cell for force in fitted for cell in force.share().cells))
    year = f"{estimates.offence_id}.{estimates.latest.period_end:%Y-%m}"

    def number(name: str, value: int, formula: str) -> Figure:
        return Figure(f"forces_{name}.{year}", value, "count", cells, formula)

    drawn = number("within_funnel", len(held), "number of forces that the limits are drawn from")
    chance = number(
        "outside_by_chance",
        expected_outside(len(held)),
        f"0.05 * {drawn.figure_id}, rounded",
    )
    outside = number(
        "outside_inner",
        sum(limits.position != "within" for limits in held),
        "number of them outside the inner control limits",
    )
    return WORDS.passage("funnel_note", drawn=drawn, chance=chance, outside=outside)


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
    drawn = place.control_limits()
    return WORDS.passage(
        "standing",
        place=place,
        position=drawn.position.split()[-1] if drawn else None,
        apart=place.area.area_code == APART,
    )
