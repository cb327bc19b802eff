"""The years that head the columns of the appendix tables, in each of the ways they are written."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from crimeshare.periods import first_day, month_end
from crimeshare.tables.labels import MONTH, month_number, without_notes

# "1995", "'95" or "95".  More digits glued to it are footnotes: "20204", "'95 3".
_YEAR = r"(?:(?:19|20)\d\d|'\d\d|\d\d(?!\d))"
_NOTES = r"(?:\s?\d{1,2}(?:\s?,\s?\d{1,2})*)?"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)? )?"
_RANGE = re.compile(rf"({MONTH})\.?(?: ?({_YEAR}))?\s?(?:to|-)\s?({MONTH})\.? ?({_YEAR}){_NOTES}")
_ENDING = re.compile(
    rf"(?:y/?e|years? (?:ending|ended|end|to)|12 months to) {_DAY}({MONTH})\.? ?({_YEAR}){_NOTES}"
)
_FINANCIAL = re.compile(r"((?:19|20)\d\d)(?:/|-| to )((?:19|20)?\d\d)" + _NOTES)
_FLAGS = re.compile(r"\b(?:statistical(?:ly)? )?significan(?:ce|t)(?: of(?: the)? change)?\b")
_CHANGE = re.compile(r"(?:\bpercentage(?: points?)?|\bper cent|% ?(?:points?)?) change\b")
# The survey began in 1982, about 1981: two digits from here on are of the last century.
_FIRST_TWO_DIGITS = 60


@lru_cache(10_000)
def heads_flags(label: str) -> bool:
    """Whether a header says that its column holds the significance of a change."""
    return _FLAGS.search(_text(label)) is not None


@lru_cache(10_000)
def year_of_header(label: str, of_changes: bool = False) -> tuple[date, date] | None:
    """First and last day of the year that a header names, None if it names none.

    What says that a column holds flags is no part of the year; nor is, in a table
    ``of_changes``, what says that it holds a change.

    >>> year_of_header("Jan '95 to Dec '95 [note 3]")
    (datetime.date(1995, 1, 1), datetime.date(1995, 12, 31))
    >>> year_of_header("YE Mar 2023") == year_of_header("2022/23")
    True
    """
    text = _FLAGS.sub(" ", _text(label))
    if of_changes:
        text = _CHANGE.sub(" ", text)
    text = " ".join(text.split()).strip(" ,:-()")
    if found := _RANGE.fullmatch(text):
        end = _year(found[4]), month_number(found[3])
        first = month_number(found[1])
        began = _year(found[2]) if found[2] else end[0] - (first > end[1])
        return date(began, first, 1), month_end(*end)
    if found := _ENDING.fullmatch(text):
        end = _year(found[2]), month_number(found[1])
        return first_day(month_end(*end)), month_end(*end)
    if found := _FINANCIAL.fullmatch(text):
        began = int(found[1])
        if int(found[2]) % 100 == (began + 1) % 100:
            return date(began, 4, 1), date(began + 1, 3, 31)
    return None


def _text(label: str) -> str:
    return without_notes(label).casefold().replace("\u2019", "'").replace("\u2018", "'")


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    year = int(digits.removeprefix("'"))
    return year + (1900 if year >= _FIRST_TWO_DIGITS else 2000)
