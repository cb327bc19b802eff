"""Percentages and fractions of a sentence: changes, differences of areas."""

from __future__ import annotations

import re
from typing import Any

from crimeshare.audit.reading.names import only_sized
from crimeshare.audit.reading.shares import PART_OF, Shares
from crimeshare.audit.reading.spans import Offending, Slots, Unplaced, Year
from crimeshare.audit.reading.state import spot, value_of
from crimeshare.audit.reading.years import ADJECTIVES, LEVEL
from crimeshare.periods import a_year_before

MOVES = {"rise": "up", "fall": "down", "same": "unchanged"}
_LEFT = (
    r"M (?:(?:by|of|an?|the|was|were|has|had|have|been|is|are|in|to|from|on|for|at|or|"
    r"just|only|some|nearly|A|O|T|G|P|R|B|N|I|\(|"
    r"year|-|and|recorded|number|by around|rate|rates|figure|as|much|too|faster|still|again|even|"
    r"further|seen|here|locally|well|slightly|sharply|steadily|fastest|slowly|quickly|though|:|"
    r",) ){0,9}$"
)
_RIGHT = r"(?:(?:year|on|-|point|annual|,|or|a|annually|so|further|overall|was|in) ){0,5}M "
_MADE_UP = re.compile(
    r"(?:accounted for|accounts for|accounting for|account for|(?:made|makes|make|making) "
    r"M|represented|represents|representing|constituted|"
    r"constitutes|comprised|comprising|equivalent to|equal to|share of|share was|"
    r"proportion of|amounted to|formed)(?: (?:about|around|some|just|A|a|the))* $"
)
# "Three of the 43 forces saw a rise", "in no region did crime rise", "in seven of the nine".
OF_FORCES = re.compile(
    r"\bno (?:other )?(?:FORCES1|force|region|area|county|part) [^,;.NC]*$|N of the N [^,;.NCG]*$|"
    r"N (?:of )?(?:the |all )?(?:N )?(?:other |police |territorial )*FORCES1 [^,;.NC]*$"
)
# "Less than half of what it was a decade ago".
_OF_ITSELF = re.compile(
    r"(?:of )?(?:the C|what (?:it|they|was|were)|that of|"
    r"(?:the|its) (?:level|number|figure|peak)s?|its total) "
)
# "7.7% in 2025, as against 5.7% in 2024", in a text on a survey.
_SURVEYED_TOO = re.compile(
    r"(?:against|compare[sd]? (?:with|to)|up from|down from|from|and|hit|touched|struck|"
    r"affected|was|were) (?:the |just |only )?$"
)
# "Fraud alone touched 5.7%", "8.4% were victims of fraud", "the year before it was 3.8%".
_STRUCK = re.compile(r"[OZ] (?:alone |itself |had |has )*(?:touched|struck|hit|affected) $")
# "2.7% suffered a vehicle-related theft".
_SUFFERED = re.compile(
    r"(?:had |have |has |were |was |been )*"
    r"(?:suffered|experienced|burgled|robbed|stalked|victims? of) "
)
_VICTIMS = re.compile(r"(?:were|was|had been|are|fell) (?:\w+ )?victims? (?:of|to) (?:an? )?[OTZ] ")
# "Theft, at 7%, was rarer", "criminal damage was suffered by 1.9%".
_AFFECTED = re.compile(
    r"(?:^|[;,] |and |but )[OZ] , at (?:just |only )?$|[OZ] (?:was|is) (?:\w+ ){0,2}?at $|"
    r"(?:suffered|experienced|reported) by (?:just |only |some )?$|[OZ] was [^;.NCH]*, hitting $"
)
_THEN = re.compile(r"(?:B|P) (?:, )?(?:it|the (?:figure|proportion|rate)) (?:was|stood at) $")
_WHEN = re.compile(r"(?:(?:in|a|the|for) )*(?:P|B|AGO1) ")


_MOVING = re.compile(r"(?:[OTGZX]|it|they|total|number|figure|tally|rate)s? (?:[^;.NCHK ]+ ){0,6}$")
# "Premiums rose 25%".
_UNKNOWN = re.compile(
    r"(?:^|[;,] |and |but |while |: )(?:(?:the|its|their|our|average) )?"
    r"(?!offences|crimes|numbers|figures|rates|levels|reports|incidents|cases|totals|counts|"
    r"recordings|also|this|thefts|others|results|statistics)([a-z]{4,}s) $"
)


