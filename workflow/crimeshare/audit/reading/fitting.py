"""What a count is of by its own digits, where the words around it do not tell.

A count of four digits to the last one is hardly that of two things that a text names, so the areas,
offences and years of the text are tried, the nearest first.  This calls no number false.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from math import inf
from typing import Any, TypeVar

from crimeshare.audit.reading.state import Loose, Mentioned, Reading, Statement
from crimeshare.audit.reading.years import LAST, NEWEST
from crimeshare.periods import a_year_before, in_words
from crimeshare.reference import NATION, areas

Named = TypeVar("Named", str, date)
Holds = Callable[[dict[str, Any]], bool]
Told = Callable[[Statement], list[tuple[str, str, date]]]
Counts = Callable[[str, str, date], Collection[float]]
"""Every count that was published of an area, an offence group or code, and a year."""

_NEAREST = 6
_SLOTS = {"area": "area", "offence": "offence", "period": "period_end"}
# From here on a number says what it counts if words are missing, and from there whatever they are.
_TELLING, _CERTAIN = 100, 1000
_OTHERWISE = "Read as the one of what the text names that has these digits."
_BY_DIGITS = "Its words do not say what it counts; of all that the text names it is this count."


def by_digits(reading: Reading, text: str, counts: Counts) -> tuple[list[Statement], list[Loose]]:
    """Statements found by their digits alone, and the numbers that still have none."""
    found, left = [], []
    nation = (len(text) + max((at for at, _ in reading.mentioned.areas), default=0), NATION)
    named = reading.mentioned
    years = [*named.years, *named.compared]
    named = replace(named, areas=[*named.areas, nation], years=years)
    for loose in reading.unplaced:
        fits = _telling(loose.number, _TELLING if loose.unsaid else _CERTAIN)
        fitting = next(_fitting(named, loose, counts), None) if fits else None
        if fitting is None:
            left.append(loose)
            continue
        entry = _entry(text[loose.start : loose.end], fitting)
        found.append(
            Statement(loose.start, loose.end, [entry], notes=[_BY_DIGITS], number=loose.number)
        )
    return found, left


def _entry(value: str, of: tuple[str, str, date]) -> dict[str, Any]:
    area, offence, day = of
    entry = {"value": value, "area": area, "period": in_words(day)}
    if offence == "total":
        return {"quantity": "total", **entry}
    return {"quantity": "count", "offence": offence, **entry}


def _telling(number: float | None, least: int) -> bool:
    """Whether a number has enough digits to say by itself what it counts."""
    return bool(number and number >= least and number % 100 and number == int(number))


def _fitting(
    named: Mentioned, number: Loose | Statement, counts: Counts
) -> Iterator[tuple[str, str, date]]:
    """Areas, offences and years whose count a number is, the nearest first."""
    days = _nearest(named.years, number.start)
    offences = dict.fromkeys([*_nearest(named.offences, number.start), "total"])
    for area, offence, day in product(_nearest(named.areas, number.start), offences, days):
        if number.number in counts(area, offence, day):
            yield area, offence, day


def _nearest(named: Iterable[tuple[int, Named]], at: int) -> list[Named]:
    """Values by how far they stand from a place, each once."""
    near = sorted(named, key=lambda each: abs(each[0] - at))
    return list(dict.fromkeys(value for _, value in near))[:_NEAREST]


def meant_otherwise(reading: Reading, counts: Counts) -> None:
    """Look again at counts that do not fit: what else in the text has these digits?

    A slot taken from another sentence may be anything the text names.  A slot of the sentence
    itself may only be another thing that the sentence names, and the verdict is then open.  What
    another number of the text counts is never tried.  If no number read as of one area holds,
    all of them are read as of the area that the counts fit.
    """
    named = reading.mentioned
    moved: dict[tuple[str, Any], Any] = {}
    days = {in_words(day): day for _, day in named.years}
    days |= {in_words(a_year_before(day)): a_year_before(day) for _, day in named.years}

    def told(statement: Statement) -> list[tuple[str, str, date]]:
        """What the readings of a count are of."""
        return [
            (e["area"], e.get("offence", "total"), days[e["period"]])
            for e in [*statement.entries, *statement.otherwise, *statement.elsewhere]
            if e["period"] in days
        ]

    _settle(reading, told, counts)

    def sentence(at: int) -> int:
        return bisect(reading.begins, at)

    _settle_year(reading, told, counts)
    read = [s for s in reading.statements if s.role and _telling(s.number, _TELLING)]
    right = [s for s in read if any(s.number in counts(*each) for each in told(s))]
    claimed = {
        of
        for s in reading.statements
        if s.role
        for of in ([each for each in told(s) if s.number in counts(*each)] or told(s)[:1])
    }
    for statement in read:
        first = told(statement)[:1]
        if statement in right or not first:
            continue
        here = {
            value
            for mentioned in (named.areas, named.offences, named.years)
            for at, value in mentioned
            if sentence(at) == sentence(statement.start)
        } | {"total"}
        free = dict(zip(("area", "offence", "period_end"), first[0], strict=True))
        if statement.role == "base":
            back = [(at, a_year_before(day)) for at, day in named.years]
            meant = replace(named, years=[*named.compared, *back, *named.years])
        else:
            meant = named
        # What is named in later sentences alone is not what this one is about.
        until = [*reading.begins, inf][sentence(statement.start)]
        meant = replace(
            meant,
            areas=[each for each in meant.areas if each[0] < until],
            offences=[each for each in meant.offences if each[0] < until],
            years=[each for each in meant.years if each[0] < until],
        )
        for fitting in _fitting(meant, statement, counts):
            differing = [
                (slot, value)
                for (slot, old), value in zip(free.items(), fitting, strict=True)
                if old != value
            ]
            if fitting in claimed or not all(
                slot in statement.assumed or value in here for slot, value in differing
            ):
                continue
            other = _entry(statement.entries[0]["value"], fitting)
            if not all(slot in statement.assumed for slot, _ in differing):
                # Two things of one sentence may have been mixed up by its writer.
                statement.entries = [statement.entries[0], other]
                break
            statement.entries = [other]
            statement.notes.append(_OTHERWISE)
            claimed = claimed - {first[0]} | {fitting}
            moved |= {
                (slot, old): new for (slot, old), new in zip(free.items(), fitting, strict=True)
            }
            rest = [s for s in reading.statements if s not in right]
            _follow(rest, statement, dict(differing), free)
            break
    firm = {value for statement in right for value in told(statement)[0]}
    for (slot, old), new in moved.items():
        for statement in reading.statements:
            if old in firm or slot not in statement.assumed:
                continue
            if slot == "area" and statement.entries[0].get("area") == old:
                statement.entries = [{**e, "area": new} for e in statement.entries]
            if slot == "period_end" and statement.entries[0]["period"] == in_words(old):
                statement.entries = [{**e, "period": in_words(new)} for e in statement.entries]


def one_slot_otherwise(reading: Reading, holds: Holds) -> None:
    """Look again at numbers that do not hold: would another area, offence or year of the text fit?

    One of these is changed at a time, for numbers with enough digits to tell, and never to what
    another number of the text is read as.  If two numbers fit in the same way, it is open what is
    meant; if that slot was taken from another sentence, both sentences are read so.  If one number
    fits, it is open only where the slot was taken from another sentence.
    """
    named = reading.mentioned
    taken = [_of(s.entries[0]) for s in reading.statements]
    fits: dict[tuple[str, Any, str], list[Statement]] = {}
    for statement in reading.statements:
        first = statement.entries[0]
        if not _tells(statement) or any(map(holds, statement.entries)):
            continue
        # What is named in later sentences alone is not what this one is about.
        until = [*reading.begins, inf][bisect(reading.begins, statement.start)]
        slots = (
            ("area", named.areas),
            ("offence", [*named.offences, (-1, "total")]),
            ("period", [(at, in_words(day)) for at, day in [*named.years, *named.compared]]),
        )
        for slot, values in slots:
            for value in dict.fromkeys(value for at, value in values if at < until):
                other = _with(first, slot, value)
                if _of(other) not in taken and holds(other):
                    fits.setdefault((slot, first.get(slot), value), []).append(statement)
    for (slot, old, value), found in fits.items():
        assumed = [s for s in found if _SLOTS[slot] in s.assumed]
        # Of which year a number is instead, its verdict says anyway.
        alone = [] if slot == "period" else assumed
        doubtful = found if len(found) > 1 else alone
        for statement in doubtful:
            first = statement.entries[0]
            statement.entries = [first, _with(first, slot, value)]
        if len(found) > 1 and assumed == found:
            told = {statement.group[0] for statement in found}
            for statement in reading.statements:
                first = statement.entries[0]
                here = statement.group[:1] and statement.group[0] in told
                if here and first.get(slot) == old and not holds(first):
                    statement.entries = [_with(first, slot, value)]
                    statement.notes.append(_OTHERWISE)


def _tells(statement: Statement) -> bool:
    """Whether the digits of a statement can say by themselves what it is of."""
    entry = statement.entries[0]
    if "measure" in entry or entry["quantity"] not in ("count", "total", "rate", "share", "change"):
        return False
    if statement.role:
        return _telling(statement.number, _TELLING)
    return bool(re.search(r"\d\d?\.\d", str(entry["value"])))


def _of(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What an entry is about, but for its number."""
    slots = ("quantity", "area", "offence", "period", "since", "of")
    return tuple(entry.get(slot) for slot in slots)


