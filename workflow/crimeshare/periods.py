"""Years as the publisher counts them: twelve months, named by the last."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date
from functools import cache

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
    return month_end(int(found["year"]), month_named(found["month"], text))


def month_named(word: str, text: str) -> int:
    """The number of a month, by its name or its first three letters.

    Raises:
        ValueError: in words, with the nearest month; ``text`` is what the word stands in.
    """
    month = next((m for m in MONTHS if word.casefold() in _spellings(m)), None)
    if month is None:
        hint = did_you_mean(word.capitalize(), MONTHS) or "."
        raise ValueError(f"is `{text}`; there is no month `{word}`{hint}")
    return MONTHS.index(month) + 1


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def first_day(period_end: date) -> date:
    """The first day of the twelve months that end with the month of ``period_end``.

    >>> first_day(date(2025, 12, 31)), first_day(date(2024, 3, 31))
    (datetime.date(2025, 1, 1), datetime.date(2023, 4, 1))
    """
    return date(period_end.year - (period_end.month < 12), period_end.month % 12 + 1, 1)


@cache
def quarter(financial_year: int, number: int) -> tuple[date, date]:
    """First and last day of a quarter of the financial year that begins in April.

    >>> quarter(2023, 4)
    (datetime.date(2024, 1, 1), datetime.date(2024, 3, 31))
    """
    year, month = (financial_year, 1 + 3 * number) if number < 4 else (financial_year + 1, 1)
    return date(year, month, 1), month_end(year, month + 2)


def in_words(period_end: date) -> str:
    """``year ending March 2024``."""
    return f"year ending {MONTHS[period_end.month - 1]} {period_end.year}"


def a_year_before(period_end: date) -> date:
    """The last day of the year before: 28 February before 29 February."""
    return month_end(period_end.year - 1, period_end.month)


def months_before(period_end: date, months: int) -> date:
    """The last day of the month so many months before."""
    years, month = divmod(period_end.month - 1 - months, 12)
    return month_end(period_end.year + years, month + 1)


def months_between(earlier: date, later: date) -> int:
    """Whole months from one end of a month to another."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def stretches(ends: Sequence[date]) -> str:
    """Quarters by their months: "April to December", or "April to June and October to December"."""
    stretches: list[list[date]] = []
    for end in sorted(ends):
        if stretches and months_between(stretches[-1][-1], end) == 3:
            stretches[-1].append(end)
        else:
            stretches.append([end])
    return " and ".join(
        f"{MONTHS[own[0].month - 3]} to {MONTHS[own[-1].month - 1]}" for own in stretches
    )


def _spellings(month: str) -> set[str]:
    return {month.casefold(), month[:3].casefold()}
