"""One sentence being read: its words, its slots, and the statements that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from crimeshare.audit.lookup import newest_out
from crimeshare.audit.numerals import count
from crimeshare.audit.reading.sentences import Sentence
from crimeshare.audit.reading.slots import Around
from crimeshare.audit.reading.spans import Offending, Slots, Topic, Year
from crimeshare.audit.reading.years import LAST, NEWEST
from crimeshare.periods import a_year_before, in_words, month_end, months_before
from crimeshare.reference import NATION, line_of, offences

_SIGNED = re.compile(r"^(?:[+\-\u2212\u2013]|minus |plus )\s?", re.IGNORECASE)


# "The proportion of adults who were victims of crime", "the survey suggests".
_SURVEYED = re.compile(
    r"(?:proportion|percentage|share) of (?:[a-z\-]+ )*S (?:that|who|which|experiencing|"
    r"suffering|falling|victimised)|(?:^|[;,] )the survey (?:suggests|suggested|estimates|"
    r"estimated|found|finds|shows|showed|puts|put) "
)


_HOMES_COUNTED = date(2017, 6, 30)
_OF_HOMES = {
    "residential_burglary": "domestic_burglary",
    "non_residential_burglary": "non_domestic_burglary",
}


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
        guessed: whether England and Wales was taken because the text names no area.
        otherwise: what it may mean besides, as the words around it do not say; tried in turn where
            the likeliest reading does not hold, or cannot be judged.
        elsewhere: the same of the area that was told of before, where none is named.
    """

    start: int
    end: int
    entries: list[dict[str, Any]]
    assumed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    role: str = ""
    group: tuple[Any, ...] = ()
    number: float | None = None
    guessed: bool = False
    otherwise: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Loose:
    """A number without a statement, and why.

    Attributes:
        number: its size, of a count.
        unsaid: whether the words around it are all that is missing.
    """

    start: int
    end: int
    why: str
    number: float | None = None
    unsaid: bool = False


@dataclass
class Mentioned:
    """What a text names, each with where: areas by code, offences by id, years by their end.

    Attributes:
        compared: the years that others are compared with.
        plain: offences that it names by words of one meaning.
        told_of: whether it names an area smaller than the nations that it does not just compare.
    """

    areas: list[tuple[int, str]] = field(default_factory=list)
    offences: list[tuple[int, str]] = field(default_factory=list)
    years: list[tuple[int, date]] = field(default_factory=list)
    compared: list[tuple[int, date]] = field(default_factory=list)
    plain: set[str] = field(default_factory=set)
    told_of: bool = False


@dataclass
class Reading:
    """What was read in a text.

    Attributes:
        masked: how many numbers are money, ages, dates and the like.
        begins: where its sentences begin.
        mentioned: what it names.
    """

    statements: list[Statement] = field(default_factory=list)
    unplaced: list[Loose] = field(default_factory=list)
    masked: int = 0
    begins: list[int] = field(default_factory=list)
    mentioned: Mentioned = field(default_factory=Mentioned)


