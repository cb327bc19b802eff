"""Places, records and directions of a sentence."""

from __future__ import annotations

import re
from contextlib import suppress

from crimeshare.audit.reading.outdone import Outdone
from crimeshare.audit.reading.parts import MOVES, OF_FORCES
from crimeshare.audit.reading.slots import NATIONS, PLACES
from crimeshare.audit.reading.spans import Offending, Unplaced, Year
from crimeshare.audit.reading.state import spot
from crimeshare.audit.words import ORDINALS, movements
from crimeshare.periods import months_before
from crimeshare.reference import NATION, WALES, areas

# "6,944 offences in 2024, slightly down on the 7,020 of 2023".
_FOLLOWS = re.compile(
    r"N (?:[OTG] )*(?:(?:in|for|during) (?:the )?[PR] )?(?:, |- |\u2013 |\( )?"
    r"(?:[a-z]+ly |well |about |much )?$"
)


# "3,885 offences in 2024, though that was down on the year before".
_FOLLOWS_TOO = re.compile(
    r"N (?:[OTG] )*(?:(?:in|for|during) (?:the )?P )?, (?:though|but|and|although|which) "
    r"(?:that |this |it )?(?:was|is|were) (?:[a-z]+ )?$|"
    # "The county's burglary total of 12,013 was down", "its total, 137,405, is down".
    r"(?:total|number|figure|count) (?:of |, )N (?:, )?(?:was|is|were) (?:also )?$|"
    # "That was more than the year before".
    r"^(?:that|this) (?:was|is) (?:[a-z]+ly |well )?$"
)
# "Dyfed-Powys was also down."
_ELLIPTIC = re.compile(
    r"(?:^|[;,] |and |total , )A (?:police )?(?:, (?:with )?N , )?(?:was|were|is) (?:also )?$|"
    # "It fell, from 9,894", "in Cumbria, the number fell".
    r"(?:^|[;:,.] |while |and |but |that )(?:(?:in (?:the )?)?A (?:, )?)?"
    r"(?:it|they|(?:the |its |their )?(?:number|figure|total|tally)) "
    r"(?:(?:has|have|had|is|was|were|also) )*$"
)
# "Shoplifting in the town bucked the trend, however, and rose".
_FARTHER = re.compile(
    r"([OT]) (?:(?!to |would |could |should |may |might |will |hope|want|aim|if |not |never |no |"
    r"[MOTNCHKJV;:] )\S+ ){0,9}(?:is|are|was|were|has|have|had|been|and|,|remained|stayed|held|"
    r"came) (?:also |all |still |well |much |about |almost |[a-z]+ly )?$|"
    # "Violence, which makes up half of them, was down", "burglary, she will say, fell".
    r"([OT]) (?:(?:total |number |figure )?, [^,;]+, |\( N \) |together )"
    r"(?:is |was |were |remained |stayed )?"
    r"(?:[a-z]+ly )?$"
)
# "Was stable", "saw crime fall": what is no movement by itself.
_BEING = re.compile(
    r"(?:is|are|was|were|been|remained|remains|stayed|stays|held) (?:[a-z]+ly |about )?$|"
    r"(?:saw|seen|see) (?:[a-z]+ )*[OT] $"
)
_ONE_HAD = re.compile(
    r"A (?:police )?(?:(?:once|more|again|still|also) )*(?:had|has|recorded|saw) (?:the )?$"
)
_BESIDE_ANOTHER = ("more", "less", "above", "below", "cut", "same", "the same")
# These are no movements by themselves: "a cut", "more".
_NOUNS = (
    "more",
    "less",
    "fewer",
    "greater",
    "larger",
    "smaller",
    "above",
    "below",
    "cut",
    "half",
    "same",
    "the same",
    "flat",
    "mounting",
    "leap",
    "slide",
    "dip",
    "equal",
    "spiking",
    "reduce",
    "reducing",
    "reduction",
    "fall",
    "growth",
    "steady",
    "stable",
    "drop",
    "increase",
    "topped",
    "outstripped",
)
# What is called the same though it moved a little: "broadly flat", "about the same".
_LOOSELY = [words for words, most in movements("same").items() if most == "0.02"]
_HEDGED_SAME = re.compile(r"(?:about|almost|nearly|virtually|broadly|much|roughly|essentially) $")
_WHICH_IS = re.compile(
    r"(?:RATE1|[NCH])(?: [OTGS])?(?: (?:in )?P)? "
    r"(?:, |(?:, )?(?:which )?(?:was|is|remains|remained) (?:still |again |also )?)(?:the )?$"
)
_ORDERED = {"rate": "rate", "share": "share", "count": "number", "total": "number"}


