"""Multiples and rates of a sentence, and what was done so many times."""

from __future__ import annotations

import re
from typing import Any

from crimeshare.audit.reading.parts import MOVES, Parts
from crimeshare.audit.reading.slots import NATIONS
from crimeshare.audit.reading.spans import Offending, Unplaced
from crimeshare.audit.reading.state import spot, value_of
from crimeshare.audit.reading.things import was_done

# Questions that assert what they name: "Will the Minister explain why it has doubled?"
_ASKED = re.compile(
    r"(?:^|[;,:] |and |but )(?:is|are|does|do|did|has|have|had|can|will|would|could|should|what|"
    r"why|how|when|where|which|who|was|were) "
)
# What is done so many times, as verbs; what the subject says for those of no offence alone.
_DONE = (
    ("burgled", "burglary"),
    ("robbed", "robbery"),
    ("shoplifters (?:struck|hit|offended)", "shoplifting"),
    ("burglars (?:struck|hit)", "burglary"),
    (r"(?:shops|stores|retailers) (?:\w+ ){0,3}?(?:raided|targeted|hit|struck)", "shoplifting"),
    ("(?:happened|occurred|recorded|reported|struck|offended)", "O"),
)
# "Thieves broke into homes in the Cleveland Police area 5,647 times".
_STRUCK_WHERE = re.compile(
    r"(O) (?:(?:in|across|around|throughout) (?:the )?(?:A|F) (?:police |force |area )*)?"
    r"(?:(?:in |during )?P )?(?:by [a-z]+ )?(?:struck |hit |offended )?(?:on )?$"
)