class State:
    """A sentence with what was found in it so far."""

    def __init__(
        self,
        text: str,
        sentence: Sentence,
        topic: Topic,
        ahead: Topic,
        published: date | None,
        reading: Reading,
        *,
        assumed_area: bool,
    ) -> None:
        self.text, self.sentence, self.topic, self.reading = text, sentence, topic, reading
        self.tokens = sentence.tokens
        self.around = Around(sentence, topic, ahead, published)
        self.used: set[int] = set()
        self.given_area = assumed_area
        said = "".join(f"{t.letter} " for t in self.tokens)
        self.surveyed = "U " in said or bool(_SURVEYED.search(said))
        self.sized: list[tuple[tuple[str, ...], tuple[str, ...]]] = []

    def _here(self) -> list[Statement]:
        """What the sentence asserts so far."""
        return [s for s in self.reading.statements if s.start >= self.sentence.start]

    def _words(self, at: int) -> str:
        return self.text[self.tokens[at].start : self.tokens[at].end]

    def _clean(self, words: str) -> str:
        plain = " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())
        counted = r"\b(?:one|a) (?:recorded )?(?:crime|offence|adult|household|person) in\b"
        plain = re.sub(counted, "one in", plain, flags=re.IGNORECASE)
        plain = re.sub(r" (?:recorded )?(?:crimes|offences) (?=in\b|out\b)", " ", plain)
        plain = re.sub(r"\bout of(?: every)?\b", "in", plain)
        if half := re.search(r"\b(\w+) and a half(?= times)", plain):
            plain = plain.replace(half[0], f"{(value_of(half[1].casefold()) or 0) + 0.5:g}")
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

    def _slots(self, at: int, *, base: bool = False, offence: Offending | None = None) -> Slots:
        slots = Slots()
        slots.offence, far = (offence, False) if offence else self.around.subject(at)
        if far:
            slots.assumed.append("offence")
        slots.area, far = self.around.area(at)
        if not slots.area:
            slots.area, slots.guessed = (NATION,), True
        if far:
            slots.assumed.append("area")
        slots.period, far = self.around.year(at, base=base)
        if far:
            slots.assumed.append("period_end")
        return slots

    def _add(
        self,
        at: int,
        slots: Slots,
        entry: dict[str, Any],
        *,
        start: int | None = None,
        role: str = "",
        number: float | None = None,
        offences: bool = True,
        note: str = "",
    ) -> None:
        assert slots.period is not None
        token = self.tokens[at]
        groups = slots.offence.ids if slots.offence and offences else ("",)
        codes = [t.span.value for t in self.tokens if t.letter == "CODE1" and t.span]
        groups = tuple(code for code in groups if code in codes) or groups
        entries = _entries(entry, slots, groups)
        everything = "offence" in slots.assumed and groups[0] != "total"
        named = (t.span for t in self.tokens if t.letter == "A" and t.span)
        other = next((span.other for span in named if span.value == slots.area), ())
        if "area" in slots.assumed:
            other = other or self.topic.before
            if self.topic.force and self.topic.force != slots.area:
                other = self.topic.force
        elsewhere = _entries(entry, replace(slots, area=other), groups) if other else []
        told = self.topic.offence
        if told and groups[0] != told.ids[0] and groups[0] != "total" and groups[0] in _line(told):
            # "Theft" may be the shoplifting just named.
            elsewhere += _entries(entry, slots, told.ids)
        if entry["quantity"] == "change" and self.topic.since and not self.around.years:
            # "Between 2015 and 2025 violence doubled. Robbery is up by two thirds."
            elsewhere += _entries(entry, replace(slots, since=self.topic.since), groups)
        published = self.around.published
        if published and slots.period.doubt == LAST:
            # "Last year" may be the last that figures were out of.
            newest = newest_out(published)
            back = published.year - 1 - slots.period.period_end.year
            year = Year(month_end(newest.year - back, newest.month))
            elsewhere += _entries(entry, replace(slots, period=year), groups)
        if slots.period.doubt == NEWEST:
            # A text may lag behind the newest figures.
            year = Year(months_before(slots.period.period_end, 3))
            elsewhere += _entries(entry, replace(slots, period=year), groups)
        notes = (
            [slots.period.doubt]
            if "13 months" in slots.period.doubt or "period_end" in slots.assumed
            else []
        )
        if slots.offence and slots.offence.reading and offences:
            notes.append(f"Read as {slots.offence.reading}.")
        notes.append(note)
        begin = token.start if start is None else start
        self.reading.statements.append(
            Statement(
                begin,
                token.end,
                entries,
                list(dict.fromkeys(slots.assumed)),
                [n for n in notes if n],
                role,
                (self.sentence.start, groups[0], (slots.area or ("",))[0]),
                number,
                slots.guessed,
                _entries(entry, slots, ("total", "with_fraud")) if everything else [],
                elsewhere,
            )
        )

    def _since(self, period: Year | None, at: int, move: int | None = None) -> Year | None:
        """The year that a change is from; none for the year before that no words name."""
        assert period is not None
        if re.match(r"R alone |(?:in|over) (?:a|one) (?:single )?year ", self.sentence.after(at)):
            # "Have halved since 2012/13 and fell by a quarter last year alone".
            return None
        own = at if move is None else move
        since = self.around.since(period, min(at, own), max(at, own)) or self._counted(period)
        again = self.tokens[0].letter in ("that", "this", "which")
        if since is None and (again or any(t.letter == "I" for t in self.tokens)):
            since = self._counted_before(period) or self.topic.since
        if since or self.around.years:
            self.topic.since = since
        if since is None or since.period_end != a_year_before(period.period_end):
            return since
        named = (t.span for t in self.tokens if t.span and t.span.kind == "period")
        return since if any(span.value == since for span in named) else None

    def _ever_since(self, slots: Slots, at: int) -> bool:
        """Whether a change goes from an earlier year of the sentence to the year told of.

        "In 2014/15 there were 4,930, so it has more than doubled", "has doubled since, to 1,718".
        """
        before, after = self.sentence.before(at), self.sentence.after(at)
        named = [y for place, y, _, _ in self.around.years if place < at]
        if not named:
            return False
        later = [y for _, y, _, _ in self.around.years] + [y for y in [self.topic.period] if y]
        newest = max(later, key=lambda year: year.period_end)
        first = min(named[-1:], key=lambda year: year.period_end)
        perfect = re.search(
            r"(?:so |that |and )+(?:it|they|that|this|the (?:number|figure|total)) (?:has|have) "
            r"(?:been )?(?:[a-z]+ )?$|so there (?:has|have) been (?:an? )?$",
            before,
        )
        since = re.match(r"(?:[a-z]+ |(?:by )?[CHN] )?since [,.;]", after)
        if not (perfect or since) or first.period_end >= newest.period_end:
            return False
        slots.period, slots.since = newest, first
        return True

    def _counted(self, period: Year) -> Year | None:
        """The earlier of two years that the sentence has counted: "in 2019 40; by 2024 20"."""
        counts = [s.entries[0]["period"] for s in self._here() if s.role == "main"]
        years = {in_words(y.period_end): y for _, y, _, _ in self.around.years}
        told = [years[each] for each in dict.fromkeys(counts) if each in years]
        if len(told) == 2 and told[1].period_end == period.period_end > told[0].period_end:
            return Year(told[0].period_end)
        return None

    def _counted_before(self, period: Year) -> Year | None:
        """The earlier year of the last two counts: "In 2015 there were 9. Last year it was 12"."""
        days = {in_words(day): day for _, day in self.reading.mentioned.years}
        counts = [s.entries[0] for s in self.reading.statements if s.role == "main"][-2:]
        alike = len({(e.get("area"), e.get("offence")) for e in counts}) == 1
        told = [
            days.get(e["period"], period.period_end) for e in (counts if alike else counts[-1:])
        ]
        earlier = [day for day in told if day < period.period_end]
        return Year(earlier[-1]) if earlier else None

    def _experienced(self) -> bool:
        letters = "".join(f"{t.letter} " for t in self.tokens)
        return bool(
            re.search(r"experience\w*|victims? (?:of|to)|been O|been \w+ at|stalked", letters)
        )


