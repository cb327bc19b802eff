"""Years in running text: "the 12 months to December 2024", "2023/24", "the previous year".

What a span of kind ``period`` means is the last day of its year.  The others name none by
themselves: ``base`` is the year before another, ``same`` one named before, ``newest`` the newest
figures then out, ``last`` the calendar year before publication, ``month`` a year that ends in the
month named, ``partial`` no whole year, ``since`` the year that a change is from: as a number, its
calendar year, or if negative how many years before, as ``ago`` is, and ``later`` how many after
the year named before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from crimeshare.audit.reading.numbers import MONTH, MONTHS
from crimeshare.audit.reading.spans import Span, Year
from crimeshare.audit.words import SMALL
from crimeshare.periods import a_year_before, month_end, months_between

_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?)?"
_YEAR = r"((?:19|20)\d\d)"
_TWELVE = r"(?:(?:12|twelve)[\s-]months?(?:\speriod)?|(?:financial\s|whole\s|full\s)?years?|YE)"
_TO = r"(?:,?\s(?:ending|ended|to|up\sto|until|till|through\sto|that\sended)(?:\s(?:in|on|at))?)"
_END = r"(?:\sthe\send\sof|\send\sof|\sthe|\send)?"
_THE = r"(?:the\s)?(?:last\s|latest\s|past\s)?"


def _month(word: str) -> int:
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(word.casefold()[:3]))


def _year_ending(groups: tuple[str, ...]) -> tuple[str, object]:
    return "period", Year(month_end(int(groups[1]), _month(groups[0])))


def _two_months(groups: tuple[str, ...]) -> tuple[str, object]:
    first, one, last, other = groups
    begins = month_end(int(one or other), _month(first))
    ends = month_end(int(other), _month(last))
    months = months_between(begins, ends) + 1
    if months == 13 and one:
        return "period", Year(
            ends, "From month to same month is 13 months; read as the year that ends with the last."
        )
    return ("period", Year(ends)) if months == 12 else ("partial", QUARTER)


def _financial(groups: tuple[str, ...]) -> tuple[str, object]:
    first, second = groups
    if (int(first) + 1) % 100 == int(second[-2:]):
        return "period", Year(date(int(first) + 1, 3, 31))
    return "years", (int(first), int(first[:2] + second[-2:]))


def _calendar(groups: tuple[str, ...]) -> tuple[str, object]:
    return "period", Year(date(int(groups[-1]), 12, 31), "A calendar year, January to December.")


def _either(groups: tuple[str, ...]) -> tuple[str, object]:
    return _calendar((groups[0] or groups[1],))


def _named(kind: str, value: str = "") -> Callable[[tuple[str, ...]], tuple[str, object]]:
    return lambda groups: (kind, value)


_SOME = (
    rf"({'|'.join(SMALL[1:])}|thirty|\d{{1,2}})\syears|an?\sdecade|(?:the\s)?(?:last|past)\sdecade"
)


def _years_back(groups: tuple[str, ...]) -> tuple[str, int]:
    """How many years before, as a negative number; ten where only a decade is named."""
    (some,) = groups
    if not some:
        return "since", -10
    words = (*SMALL, *("" for _ in range(9)), "thirty")
    return "since", -(int(some) if some.isdigit() else words.index(some.casefold()) + 1)


_PARTIAL = "is not a year of twelve months"
QUARTER = "is a part of a year"
"""What is said of a quarter, which what follows is of too, as of a year."""

PATTERNS: tuple[tuple[str, Callable[[tuple[str, ...]], tuple[str, object]]], ...] = (
    (
        r"(?:(?<=records\sbegan\s)|(?<=practices\sbegan\s)|(?<=records\sstarted\s))(?:in|with)\s(?:the\syear\s(?:ending|to)\s)?"
        rf"(?:{MONTH}\s)?{_YEAR}(?:/\d\d)?\b",
        _named("mask", "a year that records began in"),
    ),
    (
        r"(?:(?<=said\s)|(?<=out\s)|(?<=published\s)|(?<=released\s)|(?<=announced\s)|(?<=revealed\s)|"
        r"(?<=told\sus\s)|(?<=issued\s))(?:this|last)\s(?:week|month|night)\b",
        _named("mask", "when something was said"),
    ),
    (
        r"\b(?:same\speriod|same\s(?:12|twelve)\smonths)\s(?:of\s|in\s|a\s|the\s)*"
        r"(?:previous\syear|preceding\syear|year\s(?:before|earlier|ago)|last\syear|prior\syear)\b",
        _named("base"),
    ),
    (
        rf"\bsince\s(?:before\s)?(?:the\syear\s(?:ending|to)\s)?({MONTH})\s{_YEAR}\b",
        lambda g: ("since", Year(month_end(int(g[1]), _month(g[0])))),
    ),
    (rf"\b{_THE}{_TWELVE}{_TO}?{_END}\s{_DAY}({MONTH}),?\s{_YEAR}\b", _year_ending),
    (rf"\bYE\s?({MONTH})\s?{_YEAR}\b", _year_ending),
    (
        rf"\b(?:(?:between|from)\s)?(?:{_THE}year\s)?{_DAY}({MONTH})\s{_YEAR}\s?(?:and|to|"
        r"until|till|-|\u2013|\u2014|through\sto)"
        rf"\s?{_END}\s?{_DAY}({MONTH})\s{_YEAR}\b",
        _two_months,
    ),
    (
        rf"\b(?:(?:between|from)\s)?{_DAY}({MONTH})()\s?(?:and|to|until|-|\u2013|"
        rf"\u2014)\s?{_DAY}({MONTH})\s{_YEAR}\b",
        _two_months,
    ),
    (
        rf"(?<![\d/])\b(?:(?:in\s|during\s)?{_THE}(?:financial\s|fiscal\s)?year\s)?((?:19|"
        r"20)\d\d)\s?[/\u2013-]\s?((?:20)?\d\d)\b(?![/\d-]|,\d)",
        _financial,
    ),
    (
        rf"\b(?:{_THE})(?:(?:[2-9]|1[01]|two|three|four|five|six|seven|eight|nine|ten|"
        r"eleven)[\s-](?:months?|weeks?)"
        rf"|quarter|half[\s-]?year|month|week){_TO}{_END}\s{_DAY}{MONTH}(?:\s{_YEAR})?\b",
        _named("partial", QUARTER),
    ),
    (
        r"\b(?:first|second|third|fourth|last|latest|final|previous)\s(?:quarter|half|"
        r"three\smonths|six\smonths)"
        rf"(?:\sof\s(?:the\s)?(?:year|{_YEAR}))?\b|\bQ[1-4](?:\s{_YEAR})?\b(?![.:])|"
        r"\b(?:same|corresponding)\s(?:quarter|half|(?:three|six|nine|two|\d)\smonths)"
        rf"(?:\s(?:of|in|a)\s(?:{_YEAR}|(?:the\s)?(?:last|previous)?\s?year(?:\s(?:before|earlier))?))?\b",
        _named("partial", QUARTER),
    ),
    (
        r"\b(?:so\sfar\sthis\s(?:year|month)|this\s(?:year|month|week|summer|winter|"
        r"quarter)|last\s(?:month|week|night|quarter|summer|winter)"
        r"|(?:over\s|during\s|in\s)?the\s(?:last|past)\s(?:month|week|fortnight|quarter|"
        r"(?:six|three|two|\d)\s(?:months|weeks|days))"
        r"|in\sthe\smonth|since\s(?:last\s)?(?:january|february|march|april|may|june|july|"
        r"august|september|october|november|december)\b(?!\s\d))\b",
        _named("partial", _PARTIAL),
    ),
    # The head of a column, or of a row.
    (rf"(?:(?<=\|\s)|(?<=\t)|(?<=\s\s\s)|(?<=\n)){_YEAR}(?=\s*[|\t\n]|\s\s\s|$)", _calendar),
    (rf"(?<=,\s){_YEAR}(?=\.?(?:\s*\n|\s+[A-Z]|\s*$))", _calendar),
    (rf"(?<=\bcompare\s){_YEAR}(?=\s(?:with|to)\b)", _calendar),
    (
        r"\b(?:the\s)?(?:last\s)?(?:full\s)?(?:year|(?:12|twelve)\smonths)\sbefore\s(?:the\s)?"
        r"(?:first\s)?(?:pandemic|lockdown|covid(?:-19)?)\b"
        r"(?:,?\s\(?(?:(?:to|ending)\sMarch\s2020|2019[/\u2013-](?:20)?20)\b\)?)?",
        lambda _: ("period", Year(date(2020, 3, 31))),
    ),
    (
        rf"\b(?:{_SOME})\s(?:ago|earlier|before|previously)\b",
        lambda groups: ("ago", _years_back(groups)[1]),
    ),
    (
        rf"\b(?:{_SOME})\slater\b",
        lambda groups: ("later", -_years_back(groups)[1]),
    ),
    (r"\b(?:a|one|the)\s(?:year|twelve\smonths)\slater\b", lambda _: ("later", 1)),
    (
        r"\b(?:in|over|for)\s(?:more\sthan\s|at\sleast\s|nearly\s|almost\s)?(two|three)\sdecades\b",
        lambda groups: ("since", -10 * (SMALL.index(groups[0].casefold()) + 1)),
    ),
    (
        r"\b(?:(?:in|over|within|during)\s(?:the\s|more\sthan\s|at\sleast\s|nearly\s|almost\s)?|"
        r"for\s(?:at\sleast|more\sthan|over)\s)(?:space\sof\s|last\s|past\s|previous\s)?"
        rf"(?:{_SOME})\b(?!['\u2019-])",
        _years_back,
    ),
    (
        r"\b(?:over|in|during|within)\s(?:the\s)?(?:last|past|latest|"
        r"most\srecent)\s(?:(?:12|twelve)\smonths|year)\b",
        _named("newest"),
    ),
    (
        rf"\b{_THE}(?:previous|preceding|prior)\s(?:financial\s)?(?:year|(?:12|"
        r"twelve)[\s-]months?)\b"
        r"|\b(?:the|a|one)\s(?:year|twelve\smonths|12\smonths)\s(?:before(?:\sthat)?|"
        r"earlier|previously|ago|prior)\b"
        r"|\b(?:12|twelve)\smonths\s(?:before|earlier|previously|ago)\b|"
        r"\bon\sthe\syear\b(?!\s(?:before|earlier|ending|to))|"
        r"\bthat\sof\sthe\syear\sbefore\b",
        _named("base"),
    ),
    (
        rf"\b{_THE}{_TWELVE}{_TO}{_END}\s(?:last\s)?({MONTH})\b",
        lambda groups: ("month", _month(groups[0])),
    ),
    (
        r"\b(?:the\s)?(?:same|that|this)\s(?:period|year|time|span|spell|stretch|timeframe)\b|\bthe\speriod\b",
        _named("same"),
    ),
    (
        r"\b(?:the\s)?(?:pre-(?:pandemic|covid)\s(?:year|levels?|figures?|total|peak)|(?:year|twelve\smonths)\s"
        r"before\s(?:the\s)?(?:pandemic|covid|lockdown)|before\sthe\sfirst\slockdown)\b",
        lambda _: ("period", Year(date(2020, 3, 31), "The last year before the pandemic.")),
    ),
    (r"\b(?:last|past|latest)\s(?:financial|fiscal)\syear\b", lambda _: ("month", 3)),
    (r"\blast\s(?:calendar\s)?year(?:'s|\u2019s)?\b", _named("last")),
    (
        # "Since she took office in 2021".
        rf"\bsince\s(?:[\w'\u2019-]+\s){{1,8}}?(?:in|of|until)\s(?:{MONTH}\s)?{_YEAR}\b(?![/\u2013-]\d)",
        lambda g: ("since", int(g[0])),
    ),
    (
        rf"\bsince\s(?:at\sleast\s)?(?:the\syear\s)?{_YEAR}\b(?![/\u2013-]\d)",
        lambda g: ("since", int(g[0])),
    ),
    (
        r"\b(?:in|during|for|throughout|across|of|over|on|from|to|between|and|with|than|"
        r"against|above|below|by|covering|calendar\syear|the\syear)\s(?:the\s)?(?:whole\sof\s|calendar\syear\s|"
        rf"year\s)?{_YEAR}\b(?![,.]\d|\s?%|[/\u2013-]\d|\s(?:offences|crimes))",
        _calendar,
    ),
    (
        rf"(?<=\bthe\s){_YEAR}(?=\s(?:offences|crimes|figures?|totals?|counts?|numbers?|mark|"
        r"tally|peak|high|low)\b)",
        _calendar,
    ),
    (rf"(?<=\(){_YEAR}(?=\)|:\s)|\b{_YEAR}(?=\s(?:crime\s)?(?:figures|data|statistics))", _either),
    (
        r"\b(?:in|during|for|throughout|of|by|since|late|early|mid|until|between|from|to|"
        rf"and)[\s-](?:the\s)?{MONTH}\s{_YEAR}\b",
        _named("partial", "is a month, not a year"),
    ),
    (
        rf"\b(?:in|during|throughout|than\sin|for)\s(?:{'|'.join(MONTHS)})\b(?!\s\d)",
        _named("partial", "is a month, not a year"),
    ),
)

_COMPILED = [(re.compile(pattern, re.IGNORECASE), read) for pattern, read in PATTERNS]
# "In 2024" is a year, and "in" stays a word of the sentence.
_LEADING = re.compile(
    r"(?:in|during|for|throughout|across|of|over|on|from|to|between|and|with|than|against|"
    r"above|below|by|covering)\s(?=(?:the\s)?(?:whole\sof\s|year\s)?\d)",
    re.IGNORECASE,
)


def periods(text: str) -> Iterator[Span]:
    """Every year, or part of one, that a text names."""
    free = bytearray(len(text))
    for pattern, read in _COMPILED:
        for match in pattern.finditer(text):
            start, end = match.span()
            if lead := _LEADING.match(text, start, end):
                start = lead.end()
            if any(free[start:end]):
                continue
            free[start:end] = b"\1" * (end - start)
            kind, value = read(match.groups())
            yield Span(start, end, kind, value)


def last_month_end(month: int, published: date) -> date:
    """The last end of a month before a day."""
    end = month_end(published.year, month)
    return end if end < published else a_year_before(end)
