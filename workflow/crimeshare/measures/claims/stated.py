"""Numbers as people write them, and how well a computed value bears them out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal, Protocol

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


class Stated(Protocol):
    """A number in a statement; ``value`` in the unit of the pipeline: percentages are fractions."""

    @property
    def value(self) -> float: ...

    def match(self, computed: float) -> Match | None:
        """How ``computed`` bears the number out, as precisely as it was written; None if not."""


@dataclass(frozen=True)
class Number:
    """A decimal number, written to a certain precision.

    Attributes:
        written: the number as written, a percentage in per cent.
        steps: units it may be rounded to, finest first: 57,000 may be exact to 1, 10, 100, 1000.
        per: 100 for a percentage, otherwise 1.
    """

    written: Decimal
    steps: tuple[Decimal, ...]
    per: int = 1

    @property
    def value(self) -> float:
        return float(self.written / self.per)

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

    n: int

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

    word: str
    value: float

    def match(self, computed: float) -> Match | None:
        return "exact" if (computed > 0) - (computed < 0) == self.value else None


DIRECTIONS = {"up": 1.0, "down": -1.0, "unchanged": 0.0}


def count(text: str) -> Number:
    """``57,093``, ``1.4 million``; raises ValueError with what was expected."""
    return _number(text, "a number such as 57,093 or 1.4 million")


def rate(text: str) -> Number:
    """``98.0``; raises ValueError with what was expected."""
    return _number(text, "a number per 1,000 residents such as 14.5")


def proportion(text: str) -> Number | OneIn:
    """``15%``, ``15 per cent``, ``one in seven``; raises ValueError with what was expected."""
    expected = "a percentage such as 15%, or one in seven"
    if found := _ONE_IN.fullmatch(_plain(text)):
        word = found["number"]
        n = int(word) if word.isdecimal() else _WORDS.index(word) + 1 if word in _WORDS else 0
        if n:
            return OneIn(n)
    return _percentage(text, expected)


def place(text: str) -> Number:
    """``third``, ``3rd``, ``3``; raises ValueError with what was expected."""
    word = _plain(text)
    if word in _ORDINALS:
        return Number(Decimal(_ORDINALS.index(word) + 1), ())
    found = _PLACE.fullmatch(word)
    if not found or found["number"].strip("0") == "":
        raise ValueError(_expected(text, "a place such as third or 3rd"))
    return Number(Decimal(found["number"]), ())


def change(text: str) -> Number | Direction:
    """``+16.7%``, ``-1,446``, ``up``; raises ValueError with what was expected."""
    word = _plain(text)
    if word in DIRECTIONS:
        return Direction(word, DIRECTIONS[word])
    expected = "a change such as +16.7%, -1,446, up, down or unchanged"
    return _percentage(text, expected) if _PER_CENT.fullmatch(word) else _number(text, expected)


def _percentage(text: str, expected: str) -> Number:
    found = _PER_CENT.fullmatch(_plain(text))
    if not found:
        raise ValueError(_expected(text, expected))
    number = _number(found["number"], expected, whole=text)
    # Nobody writes 10% for 14.6%: a percentage is rounded to its last digit, be it a zero.
    return Number(number.written, number.steps[:1], per=100)


def _number(text: str, expected: str, whole: str = "") -> Number:
    found = _NUMBER.fullmatch(_plain(text))
    if not found:
        raise ValueError(_expected(whole or text, expected))
    digits, decimals = found["digits"].replace(",", ""), found["decimals"] or ""
    times = _TIMES.get(found["times"] or "", Decimal(1))
    written = Decimal(digits + decimals) * times
    finest = Decimal(1).scaleb(-max(len(decimals) - 1, 0)) * times
    steps = [finest]
    while not decimals and written and written % (steps[-1] * 10) == 0:
        steps.append(steps[-1] * 10)
    sign = 1 if found["sign"] in ("", "+") else -1
    return Number(sign * written, tuple(steps))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _expected(text: str, expected: str) -> str:
    return f"is `{text}`; expected {expected}"
