"""Labels as published, reduced to what they name.

ONS glues footnote digits to labels (``Stalking and harassment4``, ``(excluding fraud3)``),
writes ``[note 2]``, breaks lines inside cells and varies spaces and dashes.  Two labels
are the same when :func:`plain` makes them the same.
"""

from __future__ import annotations

import re
import unicodedata

_NOTE = re.compile(r"\[\s*notes?[^\]]*\]", re.IGNORECASE)
_DIGITS = r"\d{1,2}(?:\s*,\s*\d{1,2})*"
# Footnote digits stand right behind a letter or a bracket, at the end of the label, of a
# bracket, or of the part before a dash or a space.  A digit behind a digit is part of a number,
# and so is one behind a word that counts or compares: "aged 16 to 59".
_COUNTING = "".join(rf"(?<!\b{word})" for word in ("to", "and", "over", "under", "aged", "than"))
_GLUED = re.compile(rf"(?<=[a-z]){_COUNTING}\s?{_DIGITS}(?=\)|$)|(?<=\))\s?{_DIGITS}(?=\s|$)")
_MID_YEAR = re.compile(r"mid-(\d{4})")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")

_CODE = re.compile(r"([EWKNS]\d{8})(?:\d{1,2}(?:,\d{1,2})*)?")

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_OF_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{2,}})", re.IGNORECASE)
# What says that the months named are the ends of years, not days of publication.
_YEAR_ENDING = re.compile(
    r"\b(?:year|12 months|twelve months) (?:ending|ended|to)\b", re.IGNORECASE
)


def one_line(label: str) -> str:
    """``label`` on one line: Unicode folded, spaces and dashes made plain."""
    text = unicodedata.normalize("NFKC", label).translate(_DASHES)
    return " ".join(text.split())


def plain(label: str) -> str:
    """``label`` without notes, footnote digits, case and odd spaces; mid-years become ``mid-year``.

    >>> plain(" Total recorded crime\\n (excluding fraud3) \\n[note 2]")
    'total recorded crime (excluding fraud)'
    >>> plain("Residential burglary (households) 6,7,9")
    'residential burglary (households)'
    """
    text = _NOTE.sub(" ", one_line(label)).casefold()
    text = _MID_YEAR.sub("mid-year", text)
    text = _GLUED.sub("", " ".join(text.split()))
    return " ".join(text.split())


def named(label: str) -> str:
    """``label`` on one line without ``[note n]``, as a name to show.

    >>> named("Unassigned  Gwent [note 2]")
    'Unassigned Gwent'
    """
    return one_line(_NOTE.sub(" ", one_line(label)))


def mid_year(label: str) -> int | None:
    """The year of a ``(mid-2017)`` in a label, or None."""
    found = _MID_YEAR.search(one_line(label).casefold())
    return int(found.group(1)) if found else None


def area_code(text: str) -> str | None:
    """The nine-character ONS code of a cell, freed of glued footnote digits, or None.

    >>> area_code("E230000118")
    'E23000011'
    """
    found = _CODE.fullmatch(one_line(text))
    return found.group(1) if found else None


def periods(title: str) -> list[tuple[int, int]]:
    """Every ``year ending <month> <year>`` of a title, as ``(year, month)``.

    Footnote digits are glued to the year, and some titles write two digits: ``June 20161,2``
    is June 2016 with notes 1 and 2, ``June 181,2`` is June 2018 with the same.  Four digits
    that are a year of this century are the year; otherwise two digits are.

    >>> periods("percentage change, year ending June 2017 compared with year ending June 181,2")
    [(2017, 6), (2018, 6)]
    """
    text = one_line(title)
    if not _YEAR_ENDING.search(text):
        return []
    return [
        (_year(digits), _MONTHS.index(month.casefold()) + 1)
        for month, digits in _MONTH_OF_YEAR.findall(text)
    ]


def without_periods(title: str) -> str:
    """``title`` with ``*`` for every month and year, so that it fits the titles of other years.

    >>> without_periods("crimes by force, year ending march 2025")
    'crimes by force, year ending *'
    """
    return _MONTH_OF_YEAR.sub("*", title)


def _year(digits: str) -> int:
    return int(digits[:4]) if re.match(r"20\d\d", digits) else 2000 + int(digits[:2])
