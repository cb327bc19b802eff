"""Numbers as people write them: ``57,093``, ``one in seven``, ``second highest in Wales``.

Each reader takes one text and raises :class:`ValueError` with what was expected, as the end of a
sentence that begins with the name of the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from crimeshare.audit.stated import (
    AnyChange,
    Between,
    Bound,
    Direction,
    Near,
    Number,
    OneIn,
    Paced,
    People,
    Place,
    Times,
)
from crimeshare.audit.words import ANY_SMALL, ORDINALS, SMALL, Hedge, hedges, movements

PARTS = {"half": 2, "halve": 2, "quarter": 4} | {
    word: place for place, word in enumerate(ORDINALS, start=1) if place > 2
}
_TIMES = {"thousand": Decimal(1000), "million": Decimal(10) ** 6, "m": Decimal(10) ** 6}
_TIMES |= {"k": Decimal(1000), "billion": Decimal(10) ** 9, "bn": Decimal(10) ** 9}

# No count of crimes has more digits; a longer one is no number that anybody read out.
_DIGITS = 12
_LONGEST = 100
# Fewer people than that are no estimate of a survey.
FEWEST = 1000

_NUMBER = re.compile(
    r"(?P<sign>[+\N{MINUS SIGN}-]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"(?:\s*(?P<times>thousand|million|billion|m|k|bn)\b)?",
    re.ASCII,
)
# "Half a million", "a quarter of a million", "a thousand", each with the unit it is rounded to.
_OF_ONE = {
    **{"": (Decimal(1), Decimal(1)), "half ": (Decimal("0.5"), Decimal("0.1"))},
    **{"a quarter of ": (Decimal("0.25"), Decimal("0.05"))},
    **{"three quarters of ": (Decimal("0.75"), Decimal("0.05"))},
}
_NAMED = re.compile(r"(?P<part>[a-z]+) (?P<times>thousand|million|billion)")
_ONE = re.compile(rf"(?P<part>{'|'.join(_OF_ONE)})an? (?P<times>hundred|thousand|million|billion)")
_PER_CENT = re.compile(r"(?P<number>.*?)\s*(?:%|per ?cent|pc)")
_POINTS = re.compile(r"(?P<number>.*?)\s*(?:percentage[ -]points?|points?|pp|ppts?)")
# What is counted, behind the number: "8,642 offences", "15% of all crime", "one in seven people".
_COUNTED = re.compile(
    # "In excess of", "in the region of", "a minimum of" and "upwards of" are words before a number.
    r"(?<!excess)(?<!region)(?<!mum)(?<!upwards) (?:(?:recorded |reported )?"
    r"(?:offences|crimes|incidents|cases|reports|people|adults|women|men|victims|households)"
    r"|of (?!a (?:thousand|million|billion)$)(?:all |every |the )?[a-z ]+)$"
)
_BETWEEN = re.compile(
    r"between (?P<low>\S+?(?: %| per ?cent| million| thousand)?) (?:and|to) (?P<high>.+)"
)
_IN_OR = re.compile(r"(?P<one>.+ in (?:every )?[\w-]+) or (?P<until>[\w-]+)")
_IN = re.compile(r"(?P<part>\w+) (?:in|out of) (?:every )?(?P<whole>\w+)")
_PART = re.compile(r"(?:(?P<part>an?|\w+)[ -])?(?P<whole>half|halve|quarter|\w+?)s?(?: of)?")
_LOW = ("lowest", "fewest", "least", "smallest", "best")
_EXTREME = re.compile(
    r"(?:(?P<nth>\w+)[ -])?(?P<end>highest|most|largest|biggest|greatest|worst|steepest|sharpest|"
    rf"{'|'.join(_LOW)})"
)
# "Biggest increase", "second largest fall": a place by change on the year before.
CHANGE = "change"
_BY_CHANGE = re.compile(
    r"(?P<words>.+?)(?: (?:percentage|annual|year-on-year))?"
    r" (?:(?P<up>increase|rise|growth|jump)|(?P<down>decrease|fall|drop|decline|reduction))s?"
)
_COMMON = re.compile(
    r"(?:(?P<nth>\w+)[ -])?(?P<end>most|least) (?:common|prevalent|frequent|recorded)\b.*"
)
# "Third in the area" is a place among what is recorded there.
_HERE = ("", "area", "county", "force", "region", "list")
_TOP = re.compile(r"(?P<end>top|bottom) (?P<number>\w+)")
ORDERS = {"rate": "rate", "share": "share", "proportion": "share", "number": "count"}
_ORDER = re.compile(rf"(?P<words>.+?)(?: by)? (?P<order>{'|'.join(ORDERS)})s?")
_A_RECORD = "a record such as record high, lowest on record or record high rate"
_OF = f"(?: (?:in )?(?P<{{}}>{'|'.join(ORDERS)})s?)?"
_RECORD = re.compile(
    rf"(?:record|all[- ]time){_OF.format('order')}(?: (?P<end>high|low|peak|levels?))?"
    rf"{_OF.format('behind')}"
)
_EVER = re.compile(
    rf"(?P<end>highest|most|largest|biggest|worst|{'|'.join(_LOW)}){_OF.format('order')}"
    rf"(?: ever(?: recorded)?| yet| on record| in the series| since records began)?"
    rf"{_OF.format('behind')}"
)
_PLACE = re.compile(r"(?P<number>\d{1,3})(?:st|nd|rd|th)?", re.ASCII)

_BEFORE = "|".join(sorted(filter(None, hedges()), key=len, reverse=True))
_WORDED = re.compile(rf"(?P<words>{_BEFORE}) (?P<number>.+)")
# "1,000 or more", "100,000-plus": bounds that stand behind their number.
_WORDED_BEHIND = re.compile(
    r"(?P<number>.*\d.*?)(?:(?P<up> or (?:more|over|above|higher)|\+|[ -]plus)"
    r"| or (?:fewer|less|under|below|lower))"
)

_UP, _DOWN, _SAME = ("|".join(movements(kind)) for kind in ("rise", "fall", "same"))
_HOW = f"(?:(?:{'|'.join(movements('adverb'))}),? )*"
# "Climbed down" is no climb.
_SIDES = rf"(?:(?P<down>{_DOWN})|(?P<up>{_UP}))"
_SIDE = re.compile(rf"(?:an? |the )?{_HOW}{_SIDES}(?: (?:{'|'.join(movements('adverb'))}))*")
_SIDE_BEFORE = re.compile(
    rf"(?:(?:it|has|have|was|were|is|are|a|an|been) )*{_HOW}{_SIDES}(?: of)? {_HOW}(?:by )?"
    r"(?P<size>.+)"
)
_SIDE_AFTER = re.compile(rf"(?P<size>.+?) {_HOW}{_SIDES}(?: than)?")
_MULTIPLE = re.compile(
    rf"(?P<word>{'|'.join(movements('times'))}|(?P<n>[\w.]+)(?: times|[ -]?fold))"
    r"(?: as (?:many|much|high|large|common|likely)(?: as)?| more| higher| the \w+(?: of)?"
    r"| that of)?"
)

# "Two thirds of the average", "half as many": a part of what it is compared with.
_PART_OF = re.compile(
    rf"(?:(?P<words>{_BEFORE}) )?"
    r"(?P<part>(?:an? |\w+[ -])?(?:half|quarters?|thirds?|fifths?|tenths?)) (?:of|as|the|that)\b.*"
)

_UNIT = r"(?P<unit>second|minute|hour|day|week|month)"
_PACE = re.compile(rf"(?P<number>.+?)(?: [a-z]+)? (?:an?|each|every|per) {_UNIT}")
_EVERY = re.compile(
    rf"(?:(?P<words>.+?) )?(?:an? \w+|one|1|an?) (?:\w+ )?every (?P<number>.*?)\s*{_UNIT}s?"
)
_RATE = re.compile(
    rf"(?P<number>.+?)(?: (?!(?:\d|(?:{ANY_SMALL})\b))\w+)? (?:per|for every|in every) "
    r"(?P<base>1,?000|10,?000|100,?000|million|1,?000,?000)"
    r"(?: (?:people|residents|population|inhabitants|of (?:the )?population))?",
    re.ASCII,
)
_BASES = {"1000": 1000, "10000": 10_000, "100000": 100_000, "million": 10**6, "1000000": 10**6}


Plain = TypeVar("Plain", bound=Number | OneIn | Times)


def count(text: str) -> Number | Bound | Near | Between | Paced:
    """``57,093``, ``more than 1.4 million``, ``19 a day``; raises ValueError if it is none."""
    expected = "a number such as 57,093, 1.4 million, more than 600,000, 19 a day"
    plain = _COUNTED.sub("", _plain(text, expected))
    if between := _between(plain, lambda words: _number(words, expected, text)):
        return between
    if found := _EVERY.fullmatch(plain):
        return _paced(plain, found["number"] or "1", found["unit"], expected, found["words"] or "")
    if found := _PACE.fullmatch(plain):
        number = _worded(found["number"], lambda words: _number(words, expected, text))
        return Paced(plain, number, found["unit"], every=False)
    return _worded(plain, lambda words: _number(words, expected, text))


def _paced(text: str, number: str, unit: str, expected: str, words: str) -> Paced:
    """One for so many units of time; a bound on the pace is the other bound on the time."""
    half = {"half an": "0.5", "half a": "0.5", "half": "0.5"}.get(number, number)
    every = _number(half, expected, text)
    if not every.written or (words and words not in hedges()):
        raise ValueError(_expected(text, expected))
    hedge = hedges()[words]
    return Paced(text, _hedged(replace(hedge, side=-hedge.side), every), unit, every=True)


def rate(text: str) -> Number | Bound | Near:
    """``98.0``, ``14.5 per 1,000``, ``1,451 per 100,000``; raises ValueError if it is none."""
    expected = "a rate such as 14.5 per 1,000 or 1,451 per 100,000"
    plain = _plain(text, expected)
    scale, base = Decimal(1), ""
    if found := _RATE.fullmatch(plain):
        scale, base = Decimal(_BASES[found["base"].replace(",", "")]) / 1000, found["base"]
        plain = found["number"]

    def read(words: str) -> Number:
        number = _number(words, expected, text)
        written = f"{words} per {base}" if base else words
        # Nobody writes 10 for a rate of 14.6; of 1,500 per 100,000 the last digits may be rounded.
        step = number.step if abs(number.written) >= 100 else _last_digit(number)
        return replace(number, text=written, step=step, scale=scale)

    return _worded(plain, read)


def proportion(text: str) -> Number | OneIn | Bound | Near | Between:
    """``15%``, ``over 15 per cent``, ``one in seven``, ``a third``; raises ValueError if none."""
    expected = "a percentage such as 15%, or one in seven"
    plain = _COUNTED.sub("", _plain(text, expected))
    if between := _between(plain, lambda words: _percentage(words, expected, text)):
        return between
    return _worded(plain, lambda words: _part(words, expected, text))


def estimate(text: str) -> Number | OneIn | Bound | Near | Between | People:
    """A proportion of people, or how many they are: ``1.4 million``; ValueError if neither."""
    try:
        return proportion(text)
    except ValueError as refused:
        expected = f"{refused}".partition("expected ")[2]
        plain = _plain(text, expected)
        with suppress(ValueError):
            number = _worded(_COUNTED.sub("", plain), lambda words: _number(words, expected, text))
            if number.value >= FEWEST:
                return People(plain, number)
        raise


def place(text: str) -> Place:
    """``third``, ``3rd``, ``second highest in Wales``, ``lowest``; raises ValueError if none."""
    expected = "a place such as third, highest or second lowest in Wales"
    plain, written = _plain(text, expected), " ".join(text.split())
    words, _, within = plain.removeprefix("in ").partition(" in ")
    within = within.removeprefix("the ")
    if within and not re.fullmatch(r"[^\W\d_][^\d_]*", within):
        raise ValueError(_expected(text, expected))
    words = re.sub(r"^(?:the|joint|equal) ", "", words)
    order = ""
    if found := _ORDER.fullmatch(words):
        words, order = found["words"], ORDERS[found["order"]]
    if found := _BY_CHANGE.fullmatch(words):
        end = _EXTREME.fullmatch(found["words"])
        number = end and end["end"] not in _LOW and (_nth(end["nth"]) if end["nth"] else 1)
        if number:
            return Place(written, number, bool(found["down"]), within, True, CHANGE)
    elif found := _TOP.fullmatch(words):
        if number := _whole(found["number"]):
            last = found["end"] == "bottom"
            return Place(written, number, last, within, True, order, at_most=True)
    elif found := _EXTREME.fullmatch(words):
        if number := _nth(found["nth"]) if found["nth"] else 1:
            last = found["end"] in _LOW
            order = order or ("count" if found["end"] in ("most", "fewest") else "")
            return Place(written, number, last, within, True, order)
    elif found := _COMMON.fullmatch(words):
        if number := _nth(found["nth"]) if found["nth"] else 1:
            return Place(written, number, found["end"] == "least", within)
    elif number := _nth(words):
        return Place(written, number, within=within, ordered=within not in _HERE)
    raise ValueError(_expected(text, expected))


def record(text: str) -> Place:
    """``record high``, ``lowest on record``, ``record high rate``; raises ValueError if none."""
    plain = _plain(text, _A_RECORD)
    plain = re.sub(r"^(?:at )?(?:(?:an?|the|its) )?", "", plain)
    found = _RECORD.fullmatch(plain) or _EVER.fullmatch(plain)
    if not found:
        raise ValueError(_expected(text, _A_RECORD))
    order = found["order"] or found["behind"] or ""
    low = found["end"] in (*_LOW, "low")
    return Place(" ".join(text.split()), 1, low, order=ORDERS.get(order, ""))


def _nth(word: str) -> int:
    if word in ORDINALS:
        return ORDINALS.index(word) + 1
    found = _PLACE.fullmatch(word)
    return int(found["number"]) if found else 0


def _whole(word: str) -> int:
    if word in SMALL:
        return SMALL.index(word) + 1
    return int(word) if re.fullmatch(r"\d{1,7}", word, re.ASCII) else 0


def change(text: str) -> AnyChange:
    """``+16.7%``, ``down 4%``, ``up by a fifth``, ``more than doubled``; ValueError if none.

    Also differences between two areas: ``10% higher``, ``twice as many``, ``2.1 percentage
    points more``.
    """
    expected = (
        "a change such as +16.7%, -1,446, down 4%, up by a fifth, more than doubled, "
        "2 percentage points higher, up, down or unchanged"
    )
    whole = _plain(text, expected)
    if found := _PART_OF.fullmatch(whole):
        hedge, part = hedges()[found["words"] or ""], _fraction(found["part"])
        if part:
            return _hedged(hedge, Times(whole, Decimal(part.part) / part.whole))
    plain = re.sub(r" (?:than|as)$", "", _COUNTED.sub("", whole))
    plain = re.sub(r"(?<=more) likely$|(?<=less) likely$", "", plain)
    plain = re.sub(r"(?<! the) (?:rate|share|number|proportion|count)s?$", "", plain)
    plain = re.sub(r"^(?:it |they )?(?:has|have|had) ", "", plain)
    if re.fullmatch(_SAME, plain):
        return Direction(plain, 0.0, float(movements("same")[plain] or 0))
    if found := _SIDE.fullmatch(plain):
        return Direction(plain, 1.0 if found["up"] else -1.0)
    sign, size = 1, plain
    before = _SIDE_BEFORE.fullmatch(plain)
    # In "more than 10%" the first word is no direction.
    side = None if _WORDED.fullmatch(plain) else before
    side = side or _SIDE_AFTER.fullmatch(plain)
    if side and not _multiple(_unworded(plain)):
        sign, size = 1 if side["up"] else -1, side["size"]

    def read(words: str) -> Number | OneIn | Times:
        # "Up by half" is no multiple, as "half as many" is.
        part = side and _fraction(words.removeprefix("by "))
        multiple = None if part else _multiple(words)
        return multiple or _signed(words, sign, side is not None, expected, text)

    found_value = _worded(size, read)
    return _named(found_value, plain)


def _unworded(words: str) -> str:
    found = _WORDED.fullmatch(words)
    return found["number"] if found else words


def _named(value: AnyChange, text: str) -> AnyChange:
    """A value under the whole of the words it was read from."""
    if isinstance(value, Bound | Near):
        return value
    if isinstance(value, Number):
        return replace(value, text=text)
    if isinstance(value, OneIn):
        return replace(value, text=text)
    return value


def _multiple(words: str) -> Times | None:
    found = _MULTIPLE.fullmatch(words)
    if not found:
        return None
    if found["n"] is None:
        return Times(words, Decimal(movements("times")[found["word"]]))
    n = found["n"]
    if whole := _whole(n):
        return Times(words, Decimal(whole))
    return Times(words, Decimal(n)) if re.fullmatch(r"\d{1,4}\.\d", n, re.ASCII) else None


def _signed(words: str, sign: int, sided: bool, expected: str, text: str) -> Number | OneIn:
    """The size of a change; one whose words name a side has no sign of its own."""
    words = words.removeprefix("by ")
    if found := _POINTS.fullmatch(words):
        number = _number(found["number"], expected, text)
        number = Number(words, number.written, _last_digit(number), "points", Decimal(100))
    elif _PER_CENT.fullmatch(words):
        number = _percentage(words, expected, text)
    elif part := _fraction(words):
        return replace(part, text=words, sign=sign)
    else:
        number = _number(words, expected, text)
    if sided and words[:1] in ("+", "-", "\N{MINUS SIGN}"):
        raise ValueError(_expected(text, expected))
    return replace(number, text=words, written=sign * number.written)


def _worded(plain: str, read: Callable[[str], Plain]) -> Plain | Bound | Near:
    """What ``read`` makes of the number, with the words that stand before it."""
    if found := _WORDED.fullmatch(plain):
        return _hedged(hedges()[found["words"]], read(found["number"]))
    if found := _WORDED_BEHIND.fullmatch(plain):
        return _hedged(hedges()["at least" if found["up"] else "at most"], read(found["number"]))
    return read(plain)


def _hedged(hedge: Hedge, number: Plain) -> Plain | Bound | Near:
    if not hedge.words:
        return number
    return Bound(hedge, number) if hedge.number is None else Near(hedge, number)


def _between(plain: str, read: Callable[[str], Number]) -> Between | None:
    """Two numbers with "and" between them; of "between 14 and 15%" both are percentages."""
    found = _BETWEEN.fullmatch(plain)
    if not found:
        return None
    high = read(found["high"])
    unit = "%" if high.kind == "percent" and not _PER_CENT.fullmatch(found["low"]) else ""
    low = read(f"{found['low']}{unit}")
    if low.written >= high.written:
        raise ValueError(
            f"is `{shortened(plain)}`; expected the smaller of two numbers first, such as "
            "between 14% and 15%"
        )
    return Between(plain, low, high)


def _part(words: str, expected: str, text: str) -> Number | OneIn:
    return _fraction(words) or _percentage(words, expected, text)


def _fraction(words: str) -> OneIn | None:
    if found := _IN_OR.fullmatch(words):
        one, until = _fraction(found["one"]), _whole(found["until"])
        return replace(one, text=words, until=until) if one and until > one.whole else None
    counted = True
    if found := _IN.fullmatch(words):
        part, whole = _whole(found["part"]), _whole(found["whole"])
        if found["part"] in ("a", "an"):
            part = 1
    elif (found := _PART.fullmatch(words)) and (found["part"] or found["whole"] == "half"):
        part = 1 if found["part"] in (None, "a", "an") else _whole(found["part"])
        whole, counted = PARTS.get(found["whole"], 0), False
    else:
        return None
    return OneIn(words, whole, part, counted=counted) if 0 < part < whole else None


def _percentage(words: str, expected: str, text: str) -> Number:
    found = _PER_CENT.fullmatch(words)
    if not found:
        raise ValueError(_expected(text, expected))
    number = _number(found["number"], expected, text)
    # Nobody writes 10% for 14.6%: a percentage is rounded to its last digit, be it a zero.
    return Number(words, number.written, _last_digit(number), "percent", Decimal(100))


def _last_digit(number: Number) -> Decimal:
    return Decimal(1).scaleb(int(number.written.as_tuple().exponent))


def _number(words: str, expected: str, text: str) -> Number:
    if whole := SMALL.index(words) + 1 if words in SMALL else 0:
        return Number(words, Decimal(whole), Decimal(1))
    if (found := _NAMED.fullmatch(words)) and found["part"] in SMALL:
        unit = _TIMES[found["times"]]
        return Number(words, (SMALL.index(found["part"]) + 1) * unit, unit)
    if found := _ONE.fullmatch(words):
        unit = Decimal(100) if found["times"] == "hundred" else _TIMES[found["times"]]
        part, step = (size * unit for size in _OF_ONE[found["part"]])
        return Number(words, part, step)
    found = _NUMBER.fullmatch(words)
    if not found:
        raise ValueError(_expected(text, expected))
    digits, decimals = found["digits"].replace(",", ""), found["decimals"] or ""
    if len(digits.lstrip("0")) + len(decimals) > _DIGITS:
        raise ValueError(f"is `{shortened(text)}`, which has too many digits; expected {expected}")
    times = _TIMES.get(found["times"] or "", Decimal(1))
    written = Decimal(digits + decimals) * times
    step = Decimal(1).scaleb(-max(len(decimals) - 1, 0)) * times
    while not decimals and written and written % (step * 10) == 0:
        step *= 10
    sign = 1 if found["sign"] in ("", "+") else -1
    return Number(words, sign * written, step)


def _plain(text: str, expected: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(_expected(text, expected))
    return " ".join(text.split()).casefold()


def _expected(text: str, expected: str) -> str:
    return f"is `{shortened(text)}`; expected {expected}"


def shortened(text: str) -> str:
    """A text to be quoted in a sentence: its beginning, if it is long, as it can be printed."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return plain if len(plain) <= 60 else f"{plain[:40]}..."
