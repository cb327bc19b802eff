"""What a statement may assert, as an entry of ``config/claims.yaml`` says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from crimeshare.audit.stated import Direction
from crimeshare.periods import a_year_before
from crimeshare.reference import Area, Offence

PLAIN_COUNTS = ("count", "total")
"""Quantities that are numbers of offences, of a group and of all kinds."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What every entry has: where the words were said, the words, and what they assert.

    Attributes:
        quantity: what kind of number is stated, as ``claim_keys.csv`` names them.
        address: where the words can be read; empty if that is not known.
        value: the number, as :mod:`crimeshare.audit.stated` has it.
        since: the last day of an earlier year that the value is a difference from.
        readings: how names were read that mean something else than themselves, in clauses.
    """

    quantity: str
    id: str
    statement: str
    source: str
    address: str = ""
    period: date
    value: Any
    since: date | None = None
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordedClaim(Claim):
    """About police recorded crime in an area and a year.

    Attributes:
        than: another area, which the value is a difference from.
        of: what a share is a part of: another offence group, or another area.
        own_counts: ids of the two claims of counts that the number was made from.
        classification: what a rank is a place among.
    """

    area: Area
    offence: Offence
    than: Area | None = None
    of: Any = None
    own_counts: tuple[str, str] | None = None
    classification: str = "not stated"

    @property
    def compares(self) -> bool:
        """Whether the value is a difference from another area or year."""
        return bool(self.than or self.since)

    @property
    def earlier(self) -> date | None:
        """Last day of the year compared with, if any: of a change, by default the year before."""
        return self.since or (a_year_before(self.period) if self.quantity == "change" else None)


@dataclass(frozen=True)
class Group:
    """Whom a survey estimate is about."""

    sex: str = "all"
    age: str = "16+"


@dataclass(frozen=True, kw_only=True)
class SurveyClaim(Claim):
    """So many people say in the survey that it happened to them.

    Attributes:
        than: whom they are compared with; the value is then the difference.
    """

    measure: str
    group: Group = Group()
    than: Group | None = None


AnyClaim = RecordedClaim | SurveyClaim


def claimed(claim: AnyClaim) -> float | None:
    """The number that a claim states; a record, or a comparison of two groups, may state none."""
    of_groups = isinstance(claim, SurveyClaim) and claim.than
    if claim.quantity == "record" or (of_groups and isinstance(claim.value, Direction)):
        return None
    return float(claim.value.value)
