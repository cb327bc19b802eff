"""Numbers in running text, and those that are no statement: money, ages, dates, roads.

One table of patterns each; the first that takes a stretch of text keeps it.  ``tests/unit/
test_reading_numbers.py`` has an example of every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from crimeshare import periods
from crimeshare.audit.reading.spans import Span
from crimeshare.audit.words import ANY_SMALL, ORDINALS, SMALL, hedges, movements

MONTHS = tuple(map(str.casefold, periods.MONTHS))
SHORT = (*(month[:3] for month in MONTHS), "sept")
MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join(SHORT)})\.?)"

_ORDINAL = rf"(?:{'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE = r"(?:[\s-]?(?:million|thousand|billion|mn?|k|bn)\b)"
_OF_ONE = (
    r"(?:(?:half|(?:a|three)\squarters?\sof)\sa\s(?:million|billion|thousand)\b|a\s[mb]illion\b)"
)
_NUMBER = (
    rf"(?:{_OF_ONE}|{_DIGITS}{_SCALE}?|(?:{ANY_SMALL}|hundred|dozen)\b(?:[\s-](?:million|"
    r"thousand)\b)?)"
)
_PARTS = r"(?:hal(?:f|ves)|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?)"
_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
_CAPITAL = r"[A-Z][\w'-]+"

# What is no statement. A flag "i" reads capitals and small letters alike.
MASKS: Sequence[tuple[str, str, str]] = (
    ("an address on the web", r"(?:https?://|www\.)\S+|\S+@\S+\.\w+", ""),
    (
        "an amount of money",
        rf"(?:US|A|C)?[£€$]\s?{_DIGITS}{_SCALE}?(?:\s?(?:an?|per)\s\w+)?|"
        rf"{_NUMBER}\s(?:pounds?|euros?|dollars?|pence)\b|\b\d+p\b",
        "i",
    ),
    (
        "a time of day",
        r"\b\d{1,2}[.:]\d{2}\s?(?:am|pm|a\.m\.|p\.m\.|hours|hrs)|\b\d{1,2}:\d{2}\b",
        "i",
    ),
    ("a time of day", r"\b\d{1,2}\s?(?:am|pm)\b", "i"),
    (
        "a date",
        rf"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?"
        rf"(?:\s(?:and|to|or|-|\u2013)\s\d{{1,2}}(?:st|nd|rd|"
        rf"th)?)?\s(?:of\s)?{MONTH}(?:,?\s\d{{4}})?\b",
        "i",
    ),
    ("a date", rf"\b{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,\s\d{{4}})?(?![\d,/%]|\.\d)\b", "i"),
    ("a date", r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d\d-\d\d\b", ""),
    (
        "a date",
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s(?:the\s)?\d{1,2}(?:st|nd|rd|th)?\b",
        "i",
    ),
    ("an age", r"\b(?:\d{1,3}|[a-z]+)[- \u2013](?:year|month|week)s?[- \u2013]olds?\b", "i"),
    (
        "an age",
        rf"\b(?:aged?|ages)\s(?:of\s)?(?:{_NUMBER})(?:\s?(?:and|to|or|-|\u2013)\s?(?:\d+|"
        r"over|under|above))?",
        "i",
    ),
    (
        "an age",
        r"\bin\s(?:his|her|their|your|my)\s(?:early\s|mid[- ]|late\s)?(?:teens|\d0s)\b",
        "i",
    ),
    (
        "an age",
        r"\b(?:under|over)[- ]?(?:1[0-9]|2[15]|30|[4-9]0|[67]5)s?\b(?!\s?(?:%|per\s?cent|"
        r",\d|\.\d))(?=s|\W)",
        "i",
    ),
    (
        "an age",
        r"(?<=[a-z])(?<!count)(?<!total)(?<!number)(?<!figure)(?<!tally),\s\d{1,2}(?=,\s(?:who|was|were|had|has|of|from|is|a|an|told|said|"
        r"sent|and|her|his|[A-Z]))",
        "",
    ),
    ("an age", r"(?<=[a-z])\s\(\d{2}\)", ""),
    (
        "a road",
        r"(?<!able\s)(?<!gure\s)\b(?:the\s)?[ABM]\d{1,4}(?:\(M\)|M)?\b|\bjunctions?\s\d+[a-z]?(?:\s(?:and|to)\s\d+)?",
        "",
    ),
    ("a postcode", r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b", ""),
    (
        "an address",
        rf"\b\d{{1,4}}[A-Za-z]?(?:-\d+)?\s(?:{_CAPITAL}\s){{1,3}}(?:Street|St|Road|Rd|"
        r"Drive|Lane|Avenue|"
        r"Close|Way|Place|Square|Terrace|Crescent|Court|Gardens|Hill|Park|House)\b",
        "",
    ),
    (
        "a telephone number",
        r"\bext(?:ension|\.)?\s\d+|(?:\+44|\b0)\d{2,4}[\s-]?\d{3}[\s-]?\d{3,4}\b|\b0\d{3}\s\d{3}\s\d{3,4}\b|"
        r"\b0800\s\d[\d\s]+\d",
        "",
    ),
    (
        "a telephone number",
        r"\b(?:call(?:ed|ing|s)?|ring(?:ing)?|rang|dial(?:led|ling)?|phon(?:e|ed|ing)|via|on|"
        r"contact(?:ed|ing)?|using|through|or|and|answer(?:ed|ing)?|police:?|number|the|a|of)\s"
        r"(?:101|999|111)\b(?!,\d|\.\d|%|\s(?:offences|crimes|cases|incidents))|"
        r"(?<![\d,.])\b(?:101|999|111)\s(?:calls?|or|and|service|operators?|number|line|emergenc)",
        "i",
    ),
    (
        "a number of a list",
        r"(?:^|(?<=\n))\s*\(?\d{1,2}[.)](?=\s)|(?:^|(?<=\n)|(?<=[.:]\s))\d{1,2}\.\d{1,2}(?=\s[A-Z])",
        "",
    ),
    ("a number of times at least", r"\bat\sleast\sone\b", "i"),
    (
        "a reference",
        r"\b(?:reference|ref|log|quot(?:e|ing)|incident|cad|crime\snumber|case|niche|occurrence)"
        r"(?:\s(?:number|no\.?|reference|crime))*:?\s#?[A-Z]*\d[\w/-]*|"
        r"\b\d+/\d+(?:/\d+)+\b|\b\d{7,}\b|"
        r"\btext(?:ing)?\s\w+\sto\s\d+",
        "i",
    ),
    (
        "a number of a table, clause or page",
        r"\b(?:tables?|figures?|charts?|clauses?|sections?|columns?|schedules?|"
        r"amendments?|articles?|"
        r"parts?|chapters?|pages?|annex|notes?|rules?|bands?|zones?|flat|room|category|"
        r"class|grade|level|"
        r"phases?|channel|radio|bbc|volume|operation|code|tier|unit|gate|route|bus|ward|"
        r"year|stage|key stage)"
        r"\s(?:[A-Z]?\d{1,3}[a-z]?|[A-Z]\d\w*)(?:\([a-z0-9]\))*\b(?!,\d|%|\sper\s?cent|"
        r"\.\d|\s?million)",
        "i",
    ),
    (
        "a level of confidence",
        r"\b9[059](?:\.\d)?\s?(?:%|per\s?cent)\s(?:confidence|interval|ci|level|certain|sure)\w*",
        "i",
    ),
    (
        "a count of seats or votes",
        r"\b(?:ayes|noes|votes?)\s?:?\s\d+|\bby\s\d+\svotes\sto\s\d+",
        "i",
    ),
    ("a score", r"(?<![\d,.%])\b\d{1,2}\s?[-\u2013]\s?\d{1,2}\b(?![\d,.%]|\s?per|\s?million)", ""),
    (
        "a measurement",
        rf"{_DIGITS}\s?(?:km|miles?|mph|metres?|met(?:er)?s|cm|mm|kg|kilos?|grams?|tonnes?|"
        r"litres?|acres?|"
        r"hectares?|degrees|°C|ft|feet|inch(?:es)?|stone|mg|ml|gb|MW)\b",
        "",
    ),
    (
        "a length of time",
        rf"(?<!every\s)\b{_NUMBER}(?:[\s-]and[\s-]a[\s-]half)?[\s-]{_UNIT}(?:['\u2019]|\b)(?![\s-]old)",
        "i",
    ),
    (
        "a length of time",
        r"\b(?:half|quarter)\san?\s(?:hour|century|decade)\b|\b\d+(?:st|nd|rd|th)[- ]century\b",
        "i",
    ),
    (
        "a year",
        r"(?<![\d,.£])\b(?:19|20)\d\d(?:s\b|\b)(?![,.]\d|\s?(?:%|per\s?cent|offences|crimes))",
        "",
    ),
)

_VERBS = (
    *("is", "are", "was", "were", "be", "been", "back", "slightly", "totted", "added", "summed"),
    *(words.removesuffix(" up") for words in movements("rise") if words.endswith(" up")),
)
# "Robbery crept up to 4,868": a movement, and no hedge.
_UP_TO = "".join(rf"(?<!\b{verb}\s)" for verb in _VERBS)
_HEDGE = "|".join(
    (_UP_TO if words == "up to" else "") + re.escape(words)
    for words in sorted(hedges(), key=len, reverse=True)
    if words
)
_TIMES = "|".join(sorted(movements("times"), key=len, reverse=True))

# What may be a statement, by its kind.
_HIGH = r"(?:highest|largest|biggest|greatest|worst|steepest|sharpest)"
_LOW = r"(?:lowest|smallest|fewest)"
PEERLESS = (
    r"(?:unequall?ed|unmatched|unrivall?ed|unsurpassed|unparalleled|unbeaten|second\sto\snone|"
    r"without\s(?:equal|parallel|rival)|(?:exceeded|surpassed|bettered|matched|equalled|beaten|"
    r"topped)\s(?:by\snone|nowhere(?:\selse)?))"
)
_BEGAN = r"since\s(?:\w+\s){0,5}?(?:records|recording|series)\s(?:\w+\s){0,3}?(?:began|started)"
_AT_MOST = r"(?:(?<=the\s)|(?<=its\s)|(?<=their\s))(?:most|fewest|highest|lowest)"
NUMBERS: Sequence[tuple[str, str]] = (
    (
        "per",
        r"\b(?:per|for\severy|in\severy|for\seach)\s(?:100,?000|10,?000|1,?000|thousand|million)\b",
    ),
    ("every", rf"\b(?:one|an?\s\w+)\severy\s(?:{_NUMBER}\s)?(?:second|minute|hour|day|week)s?\b"),
    ("every", rf"\bevery\s{_NUMBER}\s(?:second|minute|hour|day|week)s\b"),
    ("pace", r"\b(?:an?|per|each|every)\s(?:second|minute|hour|day|week|month)\b"),
    (
        "record",
        r"\b(?:higher|lower|(?:more|fewer|less)(?:\s[a-z]+)?)\sthan\s(?:at|in|during)\sany\s(?:other\s)?"
        r"(?:time|point|year|12[- ]months?)\b(?:\son\srecord)?|"
        r"\bnever\s(?:before\s)?(?:been|stood|run)\s(?:(?:so|as)\s)?"
        r"(?:high|low|many|few|bad|worse)(?:er)?\b|"
        r"(?<=\ba\s)(?:new|fresh)\s(?:high|low|peak)\b(?=[.,;:)]|\s(?:of|in|for|at|with)\b)|"
        rf"\brecord(?=\s\d)|(?<=\ba\s)record(?=[.,;:)])|"
        rf"\b(?:record|all[- ]time)[\s-](?:high|low|peak|levels?|numbers?)\b|"
        rf"\b{_HIGH}(?:\s[\w-]+){{0,5}}?\s(?:on\srecord|on\s(?:our|its|the)\sbooks|ever\srecorded|ever|"
        rf"{_BEGAN}|in\sthe\sseries)\b|"
        rf"\b{_LOW}(?:\s[\w-]+){{0,5}}?\s(?:on\srecord|on\s(?:our|its|the)\sbooks|ever\srecorded|"
        rf"ever|{_BEGAN}|in\sthe\sseries)\b|"
        rf"\b{_AT_MOST}(?:\s(?:[\w-]+\s){{0,2}}(?:{_BEGAN}|on\srecord)|"
        r"\sin\s(?:any|a\ssingle)\s(?:[a-z]+\s)?(?:year|12[- ]months?))\b",
    ),
    (
        "rank",
        rf"\b{PEERLESS}\b|\b(?:{_ORDINAL}[\s-])?(?:{_HIGH}|{_LOW}|most\s(?:common|prevalent|"
        r"frequent)(?:ly\srecorded)?)\b|(?<=\bthe\s)safest\b|"
        r"(?<=\bthe\s)most(?=\s(?:[\w-]+\s){0,4}?(?:per\shead|of\sany|of\sall\s(?:the\s)?forces))",
    ),
    ("top", rf"\b(?:top|bottom)\s(?:{ANY_SMALL}|\d{{1,2}})\b"),
    (
        "between",
        rf"\bbetween\s{_DIGITS}(?:\s?(?:%|per\s?cent))?\sand\s{_DIGITS}{_SCALE}?(?:\s?(?:%|"
        r"per\s?cent))?",
    ),
    ("number", rf"\b{_OF_ONE}"),
    ("points", rf"[+\-\u2212]?{_NUMBER}[\s-](?:percentage[\s-]points?|ppts?|pp)\b"),
    (
        "percent",
        # A dash between two spaces is no sign: "43,078 crimes - 14% more".
        r"(?:(?<![\w).])[+\-\u2212](?!\s)|(?<=\()[+\-\u2212\u2013]\s?|\bminus\s|"
        rf"\bplus\s)?{_NUMBER}\s?(?:%|per\s?cent\b|pc\b)",
    ),
    (
        "fraction",
        # "Four crimes in ten", and not "two offences in five years".
        rf"\b(?:{ANY_SMALL}|\d{{1,2}})\s(?:recorded\s)?(?:crimes|offences)\s(?:in|out\sof)\s(?:every\s)?"
        rf"(?:{ANY_SMALL}|\d{{1,3}})\b(?=\s(?:is|are|was|were|in|across|now|here)\b|[.,;:)](?!\d)|$)|"
        rf"\b(?:(?:one|a)\s(?:recorded\s)?(?:crime|offence|adult|household|person)\sin|"
        rf"(?:{ANY_SMALL}|\d{{1,2}})\s(?:in|out\sof))\s(?:every\s)?(?:{ANY_SMALL}|\d{{1,3}})\b"
        rf"(?:\sor\s(?:{ANY_SMALL}|\d{{1,3}})\b(?!\s?(?:%|per|in\b|out\b|[,.]\d)))?",
    ),
    ("times", rf"\b{_NUMBER}\sand\sa\shalf\stimes\b"),
    (
        "fraction",
        rf"\b(?:an?|{'|'.join(SMALL[:9])})[\s-]{_PARTS}\b|\bhalf\b(?=\sof\b)|(?<=by\s)half\b",
    ),
    (
        "ordinal",
        rf"(?:(?<=came\s)|(?<=ranked\s)|(?<=ranks\s)|(?<=placed\s)|(?<=comes\s)){_ORDINAL}\b|"
        rf"\b{_ORDINAL}(?=[.,;)]|\s(?:and|on|at|with|once|of|place|in|behind)\b)",
    ),
    (
        "times",
        rf"\b(?:{_NUMBER})(?:[\s-]times|[\s-]?fold|\s(?:separate\s)?occasions)\b|\b(?:{_TIMES})\b",
    ),
    ("number", rf"(?:(?<=\()[+\-\u2212\u2013])?(?<![\w.,/£$€]){_NUMBER}(?![\w/])"),
)
_HEDGED = ("number", "percent", "points", "fraction", "times")


@cache
def _compiled() -> tuple[list[tuple[str, re.Pattern[str]]], list[tuple[str, re.Pattern[str]]]]:
    masks = [(why, re.compile(p, re.IGNORECASE if flag else 0)) for why, p, flag in MASKS]
    numbers = [
        (
            kind,
            re.compile(
                rf"(?:(?<!%\s)\b(?:{_HEDGE})\s(?:an?\s(?=\d))?)?(?:{p})" if kind in _HEDGED else p,
                re.IGNORECASE,
            ),
        )
        for kind, p in NUMBERS
    ]
    return masks, numbers


def masked(text: str, taken: Sequence[Span]) -> Iterator[Span]:
    """Numbers that are no statement, each with what it is."""
    yield from _found(text, taken, _compiled()[0], "mask")


def numerals(text: str, taken: Sequence[Span]) -> Iterator[Span]:
    """Numbers that may be statements; ``kind`` is the name of their pattern."""
    yield from _found(text, taken, _compiled()[1], "")


def _found(
    text: str, taken: Sequence[Span], patterns: list[tuple[str, re.Pattern[str]]], kind: str
) -> Iterator[Span]:
    free = bytearray(len(text))
    for span in taken:
        free[span.start : span.end] = b"\1" * (span.end - span.start)
    for name, pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(free[start:end]):
                free[start:end] = b"\1" * (end - start)
                yield Span(start, end, kind or name, name if kind else match.group())
