"""How an entry of ``config/claims.yaml`` is read: its keys, and what each may hold.

Everything is read as text, so that 16.70 stays 16.70 and a number keeps the precision it was stated
with.  An entry that does not hold is refused in one clause a fault.  Plain Python alone: the same
code judges a text in a browser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from crimeshare.audit import numerals, stated
from crimeshare.audit.lookup import find_area, find_offence, find_year, lies_in
from crimeshare.audit.numerals import shortened
from crimeshare.audit.statements import AnyClaim, Group, RecordedClaim, SurveyClaim
from crimeshare.nearest import did_you_mean
from crimeshare.periods import in_words
from crimeshare.reference import NATION, REFERENCE, Area, Offence, offences, read_rows

SEXES = ("all", "women", "men")
CLASSIFICATIONS = (
    *("main groups", "sub-groups", "published columns"),
    *("forces by share", "forces by rate", "forces by count", "not stated"),
)
TWICE = "a key that stands there twice"
"""The key under which a reader of files leaves the name of a key that an entry has twice."""

_LONGEST = 1000
_MARKUP = re.compile(r"<\s*[A-Za-z/!?]")
# What YAML takes for no text at all; a byte that is not UTF-8 becomes the first of them.
NO_TEXT = re.compile("[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Vocabulary:
    """What names in a statement may mean.

    Attributes:
        periods: last days of the years that figures of recorded crime may be of.
        published: when the statement was made, for years such as "last year".
    """

    areas: Mapping[str, Area]
    periods: Collection[date]
    published: date | None = None


@dataclass
class _Entry:
    vocabulary: Vocabulary
    expected: str = ""
    found: dict[str, Any] = field(default_factory=dict)
    readings: list[str] = field(default_factory=list)

    def keep(self, reading: tuple[Any, str]) -> Any:
        """The first of a pair; the second is how a name was read, empty if as itself."""
        self.readings += filter(None, [reading[1]])
        return reading[0]

    @property
    def compares(self) -> bool:
        return bool(self.found.get("than") or self.found.get("since"))


@dataclass(frozen=True)
class _Key:
    read: Callable[[object, _Entry], Any]
    expected: str
    needed: bool


def word(value: object) -> str:
    """A key's value as text that can be quoted and printed anywhere."""
    if not isinstance(value, str):
        kinds: dict[object, str] = {dict: "a group of keys", list: "a list"}
        raise ValueError(f"is {kinds.get(type(value), 'no text')}; expected one text")
    text = value.strip()
    if not text:
        raise ValueError("is empty; expected text")
    if NO_TEXT.search(text):
        raise ValueError("holds bytes that are no UTF-8 text; save the file as UTF-8")
    if len(text) > _LONGEST:
        raise ValueError(f"has {len(text):,} characters; expected at most {_LONGEST:,}")
    hidden = [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c != "\n"]
    if hidden:
        name = unicodedata.name(hidden[0], f"U+{ord(hidden[0]):04X}")
        raise ValueError(f"holds a character that does not print ({name}); leave it out")
    if _MARKUP.search(text):
        raise ValueError("holds markup; expected the words alone, without tags")
    if text[0] in "=@" or re.match(r"[+-][A-Za-z(]", text):
        raise ValueError(f"begins with `{text[0]}` as a spreadsheet's formula does; leave it out")
    return text


def _id(value: object, read: _Entry) -> str:
    name = word(value)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name, re.ASCII) or len(name) > 80:
        raise ValueError(
            f"is `{shortened(name)}`; expected a name of its own in lower case with hyphens"
        )
    return name


def _text(value: object, read: _Entry) -> str:
    return word(value)


def _address(value: object, read: _Entry) -> str:
    address = word(value)
    if not re.fullmatch(r"https://[\w.-]+\.\w+(/[^\s\"'<>]*)?", address):
        raise ValueError("is no address; expected one such as https://www.example.org/news/1")
    return address


def _area(value: object, read: _Entry) -> Area:
    found: Area = read.keep(find_area(word(value), read.vocabulary.areas))
    return found


def _part_of_nation(value: object, read: _Entry) -> Area:
    area = _area(value, read)
    if area.area_code == NATION:
        raise ValueError("is England and Wales; expected an area that is part of it")
    return area


