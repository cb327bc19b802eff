"""Numbers of statements, and how well a computed value bears them out.

Every class here knows its ``text`` (the words as written, spaces and capitals apart), its ``value``
in the unit of the pipeline (percentages are fractions of one) and ``match``: how a computed value
bears it out, as precisely as it was written.  ``limits`` are those of the values it may stand for,
and :func:`distance` says how far a computed value is from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from math import inf
from typing import Literal, Protocol

from crimeshare.audit.words import Hedge, hedges

Match = Literal["exact", "rounded", "near", "truncated"]
Kind = Literal["number", "percent", "points"]

_PACES = {"second": 1 / 60, "minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10080.0}


class Stated(Protocol):
    """A number in a statement."""

    @property
    def text(self) -> str:
        """The number as written, spaces and capitals apart."""

    @property
    def value(self) -> float: ...

    @property
    def kind(self) -> str:
        """``percent`` for a fraction of something, ``points`` for a difference of two such."""

    def match(self, computed: float) -> Match | None:
        """How ``computed`` bears the number out, as precisely as it was written; None if not."""

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest value that the number may stand for."""


def distance(stated: Stated, computed: float) -> float:
    """How far ``computed`` is from any value that the number may stand for; 0 if it is one."""
    if stated.match(computed):
        return 0.0
    low, high = stated.limits
    return max(0.0, low - computed, computed - high)


@dataclass(frozen=True)
class Number:
    """A decimal number, written to a certain precision.

    Attributes:
        written: its value, in the unit it was written in.
        step: the coarsest unit that it may be rounded to: 1,000 of 57,000, which has two digits.
        kind: ``number``, ``percent`` or ``points``.
        scale: units written for one unit of the pipeline: 100 for percentages and points, and
            for a rate per 100,000, as the pipeline counts per 1,000.
    """

    text: str
    written: Decimal
    step: Decimal
    kind: Kind = "number"
    scale: Decimal = Decimal(1)

    @property
    def value(self) -> float:
        return float(self.written / self.scale)

    def match(self, computed: float) -> Match | None:
        # Twelve digits: what is left of a published decimal after it went through a double.
        found = Decimal(f"{computed:.12g}") * self.scale
        if found == self.written:
            return "exact"
        if self.written < 0 or (not self.written and found < 0):
            found = -found
        size = abs(self.written)
        low, high = self._rounded
        if low <= found < high:
            return "rounded"
        return "truncated" if size <= found < min(size + self.step, self._furthest[1]) else None

    @property
    def _rounded(self) -> tuple[Decimal, Decimal]:
        """The sizes that round to the number, to the digits that it has; the upper is no more."""
        size = abs(self.written)
        below = above = self.step / 2
        if size == self.step > 1:
            # 994,000 has a digit less than 1 million, and is rounded to hundreds of thousands.
            below /= 10
        low, high = self._furthest
        return max(size - below, low), min(size + above, high)

    @property
    def _furthest(self) -> tuple[Decimal, Decimal]:
        """How far a round number may be from what it stands for; one with decimals has its step."""
        size, most = abs(self.written), Decimal(str(hedges()[""].number))
        if self.kind != "number" or self.step <= 1:
            return size - self.step, size + self.step
        return size / (1 + most), size * (1 + most)

    @property
    def limits(self) -> tuple[float, float]:
        low, high = (float(limit / self.scale) for limit in self._rounded)
        return (-high, -low) if self.written < 0 else (low, high)


@dataclass(frozen=True)
class OneIn:
    """A proportion as "one in seven" or "a third", which stands for all that are nearest to it.

    Attributes:
        part, whole: as written: 1 and 7; 3 and 10 of "three in ten".
        counted: whether it is said as so many in so many, rather than as "a third".
        until: 8 of "one in seven or eight".
        sign: -1 where it is the size of a fall.
    """

    text: str
    whole: int
    part: int = 1
    sign: int = 1
    counted: bool = False
    until: int = 0
    kind: Kind = field(default="percent", init=False)

    @property
    def value(self) -> float:
        return self.sign * self.part / self.whole

    def match(self, computed: float) -> Match | None:
        low, high = self._sizes
        return "rounded" if low <= self.sign * computed < high else None

    @property
    def _sizes(self) -> tuple[float, float]:
        size, plain = self.part / self.whole, hedges()[""]
        most = (plain.number if self.counted else plain.part) or 0.0
        low, high = size * (1 - most), size * (1 + most)
        if self.part > 1:
            half = 0.5 / self.whole if self.counted else size
            return max(low, size - half), min(high, size + half)
        # 1 / p rounds to N, halves up.
        last = self.until or self.whole
        return (
            max((1 - most) / last, 1 / (last + 0.5) + 1e-12),
            min(high, 1 / (self.whole - 0.5) + 1e-12),
        )

    @property
    def limits(self) -> tuple[float, float]:
        low, high = self._sizes
        return (low, high) if self.sign > 0 else (-high, -low)


