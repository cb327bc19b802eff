"""Whose number a number is: its offence and its area, from the words around it.

A slot is taken from the words that touch a number, then from its clause, its sentence, and what
stands before; what comes from another sentence is marked as assumed.
"""

from __future__ import annotations

import re
from functools import cache

from crimeshare.audit.reading.spans import Offending, Unplaced, Unsaid
from crimeshare.audit.reading.years import ADJECTIVE, ADJECTIVES, Years
from crimeshare.audit.words import without_figures
from crimeshare.reference import (
    ENGLAND,
    NATION,
    PARTNERSHIPS,
    WALES,
    areas,
    line_of,
    offences,
    read_rows,
)

NATIONS = (NATION, ENGLAND, WALES)
# Words that may follow a number which stands without its noun.
_STOPS = re.compile(
    r"in|by|on|at|to|from|during|between|against|compared|over|across|last|this|and|or|"
    r"was|were|had|has|have|when|having|which|that|than|the|a|an|for|within|under|with|as|"
    r"of|while|but|per|recorded|reported|is|are|up|down|respectively|out|since|also|"
    r"represents|represented|following|amid|despite|because|equals|equalled|includes|included|accounts|"
    r"then|now|previously|logged|seen|took|put|puts|makes|made|so|still|who|after|before|it|he|she|they|we|according"
)
# "3,186 of which were rapes".
_PART = re.compile(r"(?:of (?:which|whom) (?:were|are|was)|including N|among them) (?:N )?$")
_ABOUT = re.compile(r"X (?:\w+ )?(?:about|for|of|on|over|regarding|to|against) $")
# "Officers logged 8,642 offences" is about offences.
_COUNTING = re.compile(
    r"(?:have |had |has |also |were called to )?(?:recorded|logged|registered|received|noted|saw|"
    r"investigated|dealt with|counted|attended)? ?(?:\w+ ){0,2}N " + ADJECTIVES + "[GT] "
)
OFFENDERS = {"shoplifters": "shoplifting", "burglars": "burglary", "robbers": "robbery"}
_AGENTS = re.compile(rf"(?:.*[^a-z]|^)({'|'.join(OFFENDERS)}) ")
_PARTS_OF_FORCES = ("city", "town", "borough", "district")
_POLICE = ("police", "force", "constabulary", "officers", "F")
_DETERMINERS = ("the", "a", "all", "this", "that", "any", "these", "each")
_CLAUSE = re.compile(r"; |(?:^| )(?:while|whereas|but|although|though|with that) |, and (?=[AFO] )")
_WITHIN = re.compile(
    r"(?:FORCES1|force|forces|areas?|places?|parts?|regions?|count(?:y|ies)|towns?|cit(?:y|ies)|"
    r"boroughs?|country|capital|any|all|every|survey|service|other) (?:FORCES1 "
    r")?(?:of|in|for|across) (?:the )?$"
    r"|U for $|share of (?:the )?$|"
    r"of (?:all |any |every |the )[^,;.NC]*(?:in|across|for) $|[CH] of "
    r"[^,;.]*(?:in|across|for) (?:the )?$|(?:J|V) [^,;.]*(?:in|of|across) (?:the |all |N )*$|"
    # "The sharpest fall in Wales".
    r"(?:least|most) (?:[a-z]+ ){1,3}in (?:the )?$|"
    r"(?:^| )(?!west|rest |latest|arrest|interest)\w+est (?:\w+ ){0,3}(?:in|of|across) (?:the )?$"
)