class Parts(Shares):
    """Reads sizes of changes and parts of wholes."""

    def _part(self, at: int) -> None:
        words, side = self._signed(self._clean(self._words(at)))
        after, before = self.sentence.after(at), self.sentence.before(at)
        if self.tokens[at].letter == "H" and re.search(r"(?:not|another|every) $", before):
            raise Unplaced("what it is a part of is not said")
        if re.match(rf"of (?:(?:the|its|their) )?P {LEVEL} ", after):
            # "Less than half of the 2019 level of 12,206".
            slots = self._slots(at)
            slots.period = self.around._main(at)[0]
            slots.since = self._since(slots.period, at)
            return self._add(at, slots, {"quantity": "change", "value": words})
        if self.tokens[at].letter == "H" and _OF_ITSELF.match(after):
            raise Unplaced("it is a part of an earlier number")
        points = "point" in words or re.search(r"pp", words)
        if side:
            return self._change(at, f"{side} {words}", None)
        if re.match(r"as (?:many|much|high|large|big|numerous) again ", after):
            return self._change(at, f"up {words}", None)
        survey = self.topic.survey or self.surveyed
        if survey and _SUFFERED.match(after):
            return self._surveyed(at, words)
        those = re.match(
            r"of (?:all )?S (?:recorded |logged |reported |were |was |happened )*(?:in|across) ",
            after,
        )
        if (
            re.match(r"(?:of )?(?:(?:all|the|our|adult|every|young) )*S ", after)
            and not (
                those
                and self._words(at + 1 + after.split().index("S")).casefold().endswith("those")
            )
            and not re.match(r"(?:of )?S (?:M(?! victim)|\w+ M)", after)
        ):
            return self._surveyed(at, words)
        if re.search(r"(?:crime|offence)s? (?:in|out of) ", self._words(at).casefold()):
            # "Shoplifting is one crime in eight".
            named = re.match(r"(?:is|was) (?:now |still |today )?(?:for )?(?:an? )?(O) ", after)
            ahead = self.around._offending(spot(at, named)) if named else self.around._before(at)
            return self._share(at, words, "", ahead)
        made_up = None if re.match("M ", after) else _MADE_UP.search(before)
        among = re.match(
            r"(?:of )?(?:all |every |the |F |A |N )*(?:recorded |reported |police )*[TG] "
            r"(?:[^;NCH]|\( C \))*?"
            r"(?:was|were|is|are|being|involved|involves?) (?:now |still |today )?"
            r"(?:(?:classed|classified|recorded|counted) as |for |of )?(?:an? )?(O) ",
            after,
        )
        if among and (self.tokens[at].letter == "H" or not re.search("[OTZ] ", before)):
            return self._share(at, words, "", self.around._offending(spot(at, among)))
        if self.tokens[at].letter == "H" and re.match(r"(?:recorded |reported |police )*T ", after):
            # "Four in ten crimes".
            subject = self.around._before(at)
            if subject and subject.ids != ("total",):
                return self._share(at, words, "", subject)
        if made_up and not survey and re.search(r"Z [^OTCHKN;.,]*$", before):
            # "Domestic abuse makes up 18% of the crime we see" is left out, and why is said there.
            self.around._before(at)
        if (made_up or not re.search(r"M (?:by )?$", before)) and self._of_a_whole(at, words):
            return None
        beside = re.search(
            r"(?:compare[sd]? (?:with|to)|against|M from|above|below|than|M) "
            r"(?:just |only |the )?$",
            before,
        )
        bracketed = re.search(r"H [^()]*\( $", before) and re.match(r"\) ", after)
        elsewhere = r"(?:(?:(?:in|for|across) (?:the )?)?A|(?:in|during) (?:the )?P) "
        if bracketed or (beside and re.match(elsewhere, after)):
            told = self._here()
            if told and told[-1].entries[0]["quantity"] == "share":
                return self._share(at, words, "", Offending((told[-1].entries[0]["offence"],)))
        if re.match(PART_OF, after) and (made_up or not re.search(r"M (?:by )?$", before)):
            return self._share(at, words, after)
        if made_up and re.match(r"[^CNP.;T]*?of (?:all |the |every |total )*O ", after):
            raise Unplaced("it is a part of another offence group, not of all recorded crime")
        told_here = re.match(r"of (?:the |its |a )?total of N ", after)
        if told_here and made_up and (own := self.around._before(at)):
            # "Stalking made up a sixth of the total of 86,819".
            return self._share(at, words, "", own)
        if self._of_what_was_counted(at, words):
            return None
        most = re.search(
            r"A (?:had|saw|recorded|reported|experienced) the J (?:[a-z]+ )*(M) [^;.CH]*[,:] $",
            before,
        )
        if most and (most_of := self.tokens[len(before[: most.start(1)].split())].span):
            # "Great Yarmouth saw the sharpest rise of the seven districts, 9 per cent".
            return self._change(at, f"{MOVES[most_of.value]} {words}", None)
        ordered = re.search(r"increase|fall", self.topic.rank)
        if ordered and re.search(
            r"A (?:the J )?(?:, |\( |with |on |at |by |of |one of |which saw |: )*$|"
            r"J (?:[a-z]+ )?M [^;.CH]*[,:] (?:one of |at |of |by )?$|"
            r"A (?:was|came) [^;.NCH]*(?:on|with|at) $",
            before,
        ):
            # "London had the biggest rise of the regions, 54%, followed by the East, 28%".
            side = "down" if ordered.group() == "fall" else "up"
            return self._change(at, f"{side} {words}", None)
        gone = re.match(r"of (?:them|these|those) (?:have |had |has )?(M) ", after)
        kind = self.tokens[spot(at, gone)].span if gone else None
        if gone and kind and kind.value == "fall":
            # "Burglars: a fifth of them have vanished".
            return self._change(at, f"down {words}", spot(at, gone))
        if re.match(r"(?:of|in) (?:these|those|them|whom|which|this) ", after):
            raise Unplaced("what it is a part of is not said")
        if (
            re.search(r"(?:from|to)(?: about| around| just| nearly| some)* $", before)
            and not points
        ):
            if survey:
                return self._surveyed(at, words)
            raise Unplaced("it is a level, and of what is not said")
        move = None if made_up else self._move(at)
        if move is not None and not (survey and not self._subject_near(move) and self._group(at)):
            if points:
                return self._points(at, words, move)
            kind = self.tokens[move].span
            assert kind is not None
            return self._change(at, f"{MOVES[kind.value]} {words}", move)
        if (
            re.match(
                r"(?:(?:were|was|are|is|being|of which were|of|for) )*(?:the |police )?O ", after
            )
            and not re.match(r"of ", after)
            and (
                re.match(r"(?:were|was|are|is|being) ", after) or self._shares_before(at) or made_up
            )
        ):
            noun = self.around.noun(at)
            return self._share(at, words, after, noun)
        if made_up and self.tokens[at].letter in "CH" and not re.match(r"of \w", after):
            return self._share(at, words, after)
        if self.topic.survey and (
            (self.topic.measure and _SURVEYED_TOO.search(before) and _WHEN.match(after))
            or (self.topic.measure and _THEN.search(before))
            or _STRUCK.search(before)
            or _AFFECTED.search(before)
            or _VICTIMS.match(after)
        ):
            return self._surveyed(at, words)
        if survey and (self._group(at) or re.search(r"S ", before + after) or self.surveyed):
            return self._surveyed(at, words)
        raise Unplaced("what it is a part of is not said")

    def _subject_near(self, move: int) -> bool:
        return bool(re.search(r"[OT] (?:\w+ ){0,4}$", self.sentence.before(move)))

    def _group(self, at: int) -> bool:
        """Whether people of a sex or age stand beside a number."""
        return bool(
            re.search(
                r"(?:among|for|with|of|by) (?:\w+ )?S (?:[^.;]* )?$|S \( $",
                self.sentence.before(at),
            )
        )

    def _move(self, at: int) -> int | None:
        """The movement that a size belongs to."""
        after, before = self.sentence.after(at), self.sentence.before(at)
        behind = re.match(_RIGHT, after)
        ahead = re.search(_LEFT, before)
        if ahead:
            place = len(before[: ahead.start()].split())
            qualified = re.search(
                r"M (?:(?:even|still|far|much|yet|rather) )?$", before[: ahead.start()]
            )
            if qualified and self._words(place).casefold() in ("more", "less"):
                # "Came down even more, by 22.7%", "rose less, by 3%".
                place = len(before[: qualified.start()].split())
            if not behind or place == at - 1 or self.tokens[at - 1].letter in ("by", "of"):
                return place
        also = re.search(r"(?:and|but|,) (?:by )?$", before) and re.match(
            r"(?:D|(?:on|from|compared with) (?:the )?B) ", after
        )
        again = re.search(r"H \( $", before) and re.match(r"\) ", after)
        listed = re.search(
            r"[CHK] (?:\) )?(?:to N )?(?:(?:over )?[IPB] )?(?:, |; |and |, and |; and |while )"
            r"(?:the |in )?[OTA] (?:, )?$|"
            r"[CH] (?:, to N [^();]*)?\) (?:, and |, |; |and )O \( $|"
            r"[CHK] in A (?:, )?(?:and |but |though )?(?:by )?(?:just )?$|M [^;.NCH]*[:,] by $",
            before,
        )
        by = re.search(
            r"[OTA] (?:N |\( N \) )?(?:as a whole )?by $|M (?:(?![;CHKM] )\S+ )*i \. e \. by $",
            before,
        )
        if (also or again or listed or by) and "M " in before:
            # "Theft rose by 2% and robbery by 3%", "up 2% on the year before and 9% since 2015",
            # "down by almost a fifth (18.9%)".
            return max(i for i in range(at) if self.tokens[i].letter == "M")
        return spot(at, behind) if behind else None

    def _change(self, at: int, value: str, move: int | None) -> None:
        if re.search(r"since (?:then|that) ", self.sentence.before(at)):
            raise Unplaced("it is since then, and no year is named")
        told = self.sentence.before(at if move is None else min(at, move))
        unknown = _UNKNOWN.search(told)
        if move is not None and move < at and unknown:
            raise Unplaced(f"it counts something else ({unknown[1]})")
        sized = move is not None and self._words(move).casefold() in only_sized()
        if (
            sized
            and not _MOVING.search(self.sentence.before(move or 0))
            and "O " not in self.sentence.after(at)
        ):
            # "The council added 12% to rents".
            raise Unplaced("what it is a part of is not said")
        if OF_FORCES.search(told):
            raise Unplaced("it is of several forces, each by itself")
        noun = None
        if re.search(r"O \( $", self.sentence.before(at)):
            # "Falls in burglary (12%) and vehicle offences (13%)".
            noun = self.around._offending(at - 2)
        elif move is not None and move > at:
            noun = self.around.noun(move)
        own = re.match(
            r"(?:M )?in (?:the )?(?:number of )?(?:(?:reported|recorded|police) )*([OTZX]) ",
            self.sentence.after(at),
        )
        if noun is None and own:
            # "There was a rise of 12% in reported sexual offences".
            noun = self.around._offending(spot(at, own))
        if noun is None:
            noun = (
                self.around.noun(at)
                if re.match(
                    rf"(?:M )?(?:in |of )?[OTZX] |M {ADJECTIVES}[OTZX] ", self.sentence.after(at)
                )
                else None
            )
        if noun is None and move is not None:
            between = re.match(
                rf"(?:in|of) (?:the )?(?:number |level |rate )?(?:of )?{ADJECTIVES}(?:\w+ )?"
                r"([OTZX]) ",
                self.sentence.after(move),
            )
            if between:
                noun = self.around._offending(spot(move, between))
        slots = self._slots(at, offence=noun)
        if not self._ever_since(slots, at if move is None else min(at, move)):
            slots.since = self._since(slots.period, at, move)
        before_that = re.match(r"(?:in |during )?(?:the )?(?:B|AGO1) ", self.sentence.after(at))
        if before_that and re.search(r"(?:had|after) (?:[a-z]+ )?$", told) and slots.period:
            # "Robbery, which had soared 57% the year before, fell".
            slots.period = Year(a_year_before(slots.period.period_end))
            slots.since = None
        start = self.tokens[at].start
        if move is not None:
            if move > at or not any(t.letter in "OT" for t in self.tokens[move:at]):
                # "Robbery rose, from 265 to 338, and theft by a quarter".
                self.used.add(move)
            if move < at and all(
                t.letter in ("by", "of", "M", "a", "an", "to", "around")
                for t in self.tokens[move:at]
            ):
                start = self.tokens[move].start
        than = self._than(at, slots)
        entry: dict[str, Any] = {"quantity": "comparison" if than else "change", "value": value}
        if than:
            entry["than"] = than
            slots.since = None
        number = value_of(value)
        self._add(
            at,
            slots,
            entry,
            start=start,
            number=number if "down" not in value else number and -number,
        )
        self._mark(slots)

    def _mark(self, slots: Slots) -> None:
        assert slots.offence is not None
        self.sized.append((slots.area, slots.offence.ids))

    def _than(self, at: int, slots: Slots) -> str:
        """The area that another is compared with: "12% higher than in Wales"."""
        found = re.match(
            rf"(?:(?:M )?(?:\w+ ){{0,3}}?than |{self._above(at)})"
            r"(?:in |the |that of |for |across |average |rate |"
            r"figure |level |of )*(?:the )?(A) ",
            self.sentence.after(at),
        )
        if not found:
            return ""
        place = spot(at, found)
        span = self.tokens[place].span
        assert span is not None
        code = str(span.value[0])
        return code if code not in slots.area else ""

    def _above(self, at: int) -> str:
        """What a size before a word such as "above" leans on; "a fall nationally" is no such."""
        word = self._words(at + 1).casefold() if self.sentence.after(at).startswith("M ") else ""
        return "M " if word in ("above", "below", "over", "under") else "below "

    def _points(self, at: int, words: str, move: int) -> None:
        kind = self.tokens[move].span
        assert kind is not None
        self.used.add(move)
        value = f"{MOVES[kind.value]} {words}"
        if self.topic.survey or self.surveyed:
            return self._surveyed(at, value, changed=True)
        slots = self._slots(at)
        assert slots.period is not None
        slots.since = self.around.since(slots.period, min(at, move), max(at, move)) or Year(
            a_year_before(slots.period.period_end)
        )
        self._add(at, slots, {"quantity": "share", "value": value})
        return None