def _with(entry: dict[str, Any], slot: str, value: str) -> dict[str, Any]:
    other = {**entry, slot: value}
    if slot == "offence" and entry["quantity"] in ("count", "total"):
        other["quantity"] = "total" if value == "total" else "count"
        if value == "total":
            del other["offence"]
    return other


def _follow(
    rest: Iterable[Statement], counted: Statement, new: dict[str, Any], old: dict[str, Any]
) -> None:
    """Take what a count's digits say it is of for the rest of its sentence, if that is assumed."""
    for other in rest:
        if other is counted or not other.group or other.group[0] != counted.group[0]:
            continue
        for slot in ("area", "offence"):
            same = other.entries[0].get(slot) == old[slot]
            if slot in new and slot in other.assumed and same:
                other.entries = [{**e, slot: new[slot]} for e in other.entries]


def _settle_year(reading: Reading, told: Told, counts: Counts) -> None:
    """Where several counts are of another year than was taken for them, take that for all of it.

    "Last year" and "the latest figures" are meant otherwise by the texts that lag or lead.
    """
    days = {in_words(day): day for _, day in reading.mentioned.years}
    taken = [s for s in reading.statements if "period_end" in s.assumed]
    doubted = {s.entries[0]["period"] for s in taken if {LAST, NEWEST} & {*s.notes}}
    for old in doubted & {*days}:
        fits = []
        for s in taken:
            if s.role == "main" and s.entries[0]["period"] == old and _telling(s.number, _TELLING):
                of = told(s)[0][:2]
                fits += [name for name, day in days.items() if s.number in counts(*of, day)]
        best = max(days, key=fits.count)
        if best not in fits or old in fits:
            continue
        back = {a_year_before(days[old]): a_year_before(days[best]), days[old]: days[best]}
        moved = {in_words(one): in_words(other) for one, other in back.items()}
        for s in taken:
            if s.entries[0]["period"] not in moved:
                continue
            other = [{**e, "period": moved[e["period"]]} for e in s.entries]
            if fits.count(best) > 1:
                s.entries, s.elsewhere = other, []
            elif not s.role and len(other) == 1:
                # One count alone may be wrong by chance.
                s.entries = [*s.entries, *other]


