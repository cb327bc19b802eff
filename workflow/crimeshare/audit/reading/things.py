"""What was done to things, as offences: "384 cycles disappeared", "homes broken into".

``things_words.csv`` has the things; one without an offence is counted in no group by itself, but
may be part of one that another is counted in: "sheds and houses".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from crimeshare.audit.reading.spans import Offending, Span
from crimeshare.audit.words import folded, not_recorded, offence_words
from crimeshare.reference import REFERENCE, line_of, offences, read_rows

_STOLEN = (
    r"(?:stolen|pinched|nicked|swiped|half-inched|pilfered|snatched|thieved|lifted|"
    r"taken(?!\s(?:off|to|in|into|for|away|by\spolice))|lost(?!\s(?:control|out|in\sthe|to\sthe)\b)|disappeared|vanished|"
    r"(?:went|gone|going)\smissing|made\soff\swith)"
)
_ENTERED = (
    r"(?:burgled|broken\sinto|done\sover|turned\sover|ransacked|entered(?!\s(?:into|for|under|as|in\sthe|in\sa)\b)|"
    r"(?:hit|struck|targeted|visited)\sby\s(?:burglars|thieves))"
)
_DONE = rf"(?:(?P<stolen>{_STOLEN})|(?P<entered>{_ENTERED}))"
_OR = rf"(?:\s(?:or|and)\s(?P<also>{_STOLEN}|{_ENTERED}))?"
_BEEN = r"(?:(?:were|was|are|is|been|being|have|has|had|got|reported|recorded|also|as|that)\s)*"
_THEFT = r"(?:thefts?|thieves|thief)"
_BURGLARY = r"(?:burglar(?:y|ies)|break-?\s?ins?)"
_SO_MANY = (
    r"(?:(?:about|around|some|just|only|nearly|almost|over|fewer|more|another|as|many|up|to|"
    r"[\d,.]+%?|per\scent)\s)*"
)
_LOSING = (
    r"\b(?:lost|loses?|losing|stole|steals?|stealing|stolen|nicked|pinched|swiped|lifted|"
    r"(?:made|making|got|getting)\s(?:off|away)\swith|(?:helped|helping)\sthemselves\sto|"
    r"(?:thieves|crooks|criminals|robbers)\s(?:have\s|had\s)?(?:took|taken))\s"
)
_BROKE = (
    r"\b(?:(?:broke|broken|break|breaking|breaks|got|forced\stheir\sway)\sinto|burgled|"
    r"ransacked)\s"
)
_WHOSE = r"(?:(?:(?:people|residents?|owners?|families)['\u2019]?s?['\u2019]?|the|their|our)\s)*"
_BETWEEN = 4
_NOT_COUNTED = "This is not counted by itself; police record it among other offences"
_WHO = "police forces, in answers to requests"


@cache
def _meant() -> dict[tuple[str, str], tuple[str, str, str]]:
    """Offence, its reading and what it is part of, by a thing and what was done to it."""
    return {
        (name, row["done"]): (row["offence_id"], row["reading"], row["part_of"])
        for row in read_rows(REFERENCE / "things_words.csv")
        for name in (row["words"], row["plural"])
    }


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    rows = read_rows(REFERENCE / "things_words.csv")
    many = _any({row["plural"] for row in rows})
    every = _any({row[form] for row in rows for form in ("words", "plural")})
    two = r"(?P<thing>{0})(?:\s(?:and|or|&)\s(?P<other>{0}))?"
    either, plural = two.format(every), two.format(many)
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"\b{either}\s{_BEEN}{_DONE}{_OR}(?![\w-])",
            rf"\b(?P<stolen>{_THEFT})\sof\s{either}(?![\w-])",
            rf"\b(?P<entered>{_BURGLARY})\s(?:of|from|at|in|on|against)\s{_WHOSE}{plural}(?![\w-])",
            rf"\b{either}\s(?:(?P<stolen>{_THEFT})|(?P<entered>{_BURGLARY}))(?![\w-])",
            rf"\b(?P<stolen>stolen)\s{plural}(?![\w-])",
            rf"(?P<entered>{_BROKE}){_WHOSE}{plural}(?![\w-])",
            # "1,062 home break-ins, and 420 at business premises".
            rf"\b(?P<entered>{_BURGLARY}\b[^.;]*?\d\s)(?P<lead>(?:at|in|from|of|on)\s{_WHOSE}){plural}"
            r"(?![\w-])",
            rf"(?P<entered>{_BROKE}{_SO_MANY}){plural}(?![\w-])",
            rf"(?P<stolen>{_LOSING}{_SO_MANY}){plural}(?![\w-])",
            # "The force's cyclists, who lost 2,081 machines".
            rf"(?<=cyclists)(?P<stolen>[^.;]*?{_LOSING}{_SO_MANY})(?P<thing>machines)(?P<other>)\b",
        )
    )


_WAS_DONE = re.compile(rf"{_STOLEN}|{_ENTERED}|{_BROKE}|\bthieves\b", re.IGNORECASE)


def was_done(words: str) -> bool:
    """Whether words say that something was done, which can be done so many times."""
    return bool(_WAS_DONE.search(f"{words} "))


def _any(words: set[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


def things(text: str, free: bytearray) -> Iterator[Span]:
    """Spans of things that something was done to, in the parts of a text that are free."""
    for pattern in _patterns():
        for match in pattern.finditer(text):
            start, end = match.span()
            if pattern in _patterns()[-_BETWEEN:]:
                # The number stands between.
                start = match.start("lead" if "lead" in match.groupdict() else "thing")
                end = max(match.end("thing"), match.end("other"))
            said = folded(match.group())
            known = said in offence_words() or said in not_recorded()
            if known or any(free[start:end]) or text[max(0, start - 1) : start] == "-":
                continue
            if span := _span(match, start, end):
                free[start:end] = b"\1" * (end - start)
                yield span


def _span(match: re.Match[str], start: int, end: int) -> Span | None:
    groups = match.groupdict()
    done = {"stolen"} if groups.get("stolen") else {"entered"}
    if also := groups.get("also"):
        done |= {"entered" if re.fullmatch(_ENTERED, also, re.IGNORECASE) else "stolen"}
    named = [each for each in (folded(match["thing"]), folded(match["other"] or "")) if each]
    named = ["bikes" if each == "machines" else each for each in named]
    found = [_meant()[name, how] for name in named for how in done if (name, how) in _meant()]
    if not found:
        return None
    counted = [each[:2] for each in dict.fromkeys(found) if each[0]]
    told = {each[0] for each in counted}
    if not counted or any(not each[0] and each[2] not in told for each in found):
        return Span(start, end, "unrecorded", f"{_NOT_COUNTED}. Published by {_WHO}")
    if {each[0] for each in counted} == {"45", "48"}:
        counted = [offence_words()["theft of and from vehicles"]]
    if len(counted) > 1:
        whole = together(counted[0][0], counted[1][0])
        counted = [(whole, "")] if whole else counted[:1]
    offence, reading = counted[0]
    return Span(start, end, "offence", Offending((offence,), reading))


def together(one: str, other: str) -> str:
    """The group that two groups make up, or that one is of the other; empty if neither."""
    if one in offences() and other in offences():
        for part, whole in ((one, other), (other, one)):
            if whole in line_of(part):
                return whole
        return next((whole for whole, parts in halves().items() if {one, other} == parts), "")
    return ""


@cache
def halves() -> dict[str, set[str]]:
    """Groups that are made of two, and the two."""
    parts: dict[str, set[str]] = {}
    for group in offences().values():
        if group.parent_id and not group.ended:
            parts.setdefault(group.parent_id, set()).add(group.offence_id)
    return {whole: each for whole, each in parts.items() if len(each) == 2}


def wholes() -> Iterator[tuple[str, str]]:
    """Words for two groups that make up one: "personal and business robberies"."""
    for whole, parts in halves().items():
        words = [[w for w, (offence, _) in offence_words().items() if offence == p] for p in parts]
        for first, second in ((0, 1), (1, 0)):
            for one in words[first]:
                for other, joint in product(words[second], ("and", "or")):
                    yield f"{one} {joint} {other}", whole
                    if shared := _shared(one.split(), other.split(), joint):
                        yield shared, whole


def _shared(one: list[str], other: list[str], joint: str) -> str:
    """Two names with what they share said once: "home and business burglaries"."""
    least = min(len(one), len(other)) - 1
    tail = next((n for n in range(least, 0, -1) if one[-n:] == other[-n:]), 0)
    head = next((n for n in range(least, 0, -1) if one[:n] == other[:n]), 0)
    if tail:
        return " ".join([*one[:-tail], joint, *other])
    return " ".join([*one, joint, *other[head:]]) if head else ""
