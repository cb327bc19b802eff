"""What becomes of the statements of a text, and what their own sums say."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Protocol

from crimeshare.audit.asserted import asserted
from crimeshare.audit.reading.fitting import (
    by_digits,
    meant_area,
    meant_otherwise,
    one_slot_otherwise,
)
from crimeshare.audit.reading.reader import read_text
from crimeshare.audit.reading.state import Loose, Statement
from crimeshare.audit.statements import PLAIN_COUNTS, AnyClaim, RecordedClaim, SurveyClaim
from crimeshare.audit.verdicts import (
    CONTRADICTED,
    NOT_CHECKABLE,
    NOT_SUPPORTED,
    WITHIN_REVISIONS,
    Verdict,
    outcome,
)
from crimeshare.reference import areas

MEANT = "depends on what is meant"
_SLOTS = {
    "area": "area",
    "offence": "offence",
    "period_end": "year",
    "measure": "question",
}


class Judge(Protocol):
    """What statements are judged by."""

    def __call__(self, entry: Mapping[str, Any], /) -> tuple[AnyClaim, Verdict]:
        """A statement and its verdict, from the keys of an entry; ValueError says why none."""

    def counts(self, area: str, offence: str, day: date, /) -> Collection[float]:
        """Every count that was published of an area, an offence group or code, and a year."""


@dataclass
class Judged:
    """A statement of a text with what became of it.

    Attributes:
        statement: where it stands, and how it was read.
        claim: its likeliest reading; ``verdict`` is of that one.
        name: the verdict's name, :data:`MEANT` where two readings have different ones.
        exit: 0 it holds, 1 it does not, 2 it is open.
        reason: why, in sentences.
    """

    statement: Statement
    claim: AnyClaim
    verdict: Verdict
    name: str
    exit: int
    reason: str


@dataclass
class Answer:
    """What a text asserts, judged."""

    text: str
    statements: list[Judged] = field(default_factory=list)
    unplaced: list[Loose] = field(default_factory=list)

    @property
    def exit(self) -> int:
        """0 if all statements hold, 1 if one does not, 2 if none does not and not all hold."""
        exits = {judged.exit for judged in self.statements}
        return 1 if 1 in exits else 0 if exits == {0} else 2

    def record(self) -> dict[str, Any]:
        """The answer for programs."""
        return {
            "statements": [self._record(judged) for judged in self.statements],
            "unplaced": [
                {"quote": self.text[u.start : u.end], "start": u.start, "end": u.end, "why": u.why}
                for u in self.unplaced
            ],
        }

    def _record(self, judged: Judged) -> dict[str, Any]:
        statement = judged.statement
        return {
            "quote": self.text[statement.start : statement.end],
            "start": statement.start,
            "end": statement.end,
            **slots(judged),
            "verdict": judged.name,
            "exit": judged.exit,
            "reason": judged.reason,
            "assumed": statement.assumed,
        }


def slots(judged: Judged) -> dict[str, Any]:
    """What a statement is about, by the names of the options of ``crimeshare check``."""
    claim, entry = judged.claim, judged.statement.entries[0]
    named: dict[str, Any] = dict.fromkeys(
        ("area", "offence", "measure", "sex", "age", "period_end", "since", "than")
    )
    named["period_end"] = claim.period.isoformat()
    if isinstance(claim, SurveyClaim):
        named |= {"measure": claim.measure, "sex": claim.group.sex, "age": claim.group.age}
        if claim.than:
            named["than"] = claim.than.sex if claim.than.sex != "all" else claim.than.age
    else:
        named |= {"area": claim.area.area_name, "offence": claim.offence.name}
        named["than"] = claim.than.area_name if claim.than else None
    named["since"] = claim.since.isoformat() if claim.since else None
    value = entry.get("value") or entry.get("difference")
    return named | {"quantity": claim.quantity, "value": value}


def judge_text(text: str, judge: Judge, published: date | None = None, area: str = "") -> Answer:
    """Every statement of a text, judged.

    Args:
        text: as pasted.
        judge: the judge of one statement.
        published: the day it came out, if that is known.
        area: code of the area meant where none is named.
    """
    reading = read_text(text, published, area)
    if not area and (unnamed := meant_area(reading, judge.counts)):
        reading = read_text(text, published, unnamed)
        told = f"No area is named; the counts are those of {areas()[unnamed].area_name}."
        for statement in reading.statements:
            if "area" in statement.assumed and statement.entries[0].get("area") == unnamed:
                statement.notes.append(told)
                statement.assumed.remove("area")
    fitted, unplaced = by_digits(reading, text, judge.counts)
    answer = Answer(text, unplaced=unplaced)
    meant_otherwise(reading, judge.counts)
    everything: set[int] = set()
    one_slot_otherwise(reading, partial(_holds, judge))
    _settle(reading.statements, judge)
    found = sorted([*reading.statements, *fitted], key=lambda each: each.start)
    for statement in found:
        # What a later count of a sentence says of it holds for what stands before that, too.
        _otherwise(statement, judge, everything)
    for statement in found:
        try:
            answer.statements.append(_judged(statement, judge, everything))
        except ValueError as why:
            answer.unplaced.append(Loose(statement.start, statement.end, str(why)))
    _drop_guesses(answer)
    answer.unplaced.sort(key=lambda loose: loose.start)
    _reckon(answer)
    return answer


def _drop_guesses(answer: Answer) -> None:
    """Leave out statements of England and Wales in a text that names no area.

    They stay where a count is exactly that of England and Wales, or several numbers with decimals
    are, which says what was meant.
    """
    guessed = [j for j in answer.statements if j.statement.guessed]
    exact = (j for j in guessed if j.exit == 0 and (j.statement.number or 0) % 100)
    if any((j.statement.number or 0) > 100 for j in exact):
        return
    to_a_decimal = [j for j in guessed if "." in str(j.statement.entries[0].get("value"))]
    if len([j for j in to_a_decimal if j.exit == 0]) > max(1, len(to_a_decimal) / 2):
        return
    answer.statements = [j for j in answer.statements if j not in guessed]
    answer.unplaced += [
        Loose(j.statement.start, j.statement.end, "no area is named") for j in guessed
    ]


def _otherwise(statement: Statement, judge: Judge, everything: set[int]) -> Statement:
    """The statement as it is meant: see `Statement.otherwise`.

    What the survey has not asked lately is of the last time it did.

    "The force recorded 58,358 offences" in a text about one group is of all crime if that is what
    the number is; what its sentence says besides is then too.

    Args:
        statement: what was read.
        judge: the judge of one statement.
        everything: where sentences about all recorded crime begin, to which its own is added.
    """
    sentence = statement.group[0] if statement.group else -1
    if not statement.otherwise:
        return statement
    if sentence in everything:
        meant = [entry for entry in statement.otherwise if _holds(judge, entry)][:1]
        same = statement.otherwise[0].get("offence")
        plain = [entry for entry in statement.otherwise if entry.get("offence") == same]
        if not meant and _holds(judge, statement.entries[0]):
            return statement
        return _read_as(statement, meant or plain)
    if "measure" in statement.entries[0]:
        asked = (
            e
            for e in [*statement.entries, *statement.otherwise]
            if _name(judge, e) != NOT_CHECKABLE
        )
        return replace(statement, entries=[next(asked, statement.entries[0])])
    level = statement.role or statement.entries[0]["quantity"] == "rate"
    if not level or _holds(judge, statement.entries[0]):
        return statement
    for entry in statement.otherwise:
        if _holds(judge, entry):
            everything.add(sentence)
            return _read_as(statement, [entry])
    return statement


def _settle(statements: Sequence[Statement], judge: Judge) -> None:
    """Take another reading for all numbers that have it where it is the one several of them fit.

    A count to the last digit tells for its sentence, two numbers that fit no other way for all.
    """
    fits: dict[tuple[Any, ...], list[Statement]] = {}
    doubted = set()
    for statement in statements:
        sized = statement.number is not None or statement.entries[0]["quantity"] == "rate"
        own = sized and _holds(judge, statement.entries[0])
        for other in statement.elsewhere if sized else []:
            key = _difference(statement, other)
            if own:
                doubted.add(key)
            elif _holds(judge, other):
                fits.setdefault(key, []).append(statement)
    for statement in statements:
        for other in statement.elsewhere:
            key = _difference(statement, other)
            told = fits.get(key, [])
            here = [s for s in told if s.role and s.group[:1] == statement.group[:1]]
            exact = any((s.number or 0) > 1_000 and (s.number or 0) % 100 for s in here)
            if exact or (len(told) > 1 and key not in doubted):
                statement.entries, statement.elsewhere = [other], []
                break


def _difference(statement: Statement, other: Mapping[str, Any]) -> tuple[Any, ...]:
    """The slots that another reading of a statement fills otherwise, and how."""
    first = statement.entries[0]
    slots = ("area", "offence", "period", "since")
    return tuple((s, first.get(s), other.get(s)) for s in slots if first.get(s) != other.get(s))


def _elsewhere(statement: Statement, judge: Judge) -> Statement:
    """The statement, of the area told of before where it does not hold of the last.

    A count to the last digit says which area is meant; of another number it stays open.
    """
    if not statement.elsewhere or outcome(_name(judge, statement.entries[0])) != 1:
        return statement
    other = next((entry for entry in statement.elsewhere if _holds(judge, entry)), None)
    if other is None and statement.entries[0]["quantity"] == "rank":
        names = [(entry, _name(judge, entry)) for entry in statement.elsewhere]
        other = next((entry for entry, name in names if name.startswith(WITHIN_REVISIONS)), None)
    if other is None:
        return statement
    if statement.role and statement.number and statement.number % 100:
        return replace(statement, entries=[other])
    return replace(statement, entries=[statement.entries[0], other])


def _name(judge: Judge, entry: Mapping[str, Any]) -> str:
    """The name of the verdict on a reading; that of what cannot be checked where it has none."""
    try:
        _, verdict = judge(entry)
    except ValueError:
        return NOT_CHECKABLE
    return verdict.verdict


def _holds(judge: Judge, entry: Mapping[str, Any]) -> bool:
    return outcome(_name(judge, entry)) == 0


def _read_as(statement: Statement, entries: list[dict[str, Any]]) -> Statement:
    assumed = [slot for slot in statement.assumed if slot != "offence"]
    return replace(statement, entries=entries, assumed=assumed, notes=[ALL, *statement.notes])


ALL = "Read as all recorded crime, as no group is named beside it."


def _judged(statement: Statement, judge: Judge, everything: set[int]) -> Judged:
    """The verdict on the readings of a statement: one that they share, or that it depends."""
    statement = _elsewhere(_otherwise(statement, judge, everything), judge)
    found, refused = [], ""
    for entry in statement.entries:
        try:
            found.append((entry, *judge(entry)))
        except ValueError as why:
            refused = refused or str(why)
    if not found:
        raise ValueError(refused)
    if all(_of_another(statement, claim, verdict) for _, claim, verdict in found):
        meant = _read_as(statement, statement.otherwise[:1])
        level = statement.role or statement.entries[0]["quantity"] == "rate"
        if meant.entries and "offence" in statement.assumed and level:
            other = _judged(replace(meant, otherwise=[], elsewhere=[]), judge, everything)
            if not _far(other.claim, other.verdict):
                return other
        raise ValueError(f"it is far from what it was read as ({asserted(found[0][1])})")
    statement.entries = [entry for entry, _, _ in found]
    _, claim, verdict = found[0]
    exits = {outcome(other.verdict) for _, _, other in found}
    if len(exits) == 1:
        reason, name, code = verdict.reason.text, verdict.verdict, exits.pop()
        if len(found) > 1:
            reason += f" So it is of its other reading ({asserted(found[1][1])})."
    else:
        told = [f"{asserted(c)}: {v.verdict}. {v.reason.text}" for _, c, v in found]
        reason, name, code = " ".join(["It may mean two things.", *told]), MEANT, 2
    return Judged(statement, claim, verdict, name, code, " ".join([reason, *_read(statement)]))


# How many times another a level is that is hardly meant for it: where part of what it is of was
# taken from another sentence, and where all of it stands beside it; and from which number on.
_FAR, _FAR_BESIDE, _TELLING = 3, 30, 100


def _of_another(statement: Statement, claim: AnyClaim, verdict: Verdict) -> bool:
    """Whether a level is so far from what it was read as that it is hardly that."""
    if claim.quantity not in ("count", "total", "rate") or outcome(verdict.verdict) != 1:
        return False
    few = (statement.number or 0) < _TELLING and "offence" not in statement.assumed
    taken = not few and {"offence", "area"} & {*statement.assumed}
    return _far(claim, verdict, _FAR if taken else _FAR_BESIDE)


def _far(claim: AnyClaim, verdict: Verdict, times: int = _FAR) -> bool:
    own = getattr(getattr(claim, "value", None), "value", 0)
    found = verdict.decisive[0].value if verdict.decisive else 0
    return bool(own > 0 and found > 0 and max(own / found, found / own) > times)


def _read(statement: Statement) -> list[str]:
    """What has to be said of how a statement was read."""
    said = list(statement.notes)
    if statement.assumed:
        names = [_SLOTS[slot] for slot in statement.assumed]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        are = "was" if len(names) == 1 else "were"
        said.append(f"The {listed} {are} taken from elsewhere in the text.")
    return said


def _reckon(answer: Answer) -> None:
    """Hold percentages against the statement's own two counts, and totals against their parts."""
    groups: dict[tuple[Any, ...], list[Judged]] = {}
    for judged in answer.statements:
        groups.setdefault(judged.statement.group, []).append(judged)
    for members in groups.values():
        _percentages(members)
    _parts(answer.statements)


