"""Can the flags of significance of an appendix workbook belong to the changes beside them?

A change is flagged where it outgrows 1.96 standard errors, and its standard error is that of two
simple random samples times a design factor.  So a flag is impossible where the factor would have
to be one that no survey has; and as the years of one measure have much the same factor, so it is
where a change is flagged and a much larger one of the same measure, in standard errors, is not.
Flags that were shifted by a column or a row break one or the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf, sqrt

from crimeshare.tables.appendix_layout import tables_by_name
from crimeshare.tables.observations import SurveyObservation
from crimeshare.tables.ties import Tie

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
    """Every flag whose change can be measured against the figures of its two years."""
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
    """How large a change is, in the unit of the figures."""
    size = abs(change.value or 0.0)
    if change.statistic == "change_points":
        return size, size
    return before and (size / 100 * before[0], size / 100 * before[1])
