"""Statements out of running text: numbers, multiples, ranks, directions and records."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from crimeshare.audit.lookup import newest_out
from crimeshare.audit.reading.counts import Counts
from crimeshare.audit.reading.directions import Directions
from crimeshare.audit.reading.names import POSSESSION, groups, names, seat
from crimeshare.audit.reading.numbers import masked, numerals
from crimeshare.audit.reading.orders import Orders
from crimeshare.audit.reading.periods import periods
from crimeshare.audit.reading.sentences import Sentence, sentences, shared_out
from crimeshare.audit.reading.slots import NATIONS, Around, forces_of_partnerships
from crimeshare.audit.reading.spans import Offending, Span, Topic, Unplaced, Unsaid, Year
from crimeshare.audit.reading.state import Loose, Reading, value_of
from crimeshare.audit.reading.years import LAST
from crimeshare.periods import months_before
from crimeshare.reference import NATION, WALES, areas

# "Together the two made up 58%".
_JOINTLY = re.compile(
    r"(?:^|; |, )(?:taken |put (?:the two |them )?)?"
    r"(?:together|combined|collectively|between them) "
)

LOOKS_BACK = 500
CARDIFF = "W14000015"
# What names the capital or the country of the one who writes.
_OWN = ("the capital", "the country", "the nation", "the whole country")
# "Against 86 in England and Wales and 49 in Cambridgeshire".
_BESIDE = re.compile(r"(?:against|compare[sd]? (?:with|to)|than|below|above) [^;.]*$")
_IN_BRACKETS = re.compile(
    r"\((?:[\w'\u2019]+\s){0,4}(?:previous|prior|preceding|last)\s(?:year|12\smonths|period)"
    r"(?:['\u2019]s)?(?:\s\w+){0,2}\sin\s(?:brackets|parentheses)\)",
    re.IGNORECASE,
)


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
    spans = _plainly(text, _own_nation(text, _by_place(text, spans)))
    found = list(sentences(text, spans))
    own = (area,) if area else seat(text)
    nowhere = not own and not any(s.kind in ("area", "elsewhere", "place") for s in spans)
    topic = Topic(area=own, nowhere=nowhere, brackets=bool(_IN_BRACKETS.search(text)))
    reading = Reading(
        masked=sum(span.kind == "mask" for span in spans), begins=[each.start for each in found]
    )
    reading.mentioned.areas += [(0, code) for code in own]
    if published:
        newest = newest_out(published)
        reading.mentioned.years += [(0, newest), (0, months_before(newest, 3))]
    for number, sentence in enumerate(found):
        known = topic.period and topic.area and topic.offence
        ahead = Topic() if known else _ahead(found[number:], published)
        for one in shared_out(sentence):
            Reader(text, one, topic, ahead, published, reading, assumed_area=bool(area)).read()
    # What stands beside the things that "respectively" shares out was read with each of them.
    told = {statement.end: statement for statement in reversed(reading.statements)}
    reading.statements = list(told.values())
    loose = {each.end: each for each in reading.unplaced if each.end not in told}
    reading.unplaced = list(loose.values())
    reading.statements.sort(key=lambda statement: statement.start)
    reading.unplaced.sort(key=lambda loose: loose.start)
    return reading


def _own_nation(text: str, spans: list[Span]) -> list[Span]:
    """The capital and the country as a Welsh text means them: Cardiff, and Wales.

    That is one which names Wales or a part of it, and no part of England.
    """
    said = [text[s.start : s.end].casefold() for s in spans]
    named = {
        code
        for span, words in zip(spans, said, strict=True)
        if span.kind == "area" and words not in _OWN
        for code in span.value[:1]
    }
    welsh = {code for code in named if code.startswith("W")}
    if not welsh or any(code.startswith("E") for code in named):
        return spans
    own = (
        {"capital": CARDIFF}
        if NATION in named
        else {"capital": CARDIFF, "country": WALES, "nation": WALES}
    )
    return [
        replace(span, value=(own[words.split()[-1]],))
        if span.kind == "area" and words in _OWN and words.split()[-1] in own
        else span
        for span, words in zip(spans, said, strict=True)
    ]


def _by_place(text: str, spans: list[Span]) -> list[Span]:
    """Spans without the force that a place of it is named beside: "Newham's Met figures"."""
    inside = forces_of_partnerships()
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        before = kept[-1] if kept else None
        beside = before and re.fullmatch(r"(?:['\u2019]s?)?,? ", text[before.end : span.start])
        if beside and before and before.kind == span.kind == "area":
            within = {inside.get(code) for code in before.value} & {*span.value}
            if within:
                continue
        kept.append(span)
    return kept


def _plainly(text: str, spans: list[Span]) -> list[Span]:
    """Names of two readings with the one that the text names elsewhere, as the Met for London."""
    certain = {s.value for s in spans if s.kind == "area" and len(s.value) == 1}
    told = [(word in text.casefold()) for word in ("drug", "weapon")]

    def plain(span: Span) -> Span:
        if span.kind == "offence" and span.value.ids == POSSESSION and told[0] != told[1]:
            return replace(span, value=Offending(POSSESSION[told[1] :][:1]))
        if span.kind != "area" or len(span.value) == 1:
            return span
        named = [code for code in span.value if (code,) in certain]
        if len(named) != 1:
            return span
        other = tuple(code for code in span.value if code != named[0])
        return replace(span, value=(named[0],), other=other)

    return [plain(span) for span in spans]


def _ahead(rest: list[Sentence], published: date | None) -> Topic:
    """The area, the offence and the year of what follows, where it has one alone."""
    around = [Around(sentence, Topic(), Topic(), published) for sentence in rest]
    named = [
        span.value
        for each in around
        for place, span in each.sentence.spans("area")
        if not each._named_within(place) or span.value[0] not in NATIONS
    ]
    nations = {*named}
    areas = {each for each in nations if each[0] not in NATIONS}
    years = {
        year
        for each in around
        if not _of_else(each.sentence)
        for place, year, compared, assumed in each.years
        if not compared and (not assumed or each.names_month(place))
    }
    area = areas if len(areas) == 1 else nations if not areas and len(nations) == 1 else set()
    if areas and named[0][0] in NATIONS:
        # "Murder is at a record low" of which of the two, the country or the county?
        area = set()
    first = next(iter(years)) if len(years) == 1 else None
    offences = {s.value for sentence in rest for _, s in sentence.spans("offence")}
    offence = next(iter(offences)) if len(offences) == 1 else None
    return Topic(area=next(iter(area), ()), offence=offence, period=first)


def _of_else(sentence: Sentence) -> bool:
    """Whether a sentence counts what is no crime: "Both forces cut 150 desk jobs in 2024"."""
    letters = {token.letter for token in sentence.tokens}
    return bool(letters & {"N", "C"}) and not letters & {*"OTG", "recorded"}


def _long_before(end: date, told: date) -> bool:
    """Whether a text looks back to a year, and goes on about that of before."""
    return (told - end).days > LOOKS_BACK


class Reader(Counts, Orders, Directions):
    """Reads one sentence."""

    def read(self) -> None:
        """Read its numbers, then its directions, then what later sentences may refer to."""
        kinds = {token.letter for token in self.tokens}
        if self.surveyed:
            self.topic.survey, self.topic.lifetime = True, False
        elif kinds & {"recorded", "FORCES1", "F"} or (kinds & {"A", "N"} and not kinds & {*"SCH"}):
            self.topic.survey = False
        if "LIFE1" in kinds:
            self.topic.lifetime = True
        self.none_more()
        for at, token in enumerate(self.tokens):
            if token.letter in ("N", "C", "H", "K", "W", "V", "J", "ORDINAL1"):
                self._number(at)
        for at, token in enumerate(self.tokens):
            if token.letter == "M" and at not in self.used:
                self._direction(at)
        self.exposed()
        self.befalls()
        self.outdone()
        named = self.reading.mentioned
        for at, token in enumerate(self.tokens):
            if token.letter == "A" and token.span:
                local = token.span.value[0] not in NATIONS
                beside = _BESIDE.search(self.sentence.before(at))
                named.told_of = named.told_of or (local and not beside)
                named.areas += [
                    (token.start, code) for code in (*token.span.value, *token.span.other)
                ]
            elif token.letter in "OT" and token.span:
                ids = token.span.value.ids
                named.offences += [(token.start, each) for each in ids]
                named.plain |= {*ids} if len(ids) == 1 else set()
        for at, year, compared, _ in self.around.years:
            years = named.compared if compared else named.years
            years.append((self.tokens[at].start, year.period_end))
        self._remember()

    def _number(self, at: int) -> None:
        token = self.tokens[at]
        try:
            if any(t.letter == "respectively" for t in self.tokens):
                raise Unplaced('which number is whose stands in "respectively" alone')
            if _JOINTLY.search(self.sentence.before(at)):
                raise Unplaced("it is of more than one together")
            if self.sentence.change and token.letter in "NC":
                words, side = self._signed(self._clean(self._words(at)))
                side = side or ("down" if self.tokens[at - 1].letter in "-\u2212" else "up")
                per_cent = words if "%" in words else f"{words}%"
                return self._change(at, f"{side} {per_cent}", None)
            kind = {
                "N": self._count,
                "C": self._part,
                "H": self._part,
                "K": self._times,
                "W": self._every,
                "V": self._record,
                "J": self._rank,
                "ORDINAL1": self._came,
            }[token.letter]
            kind(at)
        except Unplaced as why:
            number = value_of(self._clean(self._words(at))) if token.letter == "N" else None
            unsaid = isinstance(why, Unsaid)
            self.reading.unplaced.append(Loose(token.start, token.end, str(why), number, unsaid))

    def _in_passing(self, at: int, area: tuple[str, ...]) -> bool:
        """Whether a text that is about one area names another, and goes on about its own."""
        before = self.sentence.before(at)
        behind = re.match(
            r"(?:is|was|comes?|came) (?:next|second|close) ", self.sentence.after(at)
        ) or re.search(r"only in (?:the )?$", before)
        if _BESIDE.search(before) or self.around._beside(at) or behind:
            return True
        inside = forces_of_partnerships()
        own = inside.get(self.topic.area[0])
        here = {s.entries[0].get("area") for s in self._here()}
        if own == area[0] and own not in here:
            # "The force changed computer systems", in a text on a city of it.
            return True
        if inside.get(area[0]) != self.topic.area[0]:
            return False
        # "Salford alone had 892", "Southampton had 9,104 in 2017": parts of what is told of.
        ends = [year.period_end for _, year, compared, _ in self.around.years if not compared]
        told = self.topic.period
        back = bool(told and ends and _long_before(max(ends), told.period_end))
        return back or self.sentence.after(at).startswith("alone ")

    def _remember(self) -> None:
        """What of the sentence later ones may leave out."""
        elsewhere = any(t.letter == "E" for t in self.tokens)
        named = [
            t.span.value
            for at, t in enumerate(self.tokens)
            if t.letter == "A"
            and t.span
            and not self.around._named_within(at)
            and not (self.topic.area and self._in_passing(at, t.span.value))
        ]
        told, own = {s.entries[0].get("area") for s in self.reading.statements}, self._here()
        # A town that no number is of is named in passing: "demand fell in Warrington".
        forces = [area for area in named if area[0] in areas() or area[0] in told]
        if not self.topic.area:
            forces = forces or named
        if forces:
            local = [area for area in forces if area[0] not in NATIONS]
            of = {area for area in local if area[0] in {s.entries[0].get("area") for s in own}}
            # A list of forces is about the region that it begins with.
            area = next(iter(of)) if len(of) == 1 else (local or forces)[0]
            parents = {areas()[code[0]].parent_code for code in of if code[0] in areas()}
            if parents and parents == {*self.topic.area}:
                # "All four Welsh forces recorded drops: South Wales 5%, Gwent 4%".
                area = self.topic.area
            if not {*area} & {*self.topic.area}:
                self.topic.before, self.topic.area = self.topic.area, area
            self.topic.abroad = ""
            if area[0] in areas():
                self.topic.force = area
        elif elsewhere and not (self.sentence.headline and self.around.ahead.area[:1] == (NATION,)):
            self.topic.abroad = (
                "it is about another country; the figures here are of England and Wales alone"
            )
            self.topic.area = ()
        subjects = [
            t for i, t in enumerate(self.tokens) if t.letter in "OT" and not self.around._aside(i)
        ]
        groups = [t for t in subjects if t.letter == "O"]
        self.topic.fraud = self._fraud() or ("" if subjects else self.topic.fraud)
        if self.topic.fraud and subjects and subjects[0].letter == "T":
            # "Fraud is the commonest crime there is".
            self.topic.offence = None
        elif subjects and subjects[0].span and not (self.around.again and self.topic.offence):
            first = (groups or subjects)[0]
            assert first.span is not None
            # "These thefts" are those that were named before.
            place = next(i for i, t in enumerate(self.tokens) if t is first)
            self.topic.offence = self.around._meant(first.span.value, place)
        elif any(t.letter == "Z" for t in self.tokens):
            self.topic.offence = None
        here = {s.entries[0].get("area") for s in self._here()}
        parts = [area for area in named if area[0] in forces_of_partnerships()]
        self.topic.place = parts[-1] if parts else self.topic.place
        if self.topic.place and here == {self.topic.place[0]}:
            # "Cheltenham needs a front desk. In 2024 there were 9,816 crimes in the town."
            self.topic.area = self.topic.place
        force = forces_of_partnerships().get(self.topic.area[0]) if self.topic.area else None
        whole = any(t.letter == "F" for t in self.tokens)
        if force and whole and force in here and self.topic.area[0] not in here:
            # "Brighton argues. The force as a whole had 132,341 offences".
            self.topic.area = (force,)
        compared = [year for _, year, beside, _ in self.around.years if beside]
        if compared:
            self.topic.since = compared[0]
        mains = [y for y in self.around.years if not y[2]]
        if mains or self.around.quarters():
            self.topic.quarter = not mains
        if mains:
            end = max(year.period_end for _, year, _, _ in mains)
            # "In 2020/21 there had been ten" looks back.
            before = self.topic.period
            back = any(t.letter == "had" for t in self.tokens)
            asked = self.tokens[-1].letter == "?"
            latest = self.topic.latest
            if not latest or end > latest.period_end:
                self.topic.latest = Year(end)
            if (
                not before
                or end > before.period_end
                or asked
                or not (back or _long_before(end, before.period_end))
            ):
                lasts = [y[1] for y in mains if y[1] == Year(end, LAST)]
                self.topic.period = lasts[0] if lasts else Year(end)
            elif end < before.period_end:
                # "Ten years before, in 2012/13, it was 459,795. That is a fall of 40%."
                self.topic.since = Year(end)
