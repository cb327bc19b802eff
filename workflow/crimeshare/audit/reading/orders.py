"""Places and records of a sentence."""

from __future__ import annotations

import re

from crimeshare.audit.reading.names import names
from crimeshare.audit.reading.numbers import PEERLESS
from crimeshare.audit.reading.outdone import Outdone
from crimeshare.audit.reading.slots import NATIONS
from crimeshare.audit.reading.spans import Offending, Unplaced, Year
from crimeshare.audit.reading.state import spot
from crimeshare.audit.words import ORDINALS
from crimeshare.periods import months_before
from crimeshare.reference import NATION, WALES, areas

_ONE_HAD = re.compile(
    r"A (?:police )?(?:(?:once|more|again|still|also) )*(?:had|has|recorded|saw) (?:the )?$"
)
_WHICH_IS = re.compile(
    r"(?:RATE1|[NCH])(?: [OTGS])?(?: (?:in )?P)? "
    r"(?:, |(?:, )?(?:which )?(?:was|is|remains|remained) (?:still |again |also )?)(?:the )?$"
)
_ORDERED = {"rate": "rate", "share": "share", "count": "number", "total": "number"}


_MOVE_WAS = re.compile(
    r"(?:^|[_;,] |and |but )(?:the |that |this |its |overall |A )*M (?:in (?:[a-z]+ )*[OT] )?"
    r"(?:, [CHN] , )?"
    r"(?:was|is|were|being) (?:also )?(?:the )?$"
)
# Not "its museum is unrivalled".
_ORDERED_THINGS = re.compile(r"(?:^| )(?:[OTGMCHK]|RATE1|rates?|numbers?|totals?|figures?|tally) ")
# "Robbery has never been higher", and not "demand had never been higher".
_HAS_NEVER = re.compile(
    r"(?:[OTG]|it|they|numbers?|figures?|rates?|total|tally) (?:[A-Za-z']+ ){0,4}?"
    r"(?:has|have|had) $"
)
# "Ranked third"; and, where an order was told, "Kent third", "was second", "in third place".
_CAME = re.compile(r"(?:came|ranked|ranks|placed|comes) $")
_IN_TURN = re.compile(r"(?:A|F|was|is|were|in|,|\() $")


class Orders(Outdone):
    """Reads places in an order, and records."""

    def _rank(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        after, before = self.sentence.after(at), self.sentence.before(at)
        if re.search(r"(?:one|N) of (?:the )?$|among (?:the )?$", before):
            raise Unplaced('"one of" names no place in an order')
        kind = re.search("increase|fall", self.topic.rank)
        if kind and re.search(r"A (?:the )?$", before) and re.match(r"(?:, |\( )[CH] ", after):
            # "The South East saw the sharpest fall, 18%, the East Midlands the smallest, 8%".
            if re.search("low|small|few|least", words):
                raise Unplaced("the order it is a place in is not said")
            return self._place(at, self._area_before(at), f"biggest {kind[0]}")
        if before.endswith("next ") and words in ("highest", "lowest", "biggest", "largest"):
            told = self.topic.rank and self.reading.statements[-1].entries[0]["value"].split()[0]
            place = ORDINALS.index(told) + 1 if told in ORDINALS else 1
            words = f"{ORDINALS[place]} {words}"
        safest, alone = words == "safest", re.fullmatch(PEERLESS, words)
        if alone and not _ORDERED_THINGS.search(before):
            raise Unplaced("the order it is a place in is not said")
        words = "highest" if alone else words
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
        if alone and not moved:
            # "The 45% jump in robbery, exceeded nowhere in the land".
            moved = re.search(r"M (?:in [OT] )?(?:of |by )?(?:[CHK] )?(?:, )?$", before)
            words = "biggest" if moved else words
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
            span = self.tokens[at_move].span
            change = {"rise": "increase", "fall": "fall"}.get(span.value if span else "", "")
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
        ) or re.search(
            # "The rate of stalking is the lowest anywhere".
            r"(?:^|[,;] |the |its |their )(rate|share|proportion|number)s? of (?:the )?[OT] "
            r"(?:[^,;.NCH]* )?(?:is|was|are|were) (?:now |still )?(?:the )?$",
            before,
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
        elif any(s.entries[0]["quantity"] == "rank" for s in self._here()):
            # "Fewest robberies of any force, and the lowest rate of shoplifting as well".
            again = self.topic.ranked or NATION
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
        here = [s.entries[0] for s in self._here()]
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
        never = words.startswith("never")
        if never and not _HAS_NEVER.search(self.sentence.before(at)):
            raise Unplaced("what has never been so is not said")
        low = re.search(r"low|few|less|smallest", words)
        rate = (
            " rate" if re.search(r"\brates?\b", words + " " + self.sentence.after(at)[:24]) else ""
        )
        value = f"{'lowest' if low else 'highest'}{rate} on record"
        # "Fewer homicides than in any year since 2013".
        said = (span.value for span in names(words, ()) if span.kind == "offence")
        slots = self._slots(at, offence=next(said, None))
        slots.since = None
        assert slots.period is not None
        for place, token in enumerate(self.tokens[at:], start=at):
            if token.letter == "D" or (
                token.letter == "P" and self.tokens[place - 1].letter == "since"
            ):
                slots.since = self.around.since(slots.period, at, at)
                if slots.since and token.span and str(token.span.value).startswith("-"):
                    # "The highest in five years" are this one and the four before it.
                    slots.since = Year(months_before(slots.since.period_end, -12))
                value = f"{'lowest' if low else 'highest'}{rate}"
                break
        if not slots.since and self.tokens[at].letter == "J":
            raise Unplaced("since when it is a record is not said")
        self._add(at, slots, {"quantity": "record", "value": value})