_MOVE_WAS = re.compile(
    r"(?:^|[_;,] |and |but )(?:the |that |this |its |A )*M (?:in (?:[a-z]+ )*[OT] )?"
    r"(?:was|is|were|being) (?:also )?(?:the )?$"
)
# "Ranked third"; and, where an order was told, "Kent third", "was second", "in third place".
_CAME = re.compile(r"(?:came|ranked|ranks|placed|comes) $")
_IN_TURN = re.compile(r"(?:A|F|was|is|were|in|,|\() $")


class Orders(Outdone):
    """Reads places in an order, records, and movements without a size."""

    def _rank(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        after, before = self.sentence.after(at), self.sentence.before(at)
        if re.search(r"(?:one|N) of (?:the )?$|among (?:the )?$", before):
            raise Unplaced('"one of" names no place in an order')
        if before.endswith("next ") and words in ("highest", "lowest", "biggest", "largest"):
            told = self.topic.rank and self.reading.statements[-1].entries[0]["value"].split()[0]
            place = ORDINALS.index(told) + 1 if told in ORDINALS else 1
            words = f"{ORDINALS[place]} {words}"
        safest = words == "safest"
        words = "lowest" if safest else words
        since = re.match(r"(?:[\w\-]+ )*?(?:D|since) ", after)
        if since and not re.search(r"[,;.]", since.group()):
            return self._record(at)
        if re.search(r"most \w+", words) or words.startswith("top") or words.startswith("bottom"):
            if not re.search(r"most \w+", words):
                raise Unplaced("the order it is a place in is not said")
            return self._group_rank(at, words)
        move = re.match(r"(?:[a-z\-]+ ){0,3}(M) ", after)
        moved = re.search(r"M (?:of |by )?[CHK] , (?:and |which (?:is|was) )?(?:the )?$", before)
        change = ""
        # "The fall in robbery was the steepest in the country".
        moved = moved or _MOVE_WAS.search(before)
        if moved and re.match(r"(?:[OT] )?(?:rate|number|share|proportion|total|level)s? ", after):
            moved = None
        if move or moved:
            at_move = (
                spot(at, move)
                if move
                else before.split().index("M", len(before[: moved.start()].split()))
                if moved
                else at
            )
            self.used.add(at_move)
            kind = self.tokens[at_move].span
            change = {"rise": "increase", "fall": "fall"}.get(kind.value if kind else "", "")
            if not change or re.search("low|small|few", words):
                raise Unplaced("the order it is a place in is not said")
        if (
            re.match(r"(?:\w+ |[OTG] |RATE1 ){0,5}?outside (?!the capital)", after)
            and not re.match(r"(?:\w+ |[OTG] ){0,3}?(?:rate|RATE1) ", f"{words} {after}")
            and not re.search(r"(?:rate|RATE1) [^,;]*(?:, )?(?:[a-z]+ )*$", before)
        ):
            raise Unplaced("the order it is a place in leaves an area out")
        order = re.search(
            r"\b(rate|number|level|share|proportion|total|volume|count)s? ",
            re.split(r"[,;] ", f"{after} "[:80])[0],
        )
        within = re.match(
            r"(?:\w+ |[OTG] |- ){0,9}?(?:(?:of|among|out of|for|by) (?:(?:any|all|the|every|"
            r"police|area|areas|local|territorial|english|welsh|_|N|43|44|other) )*(?:FORCES1|"
            r"force|forces|area|areas|A 's forces)"
            r"|(?:of|among) (?:(?:any|all|the|N|_) )*(?:english )?regions?"
            r"|outside (?:the )?(?:A|capital)"
            r"|(?:in|across|of|among|throughout) (?:the |all |N )*(A)"
            r"|(?:anywhere )?(?:in|across) the (?:country|nation|land|table)|anywhere) ",
            after,
        )
        there = re.match(
            r"(?:(?:rate|M|number|share|[OTG]) ){0,3}(?:was|is|were|came|being) "
            r"(?:(?:recorded|seen|again|that|of|the) )*(?:in |by |from )?(?:the )?(A) ",
            after,
        )
        if not there and re.search(r"(?:was|is|were|are) (?:the )?$", before):
            # "The crime rate was highest in Cleveland, at 125 per 1,000".
            there = re.match(r"(?:in |for )(?:the )?A (?=(?:\(|,|at|with|on|and) )", after)
        own = self.around._area_at(spot(at, there))[0] if there else ()
        if own and own[0] not in NATIONS:
            # "The sharpest increase was in Kent".
            within = None
        again = ""
        if own and own[0] not in NATIONS:
            again = self.topic.ranked or NATION
        elif re.match(r"(?:(?:rate|number|share|total|M) )?(?:after|behind) (?:the )?A ", after):
            again = NATION
        elif re.match(r"(?:(?:rate|number|share|total|M) )?[.,;()] ", after):
            # In a text about England and Wales "Kent had the highest rate" is of all forces.
            national = any(code == NATION for _, code in self.reading.mentioned.areas)
            whole = (national or self.topic.area[:1] == (NATION,)) and _ONE_HAD.search(before)
            again = self.topic.ranked or (NATION if whole else "")
        if (not within or re.search(r"[,;.] ", within.group())) and not again:
            again = self._kin(at)
        if (not within or re.search(r"[,;.] ", within.group())) and not again:
            raise Unplaced("the order it is a place in is not said")
        named = ""
        if not within or again:
            place = 0
        elif "english region" in within.group():
            place, named = 0, "england"
        elif "welsh" in within.group():
            place, named = 0, "wales"
        elif within.group(1):
            place = spot(at, within)
        else:
            more = re.match(
                r"(?:in|of|across) (?:the )?(A) ",
                self.sentence.after(spot(at, within)),
            )
            place = spot(at, within) + len(more.group().split()) if more else 0
        if place and self.tokens[place].span:
            code = self.tokens[place].span.value[0]  # type: ignore[union-attr]
            named = "" if code == NATION else self._words(place).casefold().removeprefix("the ")
        offence = None
        noun = re.match(r"(?:[a-z\-]+ |M ){0,4}?([OT]) ", after)
        if safest:
            offence, order = Offending(("total",)), None
        elif noun:
            offence = self.around._offending(spot(at, noun))
        slots = self._slots(at, offence=offence)
        slots.area = self._as_region(own if own and own[0] not in NATIONS else self._ranked(at))
        by = {
            "number": "number",
            "total": "number",
            "count": "number",
            "volume": "number",
            "level": "",
        }
        how = change or (by.get(order.group(1), order.group(1)) if order else "")
        per_head = r"(?:\w+ |[OTG] )*?(?:RATE1|per (?:head|capita|person)|by population) "
        if safest or (not change and re.match(per_head, after)):
            how = "rate"
        here = [s.entries[0] for s in self.reading.statements if s.start >= self.sentence.start]
        if not how and here and _WHICH_IS.search(before):
            # "14.8 per 1,000, the highest of any force".
            how = _ORDERED.get(here[-1]["quantity"], "")
        told = re.search(
            r"(rate|share|number|per head|per capita) "
            r"(?:(?:is|was|remains|were|also|still) )*(?:the )?$",
            before,
        )
        if not how and told:
            # "Its rate is the highest".
            how = "rate" if "per" in told[1] else told[1]
        if not how and again:
            # "Kent had the highest rate; Essex the lowest".
            how = next((h for h in ("rate", "share") if self.topic.rank.endswith(f" {h}")), "")
        value = f"{words} {how}".strip()
        self.topic.rank = re.sub(r"^\S+[\s-](?=high|low|larg|big|great|worst|small|few)", "", value)
        if again == NATION and slots.area[0].startswith("E12"):
            again = "england"
        named = (again or named) if again != NATION else ""
        self.topic.ranked = named or NATION
        if named:
            value = f"{value} in {named}"
        self._add(at, slots, {"quantity": "rank", "value": value})
        return None

    def _kin(self, at: int) -> str:
        """Of what an area is a part of its like, if the text names no others; empty if not so."""
        told = [code for _, code in self.reading.mentioned.areas]
        told += [t.span.value[0] for t in self.tokens if t.letter == "A" and t.span]
        own = self._ranked(at)[0]
        if own.startswith("E12"):
            # "The North East had the largest increase".
            return "england"
        forces = {code for code in told if code in areas() and code not in NATIONS}
        welsh = own.startswith("W") and all(code.startswith("W") for code in forces)
        return "wales" if welsh and len(forces) > 1 and NATION not in told else ""

    def _beside_area(self, at: int) -> bool:
        """Read "more than in neighbouring Camden", "per head Sunderland's was higher"."""
        after = self.sentence.after(at)
        found = re.match(
            r"(?:[a-z]+ |[OTG] |RATE1 ){0,4}than "
            r"(?:(?:in|the|that|of|for|neighbouring|nearby) )*(A) ",
            after,
        )
        word = self._words(at).casefold()
        if not found and word in ("above", "below"):
            # "Its rate is above the average for England and Wales".
            found = re.match(
                r"(?:(?:the|that|those|average|mean|figure|level|rate|for|of|in|across) )*(A) ",
                after,
            )
        if word in ("rise", "fall", "increase", "drop", "decrease"):
            return False
        place = spot(at, found) if found else at
        span = self.tokens[place].span
        rated = re.search(r"\brate|RATE1|per head|per capita", self.sentence.before(at) + after)
        inside = re.match(r"in (?:the )?(A) [.,;] ", after)
        if not found:
            # "Luton had 279 robberies, Bedford 165. Per head, Luton's rate was higher".
            alone = re.match(
                r"(?:still |rate )?[.,;:] |[^.,;]*than its (?:[a-z]+ )?neighbour ", after
            )
            if word not in ("higher", "lower") or not (inside or (alone and rated)):
                return False
        slots = self._slots(at, offence=self.around.noun(at))
        until = spot(at, inside) + 1 if not found and inside else at
        slots.area = next(
            (
                t.span.value
                for i, t in reversed([*enumerate(self.tokens[:until])])
                if t.letter == "A"
                and t.span
                and t.span.value[0] not in NATIONS
                and not self.around._beside(i)
            ),
            self.topic.area,
        )
        other = span.value if span and found else self._other_than(slots.area)
        if not other or not slots.area or other[0] in slots.area:
            return False
        here = [s.entries[0] for s in self.reading.statements if s.start >= self.sentence.start]
        other_year = re.match(
            r"(?:did|was|had|in|were) (?:[a-z]+ )*(?:AGO1|P|B) ", self.sentence.after(place)
        )
        if other_year or (
            other[0] == NATION and not rated and not (here and here[-1]["quantity"] == "share")
        ):
            return False
        if here and here[-1]["quantity"] == "share":
            rated = None
            word, slots.offence = "", Offending((here[-1]["offence"],))
        quantity = "rate" if rated else "count" if word in ("more", "fewer") else "comparison"
        quantity = "share" if not word else quantity
        value = "more" if self.tokens[at].span and self.tokens[at].span.value == "rise" else "fewer"  # type: ignore[union-attr]
        self.used.add(at)
        self._add(at, slots, {"quantity": quantity, "value": value, "than": other[0]})
        return True

    def _other_than(self, area: tuple[str, ...]) -> tuple[str, ...]:
        """The area that the last statements are of, beside another."""
        told = [s.entries[0].get("area", "") for s in self.reading.statements[-4:]]
        others = [code for code in told if code and code not in (*area, *NATIONS)]
        return tuple(others[-1:])

    def _ranked(self, at: int) -> tuple[str, ...]:
        for place in range(at - 1, -1, -1):
            if self.tokens[place].letter == "A" and self.tokens[place].span:
                value: tuple[str, ...] = self.tokens[place].span.value  # type: ignore[union-attr]
                if self.around._named_within(place) and value[0] in NATIONS:
                    continue
                if value[0] not in NATIONS or value[0] == WALES:
                    return value
        for place in range(at - 1, -1, -1):
            if self.tokens[place].letter == "F" and self.topic.area:
                return self.around._area_at(place)[0]
        behind = any(
            t.letter == "A" and not self.around._named_within(at + 1 + i)
            for i, t in enumerate(self.tokens[at + 1 :])
        )
        if self.topic.area and self.topic.area[0] not in NATIONS and not behind:
            return self.topic.area
        raise Unplaced("the area that it ranks is not named")

    def _came(self, at: int) -> None:
        before, after = self.sentence.before(at), self.sentence.after(at)
        if not _CAME.search(before) and not (self.topic.rank and _IN_TURN.search(before)):
            return
        first = re.match(
            r"(?:(?:in|of|across|nationally) )?(?:the )?(?:A |country )?(?:for|on|by) (O) "
            r"(RATE1|per |by rate)?",
            after,
        )
        by = re.search(r"(?:on|by) (?:an? |the )?(rate|share|number)(?: basis)? ", before)
        if (first or by) and not self.topic.rank:
            # "The force ranks first in England and Wales for shoplifting per head", "on a rate
            # basis Kent ranks first".
            how = " rate" if first and first[2] else f" {by[1]}" if by else ""
            self.topic.rank = f"highest{how}"
        if not self.topic.rank:
            raise Unplaced("the order it is a place in is not said")
        nth = self._words(at).casefold()
        number = re.match(r"\d+", nth)
        if nth not in ORDINALS and not number:
            raise Unplaced("the order it is a place in is not said")
        slots = self._slots(at)
        # "Putting the force second".
        named = self.tokens[at - 1].letter == "F"
        slots.area = self.around._area_at(at - 1)[0] if named else self._ranked(at)
        nth = "" if nth in ("first", "1st") else f"{nth} "
        value = f"{nth}{self.topic.rank}"
        if self.topic.ranked not in ("", NATION) and " in " not in value:
            value = f"{value} in {self.topic.ranked}"
        self._add(at, slots, {"quantity": "rank", "value": value})

    def _group_rank(self, at: int, words: str) -> None:
        after = self.sentence.after(at)
        if not re.match(
            r"(?:(?:recorded|reported|T|G|type|types|of|crime|group|category|kind|form) )*", after
        ):
            raise Unplaced("the order it is a place in is not said")
        slots = self._slots(at, offence=self.around._before(at))
        assert slots.offence is not None
        if slots.offence.ids == ("total",):
            raise Unplaced("the order it is a place in is not said")
        self._add(at, slots, {"quantity": "rank", "value": words})

    def _record(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        if re.search(r"(?:one|N) of (?:the )?$", self.sentence.before(at)):
            raise Unplaced('"one of" names no record')
        low = re.search(r"low|few|less|smallest", words)
        rate = (
            " rate" if re.search(r"\brates?\b", words + " " + self.sentence.after(at)[:24]) else ""
        )
        value = f"{'lowest' if low else 'highest'}{rate} on record"
        slots = self._slots(at)
        slots.since = None
        assert slots.period is not None
        for token in self.tokens[at:]:
            if token.letter == "D":
                slots.since = self.around.since(slots.period, at, at)
                if slots.since and token.span and str(token.span.value).startswith("-"):
                    # "The highest in five years" are this one and the four before it.
                    slots.since = Year(months_before(slots.since.period_end, -12))
                value = f"{'lowest' if low else 'highest'}{rate}"
                break
        if not slots.since and self.tokens[at].letter == "J":
            raise Unplaced("since when it is a record is not said")
        self._add(at, slots, {"quantity": "record", "value": value})

    def _direction(self, at: int) -> None:
        token = self.tokens[at]
        before, after = self.sentence.before(at), self.sentence.after(at)
        if re.match(r"(?:or M |and M |everywhere |[^.!]*\? $)", after) or re.search(
            r"(?:M or|M and|made|make|makes|making) $", before
        ):
            return
        with suppress(Unplaced):
            if self._any_other(at):
                return
            if not re.search(r"[NCHK] (?:[OTG] )?$", before) and self._beside_area(at):
                return
        if OF_FORCES.search(before) or re.match(r"(?:faster|quicker|slower) ", after):
            return
        if re.match(r"from (?:\w+ )?[CH] ", after):
            # A share that is up from another.
            return
        subject = re.search(
            r"([OT]) (?:(?:A|in|across|for|has|have|had|is|are|was|were|been|the|by|F|by "
            r"A|P|over|recorded|logged|reported|police|of|an|G|rate|rates|levels|figures|also|both|again|"
            r"continued|continues|to|on|seen|police|by police|area|force|numbers|'s|s|"
            r"come|go|gone|went|at|,|Q|L|R|a|sharp|slight|and|though|however|meanwhile|too|itself|"
            r"now|still) ){0,9}$",
            before,
        )
        subject = subject or _FARTHER.search(before)
        noun = re.match(
            r"(?:in|of) (?:the )?(?:number |numbers |level |levels |rate )?(?:of "
            r")?(?:recorded |reported )?([OT]) ",
            after,
        )
        follows = (_FOLLOWS.search(before) or _FOLLOWS_TOO.search(before)) and re.match(
            r"(?:(?:on|from) )?(?:just )?(?:the )?N |"
            r"(?:on|from|than|as|compared with) (?:in )?(?:the )?[BP] ",
            after,
        )
        told = self.topic.offence and self.reading.statements
        owner = re.search(r"(?:^|[;,] |and |but |while )A $", before)
        its = owner and self._words(at - 1).endswith(("'s", "\u2019s"))
        elliptic = (
            told
            and (its or _ELLIPTIC.search(before))
            and re.match(
                r"[.,;] |too |as well |to (?:just )?N |than (?:it was |they were |in |the )*[BP] ",
                after,
            )
        )
        if not subject and not noun and not follows and not elliptic:
            return
        if re.match(
            r"(?:[a-z]+ |[OTG] |RATE1 ){0,7}than (?!(?:in |the |it was |for )*[BPI] )", after
        ):
            # "A lower rate than its neighbour".
            return
        if re.match(
            r"(?:than (?!(?:in |the |it was |for )*[BPI] )|risk|likely|to (?:the|be)|"
            r"of (?:the )?\w+ish) ",
            after,
        ) or re.match(r"(?:[NCHK] )?(?:\w+ )?than (?:in )?(?:the )?A ", after):
            return
        if re.match(r"(?:in|across|for|at) ", after) and PLACES.match(after.partition(" ")[2]):
            return
        if re.match(r"as (?!well)", after) and not (token.span and token.span.value == "same"):
            # "The force puts one in four offences down as public order".
            return
        word = self._words(at).casefold()
        same = token.span and token.span.value == "same"
        being = _BEING.search(before) and (same or word not in _BESIDE_ANOTHER)
        if word in _NOUNS and not follows and not being and (not noun or word in _BESIDE_ANOTHER):
            return
        place = (
            spot(at, noun) if noun else len(before[: subject.start()].split()) if subject else at
        )
        try:
            offence = self.around._offending(place) if subject or noun else None
            if self.tokens[place].letter == "O" and re.search(
                r"O (?:and|or|,) $", self.sentence.before(place)
            ):
                return
            slots = self._slots(at, offence=offence)
        except Unplaced:
            return
        assert slots.offence is not None
        ids = slots.offence.ids
        since = self._since(slots.period, at)
        if not (since and follows) and any(
            set(area) & set(slots.area) and set(ids) & set(told) for area, told in self.sized
        ):
            return
        if self.surveyed or (self.topic.survey and any(t.letter == "S" for t in self.tokens)):
            return
        slots.since = since
        kind = token.span.value if token.span else "rise"
        value = MOVES[kind]
        if kind == "same" and (word in _LOOSELY or _HEDGED_SAME.search(before)):
            value = "little changed"
        self._add(at, slots, {"quantity": "change", "value": value})
        self.sized.append((slots.area, ids))