def _whole_area(value: object, read: _Entry) -> Area:
    whole, part = _area(value, read), read.found.get("area")
    if part and not lies_in(part.area_code, whole.area_code, read.vocabulary.areas):
        raise ValueError(f"is {whole.area_name}, which {part.area_name} is no part of")
    return whole


def _another_area(value: object, read: _Entry) -> Area:
    area = _area(value, read)
    if area == read.found.get("area"):
        raise ValueError("is the same area as `area`; expected another one")
    return area


def _no_other_area(value: object, read: _Entry) -> None:
    _area(value, read)
    raise ValueError("cannot stand in a record, which compares years of one area")


def _offence(value: object, read: _Entry) -> Offence:
    found: Offence = read.keep(find_offence(word(value)))
    return found


def _group_of_total(value: object, read: _Entry) -> Offence:
    offence = _offence(value, read)
    if offence.offence_id == "total":
        raise ValueError("is all recorded crime; expected a group of it")
    return offence


def _whole(value: object, read: _Entry) -> Offence:
    whole = _offence(value, read)
    if whole == read.found.get("offence"):
        raise ValueError("is the same group as `offence`; expected one that it is part of")
    return whole


def _year(value: object, read: _Entry) -> date:
    found: date = read.keep(find_year(word(value), (), read.vocabulary.published))
    return found


def _recorded_year(value: object, read: _Entry) -> date:
    """A year that figures of recorded crime may be of: they end with a quarter."""
    known = read.vocabulary.periods
    found: date = read.keep(find_year(word(value), known, read.vocabulary.published))
    return found


def _earlier(of: Callable[[object, _Entry], date]) -> Callable[[object, _Entry], date]:
    def earlier(value: object, read: _Entry) -> date:
        since, period = of(value, read), read.found.get("period")
        if period and since >= period:
            raise ValueError(f"is no year before the {in_words(period)}; expected an earlier one")
        if isinstance(read.found.get("than"), Area):
            raise ValueError("cannot stand beside `than`; an entry compares areas or years")
        return since

    return earlier


def _number(of: Callable[[str], Any]) -> Callable[[object, _Entry], Any]:
    """A reader of a value that is a difference where the entry compares."""
    return lambda value, read: (numerals.change if read.compares else of)(word(value))


def _said(of: Callable[[str], Any]) -> Callable[[object, _Entry], Any]:
    return lambda value, read: of(word(value))


def _record(value: object, read: _Entry) -> stated.Place:
    record = numerals.record(word(value))
    offence = read.found.get("offence", offences()["total"])
    if record.order == "share" and offence.offence_id == "total":
        raise ValueError("is a share, and `offence` is all recorded crime; expected a group")
    return record


def _one_of(allowed: Sequence[str]) -> Callable[[object, _Entry], str]:
    def chosen(value: object, read: _Entry) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is no text; expected {read.expected}")
        if value not in allowed:
            quoted = shortened(value)
            hint = did_you_mean(quoted, allowed) or ";"
            raise ValueError(f"is `{quoted}`{hint} expected {read.expected}")
        return value

    return chosen


def _own_counts(value: object, read: _Entry) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
        return value[0], value[1]
    what = f"is `{shortened(value)}`;" if isinstance(value, str) else "is no pair of words;"
    raise ValueError(f"{what} expected {read.expected}")


def _group(value: object, read: _Entry) -> Group:
    if isinstance(value, str):
        said = word(value).casefold()
        value = {"sex": said} if said in SEXES else {"age": said}
    if not isinstance(value, dict):
        raise ValueError("is a list; expected keys such as {sex: women}")
    return Group(**_values("comparison", value, kinds()[OF_GROUP], read.vocabulary)[0])


def _another_group(value: object, read: _Entry) -> Group:
    group = _group(value, read)
    if group == read.found.get("group"):
        raise ValueError("is the same group as `group`; expected another sex or age")
    return group


