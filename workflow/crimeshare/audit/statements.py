"""What a statement may assert: one class for each quantity of ``config/claims.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from crimeshare.audit import stated
from crimeshare.periods import a_year_before
from crimeshare.reference import Area, Offence, offences


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What every entry has: where the words were said, and the words.

    Attributes:
        address: where they can be read; empty if that is not known.
        readings: how names were read that mean something else than themselves, in clauses.
    """

    quantity: ClassVar[str]
    id: str
    statement: str
    source: str
    address: str = ""
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recorded(Claim):
    """About police recorded crime in an area and a year.

    ``than`` (another area) or ``since`` (another year) make the value a difference.
    """

    area: Area
    period: date
    than: Area | None = None
    since: date | None = None
    offence: Offence
    value: Any

    @property
    def compares(self) -> bool:
        """Whether the value is a difference from another area or year."""
        return bool(self.than or self.since)


@dataclass(frozen=True, kw_only=True)
class Count(Recorded):
    """So many offences of a group were recorded."""

    quantity = "count"


@dataclass(frozen=True, kw_only=True)
class Total(Recorded):
    """So many offences of all kinds were recorded."""

    quantity = "total"
    offence: Offence = field(default_factory=lambda: offences()["total"])


@dataclass(frozen=True, kw_only=True)
class Share(Recorded):
    """A group is such a part of all recorded crime, or of the group ``of``."""

    quantity = "share"
    of: Offence | None = None
    own_counts: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class ShareOfNation(Recorded):
    """An area has such a part of the offences of England and Wales, or of the area ``of``."""

    quantity = "share_of_nation"
    of: Area | None = None


@dataclass(frozen=True, kw_only=True)
class Rank(Recorded):
    """A group, or an area, comes at such a place in an order."""

    quantity = "rank"
    classification: str = "not stated"


@dataclass(frozen=True, kw_only=True)
class Rate(Recorded):
    """So many offences of a group were recorded per 1,000 residents."""

    quantity = "rate"


@dataclass(frozen=True, kw_only=True)
class Change(Recorded):
    """A count rose or fell from one year to another, by default the year before."""

    quantity = "change"
    own_counts: tuple[str, str] | None = None

    @property
    def previous(self) -> date:
        """Last day of the year compared with."""
        return self.since or a_year_before(self.period)


@dataclass(frozen=True, kw_only=True)
class Record(Recorded):
    """A year has the highest, or the lowest, figure of all, or of all since another year."""

    quantity = "record"


@dataclass(frozen=True, kw_only=True)
class AreaComparison(Recorded):
    """One area has more of an offence than another, by count, share or rate: that is left open."""

    quantity = "comparison"


@dataclass(frozen=True)
class Group:
    """Whom a survey estimate is about."""

    sex: str = "all"
    age: str = "16+"


@dataclass(frozen=True, kw_only=True)
class Proportion(Claim):
    """So many people say in the survey that it happened to them."""

    quantity = "proportion"
    measure: str
    sex: str = "all"
    age: str = "16+"
    period: date
    since: date | None = None
    value: Any


@dataclass(frozen=True, kw_only=True)
class Comparison(Claim):
    """It happened to more, or fewer, people of one group than of another, or to so many times."""

    quantity = "comparison"
    measure: str
    period: date
    group: Group
    than: Group
    difference: Any


AnyClaim = Recorded | Proportion | Comparison


def claimed(claim: AnyClaim) -> float | None:
    """The number that a claim states; a record, or a comparison of two groups, may state none."""
    if isinstance(claim, Record):
        return None
    if not isinstance(claim, Comparison):
        return float(claim.value.value)
    return None if isinstance(claim.difference, stated.Direction) else claim.difference.value
