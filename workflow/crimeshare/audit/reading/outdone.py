"""Places in an order that are told by others: "only the Met had more", "followed by Kent"."""

from __future__ import annotations

import re
from contextlib import suppress

from crimeshare.audit.reading.slots import NATIONS
from crimeshare.audit.reading.spans import Offending, Unplaced
from crimeshare.audit.reading.state import State, spot, value_of
from crimeshare.audit.words import ORDINALS
from crimeshare.reference import NATION

_ANY_OTHER = re.compile(
    r"than (?:in |that of |for |by )?(?:any (?:other )?(?:police )?"
    r"(?:(?P<region>(?:[a-z]+ )?region)|FORCES1|force|area|county|constabulary|part of|borough)|"
    r"anywhere(?: else)?|any other) "
)
_NONE_MORE = re.compile(
    r"(?:(?P<no>no (?:other )?(?:FORCES1|force|area|county|place|region|borough|district)|"
    r"nowhere(?: else)?)|(?P<only>(?:^|[;,] |and )only (?:the )?A (?:patch )?)) ?"
    r"(?:anywhere )?(?:(?:in|across|of) (?:the )?(?:A|country) )?"
    r"(?:police )?(?:had|has|have|recorded|saw|"
    r"reported|counted|logged|registered) (?:an? )?(?P<more>M) "
)
# "Only two other forces have a lower crime rate", "only one force, Gwent, had a higher rate".
_SO_MANY_MORE = re.compile(
    r"only (?P<n>N) (?:other )?(?:police )?(?:FORCES1|forces?|areas?|count(?:y|ies)|regions?) "
    r"(?:areas? )?(?:(?:in|across) (?:the )?(?:A|country) )?"
    r"(?:[,(\-\u2013] (?:A |and |, )+?[,)\-\u2013] )?"
    r"(?:have|has|had|recorded|saw|with) (?:an? )?(?P<more>M) "
)
# "Nowhere did crime climb faster than in Wiltshire", "nowhere is the rate higher than in Kent".
_NOWHERE = re.compile(
    r"(?:^|[;,:] |and |but )(?:nowhere(?: else)?|in no (?:other )?(?:FORCES1|force|area|county)) "
    r"(?:in the country )?(?:did|has|have|is|are|was|were) [^,;.NCH]*?(?P<more>M) "
    r"(?P<fast>faster |further |quicker |more [a-z]+ly )?(?:[PR] )?"
    r"than (?:it (?:did|has|is|was) )?(?:in |for )(?:the )?(?P<area>[AF]) "
)
# "Second only to the Met for its robbery rate", "a proportion exceeded only in London".
_SECOND_ONLY = re.compile(
    r"(?P<at>second) only to (?:the |that of )?A |"
    r"(?P<too>exceeded|surpassed|bettered|beaten|topped) only (?:in|by|at) (?:the )?A "
)
_FOLLOWED = re.compile(r"(?P<at>followed|trailed) (?:closely )?by (?:the )?(?P<area>A) ")
_BEHIND = re.compile(
    r"(?P<area>A) (?:, )?(?:(?:was|is|were|came|comes) )?(?P<at>close|just|not far|hard) behind "
)
_RARER = ("rarer", "slower", "slowly", "less", "fewer", "lower")
# "Hertfordshire is the county where stalking is growing fastest", "fell fastest in Kent".
_FASTEST = re.compile(r"M (?:the )?(?:fastest|quickest) ")
# What sets a movement beside those of all others, without a size: "further", "more steeply".
_FURTHER = re.compile(
    r"(?P<at>further|faster|quicker|rarer|(?:more|less) [a-z]+ly) "
    r"(?=(?:here |there )?than (?:in |that of |for |by )?any)"
)
_HOW = {"rate": "rate", "RATE1": "rate", "share": "share", "proportion": "share"}
_QUANTITIES = {"rate": "rate", "share": "share"}