_READ: dict[str, Callable[[object, _Entry], Any]] = {
    "address": _address,
    "another_area": _another_area,
    "another_group": _another_group,
    "area": _area,
    "change": _said(numerals.change),
    "classification": _one_of(CLASSIFICATIONS),
    "count": _number(numerals.count),
    "earlier_recorded_year": _earlier(_recorded_year),
    "earlier_year": _earlier(_year),
    "estimate": _number(numerals.estimate),
    "group": _group,
    "group_of_total": _group_of_total,
    "id": _id,
    "no_other_area": _no_other_area,
    "offence": _offence,
    "own_counts": _own_counts,
    "part_of_nation": _part_of_nation,
    "place": _said(numerals.place),
    "proportion": _number(numerals.proportion),
    "rate": _number(numerals.rate),
    "record": _record,
    "recorded_year": _recorded_year,
    "sex": _one_of(SEXES),
    "text": _text,
    "whole": _whole,
    "whole_area": _whole_area,
    "year": _year,
}
"""What reads a value, by the name that ``claim_keys.csv`` has for it."""

OF_AREAS, OF_GROUP = "areas", "group"
"""Kinds of entries that are no quantity: two areas compared, and whom the survey asked."""


@cache
def kinds() -> dict[str, dict[str, _Key]]:
    """The keys of each kind of entry, in the order that they are read in."""
    found: dict[str, dict[str, _Key]] = {}
    for row in read_rows(REFERENCE / "claim_keys.csv"):
        key = _Key(_READ[row["reads"]], row["expected"], row["needed"] == "yes")
        for kind in row["kinds"].split():
            found.setdefault(kind, {})[row["key"]] = key
    return found


def quantities() -> list[str]:
    """What an entry may state."""
    return [kind for kind in kinds() if kind not in (OF_AREAS, OF_GROUP)]


class EntryRefused(Exception):
    """What is wrong with one entry, in clauses."""

    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        super().__init__("; ".join(clauses))


def closed(clause: str) -> str:
    """The clause as the end of a sentence."""
    return clause if clause.endswith("?") else f"{clause}."


def read_claim(entry: object, vocabulary: Vocabulary) -> AnyClaim:
    """One entry.

    Raises:
        EntryRefused: it does not hold.
    """
    if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
        raise EntryRefused(["expected keys with their values, such as `quantity: count`"])
    if TWICE in entry:
        raise EntryRefused([f"the key `{shortened(entry[TWICE])}` stands there twice"])
    quantity = entry.get("quantity")
    if not isinstance(quantity, str) or quantity not in quantities():
        if isinstance(quantity, str) and quantity:
            hint = did_you_mean(shortened(quantity), quantities())
            what = f"`quantity` is `{shortened(quantity)}`{hint or ';'}"
        else:
            what = "`quantity` is no word;" if quantity else "the key `quantity` is missing;"
        raise EntryRefused([f"{what} expected one of {', '.join(quantities())}"])
    kind = OF_AREAS if quantity == "comparison" and "area" in entry else quantity
    # The first word that was in use for it is still understood.
    named = {"since" if key == "compared_with" else key: value for key, value in entry.items()}
    found, readings = _values(quantity, named, kinds()[kind], vocabulary)
    told = found | {"readings": tuple(readings)}
    if "measure" not in told:
        return RecordedClaim(**{"offence": offences()["total"]} | told)
    if kind == "comparison":
        told["value"] = told.pop("difference")
    else:
        told["group"] = Group(**{name: told.pop(name) for name in ("sex", "age") if name in told})
    return SurveyClaim(**told)


def _values(
    quantity: str, entry: Mapping[str, Any], keys: Mapping[str, _Key], vocabulary: Vocabulary
) -> tuple[dict[str, Any], list[str]]:
    """What the keys of an entry hold, and how names in it were read.

    Raises:
        EntryRefused: a key is missing, unknown, or holds what cannot be read.
    """
    read, clauses = _Entry(vocabulary), []
    for name, key in keys.items():
        if name not in entry:
            if key.needed:
                clauses.append(f"a {quantity} needs the key `{name}`: {key.expected}")
            continue
        read.expected = key.expected
        try:
            read.found[name] = key.read(entry[name], read)
        except EntryRefused as inner:
            within = rf"\g<0> of `{name}`"
            clauses += [re.sub("`[^`]*`", within, clause, count=1) for clause in inner.clauses]
        except ValueError as fault:
            clauses.append(f"`{name}` {fault}")
    for name in entry:
        if name not in keys:
            hint = did_you_mean(shortened(name), keys) or ";"
            clauses.append(
                f"a {quantity} has no key `{shortened(name)}`{hint} its keys are {', '.join(keys)}"
            )
    if clauses:
        raise EntryRefused(clauses)
    return read.found, read.readings