def _line(told: Offending) -> list[str]:
    """The groups that an offence is part of."""
    return line_of(told.ids[0]) if told.ids[0] in offences() else []


def _entries(entry: dict[str, Any], slots: Slots, groups: Iterable[str]) -> list[dict[str, Any]]:
    """An entry for each group and area that its slots may mean."""
    assert slots.period is not None
    entries = []
    for offence in groups:
        for area in slots.area or ("",):
            one = dict(entry)
            if offence == "total" and one["quantity"] == "count":
                one["quantity"] = "total"
            elif offence:
                # Until 2017 the Home Office counted burglary of homes by other rules.
                end = slots.period.period_end
                series = end.month == 3 and area == NATION
                old = end <= _HOMES_COUNTED and not series
                one["offence"] = _OF_HOMES.get(offence, offence) if old else offence
            if area:
                one["area"] = area
            one["period"] = in_words(slots.period.period_end)
            if slots.since and slots.since.period_end < slots.period.period_end:
                one["since"] = in_words(slots.since.period_end)
            entries.append(one)
    return entries


def value_of(words: str) -> float | None:
    """The size of a number as written; None of one in words."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", words)
    if not found:
        with suppress(ValueError):
            return count(words).value
        return None
    scale = {"million": 1e6, "thousand": 1e3, "billion": 1e9}
    times = next((v for k, v in scale.items() if k in words), 1.0)
    return float(found.group().replace(",", "")) * times


def spot(at: int, found: re.Match[str]) -> int:
    """The token that a pattern behind a token ends with."""
    return at + len(found.group().split())
