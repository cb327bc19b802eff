"""Numbers of statements, and how well a computed value bears them out.

Every class here knows its ``text`` (the words as written, spaces and capitals apart), its ``value``
in the unit of the pipeline (percentages are fractions of one) and ``match``: how a computed value
bears it out, as precisely as it was written.  ``distance`` says how far a computed value would
have to move until it did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal, Protocol

Match = Literal["exact", "rounded", "truncated"]
Kind = Literal["number", "percent", "points"]

# Words before a number: those that say nothing more than rounding does, those that make it a
# bound (which side of it, and whether the number is meant too), those that name a side.
ABOUT = ("about", "around", "approximately", "roughly", "some")
BOUNDS = {
    "more than": (1, False),
    "over": (1, False),
    "at least": (1, True),
    "fewer than": (-1, False),
    "less than": (-1, False),
    "under": (-1, False),
    "at most": (-1, True),
    "up to": (-1, True),
}
NEAR = {"just over": 1, "nearly": -1, "almost": -1, "just under": -1}
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

    def distance(self, computed: float) -> float:
        """How far ``computed`` is from any value that the number may stand for; 0 if it is one."""


@dataclass(frozen=True)
class Number:
    """A decimal number, written to a certain precision.

    Attributes:
        text: the number as written.
        written: its value, in the unit it was written in.
        steps: units it may be rounded to, finest first: 57,000 may be exact to 1, 10, 100, 1000.
        kind: ``number``, ``percent`` or ``points``.
        scale: units written for one unit of the pipeline: 100 for percentages and points, and
            for a rate per 100,000, as the pipeline counts per 1,000.
    """

    text: str
    written: Decimal
    steps: tuple[Decimal, ...]
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
        for match, rounding in (("rounded", ROUND_HALF_UP), ("truncated", ROUND_DOWN)):
            for step in self.steps:
                if (found / step).quantize(Decimal(1), rounding) * step == self.written:
                    return match  # type: ignore[return-value]
        return None

    def distance(self, computed: float) -> float:
        half = float(max(self.steps, default=Decimal(0)) / self.scale) / 2
        return max(0.0, abs(computed - self.value) - half)


@dataclass(frozen=True)
class OneIn:
    """A proportion as "one in seven" or "a third", which stands for all that are nearest to it.

    Attributes:
        part, whole: as written: 1 and 7; 3 and 10 of "three in ten".
        sign: -1 where it is the size of a fall.
    """

    text: str
    whole: int
    part: int = 1
    sign: int = 1
    kind: Kind = field(default="percent", init=False)

    @property
    def value(self) -> float:
        return self.sign * self.part / self.whole

    def match(self, computed: float) -> Match | None:
        low, high = self.limits
        return "rounded" if low <= self.sign * computed < high else None

    def distance(self, computed: float) -> float:
        low, high = self.limits
        return max(0.0, low - self.sign * computed, self.sign * computed - high)

    @property
    def limits(self) -> tuple[float, float]:
        """The proportions whose "one in N" rounds to the stated N; of several in N, to so many."""
        if self.part == 1:
            # 1 / p rounds to N, halves up.
            return 1 / (self.whole + 0.5) + 1e-12, 1 / (self.whole - 0.5) + 1e-12
        half = min(0.5 / self.whole, 0.05)
        return self.part / self.whole - half, self.part / self.whole + half


@dataclass(frozen=True)
class Times:
    """A change as a multiple: "doubled", "three times", "halved"; ``value`` is the change."""

    text: str
    factor: Decimal
    kind: Kind = field(default="percent", init=False)

    @property
    def value(self) -> float:
        return float(self.factor) - 1

    def match(self, computed: float) -> Match | None:
        found = Decimal(f"{computed:.12g}") + 1
        if found == self.factor:
            return "exact"
        if found.quantize(Decimal("0.1"), ROUND_HALF_UP) == self.factor:
            return "rounded"
        whole = self.factor > 1 and self.factor == int(self.factor)
        return "truncated" if whole and int(found) == self.factor else None

    def distance(self, computed: float) -> float:
        return max(0.0, abs(computed - self.value) - 0.05)


@dataclass(frozen=True)
class Direction:
    """A change of which only the direction is stated: ``value`` is 1, 0 or -1."""

    text: str
    value: float
    kind: Kind = field(default="number", init=False)

    def match(self, computed: float) -> Match | None:
        return "exact" if (computed > 0) - (computed < 0) == self.value else None

    def distance(self, computed: float) -> float:
        return 0.0 if self.match(computed) else abs(computed)


@dataclass(frozen=True)
class _Worded:
    """A number with the words before it.

    Attributes:
        words: as written, such as ``more than``.
        number: what they stand before.
    """

    words: str
    number: Number | OneIn | Times

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
class Bound(_Worded):
    """A number that something is said to be above or below, as in "more than 600,000".

    A bound is about sizes: a fall by more than 4% is a change of more than -4%.
    """

    def match(self, computed: float) -> Match | None:
        side, inclusive = BOUNDS[self.words]
        beyond = _beyond(self.number, computed) * side
        wrong_way = computed * self.value < 0
        return "exact" if (beyond > 0 or (inclusive and not beyond)) and not wrong_way else None

    def distance(self, computed: float) -> float:
        return 0.0 if self.match(computed) else abs(computed - self.value)


@dataclass(frozen=True)
class Near(_Worded):
    """A number that something is said to be close to on one side, as in "nearly 9,000".

    What it is close to is the number that it rounds to.
    """

    def match(self, computed: float) -> Match | None:
        right_side = _beyond(self.number, computed) * NEAR[self.words] > 0
        return self.number.match(computed) if right_side else None

    def distance(self, computed: float) -> float:
        return 0.0 if self.match(computed) else abs(computed - self.value)


def _beyond(number: Number | OneIn | Times, computed: float) -> int:
    """Whether ``computed`` is larger in size than a number (1), as large (0) or smaller (-1)."""
    # Twelve digits, as where numbers are matched.
    found, limit = (float(f"{abs(value):.12g}") for value in (computed, number.value))
    return (found > limit) - (found < limit)


@dataclass(frozen=True)
class Paced:
    """A yearly count said as a pace: "19 a day", "one every 30 minutes".

    Attributes:
        text: as written.
        number: so many in a unit, or so many units for one.
        unit: ``day``, ``week``, ``hour``, ``minute``, ``second`` or ``month``.
        every: whether the number is one of units for each offence.
    """

    text: str
    number: Number | Bound | Near
    unit: str
    every: bool
    kind: Kind = field(default="number", init=False)

    @property
    def value(self) -> float:
        return self.number.value

    def of(self, count: float, days: int) -> float:
        """A yearly count in the pace's own unit."""
        units = 12.0 if self.unit == "month" else days * _PACES["day"] / _PACES[self.unit]
        return units / count if self.every else count / units

    def match(self, computed: float) -> Match | None:
        return self.number.match(computed)

    def distance(self, computed: float) -> float:
        return self.number.distance(computed)


@dataclass(frozen=True)
class Place:
    """A place in an order: "third", "second highest in Wales", "lowest", "in the top five".

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

    def distance(self, computed: float) -> float:
        return 0.0 if self.match(computed) else abs(computed - self.number)


@dataclass(frozen=True)
class Extreme:
    """The highest or the lowest of all years: "record high", "lowest on record".

    Attributes:
        high: whether the highest is meant.
        order: of what, ``count``, ``rate`` or ``share``; empty where not said.
    """

    text: str
    high: bool
    order: str = ""
    kind: Kind = field(default="number", init=False)

    @property
    def value(self) -> float:
        """1, the first of all years."""
        return 1.0

    def match(self, computed: float) -> Match | None:
        return "exact" if computed == 1 else None

    def distance(self, computed: float) -> float:
        return abs(computed - 1)


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

    def distance(self, computed: float) -> float:
        return max(0.0, self.low.value - computed, computed - self.high.value)


AnyChange = Number | OneIn | Times | Direction | Bound | Near
