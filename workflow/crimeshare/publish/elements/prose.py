"""Words chosen by numbers: direction, rank, singular and plural, what is left out.

Every function returns text for one sentence and prints no digit of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html import escape, unescape

from crimeshare.periods import MONTHS

IRREGULAR = {"person": "people", "county": "counties"}

# A rank means nothing without the list it is a place in.
CLASSIFICATIONS = {
    "forces": "forces by share",
    "main_groups": "main groups",
    "subgroups": "sub-groups",
    "published_columns": "published columns, where a group is ranked beside its own parts",
}


_WITH_ARTICLE = {
    ("force", "City of London"): "the City of London",
    ("force", "Metropolitan Police"): "the Metropolitan Police area",
    ("force", "West Midlands"): "the West Midlands Police area",
    ("region", "West Midlands"): "the West Midlands region",
    ("region", "East"): "the East of England",
}


def place(area_name: str, area_type: str) -> str:
    """`area_name` as it stands after "in": "Gwent", "the North East", "the City of London"."""
    special = _WITH_ARTICLE.get((area_type, area_name))
    if special:
        return special
    compass = ("North", "South", "East")
    if area_type == "region" and area_name.startswith((*compass, "West")):
        return f"the {area_name}"
    return area_name


def number_word(number: int) -> str:
    """Small numbers as sentences have them: "none", "one" to "nine"; digits above."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if 0 <= number < len(words) else f"{number:,}"


def plural(number: float, noun: str) -> str:
    """`noun` in the form that `number` takes: "offence" for 1, "offences" otherwise."""
    if number == 1:
        return noun
    head, _, last = noun.rpartition(" ")
    word = IRREGULAR.get(last, last + ("es" if last.endswith(("s", "sh", "ch", "x")) else "s"))
    return f"{head} {word}" if head else word


def listed(names: Sequence[str], conjunction: str = "and") -> str:
    """ "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def excluding(names: Sequence[str]) -> str:
    """ " (excluding Greater Manchester)" with its leading space, or nothing for no names."""
    return f" (excluding {listed(names)})" if names else ""


def period(end: date) -> str:
    """ "year ending December 2024"."""
    return f"year ending {month(end)}"


def month(day: date) -> str:
    """ "December 2024"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def quarter(start: date, end: date) -> str:
    """ "October to December 2025"."""
    return f"{MONTHS[start.month - 1]} to {month(end)}"


def months_before(months: str, end: date) -> str:
    """Months of the year that ends on a day, with the years they are in.

    >>> months_before("July to March", date(2023, 6, 30))
    'July 2022 to March 2023'
    >>> months_before("April to December", date(2025, 12, 31))
    'April to December 2025'
    """
    first, last = months.split(" to ")
    years = [end.year - (MONTHS.index(name) >= end.month) for name in (first, last)]
    return f"{first}{f' {years[0]}' if years[0] != years[1] else ''} to {last} {years[1]}"


def edition(name: str) -> str:
    """The name of an edition inside a sentence: "year ending December 2024"."""
    return lower_first(name) if name.startswith("Year ") else name


def day(day: date) -> str:
    """ "24 April 2025"."""
    return f"{day.day} {month(day)}"


def recorded_direction(previous: float, current: float, *, shown_change: str = "") -> str:
    """How a police count, or a share or rate of counts, moved: "rose", "fell", "was unchanged".

    A count of records has no sampling error, so any difference is a difference. One too small
    for the decimals shown is "was little changed": `shown_change` is the change as printed.
    """
    if current == previous:
        return "was unchanged"
    if shown_change and not any(digit in shown_change for digit in "123456789"):
        return "was little changed"
    return "rose" if current > previous else "fell"


def agreeing(direction: str, plural: bool = True) -> str:
    """A direction after a subject that may be plural: "theft offences were unchanged"."""
    return direction.replace("was ", "were ", 1) if plural else direction


def estimated_direction(lower: float, upper: float) -> str:
    """How a survey estimate moved, from the interval of its change: "no clear change" spans zero.

    Raises:
        ValueError: if the limits are in the wrong order.
    """
    if lower > upper:
        raise ValueError(f"the lower limit {lower} is above the upper limit {upper}")
    if lower > 0:
        return "rose"
    return "fell" if upper < 0 else "no clear change"


# What differs by so much of the reference is not about the same, though both be printed alike.
_APART = 0.1


