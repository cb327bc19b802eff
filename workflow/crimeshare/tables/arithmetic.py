"""Does a release's own arithmetic hold?

England is the sum of its regions and a region the sum of its forces; a group of offences is
the sum of its parts; a published change follows from the two counts, and a published rate
from the count and the population.  A cell that breaks this was mistyped, shifted or
misread, and no table built on it can be trusted, so the run stops unless the fault is
ONS's own and listed in ``config/corrections.yaml``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from crimeshare.reference import areas, offences
from crimeshare.tables.observations import Observation

# Populations and households are published rounded to 100.
ROUNDING = 50.0
# Changes and rates are published as spreadsheet results, in double precision, or rounded alike
# in a whole table.
PRECISION = 1e-9
_DECIMALS = (0, 1, 2)
_WHOLE_TABLE = 100  # values; so many do not come out round by chance

Key = tuple[str, date, str, str | None]
"""Measure, period, area code and offence id: one figure of a release."""


class Placed(Protocol):
    """What is asked of an observation of any dataset: where it stands."""

    @property
    def release_id(self) -> str: ...

    @property
    def sheet(self) -> str: ...

    @property
    def cell(self) -> str: ...

    @property
    def where(self) -> str: ...


@dataclass(frozen=True)
class Fault:
    """A sum, change or rate that does not hold, and every cell that takes part in it."""

    sentence: str
    cells: frozenset[tuple[str, str]]

    @classmethod
    def at(cls, sentence: str, row: Placed, *others: Placed) -> Fault:
        """What is wrong at the cell of `row`, in which `others` take part."""
        cells = frozenset((other.sheet, other.cell) for other in (row, *others))
        return cls(f"{row.release_id}, {row.where}: {sentence}", cells)


def find_faults(observations: Iterable[Observation]) -> list[Fault]:
    """Every place where the arithmetic of one release's observations does not hold.

    A marked area takes no part in a sum: the totals of editions without Greater Manchester
    exclude it.  A total over offences may hold what is withheld of one of them.
    """
    figures: dict[Key, Observation] = {
        (row.measure, row.period_end, row.area_code, row.offence_id): row for row in observations
    }
    return [
        *_counts_that_are_not_counts(figures),
        *_sums_over_areas(figures),
        *_sums_over_offences(figures),
        *_changes(figures),
        *_rates(figures),
    ]


def _counts_that_are_not_counts(figures: Mapping[Key, Observation]) -> Iterator[Fault]:
    for row in figures.values():
        if row.measure != "count" or row.value is None:
            continue
        # A force that withdraws offences of an earlier year may leave a partnership below zero.
        negative = row.value < 0 and row.parent_code is None
        if negative or row.value != int(row.value):
            yield Fault.at(f"holds {row.value:g}; expected a whole number of offences", row)


def _sums_over_areas(figures: Mapping[Key, Observation]) -> Iterator[Fault]:
    parts: dict[Key, list[Observation]] = defaultdict(list)
    for (measure, period, area, offence), row in figures.items():
        parent = row.parent_code or areas()[area].parent_code
        if measure in ("count", "population", "households") and parent:
            parts[measure, period, parent, offence].append(row)
    for key, rows in parts.items():
        whole = figures.get(key)
        if key[0] == "count" and all(row.parent_code for row in rows):
            yield from _more_than_all(whole, rows, "its partnerships")
            continue
        if key[0] == "count":
            yield from _sum(whole, rows, 0.0, "the areas in it")
            continue
        # Partnerships may be given with the population of an earlier year than their force.
        rows = [row for row in rows if whole and row.reference_year == whole.reference_year]
        # A base may leave out, or keep, the residents of a force that made no return.
        slack = ROUNDING * (len(rows) + 1)
        returned = [row for row in rows if _made_a_return(figures, row)]
        if list(_sum(whole, returned, slack, "the areas in it")):
            yield from _sum(whole, rows, slack, "the areas in it")


def _more_than_all(
    whole: Observation | None, parts: list[Observation], what: str
) -> Iterator[Fault]:
    """Parts that may leave something out never have more than the whole.

    Partnerships leave out offences whose place is not known, a table what it withholds.
    """
    if whole is not None and whole.value is not None:
        total = sum(part.value for part in parts if part.value is not None)
        if total > whole.value:
            yield Fault.at(
                f"{_what(whole)} is {whole.value:,.0f}, but {what} add up to {total:,.0f}",
                whole,
                *parts,
            )


def _made_a_return(figures: Mapping[Key, Observation], row: Observation) -> bool:
    total = figures.get(("count", row.period_end, row.area_code, "total"))
    return total is None or total.value is not None


def _sums_over_offences(figures: Mapping[Key, Observation]) -> Iterator[Fault]:
    parts: dict[Key, list[Observation]] = defaultdict(list)
    for (measure, period, area, offence), row in figures.items():
        parent = offences()[offence].parent_id if offence else ""
        if measure == "count" and parent:
            parts[measure, period, area, parent].append(row)
    for key, rows in parts.items():
        if len(rows) > 1 and all(row.value is not None for row in rows):
            yield from _sum(figures.get(key), rows, 0.0, "the offence groups in it")
        elif len(rows) > 1:
            yield from _more_than_all(figures.get(key), rows, "the offence groups shown in it")


def _sum(
    whole: Observation | None, parts: list[Observation], slack: float, what: str
) -> Iterator[Fault]:
    values = [part.value for part in parts if part.value is not None]
    if whole is None or whole.value is None or not values:
        return
    if abs(whole.value - sum(values)) > slack:
        yield Fault.at(
            f"{_what(whole)} is {whole.value:,.0f}, but {what} add up to {sum(values):,.0f}",
            whole,
            *parts,
        )


def _half_a_unit(figures: Mapping[Key, Observation], measure: str) -> float:
    """Half the last decimal place that a measure is rounded to, 0 if to none.

    A slip or two in a table does not tell how the table was made.
    """
    values = [
        row.value for row in figures.values() if row.measure == measure and row.value is not None
    ]
    if len(values) >= _WHOLE_TABLE:
        for decimals in _DECIMALS:
            rounded = sum(abs(round(value, decimals) - value) < PRECISION for value in values)
            if rounded > 0.99 * len(values):
                return 0.5 * 10.0**-decimals
    return 0.0


def _changes(figures: Mapping[Key, Observation]) -> Iterator[Fault]:
    rounding = _half_a_unit(figures, "change_pct") / 100
    for row in figures.values():
        if row.measure != "change_pct" or row.value is None or row.previous_period_end is None:
            continue
        now = figures.get(("count", row.period_end, row.area_code, row.offence_id))
        before = figures.get(("count", row.previous_period_end, row.area_code, row.offence_id))
        if now is None or before is None or now.value is None or not before.value:
            continue
        # As ratios, not per cent: a change near zero keeps only the ratio's precision.
        expected = now.value / before.value
        if abs(1 + row.value / 100 - expected) > PRECISION * expected + rounding:
            yield Fault.at(
                f"the change of {_what(row)} is {row.value:g} per cent, but {now.value:,.0f} after "
                f"{before.value:,.0f} is {100 * (expected - 1):g} per cent",
                row,
                now,
                before,
            )


_BASE_OF_RATE = {"rate_per_1000": "population", "rate_per_1000_households": "households"}


def _rates(figures: Mapping[Key, Observation]) -> Iterator[Fault]:
    rounding = {measure: _half_a_unit(figures, measure) for measure in _BASE_OF_RATE}
    for row in figures.values():
        base_measure = _BASE_OF_RATE.get(row.measure)
        if base_measure is None or row.value is None:
            continue
        count = figures.get(("count", row.period_end, row.area_code, row.offence_id))
        base = figures.get((base_measure, row.period_end, row.area_code, None))
        if count is None or base is None or count.value is None or not base.value:
            continue
        expected = 1000 * count.value / base.value
        slack = ROUNDING / (base.value - ROUNDING) + PRECISION
        if abs(row.value - expected) > slack * expected + rounding[row.measure]:
            yield Fault.at(
                f"the rate of {_what(row)} is {row.value:g} per 1,000, but {count.value:,.0f} "
                f"offences among {base.value:,.0f} {base_measure} are {expected:g}",
                row,
                count,
                base,
            )


def _what(row: Observation) -> str:
    name = offences()[row.offence_id].name if row.offence_id else row.measure
    return f"{name}, {row.area_name}, year ending {row.period_end:%B %Y}"