def _percentages(members: Sequence[Judged]) -> None:
    counts = [m for m in members if m.claim.quantity in ("count", "total") and m.statement.number]
    now = [m for m in counts if m.statement.role == "main"]
    before = [m for m in counts if m.statement.role == "base"]
    changes = [
        m for m in members if m.claim.quantity == "change" and m.statement.number is not None
    ]
    if len(now) != 1 or len(before) != 1:
        return
    later, earlier = now[0].statement.number or 0, before[0].statement.number or 0
    for change in changes:
        value = change.statement.entries[0]["value"]
        stated = getattr(change.claim, "value", None)
        if ("%" not in value and "cent" not in value) or stated is None:
            continue
        made = later / earlier - 1
        fits = _allowed(stated, now[0], before[0], made)
        told = f"Its own two counts, {earlier:,.0f} and {later:,.0f}, make {100 * made:+.1f}%"
        if fits:
            if change.exit == 2:
                change.reason = f"{told}, as it says. {change.reason}"
        elif change.exit == 0 and 1 in (now[0].exit, before[0].exit):
            change.reason = f"{told}, as one of them is wrong. {change.reason}"
        else:
            change.reason = f"{told}, which is not what it says. {change.reason}"
            change.name = change.name if change.exit == 1 else NOT_SUPPORTED
            change.exit = 1


