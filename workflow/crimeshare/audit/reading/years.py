"""Of which year a number is, from the words around it, and from which year a change."""

from __future__ import annotations

import re
from datetime import date

from crimeshare.audit.lookup import newest_out
from crimeshare.audit.reading.periods import QUARTER, last_month_end
from crimeshare.audit.reading.sentences import Sentence, Token
from crimeshare.audit.reading.spans import Span, Topic, Unplaced, Unsaid, Year
from crimeshare.periods import month_end

ADJECTIVE = (
    r"of|the|these|those|them|all|its|their|such|new|more|fewer|recorded|reported|further|"
    r"additional|separate|"
    r"police|individual|different|which|that|were|was|are|is|for|involving|alleged|"
    r"suspected|other|logged|A|"
    r"known|victim|based|-|M|total|overall|violent|serious|non|what|classed|as|to|be"
)
LEVEL = r"(?:levels?|figures?|number|total|peak|mark|high|low)"
ADJECTIVES = rf"(?:(?:{ADJECTIVE}) )*"
"""Letters and words between a number and its noun."""

_COUNTED_TWICE = re.compile(
    r"[^.;CHN]*: N (?:[OGT] )?(?:in )?P ,? ?(?:and )?N (?:[OGT] )?(?:in )?P "
)

AGED = 2
NEWEST = "Read as the newest figures then out."
LAST = "Last year is read as January to December."


