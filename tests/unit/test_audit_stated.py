"""Numbers as people write them, and what bears them out."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.audit import reading, stated


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (reading.count, "57,093", 57093),
        (reading.count, "57093", 57093),
        (reading.count, "1.4 million", 1_400_000),
        (reading.count, "12 thousand", 12_000),
        (reading.rate, "14.5", 14.5),
        (reading.proportion, "15%", 0.15),
        (reading.proportion, "15 percent", 0.15),
        (reading.proportion, "14.8 per cent", 0.148),
        (reading.proportion, "one in seven", 1 / 7),
        (reading.proportion, "1 in 11", 1 / 11),
        (reading.count, "8,642 offences", 8642),
        (reading.count, "between 8,000 and 9,000", 8500),
        (reading.proportion, "between 14 and 16%", 0.15),
        (reading.proportion, "15% of all recorded crime", 0.15),
        (reading.proportion, "one in seven people", 1 / 7),
        (reading.count, "19 a day", 19),
        (reading.count, "one every 30 minutes", 30),
        (reading.count, "1.4m", 1_400_000),
        (reading.rate, "1,451 per 100,000", 14.51),
        (reading.rate, "14.5 per 1,000 people", 14.5),
        (reading.proportion, "a third", 1 / 3),
        (reading.proportion, "two thirds", 2 / 3),
        (reading.proportion, "three in ten", 0.3),
        (reading.proportion, "one in every eight", 1 / 8),
        (reading.place, "highest", 1),
        (reading.place, "second highest in Wales", 2),
        (reading.place, "third lowest", 3),
        (reading.place, "in the top five", 5),
        (reading.place, "second most common crime", 2),
        (reading.change, "down 4%", -0.04),
        (reading.change, "up by a fifth", 0.2),
        (reading.change, "more than doubled", 1),
        (reading.change, "has tripled", 2),
        (reading.change, "halved", -0.5),
        (reading.change, "fell by more than 4%", -0.04),
        (reading.change, "10% higher than", 0.1),
        (reading.change, "twice as many", 1),
        (reading.change, "2.1 percentage points higher", 0.021),
        (reading.change, "1,446 fewer", -1446),
        (reading.change, "a quarter less", -0.25),
        (reading.change, "the same", 0),
        (reading.place, "third", 3),
        (reading.place, "3rd", 3),
        (reading.place, "11", 11),
        (reading.change, "+16.7 %", 0.167),
        (reading.change, "\N{MINUS SIGN}4.3%", -0.043),
        (reading.change, "-1,446", -1446),
        (reading.change, "down", -1),
        (reading.change, "unchanged", 0),
        (reading.count, "more than 600,000", 600_000),
        (reading.count, "Nearly 1.4 million", 1_400_000),
        (reading.count, "around 57,000", 57_000),
        (reading.rate, "over 14", 14),
        (reading.proportion, "at least 15 per cent", 0.15),
        (reading.proportion, "just under one in seven", 1 / 7),
        (reading.change, "less than -4%", -0.04),
    ],
)
def test_what_is_written_is_understood(
    read: Callable[[str], stated.Stated], text: str, value: float
) -> None:
    assert read(text).value == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (reading.count, "many"),
        (reading.count, "57.093,5"),
        (reading.count, "5,7093"),
        (reading.count, "15%"),
        (reading.proportion, "15"),
        (reading.proportion, "one in none"),
        (reading.proportion, "one in 0"),
        (reading.place, "zeroth"),
        (reading.place, "0"),
        (reading.proportion, "7 in 7"),
        (reading.proportion, "third"),
        (reading.proportion, "between 15% and 14%"),
        (reading.place, "1 in 6.7"),
        (reading.count, "9" * 40),
        (reading.count, "one every never"),
        (reading.place, "second tallest"),
        (reading.change, "up -4%"),
        (reading.change, "sideways"),
        (reading.change, "more than up"),
        (reading.count, "more than many"),
        (reading.count, "nearly over 9,000"),
        (reading.proportion, "over 15"),
    ],
)
def test_what_is_not_understood_is_quoted_with_what_was_expected(
    read: Callable[[str], stated.Stated], text: str
) -> None:
    with pytest.raises(
        ValueError, match=r"is `.*`.*; expected (?:an?|the) \w+ .*such as"
    ) as refused:
        read(text)
    assert text in str(refused.value) or len(text) > 30


@pytest.mark.parametrize(
    ("number", "computed", "match"),
    [
        (reading.count("57,093"), 57093.0, "exact"),
        (reading.count("57,000"), 57093.0, "rounded"),
        (reading.count("57,000"), 57600.0, "truncated"),
        (reading.count("57,010"), 57093.0, None),
        (reading.count("1.4 million"), 1_449_999.0, "rounded"),
        (reading.count("1.4 million"), 1_450_000.0, "truncated"),
        (reading.proportion("15%"), 9013 / 57093, "truncated"),
        (reading.proportion("16%"), 9013 / 57093, "rounded"),
        (reading.proportion("15.8%"), 9013 / 57093, "rounded"),
        (reading.proportion("15.7%"), 9013 / 57093, "truncated"),
        (reading.proportion("15.0%"), 9013 / 57093, None),
        (reading.proportion("2.8%"), 2.8 / 100, "exact"),
        (reading.proportion("10%"), 0.146, None),
        (reading.proportion("15%"), 0.145, "rounded"),
        (reading.proportion("one in seven"), 0.144, "rounded"),
        (reading.proportion("one in seven"), 0.16, None),
        (reading.proportion("one in seven"), 0.0, None),
        (reading.place("third"), 3.0, "exact"),
        (reading.place("third"), 4.0, None),
        (reading.change("+16.7%"), 0.16699999, "rounded"),
        (reading.change("-4.3%"), -0.04399, "truncated"),
        (reading.change("-4.3%"), 0.043, None),
        (reading.change("down"), -1446.0, "exact"),
        (reading.change("down"), 0.0, None),
        (reading.change("unchanged"), 0.0, "exact"),
        (reading.count("around 57,000"), 57093.0, "rounded"),
        # Multiples are of the earlier number: doubled is a change of 100%.
        (reading.proportion("between 14% and 15%"), 0.15, "exact"),
        (reading.proportion("between 14% and 15%"), 0.1501, None),
        (reading.change("doubled"), 1.0, "exact"),
        (reading.change("doubled"), 0.96, "rounded"),
        (reading.change("doubled"), 1.3, "truncated"),
        (reading.change("doubled"), 0.8, None),
        (reading.change("more than doubled"), 1.01, "exact"),
        (reading.change("more than doubled"), 0.99, None),
        (reading.change("nearly doubled"), 0.96, "rounded"),
        (reading.change("nearly doubled"), 1.04, None),
        (reading.change("halved"), -0.5, "exact"),
        (reading.change("halved"), -0.3, None),
        (reading.change("down by a fifth"), -0.2, "rounded"),
        (reading.change("down by a fifth"), 0.2, None),
        (reading.change("a fifth higher"), 0.25, None),
        (reading.change("2.1 percentage points higher"), 0.0214, "rounded"),
        (reading.proportion("two thirds"), 0.65, "rounded"),
        (reading.proportion("two thirds"), 0.6, None),
        (reading.proportion("three in ten"), 0.26, "rounded"),
        (reading.rate("1,451 per 100,000"), 14.514, "rounded"),
        (reading.rate("1,451 per 100,000"), 14.52, None),
        (reading.place("in the top five"), 5.0, "exact"),
        (reading.place("in the top five"), 6.0, None),
        (reading.count("more than 600,000"), 606_251.0, "exact"),
        (reading.count("more than 600,000"), 600_000.0, None),
        (reading.count("at least 600,000"), 600_000.0, "exact"),
        (reading.count("fewer than 5"), 0.0, "exact"),
        (reading.count("under 5"), 5.0, None),
        (reading.count("up to 5"), 5.0, "exact"),
        (reading.proportion("over 14%"), 0.148, "exact"),
        # 0.07 * 100 is not 7 in binary.
        (reading.proportion("more than 7%"), 7 / 100, None),
        (reading.proportion("more than one in seven"), 0.148, "exact"),
        (reading.proportion("more than one in seven"), 0.14, None),
        (reading.change("more than -4%"), -0.043, "exact"),
        (reading.change("more than -4%"), -0.03, None),
        (reading.change("more than -4%"), 0.05, None),
        (reading.change("less than -4%"), -0.03, "exact"),
        (reading.change("less than -4%"), 0.03, None),
        (reading.count("nearly 9,000"), 8_642.0, "rounded"),
        (reading.count("nearly 9,000"), 9_013.0, None),
        (reading.count("nearly 9,000"), 8_300.0, None),
        (reading.count("just over 9,000"), 9_013.0, "rounded"),
        (reading.proportion("just over 15%"), 0.158, "truncated"),
        (reading.proportion("almost one in seven"), 0.14, "rounded"),
        (reading.proportion("almost one in seven"), 0.144, None),
        (reading.change("almost -4%"), -0.038, "rounded"),
        (reading.change("almost -4%"), -0.042, None),
    ],
)
def test_a_number_is_borne_out_to_the_digits_it_has(
    number: stated.Stated, computed: float, match: str | None
) -> None:
    assert number.match(computed) == match


def test_a_pace_is_a_yearly_count_by_the_length_of_its_year() -> None:
    daily, every = reading.count("24 a day"), reading.count("more than one every 61 minutes")
    assert isinstance(daily, stated.Paced)
    assert isinstance(every, stated.Paced)
    assert daily.match(daily.of(8642, 366)) == "rounded"  # 23.61
    assert every.of(8642, 366) == pytest.approx(366 * 1440 / 8642)  # 60.98 minutes
    assert every.match(every.of(8642, 366)) == "exact"
    assert every.match(every.of(8000, 366)) is None


def test_how_far_a_number_is_from_what_it_may_stand_for() -> None:
    assert reading.count("57,000").distance(57_400.0) == 0
    assert reading.count("57,093").distance(57_100.0) == pytest.approx(6.5)
    assert reading.proportion("one in seven").distance(0.144) == 0
    assert reading.count("fewer than 100").distance(24_441.0) == 24_341
    assert reading.change("down").distance(0.02) == 0.02
    assert reading.change("up").distance(0.02) == 0


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (reading.count, reading.rate, reading.proportion, reading.place, reading.change):
        with contextlib.suppress(ValueError):
            assert math.isfinite(read(text).value)


@given(st.integers(10**4, 10**7), st.integers(0, 4))
def test_rounding_and_cutting_a_count_are_told_apart(count: int, digits: int) -> None:
    step = 10**digits
    cut = count // step * step
    rounded = (count + step // 2) // step * step
    found = reading.count(f"{rounded:,}").match(float(count))
    assert found == ("exact" if rounded == count else "rounded")
    if cut != rounded:
        # With a zero to spare it is also the count rounded to the next coarser step.
        expected = "rounded" if cut % (10 * step) == 0 else "truncated"
        assert reading.count(f"{cut:,}").match(float(count)) == expected


@given(st.integers(1, 999), st.integers(1000, 10**6))
def test_a_percentage_with_enough_digits_rounds_or_cuts_to_what_is_printed(
    part: int, whole: int
) -> None:
    share = part / whole
    assert reading.proportion(f"{100 * share:.4f}%").match(share) in ("exact", "rounded")
