"""Numbers of people (or households) to whom the survey says that something happened.

The tables hold proportions alone, so that a number is one of them times the people of the Census,
grown since with the residents.  The survey leaves out who lives in no household, and rounds its
proportions to a decimal: ``tolerance_pct`` of the reference file allows for the one, half a
decimal for the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from crimeshare.audit import verdicts
from crimeshare.audit.findings import Finding
from crimeshare.audit.stated import Bound, People
from crimeshare.reference import NATION, REFERENCE, read_rows

_CENSUS = 2021
_ROUNDED = 0.0005


@cache
def _bases() -> dict[str, tuple[float, float]]:
    """People at the Census by whom a measure is about, and how far off that may be, as a part."""
    rows = read_rows(REFERENCE / "survey_population.csv")
    return {row["base"]: (float(row["number"]), float(row["tolerance_pct"]) / 100) for row in rows}


def people_of(
    sex: str, age: str, year: int, residents: Mapping[tuple[str, int], float]
) -> tuple[float, float] | None:
    """How many a proportion is of in a year, and how far off that may be; None where not known.

    Args:
        sex, age: of the survey; households have ``all`` for an age.
    """
    if age not in ("16+", "all"):
        return None
    number, off = _bases()["households" if age == "all" else "people" if sex == "all" else sex]
    years = [known for area, known in residents if area == NATION and known <= year]
    if years and (NATION, _CENSUS) in residents:
        number *= residents[NATION, max(years)] / residents[NATION, _CENSUS]
    return number, off


def number_of(estimate: Finding, people: float) -> Finding:
    """An estimated proportion as a number of people, with its interval."""
    formula = f"{estimate.named} * {people:.0f}"
    lower, upper = (limit and limit * people for limit in (estimate.lower, estimate.upper))
    value = estimate.value * people
    return replace(estimate, value=value, unit="count", lower=lower, upper=upper, formula=formula)


def judged(stated: People, number: Finding, people: float, off: float) -> str:
    """The verdict on a stated number of people.

    Args:
        number: what the survey makes of it, see :func:`number_of`.
    """
    low, high = stated.limits
    rounded = _ROUNDED * people
    near = (number.value - rounded) * (1 - off), (number.value + rounded) * (1 + off)
    lower, upper = (limit or number.value for limit in (number.lower, number.upper))
    widest = lower * (1 - off), upper * (1 + off)
    if widest[1] < low or high < widest[0]:
        return verdicts.CONTRADICTED
    if isinstance(stated.number, Bound):
        inside = low <= widest[0] and widest[1] <= high
        return verdicts.CONFIRMED if inside else verdicts.NOT_SUPPORTED
    inside = low <= near[1] and near[0] <= high
    return verdicts.WITHIN if inside else verdicts.NOT_AS_PUBLISHED