# "78, below the national average of 87": the nation's is the number behind it, and no other.
_MEAN = re.compile(r"(?:'s )?(?:average|mean) ")
AVERAGE = re.compile(
    r"(?:A (?:'s )?(?:average|mean|figure|rate)|"
    r"(?:average|mean|rate|figure) (?:for|in|across) (?:the )?A)(?: of| was| is| :| \()* $|"
    r"M the (?:rate|figure) (?:for|in) (?:the )?A , $"
)
_COMPARED = re.compile(
    r"(?:below|above|than|compare[sd]? (?:with|to)|against|exceeds?|exceeding|exceeded|ahead of) "
    r"(?:(?:the|an?|in|that|those|of|for|across|[NCHK]|average|neighbouring|nearby) )*$|"
    r"M the (?:(?:average|rate|figure|number|level) (?:for|in|of) (?:the )?)?$|"
    r"[HK] (?:of |that of |the (?:rate|one|N|figure|level) (?:of|in|for) |the )?$"
)
# "Only North Yorkshire has fewer crimes".
_HAS_MORE = re.compile(r"(?:patch )?(?:had|has|have|recorded|saw|reported) (?:an? )?M ")
# "Below the 89.7 of England and Wales", "compared with 8.4 across England and Wales".
_OF_OTHER = re.compile(r"(?:RATE1 )?(?:of|for|in|across) (?:the )?(A) ")

# "Second only to London", "the highest outside the Met".
_BEHIND = re.compile(
    r"(?:after|behind|beyond|second only to|outside(?: of)?|except(?: for)?|excluding|apart from|"
    r"other than) (?:in )?(?:the )?$"
)
_RECORDED = re.compile(
    r"(?:have |had |also )*(?:recorded|logged|saw|registered|dealt|received|took) "
)
_WHICH = re.compile(r"T (?:(?:in|across) (?:the )?\w+ )?, which (?:[a-z]+ ){1,2}$")


# "The overall rate is 103", "all told the force handled 55,280 offences".
_OVERALL = re.compile(
    r"overall (?:[GT] )?rate (?:[a-z]+ )*$|(?:^|[,;] )all told (?:, )?"
    r"(?:[a-z]+ |[AF] )*$"
)


# "Its neighbour recorded 49,646, down 4%", "the Stoke ward of Plymouth had 1,204".
_UNNAMED = re.compile(
    r"(?:its|their) (?:[a-z]+ )?(neighbour) (?:(?!and |but )[a-zMF]+ ){1,2}(?:N , (?:M )?)?$|"
    r"(wards?|estate|neighbourhood) (?:of|in) (?:the )?A (?:[a-z]+ ){0,3}$"
)


# "Thirty of the 43 police forces".
PLACES = re.compile(
    r"(?:N )?(?:of )?(?:the |all |N |other |police |territorial |local )*"
    r"(?:FORCES1|forces|constabularies|boroughs|districts|councils|counties|regions) "
)


@cache
def forces_of_partnerships() -> dict[str, str]:
    """The force that each partnership is a part of, by their codes."""
    return {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}