def _settle(reading: Reading, told: Told, counts: Counts) -> None:
    """Where a name has two meanings, such as London, keep the one that the counts fit."""
    for slot in ("area", "offence"):
        settled: dict[frozenset[str], set[str]] = {}
        for statement in reading.statements:
            if not statement.role or not _telling(statement.number, _TELLING):
                continue
            fit = [statement.number in counts(*each) for each in told(statement)]
            settled.setdefault(_named(statement, slot), set()).update(
                entry.get(slot, "total")
                for entry, fits in zip(statement.entries, fit, strict=False)
                if fits
            )
        for statement in reading.statements:
            named = _named(statement, slot)
            meant = settled.get(named, set())
            if slot == "offence":
                plain = reading.mentioned.plain
                plain = plain | {o for o in named if o.startswith("possession")}
                # "9,013 stalking offences" are those of stalking and harassment: the words are
                # wrong, unless the text says elsewhere what it means by them.
                meant = meant & plain
            if len(named) > 1 and len(meant) == 1:
                statement.entries = [e for e in statement.entries if e.get(slot, "total") in meant]


def _named(statement: Statement, slot: str) -> frozenset[str]:
    """What the readings of a statement are of."""
    return frozenset(entry.get(slot, "total") for entry in statement.entries)


def meant_area(reading: Reading, counts: Counts) -> str:
    """The area that a text is about and does not name, by its counts; empty if they do not tell.

    One count of thousands says that it is England and Wales, two of hundreds which police force.
    """
    lost = [u for u in reading.unplaced if u.unsaid] + [
        Loose(s.start, s.end, "", s.number)
        for s in reading.statements
        if s.role and (s.guessed or "area" in s.assumed)
    ]
    named = reading.mentioned
    lost = [
        each
        for each in lost
        if _telling(each.number, _TELLING) and not any(_fitting(named, each, counts))
    ]

    def fit(area: str, least: int) -> int:
        """How many of the numbers are counts of an area."""
        alone = replace(named, areas=[(0, area)])
        return sum(
            any(_fitting(alone, each, counts)) for each in lost if _telling(each.number, least)
        )

    if not lost or fit(NATION, _CERTAIN):
        return NATION if lost else ""
    if len(lost) < 2 or named.told_of:
        # One number tells no force, and a text that names an area is about that.
        return ""
    forces = [code for code, area in areas().items() if area.area_type == "force"]
    found = sorted(((fit(code, _TELLING), code) for code in forces), reverse=True)
    return found[0][1] if found[0][0] > max(1, found[1][0]) else ""
