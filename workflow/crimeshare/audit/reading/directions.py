"""Movements without a size, and areas set beside others."""

from __future__ import annotations

import re
from contextlib import suppress

from crimeshare.audit.reading.outdone import Outdone
from crimeshare.audit.reading.parts import MOVES, OF_FORCES
from crimeshare.audit.reading.slots import NATIONS, PLACES
from crimeshare.audit.reading.spans import Offending, Unplaced
from crimeshare.audit.reading.state import spot
from crimeshare.audit.words import movements
from crimeshare.reference import NATION

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
_BESIDE_ANOTHER = ("more", "less", "above", "below", "beneath", "cut", "same", "the same")
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
    "beneath",
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


class Directions(Outdone):
    """Reads movements without a size, and which of two areas has more."""

    def _direction(self, at: int) -> None:
        token = self.tokens[at]
        before, after = self.sentence.before(at), self.sentence.after(at)
        if re.match(r"(?:or M |and M |everywhere |[^.!]*\? $)", after) or re.search(
            r"(?:M or|M and|made|make|makes|making) $", before
        ):
            return
        if before.endswith("by ") and token.span and token.span.value == "same":
            # "Robbery is up by a fifth, drug offences by about the same".
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
            if re.match("both ", before):
                slots.area = self._both()
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
        if kind == "same" and word in _LOOSELY:
            value = "little changed"
        self._add(at, slots, {"quantity": "change", "value": value})
        self.sized.append((slots.area, ids))

    def _both(self) -> tuple[str, ...]:
        """The two areas of a text that names two: "both forces saw robbery rise"."""
        named = dict.fromkeys(code for _, code in self.reading.mentioned.areas)
        local = tuple(code for code in named if code not in NATIONS)
        if len(local) != 2:
            raise Unplaced("which two areas are meant is not said")
        return local

    def _beside_area(self, at: int) -> bool:
        """Read "more than in neighbouring Camden", "per head Sunderland's was higher"."""
        after = self.sentence.after(at)
        found = re.match(
            r"(?:[a-z]+ |[OTG] |RATE1 ){0,4}than "
            r"(?:(?:in|the|that|of|for|neighbouring|nearby) )*(A) ",
            after,
        )
        word = self._words(at).casefold()
        if not found and word in ("above", "below", "beneath"):
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
        here = [s.entries[0] for s in self._here()]
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