class Outdone(State):
    """Reads places that are told by who stands before, behind or beside."""

    def outdone(self) -> None:
        """Read each of its ways to say so, in the order of what they lean on."""
        said = "".join(f"{token.letter} " for token in self.tokens)
        for read in (self._second_only, self._next, self._fastest):
            # Of two areas together, or of a place without figures, there is no place in an order.
            with suppress(Unplaced):
                read(said)

    def _place(
        self, at: int, area: tuple[str, ...], value: str, offence: Offending | None = None
    ) -> None:
        """A place of an area, if the sentence says of what and when."""
        if not area or area[0] in NATIONS:
            return
        slots = self._slots(at, offence=offence)
        slots.area = self._as_region(area)
        self.used.add(at)
        self.topic.rank = re.sub(rf"^(?:{'|'.join(ORDINALS)}) ", "", value)
        self.topic.ranked = self.topic.ranked or NATION
        if self.topic.ranked != NATION and " in " not in value:
            value = f"{value} in {self.topic.ranked}"
        self._add(at, slots, {"quantity": "rank", "value": value})

    def _as_region(self, area: tuple[str, ...]) -> tuple[str, ...]:
        """The region of an area that has the name of a force too, where regions are ordered."""
        regions = any(t.letter in ("region", "regions") for t in self.tokens)
        spans = (t.span for t in self.tokens if t.letter == "A" and t.span)
        other = next((span.other for span in spans if span.value == area), ())
        return tuple(c for c in (*area, *other) if regions and c.startswith("E12")) or area

    def _area_before(self, at: int) -> tuple[str, ...]:
        named = [t.span.value for t in self.tokens[:at] if t.letter == "A" and t.span]
        return next((a for a in reversed(named) if a[0] not in NATIONS), self.topic.area)

    def none_more(self) -> None:
        """Read "no other force recorded more" and "only the Met had a higher rate"."""
        said = "".join(f"{token.letter} " for token in self.tokens)
        if nowhere := _NOWHERE.search(said):
            return self._nowhere(said, nowhere)
        found = _NONE_MORE.search(said)
        if not found:
            return self._so_many_more(said)
        at = len(said[: found.start("more")].split())
        low = self._words(at).casefold() in ("fewer", "less", "lower", "fewest")
        nth = "second " if found["only"] else ""
        value = f"{nth}{'lowest' if low else 'highest'} {self._rate_or_number(at)}"
        area = self.topic.area if found["only"] else ()
        than = re.match(r"[^;.NCHK]*?than (?:the |in )?A ", self.sentence.after(at))
        if than and found["only"]:
            # "Only Cleveland has more arson than the Durham force area".
            area = self.around._area_at(spot(at, than))[0]
            self.topic.area = self.topic.area or area
        if not area:
            named = (t.span.value for t in self.tokens[:at] if t.letter == "A" and t.span)
            area = next(named, self.topic.area)
        noun = re.match("(?:(?:rate|number) of )?[OT] ", self.sentence.after(at))
        with suppress(Unplaced):
            offence = self.around._offending(spot(at, noun)) if noun else None
            own = self.topic.area if area and area[0] in NATIONS else area
            self._place(at, own, value, offence)
        return None

    def _nowhere(self, said: str, found: re.Match[str]) -> None:
        at, place = (len(said[: found.start(name)].split()) for name in ("more", "area"))
        span = self.tokens[at].span
        up = bool(span) and span.value == "rise"  # type: ignore[union-attr]
        if found["fast"]:
            value = f"biggest {'increase' if up else 'fall'}"
        elif self._words(at).casefold() in ("higher", "lower"):
            rated = re.search(r"rate|RATE1", found.group())
            value = f"{'highest' if up else 'lowest'} {'rate' if rated else 'number'}"
        else:
            return
        with suppress(Unplaced):
            self._place(at, self.around._area_at(place)[0], value)

    def _rate_or_number(self, at: int) -> str:
        """What more or less of is told: "a higher rate", "more robberies"."""
        rated = re.match(r"(?:[OT] )?(?:rate|RATE1|per head)", self.sentence.after(at))
        sized = re.search(r"(?:^|[,;] )for its (?:size|population) ", self.sentence.before(at))
        return "rate" if rated or sized else "number"

    def _so_many_more(self, said: str) -> None:
        found = _SO_MANY_MORE.search(said)
        if not found:
            return
        at, more = (len(said[: found.start(name)].split()) for name in ("n", "more"))
        before_it = int(value_of(self._words(at).casefold()) or 0)
        if not 0 < before_it < len(ORDINALS):
            return
        low = self._words(more).casefold() in ("fewer", "less", "lower", "smaller")
        than = re.match(r"(?:[a-z]+ |[OT] |RATE1 ){0,4}?than (?:the |in )?A ", said[found.end() :])
        place = found.end() + than.end() if than else 0
        area = self.around._area_at(len(said[:place].split()) - 1)[0] if than else self.topic.area
        end = "lowest" if low else "highest"
        noun = re.match("[OT] ", self.sentence.after(more))
        with suppress(Unplaced):
            offence = self.around._offending(more + 1) if noun else None
            value = f"{ORDINALS[before_it]} {end} {self._rate_or_number(more)}"
            self._place(at, area, value, offence)

    def _second_only(self, said: str) -> None:
        found = _SECOND_ONLY.search(said)
        if not found:
            return
        at = len(said[: max(found.start("at"), found.start("too"))].split())
        ahead = said[found.end() :] if found["at"] else ""
        noun = re.findall(r"\b(rate|RATE1|share|proportion)\b", ahead) or re.findall(
            r"\b(rate|RATE1|share|proportion)\b", said[: found.start()]
        )
        told = self._here()
        if noun:
            how = _HOW[noun[-1]]
        else:
            how = _QUANTITIES.get(told[-1].entries[0]["quantity"], "") if told else ""
            how = how or ("rate" if self.topic.rank.endswith("rate") else "")
        self._place(at, self._area_before(at), f"second highest {how}".rstrip())

    def _next(self, said: str) -> None:
        """Read the place behind the one that was told last: "followed by Kent"."""
        for found in (*_FOLLOWED.finditer(said), *_BEHIND.finditer(said)):
            told = [s for s in self._here() if s.entries[0]["quantity"] == "rank"]
            if not self.topic.rank or not told:
                continue
            last = told[-1].entries[0]["value"].split()[0]
            place = ORDINALS.index(last) + 1 if last in ORDINALS else 1
            if place == len(ORDINALS):
                continue
            span = self.tokens[len(said[: found.start("area")].split())].span
            assert span is not None
            at = len(said[: found.start("at")].split())
            self._place(at, span.value, f"{ORDINALS[place]} {self.topic.rank}")

    def _fastest(self, said: str) -> None:
        """Read "growing fastest" and "further than in any other force"."""
        for pattern in (_FASTEST, _FURTHER):
            found = pattern.search(said)
            if not found:
                continue
            at = len(said[: found.end()].split()) - 1
            if pattern is _FURTHER:
                at = len(said[: found.start()].split())
            moves = [t.span.value for t in self.tokens[:at] if t.letter == "M" and t.span]
            if found.group() == "rarer ":
                value = "lowest rate"
            elif not moves or moves[-1] not in ("rise", "fall"):
                continue
            else:
                slowly = any(word in _RARER for word in found.group().split())
                size = "smallest" if slowly else "biggest"
                value = f"{size} {'increase' if moves[-1] == 'rise' else 'fall'}"
            other = _ANY_OTHER.search(said, found.start())
            if other and other["region"]:
                value += " in england"
            behind = re.match(r"(?:in|for|at) (?:the )?A ", self.sentence.after(at))
            own = self.around._area_at(spot(at, behind))[0] if behind else ()
            area = own if own and own[0] not in NATIONS else self._area_before(at)
            self._place(at, area, value)

    def _any_other(self, at: int) -> bool:
        """Read "up 40 per cent, more than any other force in the country"."""
        other = _ANY_OTHER.match(self.sentence.after(at))
        between = re.match(r"(?:fall|rise|drop|M) (?=than)", self.sentence.after(at))
        if not other and not (
            between and _ANY_OTHER.match(self.sentence.after(at)[between.end() :])
        ):
            return False
        kind = self.tokens[at].span
        here = [s.entries[0] for s in self._here()]
        what = here[-1]["quantity"] if here else "count"
        low = "fewest" if kind and kind.value == "fall" else "highest"
        if what == "change":
            down = here[-1]["value"].startswith("down")
            value = f"biggest {'fall' if down else 'increase'}"
        else:
            value = f"{'lowest' if low == 'fewest' else low} {_QUANTITIES.get(what, 'number')}"
        if re.search(
            r"any[^,;.]* (?:bar|except|but|apart|other than|outside) ", self.sentence.after(at)
        ):
            raise Unplaced("the order it is a place in leaves an area out")
        slots = self._slots(at)
        slots.area = self._as_region(self._area_before(at))
        if not slots.area or slots.area[0] in NATIONS:
            raise Unplaced("the area that it ranks is not named")
        self.used.add(at)
        self._add(at, slots, {"quantity": "rank", "value": value})
        return True
