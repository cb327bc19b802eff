"""Labels as published, reduced to what they name.

ONS glues footnote digits to labels (``Stalking and harassment4``, ``(excluding fraud3)``),
writes ``[note 2]``, breaks lines inside cells and varies spaces and dashes.  Two labels
are the same when :func:`plain` makes them the same.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from crimeshare.periods import MONTHS

# A workbook says the same few labels again in each of its tables.
_REMEMBERED = 10_000

# "[note 2]", "(notes 1 and 2)", "[3]", "(3)" at the end, and the shorthand for revised,
# provisional and estimated figures and for a break in the series.
_NOTE = re.compile(
    r"\[\s*(?:foot)?notes?[^\]]*\]|\(\s*(?:foot)?notes?\s*\d[^)]*\)"
    r"|\[\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*\]|\(\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*\)(?=\W*$)"
    r"|\[\s*[bepr]\s*\]|(?<=\S)\s?[*\u2020\u2021\u00a7]+(?=\s*$)",
    re.IGNORECASE,
)
# A digit set high is a note wherever it stands.
_HIGH = r"[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+"
_HIGH_DIGITS = re.compile(rf"{_HIGH}(?:[\s,\u02d2]*{_HIGH})*")
_DIGITS = r"\d{1,2}(?:(?:\s*,\s*|\s+)\d{1,2})*"
# Footnote digits stand right behind a letter or a bracket, at the end of the label, of a
# bracket, or of the part before a dash or a space.  A digit behind a digit is part of a number,
# and so is one behind a word that counts or compares: "aged 16 to 59".
_COUNTING = "".join(rf"(?<!\b{word})" for word in ("to", "and", "over", "under", "aged", "than"))
_GLUED = re.compile(
    rf"(?<=[a-z]){_COUNTING}\s?{_DIGITS}(?=\)|$)|(?<=\))\s?{_DIGITS}(?=\s|$)", re.IGNORECASE
)
_MID_YEAR = re.compile(r"\bmid[- ](?:year )?(20\d\d)(?!\d\d\d)")
_A_YEAR = re.compile(r"\b20\d\d(?!\d\d\d)")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
# Soft hyphens and spaces of no width.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))

# "(exc. Devon and Cornwall)" at the end of the name of a country or region.
_EXCLUSION = re.compile(r"(.+?)\s*\((?:excl?\.?|excluding|without)\s+(.+)\)", re.IGNORECASE)

_CODE = re.compile(r"([EWKNS]\d{8})(?:\d{1,2}(?:,\d{1,2})*)?")

_MONTHS = [month.casefold() for month in MONTHS]
MONTH = "|".join(f"{name[:3]}(?:{name[3:4]}|{name[3:]})?" for name in _MONTHS)
"""What a month looks like: "mar", "sept" or "march"."""

# "31,454", "1 234", "-3.5"
_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:[, ]\d{3})+)(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_DAY = r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?"
_DATE = re.compile(
    # A day, a month, perhaps a day as Americans write it, and a year of two digits or more.
    rf"\b{_DAY}({MONTH})\b\.?(?:\s+\d{{1,2}}(?:st|nd|rd|th)?,?(?=\s+20\d\d))?[\s,'\u2019-]{{1,3}}(\d{{2,}})",
    re.IGNORECASE,
)
_DATED = re.compile(rf"{_DATE.pattern}(?:,\d{{1,2}})*", re.IGNORECASE)
_IN_DIGITS = re.compile(r"\b(?:(\d{1,2})/)?(\d{1,2})/(20\d\d)\b|\b(20\d\d)-(\d\d)-(\d\d)\b")
# What says that the months named are the ends of years, not days of publication.
_YEAR_ENDING = re.compile(
    rf"\b(?:y/?e|years?[\s-]+(?:end(?:ing|ed)?|to)|(?:12|twelve)[\s-]+months?(?:[\s-]+period)?"
    rf"[\s-]+(?:end(?:ing|ed)?|to))\b(?:\s+(?:the\s+)?(?:end(?:\s+of)?|in))?:?\s+"
    rf"(?={_DAY}(?:{MONTH})\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"\b{_DAY}({MONTH})\b\.?(?:\s+(20\d\d))?\s+(?:to|-)\s+{_DAY}({MONTH})\b\.?\s+(20\d\d)",
    re.IGNORECASE,
)


def one_line(label: str) -> str:
    """``label`` on one line: Unicode folded, spaces and dashes made plain."""
    text = unicodedata.normalize("NFKC", label).translate(_UNSEEN).translate(_DASHES)
    return " ".join(text.split())


@lru_cache(_REMEMBERED)
def without_notes(label: str) -> str:
    """``label`` on one line without what refers to notes, but for digits of the usual height.

    >>> without_notes("1,234 [note 3]"), without_notes("5\u00b9\u02d2\u00b2")
    ('1,234', '5')
    """
    return one_line(_NOTE.sub(" ", one_line(_HIGH_DIGITS.sub(" ", label))))


@lru_cache(_REMEMBERED)
def plain(label: str) -> str:
    """``label`` without notes, footnote digits, case and odd spaces.

    ``&`` becomes ``and`` and a mid-year ``mid-year``.

    >>> plain(" Total recorded crime\\n (excluding fraud3) \\n[note 2]")
    'total recorded crime (excluding fraud)'
    >>> plain("Residential burglary (households) 6,7,9")
    'residential burglary (households)'
    """
    text = without_notes(label).casefold().replace("&", " and ")
    text = _MID_YEAR.sub("mid-year", text)
    text = _GLUED.sub("", " ".join(text.split()))
    return " ".join(text.split())


def number(cell: object, *, percent: bool = False) -> float | None:
    """The number of a cell, be it typed as text or marked by notes; None if it holds none.

    >>> number("1,234 [note 3]"), number("-3.5%", percent=True), number(True), number("..")
    (1234.0, -3.5, None, None)
    """
    if isinstance(cell, int | float):
        return None if isinstance(cell, bool) else float(cell)
    return _number_of(str(cell), percent)


@lru_cache(_REMEMBERED)
def _number_of(label: str, percent: bool) -> float | None:
    text = without_notes(label)
    if percent:
        text = text.removesuffix("%").rstrip()
    return float(text.replace(",", "").replace(" ", "")) if _NUMBER.fullmatch(text) else None


def mark(cell: object) -> str:
    """A marker as layouts spell it: ``[ Z ]`` is ``[z]``, and so is ``[z] [note 3]``."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{cell:g}"
    text = str(cell)
    return "".join((without_notes(text) or one_line(text)).split()).casefold()