def compared(value: float, reference: float, *, shown_difference: str = "") -> str:
    """ "above", "below", "the same as" or "about the same as" a reference value."""
    apart = abs(value - reference) >= _APART * abs(reference)
    shown = "" if apart else shown_difference
    direction = recorded_direction(reference, value, shown_change=shown)
    return {
        "rose": "above",
        "fell": "below",
        "was unchanged": "the same as",
        "was little changed": "about the same as",
    }[direction]


def ranked(shown_rank: str, classification: str, of: str = "") -> str:
    """ "9th of 43 forces by share", "1st among sub-groups": a rank always names its list.

    Args:
        shown_rank: the rank as printed, "9th".
        classification: a key of `CLASSIFICATIONS`.
        of: how many were ranked, as printed; may be left out.
    """
    return f"{shown_rank} {f'of {of}' if of else 'among'} {CLASSIFICATIONS[classification]}"


_CARDINALS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)


def one_in(proportion: float) -> str:
    """A proportion as people say it: "one in seven" for 14.4 %, to the nearest whole number.

    Raises:
        ValueError: for a proportion that no "one in" from two to twenty is nearest to.
    """
    number = round(1 / proportion) if proportion > 0 else 0
    if not 2 <= number <= 20:
        raise ValueError(f"{proportion} is not said as one in two to one in twenty")
    return f"one in {_CARDINALS[number - 2]}"


def lower_first(name: str) -> str:
    """An offence group's name inside a sentence: "stalking and harassment"."""
    return name[:1].lower() + name[1:]


# What names of offence groups and codes end with where they say themselves what they count.
_COUNTED = ("offences", "crimes")


def named_html(name: str) -> str:
    """The name of an offence code as HTML: digits in it are part of the name, and no figures."""
    return re.sub(r"\d+", r"<samp>\g<0></samp>", escape(name))


# What ends the head of a name: a preposition, a conjunction or a comma; "Possession" of weapons.
_AFTER_HEAD = re.compile(r"[,:(]| (?:against|and|by|for|from|in|of|on|or|to|with|without|etc)\b")


def is_plural(name: str) -> bool:
    """Whether an offence group or code takes a plural verb.

    "Theft offences" and "Assaults on emergency workers" do, "Possession of weapons offences" and
    "Handling stolen goods" do not.
    """
    head = _AFTER_HEAD.split(name)[0]
    return head.endswith("s") and not head.endswith("ss") and not name.split()[0].endswith("ing")


def offences_in(name: str, number: float = 2) -> str:
    """The offences of a group, after a number: "robbery offences", "theft offences", "1 crime"."""
    words = lower_first(name)
    if words.endswith(_COUNTED) or _is_long(name):
        return offences_of(name, number)
    return f"{words} {plural(number, 'offence')}"


def offences_of(name: str, number: float = 2) -> str:
    """The offences of a group, its name last: "offences of harassment", "1 other drug offence"."""
    words = lower_first(name)
    if words.endswith(_COUNTED):
        return words.removesuffix("s") if number == 1 else words
    # "Other offences against the State": what is counted comes first.
    head, counted, rest = words.partition("offences ")
    if counted and head in ("", "other "):
        return f"{head}{plural(number, 'offence')} {rest}"
    return f"{plural(number, 'offence')} of {words}"


def figures_of(name: str) -> str:
    """Figures of a group: "robbery figures", "theft offence figures"."""
    words = lower_first(name)
    if _is_long(name):
        return f"figures of {words}"
    return f"{words.removesuffix('s') if words.endswith(_COUNTED) else words} figures"


def _is_long(name: str) -> bool:
    return len(name.split()) > MOST_BEFORE_A_NOUN


MOST_BEFORE_A_NOUN = 4


def upper_first(text: str) -> str:
    """The beginning of a sentence: "Harassment"."""
    return text[:1].upper() + text[1:]


_MARKDOWN = str.maketrans(
    {
        "[": "&lsqb;",
        "]": "&rsqb;",
        "*": "&ast;",
        "_": "&lowbar;",
        "`": "&grave;",
        "\\": "&bsol;",
    }
)


def outside(text: str) -> str:
    """Text from somebody else's file as HTML that means nothing to Markdown either."""
    return re.sub(
        r"\d+|\D+",
        # Digits are part of what somebody wrote, and no figures of ours.
        lambda part: (
            f"<samp>{part[0]}</samp>"
            if part[0][0].isdigit()
            else escape(part[0]).translate(_MARKDOWN)
        ),
        text,
    )


def plain(html: str) -> str:
    """The text of a piece of HTML."""
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()
