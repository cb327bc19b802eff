"""Statements out of running text: every number, multiple, rank, direction and record with its slots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from crimeshare.audit.reading.names import Offending, People, groups, measure_words, names
from crimeshare.audit.reading.numbers import ORDINALS, masked, numerals
from crimeshare.audit.reading.periods import Year, periods
from crimeshare.audit.reading.sentences import Sentence, sentences
from crimeshare.audit.reading.slots import ADJECTIVES, NATION, NATIONS, Around, Slots, Topic, Unplaced
from crimeshare.audit.reading.spans import Span
from crimeshare.periods import a_year_before, in_words

_SIGNED = re.compile(r"^(?:[+\-−–]|minus |plus )\s?", re.IGNORECASE)
_MOVES = {"rise": "up", "fall": "down", "same": "unchanged"}
# What happened to people, as verbs.
_SUFFERED = (("stalked", "stalking_harassment"), ("burgled", "burglary"), ("robbed", "robbery"))
_LEFT = (
    r"M (?:(?:by|of|an?|the|was|were|has|had|have|been|is|are|in|to|from|on|for|at|or|just|only|some|nearly|A|O|T|G|P|R|B|N|I|\(|"
    r"year|-|and|recorded|number|by around|rate|rates|figure|as|much|,) ){0,9}$"
)
_RIGHT = r"(?:(?:year|on|-|point|annual|,|or|a|annually|so|further|overall|was|in) ){0,3}M "
_PART_OF = (
    rf"(?:of|in) (?:(?:all|the|its|total|every|police|recorded|overall|A|their|our|those|violent|reported|\w+) ){{0,4}}?"
    r"(?:T|everything|all G|G recorded) "
)
_MADE_UP = re.compile(
    r"(?:accounted for|accounts for|accounting for|account for|(?:made|makes|make|making) M|represented|represents|representing|constituted|"
    r"constitutes|comprised|comprising|equivalent to|equal to|share of|share was|proportion of|amounted to|formed)(?: (?:about|around|some|just|A|a|the))* $"
)
_CASE = re.compile(r"X (?:with|of|to|for|on|over|after|in|between)(?: \w+){0,2} $")
_HEDGES = re.compile(r"^(?:an?|the)\s", re.IGNORECASE)


@dataclass
class Statement:
    """One thing that a text asserts.

    Attributes:
        start, end: where it stands; the words there are what is quoted.
        entries: keys of an entry of ``config/claims.yaml``, the likeliest reading first.
        assumed: slots that were not in its sentence.
        notes: what has to be said of how it was read.
        role: ``main`` or ``base`` for a count; empty for others.
        group: statements of one sentence, offence and area have one.
        number: the size of a count or of a change, where it has one.
    """

    start: int
    end: int
    entries: list[dict[str, Any]]
    assumed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    role: str = ""
    group: tuple[Any, ...] = ()
    number: float | None = None


@dataclass(frozen=True)
class Loose:
    """A number without a statement, and why."""

    start: int
    end: int
    why: str


@dataclass
class Reading:
    """What was read in a text."""

    statements: list[Statement] = field(default_factory=list)
    unplaced: list[Loose] = field(default_factory=list)
    masked: int = 0


def read_text(text: str, published: date | None = None, area: str = "") -> Reading:
    """Every statement of a text, and the numbers that were not tied to one.

    Args:
        text: as it was pasted.
        published: the day it came out, which "last year" is read by.
        area: code of the area that is meant where the text names none.
    """
    spans = list(periods(text))
    spans += groups(text, spans)
    spans += masked(text, spans)
    spans += numerals(text, spans)
    spans += names(text, spans)
    spans = _plainly(spans)
    found = list(sentences(text, spans))
    topic = Topic(area=(area,) if area else ())
    reading = Reading(masked=sum(span.kind == "mask" for span in spans))
    for number, sentence in enumerate(found):
        ahead = _ahead(found[number:]) if not topic.period or not topic.area else Topic()
        _Sentence(text, sentence, topic, ahead, published, reading, assumed_area=bool(area)).read()
    reading.statements.sort(key=lambda statement: statement.start)
    reading.unplaced.sort(key=lambda loose: loose.start)
    return reading


def _plainly(spans: list[Span]) -> list[Span]:
    """Areas of two readings with the one alone that the text names elsewhere: "the Met", "London"."""
    certain = {s.value for s in spans if s.kind == "area" and len(s.value) == 1}

    def plain(span: Span) -> Span:
        if span.kind != "area" or len(span.value) == 1:
            return span
        named = [code for code in span.value if (code,) in certain]
        return replace(span, value=(named[0],)) if len(named) == 1 else span

    return [plain(span) for span in spans]


def _ahead(rest: list[Sentence]) -> Topic:
    """The area and the year of what follows, where it has one alone."""
    areas = {s.value for sentence in rest for _, s in sentence.spans("area") if s.value[0] not in NATIONS}
    nations = {s.value for sentence in rest for _, s in sentence.spans("area")}
    years = {s.value for sentence in rest for _, s in sentence.spans("period")}
    area = areas if len(areas) == 1 else nations if not areas and len(nations) == 1 else set()
    first = next(iter(years)) if len(years) == 1 else None
    return Topic(area=next(iter(area), ()), period=first)


class _Sentence:
    """The statements of one sentence."""

    def __init__(
        self, text: str, sentence: Sentence, topic: Topic, ahead: Topic, published: date | None,
        reading: Reading, *, assumed_area: bool,
    ) -> None:
        self.text, self.sentence, self.topic, self.reading = text, sentence, topic, reading
        self.tokens = sentence.tokens
        self.around = Around(sentence, topic, ahead, published)
        self.used: set[int] = set()
        self.given_area = assumed_area
        self.surveyed = any(t.letter == "U" for t in self.tokens)
        self.sized: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self.whom: People | None = None

    def read(self) -> None:
        """Read its numbers, then its directions, then what later sentences may refer to."""
        letters = "".join(t.letter for t in self.tokens)
        if self.surveyed:
            self.topic.survey, self.topic.lifetime = True, False
        elif re.search(r"recorded|FORCES|F", letters) or (re.search("[AN]", letters) and "S" not in letters and "C" not in letters and "H" not in letters):
            self.topic.survey = False
        if any(t.letter == "LIFE" for t in self.tokens):
            self.topic.lifetime = True
        for at, token in enumerate(self.tokens):
            if token.letter in ("N", "C", "H", "K", "W", "V", "J", "ORDINAL"):
                self._number(at)
        for at, token in enumerate(self.tokens):
            if token.letter == "M" and at not in self.used:
                self._direction(at)
        self._remember()

    def _number(self, at: int) -> None:
        token = self.tokens[at]
        try:
            kind = {
                "N": self._count, "C": self._part, "H": self._part, "K": self._times, "W": self._every,
                "V": self._record, "J": self._rank, "ORDINAL": self._came,
            }[token.letter]
            kind(at)
        except Unplaced as why:
            self.reading.unplaced.append(Loose(token.start, token.end, str(why)))

    def _remember(self) -> None:
        """What of the sentence later ones may leave out."""
        for at, token in enumerate(self.tokens):
            if token.span is None:
                continue
            if token.letter == "A" and not self.around._named_within(at):
                self.topic.area, self.topic.abroad = token.span.value, ""
                break
            if token.letter == "E":
                self.topic.abroad = "it is about another country; the figures here are of England and Wales alone"
                self.topic.area = ()
                break
        subjects = [t for i, t in enumerate(self.tokens) if t.letter in "OT" and not self.around._aside(i)]
        groups = [t for t in subjects if t.letter == "O"]
        if subjects and subjects[0].span:
            first = (groups or subjects)[0].span
            assert first is not None
            self.topic.offence = first.value
        elif any(t.letter == "Z" for t in self.tokens):
            self.topic.offence = None
        mains = [y for y in self.around.years if not y[2]]
        if mains:
            self.topic.period = mains[0][1]

    # Words

    def _words(self, at: int) -> str:
        return self.text[self.tokens[at].start : self.tokens[at].end]

    def _clean(self, words: str) -> str:
        plain = " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())
        plain = re.sub(r"(?<=\d)[\s-]?(?:mn?)\b", " million", plain)
        plain = re.sub(r"(?<=\d)\s?bn\b", " billion", plain)
        return re.sub(r"(?<=\d)[\s-](?=million|thousand)", " ", plain)

    def _signed(self, words: str) -> tuple[str, str]:
        """A number without its sign, and the side that the sign says."""
        sign = _SIGNED.match(words)
        if not sign:
            return words, ""
        rest = words[sign.end() :]
        return rest, "up" if sign.group().strip().casefold() in ("+", "plus") else "down"

    # Slots together

    def _slots(self, at: int, *, base: bool = False, offence: Offending | None = None) -> Slots:
        slots = Slots()
        slots.offence, far = (offence, False) if offence else self.around.subject(at)
        if far:
            slots.assumed.append("offence")
        slots.area, far = self.around.area(at)
        if far:
            slots.assumed.append("area")
        slots.period, far = self.around.year(at, base=base)
        if far:
            slots.assumed.append("period_end")
        return slots

    def _add(
        self, at: int, slots: Slots, entry: dict[str, Any], *, start: int | None = None, role: str = "",
        number: float | None = None, offences: bool = True,
    ) -> None:
        assert slots.period is not None
        token = self.tokens[at]
        entries = []
        groups = slots.offence.ids if slots.offence and offences else ("",)
        for offence in groups:
            for area in slots.area or ("",):
                one = dict(entry)
                if offence == "total" and one["quantity"] == "count":
                    one["quantity"] = "total"
                elif offence:
                    one["offence"] = offence
                if area:
                    one["area"] = area
                one["period"] = in_words(slots.period.period_end)
                if slots.since and slots.since.period_end < slots.period.period_end:
                    one["since"] = in_words(slots.since.period_end)
                entries.append(one)
        notes = [slots.period.doubt] if "13 months" in slots.period.doubt or "period_end" in slots.assumed else []
        if slots.offence and slots.offence.reading and offences:
            notes.append(f"Read as {slots.offence.reading}.")
        begin = token.start if start is None else start
        self.reading.statements.append(
            Statement(
                begin, token.end, entries, list(dict.fromkeys(slots.assumed)), [n for n in notes if n], role,
                (self.sentence.start, groups[0], (slots.area or ("",))[0]), number,
            )
        )

    # Counts, rates and paces

    def _count(self, at: int) -> None:
        words, side = self._signed(self._clean(self._words(at)))
        after, before = self.sentence.after(at), self.sentence.before(at)
        if side:
            raise Unplaced("it is a difference without the count that it is of")
        if "." in words and not re.search("[a-z]", words) and not self._is_rate(at):
            raise Unplaced("what it measures is not said")
        rated = re.match(rf"{ADJECTIVES}(?:[GOT] )?(?:recorded |reported |committed )?(?:in A )?(?:O )?(RATE) ", after)
        if rated or self._is_rate(at) and "." in words or (re.search(r"rates? (?:[^;]*? )?(?:was|of|at|is|being|:|stood at|A|to) (?:\w+ )?$", before) and not re.match(rf"{ADJECTIVES}[GOT] ", after)):
            return self._rate(at, words, rated)
        if re.match(rf"{ADJECTIVES}(?:[GOT] )?(?:were |was )?(?:recorded |reported |committed )?PACE ", after):
            return self._pace(at, words)
        if re.match(rf"{ADJECTIVES}S ", after):
            return self._counted_people(at, words)
        noun = self.around.noun(at)
        generic = self.around.generic(at)
        if _CASE.search(before) and not re.search(r"A [^,;]*$", before.rsplit("X ", 1)[-1]):
            raise Unplaced("it is part of one case, not a count of what police recorded")
        if not noun and not generic:
            if not self.around.stops(at):
                word = after.split()[0]
                raise Unplaced(f"it counts something else ({word})")
            self._stands_alone(at)
        base = self.around.base(at)
        slots = self._slots(at, base=base, offence=noun)
        if not noun and not generic and self._abroad_or_odd(at):
            raise Unplaced("what it counts is not said")
        number = _value(words)
        self._add(at, slots, {"quantity": "count", "value": words}, role="base" if base else "main", number=number)

    def _is_rate(self, at: int) -> bool:
        """Whether a number with decimals can be a rate: the sentence, or the one before, has one."""
        said = " ".join(t.letter for t in self.tokens)
        return bool(re.search(r"RATE|\brates?\b", said)) or any(
            s.entries[0]["quantity"] == "rate" for s in self.reading.statements[-2:]
        )

    def _stands_alone(self, at: int) -> None:
        """Refuse a number without a noun where nothing says that offences are counted."""
        before, after = self.sentence.before(at), self.sentence.after(at)
        subject = re.search(r"[OT] ", before) or re.search(r"G ", before)
        listed = re.search(r"[AO] (?:, |: |\( |with |had |has |on |saw |recorded |- |– |, with )*$", before)
        told = re.search(
            r"(?:stood at|totalled|totaled|numbered|number was|to|from|was|were|been|reached|reaching|hit|with|at|against|than|of|only|"
            r"recorded|recording|logging|seeing|when|logged|there were|total of|just|M|:|\(|–|, |had|and|is|saw|counted|it is|figure of|by F|by A|struck)(?: the| a)? $",
            before,
        )
        here = self.topic.offence and re.match(r"(?:[a-z]+ )*A (?:, )?(?:there were|there was|it was|they were|recorded|had|saw) (?:just |only )?$", before)
        starts = bool(here) or not before and re.match(r"(?:of them|– |were|that is|: )", after)
        if not ((subject and told) or listed or starts or (told and re.search(r"B ", before + after))):
            raise Unplaced("what it counts is not said")
        if not subject and not listed and not starts and not (self.topic.offence and re.search("B |I ", before + after)):
            raise Unplaced("what it counts is not said")

    def _abroad_or_odd(self, at: int) -> bool:
        """Whether a bare small number can hardly be a count of offences: "one", "two"."""
        return bool(re.fullmatch(r"(?:[a-z]+|\d)", self._words(at).casefold())) and not re.search(
            r"(?:from|to|O|A|:) $", self.sentence.before(at)
        )

    def _rate(self, at: int, words: str, rated: re.Match[str] | None) -> None:
        base = ""
        places = [i for i, t in enumerate(self.tokens) if t.letter == "RATE"]
        if rated:
            place = at + len(rated.group().split())
            base = re.sub(r"\D", "", self._words(place)) or ("1000" if "thousand" in self._words(place) else "million")
        elif places:
            base = re.sub(r"\D", "", self._words(places[-1]))
        noun = self.around.noun(at)
        if rated and not noun and self.around.generic(at):
            noun = None
        slots = self._slots(at, base=self.around.base(at), offence=noun)
        value = f"{words} per {base}" if base else words
        self._add(at, slots, {"quantity": "rate", "value": value})

    def _pace(self, at: int, words: str) -> None:
        place = next(i for i in range(at, len(self.tokens)) if self.tokens[i].letter == "PACE")
        slots = self._slots(at, offence=self.around.noun(at))
        unit = self._words(place).casefold().split()[-1]
        self._add(at, slots, {"quantity": "count", "value": f"{words} a {unit}"})

    def _every(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        said = re.sub(r"^(?:one|an? \w+)\s", "one ", words)
        slots = self._slots(at)
        self._add(at, slots, {"quantity": "count", "value": said})

    # Percentages, fractions and multiples

    def _part(self, at: int) -> None:
        words, side = self._signed(self._clean(self._words(at)))
        after, before = self.sentence.after(at), self.sentence.before(at)
        if self.tokens[at].letter == "H" and re.search(r"(?:not|another|every) $", before):
            raise Unplaced("what it is a part of is not said")
        points = "point" in words or re.search(r"pp", words)
        if side:
            return self._change(at, f"{side} {words}", None)
        survey = self.topic.survey or self.surveyed
        if re.match(r"(?:of )?(?:(?:all|the|our|adult|every|young) )*S ", after) and not re.match(r"(?:of )?S (?:M|\w+ M)", after):
            return self._surveyed(at, words)
        made_up = _MADE_UP.search(before)
        if re.match(_PART_OF, after) and (made_up or not re.search(r"M (?:by )?$", before)):
            return self._share(at, words, after)
        whole = re.match(r"of (?:all |the |every |total |A )*(?:O |G )(?:[GO] )?(?:recorded )?(?:in|across|for) (?:the )?(A) ", after)
        if whole:
            place = at + len(whole.group().split())
            return self._nation(at, words, place)
        if re.match(r"(?:of|in) (?:these|those|them|whom|which|this) ", after):
            raise Unplaced("what it is a part of is not said")
        move = None if made_up else self._move(at)
        if move is not None and not (survey and not self._subject_near(move) and self._group(at)):
            if points:
                return self._points(at, words, move)
            kind = self.tokens[move].span
            assert kind is not None
            return self._change(at, f"{_MOVES[kind.value]} {words}", move)
        if re.match(r"(?:(?:were|was|are|is|being|of which were|of|for) )*(?:the |police )?O ", after):
            if not re.match(r"of ", after) and (re.match(r"(?:were|was|are|is|being) ", after) or self._shares_before(at) or made_up):
                noun = self.around.noun(at)
                return self._share(at, words, after, noun)
        if made_up and self.tokens[at].letter in "CH" and not re.match(r"of \w", after):
            return self._share(at, words, after)
        if survey and (self._group(at) or re.search(r"S ", before + after) or self.surveyed):
            return self._surveyed(at, words)
        raise Unplaced("what it is a part of is not said")

    def _subject_near(self, move: int) -> bool:
        return bool(re.search(r"[OT] (?:\w+ ){0,4}$", self.sentence.before(move)))

    def _group(self, at: int) -> bool:
        """Whether people of a sex or age stand beside a number."""
        return bool(re.search(r"(?:among|for|with|of|by) (?:\w+ )?S (?:[^.;]* )?$", self.sentence.before(at)))

    def _shares_before(self, at: int) -> bool:
        return any(
            s.entries[0]["quantity"] == "share" and s.start >= self.sentence.start for s in self.reading.statements
        )

    def _move(self, at: int) -> int | None:
        """The movement that a size belongs to."""
        after, before = self.sentence.after(at), self.sentence.before(at)
        behind = re.match(_RIGHT, after)
        ahead = re.search(_LEFT, before)
        if ahead:
            place = len(before[: ahead.start()].split())
            tail = ahead.group().split()
            # The nearest movement of several.
            place += max(i for i, word in enumerate(tail) if word == "M")
            if not behind or place == at - 1 or self.tokens[at - 1].letter in ("by", "of"):
                return place
        return at + len(behind.group().split()) if behind else None

    def _change(self, at: int, value: str, move: int | None) -> None:
        noun = None
        if move is not None and move > at:
            noun = self.around.noun(move)
        if noun is None:
            noun = self.around.noun(at) if re.match(rf"(?:M )?(?:in |of )?[OTZX] |M {ADJECTIVES}[OTZX] ", self.sentence.after(at)) else None
        if noun is None and move is not None and move < at:
            between = re.match(r"(?:in|of) (?:the )?(?:number |level |rate )?(?:of )?(?:\w+ )?([OTZX]) ", self.sentence.after(move))
            if between:
                noun = self.around._offending(move + len(between.group().split()))
        slots = self._slots(at, offence=noun)
        assert slots.period is not None
        slots.since = self.around.since(slots.period)
        if slots.since and slots.since.period_end == a_year_before(slots.period.period_end):
            slots.since = None if self._unsaid(slots.since) else slots.since
        start = self.tokens[at].start
        if move is not None:
            self.used.add(move)
            if move < at and all(t.letter in ("by", "of", "M", "a", "an", "to", "around") for t in self.tokens[move:at]):
                start = self.tokens[move].start
        than = self._than(at, slots)
        entry: dict[str, Any] = {"quantity": "comparison" if than else "change", "value": value}
        if than:
            entry["than"] = than
            slots.since = None
        number = _value(value)
        self._add(at, slots, entry, start=start, number=number if "down" not in value else number and -number)
        self._mark(slots)

    def _mark(self, slots: Slots) -> None:
        assert slots.offence is not None
        self.sized.append((slots.area, slots.offence.ids))

    def _unsaid(self, year: Year) -> bool:
        """Whether a year is not named by its own words in the sentence."""
        return not any(t.span and t.span.kind == "period" and t.span.value == year for t in self.tokens)

    def _than(self, at: int, slots: Slots) -> str:
        """The area that another is compared with: "12% higher than in Wales"."""
        found = re.match(r"(?:M )?(?:\w+ ){0,3}?than (?:in |the |that of |for |across |average |rate |of )*(?:the )?(A) ", self.sentence.after(at))
        if not found:
            return ""
        place = at + len(found.group().split())
        span = self.tokens[place].span
        assert span is not None
        code = str(span.value[0])
        return code if code not in slots.area else ""

    def _points(self, at: int, words: str, move: int) -> None:
        kind = self.tokens[move].span
        assert kind is not None
        self.used.add(move)
        value = f"{_MOVES[kind.value]} {words}"
        if self.topic.survey or self.surveyed:
            return self._surveyed(at, value, changed=True)
        slots = self._slots(at)
        assert slots.period is not None
        slots.since = self.around.since(slots.period) or Year(a_year_before(slots.period.period_end))
        self._add(at, slots, {"quantity": "share", "value": value})

    def _share(self, at: int, words: str, after: str, noun: Offending | None = None) -> None:
        found = re.match(_PART_OF, after)
        if found:
            rest = self.sentence.after(at + len(found.group().split()))
            area = re.match(r"(?:recorded |reported )?(?:in|across|for) (?:the )?(A) ", rest)
            if area:
                place = at + len(found.group().split()) + len(area.group().split())
                span = self.tokens[place].span
                subject = self.around._before(at) if re.search(r"[OTZX] ", self.sentence.before(at)) else None
                if span and span.value[0] in NATIONS and (subject is None or subject.ids == ("total",)):
                    return self._nation(at, words, place)
        offence = noun or (self.around._before(at) if found else self.around.noun(at))
        if found and offence is None:
            offence = self.topic.offence
            far = True
        else:
            far = False
        slots = self._slots(at, offence=offence)
        if far:
            slots.assumed.append("offence")
        assert slots.offence is not None
        if slots.offence.ids == ("total",):
            earlier = self.topic.offence
            if not earlier or earlier.ids == ("total",):
                raise Unplaced("what it is a part of is not said")
            slots.offence = earlier
            slots.assumed.append("offence")
        self._add(at, slots, {"quantity": "share", "value": words})

    def _nation(self, at: int, words: str, place: int) -> None:
        """A share of the national total."""
        span = self.tokens[place].span
        assert span is not None
        noun = self.around.noun(at)
        slots = self._slots(at, offence=noun or Offending(("total",)))
        if slots.area == span.value or span.value[0] != NATION:
            raise Unplaced("what it is a part of is not said")
        self._add(at, slots, {"quantity": "share_of_nation", "value": words})

    def _times(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        after, before = self.sentence.after(at), self.sentence.before(at)
        if re.search(r"\d|times", words) and not re.search(r"M (?:by )?$", before) and not re.match(r"(?:as|more|higher|the|M|that) ", after):
            raise Unplaced("what it is a multiple of is not said")
        if re.match(r"as likely ", after) or re.search(r"S [^;]*$", before) and (self.topic.survey or self.surveyed):
            return self._likelier(at, words)
        if re.search(r"(?:twice|double|half|triple|treble)$", words) and not re.match(r"(?:as |the |that |in |between |from |since |M )", after):
            raise Unplaced("what it is a multiple of is not said")
        if re.match(r"(?:as (?:many|high|much)|the)[^.;]*? (?:as|than)? ?(?:in |of |that of |for )*(?:the )?A ", after) and not re.search("P [^;]*$", before + "") and False:
            raise Unplaced("it compares areas by what is not said")
        for place in range(max(0, at - 4), min(len(self.tokens), at + 3)):
            if self.tokens[place].letter == "M":
                self.used.add(place)
        than = re.match(r"(?:as (?:many|high|much) (?:\w+ )?(?:as )?|the \w+ (?:of|in) |that (?:of|in) |higher than |M than )(?:in |the |of |for |that |across )*(A) ", after)
        slots = self._slots(at)
        assert slots.period is not None
        entry: dict[str, Any] = {"quantity": "change", "value": words}
        if than:
            place = at + len(than.group().split())
            span = self.tokens[place].span
            assert span is not None
            slots.area = self._own_area(at)
            entry = {"quantity": "comparison", "value": words, "than": span.value[0]}
        else:
            slots.since = self.around.since(slots.period)
            if slots.since and slots.since.period_end == a_year_before(slots.period.period_end) and self._unsaid(slots.since):
                slots.since = None
        self._add(at, slots, entry)
        self._mark(slots)

    def _own_area(self, at: int) -> tuple[str, ...]:
        for place in range(at - 1, -1, -1):
            if self.tokens[place].letter == "A" and self.tokens[place].span:
                value: tuple[str, ...] = self.tokens[place].span.value  # type: ignore[union-attr]
                return value
        if self.topic.area:
            return self.topic.area
        raise Unplaced("no area is named")

    # Survey

    def _measure(self, at: int) -> str:
        offence = None
        for place in [*range(at - 1, -1, -1), *range(at, len(self.tokens))]:
            if self.tokens[place].letter in "OT" and self.tokens[place].span:
                offence = self.tokens[place].span.value.ids[0]  # type: ignore[union-attr]
                break
        if offence is None:
            said = " ".join(t.letter for t in self.tokens)
            offence = next((o for word, o in _SUFFERED if re.search(rf"\b{word}\b", said)), None)
        if offence is None and any(t.letter == "Z" for t in self.tokens):
            raise Unplaced("the survey's figures of it are not in these tables")
        if offence is None and self.topic.measure:
            return self.topic.measure
        if offence is None:
            offence = self.topic.offence.ids[0] if self.topic.offence else ""
        measure = measure_words().get(offence, "")
        if not measure:
            raise Unplaced("the survey's figures of it are not in these tables" if offence else "no crime is named")
        if measure == "stalking" and (self.topic.lifetime or any(t.letter == "LIFE" for t in self.tokens)):
            measure = "stalking_since_16"
        return measure

    def _whom(self, at: int) -> People:
        """The people beside a number: behind it, or before it ("among women it is")."""
        after, before = self.sentence.after(at), self.sentence.before(at)
        found = re.match(r"(?:(?:of|all|the|our|adult|every|young|those) )*S ", after)
        if found:
            first = self._people(at + len(found.group().split()))
            more = re.match(r"(?:\w+ )?S ", self.sentence.after(at + len(found.group().split())))
            if more and not first.age:
                first = replace(first, age=self._people(at + len(found.group().split()) + len(more.group().split())).age)
            return first
        named = [i for i, t in enumerate(self.tokens[:at]) if t.letter == "S"]
        if named and re.search(r"S [^;.NCH]*$", before):
            return self._people(named[-1])
        later = [i for i, t in enumerate(self.tokens) if t.letter == "S" and i > at]
        if later and re.match(r"[^;.NCH]*S ", after):
            return self._people(later[0])
        return People("", "")

    def _people(self, place: int) -> People:
        span = self.tokens[place].span
        assert span is not None
        found: People = span.value
        return found

    def _surveyed(self, at: int, words: str, *, changed: bool = False) -> None:
        if not (self.topic.survey or self.surveyed or any(t.letter == "LIFE" for t in self.tokens) or self._experienced()):
            raise Unplaced("it is a part of people whom no survey of crime is named for")
        whom, measure = self._whom(at), self._measure(at)
        slots = Slots()
        slots.period, far = self.around.year(at, base=self.around.base(at) and not whom.sex and not whom.age)
        if far:
            slots.assumed.append("period_end")
        if not any(t.letter in "OT" for t in self.tokens) and measure == self.topic.measure:
            slots.assumed.append("measure")
        self.topic.measure = measure
        entry: dict[str, Any] = {"quantity": "proportion", "measure": measure, "value": words}
        if whom.sex:
            entry["sex"] = whom.sex
        if whom.age:
            entry["age"] = whom.age
        if changed:
            slots.since = self.around.since(slots.period) or Year(a_year_before(slots.period.period_end))
        self.topic.survey = True
        self._add(at, slots, entry, offences=False)

    def _experienced(self) -> bool:
        letters = "".join(f"{t.letter} " for t in self.tokens)
        return bool(re.search(r"experience\w*|victims? of|been O|been \w+ at|stalked", letters))

    def _counted_people(self, at: int, words: str) -> None:
        if not (self.topic.survey or self.surveyed or self._experienced()) or not _value(words) or (_value(words) or 0) < 1000:
            raise Unplaced("it counts people, not offences")
        raise Unplaced("it counts people; the survey's tables here have percentages of people")

    def _likelier(self, at: int, words: str) -> None:
        sides = [i for i, t in enumerate(self.tokens) if t.letter == "S"]
        ahead = [i for i in sides if i < at]
        behind = [i for i in sides if i > at]
        if not ahead or not behind:
            raise Unplaced("the two groups that it compares are not named")
        slots = Slots()
        slots.period, far = self.around.year(at, base=False)
        if far:
            slots.assumed.append("period_end")
        one, other = self._people(ahead[-1]), self._people(behind[0])
        if not (one.sex or one.age) or not (other.sex or other.age):
            raise Unplaced("the two groups that it compares are not named")
        value = f"{words} as likely" if not words.endswith("likely") else words
        entry: dict[str, Any] = {
            "quantity": "comparison", "measure": self._measure(at), "difference": value,
            "group": _group(one), "than": _group(other),
        }
        self._add(at, slots, entry, offences=False)

    # Places and records

    def _rank(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        after, before = self.sentence.after(at), self.sentence.before(at)
        if re.search(r"one of (?:the )?$|among (?:the )?$", before):
            raise Unplaced('"one of" names no place in an order')
        since = re.match(r"(?:[\w\-]+ )*?(?:D|since) ", after)
        if since and not re.search(r"[,;.]", since.group()):
            return self._record(at)
        if re.search(r"most \w+", words) or words.startswith("top") or words.startswith("bottom"):
            if not re.search(r"most \w+", words):
                raise Unplaced("the order it is a place in is not said")
            return self._group_rank(at, words)
        order = re.search(r"\b(rate|number|level|share|proportion|total|volume|count)s? ", f"{after} "[:80])
        within = re.match(
            r"(?:\w+ |[OTG] |- ){0,9}?(?:(?:of|among|out of|for) (?:(?:any|all|the|every|police|area|areas|local|_|N|43|44|other) )*(?:FORCES|force|forces|area|areas|A 's forces)"
            r"|(?:in|across|of|throughout) (?:the )?(?P<area>A)|(?:in|across) the (?:country|nation)) ".replace("?P<area>", ""),
            after,
        )
        if not within or re.search(r"[,;.] ", within.group()):
            raise Unplaced("the order it is a place in is not said")
        named = ""
        if within.group(1):
            place = at + len(within.group().split())
        else:
            more = re.match(r"(?:in|of|across) (?:the )?(A) ", self.sentence.after(at + len(within.group().split())))
            place = at + len(within.group().split()) + len(more.group().split()) if more else 0
        if place and self.tokens[place].span:
            code = self.tokens[place].span.value[0]  # type: ignore[union-attr]
            named = "" if code == NATION else code
        offence = None
        noun = re.match(r"(?:[a-z\-]+ ){0,4}?([OT]) ", after)
        if noun:
            offence = self.around._offending(at + len(noun.group().split()))
        slots = self._slots(at, offence=offence)
        slots.area = self._ranked(at)
        by = {"number": "number", "total": "number", "count": "number", "volume": "number", "level": ""}
        how = by.get(order.group(1), order.group(1)) if order else ""
        value = f"{words} {how}".strip()
        self.topic.rank = re.sub(r"^\S+[\s-](?=high|low|larg|big|great|worst|small|few)", "", value)
        if named:
            value = f"{value} in {named}"
        self._add(at, slots, {"quantity": "rank", "value": value})

    def _ranked(self, at: int) -> tuple[str, ...]:
        for place in range(at - 1, -1, -1):
            if self.tokens[place].letter == "A" and self.tokens[place].span:
                value: tuple[str, ...] = self.tokens[place].span.value  # type: ignore[union-attr]
                if value[0] not in NATIONS or value[0] == "W92000004":
                    return value
        for place in range(at - 1, -1, -1):
            if self.tokens[place].letter == "F" and self.topic.area:
                return self.topic.area
        if self.topic.area and self.topic.area[0] not in NATIONS and re.search(r"it (?:\w+ )*$", self.sentence.before(at)):
            return self.topic.area
        raise Unplaced("the area that it ranks is not named")

    def _came(self, at: int) -> None:
        if not self.topic.rank:
            raise Unplaced("the order it is a place in is not said")
        nth = self._words(at).casefold()
        number = re.match(r"\d+", nth)
        if nth not in ORDINALS and not number:
            raise Unplaced("the order it is a place in is not said")
        slots = self._slots(at)
        slots.area = self._ranked(at)
        nth = "" if nth in ("first", "1st") else f"{nth} "
        self._add(at, slots, {"quantity": "rank", "value": f"{nth}{self.topic.rank}"})

    def _group_rank(self, at: int, words: str) -> None:
        after = self.sentence.after(at)
        if not re.match(r"(?:(?:recorded|reported|T|G|type|types|of|crime|group|category|kind|form) )*", after):
            raise Unplaced("the order it is a place in is not said")
        slots = self._slots(at, offence=self.around._before(at))
        assert slots.offence is not None
        if slots.offence.ids == ("total",):
            raise Unplaced("the order it is a place in is not said")
        self._add(at, slots, {"quantity": "rank", "value": words})

    def _record(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        if re.search(r"one of (?:the )?$", self.sentence.before(at)):
            raise Unplaced('"one of" names no record')
        low = re.search(r"low|fewest|smallest", words)
        rate = " rate" if re.search(r"\brates?\b", words + " " + self.sentence.after(at)[:24]) else ""
        value = f"{'lowest' if low else 'highest'}{rate} on record"
        slots = self._slots(at)
        slots.since = None
        assert slots.period is not None
        for token in self.tokens[at:]:
            if token.letter == "D":
                slots.since = self.around.since(slots.period)
                value = f"{'lowest' if low else 'highest'}{rate}"
                break
        if not slots.since and self.tokens[at].letter == "J":
            raise Unplaced("since when it is a record is not said")
        self._add(at, slots, {"quantity": "record", "value": value})

    # Directions

    def _direction(self, at: int) -> None:
        token = self.tokens[at]
        before, after = self.sentence.before(at), self.sentence.after(at)
        subject = re.search(
            r"([OT]) (?:(?:A|in|across|for|has|have|had|is|are|was|were|been|the|by|F|by A|P|over|recorded|of|G|rate|rates|levels|figures|also|both|again|"
            r"continued|continues|to|on|seen|police|by police|area|force|numbers|'s|s|come|go|gone|went|at|,|Q|L|R|a|sharp|slight|and) ){0,9}$",
            before,
        )
        noun = re.match(r"(?:in|of) (?:the )?(?:number |numbers |level |levels |rate )?(?:of )?(?:recorded |reported )?([OT]) ", after)
        if not subject and not noun:
            return
        if re.match(r"(?:than|risk|likely|as|to (?:the|be)|of (?:the )?\w+ish) ", after) or re.match(r"(?:[NCHK] )?(?:\w+ )?than (?:in )?(?:the )?A ", after):
            return
        word = self._words(at).casefold()
        if word in ("more", "less", "fewer", "greater", "larger", "smaller", "above", "below", "cut", "half", "same", "the same", "flat", "mounting", "leap", "slide", "dip", "equal", "spiking", "eased", "reduce", "reducing", "reduction", "fall", "growth", "steady", "stable", "drop", "increase"):
            if not noun or word in ("more", "less", "above", "below", "cut", "same", "the same"):
                return
        place = at + len(noun.group().split()) if noun else len(before[: subject.start()].split()) if subject else at
        try:
            offence = self.around._offending(place)
            if self.tokens[place].letter == "O" and re.search(r"O (?:and|or|,) $", self.sentence.before(place)):
                return
            slots = self._slots(at, offence=offence)
        except Unplaced:
            return
        if any(set(area) & set(slots.area) and set(ids) & set(offence.ids) for area, ids in self.sized):
            return
        if self.surveyed or (self.topic.survey and any(t.letter == "S" for t in self.tokens)):
            return
        assert slots.period is not None
        slots.since = self.around.since(slots.period)
        if slots.since and slots.since.period_end == a_year_before(slots.period.period_end) and self._unsaid(slots.since):
            slots.since = None
        kind = token.span.value if token.span else "rise"
        self._add(at, slots, {"quantity": "change", "value": _MOVES[kind]})
        self.sized.append((slots.area, offence.ids))


def _group(people: People) -> dict[str, str]:
    return {k: v for k, v in (("sex", people.sex), ("age", people.age)) if v}


def _value(words: str) -> float | None:
    """The size of a number as written; None of one in words."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", words)
    if not found:
        return None
    scale = {"million": 1e6, "thousand": 1e3, "billion": 1e9}
    times = next((v for k, v in scale.items() if k in words), 1.0)
    return float(found.group().replace(",", "")) * times


def unread(reading: Reading) -> Iterator[Loose]:
    """Numbers without a statement."""
    yield from reading.unplaced


__all__ = ["Loose", "Reading", "Span", "Statement", "read_text", "unread"]
