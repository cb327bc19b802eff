"""What ties the changes that the appendix tables publish to figures, and to one another.

A change follows from the two years it compares, as far as their rounded figures go.  It goes
further beside other changes, which are published in double precision: numbers of incidents grow as
their rates and the population together, and the points by which prevalence changed since each of
many years, with the numbers of victims, all tell one and the same prevalence of the newest year.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from statistics import median

from crimeshare.tables.appendix_layout import tables_by_name
from crimeshare.tables.labels import one_line
from crimeshare.tables.observations import SurveyObservation
from crimeshare.tables.ties import Place, Tie

Figure = tuple[str, str | None, date]
"""Table, measure and last day of the year: one figure of a release."""

_Changes = Mapping[tuple[str, str | None, date | None], SurveyObservation]

_Growth = tuple[str | None, date | None]
"""People or households, and the year since which their number is compared."""

_PRECISION = 1e-9
# How a population grew is known to this part of it.
_GROWN = 1e-6
# Some years were weighted anew with figures rounded otherwise: then all measures are as far apart,
# few of them this many times.
_APART = 10


def change_ties(
    rows: Sequence[SurveyObservation],
    figures: Mapping[Figure, SurveyObservation],
    half_steps: Mapping[str, float],
) -> Iterator[Tie]:
    """Everything that must hold of the changes of one release.

    Args:
        figures: those of measures.
        half_steps: half the last place that each table is rounded to.
    """
    yield from _changes(rows, figures, half_steps)
    changes: _Changes = {
        (row.table, row.item_id, row.previous_period_end): row
        for row in rows
        if row.previous_period_end and row.statistic != "significant" and row.value is not None
    }
    growth: dict[_Growth, float] = {}
    yield from _in_most(_of_one_population(changes, figures, half_steps, growth))
    yield from _in_most(_of_one_prevalence(changes, growth))


def _of_one_population(
    changes: _Changes,
    figures: Mapping[Figure, SurveyObservation],
    half_steps: Mapping[str, float],
    growth: dict[_Growth, float],
) -> Iterator[tuple[str | None, Tie]]:
    """That all measures say the same of how the population grew, which is noted."""
    pairs: dict[_Growth, list[tuple[float, SurveyObservation, SurveyObservation]]]
    pairs = defaultdict(list)
    for (table, item, since), rate in changes.items():
        number = changes.get(("incidents_change", item, since))
        if table == "incidence_rate_change" and number and _ratio(rate):
            grown = _ratio(number) / _ratio(rate)
            pairs[rate.unit_base, since].append((grown, number, rate))
    for key, found in pairs.items():
        middle = growth[key] = median(grown for grown, _, _ in found)
        apart = [
            abs(grown / middle - 1) / _rounding(rate, figures, half_steps["incidence_rate"])
            for grown, _, rate in found
        ]
        limit = max(1.0, _APART * median(apart))
        for far, (grown, number, rate) in zip(apart, found, strict=True):
            said, mended = "", dict[Place, float]()
            if far > limit:
                mended[number.sheet, number.cell] = 100 * (_ratio(rate) * middle - 1)
                mended[rate.sheet, rate.cell] = 100 * (_ratio(number) / middle - 1)
                said = (
                    f"holds a change of {number.value:.7g} per cent for "
                    f"{one_line(number.row_label)!r}, beside one of {rate.value:.7g} of its rate "
                    f"at {rate.cell} of sheet {rate.sheet!r}: by these there are "
                    f"{100 * (grown - 1):.5f} per cent more people, by the other measures "
                    f"{100 * (middle - 1):.5f}"
                )
            tie = Tie("changes of one population", (number, rate), said, mended)
            yield rate.item_id, tie


def _rounding(
    rate: SurveyObservation, figures: Mapping[Figure, SurveyObservation], half_step: float
) -> float:
    """The part of a ratio of two rates that their last place leaves open."""
    rates = [
        figure.value
        for day in (rate.period_end, rate.previous_period_end)
        if day and (figure := figures.get(("incidence_rate", rate.item_id, day)))
    ]
    return _PRECISION + half_step * sum(1 / value if value else 1.0 for value in rates)


def _of_one_prevalence(
    changes: _Changes, growth: Mapping[_Growth, float]
) -> Iterator[tuple[str | None, Tie]]:
    """That the points and the victims since each year tell the same prevalence of the newest."""
    told: dict[str | None, list[tuple[float, float, SurveyObservation, SurveyObservation]]]
    told = defaultdict(list)
    for (table, item, since), points in changes.items():
        victims = changes.get(("victims_change", item, since))
        grown = growth.get((points.unit_base, since))
        if table == "prevalence_change" and victims and grown and points.value is not None:
            ratio = _ratio(victims) / grown
            if ratio > 0 and ratio != 1:
                told[item].append((points.value * ratio / (ratio - 1), ratio, points, victims))
    middle = {item: median(now for now, *_ in found) for item, found in told.items()}
    apart: dict[_Growth, list[float]] = defaultdict(list)
    far: dict[tuple[str | None, date | None], float] = {}
    for item, found in told.items():
        for now, ratio, points, _ in found:
            since = points.previous_period_end
            far[item, since] = abs(now / (middle[item] or 1.0) - 1) * abs(ratio - 1)
            apart[points.unit_base, since].append(far[item, since])
    for item, found in told.items():
        for now, ratio, points, victims in found:
            since = points.previous_period_end
            said, mended = "", dict[Place, float]()
            if far[item, since] > max(_GROWN, _APART * median(apart[points.unit_base, since])):
                mended[points.sheet, points.cell] = middle[item] * (ratio - 1) / ratio
                said = (
                    f"holds a change of {points.value:.7g} points for "
                    f"{one_line(points.row_label)!r}, beside one of {victims.value:.7g} per cent "
                    f"of victims at {victims.cell} of sheet {victims.sheet!r}: by these "
                    f"{now:.6f} per cent are victims now, by the changes since other years "
                    f"{middle[item]:.6f}"
                )
            yield item, Tie("changes of one prevalence", (points, victims), said, mended)


def _in_most(ties: Iterable[tuple[str | None, Tie]]) -> Iterator[Tie]:
    """The ties of measures that keep most of them: others are of a part of the sample."""
    measures: dict[str | None, list[Tie]] = defaultdict(list)
    for item, tie in ties:
        measures[item].append(tie)
    for found in measures.values():
        if 2 * sum(bool(tie.broken) for tie in found) < len(found):
            yield from found


def _ratio(change: SurveyObservation) -> float:
    return 1 + (change.value or 0.0) / 100


def _changes(
    rows: Sequence[SurveyObservation],
    figures: Mapping[Figure, SurveyObservation],
    half_steps: Mapping[str, float],
) -> Iterator[Tie]:
    kind = "changes from two figures"
    change_of = {table: line["change_of"] for table, line in tables_by_name().items()}
    shows: Counter[tuple[str, str | None]] = Counter()
    for row in rows:
        if change_of[row.table] and row.statistic != "significant":
            shows[row.table, row.item_id] += 1 if row.value is not None else -1
    marked_throughout = {of: number < 0 for of, number in shows.items()}
    for row in rows:
        of = change_of[row.table]
        if not of or row.statistic == "significant":
            continue
        now = figures.get((of, row.item_id, row.period_end))
        before = (
            figures.get((of, row.item_id, row.previous_period_end))
            if row.previous_period_end
            else None
        )
        if now is None or before is None or now.value is None or before.value is None:
            if row.value is not None:
                # The figure that is marked, if there is one: the change is of it.
                marked = [each for each in (now, before) if each and each.value is None]
                said = (
                    f"the change at {row.cell} of sheet {row.sheet!r} is {row.value:g}, but the "
                    f"table of {of} has no figure for one of the two years"
                )
                yield Tie(kind, (*marked, row), said, strict=False)
            continue
        if row.value is None:
            if row.marker != "small_base" and not marked_throughout[row.table, row.item_id]:
                said = f"marks a change, though {now.value:g} and {before.value:g} are published"
                yield Tie(kind, (row, now, before), said, strict=False)
            continue
        low, high = _range_of_change(row.statistic, now.value, before.value, half_steps[of])
        said, mended = "", dict[Place, float]()
        if not low - _PRECISION <= row.value <= high + _PRECISION:
            said = (
                f"holds a change of {row.value:.4g}, but {now.value:g} after {before.value:g} is a "
                f"change between {low:.4g} and {high:.4g}"
            )
        yield Tie(kind, (row, now, before), said, mended)


def _range_of_change(
    statistic: str, now: float, before: float, half_step: float
) -> tuple[float, float]:
    """The changes that two rounded figures allow, in the unit of the statistic."""
    if statistic == "change_points":
        return now - before - 2 * half_step, now - before + 2 * half_step
    low = (now - half_step) / (before + half_step)
    high = (now + half_step) / (before - half_step) if before > half_step else float("inf")
    return 100 * (low - 1), 100 * (high - 1)
