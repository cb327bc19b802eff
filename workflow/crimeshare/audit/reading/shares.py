"""Shares that a sentence states: of all recorded crime, of what it counted, of the nation."""

from __future__ import annotations

import re

from crimeshare.audit.reading.slots import NATIONS
from crimeshare.audit.reading.spans import Offending, Unplaced
from crimeshare.audit.reading.state import spot
from crimeshare.audit.reading.surveyed import Surveyed
from crimeshare.reference import NATION

PART_OF = (
    r"(?:of|in) (?:(?:all|the|its|total|every|police|recorded|overall|A|their|our|those|"
    r"violent|reported|\w+) ){0,4}?"
    r"(?:T|everything|all G|G recorded) "
)
_AREA_MAKES = re.compile(
    r"[ALF] (?:police )?(?:made M|makes M|make M|accounted for|accounts for|represents|"
    r"represented) (?:[a-z]+ )?$"
)


class Shares(Surveyed):
    """Reads parts of wholes."""

    def _all_told(self) -> bool:
        """Whether all crime has been counted, so that "the total" is that."""
        return any(s.entries[0]["quantity"] == "total" for s in self.reading.statements)

    def _of_all(self) -> bool:
        """Whether "them" are all crimes, which the last statement is about."""
        told = self.reading.statements[-1:]
        whole = bool(told) and told[0].entries[0].get("offence", "total") == "total"
        return whole and self._all_told()

    def _shares_before(self, at: int) -> bool:
        return any(
            s.entries[0]["quantity"] == "share" and s.start >= self.sentence.start
            for s in self.reading.statements
        )

    def _share(self, at: int, words: str, after: str, noun: Offending | None = None) -> None:
        found = re.match(PART_OF, after)
        if found:
            rest = self.sentence.after(spot(at, found))
            area = re.match(r"(?:recorded |reported )?(?:in|across|for) (?:the )?(A) ", rest)
            if area:
                place = spot(at, found) + len(area.group().split())
                span = self.tokens[place].span
                subject = (
                    self.around._before(at)
                    if re.search(r"[OTZX] ", self.sentence.before(at))
                    else None
                )
                if (
                    span
                    and span.value[0] in NATIONS
                    and (subject is None or subject.ids == ("total",))
                ):
                    return self._nation(at, words, place)
        offence = noun or (self.around._before(at) if found else self.around.noun(at))
        if found and offence is None and _AREA_MAKES.search(self.sentence.before(at)):
            # "The city makes up a third of crime in the county".
            raise Unplaced("what it is a part of is not said")
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
        return None

    def _nation(self, at: int, words: str, place: int, own: int | None = None) -> None:
        """A share of the national total, of an area that may stand behind it."""
        span = self.tokens[place].span
        assert span is not None
        noun = self.around.noun(at)
        such = re.match(r"of (?:all )?(?:such|these|those|S) ", self.sentence.after(at))
        told = self.topic.offence if such and not noun else None
        offence = noun or told or self.around._before(at) or Offending(("total",))
        slots = self._slots(at, offence=offence)
        if own is not None:
            slots.area = self.around._area_at(own)[0]
        if slots.area == span.value or span.value[0] != NATION:
            raise Unplaced("what it is a part of is not said")
        self._add(at, slots, {"quantity": "share_of_nation", "value": words})

    def _of_what_was_counted(self, at: int, words: str) -> bool:
        """Read a part of all crime that the sentence has counted: "of which 41% was violence"."""
        before, after = self.sentence.before(at), self.sentence.after(at)
        counted = [s for s in self.reading.statements if s.start >= self.sentence.start]
        whole_here = any(s.entries[0]["quantity"] == "total" for s in counted)
        own_part = re.search(
            r"of which (?:the )?(O) (?:was|were|is|are|made M|M|accounted for|represented) $",
            before,
        )
        if whole_here and own_part:
            place = len(before[: own_part.start(1)].split())
            self._share(at, words, "", self.around._offending(place))
            return True
        if (
            whole_here
            and "M " not in before
            and re.search(r"N [^;,]*\( $", before)
            and re.match(r"\) ", after)
            and counted[-1].role
            and (group := counted[-1].entries[0].get("offence"))
        ):
            # "Of 173,329 crimes 17,368 were shop thefts (10%)".
            self._share(at, words, "", Offending((group,)))
            return True
        return False

    def _of_the_nation(self, at: int, words: str) -> bool:
        """Read a part of the nation's offences: "London accounted for a third of them"."""
        before, after = self.sentence.before(at), self.sentence.after(at)
        whole_told = self.reading.statements[-1].entries[0] if self.reading.statements else {}
        of_nation = whole_told.get("area") == NATION and whole_told.get("offence")
        there = re.match(
            r"of which (?:was|were|is|are|took place|happened) (?:recorded )?in (?:the )?(A) ",
            after,
        )
        by_area = re.search(
            r"A (?:police )?(?:contributed|accounted for|accounts for|made M|recorded|saw|had|"
            r"logged) (?:just |only )?$",
            before,
        )
        its_own = re.search(
            r"A 's share of the (?:A )?(?:total|figure) (?:was|is|stood at) $", before
        )
        total_of = re.match(r"of (?:the )?A (?:'s )?(?:total|figure) ", after)
        there = there or re.match(
            r"of (?:the |these |those |all )*G (?:took place|happened|occurred|were) "
            r"(?:recorded )?(?:in|by) (?:the )?(A) ",
            after,
        )
        if total_of and self.topic.offence:
            place = spot(at, re.match(r"of (?:the )?A ", after) or total_of)
            nation = self.tokens[place].span
            if nation and nation.value[0] == NATION:
                of_nation = self.topic.offence.ids[0]
                whole_told = {"offence": of_nation}
        if of_nation and (
            its_own
            or total_of
            or there
            or (by_area and re.match(r"of (?:these|those|them|the total) ", after))
        ):
            slots = self._slots(at, offence=Offending((whole_told["offence"],)))
            if there:
                slots.area = self.around._area_at(spot(at, there))[0]
            self._add(at, slots, {"quantity": "share_of_nation", "value": words})
            return True
        return False
