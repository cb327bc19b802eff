"""What ties the changes that the appendix tables publish to figures, and to one another.

A change follows from the two years it compares, as far as their rounded figures go.  It goes
further beside other changes, which are published in double precision: numbers of incidents grow as
their rates and the population together, and the points by which prevalence changed since each of
many years, with the numbers of victims, all tell one and the same prevalence of the newest year.

A change is flagged where it outgrows 1.96 standard errors, and its standard error is that of two
simple random samples times a design factor.  So a flag is impossible where the factor would have
to be one that no survey has; and as the years of one measure have much the same factor, so it is
where a change is flagged and a much larger one of the same measure, in standard errors, is not.
Flags that were shifted by a column or a row break one or the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, sqrt
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
            if not marked_throughout[row.table, row.item_id]:
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


# Design factors of household surveys lie between 1 and 2.  Those of incidents also hold that one
# victim has several, which weighs more.
_SMALLEST_FACTOR = 0.7
_LARGEST_FACTOR = {"prevalence": 2.5, "incidence_rate": 5.0}

# By how much a flagged change may fall short of one of the same measure that is not: the survey was
# redesigned in 2021, and changes across that need up to a fifth less than changes since.
_SHORTFALL = 0.75

_PER = {"prevalence": 100.0, "incidence_rate": 1000.0}

# Numbers have the relative error of the rate they are computed from.
_RATES = {
    "prevalence": "prevalence",
    "victims": "prevalence",
    "incidence_rate": "incidence_rate",
    "incidents": "incidence_rate",
}

Range = tuple[float, float]
"""Lowest and highest value that the published digits allow."""


@dataclass(frozen=True)
class _Verdict:
    """One flag, with its change as a multiple of what simple random samples would need."""

    flag: SurveyObservation
    change: SurveyObservation
    rate: str
    multiple: Range

    @property
    def significant(self) -> bool:
        return self.flag.value == 1


def impossible_flags(
    rows: Iterable[SurveyObservation], misprinted: frozenset[tuple[str, str]]
) -> Iterator[Tie]:
    """The flags of one release that no design of a survey gives to the changes beside them.

    Args:
        misprinted: sheet and cell of the changes that do not follow from their figures, by which
            no flag can be judged.
    """
    by_measure: dict[tuple[str, str | None], list[_Verdict]] = defaultdict(list)
    for verdict in _verdicts(list(rows)):
        if (verdict.change.sheet, verdict.change.cell) not in misprinted:
            by_measure[verdict.flag.table, verdict.flag.item_id].append(verdict)
    for verdicts in by_measure.values():
        impossible = [fault for verdict in verdicts for fault in _factor_of_no_survey(verdict)]
        yield from impossible or _larger_one_not_flagged(verdicts)


def _impossible(said: str, flag: SurveyObservation, *others: SurveyObservation) -> Tie:
    return Tie("flags of significance", (flag, *others), said, strict=False)


def _factor_of_no_survey(verdict: _Verdict) -> Iterator[Tie]:
    low, high = verdict.multiple
    largest = _LARGEST_FACTOR[verdict.rate]
    if verdict.significant and high < _SMALLEST_FACTOR:
        said, factor = "is flagged as significant, though it is less than", _SMALLEST_FACTOR
    elif not verdict.significant and low > largest:
        said, factor = "is not flagged as significant, though it is more than", largest
    else:
        return
    unit = "percentage points" if verdict.change.statistic == "change_points" else "per cent"
    yield _impossible(
        f"the change of {abs(verdict.change.value or 0.0):.2g} {unit} at {verdict.change.cell} "
        f"{said} {factor:g} times what simple random samples of these bases would need. Has the "
        "column of flags been shifted?",
        verdict.flag,
        verdict.change,
    )


def _larger_one_not_flagged(verdicts: list[_Verdict]) -> Iterator[Tie]:
    """At most one fault for a measure: its smallest flagged change beside its largest other."""
    flagged = [verdict for verdict in verdicts if verdict.significant]
    others = [verdict for verdict in verdicts if not verdict.significant]
    if not flagged or not others:
        return
    smallest = min(flagged, key=lambda verdict: verdict.multiple[1])
    largest = max(others, key=lambda verdict: verdict.multiple[0])
    if smallest.multiple[1] < _SHORTFALL * largest.multiple[0]:
        yield _impossible(
            f"the change at {smallest.change.cell} is flagged as significant, at "
            f"{smallest.multiple[1]:.2g} times what simple random samples of these bases would "
            f"need; the change at {largest.change.cell}, of the same measure, is not, at "
            f"{largest.multiple[0]:.2g} times. Has the column of flags been shifted?",
            smallest.flag,
            smallest.change,
            largest.flag,
            largest.change,
        )


class _Figures:
    """The figures of one release with their bases and the digits they are rounded to."""

    def __init__(self, rows: list[SurveyObservation], half_steps: Mapping[str, float]) -> None:
        self._half_steps = half_steps
        self._values: dict[tuple[str, str | None, date], SurveyObservation] = {}
        self._bases: dict[tuple[str, int | None, date], float] = {}
        for row in rows:
            if row.table not in _RATES or row.value is None:
                continue
            if row.statistic == "unweighted_base":
                self._bases[row.table, row.block, row.period_end] = row.value
            else:
                self._values[row.table, row.item_id, row.period_end] = row

    def value(self, table: str, item: str | None, day: date) -> Range | None:
        """A figure, in the unit of its table."""
        row = self._values.get((table, item, day))
        if row is None or row.value is None:
            return None
        half_step = self._half_steps[table]
        return max(0.0, row.value - half_step), row.value + half_step

    def variance(self, table: str, item: str | None, day: date) -> Range | None:
        """Variance of a figure if the year were a simple random sample, in its unit squared.

        Binomial for people and households, Poisson for incidents.
        """
        name = _RATES[table]
        value, rate = self.value(table, item, day), self.value(name, item, day)
        if value is None or rate is None:
            return None
        base = self._bases.get((table, self._values[table, item, day].block, day))
        if not base:
            return None
        low, high = (min(end / _PER[name], 1.0) for end in rate)
        spread = [p * (1 - p) if name == "prevalence" else p for p in (low, high)]
        if table == name:
            scaled = sorted(_PER[name] ** 2 * each / base for each in spread)
            return scaled[0], scaled[1]
        # A number is the rate times the population, which is known.
        relative = [
            each / (p * p * base) if p > 0 else inf
            for each, p in zip(spread, (low, high), strict=True)
        ]
        return value[0] ** 2 * min(relative), value[1] ** 2 * max(relative)


def _verdicts(rows: list[SurveyObservation]) -> Iterator[_Verdict]:
    tables = tables_by_name()
    figures = _Figures(rows, {name: float(tables[name]["rounded_to"]) / 2 for name in _RATES})
    changes = {
        (row.table, row.item_id, row.previous_period_end): row
        for row in rows
        if tables[row.table]["change_of"] and row.statistic != "significant"
    }
    for flag in rows:
        change = changes.get((flag.table, flag.item_id, flag.previous_period_end))
        if flag.statistic != "significant" or change is None or change.value is None:
            continue
        of = tables[flag.table]["change_of"]
        years = [day for day in (flag.period_end, flag.previous_period_end) if day]
        variances = [figures.variance(of, flag.item_id, day) for day in years]
        size = _size(change, figures.value(of, flag.item_id, years[-1]))
        known = [each for each in variances if each is not None]
        if size is None or len(known) < 2:
            continue
        least, most = (1.96 * sqrt(sum(ends)) for ends in zip(*known, strict=True))
        multiple = (size[0] / most if most else inf, size[1] / least if least else inf)
        yield _Verdict(flag, change, _RATES[of], multiple)


def _size(change: SurveyObservation, before: Range | None) -> Range | None:
    size = abs(change.value or 0.0)
    if change.statistic == "change_points":
        return size, size
    return before and (size / 100 * before[0], size / 100 * before[1])
