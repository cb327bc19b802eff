"""What people call offences, areas and movements, as data in ``resources/reference/``.

``hedges.csv`` says how far words before a number widen it; ``movement_words.csv`` which way a verb
goes; ``offence_words.csv`` and ``area_words.csv`` what everyday names mean; ``not_recorded.csv``
what no group of recorded crime is.  Words are compared by :func:`folded`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from crimeshare.reference import PLACES, REFERENCE, areas, everyday, partnerships, read_rows

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SMALL = (
    *_ONES,
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
    *(word for ten in _TENS for word in (ten, *(f"{ten}-{one}" for one in _ONES))),
)
"""The numbers from one to ninety-nine."""
# The longest first, so that "thirty-one" is not read as "thirty".
ANY_SMALL = "|".join(sorted(SMALL, key=len, reverse=True))
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth"),
)


@dataclass(frozen=True)
class Hedge:
    """Words before a number.

    Attributes:
        side: 1 for above the number, -1 for below it, 0 for either side.
        inclusive: whether the number itself is meant too.
        number, part: how far off a number, and a fraction or multiple, may be, as a part of
            what is true; None for a bound, which may be as far off as it likes.
        meaning: in plain words.
    """

    words: str
    side: int
    inclusive: bool
    number: float | None
    part: float | None
    meaning: str


@dataclass(frozen=True)
class NotRecorded:
    """What people count as a kind of crime, and no group of recorded crime is.

    Attributes:
        what: what it is, a sentence without its full stop.
        publisher: who publishes figures of it, and where.
        nearest: offence groups or codes that come nearest.
    """

    words: str
    what: str
    publisher: str
    nearest: tuple[str, ...]


@cache
def hedges() -> dict[str, Hedge]:
    """Every hedge by its words; the one without words is for a number that has none."""
    return {
        row["words"]: Hedge(
            row["words"],
            int(row["side"]),
            row["inclusive"] == "yes",
            _part(row["number_pct"]),
            _part(row["part_pct"]),
            row["meaning"],
        )
        for row in read_rows(REFERENCE / "hedges.csv")
    }


def _part(per_cent: str) -> float | None:
    return float(per_cent) / 100 if per_cent else None


@cache
def movements(kind: str) -> dict[str, str]:
    """Words of one kind (``rise``, ``fall``, ``same``, ``times``, ``adverb``), the factor beside.

    A rise or fall of the factor ``%`` is one only before a percentage ("put on 5%").  Words with
    a direction ("crept upwards") or a qualifier ("broadly flat") are made of their parts.  Longer
    words come first, as a pattern of alternatives needs them.
    """
    found = listed(kind)
    if kind in _WAYS:
        found |= {f"{word} {way}": "" for word in listed("moving") for way in _WAYS[kind]}
    if kind == "same":
        plain = [word for word, most in found.items() if most and " " not in word]
        found |= {f"{how} {word}": "0.02" for how in listed("loosely") for word in plain}
        found |= {f"{how} the same": "0.02" for how in listed("loosely")}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


_WAYS = {"rise": ("upwards", "upward", "higher"), "fall": ("downwards", "downward", "lower")}


def listed(kind: str) -> dict[str, str]:
    """The words of a kind as the list has them, the factor beside."""
    rows = read_rows(REFERENCE / "movement_words.csv")
    return {row["words"]: row["factor"] for row in rows if row["kind"] == kind}


@cache
def offence_words() -> dict[str, tuple[str, str]]:
    """Offence group or code by what people call it, with how that was read (may be empty)."""
    rows = read_rows(REFERENCE / "offence_words.csv")
    return {folded(row["words"]): (row["offence_id"], row["reading"]) for row in rows}


@cache
def not_recorded() -> dict[str, NotRecorded]:
    """What is no group of recorded crime, by what people call it."""
    return {
        folded(row["words"]): NotRecorded(
            row["words"], row["what"], row["publisher"], tuple(row["nearest"].split())
        )
        for row in read_rows(REFERENCE / "not_recorded.csv")
    }


@cache
def area_words() -> dict[str, tuple[str, str, str]]:
    """Area code (empty if it has none), kind and note by what people call an area.

    ``context`` are words for an area named elsewhere ("the force"), ``elsewhere`` are countries
    without figures here, ``unpublished`` areas without figures anywhere, ``doubtful`` need their
    note said.
    """
    rows = read_rows(REFERENCE / "area_words.csv")
    return {folded(row["words"]): (row["area_code"], row["kind"], row["note"]) for row in rows}


@cache
def towns() -> dict[str, list[str]]:
    """Areas with figures that towns of a name lie in, first the largest town's partnership.

    A partnership is missing where a town lies on a border.
    """
    found: dict[str, list[str]] = {}
    for row in read_rows(PLACES):
        if row["kind"] in ("town", "authority"):
            codes = found.setdefault(folded(everyday(row["place"])), [])
            around = filter(None, (row["partnership_code"], row["area_code"]))
            codes += [code for code in around if code not in codes]
    return found


def unpublished() -> list[str]:
    """Areas that no figures are published of, as counties that share a force."""
    return [words for words, (_, kind, _) in area_words().items() if kind == "unpublished"]


def without_figures(place: str) -> str:
    """Why a town or an area has no figures, as a sentence without its full stop."""
    if place in unpublished():
        return area_words()[place][2]
    return f"no figures of {place.title()} alone are published; it lies in {around(place)}"


def around(town: str) -> str:
    """What a town without figures of its own lies in, as the end of a sentence."""
    return " or ".join(
        f"the community safety partnership `{partnerships()[code].partnership_name}`"
        if code in partnerships()
        else f"the police force area `{areas()[code].area_name}`"
        for code in towns()[town][:4]
    )


def folded(text: str) -> str:
    """Words as they are compared: no case, one space, ``and`` for ``&``, a plain apostrophe."""
    plain = text.casefold().replace("&", " and ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.split())
