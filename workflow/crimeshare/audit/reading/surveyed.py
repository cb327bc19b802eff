"""Survey estimates of a sentence: whom, what, and of which year."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from crimeshare.audit.reading.names import SAME_AGE, SOME_AGE, measure_words
from crimeshare.audit.reading.spans import Respondents, Slots, Unplaced, Year
from crimeshare.audit.reading.state import State, spot
from crimeshare.audit.reading.years import NEWEST
from crimeshare.periods import a_year_before, in_words, months_before

# What happened to people, as verbs.
_SUFFERED = (("stalked", "stalking_harassment"), ("burgled", "burglary"), ("robbed", "robbery"))


# "Have been stalked", and no year: at any time. "Likelier to have been stalked": as told before.
_EVER = re.compile(r"(?<!to )\b(?:have|has) (?:ever )?(?:been (?:O|stalked)|experienced O)\b")

_LIKELIER_THAN = re.compile(
    r"(?P<first>S) [^;.NCH]*likel[a-z]+ [^;.NCH]*than (?P<second>S) [^;.NCH]*"
    r"(?::|,|-|\() (?P<beside>[CH] (?:against|to|compared with|and|versus|v) )?$"
)
# "10% experienced domestic abuse, stalking or sexual assault".
_TOGETHER = re.compile(
    r"(?:of |the |all |S |experienced |suffered |were |been |victims |have |had )*"
    r"[OZ] (?:, |or |and |, or |, and )(?:a )?[OZ] "
)

# "17.0% once fraud is counted", "put fraud back in and it is 17.0%".
_COUNTED_IN = re.compile(
    r"(?:once|if|when|including|includes|with|put|putting) [OZ] (?:is |are |was )?"
    r"(?:counted|included|added|in|back) |"
    r"(?:^|[;,] )[OZ] (?:included|counted|added) (?:back )?(?:in )?, "
)

# "41% had waited over a year", "one in five felt unsafe".
_OTHERWISE_ENGAGED = re.compile(
    r"(?:of (?:them|those|these) )?(?:(?:had|have|has) (?!been |experienced|suffered|fallen|"
    r"ever|at |an? |their |[OZ] )|(?:said|told|felt|thought|believed|waited|knew|never|feared) )"
)

QUARTERS_BACK = 8
_BEFALLS = re.compile(
    r"[OTZ] (?:is|was|are|were) (?:[a-z]+ )?(?P<at>likelier|M likely) to "
    r"(?:befall|happen to|hit|strike|affect) (?:an? |the )?(?P<first>S) [^;.NH]*?"
    r"than (?:an? |the )?S "
)
# "9% of students", "1.5% of cyclists".
_OF_OTHERS = re.compile(r"of (?:the |all |our )?(?:[a-z]+ )?([a-z]{3,}s) (?!owning)")
_HOMES = ("homes", "houses", "dwellings", "properties", "this", "offences", "crimes", "was", "has")
# "1.5% of those that own one".
_OWNING_ONE = re.compile(r"of S (?:that|who|which) (?:own|have) (?:N|one|them|it) ")
_OF_VEHICLES = "48"
# "Vehicle-owning households: 2.7%", "0.5% of households with a car", "of bike owners".
_OWNED = r"(bicycle|bike|cycle|vehicle|car|motor)"
_OWNING = re.compile(
    rf"(?:of )?(?:[a-z]+ ){{0,2}}?{_OWNED} (?:- owning S|owners) |"
    rf"of S (?:with|owning|that own|who own|which own) an? {_OWNED} "
)
_OWNING_BEFORE = re.compile(
    rf"{_OWNED} (?:- owning S|owners) [^;.NCH]*$|"
    rf"S (?:with|owning|that own|who own|which own) an? {_OWNED} [^;.NCH]*$"
)


class Surveyed(State):
    """Reads what a survey found."""

    def _measure(self, at: int) -> str:
        if re.match(r"(?:without|excluding|leaving out) (?:it|Z|them) ", self.sentence.after(at)):
            return "headline_excluding_fraud"
        beside = re.split("[NCH;] ", self.sentence.after(at))[0]
        if _COUNTED_IN.search(f"{self.sentence.before(at)}; {beside}"):
            return measure_words()["total"]
        if _TOGETHER.match(self.sentence.after(at)):
            raise Unplaced("it is of more than one crime together")
        after = self.sentence.after(at)
        own = self.topic.measure.removesuffix("_owners")
        if _OWNING_ONE.match(after) and own in ("bicycle_theft", "vehicle_theft"):
            return f"{own}_owners"
        ahead = None if re.match("of ", after) else _OWNING_BEFORE.search(self.sentence.before(at))
        if owning := _OWNING.match(after) or ahead:
            vehicle = next(filter(None, owning.groups())) in ("vehicle", "car", "motor")
            stolen = re.match(r"[^,;.]*?(O) ", after)
            whole = stolen and self.around._offending(spot(at, stolen)).ids == (_OF_VEHICLES,)
            if vehicle and whole:
                raise Unplaced("the survey's figures of it are not in these tables")
            return f"{'vehicle' if vehicle else 'bicycle'}_theft_owners"
        letters = {token.letter for token in self.tokens}
        if "REST1" in letters and not letters & {"O", "T", "Z"}:
            return "headline_excluding_fraud"
        if self.topic.measure.endswith("_owners") and not re.match("of ", after):
            return self.topic.measure
        offence = None
        near = re.match(
            r"(?:of |S |experienced |suffered |were |victims |a |an |had |at least |N |_ )*([OZ]) ",
            self.sentence.after(at),
        )
        # "17.0% experienced headline crime and 2.4% of households a burglary".
        order = [spot(at, near)] if near else []
        counted = r"(?:when|if|once|with|including) [OZ] (?:and [OZ] )?"
        said = "".join(f"{token.letter} " for token in self.tokens)
        if re.search(rf"C {counted}(?:is|are|was|were) (?:counted|included|added)", said):
            # "It was 10.2%, or 17.1% when fraud and computer misuse are counted".
            more = re.match(counted, self.sentence.after(at))
            return "headline_including_fraud" if more else "headline_excluding_fraud"
        for place in [*order, *range(at - 1, -1, -1), *range(at, len(self.tokens))]:
            token = self.tokens[place]
            own = self._fraudulent(place)
            left_out = re.search(r"REST1 (?:or|and) $", self.sentence.before(place)) or re.match(
                r"(?:and Z )?(?:is|are|was|were) (?:counted|included|added) ",
                self.sentence.after(place),
            )
            if own and (place < at or order[:1] == [place]) and not left_out:
                return own
            if token.letter == "Z" and near and self._said(place) == "headline crime":
                break
            if token.letter in "OT" and token.span:
                offence = token.span.value.ids[0]
                break
        if offence is None:
            said = " ".join(t.letter for t in self.tokens)
            offence = next((o for word, o in _SUFFERED if re.search(rf"\b{word}\b", said)), None)
        told = "" if near or "Z " in self.sentence.before(at) else self.topic.fraud
        fraud = told or self._fraud()
        if fraud and offence is None:
            return fraud
        if offence is None and "Z" in letters:
            raise Unplaced("the survey's figures of it are not in these tables")
        if offence is None and self.topic.measure == "stalking" and "LIFE1" in letters:
            return "stalking_since_16"
        if offence is None and self.topic.measure:
            lately = letters & {"R", "P"}
            return self.topic.measure.replace("_since_16", "" if lately else "_since_16")
        if offence is None:
            offence = self.topic.offence.ids[0] if self.topic.offence else ""
        measure = measure_words().get(offence, "")
        if offence == "total" and "REST1" in letters:
            measure = "headline_excluding_fraud"
        if not measure:
            raise Unplaced(
                "the survey's figures of it are not in these tables"
                if offence
                else "no crime is named"
            )
        said = " ".join(token.letter for token in self.tokens)
        ever = not self.around.years and bool(self.topic.lifetime or _EVER.search(said))
        if measure == "stalking" and ("LIFE1" in letters or (ever and "R" not in letters)):
            measure = "stalking_since_16"
        return measure

    def _said(self, at: int) -> str:
        return self._words(at).casefold()

    def _fraud(self) -> str:
        """What a sentence names that the survey asks of and police do not count; empty if none."""
        places = [i for i, t in enumerate(self.tokens) if t.letter in "OZ"]
        if "headline crime" in map(self._said, places):
            left_out = any(t.letter == "REST1" for t in self.tokens)
            return f"headline_{'excluding' if left_out else 'including'}_fraud"
        found = {each for each in map(self._fraudulent, places) if each}
        return "fraud_and_computer_misuse" if len(found) > 1 else found.pop() if found else ""

    def _fraudulent(self, at: int) -> str:
        """What the survey asks of that police do not count, where a token names it."""
        token = self.tokens[at]
        named = token.span.value if token.span and token.letter == "O" else None
        own = token.letter == "Z" or (named and named.ids == ("fraud",))
        return measure_words().get(self._said(at), "") if own else ""

    def _whom(self, at: int) -> Respondents:
        """The people beside a number, with the age told before for "women that age".

        Raises:
            Unplaced: their age is not said.
        """
        whom = self._beside_number(at)
        if whom.age not in (SAME_AGE, SOME_AGE):
            return whom
        if whom.age == SOME_AGE:
            raise Unplaced("the age of those whom it is of is not said")
        aged = [p.age for p in map(self._people, self._asked(at)) if p.age[:1].isdigit()]
        aged = aged or [
            s.entries[0]["age"] for s in self.reading.statements if "age" in s.entries[0]
        ]
        if not aged:
            raise Unplaced("the age of those whom it is of is not said")
        return replace(whom, age=aged[-1])

    def _beside_number(self, at: int) -> Respondents:
        """The people beside a number: behind it, or before it ("among women it is")."""
        after, before = self.sentence.after(at), self.sentence.before(at)
        if re.match(r"of (?:everyone|everybody|us all|all of us) ", after):
            return Respondents("", "")
        if sides := _LIKELIER_THAN.search(before):
            # "Men were likelier than women to be victims: 2.3% against 1.2%".
            side = sides.end("second" if sides["beside"] else "first")
            return self._people(len(before[:side].split()) - 1)
        found = re.match(
            r"(?:(?:of|all|the|our|adult|every|young|those|vehicle|bicycle|bike|owning|-) )*S ",
            after,
        )
        if found:
            first = self._people(spot(at, found))
            if re.match(r"of M age ", self.sentence.after(spot(at, found))):
                # "Women of the same age".
                return replace(first, age=SAME_AGE)
            return first
        named = self._asked(at)
        if named and re.search(r"S [^;.NCH]*$", before):
            return self._people(named[-1])
        return Respondents("", "")

    def _asked(self, at: int) -> list[int]:
        """The places of the people that are named before a number."""
        return [i for i, t in enumerate(self.tokens[:at]) if t.letter == "S"]

    def _people(self, place: int) -> Respondents:
        span = self.tokens[place].span
        assert span is not None
        found: Respondents = span.value
        return found

    def _surveyed(self, at: int, words: str, *, changed: bool = False) -> None:
        if not (
            self.topic.survey
            or self.surveyed
            or any(t.letter == "LIFE1" for t in self.tokens)
            or self._experienced()
        ):
            raise Unplaced("it is a part of people whom no survey of crime is named for")
        before, after = self.sentence.before(at), self.sentence.after(at)
        if odd := re.search(r"(X) (?:of|was|is|at|stood at) (?:[a-z]+ )?$", before):
            # "At a response rate of 43%".
            self.around._offending(len(before[: odd.end(1)].split()) - 1)
        odd = _OF_OTHERS.match(after)
        if odd and odd[1] not in _HOMES and not _OWNING.match(after):
            raise Unplaced("it is a part of people whom the survey does not tell apart")
        if _OTHERWISE_ENGAGED.match(after):
            raise Unplaced("it is a part of people, and not of those who were victims")
        beside = re.search(r"(?:against|compared with) $", before) and re.match(r"[.,;] ", after)
        if beside and not _LIKELIER_THAN.search(before):
            raise Unplaced("the year or the people that it is of are not said")
        whom, measure = self._whom(at), self._measure(at)
        slots, told_of = Slots(), whom.sex or whom.age
        slots.period, far = self.around.year(
            at, base=self.around.base(at) and not (told_of and not re.match("B |AGO1 ", after))
        )
        if far:
            slots.assumed.append("period_end")
        if not any(t.letter in "OT" for t in self.tokens) and measure == self.topic.measure:
            slots.assumed.append("measure")
        self.topic.measure = measure
        entry: dict[str, Any] = {"quantity": "proportion", "measure": measure, "value": words}
        if whom.sex:
            entry["sex"] = whom.sex
        if whom.age:
            entry["age"] = whom.age
        if changed:
            slots.since = self.around.since(slots.period, at, at) or Year(
                a_year_before(slots.period.period_end)
            )
        self.topic.survey = True
        self._add(at, slots, entry, offences=False)
        self._earlier(slots)
        if measure == "headline_including_fraud" and not any(t.letter == "Z" for t in self.tokens):
            # Without a word of fraud, "crime" is what the survey asked of before it asked of that.
            told = self.reading.statements[-1]
            plain = [{**e, "measure": "headline_excluding_fraud"} for e in told.entries]
            told.elsewhere = [*told.elsewhere, *plain]

    def _earlier(self, slots: Slots) -> None:
        """Let a number of the newest figures be of an earlier year, as not all is asked each."""
        if slots.period is None or slots.period.doubt != NEWEST:
            return
        statement, end = self.reading.statements[-1], slots.period.period_end
        ends = [months_before(end, 3 * back) for back in range(1, QUARTERS_BACK + 1)]
        statement.otherwise = [
            {**entry, "period": in_words(each)} for each in ends for entry in statement.entries
        ]

    def exposed(self) -> None:
        """Read "women are particularly vulnerable": more of them than of the others."""
        said = "".join(f"{t.letter} " for t in self.tokens)
        found = re.search(
            r"(?:^|[,;:] |that )(S (?:(?:and|,) S )*)(?:are|were) (?:\w+ )?"
            r"(?:particularly|especially|more|most|disproportionately|far M|much M|M) "
            r"(?:\w+ )*?(?:vulnerable|likely|affected|"
            r"targeted|risk)",
            said,
        )
        if not found or not (self.topic.survey or self.surveyed) or "K " in found.group():
            return
        first = len(said[: found.start(1)].split())
        for place in range(first, first + len(found.group(1).split())):
            if self.tokens[place].letter != "S":
                continue
            whom = self._people(place)
            young = whom.age == SOME_AGE
            if young and "young" not in self._words(place).casefold():
                continue
            group = _group(replace(whom, age="16-19") if young else whom)
            than = {"women": {"sex": "men"}, "men": {"sex": "women"}}.get(whom.sex)
            if not group or (than is None and not group.get("age")):
                continue
            slots = Slots()
            try:
                slots.period, far = self.around.year(place, base=False)
                measure = self._measure(place).replace("_since_16", "")
            except Unplaced:
                continue
            slots.assumed = [name for name, on in (("period_end", far), ("measure", True)) if on]
            entry: dict[str, Any] = {"quantity": "comparison", "measure": measure}
            entry |= {"difference": "more", "group": group, "than": than or {"age": "16+"}}
            if young:
                self._add(place, slots, entry, offences=False, note="Read as people aged 16 to 19.")
            else:
                self._add(place, slots, entry, offences=False)

    def befalls(self) -> None:
        """Read "theft is likelier to befall a woman than a man"."""
        said = "".join(f"{t.letter} " for t in self.tokens)
        found = _BEFALLS.search(said)
        if found and (self.topic.survey or self.surveyed):
            at, first = (len(said[: found.start(name)].split()) for name in ("at", "first"))
            one, other = self._people(first), self._people(len(said[: found.end()].split()) - 1)
            sides = [each for each in (_group(one), _group(other)) if each]
            if len(sides) < 2 or {one.age, other.age} & {SAME_AGE, SOME_AGE}:
                return
            with suppress(Unplaced):
                slots = Slots()
                slots.period, far = self.around.year(at, base=False)
                slots.assumed = ["period_end"] if far else []
                entry: dict[str, Any] = {"quantity": "comparison", "measure": self._measure(at)}
                entry |= {"difference": "more", "group": sides[0], "than": sides[1]}
                self._add(at, slots, entry, offences=False)
                self._earlier(slots)

    def _likelier(self, at: int, words: str) -> None:
        sides = [i for i, t in enumerate(self.tokens) if t.letter == "S"]
        ahead = [i for i in sides if i < at]
        behind = [i for i in sides if i > at]
        if not ahead or not behind:
            raise Unplaced("the two groups that it compares are not named")
        slots = Slots()
        slots.period, far = self.around.year(at, base=False)
        if far:
            slots.assumed.append("period_end")
        one, other = self._people(ahead[-1]), self._people(behind[0])
        ages = {one.age, other.age} & {SAME_AGE, SOME_AGE}
        if ages or not (one.sex or one.age) or not (other.sex or other.age):
            raise Unplaced("the two groups that it compares are not named")
        value = f"{words} as likely" if not words.endswith("likely") else words
        self.topic.measure = self._measure(at)
        entry: dict[str, Any] = {
            "quantity": "comparison",
            "measure": self.topic.measure,
            "difference": value,
            "group": _group(one),
            "than": _group(other),
        }
        self._add(at, slots, entry, offences=False)
        self._earlier(slots)


def _group(people: Respondents) -> dict[str, str]:
    return {k: v for k, v in (("sex", people.sex), ("age", people.age)) if v}