@dataclass(frozen=True)
class Times:
    """A change as a multiple: "doubled", "three times", "halved"; ``value`` is the change."""

    text: str
    factor: Decimal
    kind: Kind = field(default="percent", init=False)

    @property
    def value(self) -> float:
        return float(self.factor) - 1

    @property
    def level(self) -> bool:
        """Whether it is what is left, as in "half as many", rather than what went: "halved"."""
        return self.factor < 1 and not self.text.startswith("halv")

    def match(self, computed: float) -> Match | None:
        found = Decimal(f"{computed:.12g}") + 1
        if found == self.factor:
            return "exact"
        low, high = self._factors
        if low <= found < high:
            return "rounded"
        # Of 2.35 times "doubled" is left when digits are cut off; of 2.6 it is not.
        cut = int(found) == self.factor and found < self.factor + Decimal("0.5")
        return "truncated" if cut else None

    @property
    def _factors(self) -> tuple[Decimal, Decimal]:
        # Four times and more are rounded as numbers are; whether something doubled is closer.
        plain = hedges()[""]
        most = Decimal(str(plain.number if self.factor >= 4 else plain.part))
        half = Decimal(1).scaleb(int(self.factor.as_tuple().exponent)) / 2
        # A part such as two thirds has no last digit.
        half = min(half, most * self.factor) if self.factor > 1 else most * self.factor
        return self.factor - half, self.factor + half

    @property
    def limits(self) -> tuple[float, float]:
        low, high = self._factors
        return float(low) - 1, float(high) - 1


@dataclass(frozen=True)
class Direction:
    """A change of which only the direction is stated: ``value`` is 1, 0 or -1.

    Attributes:
        within: the size of a change that still counts as none, as words such as "flat" have it.
    """

    text: str
    value: float
    within: float = 0.0
    kind: Kind = field(default="number", init=False)

    def match(self, computed: float) -> Match | None:
        if (computed > 0) - (computed < 0) == self.value:
            return "exact"
        return "near" if not self.value and abs(computed) < self.within else None

    @property
    def limits(self) -> tuple[float, float]:
        return {1.0: (0.0, inf), -1.0: (-inf, 0.0)}.get(self.value, (-self.within, self.within))


@dataclass(frozen=True)
class _Hedged:
    """A number with the words before it."""

    hedge: Hedge
    number: Number | OneIn | Times

    @property
    def words(self) -> str:
        return self.hedge.words

    @property
    def text(self) -> str:
        return f"{self.words} {self.number.text}"

    @property
    def value(self) -> float:
        return self.number.value

    @property
    def kind(self) -> str:
        return self.number.kind


@dataclass(frozen=True)
class Bound(_Hedged):
    """A number that something is said to be above or below, as in "more than 600,000".

    A bound is about sizes: a fall by more than 4% is a change of more than -4%.
    """

    def match(self, computed: float) -> Match | None:
        beyond = _beyond(self.number, computed) * self.hedge.side
        wrong_way = computed * self.value < 0
        within = beyond > 0 or (self.hedge.inclusive and not beyond)
        return "exact" if within and not wrong_way else None

    @property
    def limits(self) -> tuple[float, float]:
        if _level(self.number):
            return (self.value, inf) if self.hedge.side > 0 else (-1.0, self.value)
        size = abs(self.value)
        low, high = (size, inf) if self.hedge.side > 0 else (0.0, size)
        return (low, high) if self.value >= 0 else (-high, -low)