class Years:
    """The years of one sentence."""

    def __init__(
        self, sentence: Sentence, topic: Topic, ahead: Topic, published: date | None
    ) -> None:
        """Take a sentence, what stands before it, and what stands in the rest of the text."""
        self.sentence = sentence
        self.topic, self.ahead, self.published = topic, ahead, published
        self.tokens = sentence.tokens
        self.years = self._years()

    def _years(self) -> list[tuple[int, Year, bool, bool]]:
        """Places of years, whether each is the one compared with, and whether it is assumed."""
        found: list[tuple[int, Year, bool, bool]] = []
        for place, token in enumerate(self.tokens):
            if token.span is None:
                continue
            if token.span.kind == "later" and found:
                # "From 1,289 in 2019/20 to 905 two years later".
                end = found[-1][1].period_end
                named = Year(month_end(end.year + token.span.value, end.month))
                found.append((place, named, self._compared(place), False))
                continue
            year, assumed = self._resolved(token.span)
            if year:
                found.append((place, year, self._compared(place), assumed))
        mains = [entry for entry in found if not entry[2]]
        if len(found) > 1 and not mains and not any(self._changed_on(each[0]) for each in found):
            # "Between the year ending March 2018 and the year ending March 2019".
            last = max(found, key=lambda entry: entry[1].period_end)
            found[found.index(last)] = (last[0], last[1], False, last[3])
        return found

    def _changed_on(self, place: int) -> bool:
        """Whether a year is the one that a size is set against: "soared by 38% on 2023"."""
        return bool(
            re.search(r"[CHK] (?:M )?(?:on|since|than in|from) $", self.sentence.before(place))
        )

    def _resolved(self, span: Span) -> tuple[Year | None, bool]:
        if span.kind == "period":
            return span.value, False
        if span.kind == "newest" and self.published:
            return Year(newest_out(self.published), NEWEST), True
        named = self.topic.period
        if span.kind == "last" and self.published and named and not named.doubt:
            months = (self.published.year - named.period_end.year) * 12
            months += self.published.month - named.period_end.month
            if named.period_end.month != 12 and 0 < months <= 12:
                # "9,570 in 2024/25; they fell last year".
                return named, True
        if span.kind == "last" and self.published:
            return Year(date(self.published.year - 1, 12, 31), LAST), True
        if span.kind == "month" and self.published:
            return Year(last_month_end(span.value, self.published)), True
        if span.kind == "month" and self.topic.period:
            end = self.topic.period.period_end
            return (self.topic.period, True) if end.month == span.value else (None, False)
        if span.kind == "same" and self.topic.period:
            return self.topic.period, True
        return None, False

    def names_month(self, place: int) -> bool:
        """Whether a year is named by its last month alone: "in the year to the end of June"."""
        span = self.tokens[place].span
        return bool(span and span.kind == "month")

    def _compared(self, place: int) -> bool:
        before, after = self.sentence.before(place), self.sentence.after(place)
        if re.search(r"comparing $", before):
            return False
        if re.search(
            r"[CHK] (?:M |above |below )(?:its|the|their) $|after (?:just )?N in (?:the )?$", before
        ):
            # "31% below their pre-pandemic level", "612 arsons after 473 in 2024".
            return True
        if before.endswith("N M "):
            # "7,045 below 2024".
            return True
        if re.search(r"(?:^|[;,] |and |but )since (?:the )?$", before) and re.search(
            r"\b(?:have|has) |(?:is|are) (?:now )?M ", after
        ):
            # "Since 2018/19 burglaries have come down by two thirds".
            return True
        if re.search(
            r"[CHK] M (?:than )?(?:(?:the|its) N )?(?:(?:seen|recorded|logged|reported|in|of|for|"
            r"the|its|that) )*$|M of [CHN] over (?:the )?$",
            before,
        ) and not re.search(r"M (?:by )?[CHK] M (?:in|for|of) (?:the )?$", before):
            # "30% below the 714 seen in 2017/18", "26% below 2022/23", "a rise of 8% over 2022".
            return True
        if twice := re.search(r"(?:P|B (?:the )?(?:pandemic|covid)) (?:, (?:to )?|\( )$", before):
            # "Since the year before the pandemic, to March 2020".
            return self._compared(place - len(twice.group().split()))
        if re.search(
            r"(?:below|above|beneath|under|than|on|of|to|M) (?:(?:its|the|their) )?$", before
        ) and re.match(rf"{LEVEL} ", after):
            return True
        begins = re.search(
            r"(?:between|from)(?: [NCGOT])*(?: in| during| for| recorded)* (?:the )?$", before
        )
        to = r"[^.;]*?(?:and|to) (?:[NGOTM,] |in |the |of |when |\w+ )*?P "
        if begins and (
            re.match(to, after) or re.match(r"to (?:just |only |a |about )?[NC] ", after)
        ):
            return True
        return bool(
            re.search(
                r"(?:compare[sd]? (?:with|to)|change (?:on|from|since)|"
                r"compar(?:e|ing) P (?:with|to)|than|against|down on|up on|"
                r"[KH](?: of)?(?= (?:the|that|those|what|its|[NGOT]) )|[KH] of|"
                r"K as (?:many|much|high) (?:(?!as )\S+ )*as|"
                rf"M(?= the {LEVEL} )|"
                r"[MKVJ] (?:(?:by |of )?[CHN] )?(?:on|from|since)|higher on|versus|vs|v)"
                r"(?: (?:in|the|that|those|for|of|during|recorded|[NCHK]|a|just|figure|total|G|O|T|"
                r"B|and|as|many|much|levels?|number|pandemic|year|last|full|it|they|there|were|was|had|"
                r"dealt|with|saw|logged))* $",
                before,
            )
        )

    def year(self, at: int, *, base: bool) -> tuple[Year, bool]:
        """The year of a number, and whether it was taken from afar.

        Raises:
            Unplaced: no year, or none that is a year, is named.
        """
        after = self.sentence.after(at)
        attached = re.match(
            rf"(?:(?:{ADJECTIVE}|[OTGSAIF]|RATE1|PACE1|recorded|reported|seen|logged|there|across|by|in|"
            r"at|during|within|over|year|for) )*?([PBRIQ]|AGO1) ",
            after,
        )
        if attached:
            place = at + len(attached.group().split())
            letter = attached.group(1)
            if letter == "Q":
                raise Unplaced(f"its period {self._partial(place)}")
            if letter == "AGO1" or (letter == "B" and self.tokens[at].letter == "N"):
                return self._a_year_back(at)
            year = next((y for y in self.years if y[0] == place), None)
            size = self.tokens[at].letter
            by = "(?:M|over|on|from) " if size in "CH" else "M P "
            moved = size == "K" or re.match(by, after)
            sized = bool(moved and year and year[2])
            if year and not sized and not (base and not year[2] and not self._own(at, place)):
                return year[1], year[3]
        touching = re.search(
            rf"P (?:, )?(?:\( |when (?:(?:[a-z]+|V|G|O|T) ){{0,6}}|with |it was |: |{LEVEL} of )$",
            self.sentence.before(at),
        )
        if touching:
            place = at - len(touching.group().split())
            found = next((y for y in self.years if y[0] == place), None)
            if found and not (found[2] and self.tokens[at].letter in "CHK"):
                return found[1], found[3]
        when = re.search(r"(D|AGO1) (?:, )?(?:when |\( )[^,;.NC]*$", self.sentence.before(at))
        if when:
            # "Since 2015, when 12,509 were recorded".
            main, assumed = self._main(at)
            back = self._from(self.tokens[at - len(when.group().split())], main)
            if back:
                return back, assumed
        if base:
            named = [y for y in self.years if y[2]]
            if named:
                return named[-1][1], named[-1][3]
            return self._a_year_back(at)
        return self._main(at)

    def _own(self, at: int, place: int) -> bool:
        """Whether a number and a year stand side by side: "from 6,071 in the year ending"."""
        return bool(
            re.match(
                r"(?:[GOT] )?(?:recorded |reported )?(?:in|during|for) (?:the )?P ",
                self.sentence.after(at),
            )
        )

    def quarters(self) -> list[int]:
        """The places where parts of years are named."""
        spans = ((i, t.span) for i, t in enumerate(self.tokens) if t.letter == "Q" and t.span)
        return [place for place, span in spans if span.value == QUARTER]

    def _main(self, at: int) -> tuple[Year, bool]:
        mains = [y for y in self.years if not y[2]]
        quarters = [place for place in self.quarters() if place < at]
        if quarters and not any(quarters[-1] < y[0] < at for y in mains):
            raise Unplaced(f"its period {QUARTER}")
        mains = [y for y in mains if not self._aside_of(y[0], at)]
        mains = [y for y in mains if not self._whole_of(y[0], at)]
        if mains:
            earlier = [y for y in mains if y[0] < at]
            clause = self._clause(at)
            near = [y for y in earlier if y[0] >= clause]
            behind = [y for y in mains if y[0] > at]
            # "They now make up 10%; in 2019/20 it was 5%".
            # "1.0% were burgled, where 3.2% had been in 2015".
            own = [
                y
                for y in behind
                if not {";", "where", "whereas"} & {t.letter for t in self.tokens[at : y[0]]}
            ]
            now = self.tokens[at - 1].letter != "(" and "now " in self.sentence.before(at)
            found = (
                near or (own if now or self.topic.period or self.published else behind) or earlier
            )
            if self.tokens[at].letter == "M" and _COUNTED_TWICE.match(self.sentence.after(at)):
                # "Crime went up: 98,147 offences in 2024, 99,937 in 2025".
                found = sorted(behind, key=lambda each: each[1].period_end)[-1:]
            if found:
                return found[-1 if near else 0][1], found[-1 if near else 0][3]
        partial = [i for i, t in enumerate(self.tokens) if t.letter in ("Q", "Y")]
        if partial:
            raise Unplaced(f"its period {self._partial(partial[0])}")
        if self.topic.quarter:
            raise Unplaced(f"its period {QUARTER}")
        if self.topic.period:
            beside = max((y[1].period_end for y in self.years if y[2]), default=date.min)
            latest = self.topic.latest
            if latest and self.topic.period.period_end <= beside < latest.period_end:
                # "There were 17,113 in 2023. How many burglaries? 435, compared with 570 in 2023."
                return latest, True
            return self.topic.period, True
        newest, ahead = newest_out(self.published) if self.published else None, self.ahead.period
        # A year long before the text came out is told of for another reason.
        if ahead and not (newest and newest.year - ahead.period_end.year > AGED):
            return ahead, True
        if any(t.letter == "R" for t in self.tokens):
            raise Unsaid("its year depends on when the text was published; say so with --published")
        if newest:
            return Year(newest, NEWEST), True
        raise Unsaid("no year is named")

    def _aside_of(self, place: int, at: int) -> bool:
        """Whether a token stands in brackets with a number of their own, which is not another."""
        opened, closed = self.sentence.before(place).split(), self.sentence.after(place).split()
        if opened.count("(") <= opened.count(")") or ")" not in closed:
            return False
        begin, end = len(opened) - 1 - opened[::-1].index("("), place + 1 + closed.index(")")
        own = any(t.letter in ("N", "C", "H") for t in self.tokens[begin:end])
        return own and not begin < at < end

    def _whole_of(self, place: int, at: int) -> bool:
        """Whether a year is that of a whole: "13%, a third of the 39.5% in 1995"."""
        before = self.sentence.before(place)
        own = re.search(r"[HK] of (?:the )?[NC] (?:(?:in|for|of) (?:the )?)?$", before)
        return bool(own) and at < place

    def _partial(self, place: int) -> str:
        span = self.tokens[place].span
        return str(span.value) if span and span.kind == "partial" else "is more than one year"

    def _a_year_back(self, at: int) -> tuple[Year, bool]:
        year, assumed = self._main(at)
        if any(t.letter == "I" for t in self.tokens) and self.topic.since:
            # "Over the same period, from 731 to 560".
            return self.topic.since, True
        named = (t.span.value for t in self.tokens if t.letter == "AGO1" and t.span)
        end = year.period_end
        return Year(month_end(end.year + next(named, -1), end.month), year.doubt), assumed

    def since(self, period: Year, first: int, last: int) -> Year | None:
        """The year that a change is from, where the sentence names one.

        Args:
            period: the year that it is to.
            first: the place of its first word, and `last` that of its last: its size, its verb.
        """
        beside = [y for y in self.years if y[2] and y[1].period_end < period.period_end]
        if self.sentence.after(last).startswith("D ") and self.tokens[last + 1].span:
            # "A third higher than in 2018, and sexual offences have trebled since 2013".
            return self._from(self.tokens[last + 1], period)
        # What stands behind the size comes before what stands ahead of it.
        for place, year, _, _ in sorted(beside, key=lambda each: (each[0] < last, each[0])):
            if place > last and re.search(r"(?:and|but) since $", self.sentence.before(place)):
                # "It fell 4% in 2025, and since 2018/19 it is down by 42%".
                continue
            if self.tokens[last].letter not in "JV" and self._of_record(place):
                continue
            # "Fell 31% below its 2019/20 level".
            begin = last + 1 + (self.tokens[min(last + 1, len(self.tokens) - 1)].letter == "M")
            if place < last or not any(t.letter in "CKHM" for t in self.tokens[begin:place]):
                return year
        for place, token in enumerate(self.tokens):
            if token.letter not in ("D", "AGO1") or not token.span:
                continue
            if self.tokens[last].letter not in "JV" and self._of_record(place):
                continue
            if not self._of_another(place, first, last):
                return self._from(token, period)
        return None

    def _of_record(self, place: int) -> bool:
        """Whether a year is that since which a record is: "503, the lowest since 2012-13"."""
        return bool(
            re.search(r"[JV] (?:(?:in|since|for) )?(?:the )?$", self.sentence.before(place))
        )

    def _from(self, token: Token, period: Year) -> Year | None:
        """The year that a "since" or "ago" names, of one told up to `period`."""
        assert token.span is not None
        if not isinstance(token.span.value, int):
            named: Year = token.span.value
            return named
        from_year = token.span.value
        if from_year < 0:
            from_year += period.period_end.year
        return Year(month_end(from_year, period.period_end.month))

    def _of_another(self, place: int, first: int, last: int) -> bool:
        """Whether a "since" belongs to another size than that between two places."""
        if place > last:
            # "Down 5% on the year and 12% since 2015".
            return any(t.letter in "BCKHJV" for t in self.tokens[last + 1 : place])
        # "Which has doubled since 2015, fell by 5%".
        piece = self.sentence.before(place).split(" , ")[-1]
        return (
            bool(re.search(r"[CKHM] ", piece))
            and "," in self.sentence.before(first)[len(self.sentence.before(place)) :]
        )

    def base(self, at: int) -> bool:
        """Whether a number is the one that another is compared with."""
        before, after = self.sentence.before(at), self.sentence.after(at)
        if spoken := re.match(r"(?:[GOT] )?(now|today|then) ", after):
            # "4,164 then, 5,881 now".
            return spoken[1] == "then"
        if re.search(r"[O:] N , from $", before):
            # "Robberies: 96, from 79".
            return True
        if re.search(r"(?:^| )(?:between|from) (?:the )?$", before):
            return bool(
                re.match(rf"(?:{ADJECTIVES}[GOT] |in |[PB] |the |\w+ ){{0,6}}to ", after)
                or re.search(r"M .*$", before)
            )
        if re.search(r"\( was $", before) and re.match(r"\) ", after):
            return True
        if re.search(r"\( $", before) and re.match(r"(?:[GOT] )?to N ", after):
            return True
        if re.search(r"B \( $", before) or (self.topic.brackets and re.search(r"N \( $", before)):
            return True
        if re.search(r"K (?:the |that of the |as many as the )$", before):
            return True
        if re.match(
            rf"{ADJECTIVES}(?:[GOT] )?(?:recorded |reported )?"
            r"(?:in |of |during |for |the |, )*(?:B|AGO1) ",
            after,
        ):
            return True
        if re.search(
            r"(?:B|AGO1) (?:, |' |s )*(?:it |there |this |the |figure |number |that |total |"
            r"count )*(?:had |was |were |has |stood at |stood |been |, )*$",
            before,
        ):
            return True
        if re.search(
            r"(?:compare[sd]? (?:with|to)|as opposed to|against|than|up on|down on|M on|C on|"
            r"M from|having been|[NO] after|previously|[CHK] on|it had been|rather than)"
            r"(?: the| just| about| that of)* $",
            before,
        ):
            return not re.match(
                rf"(?:{ADJECTIVES}[GOT] |RATE1 |S )*(?:(?:in|for|across) (?:\w+ )?)?[AE] ", after
            )
        return False

    def _clause(self, at: int) -> int:
        """The first token of the clause of a token."""
        begin, before = 0, self.sentence.before(at)
        for match in re.finditer(r"; |(?:^| )(?:while|whereas|but) ", before):
            begin = len(before[: match.end()].split())
        return begin

    def _clause_end(self, at: int) -> int:
        """The place behind the clause of a token."""
        ends = "; |while |whereas |though |although "
        if self.topic.area:
            # "Burglary fell even more, by 18%, and robbery rose less in Essex".
            ends += "|(?:, )?(?:and|but) (?=[OT] M )"
        found = re.match(f".*?(?:{ends})", self.sentence.after(at))
        return at + len(found.group().split()) if found else len(self.tokens)
