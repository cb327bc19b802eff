"""Shares that a sentence states: of all recorded crime, of what it counted, of the nation."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import product
from typing import Any

from crimeshare.audit.lookup import offence_codes
from crimeshare.audit.reading.slots import NATIONS, forces_of_partnerships
from crimeshare.audit.reading.spans import Offending, Unplaced
from crimeshare.audit.reading.surveyed import Surveyed
from crimeshare.reference import NATION, areas, areas_around, line_of, offences

PART_OF = (
    r"(?:of|in) (?:(?:all|the|its|total|every|police|recorded|overall|A|their|our|those|"
    r"violent|reported|\w+) ){0,4}?"
    r"(?:T|everything|all G|G recorded|the (?:whole |overall )?(?:total|lot)(?= [.,;)])) "
)
# "Of them", "of all arson in Wales", "of the force's total", "of crime in Kent".
_WHOLE = (
    r"(?:of|in) (?:(?:all|the|every|such|N|police|recorded|reported|overall|total(?= [OTG] )) )*"
    r"(?:(?P<its>[AF]) (?:police )?)?"
    r"(?:(?P<noun>[OT]) (?:[GT] )?|"
    r"(?P<told>[GS]|everything|total|whole|figure|that|it|them|these|those|which) (?:G )?)?"
    r"(?:(?:recorded|reported) )?(?:(?:(?:in|across|for|by|of) (?:the )?)?(?P<where>[AF]) )?"
)
_WHOLE_BEHIND = re.compile(_WHOLE)
_THAT = ("that", "this", "it", "which", "these", "they")
_HAPPENED = re.compile(
    r"(?:(?:in |during )?P )?(?:were|was|is|are|being|took place|happen|happened|occur|occurred)"
    r"(?: (?:recorded|committed|reported|taken|seen|logged|stolen|all))* "
    r"(?:in|by|within) (?:the )?(?:N )?(?P<area>[AF]) "
)
_MADE = (
    r"(?:made M|makes M|make M|making M|accounted for|accounts for|account for|accounting for|"
    r"represented|represents|representing|contributed|provided|took|had|has|saw|sees|records|recorded|logged|"
    r"dealt with|handled|was responsible for|is responsible for|with)"
    r"(?: (?:about|around|some|just|only|a|the|over))* $"
)
_WHOLE_BEFORE = re.compile(
    rf"share {_WHOLE}(?:was|is|stood at|reached|at|:|,) $|of (?P<which>which|these|those|them) "
    rf"(?:the )?[AFO] (?:police )?{_MADE}"
)
_AREA_MADE = re.compile(
    r"(?P<area>[AF]) (?:(?:(?!and |but |while |in |where |which )[a-z]+|[NOTG]|,|\( N \)) )*"
    rf"{_MADE}|(?P<sharing>[AF]) (?:O )?share [^,;]*$"
)
_GROUP_NEXT = re.compile(
    r"(?:and |, |; )(?P<group>O) (?:for |at |on |another |a further |just |only |a )*$"
)
_SHARE_NEXT = re.compile(r"(?P<area>A) share (?:is|was) (?:just |only )?$")
# "The proportion of crimes recorded by Kent that were shoplifting reached 11%".
_BEING = re.compile(
    r"(?:proportion|share|percentage) of [TG] (?:recorded )?(?:by|in|across) (?:the )?A "
    r"(?:that|which) (?:were|was|are|is) (O) (?:reached|was|is|hit|stood at) $"
)
_NEXT = re.compile(
    r"(?P<area>A) (?:police )?(?:with |on |at |took |saw |had |contributed )?"
    r"(?:another |a further |just |only )?$"
)


def _pair(
    part: tuple[str, str], whole: tuple[str, str], offence_told: str, area_told: str
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """A part and the whole that holds it, each an area and an offence; none if neither does.

    What one of them leaves open is that of the other, or what the text is about.
    """
    area, offence = part
    of_area, of_offence = whole
    offence = offence or (of_offence if area else "") or offence_told
    of_offence = of_offence or offence
    area = area or of_area or area_told
    of_area = of_area or area
    if offence == of_offence:
        holds = area != of_area and of_area in _around(area)
    else:
        holds = area == of_area and of_offence in _line(offence)
    return ((area, offence), (of_area, of_offence)) if holds else None


def _place(found: re.Match[str], name: str, begin: int) -> int:
    """The token that a group of a pattern ends with, of tokens from a place on."""
    return begin + len(found.string[: found.end(name)].split()) - 1


def _around(area: str) -> list[str]:
    """The codes of the areas that an area lies in."""
    force = forces_of_partnerships().get(area)
    return areas_around(force) if force else areas_around(area)[1:] if area in areas() else []


def _line(offence: str) -> list[str]:
    """The groups that an offence is part of."""
    if offence in offences():
        return line_of(offence)[1:]
    code = offence_codes().get(offence)
    return line_of(code.parent_id) if code else []


class Shares(Surveyed):
    """Reads parts of wholes."""

    def _of_a_whole(self, at: int, words: str) -> bool:
        """Read a part of what a text has named: an area of another, or a group of another."""
        if self._of_the_same_whole(at, words):
            return True
        before, after = self.sentence.before(at), self.sentence.after(at)
        being = re.match(
            r"(?:of (?:them|these|those) )?(?:, (?:or )?(?:thereabouts|N) , )?(?:were|was|are|is) "
            r"(?:for )?(O) ",
            after,
        )
        if being and (
            re.search(r"of (?:which|whom|them|these) (?:about )?$|^(?:about |some )?$", before)
            or after.startswith("of ")
        ):
            # "32,957 offences, of which nearly half were stalking", "a third of them are rapes".
            groups = self.around._offending(at + len(being.group().split())).ids
            return self._add_part(at, words, [("", each) for each in groups], self._told_counts())
        named = self._whole(at)
        if not named:
            return False
        found, begin = named
        parts = self._parts(at, found, begin)
        such = re.search(r"such |these |those |N ", found.group())
        if found["told"] == "G" and not parts and not such:
            # "Detectives solved nine in ten of London's cases".
            return False
        if not parts and self.topic.offence:
            parts = [("", each) for each in self.topic.offence.ids]
        if not (found["its"] or found["where"]) and not found["noun"]:
            return self._add_part(at, words, parts, self._told_counts())
        area = self._area_of_whole(found, begin)
        group = ""
        if found["noun"]:
            place = _place(found, "noun", begin)
            group = self.around._meant(self.around._offending(place), place).ids[0]
        elif found["told"] == "everything" or (found["told"] == "G" and not such):
            # "38% of offences in the city".
            group = "total"
        return self._add_part(at, words, parts, [(area, group)])

    def _of_the_same_whole(self, at: int, words: str) -> bool:
        """Read a share of what the last one is of: "North Wales with 18% and Gwent with 12%"."""
        after, before = self.sentence.after(at), self.sentence.before(at)
        shares = [s for s in self._here() if s.entries[0]["quantity"].startswith("share")]
        told = shares[-1:] or self.reading.statements[-1:]
        last = told[0].entries[0] if told else {}
        here = bool(told) and told[0].start >= self.sentence.start
        group = _GROUP_NEXT.search(before)
        if here and group and last["quantity"] == "share" and not re.match(r"(?:of|in) ", after):
            # "Burglary made up 5% of offences in Kent and shoplifting 10%".
            part = self.around._offending(_place(group, "group", 0)).ids[0]
            return self._add_part(
                at, words, [("", part)], [(last["area"], last.get("of", "total"))]
            )
        if last.get("quantity") != "share_of_nation":
            return False
        whole = last.get("of", NATION)
        following = _NEXT.search(before) if here else _SHARE_NEXT.search(before)
        if following:
            area = self._named(following, "area", 0)
            return self._add_part(at, words, [(area, "")], [(whole, last["offence"])])
        if here and (its := re.match(r"of its ([OT]) ", after)):
            ids = self.around._offending(at + len(its.group().split())).ids
            return self._add_part(at, words, [(last["area"], "")], [(whole, ids[0])])
        return False

    def _whole(self, at: int) -> tuple[re.Match[str], int] | None:
        """The words for the whole, behind a share or before it, and the place they begin at."""
        after = self.sentence.after(at)
        bare = self.tokens[at].letter == "H" and re.match(r"[OT] ", after)
        begin = at if bare else at + 1
        found = _WHOLE_BEHIND.match(f"of {after}" if bare else after)
        if found and found["told"] == "S":
            # "Those", of people or of offences.
            word = self._words(_place(found, "told", begin)).casefold()
            found = found if word.endswith("those") else None
        if found and any(found.group("its", "noun", "told", "where")):
            return found, begin
        ahead = _WHOLE_BEFORE.search(self.sentence.before(at))
        return (ahead, 0) if ahead else None

    def _parts(self, at: int, found: re.Match[str], begin: int) -> list[tuple[str, str]]:
        """What may be the part, each an area and an offence, one of which may be open."""
        before = self.sentence.before(at)
        end = begin + len(found.string[: found.end()].split())
        behind = found.re is _WHOLE_BEHIND
        happened = _HAPPENED.match(self.sentence.after(end - 1)) if behind else None
        parts: list[tuple[str, str]] = []
        if happened:
            parts += [(self._named(happened, "area", end), "")]
        elif made := _AREA_MADE.search(before):
            parts += [(self._named(made, "area" if made["area"] else "sharing", 0), "")]
        elif (found["where"] or found["its"]) and (area := self._told_within(at, found, begin)):
            parts += [(area, "")]
        with suppress(Unplaced):
            if subject := self.around._before(at):
                parts += [("", each) for each in subject.ids]
        told = self.reading.statements[-1:]
        counted = told and told[0].role and told[0].start >= self.sentence.start
        if counted or self.tokens[0].letter in _THAT:
            parts += self._told_counts()[:1]
        return parts

    def _told_counts(self) -> list[tuple[str, str]]:
        """Areas and offences that were counted, the last first."""
        counted = [s.entries[0] for s in reversed(self.reading.statements) if s.role]
        return [(e["area"], e.get("offence", "total")) for e in counted if e.get("area")]

    def _named(self, found: re.Match[str], name: str, begin: int) -> str:
        """The area that a group of a pattern names."""
        return self.around._area_at(_place(found, name, begin))[0][0]

    def _area_of_whole(self, found: re.Match[str], begin: int) -> str:
        name = "where" if found["where"] else "its"
        return self._named(found, name, begin) if found[name] else ""

    def _told_within(self, at: int, found: re.Match[str], begin: int) -> str:
        """The area told of, where it has such a part and lies in the whole; empty if not."""
        named = [
            token.span.value
            for place, token in enumerate(self.tokens[:at])
            if token.letter == "A" and token.span and not self.around._named_within(place)
        ]
        named = [each for each in named if each[0] not in NATIONS]
        told = (named or [self.topic.area])[-1][:1]
        has = re.search(
            r"(?:has|had|with|and|saw|recorded|,) (?:about |around |just )*$",
            self.sentence.before(at),
        )
        inside = has and told and self._area_of_whole(found, begin) in _around(told[0])
        return told[0] if inside else ""

    def _add_part(
        self,
        at: int,
        words: str,
        parts: list[tuple[str, str]],
        wholes: list[tuple[str, str]],
    ) -> bool:
        """State the first part that lies in a whole; an empty name is one left open."""
        offence_told = self.topic.offence.ids[0] if self.topic.offence else "total"
        area_told = NATION
        with suppress(Unplaced):
            area_told = (self.around.area(at)[0] or (NATION,))[0]
        for part, one in product(parts, wholes):
            made = _pair(part, one, offence_told, area_told)
            if made is None:
                continue
            (area, offence), (of_area, of_offence) = made
            slots = self._slots(at, offence=Offending((offence,)))
            if area != area_told or part[0] or one[0]:
                slots.area = (area,)
            said = [t.span.value.ids for t in self.tokens if t.letter in "OT" and t.span]
            if not any(offence in ids for ids in said):
                slots.assumed.append("offence")
            entry: dict[str, Any] = {"quantity": "share", "value": words}
            if area != of_area:
                entry["quantity"] = "share_of_nation"
                entry |= {"of": of_area} if of_area != NATION else {}
            elif of_offence != "total":
                entry["of"] = of_offence
            self._add(at, slots, entry)
            return True
        return False

    def _shares_before(self, at: int) -> bool:
        return any(s.entries[0]["quantity"] == "share" for s in self._here())

    def _share(self, at: int, words: str, after: str, noun: Offending | None = None) -> None:
        found = re.match(PART_OF, after)
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
        return

    def _of_what_was_counted(self, at: int, words: str) -> bool:
        """Read a part of all crime that the sentence has counted: "of which 41% was violence"."""
        before, after = self.sentence.before(at), self.sentence.after(at)
        counted = self._here()
        whole_here = any(s.entries[0]["quantity"] == "total" for s in counted)
        own_part = re.search(
            r"of which (?:the )?(O) (?:was|were|is|are|made M|M|accounted for|represented) $",
            before,
        )
        being = _BEING.search(before)
        said = being or (own_part if whole_here else None)
        if said:
            place = len(before[: said.end(1)].split()) - 1
            self._share(at, words, "", self.around._offending(place))
            return True
        own = [s for s in counted if s.role]
        if own and re.search(
            r"N (?:O )?of (?:them|these|those|S) , (?:which (?:is|was) |or |that is )?(?:about )?$",
            before,
        ):
            # "The Met recorded 112 of them, which is one in five".
            named = self._told_counts()
            return self._add_part(at, words, named[:1], named[1:])
        alone = self.tokens[at].letter == "H" and re.match(r"[.,;] ", after)
        if (
            own
            and re.search(r"A (?:'s )?(?:[a-z]+ )?N , (?:or )?$", before)
            and (alone or re.match(r"of (?:all of )?(?:them|these|those) ", after))
        ):
            # "London saw 109,287, just over a quarter".
            named = self._told_counts()
            return self._add_part(at, words, named[:1], named[1:])
        if len(own) > 1 and re.search(
            r"N (?:were|was) (?:recorded )?(?:O|in (?:the )?A(?: area)?) [,:] (?:or |some )?$",
            before,
        ):
            # "Of 63,761 offences 27,529 were violent, more than two in five".
            named = self._told_counts()
            return self._add_part(at, words, named[:1], named[1 : len(own)])
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