def named(label: str) -> str:
    """``label`` on one line without notes, as a name to show.

    >>> named("Unassigned  Gwent [note 2]")
    'Unassigned Gwent'
    """
    return one_line(_GLUED.sub("", without_notes(label)))


def without_exclusion(label: str) -> tuple[str, str]:
    """The name in a label, and the name of what it leaves out, if it says so.

    >>> without_exclusion("ENGLAND\\n (exc. Devon and Cornwall) [note 4]")
    ('ENGLAND', 'Devon and Cornwall')
    >>> without_exclusion("Gwent")
    ('Gwent', '')
    """
    found = _EXCLUSION.fullmatch(named(label))
    return (found[1], found[2]) if found else (label, "")


def mid_year(label: str) -> int | None:
    """The year of a ``(mid-2017)`` in a label, or of the one year it names, or None."""
    text = one_line(label).casefold()
    if found := _MID_YEAR.search(text):
        return int(found[1])
    years = set(_A_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


@lru_cache(_REMEMBERED)
def area_code(text: str) -> str | None:
    """The nine-character ONS code of a cell, freed of glued footnote digits, or None.

    >>> area_code("E230000118")
    'E23000011'
    """
    found = _CODE.fullmatch(without_notes(text).upper())
    return found.group(1) if found else None


def periods(title: str) -> list[tuple[int, int]]:
    """Every ``year ending <month> <year>`` of a title, as ``(year, month)``.

    ``YE Mar 2024``, ``12 months to 31 March 2024`` and ``April 2023 to March 2024`` say the same.
    Footnote digits are glued to the year, and some titles write two digits: ``June 20161,2``
    is June 2016 with notes 1 and 2, ``June 181,2`` is June 2018 with the same.  Four digits
    that are a year of this century are the year; otherwise two digits are.

    >>> periods("percentage change, year ending June 2017 compared with year ending June 181,2")
    [(2017, 6), (2018, 6)]
    """
    text = year_endings(title)
    return list(_ends(text)) if "year ending " in text.casefold() else []


def months(title: str) -> list[tuple[int, int]]:
    """Every month that a title names alone, as ``(year, month)``: no range of months, no day."""
    return list(_ends(_RANGE.sub(" ", year_endings(title))))


def _ends(text: str) -> Iterator[tuple[int, int]]:
    """A day that ends no month is one of publication: ``24 April 2025`` is no end of a year."""
    for day, month, digits in _DATE.findall(text):
        end = _year(digits), month_number(month)
        if not day or int(day) == calendar.monthrange(*end)[1]:
            yield end


def year_endings(title: str) -> str:
    """``title`` on one line, where every year it is about is a ``year ending ...``.

    >>> year_endings("Offences, YE Mar 2024"), year_endings("Offences, April 2023 to March 2024")
    ('Offences, year ending Mar 2024', 'Offences, year ending March 2024')
    """
    text = _IN_DIGITS.sub(_spelt, one_line(title))
    return _YEAR_ENDING.sub("year ending ", _RANGE.sub(_end_of_year, text))


def without_periods(title: str) -> str:
    """``title`` with ``*`` for every day, month and year, so that it fits those of other years.

    >>> without_periods("crimes by force, year ending march 2025")
    'crimes by force, year ending *'
    """
    return _DATED.sub("*", year_endings(title))


def _spelt(found: re.Match[str]) -> str:
    day, month, year = found[1] or found[6] or "", int(found[2] or found[5]), found[3] or found[4]
    if not 1 <= month <= 12:
        return found[0]
    return f"{day} {_MONTHS[month - 1].capitalize()} {year}".strip()


def _end_of_year(found: re.Match[str]) -> str:
    """The end of a range of twelve months; any other range as it stands."""
    first, last, year = month_number(found[2]), month_number(found[5]), int(found[6])
    began = int(found[3]) if found[3] else year - (first > last)
    if 12 * (year - began) + last - first != 11:
        return found[0]
    return f"year ending {found[5]} {year}"


def month_number(name: str) -> int:
    """The number of a month by its name in full or the first three letters of it."""
    return 1 + [month[:3] for month in _MONTHS].index(name[:3].casefold())


def _year(digits: str) -> int:
    return int(digits[:4]) if re.match(r"20\d\d", digits) else 2000 + int(digits[:2])
