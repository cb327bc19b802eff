"""Years named by their last month."""

from __future__ import annotations

from datetime import date

import pytest

from crimeshare.periods import a_year_before, first_day, in_words, months_between, year_ending


@pytest.mark.parametrize(
    "text",
    [
        "year ending March 2024",
        "the year ending March 2024",
        "YE Mar 2024",
        "year ending march 2024",
    ],
)
def test_a_year_is_read_as_people_write_it(text: str) -> None:
    assert year_ending(text) == date(2024, 3, 31)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2024", "expected a year such as year ending March 2024"),
        ("year ending Marhc 2024", "there is no month `Marhc`; did you mean `March`"),
        ("year ending Ma 2024", "there is no month `Ma`"),
        ("year ending March 24", "expected a year such as"),
    ],
)
def test_what_is_no_year_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        year_ending(text)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2024, 3, 31), date(2023, 3, 31)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2025, 2, 28), date(2024, 2, 29)),
    ],
)
def test_a_year_before_ends_on_a_last_day_of_the_month(day: date, before: date) -> None:
    assert a_year_before(day) == before
    assert months_between(before, day) == 12
    assert months_between(before, first_day(day)) == 1


def test_a_year_in_words_is_read_back() -> None:
    for month_end in (date(2024, 2, 29), date(2019, 12, 31), date(2018, 6, 30)):
        assert year_ending(in_words(month_end)) == month_end
