"""Where a force stands among all forces: a funnel plot and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from crimeshare.measures.control_limits import LEVELS, METHODS
from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import Bar, Chart, Curves, Dot
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.subjects.estimates import ControlLimits, Estimates, Place


def funnel_plot(place: Place) -> Chart | None:
    """Where a force stands among all forces, by share and size; None where it has no share."""
    estimates = place.estimates
    limits = estimates.control_limits(METHODS[0])
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
        notes=[f"Not drawn, as there is no figure: {escape(prose.listed(missing))}."]
        * bool(missing),
    )
    dots = {force: _dot(force, held) for force, held in drawn.items() if held}
    return charts.funnel(
        chart,
        dots[place],
        [dot for force, dot in dots.items() if force != place],
        Bar("All forces together", _target(estimates, own)),
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
    """The share of all forces together, which the forces' figures are added up to."""
    counts = [cell for force in estimates.forces for cell in force.count().cells]
    totals = [cell for force in estimates.forces for cell in force.total().cells]
    summed = (f"SUM({cells[0].name}:{cells[-1].cell})" for cells in (counts, totals))
    return Figure(
        f"share.all-forces.{estimates.offence_id}.{estimates.latest.release_id}",
        limits.funnel.target,
        "proportion",
        (*counts, *totals),
        "{} / {}, forces only".format(*summed),
    )


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
    """What the control limits say of a force, and whether it hangs on how they are drawn."""
    drawn, other = (place.control_limits(method) for method in METHODS)
    if drawn is None or other is None:
        return f"No share is given for {place.words}, so it stands nowhere among the forces."
    share = f"{place.share()}"
    says = {
        "within": f"The share, {share}, lies within the inner control limits, as those of about "
        "nineteen in twenty forces would if nothing set forces apart but chance and the spread "
        "that they usually have.",
        "inner": f"The share, {share}, lies outside the inner but within the outer control limits: "
        "if nothing set forces apart but chance and the spread that they usually have, about one "
        "force in twenty would.",
        "outer": f"The share, {share}, lies outside the outer control limits: if nothing set "
        "forces apart but chance and the spread that they usually have, only about two forces in "
        "a thousand would. So it stands apart, for a reason that the figures do not tell.",
    }[drawn.position.split()[-1]]
    agree = (
        f"They would place {place.words} the same way"
        if other.position == drawn.position
        else f"They would place {place.words} {POSITIONS[other.position]}"
    )
    return (
        f"{says} These limits let a large force stray as far as a small one. Limits that narrow "
        f"with the size of a force are sometimes drawn instead. {agree}. Control limits are "
        f"no confidence intervals: a count of records has no sampling error."
    )