class Multiples(Parts):
    """Reads how many times one is another, and rates."""

    def _times(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        after, before = self.sentence.after(at), self.sentence.before(at)
        if after.endswith("? ") and not _ASKED.search(f"{before}{after}"):
            raise Unplaced("it is put as a question")
        if re.match(r"as (?:many|much|high|large|big|numerous) again ", after):
            # "Half as many again".
            return self._change(at, f"up {words}", None)
        if re.search(r"of (?:which|whom|them|these) (?:about )?$", before) and self._of_a_whole(
            at, words
        ):
            return None
        if re.match(r"(?:the|its|their) (?:population|S) ", after):
            raise Unplaced("it is a multiple of people, not of offences")
        often = re.fullmatch(r"(\d[\d,]*(?:\.\d+)?) (?:times|(?:separate )?occasions)", words)
        if often and after.startswith("RATE1 "):
            return self._rate(at, often[1], None)
        done = next((o for verb, o in _DONE if re.search(rf"\b{verb} (?:by \w+ )?$", before)), "")
        struck = _STRUCK_WHERE.search(before)
        if struck and was_done(self._words(len(before[: struck.end(1)].split()) - 1)):
            done = "O"
        by = re.match(r"by (shoplifters|burglars|robbers) ", after)
        if often and by:
            done = {"shoplifters": "shoplifting", "burglars": "burglary", "robbers": "robbery"}[
                by[1]
            ]
        if often and done:
            # "Homes were burgled 7,211 times".
            offence = Offending((done,)) if done != "O" else self.around._before(at)
            slots = self._slots(at, offence=offence)
            self.topic.offence = slots.offence
            number = value_of(often[1])
            told = {"quantity": "count", "value": often[1]}
            return self._add(at, slots, told, role="main", number=number)
        if (
            re.search(r"\d|times", words)
            and not re.search(r"M (?:by )?$", before)
            and not re.match(r"(?:as|more|higher|the|M|that) ", after)
        ):
            raise Unplaced("what it is a multiple of is not said")
        moved = re.search(r"M (?:by |of )?$", before)
        if moved and words.endswith("half"):
            move = len(before[: moved.start()].split())
            kind = self.tokens[move].span
            assert kind is not None
            return self._change(at, f"{MOVES[kind.value]} by {words}", move)
        if re.match(r"as likely ", after) or (
            re.search(r"S [^;]*$", before) and (self.topic.survey or self.surveyed)
        ):
            return self._likelier(at, words)
        # "From 5,395 to 10,275, almost double".
        changed = re.search(r"from N to N [,-] $", before)
        if re.search(r"(?:twice|double|half|triple|treble)$", words) and not re.match(
            r"(?:as |the |that |in |between |from |since |M |A (?:rate|RATE1|[.,;)]) )",
            f"that {after}" if changed else after,
        ):
            raise Unplaced("what it is a multiple of is not said")
        for place in range(max(0, at - 4), min(len(self.tokens), at + 3)):
            if self.tokens[place].letter == "M":
                self.used.add(place)
        than = re.match(
            r"(?:as (?:many|high|much) (?:\w+ )?(?:as )?|the \w+ (?:of|in|for|across) |"
            r"that (?:of|in) |higher than |M than )(?:in |the |of |for |that |across )*(A) ",
            after,
        ) or re.match(
            # "Twice the national rate", "less than half West Yorkshire's".
            r"(?:the )?(?:neighbouring |nearby )?(A) "
            r"(?=(?:RATE1|rate|average|figure|number|level|total|one|N|[.,;)]) )",
            after,
        )
        slots = self._slots(at)
        assert slots.period is not None
        entry: dict[str, Any] = {"quantity": "change", "value": words}
        if than:
            place = spot(at, than)
            span = self.tokens[place].span
            assert span is not None
            slots.area = self._own_area(at)
            counted = re.match(r"as many ", after)
            rated = re.match(r"the (?:[a-z]+ |A )?rate ", after) or re.search(
                r"RATE1|rate (?:of N )?(?:is|was) (?:[a-z]+ )?$", before
            )
            quantity = "count" if counted else "rate" if rated else "comparison"
            entry = {"quantity": quantity, "value": words, "than": span.value[0]}
        elif re.match(r"as (?:many|high|much) ", after) and not re.search(
            r"(?:P|B|D|AGO1) ", after
        ):
            # "Sussex recorded 134,925. Surrey had half as many."
            slots.area = self._own_area(at)
            if not self.topic.area or self.topic.area == slots.area:
                raise Unplaced("what it is a multiple of is not said")
            entry = {"quantity": "count", "value": words, "than": self.topic.area[0]}
        elif not self._ever_since(slots, at):
            if re.match(r"(?:the|that|those) ", after) and not re.search("[PBDIRN] |AGO1 ", after):
                # "More than twice the next one's".
                raise Unplaced("what it is a multiple of is not said")
            slots.since = self._since(slots.period, at)
        self._add(at, slots, entry)
        self._mark(slots)
        return None

    def _rate(self, at: int, words: str, rated: re.Match[str] | None) -> None:
        base = ""
        if any(t.span and t.letter == "S" and t.span.value.households for t in self.tokens[at:]):
            raise Unplaced("it is a rate of households; rates here are of residents")
        places = [i for i, t in enumerate(self.tokens) if t.letter == "RATE1"]
        if rated:
            place = spot(at, rated)
            base = re.sub(r"\D", "", self._words(place)) or (
                "1000" if "thousand" in self._words(place) else "million"
            )
        elif places:
            base = re.sub(r"\D", "", self._words(places[-1]))
        noun = self.around.noun(at)
        if rated and not noun and self.around.generic(at):
            noun = None
        slots = self._slots(at, base=self.around.base(at), offence=noun)
        value = f"{words} per {base}" if base else words
        self._add(at, slots, {"quantity": "rate", "value": value})

    def _own_area(self, at: int) -> tuple[str, ...]:
        named = [i for i in range(at) if self.tokens[i].letter in "AF"]
        if named and re.search(r"(?:its|their) [^,;.]*$", self.sentence.before(at)):
            # "The city accounts for 44% of crime in the county, and its rate is twice".
            return self.around._area_at(named[0])[0]
        spans = [self.tokens[i].span for i in named if self.tokens[i].letter == "A"]
        areas_before: list[tuple[str, ...]] = [span.value for span in spans if span]
        local = [area for area in areas_before if area[0] not in NATIONS]
        if areas_before:
            return (local or areas_before)[-1]
        if self.topic.area:
            return self.topic.area
        raise Unplaced("no area is named")