@dataclass(frozen=True)
class Near(_Hedged):
    """A number that something is said to be close to, as in "about 9,000" or "nearly 9,000"."""

    def match(self, computed: float) -> Match | None:
        side = _beyond(self.number, computed) * self.hedge.side
        if side < 0 or (self.hedge.side and not side) or computed * self.value < 0:
            return None
        plain = self.number.match(computed)
        if self.tolerance == 0:
            return plain if plain == "exact" or self.kind != "number" else None
        if plain in ("exact", "rounded") or (plain and self.kind != "number"):
            return plain
        low, high = self.limits
        return "near" if low <= float(f"{computed:.12g}") <= high else None

    @property
    def tolerance(self) -> float:
        """How far off the number may be, as a part of it."""
        part = isinstance(self.number, OneIn | Times)
        return (self.hedge.part if part else self.hedge.number) or 0.0

    @property
    def limits(self) -> tuple[float, float]:
        factor = isinstance(self.number, Times)
        value = self.value + 1 if factor else self.value
        low, high = sorted((value * (1 - self.tolerance), value * (1 + self.tolerance)))
        if factor:
            low, high = low - 1, high - 1
        lowest, highest = self.number.limits
        low, high = (low, high) if self.tolerance == 0 else (min(low, lowest), max(high, highest))
        # A side is one of sizes: a fall of nearly 4% lies above -4%.
        side = self.hedge.side * (-1 if self.value < 0 and not _level(self.number) else 1)
        return (max(low, self.value) if side > 0 else low), (
            min(high, self.value) if side < 0 else high
        )


def _level(number: Number | OneIn | Times) -> bool:
    return isinstance(number, Times) and number.level


def _beyond(number: Number | OneIn | Times, computed: float) -> int:
    """Whether ``computed`` is larger in size than a number (1), as large (0) or smaller (-1)."""
    # Twelve digits, as where numbers are matched.
    whole = 1 if _level(number) else 0
    found, limit = (float(f"{abs(value + whole):.12g}") for value in (computed, number.value))
    return (found > limit) - (found < limit)


@dataclass(frozen=True)
class _OfNumber:
    """What is said by a number, which alone decides what bears it out."""

    text: str
    number: Number | Bound | Near

    @property
    def value(self) -> float:
        return self.number.value

    def match(self, computed: float) -> Match | None:
        return self.number.match(computed)

    @property
    def limits(self) -> tuple[float, float]:
        return self.number.limits


@dataclass(frozen=True)
class Paced(_OfNumber):
    """A yearly count said as a pace: "19 a day", "one every 30 minutes".

    Attributes:
        number: so many in a unit, or so many units for one.
        unit: ``day``, ``week``, ``hour``, ``minute``, ``second`` or ``month``.
        every: whether the number is one of units for each offence.
    """

    unit: str
    every: bool
    kind: Kind = field(default="number", init=False)

    def of(self, count: float, days: int) -> float:
        """A yearly count in the pace's own unit."""
        units = 12.0 if self.unit == "month" else days * _PACES["day"] / _PACES[self.unit]
        return units / count if self.every else count / units


@dataclass(frozen=True)
class People(_OfNumber):
    """A number of people to whom something happened, as a survey estimates it: "1.4 million"."""

    kind: str = field(default="people", init=False)


@dataclass(frozen=True)
class Place:
    """A place in an order: "third", "second highest in Wales", "lowest", "in the top five".

    A record, such as "record high" or "lowest on record", is the first of all years.

    Attributes:
        number: 1 the first.
        last: whether it is counted from the lowest.
        within: the area whose members are ordered, as written; empty where none is named.
        ordered: whether areas are meant ("highest"), rather than groups of offences.
        order: what they are ordered by, ``count``, ``rate`` or ``share``; empty where not said.
        at_most: whether that place or a better one is meant ("in the top five").
    """

    text: str
    number: int
    last: bool = False
    within: str = ""
    ordered: bool = False
    order: str = ""
    at_most: bool = False
    kind: Kind = field(default="number", init=False)

    @property
    def value(self) -> float:
        return float(self.number)

    def match(self, computed: float) -> Match | None:
        fits = computed <= self.number if self.at_most else computed == self.number
        return "exact" if fits else None

    @property
    def limits(self) -> tuple[float, float]:
        return float(1 if self.at_most else self.number), float(self.number)


@dataclass(frozen=True)
class Between:
    """A number said to lie between two: "between 14% and 15%"."""

    text: str
    low: Number
    high: Number

    @property
    def value(self) -> float:
        return float((self.low.written + self.high.written) / 2 / self.low.scale)

    @property
    def kind(self) -> str:
        return self.low.kind

    def match(self, computed: float) -> Match | None:
        found = float(f"{computed:.12g}")
        return "exact" if self.low.value <= found <= self.high.value else None

    @property
    def limits(self) -> tuple[float, float]:
        return self.low.value, self.high.value


AnyChange = Number | OneIn | Times | Direction | Bound | Near