class Around(Years):
    """The words around the numbers of one sentence."""

    # Offences

    def subject(self, at: int) -> tuple[Offending, bool]:
        """The offence that a number is about, and whether it was taken from afar.

        Raises:
            Unplaced: it is about something else.
        """
        if _WHICH.search(self.sentence.before(at)):
            # "44% of all crime in the town, which totalled 22,104".
            return Offending(("total",)), False
        if _OVERALL.search(self.sentence.before(at)):
            return Offending(("total",)), False
        found = self.noun(at) or self._before(at)
        if found is not None:
            return found, False
        if re.match(r"such G ", self.sentence.after(at)) and self.topic.offence:
            return self.topic.offence, True
        if self.generic(at) and re.match(
            r"[^;.]*?of (?:which|these|them) ", self.sentence.after(at)
        ):
            return Offending(("total",)), False
        if any(token.letter == "REST1" for token in self.tokens):
            return Offending(("total",)), False
        if agents := _AGENTS.search(self.sentence.before(at)):
            # "Burglars claimed 6,225 victims, 17% fewer".
            return Offending((OFFENDERS[agents[1]],)), False
        if self.topic.offence:
            return self.topic.offence, True
        if (later := self._later(at)) is not None:
            return later, False
        if self.generic(at) or re.search(r"(?:^| )G ", self.sentence.before(at)):
            return Offending(("total",)), True
        if self.ahead.offence:
            return self.ahead.offence, True
        raise Unsaid("no offence is named")

    def generic(self, at: int) -> bool:
        """Whether the noun of a number is just "offences"."""
        return bool(re.match(rf"{ADJECTIVES}G ", self.sentence.after(at)))

    def noun(self, at: int) -> Offending | None:
        """The offence in the noun of a number: "491 robberies", "1,412 reports of bike theft"."""
        after = self.sentence.after(at)
        found = re.match(rf"{ADJECTIVES}([OTGZX]) ", after)
        if not found and re.search(r"(?:^|[;,] |and |but )at $", self.sentence.before(at)):
            # "At 516,971, shoplifting has never been higher".
            found = re.match(r", (?:the )?([OT]) ", after)
        if not found:
            return None
        place = at + len(found.group().split())
        letter = found.group(1)
        rest = self.sentence.after(place)
        whole = r"|were|was" if not re.search(r"[CH] of [^,;.]*$", self.sentence.before(at)) else ""
        if letter in "GT" and (
            of := re.match(
                rf"(?:of|for|involving|relating to|classed as|concerning|about{whole}|:) "
                r"(?:the |a )?([OZX]) ",
                rest,
            )
        ):
            place += len(of.group().split())
            letter = of.group(1)
        if letter == "G":
            if re.match(r"overall ", rest):
                return Offending(("total",))
            odd = re.match(r"(?:of|involving) ([a-z]+) (?!A)", self.sentence.after(place))
            if odd and odd.group(1) not in _DETERMINERS:
                raise Unplaced(f"it counts something else ({odd.group(1)})")
            return None
        if letter == "O" and re.match(
            rf"(?:and|or|plus) {ADJECTIVES}O (?!N)", self.sentence.after(place)
        ):
            raise Unplaced("it counts more than one offence group together")
        return self._meant(self._offending(place), place)

    def _meant(self, named: Offending, place: int = 0) -> Offending:
        """The offence group that a wider word stands for: "that is 1,400 thefts a day"."""
        told = self.topic.offence
        such = place and self.tokens[place - 1].letter in ("such", "these", "those")
        if not (self.again or such) or not told or told.ids[0] not in offences():
            return named
        return told if named.ids[0] in line_of(told.ids[0]) else named

    @property
    def again(self) -> bool:
        """Whether the sentence says in other words what was said before it."""
        said = "".join(f"{token.letter} " for token in self.tokens)
        return bool(re.match(r"(?:that|this|it|which) |equating |equal |equivalent ", said)) and (
            bool(re.search(r"equivalent|equates?|equal|works out|average|amounts|PACE1|W ", said))
        )

    def _offending(self, place: int) -> Offending:
        span = self.tokens[place].span
        assert span is not None
        if span.kind == "unrecorded":
            raise Unplaced(f"It is no group of recorded crime: {span.value}")
        if span.kind == "other":
            raise Unplaced(f"it is about {span.value}, not offences that police recorded")
        found: Offending = span.value
        return found

    def _before(self, at: int) -> Offending | None:
        """The nearest subject before a number, in its clause first."""
        begin = 0
        for match in _CLAUSE.finditer(self.sentence.before(at)):
            begin = len(self.sentence.before(at)[: match.end()].split())
        for low, high in ((begin, at), (0, begin)):
            for place in range(high - 1, low - 1, -1):
                if self.tokens[place].letter not in "OTZX" or self._aside(place):
                    continue
                span = self.tokens[place].span
                agents = span and span.value == "officers"
                if agents and _COUNTING.match(self.sentence.after(place)):
                    continue
                joined = re.search(r"(?:O (?:and|or|,) )$", self.sentence.before(place))
                if joined and self.tokens[place].letter == "O":
                    raise Unplaced("it counts more than one offence group together")
                return self._meant(self._offending(place), place)
        return None

    def _aside(self, place: int) -> bool:
        """Whether a word is no subject: "15% of all crime", "calls about stalking"."""
        letter, before = self.tokens[place].letter, self.sentence.before(place)
        if letter == "O" and (_ABOUT.search(before) or _PART.search(before)):
            return True
        if letter in "OZ" and re.search(r"which (?:includes?|covers?) (?:[a-z]+ )*$", before):
            # "Thefts from the person, which includes phones being snatched, rose".
            return True
        return bool(
            letter == "T"
            and re.search(
                r"(?:[CH]|V|J|share|proportion) (?:of|in) (?:[a-z]+ ){0,3}$|H (?:of )?$", before
            )
        )

    def _later(self, at: int) -> Offending | None:
        listed = re.search(r"A [(,:] $", self.sentence.before(at))
        for place in range(at + 1, len(self.tokens)):
            if self.tokens[place].letter in "OT" and not self._aside(place):
                return self._offending(place)
            if self.tokens[place].letter in ("CHK;" if listed else "NCHK;"):
                return None
        return None

    def stops(self, at: int) -> bool:
        """Whether a number stands without a noun of its own, or with one that is known."""
        after = self.sentence.after(at).split()
        word = after[0] if after else "."
        return not word[0].islower() or bool(_STOPS.fullmatch(word))

    # Areas

    def area(self, at: int) -> tuple[tuple[str, ...], bool]:
        """Codes of the area that a number is about, the likeliest first, and whether from afar.

        Raises:
            Unplaced: it is about another country or a place without figures, or names none.
        """
        after = self.sentence.after(at)
        if unnamed := _UNNAMED.search(self.sentence.before(at)):
            raise Unplaced(f"no figures of such {unnamed[1] or unnamed[2]} are known")
        if average := AVERAGE.search(self.sentence.before(at)):
            words = average.group().split()
            return self._area_at(at - len(words) + words.index("A"))
        if own := re.search(
            r"than (?:in |for |the |that of )*(A \( |A with |A )$", self.sentence.before(at)
        ):
            # "Higher than for England and Wales (0.40)", "fewer than Sunderland's 141.3".
            return self._area_at(at - len(own[1].split()))
        if re.search(r"(?:M|than|against|exceeds|K|below|above) the A $", self.sentence.before(at)):
            nation = self.tokens[at - 1].span
            if nation and nation.value[0] in NATIONS:
                # "Below the national 4.2".
                return self._area_at(at - 1)
        if re.search(
            r"(?:compare[sd]? (?:with|to)|than|against|M) (?:the |just )?$",
            self.sentence.before(at),
        ) and (other := _OF_OTHER.match(after)):
            return self._area_at(at + len(other.group().split()))
        change = re.match(r"to N (?:[OTG] )?(?:in|for|across|by) (?:the )?A ", after)
        if change and self.sentence.before(at).endswith("from "):
            # "From 353 to 445 in Norfolk and from 213 to 246 in Suffolk".
            return self._area_at(at + len(change.group().split()))
        sized = re.search(
            r"(?:with|to|than|against) an? (A M (?:of |by )?)$", self.sentence.before(at)
        )
        if sized:
            # "It compares with a national decrease of 1.9%".
            return self._area_at(at - len(sized[1].split()))
        if beside := re.match(r"(?:M )?A ", after):
            # "Compared with 32.1 nationally", "a 3 per cent fall nationally".
            place = at + len(beside.group().split())
            nation = self.tokens[place].span
            if nation and nation.value[0] in NATIONS:
                return self._area_at(place)
        attached = re.match(
            rf"(?:(?:{ADJECTIVE}|[OTGSPIRB]|RATE1|recorded|across|by|in|at|within|"
            r"throughout|per|head|year|average|figure|\() )*?"
            r"(?:in|by|across|for|at|throughout|within|neighbouring|nearby) (?:\w+ "
            r"){0,1}?([AELF]) ",
            after,
        )
        if attached and not re.search(r"[,;.NCHK] ", attached.group()[:-2]):
            place = at + len(attached.group().split())
            # "1.1 per 1,000 is above the average for England and Wales".
            set_beside = re.search(
                r"(?:^|is |was |are |were )M (?:the |that |those |average )", attached.group()
            )
            if not self._named_within(place, compared=bool(set_beside)):
                return self._area_at(place)
        clause = self._clause(at)
        for places in (
            range(at - 1, clause - 1, -1),
            range(clause - 1, -1, -1),
            range(at + 1, self._clause_end(at)),
        ):
            for place in places:
                compared = (
                    self._told_beside(place, at)
                    if place < at
                    else (
                        re.search(r"of (?:which|whom) (?:the )?$", self.sentence.before(place))
                        or re.search(
                            r"[CH] of (?:them|these|those|it) (?:[a-z]+ )*(?:the )?$",
                            self.sentence.before(place),
                        )
                        or re.search(r"outside (?:of )?(?:the )?$", self.sentence.before(place))
                        or (self.topic.area and (self._beside(place) or self._next(place)))
                        or self._part_of_force(place)
                    )
                )
                if (
                    self.tokens[place].letter in ("A", "E", "L", "F")
                    and not compared
                    and not self._named_within(place)
                ):
                    return self._area_at(place)
        if self.topic.abroad:
            raise Unplaced(self.topic.abroad)
        if self.topic.area:
            return self.topic.area, True
        if self.ahead.area:
            return self.ahead.area, True
        if self.topic.survey or self.topic.measure:
            # What stands beside the survey's figures is of where it asks.
            return (NATION,), True
        if self.topic.nowhere:
            return (), True
        within = [
            t for t in self.tokens if t.letter == "A" and t.span and t.span.value[0] in NATIONS
        ]
        if within and within[0].span:
            return within[0].span.value, False
        raise Unsaid("no area is named")

    def _area_at(self, place: int) -> tuple[tuple[str, ...], bool]:
        token, before, after = self.tokens[place], *self._sides(place)
        if token.letter == "A" and (
            (re.search(r"A and $", before) and not re.match(r"[N(:,] ", after))
            or (re.match(r"and A (?![N(:,])", after) and not re.search(r"[CN] (?:in )?$", before))
            or (re.search(r"A , $", before) and re.match(r"and [a-z]+ [OTG] ", after))
            or re.search(r"A (?:\w+ ){0,3}(?:together with|as well as|plus) (?:\w+ )*$", before)
            or re.search(r"(?:across|in|throughout) (?:[a-z]+ , )+[a-z]+ and $", before)
        ):
            raise Unplaced("it is about more than one area together")
        assert token.span is not None
        if token.letter == "E":
            raise Unplaced(
                "it is about another country; the figures here are of England and Wales alone"
            )
        if token.letter == "L":
            raise Unplaced(without_figures(token.span.value))
        if token.letter == "F":
            word = token.span.value
            local = any(each in word for each in _POLICE)
            force = (self.topic.force if local else ()) or self.topic.area
            inside = forces_of_partnerships().get(force[0]) if force else None
            if inside and (local or word.endswith("county")):
                # "The city had 41% of the county's robberies".
                force = (inside,)
            part = self.topic.place
            if part and force and word.split()[-1] in _PARTS_OF_FORCES and not inside:
                # "24,509 in Plymouth, of 114,391 across the force. The city's rate".
                force = part if forces_of_partnerships().get(part[0]) == force[0] else force
            if self._part_unnamed(word, force):
                raise Unplaced(f"which {word.split()[-1]} of the force it is of is not said")
            if not force:
                earlier = [t.span.value for t in self.tokens[:place] if t.letter == "A" and t.span]
                earlier = [a for a in earlier if a[0] not in NATIONS] or earlier
                if earlier:
                    return earlier[-1], False
                if self.ahead.area and self.ahead.area[0] not in NATIONS:
                    return self.ahead.area, True
                raise Unsaid("no area is named")
            return force, True
        found: tuple[str, ...] = token.span.value
        if len(found) > 1 and any(t.letter in _POLICE for t in self.tokens):
            # A region of the same name records nothing itself.
            return found[:1], False
        return found, False

    def _part_unnamed(self, word: str, force: tuple[str, ...]) -> bool:
        """Whether "the city" is part of a force that is no city, and which one is not said."""
        name = areas()[force[0]].area_name if force and force[0] in areas() else ""
        part = word.split()[-1] in _PARTS_OF_FORCES and name not in ("", "London")
        return part and not re.search("Metropolitan|City", name)

    def _named_within(self, place: int, *, compared: bool = True) -> bool:
        """Whether an area is named as the whole of others, or as part of the survey's name.

        Args:
            place: of the area.
            compared: whether one that another is compared with counts too.
        """
        token = self.tokens[place]
        if token.letter != "A" or token.span is None:
            return False
        if re.match(r"(?:police )?(?:excluded|apart|aside|left out) ", self.sentence.after(place)):
            return True
        if compared and self._bracketed(place):
            return True
        if token.span.value[0] not in NATIONS:
            before, after = self._sides(place)
            only = re.search(r"(?:^|[;,] |and )only (?:the )?$", before)
            if _BEHIND.search(before) or (only and _HAS_MORE.match(after)):
                return True
            return bool(
                re.search(
                    r"(?:than|like|including) (?:in )?(?:the )?$", self.sentence.before(place)
                )
                and self._first_area() not in (None, place)
            )
        before, after = self._sides(place)
        if re.search(r"^(?:police )?FORCES1 (?:in|across) (?:the )?$", before) and _RECORDED.match(
            after
        ):
            # "Police forces in England and Wales recorded".
            return False
        beside = compared and (_COMPARED.search(before) or _MEAN.match(after))
        return bool(_WITHIN.search(before) or beside)

    def _part_of_force(self, place: int) -> bool:
        """Whether an area behind a number is a part of the force that is told of."""
        span = self.tokens[place].span
        if self.tokens[place].letter != "A" or span is None or not self.topic.force:
            return False
        return bool(forces_of_partnerships().get(span.value[0]) == self.topic.force[0])

    def _told_beside(self, place: int, at: int) -> bool:
        """Whether an area before a number has one of its own: "ahead of Kent's 565, 3% fewer"."""
        first = any(t.letter == "A" for t in self.tokens[:place])
        own = place + 1 < at and self.tokens[place + 1].letter == "N"
        return first and own and self._beside(place)

    def _beside(self, place: int) -> bool:
        """Whether an area is one that another is set beside: "9.4, against 8.1 in Kent"."""
        return bool(_COMPARED.search(self.sentence.before(place)))

    def _next(self, place: int) -> bool:
        """Whether a size of its own stands behind an area: "up by 51%, and in Reading by 28%"."""
        before, after = self.sentence.before(place), self.sentence.after(place)
        sized = re.match(r"(?:by |up |down )?C ", after)
        listed = sized and re.search(r"C , and (?:in |for )?(?:the )?$", before)
        return bool(listed) or self._bracketed(place)

    def _bracketed(self, place: int) -> bool:
        """Whether an area stands in brackets with its number: "79.0 (England and Wales 87.1)"."""
        opened = self.sentence.before(place).endswith("N ( ")
        return opened and bool(re.match(r"(?:: |= )?N \) ", self.sentence.after(place)))

    def _first_area(self) -> int | None:
        return next((i for i, t in enumerate(self.tokens) if t.letter == "A"), None)

    def _sides(self, place: int) -> tuple[str, str]:
        return self.sentence.before(place), self.sentence.after(place)
