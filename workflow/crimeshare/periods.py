"""Years as the publisher counts them: twelve months, named by the last."""

from __future__ import annotations

import calendar
import re
from datetime import date

from crimeshare.nearest import did_you_mean

# Not the locale's: the same words whatever the machine speaks.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_YEAR_ENDING = re.compile(
    r"(?:the )?(?:(?:(?:12|twelve) months|year) (?:ending|ended|to|up to)(?: in)?|YE) "
    r"(?P<month>[^\W\d]+) (?P<year>[12]\d{3})",
    re.ASCII | re.IGNORECASE,
)
_FINANCIAL_YEAR = re.compile(r"(?P<year>[12]\d{3})[/-](?P<end>\d{2})", re.ASCII)


def year_ending(text: str) -> date:
    """The last day of ``year ending March 2024``, or of ``2023/24``.

    Raises:
        ValueError: in words, with the nearest month where one is close.
    """
    financial = _FINANCIAL_YEAR.fullmatch(text.strip())
    if financial and (int(financial["year"]) + 1) % 100 == int(financial["end"]):
        return date(int(financial["year"]) + 1, 3, 31)
    text = " ".join(text.split())[:80]
    found = _YEAR_ENDING.fullmatch(text)
    if not found:
        raise ValueError(f"is `{text}`; expected a year such as year ending March 2024")
    month = next((m for m in MONTHS if found["month"].casefold() in _spellings(m)), None)
    if month is None:
        hint = did_you_mean(found["month"].capitalize(), MONTHS) or "."
        raise ValueError(f"is `{text}`; there is no month `{found['month']}`{hint}")
    year, number = int(found["year"]), MONTHS.index(month) + 1
    return date(year, number, calendar.monthrange(year, number)[1])


def in_words(period_end: date) -> str:
    """``year ending March 2024``."""
    return f"year ending {MONTHS[period_end.month - 1]} {period_end.year}"


def a_year_before(period_end: date) -> date:
    """The last day of the year before: 28 February before 29 February."""
    year = period_end.year - 1
    return date(year, period_end.month, calendar.monthrange(year, period_end.month)[1])


def months_between(earlier: date, later: date) -> int:
    """Whole months from one end of a month to another."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def _spellings(month: str) -> set[str]:
    return {month.casefold(), month[:3].casefold()}
