"""Counts, rates and paces of a sentence."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from crimeshare.audit.numerals import FEWEST
from crimeshare.audit.reading.multiples import Multiples
from crimeshare.audit.reading.parts import MOVES
from crimeshare.audit.reading.slots import AVERAGE, OFFENDERS, PLACES
from crimeshare.audit.reading.spans import Unplaced, Unsaid
from crimeshare.audit.reading.state import Statement, value_of
from crimeshare.audit.reading.years import ADJECTIVES
from crimeshare.audit.words import SMALL

# From so many offences per 1,000 residents on a number is no rate, unless it says so.
_NO_RATE = 300
_CASE = re.compile(
    r"X (?:with|of|to|for|on|over|after|in|between)(?: \w+){0,2} $|"
    r"(?:behind|responsible for|linked to|series of|string of|spate of|connection with)(?: \w+)? $"
)
# "Metro passengers reported 412 incidents".
_OTHERS = re.compile(
    r"([a-z]+s) (?:have |had |themselves )?(?:reported|submitted|counted|experienced|suffered) "
    r"(?:some )?$"
)
_WHO_RECORD = ("forces", "officers", "constabularies", "victims", "police", "residents", "figures")
_OTHER_SURVEY = re.compile(
    r"(?:own|our|its|their|annual|latest|retail|members) (?:[a-z]+ )?survey "
)
# "The lowest rate of the four", "second of 42".
_OF_SO_MANY = re.compile(
    r"(?:J (?:[a-z]+ |[OTGM] |RATE1 ){0,3}(?:of|among) (?:the |all )*|ORDINAL1 of )$"
)
# "412 cases sent to the CPS".
_HANDLED = re.compile(
    rf"{ADJECTIVES}G (?:(?:were|was|are|being|been|have|had|that|which) )*(?:sent|referred|"
    r"passed to|prosecuted|charged|solved|resolved|closed|dropped|heard|ended|resulted|resulting|"
    r"finalised|detected|outstanding|pending|led) "
)


class Counts(Multiples):
    """Reads what was counted."""

    def _count(self, at: int) -> None:
        words, side = self._signed(self._clean(self._words(at)))
        after, before = self.sentence.after(at), self.sentence.before(at)
        if (
            PLACES.match(after)
            or PLACES.match(f"{self.tokens[at].letter} {after}")
            or _OF_SO_MANY.search(before)
        ):
            raise Unplaced("it counts forces or places, not offences")
        if words.casefold() == "one" and before.endswith("A "):
            # "More than twice the national one".
            raise Unplaced("it stands for another word")
        if re.search(r"of every $|N of the $", before) and (value_of(words) or 0) < 100:
            raise Unplaced("it is the whole that parts are of")
        every = re.search(r"of every (N) [GT] [^;.NCHO]*$", before)
        if every and value_of(words):
            # "Of every ten crimes in the county four are violent".
            whole = self._words(len(before[: every.end(1)].split()) - 1)
            return self._share(at, f"{words} in {whole}", "", self.around.noun(at))
        if re.match(r"[OTG] W ", after):
            raise Unplaced("it is told with how often it happens")
        if side:
            raise Unplaced("it is a difference without the count that it is of")
        if "." in words and not re.search("[a-z]", words) and not self._is_rate(at):
            raise Unplaced("what it measures is not said")
        behind = re.match(rf"(M) (?:{ADJECTIVES}[OTG] |[.,;)] |than |in |compared |[PB] )", after)
        ahead = re.search(r"M (?:of |by )+(?:about |around |some |just )*$", before)
        if (behind or ahead) and not re.match(rf"{ADJECTIVES}(?:[GOT] )*RATE1 ", after):
            move = at + 1 if behind else len(before[: ahead.start()].split()) if ahead else at
            kind = self.tokens[move].span
            if kind and kind.value in ("rise", "fall"):
                return self._change(at, f"{MOVES[kind.value]} {words}", move)
        extra = re.search(r"an (?:extra|additional) $", before) and re.match(
            r"on (?:the )?[BP] ", after
        )
        if extra:
            return self._change(at, f"up {words}", None)
        other = re.match(r"M ([a-z]+) ", after)
        if other and self._words(at + 1).casefold() in ("fewer", "more", "less"):
            # "179 fewer victims".
            raise Unplaced(f"it counts something else ({other[1]})")
        rated = re.match(
            rf"{ADJECTIVES}(?:[GOT] )*(?:were |was )?(?:recorded |reported |committed )?(?:in A )?"
            r"(?:O )?(RATE1) ",
            after,
        )
        if (
            rated
            or (self._is_rate(at) and "." in words and not re.search("[a-z]", words))
            or self.tokens[0].letter == "RATE1"
            or (re.search(r"rate \( $", before) and re.match(r"\) ", after))
            or (
                re.search(r"A \( $", before)
                and re.match(r"\) (?:had |has )the J (?:T )?rate ", after)
            )
            or (self._is_rate(at) and AVERAGE.search(before))
            or self._rate_of_all(at, words)
            or (re.search(r"RATE1 (?:S )?[^;.NCH]*A (?:, )?(?:with|on|at) $", before))
            or (
                # "The lowest burglary rate, and burglaries are still falling: 986 in 2025".
                (value_of(words) or 0) < _NO_RATE
                and re.search(
                    r"rates? (?:[^;]*? )?(?:was|of|at|is|being|:|stood at|A|to) (?:\w+ )?$", before
                )
                and not re.match(rf"{ADJECTIVES}[GOT] ", after)
            )
        ):
            return self._rate(at, words, rated)
        last = self.reading.statements[-1:]
        if (
            last
            and (value_of(words) or 0) < 1_000
            and last[0].start >= self.sentence.start
            and last[0].entries[0]["quantity"] == "rate"
            and (
                re.search(r"(?:than|and|while|against|,) (?:in )?A (?:had |with )?$", before)
                or re.search(r"(?:against|compare[sd]? (?:with|to)) (?:just |only )?$", before)
            )
            and not re.match(rf"{ADJECTIVES}[GOT] ", after)
        ):
            # "132 offences per 1,000 people, more than Liverpool's 125".
            return self._rate(at, words, None)
        if re.match(
            rf"{ADJECTIVES}(?:[GOT] )*(?:were |was )?(?:recorded |reported |committed )?PACE1 ",
            after,
        ):
            return self._pace(at, words)
        killed = re.match(r"S (?:were|was|had been) (?:[a-z]+ly )?(?:killed|murdered) ", after)
        if killed and self.topic.offence and self.topic.offence.ids[0] == "homicide":
            slots, entry = self._slots(at, offence=self.topic.offence), {"value": words}
            entry |= {"quantity": "count"}
            return self._add(at, slots, entry, role="main", number=value_of(words))
        robbed = re.search(r"O (?:took|stole|lifted) (?:[a-z]+ ){0,2}from $", before)
        if robbed and re.match("(?:S|victims|others) ", after):
            # "Pickpockets took from 248 people".
            slots = self._slots(at)
            entry = {"quantity": "count", "value": words}
            return self._add(at, slots, entry, role="main", number=value_of(words))
        if re.match(rf"{ADJECTIVES}S ", after):
            return self._counted_people(at, words)
        if "U " in before and re.search(r"\b(?:G|incidents) ", before) and "million" in words:
            raise Unplaced("it is an estimate of incidents, which are not in these tables")
        noun = self.around.noun(at)
        if re.match(
            r"of (?:them|these|those) (?:were|was|are|happened|took place|occurred) "
            r"(?:in|on|at|against|by|from) (?!(?:the )?[APF] )",
            after,
        ):
            # "Of the 4,394 burglaries 3,368 of them were in people's homes".
            raise Unplaced("it is part of what was counted")
        if odd := re.match(r"of (?:other|various|different) ([a-z]+) ", after):
            raise Unplaced(f"it counts something else ({odd[1]})")
        if re.search(r"\( N RATE1 (?:S )?(?:against|to|versus|compared with) $", before):
            # "Hampshire has more violence for its size than Sussex (31 per 1,000 against 27)".
            raise Unplaced("which of two areas it is of is not said")
        if re.search(r"N and $", before) and re.match(r"[.,;] ", after) and not noun:
            raise Unsaid("which of two numbers it is is not said")
        people = re.match(r"of (?:our|my|your|its|his|her|their) ([a-z]+) ", after)
        if people and not noun:
            raise Unplaced(f"it counts something else ({people[1]})")
        generic = self.around.generic(at)
        if generic and re.search(r"N (?:out )?of (?:the |a |total |of |all )*$", before):
            raise Unsaid("what it is the whole of is not said")
        if words.casefold() == "one" and re.match(r"of (?:[CH]|the|our|its|these|those) ", after):
            raise Unplaced("it stands for another word")
        others = _OTHERS.search(before)
        if generic and others and others[1] not in _WHO_RECORD:
            raise Unplaced(f"it is what {others[1]} told of")
        if _OTHER_SURVEY.search(f"{before}{after}"):
            raise Unplaced("it is of another survey")
        if generic and _HANDLED.match(after):
            raise Unplaced("it counts what became of offences, not offences that police recorded")
        if _CASE.search(before) and not re.search(r"A [^,;]*$", before.rsplit("X ", 1)[-1]):
            raise Unplaced("it is part of one case, not a count of what police recorded")
        struck = re.search(rf"(?:{'|'.join(OFFENDERS)}) (?:[a-z]+ ){{0,2}}$", before) and re.match(
            r"(?:victims|premises|homes|houses|properties|shops|households|[.,;)]) ", after
        )
        if not noun and not generic and not struck:
            if not self.around.stops(at):
                word = after.split()[0]
                raise Unplaced(f"it counts something else ({word})")
            self._stands_alone(at)
        base = self.around.base(at)
        if self._of_years(at):
            raise Unplaced("it counts more than one year")
        number = value_of(words)
        if generic and not noun and (told := self._told_before(number)):
            self.reading.statements.append(
                replace(
                    told,
                    start=self.tokens[at].start,
                    end=self.tokens[at].end,
                    assumed=["area", "offence", "period_end"],
                )
            )
            return None
        slots = self._slots(at, base=base, offence=noun)
        if not noun and not generic and not struck and self._abroad_or_odd(at):
            raise Unsaid("what it counts is not said")
        self._add(
            at,
            slots,
            {"quantity": "count", "value": words},
            role="base" if base else "main",
            number=number,
        )
        if not self.topic.offence:
            # What comes next in the sentence is of the same.
            self.topic.offence = slots.offence
        return None

    def _of_years(self, at: int) -> bool:
        """Whether a number is of several years: "43 homicides in five years", "since 2015"."""
        return bool(
            re.match(rf"{ADJECTIVES}[GOT] (?:(?:in|across|by) A )?D ", self.sentence.after(at))
            or re.search(
                r"(?:^|[;,] )D (?:, )?(?:there (?:were|have been) )?[^MCKH,;]*$",
                self.sentence.before(at),
            )
        )

    def _told_before(self, number: float | None) -> Statement | None:
        """The statement of a number that is said again: "all 8,642 reports are looked into"."""
        if not number or not number % 100 or self.around.years:
            return None
        if any(token.letter in "AEL" for token in self.tokens):
            return None
        same = (s for s in self.reading.statements if s.number == number and s.role == "main")
        return next(same, None)

    def _rate_of_all(self, at: int, words: str) -> bool:
        """Whether a number beside rates of all crime is too small for a count of it."""
        told = [s.entries[0] for s in self.reading.statements[-2:]]
        rates = any(e["quantity"] == "rate" and e.get("offence") == "total" for e in told)
        bare = re.match(r"(?:[.,;()] |and |in A )", self.sentence.after(at))
        of_area = re.search(r"A (?:, )?(?:(?:had|has|with|at|on) )?$", self.sentence.before(at))
        if not (rates and bare and of_area) or (value_of(words) or 1_000) >= 1_000:
            return False
        with suppress(Unplaced):
            about = self.around._before(at)
            return about is None or about.ids == ("total",)
        return False

    def _is_rate(self, at: int) -> bool:
        """Whether a rate is told of, so that a number with decimals can be one."""
        said = " ".join(t.letter for t in self.tokens)
        return bool(re.search(r"RATE1|\brates?\b", said)) or any(
            s.entries[0]["quantity"] == "rate" for s in self.reading.statements[-2:]
        )

    def _stands_alone(self, at: int) -> None:
        """Refuse a number without a noun where nothing says that offences are counted."""
        before, after = self.sentence.before(at), self.sentence.after(at)
        subject = re.search(r"[OT] ", before) or re.search(r"G ", before)
        listed = re.search(
            r"[AOT] (?:'s |, |: |\( |with |had |has |on |saw |recorded |- |\u2013 |, with |are |"
            r"is |were |was )*$",
            before,
        )
        told = re.search(
            r"(?:stood at|totalled|totaled|numbered|number was|to|from|was|were|been|"
            r"reached|reaching|hit|where|with|at|against|than|of|only|"
            r"recorded|recording|logging|seeing|when|logged|there were|total of|just|M|V|K the|on|"
            r"after|opposed to|"
            r"passed|exceeded|surpassed|approached|neared|managed|managed just|"
            r":|\(|-|,|had|and|is|saw|counted|it is|figure of|by F|by A|struck)(?: the| a)? "
            r"$",
            before,
        )
        here = self.topic.offence and re.match(
            r"(?:[a-z]+ )*A (?:as a whole )?(?:, )?(?:there were|there was|it was|"
            r"they were|recorded|had|saw) (?:just |only )?$",
            before,
        )
        total = self.topic.offence and re.search(
            r"(?:total|number|figure|count|tally) (?:, )?(?:was|is|at|stood at|reached|came to) "
            r"(?:just )?$|"
            r"(?:the (?:most|fewest)|as many) (?:, )?(?:\(|with|at) $|"
            r"(?:^|; )(?:a [.:] |answer : |in total , |in all , )?$|compare[sd]? (?:with|to) $",
            before,
        )
        sized = self.topic.offence and re.search(
            r"C (?:, |\( )?(?:to|from|from N to) (?:just )?$|N (?:, )?M from $|"
            r"N [^;.MCH]*, after (?:just |only )?$|"
            r"(?:number|figure|total|it|they|that|this) (?:has |have |was |were )?M "
            r"(?:from |from N )?to (?:just )?$|M to N [^;.]*, from $|"
            r"(?:^|; )(?:(?:in |over |during )?(?:the )?P (?:, )?)?there (?:were|was) "
            r"(?:just |only )?$|"
            r"when it was $|N in P (?:, )?and $|N (?:, )?against (?:just |only )?$|"
            r"(?:^|[;,] |and )(?:by|in) (?:the )?P (?:, )?(?:it|that|this|they) (?:was|were) $|"
            r"compare[sd]? with N (?:in (?:the )?P )?and $",
            before,
        )
        who = self.topic.offence and re.search(
            r"(?:^|[,;] |and |but |: )(?:(?:in )?P , )?(?:(?:the|our|its) )?"
            r"(?:[AF]|it|they|we|ours|theirs|officers) (?:police )?"
            r"(?:itself |alone |too |also |as a whole )*"
            r"(?:, [^,;.NCH]*, )?(?:had |has |have )?"
            r"(?:recorded|had|saw|logged|counted|registered|managed|there were|there was) "
            r"(?:just |only |some |about |nearly )*$|"
            r"(?:^|[,;] )(?:in )?P (?:, )?there had been $|"
            r"(?:^|the |that |number |figure |total |tally |it |they |A 's )(?:(?:has|have|had) )?"
            r"(?:M|went) (?:, )?from (?:N to )?$|"
            r"A [^,;.NCH]*, with (?:just |only )?$|"
            r"(?:national|A|F) (?:total|number|figure|tally) of $",
            before,
        )
        who = who or (
            self.topic.offence
            and re.search(r"when $", before)
            and re.match(r"(?:were|was) (?:recorded|counted) ", after)
        )
        came = self.topic.offence and re.search(
            r"(?:it|they|these|that|this|number|figure|total) (?:came|comes|amounted|stood|stands|"
            r"ran) (?:to|at) (?:just |about |around )?$",
            before,
        )
        starts = (
            bool(here)
            or bool(who)
            or bool(came)
            or bool(sized)
            or bool(total)
            or bool(
                self.topic.offence
                and re.search(
                    r"A (?:police )?(?:accounted for|had|saw|recorded|contributed) $", before
                )
                and re.match(r"of (?:them|these|those) ", after)
            )
            or (not before and re.match(r"(?:of them|- |were|that is|: )", after))
        )
        if listed or starts or (subject and told):
            return
        if not (told and self.topic.offence and "B " in before + after):
            near = next((i for i in range(at - 1, -1, -1) if self.tokens[i].letter in "OTZX"), at)
            if self.tokens[near].letter == "Z":
                # "Hate crimes numbered 5,843".
                self.around._offending(near)
            raise Unsaid("what it counts is not said")

    def _abroad_or_odd(self, at: int) -> bool:
        """Whether a bare small number can hardly be a count of offences: "one", "two"."""
        return bool(re.fullmatch(r"(?:[a-z]+|\d)", self._words(at).casefold())) and not re.search(
            r"(?:from|to|O|A|:|numbered|totalled) $", self.sentence.before(at)
        )

    def _pace(self, at: int, words: str) -> None:
        place = next(i for i in range(at, len(self.tokens)) if self.tokens[i].letter == "PACE1")
        slots = self._slots(at, offence=self.around.noun(at))
        unit = self._words(place).casefold().split()[-1]
        words = re.sub(rf"\b(?:{'|'.join(SMALL)})\b", lambda m: f"{value_of(m[0]):g}", words)
        self._add(at, slots, {"quantity": "count", "value": f"{words} a {unit}"})

    def _every(self, at: int) -> None:
        words = self._clean(self._words(at)).casefold()
        said = re.sub(r"^(?:one|an? \w+)\s|^(?=every)", "one ", words)
        if words.startswith("every") and not re.search(
            r"(?:N|one|an?) [OTG] $", self.sentence.before(at)
        ):
            raise Unplaced("what happens so often is not said")
        slots = self._slots(at)
        self._add(at, slots, {"quantity": "count", "value": said})

    def _crimes(self) -> bool:
        return any(t.letter in ("O", "T", "LIFE1") for t in self.tokens)

    def _counted_people(self, at: int, words: str) -> None:
        if (
            not (self.surveyed or self._experienced() or (self.topic.survey and self._crimes()))
            or not value_of(words)
            or (value_of(words) or 0) < FEWEST
        ):
            raise Unplaced("it counts people, not offences")
        self._surveyed(at, words)
