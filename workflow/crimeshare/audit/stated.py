"""Numbers as people write them, and how well a computed value bears them out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal, Protocol, TypeVar

Match = Literal["exact", "rounded", "truncated"]

_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth"),
)
_TIMES = {"thousand": Decimal(1000), "million": Decimal(10) ** 6}

_NUMBER = re.compile(
    r"(?P<sign>[+\N{MINUS SIGN}-]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"(?:\s*(?P<times>thousand|million))?"
)
_PER_CENT = re.compile(r"(?P<number>.*?)\s*(?:%|per ?cent)")
_ONE_IN = re.compile(r"(?:1|one) in (?P<number>\w+)")
_PLACE = re.compile(r"(?P<number>\d+)(?:st|nd|rd|th)?")

# Words before a number: those that say nothing more than rounding does, those that make it a
# bound (which side of it, and whether the number is meant too), those that name a side.
ABOUT = ("about", "around", "approximately", "roughly")
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
_WORDED = re.compile(rf"(?P<words>{'|'.join((*ABOUT, *BOUNDS, *NEAR))}) (?P<number>.+)")


class Stated(Protocol):
    """A number in a statement; ``value`` in the unit of the pipeline: percentages are fractions."""

    @property
    def text(self) -> str:
        """The number as written, spaces and capitals apart."""

    @property
    def value(self) -> float: ...

    @property
    def relative(self) -> bool:
        """Whether it is a fraction of something, as percentages are."""

    def match(self, computed: float) -> Match | None:
        """How ``computed`` bears the number out, as precisely as it was written; None if not."""


@dataclass(frozen=True)
class Number:
    """A decimal number, written to a certain precision.

    Attributes:
        text: the number as written.
        written: its value, of a percentage in per cent.
        steps: units it may be rounded to, finest first: 57,000 may be exact to 1, 10, 100, 1000.
        per: 100 for a percentage, otherwise 1.
    """

    text: str
    written: Decimal
    steps: tuple[Decimal, ...]
    per: int = 1

    @property
    def value(self) -> float:
        return float(self.written / self.per)

    @property
    def relative(self) -> bool:
        return self.per == 100

    def match(self, computed: float) -> Match | None:
        # Twelve digits: what is left of a published decimal after it went through a double.
        found = Decimal(f"{computed:.12g}") * self.per
        if found == self.written:
            return "exact"
        for match, rounding in (("rounded", ROUND_HALF_UP), ("truncated", ROUND_DOWN)):
            for step in self.steps:
                if (found / step).quantize(Decimal(1), rounding) * step == self.written:
                    return match  # type: ignore[return-value]
        return None


@dataclass(frozen=True)
class OneIn:
    """A proportion as "one in N", which stands for every proportion that is nearest to it."""

    text: str
    n: int
    relative: bool = field(default=True, init=False)

    @property
    def value(self) -> float:
        return 1 / self.n

    def match(self, computed: float) -> Match | None:
        if computed <= 0:
            return None
        nearest = Decimal(f"{1 / computed:.12g}").quantize(Decimal(1), ROUND_HALF_UP)
        return "rounded" if nearest == self.n else None


@dataclass(frozen=True)
class Direction:
    """A change of which only the direction is stated: ``value`` is 1, 0 or -1."""

    text: str
    value: float
    relative: bool = field(default=False, init=False)

    def match(self, computed: float) -> Match | None:
        return "exact" if (computed > 0) - (computed < 0) == self.value else None


@dataclass(frozen=True)
class _Worded:
    """A number with the words before it.

    Attributes:
        words: as written, such as ``more than``.
        number: what they stand before.
    """

    words: str
    number: Number | OneIn

    @property
    def text(self) -> str:
        return f"{self.words} {self.number.text}"

    @property
    def value(self) -> float:
        return self.number.value

    @property
    def relative(self) -> bool:
        return self.number.relative


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


@dataclass(frozen=True)
class Near(_Worded):
    """A number that something is said to be close to on one side, as in "nearly 9,000".

    What it is close to is the number that it rounds to.
    """

    def match(self, computed: float) -> Match | None:
        right_side = _beyond(self.number, computed) * NEAR[self.words] > 0
        return self.number.match(computed) if right_side else None


def _beyond(number: Number | OneIn, computed: float) -> int:
    """Whether ``computed`` is larger in size than a number (1), as large (0) or smaller (-1)."""
    # Twelve digits, as where numbers are matched.
    found, limit = (float(f"{abs(value):.12g}") for value in (computed, number.value))
    return (found > limit) - (found < limit)


Plain = TypeVar("Plain", bound=Number | OneIn)
DIRECTIONS = {"up": 1.0, "down": -1.0, "unchanged": 0.0}


def count(text: str) -> Number | Bound | Near:
    """``57,093``, ``more than 1.4 million``; raises ValueError with what was expected."""
    expected = "a number such as 57,093, 1.4 million or more than 600,000"
    return _worded(text, lambda words: _number(words, expected, text))


def rate(text: str) -> Number | Bound | Near:
    """``98.0``, ``nearly 100``; raises ValueError with what was expected."""
    expected = "a number per 1,000 residents such as 14.5"
    return _worded(text, lambda words: _number(words, expected, text))


def proportion(text: str) -> Number | OneIn | Bound | Near:
    """``15%``, ``over 15 per cent``, ``one in seven``; raises ValueError with what was expected."""
    expected = "a percentage such as 15%, or one in seven"

    def read(words: str) -> Number | OneIn:
        if found := _ONE_IN.fullmatch(words):
            word = found["number"]
            n = int(word) if word.isdecimal() else _WORDS.index(word) + 1 if word in _WORDS else 0
            if n:
                return OneIn(words, n)
        return _percentage(words, expected, text)

    return _worded(text, read)


def place(text: str) -> Number:
    """``third``, ``3rd``, ``3``; raises ValueError with what was expected."""
    word = _plain(text)
    if word in _ORDINALS:
        return Number(word, Decimal(_ORDINALS.index(word) + 1), ())
    found = _PLACE.fullmatch(word)
    if not found or found["number"].strip("0") == "":
        raise ValueError(_expected(text, "a place such as third or 3rd"))
    return Number(word, Decimal(found["number"]), ())


def change(text: str) -> Number | Direction | Bound | Near:
    """``+16.7%``, ``-1,446``, ``up``; raises ValueError with what was expected."""
    word = _plain(text)
    if word in DIRECTIONS:
        return Direction(word, DIRECTIONS[word])
    expected = "a change such as +16.7%, -1,446, more than +10%, up, down or unchanged"
    read = _percentage if _PER_CENT.fullmatch(word) else _number
    return _worded(text, lambda words: read(words, expected, text))


def _worded(text: str, read: Callable[[str], Plain]) -> Plain | Bound | Near:
    """What ``read`` makes of the number, with the words that stand before it.

    Whether a number is "about" right is what rounding tells, so such a word says nothing more.
    """
    plain = _plain(text)
    found = _WORDED.fullmatch(plain)
    if not found:
        return read(plain)
    words, number = found["words"], read(found["number"])
    if words in BOUNDS:
        return Bound(words, number)
    return Near(words, number) if words in NEAR else number


def _percentage(words: str, expected: str, text: str) -> Number:
    found = _PER_CENT.fullmatch(words)
    if not found:
        raise ValueError(_expected(text, expected))
    number = _number(found["number"], expected, text)
    # Nobody writes 10% for 14.6%: a percentage is rounded to its last digit, be it a zero.
    return Number(words, number.written, number.steps[:1], per=100)


def _number(words: str, expected: str, text: str) -> Number:
    """A number in plain words; ``text`` is what is quoted where they are none."""
    found = _NUMBER.fullmatch(words)
    if not found:
        raise ValueError(_expected(text, expected))
    digits, decimals = found["digits"].replace(",", ""), found["decimals"] or ""
    times = _TIMES.get(found["times"] or "", Decimal(1))
    written = Decimal(digits + decimals) * times
    finest = Decimal(1).scaleb(-max(len(decimals) - 1, 0)) * times
    steps = [finest]
    while not decimals and written and written % (steps[-1] * 10) == 0:
        steps.append(steps[-1] * 10)
    sign = 1 if found["sign"] in ("", "+") else -1
    return Number(words, sign * written, tuple(steps))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _expected(text: str, expected: str) -> str:
    return f"is `{text}`; expected {expected}"
