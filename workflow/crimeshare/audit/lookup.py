"""What a name in a statement means: an area, an offence group or code, a year.

Each finder raises :class:`ValueError` with the end of a sentence that begins with the name of the
key.  A name that is read as something else than itself has a reading, to be said with a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cache

from crimeshare.audit.numerals import shortened
from crimeshare.audit.words import area_words, around, folded, not_recorded, offence_words, towns
from crimeshare.nearest import did_you_mean
from crimeshare.periods import (
    MONTHS,
    a_year_before,
    in_words,
    month_end,
    month_named,
    months_between,
    year_ending,
)
from crimeshare.problems import Problem
from crimeshare.reference import (
    REFERENCE,
    Area,
    Offence,
    everyday,
    fraud_totals,
    offences,
    read_rows,
)
from crimeshare.tables import LAYOUTS

_POLICE = re.compile(r"^the | (?:police(?: force)?(?: service)?(?: area)?|constabulary)$")
_MONTH = "(?P<{}>[a-z]+)(?: (?P<{}>[12][0-9]{{3}}))?"
_SPAN = re.compile(
    rf"(?:between |from )?{_MONTH.format('begins', 'began')} (?:and|to|until|through to|[-\u2013])"
    rf" (?:the end of )?{_MONTH.format('ends', 'ended')}"
)
_THE_YEAR = r"(?:in |during |the )*(?:(?:{}) )?(?:year )?(?P<year>(?:19|20)[0-9]{{2}})"
_CALENDAR = re.compile(_THE_YEAR.format("calendar") + r"(?: \(?calendar year\)?)?")
_FINANCIAL = re.compile(
    _THE_YEAR.format("financial|fiscal") + r"[/\u2013-](?P<end>(?:20)?[0-9]{2})"
)
_NEWEST = re.compile(
    r"(?:(?:over|in|during|within) )?(?:the )?(?:last|past|latest|most recent|previous) "
    r"(?:(?:12|twelve) months|year)"
)
_LAST_YEAR = ("last year", "in last year", "last calendar year", "the last calendar year")
# From the end of a quarter to its figures, where no release tells.
_USUALLY = timedelta(days=113)


def find_area(text: str, areas: Mapping[str, Area]) -> tuple[Area, str]:
    """An area by its code or by what people call it; of those that share a name, a word says which.

    A police force area is meant where a partnership has the same name.

    Raises:
        ValueError: there is no such area, with what the name is, or the nearest names.
    """
    if text in areas:
        return areas[text], ""
    said = folded(text)
    plain = _POLICE.sub("", said)
    by_name = _names(areas)
    found = by_name.get(said) or by_name.get(plain)
    if found:
        return found, ""
    quoted = shortened(text)
    code, kind, note = area_words().get(said) or area_words().get(plain) or ("", "", "")
    if code in areas:
        return areas[code], f"{quoted} was read as {areas[code].area_name}" + (
            f": {note}" if note else ""
        )
    if kind == "context":
        raise ValueError(f"is `{quoted}`, which names no area by itself; say which one is meant")
    if kind in ("elsewhere", "unpublished"):
        raise ValueError(f"is `{quoted}`; {note}")
    kinds = [f"{said} {each}" for each in ("force", "region", "country")]
    if fitting := [by_name[name].area_name for name in kinds if name in by_name]:
        which = " or ".join(
            f"{name} {by_name[each].area_type}"
            for name, each in zip(fitting, (k for k in kinds if k in by_name), strict=True)
        )
        raise ValueError(f"is `{quoted}`, which may be {which}; say which")
    if plain in towns():
        raise ValueError(
            f"is `{quoted}`, of which alone no figures are published; it lies in "
            f"{around(plain)}, so say which"
        )
    names = [name for name in _shown(areas) if not name.endswith(" partnership")]
    raise ValueError(
        f"is `{quoted}`, which is no area{did_you_mean(quoted, names) or '.'} "
        "The areas are listed in resources/reference/areas.csv, partnerships in Table C1"
    )


def lies_in(code: str, whole: str, areas: Mapping[str, Area]) -> bool:
    """Whether an area is part of another."""
    while code and (code := areas[code].parent_code) != whole:
        pass
    return bool(code)


def _names(areas: Mapping[str, Area]) -> dict[str, Area]:
    return {folded(name): area for name, area in _shown(areas).items()}


def _shown(areas: Mapping[str, Area]) -> dict[str, Area]:
    larger = [area for area in areas.values() if area.area_type != "partnership"]
    names = [area.area_name.casefold() for area in larger]
    known: dict[str, Area] = {}
    for area in larger:
        shared = names.count(area.area_name.casefold()) > 1
        known[f"{area.area_name} {area.area_type}" if shared else area.area_name] = area
    for area in areas.values():
        if area.area_type == "partnership":
            for name in (area.area_name, everyday(area.area_name)):
                known.setdefault(f"{name} partnership", area)
                if name.casefold() not in names:
                    known.setdefault(name, area)
    return known


def find_offence(text: str) -> tuple[Offence, str]:
    """An offence group by its id or by what people call it, or one offence code.

    What is no group of recorded crime is an offence of its own that no figure is of: its id is one
    of :func:`crimeshare.audit.words.not_recorded`.

    Raises:
        ValueError: there is no such group, with the nearest names, or there are several.
    """
    said = folded(text)
    by_name = {offence.name.casefold(): offence for offence in offences().values()}
    found = offences().get(text) or by_name.get(said)
    if found:
        return found, ""
    quoted = shortened(text)
    for words in (said, re.sub(r"^(?:recorded|reported|police-recorded) | offences?$", "", said)):
        if words in offence_words():
            offence_id, reading = offence_words()[words]
            offence = offences().get(offence_id) or offence_codes()[offence_id]
            return offence, f"{quoted} was read as {reading}" if reading else ""
        if words in not_recorded():
            return Offence(words, text, "total", "no", "", ""), ""
    try:
        found = find_offence_code(text)
    except ValueError as several:
        raise ValueError(
            f"is `{quoted}`, which is no offence group; it may be {several}: say which"
        ) from None
    if found is None:
        known = [name for each in offences().values() for name in (each.name, each.offence_id)]
        known.remove("total")
        raise ValueError(
            f"is `{quoted}`, which is no offence group{did_you_mean(quoted, known) or '.'} "
            "The groups are listed in resources/reference/offences.csv; an offence code such as 8Q "
            "stands for one kind of offence"
        )
    return found, ""


def find_year(
    text: str, known: Collection[date] = (), published: date | None = None
) -> tuple[date, str]:
    """The last day of a year as people say it: "2023/24", "2024", "March 2023 to March 2024".

    Args:
        known: last days of the years that there are figures of, if it has to be one of them.
        published: when the statement was made, for "last year" and "the past 12 months".

    Raises:
        ValueError: it is no year of twelve months, or none that there are figures of.
    """
    day, reading = _year(text, published)
    if known and day not in known:
        nearest = sorted(known, key=lambda other: abs(other - day))[:2]
        raise ValueError(
            f"is `{shortened(text)}`, of which no release is known; the nearest known are the "
            f"{' and the '.join(in_words(other) for other in sorted(nearest))}. If there is one, "
            "add it to config/releases.csv"
        )
    return day, reading


def _year(text: str, published: date | None) -> tuple[date, str]:
    said, quoted = folded(text), shortened(text)
    if found := _CALENDAR.fullmatch(said):
        day = date(int(found["year"]), 12, 31)
        return day, f"{quoted} was read as the calendar year, which is the {in_words(day)}"
    if found := _FINANCIAL.fullmatch(said):
        first, second = int(found["year"]), int(found["end"][-2:])
        if (first + 1) % 100 != second:
            raise ValueError(f"is `{quoted}`, which is no one year; expected such as 2023/24")
        return date(first + 1, 3, 31), ""
    if said in _LAST_YEAR or _NEWEST.fullmatch(said):
        return _by_publication(said, quoted, published)
    if (found := _SPAN.fullmatch(said)) and found["ended"]:
        return _span(found, quoted)
    return year_ending(text), ""


def _span(found: re.Match[str], quoted: str) -> tuple[date, str]:
    ended = int(found["ended"])
    ends = month_end(ended, month_named(found["ends"], quoted))
    begins = month_end(int(found["began"] or ended), month_named(found["begins"], quoted))
    months = months_between(begins, ends) + 1
    if months == 12:
        return ends, ""
    if months == 13:
        return ends, (
            f"{quoted} is thirteen months; it was read as the {in_words(ends)}, which begins with "
            f"{MONTHS[ends.month % 12]} {begins.year + (ends.month == 12)}"
        )
    raise ValueError(
        f"is `{quoted}`, which is {months} months; expected twelve, such as year ending "
        f"{MONTHS[ends.month - 1]} {ends.year}"
    )


def _by_publication(said: str, quoted: str, published: date | None) -> tuple[date, str]:
    """The year that "last year" or "the past 12 months" meant when it was published."""
    if published is None:
        raise ValueError(
            f"is `{quoted}`, which depends on when it was said; give the day with --published"
        )
    newest = newest_out(published)
    calendar_year = date(published.year - 1, 12, 31)
    day = calendar_year if said in _LAST_YEAR and calendar_year <= newest else newest
    return day, (
        f"{quoted}, said on {published.day} {MONTHS[published.month - 1]} {published.year}, was "
        f"read as the {in_words(day)}"
        + ("" if day == calendar_year else ", the newest figures then out")
    )


def said_on(published: str | None) -> date | None:
    """The day that a statement was made; raises Problem for what is no day."""
    try:
        return date.fromisoformat(published) if published else None
    except ValueError:
        raise Problem(
            f"`--published` is `{shortened(published or '')}`; expected a day such as 2025-04-24."
        ) from None


def newest_out(published: date) -> date:
    """The end of the newest year whose figures were out on a day."""
    ends = [
        month_end(year, month)
        for year in (published.year - 1, published.year)
        for month in (3, 6, 9, 12)
    ]
    out = [end for end in ends if _out().get(end, end + _USUALLY) <= published]
    return max(out, default=a_year_before(min(ends)))


@cache
def _out() -> dict[date, date]:
    """The first day that figures of a year were out, for the years whose releases tell it."""
    found: dict[date, date] = {}
    for row in read_rows(REFERENCE / "release_days.csv"):
        year, month = (int(part) for part in row["release_id"].split("-")[1:3])
        end, day = month_end(year, month), date.fromisoformat(row["day"])
        # A workbook that was saved again long after tells nothing of the first day.
        if abs(day - end - _USUALLY) <= timedelta(days=10):
            found[end] = min(day, found.get(end, day))
    return found


JOINT_CODES = REFERENCE / "joint_codes.csv"

_CODE = re.compile(r"(?:(?:home office |offence )*code )?(?P<code>\d[\w.]{0,5})", re.IGNORECASE)


@cache
def offence_codes() -> dict[str, Offence]:
    """Every code of one kind of offence, by itself: named with its code, part of its group.

    Codes of outcomes alone count no offences, and those of fraud are in no total but the two that
    Table A5a has of England and Wales, which stand here beside the codes.
    """
    found = {
        code: Offence(code, name, "total", "no", "", "") for code, name in fraud_totals().values()
    }
    for row in read_rows(LAYOUTS / "prc" / "codes.csv"):
        code, group = row["code"], row["offence_id"]
        if _CODE.fullmatch(code) and group in offences() and "outcomes only" not in row["name"]:
            name = f"{row['name']} (offence code {code})"
            found.setdefault(code, Offence(code, name, group, "no", "", ""))
    return found


def find_offence_code(text: str) -> Offence | None:
    """The one kind of offence that a text names; None if it names none.

    Raises:
        ValueError: it may be several codes, or a part of a group's name; lists them.
    """
    said = " ".join(text.split()).casefold()
    found = _CODE.fullmatch(said)
    if found or said in offence_codes():
        return offence_codes().get(found["code"].upper() if found else said)
    named = [
        offence
        for offence in offence_codes().values()
        if _words(text) in (_words(offence.name), _words(_plain(offence)))
    ]
    if len(named) == 1 and _words(text) == _words(named[0].name):
        return named[0]
    groups = [
        offence.name
        for offence in offences().values()
        if said in re.split(r" and |, ", offence.name.casefold())
    ]
    meant = [
        *(f"code {offence.offence_id}" for offence in named),
        *(f"the group {name}" for name in groups if named),
    ]
    if len(meant) > 1:
        raise ValueError(" or ".join(meant))
    return named[0] if named else None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _plain(code: Offence) -> str:
    return code.name.removesuffix(f" (offence code {code.offence_id})")


@cache
def joint_until(code: str) -> tuple[date, str] | None:
    """The day until which a code was recorded together with others, and their names."""
    for row in read_rows(JOINT_CODES):
        joint = row["codes"].split()
        if code in joint:
            names = [_plain(offence_codes()[other]) for other in joint if other != code]
            others = " and ".join(f"{name[:1].lower()}{name[1:]}" for name in names)
            return date.fromisoformat(row["until"]), others
    return None