def _allowed(stated: Any, now: Judged, before: Judged, made: float) -> bool:
    """Whether a percentage fits two counts that may be rounded themselves."""
    if stated.match(made) in ("exact", "rounded", "near", "truncated"):
        return True
    spread = sum(
        _half(m.statement.entries[0]["value"]) / (m.statement.number or 1) for m in (now, before)
    )
    low, high = getattr(stated, "limits", (stated.value, stated.value))
    return bool(low - spread - 0.002 <= made <= high + spread + 0.002)


def _half(words: str) -> float:
    """Half of the unit that a number is rounded to."""
    digits = re.sub(r"[^\d]", "", words.split(".")[0])
    if "million" in words or "thousand" in words:
        return 0.5 * (1e6 if "million" in words else 1e3) / (10 if "." in words else 1)
    return 0.5 * float(10 ** (len(digits) - len(digits.rstrip("0"))))


def _parts(statements: Sequence[Judged]) -> None:
    """Say where the parts of a whole are all there and do not add up to it."""
    counts = [
        (m, m.claim)
        for m in statements
        if isinstance(m.claim, RecordedClaim)
        and m.claim.quantity in PLAIN_COUNTS
        and not m.claim.compares
        and m.statement.number
    ]
    for whole, claim in counts:
        code = claim.area.area_code
        parts = {
            other.area.area_code: m
            for m, other in counts
            if other.area.parent_code == code
            and (other.offence, other.period) == (claim.offence, claim.period)
        }
        if len(parts) < 2 or set(parts) != _members(code):
            continue
        total = sum(m.statement.number or 0 for m in parts.values())
        stated = whole.statement.number or 0
        slack = sum(_half(m.statement.entries[0]["value"]) for m in (*parts.values(), whole)) - 0.5
        if abs(total - stated) > max(slack, 0):
            whole.reason = f"Its parts add up to {total:,.0f}, not {stated:,.0f}. {whole.reason}"
            if whole.exit == 2:
                whole.name, whole.exit = CONTRADICTED, 1


def _members(code: str) -> set[str]:
    """Codes of the areas that an area is made of."""
    return {area.area_code for area in areas().values() if area.parent_code == code}
