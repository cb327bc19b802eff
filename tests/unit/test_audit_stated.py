"""Numbers as people write them, and what bears them out."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.audit import stated


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (stated.count, "57,093", 57093),
        (stated.count, "57093", 57093),
        (stated.count, "1.4 million", 1_400_000),
        (stated.count, "12 thousand", 12_000),
        (stated.rate, "14.5", 14.5),
        (stated.proportion, "15%", 0.15),
        (stated.proportion, "15 percent", 0.15),
        (stated.proportion, "14.8 per cent", 0.148),
        (stated.proportion, "one in seven", 1 / 7),
        (stated.proportion, "1 in 11", 1 / 11),
        (stated.count, "8,642 offences", 8642),
        (stated.count, "between 8,000 and 9,000", 8500),
        (stated.proportion, "between 14 and 16%", 0.15),
        (stated.proportion, "15% of all recorded crime", 0.15),
        (stated.proportion, "one in seven people", 1 / 7),
        (stated.count, "19 a day", 19),
        (stated.count, "one every 30 minutes", 30),
        (stated.count, "1.4m", 1_400_000),
        (stated.rate, "1,451 per 100,000", 14.51),
        (stated.rate, "14.5 per 1,000 people", 14.5),
        (stated.proportion, "a third", 1 / 3),
        (stated.proportion, "two thirds", 2 / 3),
        (stated.proportion, "three in ten", 0.3),
        (stated.proportion, "one in every eight", 1 / 8),
        (stated.place, "highest", 1),
        (stated.place, "second highest in Wales", 2),
        (stated.place, "third lowest", 3),
        (stated.place, "in the top five", 5),
        (stated.place, "second most common crime", 2),
        (stated.change, "down 4%", -0.04),
        (stated.change, "up by a fifth", 0.2),
        (stated.change, "more than doubled", 1),
        (stated.change, "has tripled", 2),
        (stated.change, "halved", -0.5),
        (stated.change, "fell by more than 4%", -0.04),
        (stated.change, "10% higher than", 0.1),
        (stated.change, "twice as many", 1),
        (stated.change, "2.1 percentage points higher", 0.021),
        (stated.change, "1,446 fewer", -1446),
        (stated.change, "a quarter less", -0.25),
        (stated.change, "the same", 0),
        (stated.place, "third", 3),
        (stated.place, "3rd", 3),
        (stated.place, "11", 11),
        (stated.change, "+16.7 %", 0.167),
        (stated.change, "\N{MINUS SIGN}4.3%", -0.043),
        (stated.change, "-1,446", -1446),
        (stated.change, "down", -1),
        (stated.change, "unchanged", 0),
        (stated.count, "more than 600,000", 600_000),
        (stated.count, "Nearly 1.4 million", 1_400_000),
        (stated.count, "around 57,000", 57_000),
        (stated.rate, "over 14", 14),
        (stated.proportion, "at least 15 per cent", 0.15),
        (stated.proportion, "just under one in seven", 1 / 7),
        (stated.change, "less than -4%", -0.04),
    ],
)
def test_what_is_written_is_understood(
    read: Callable[[str], stated.Stated], text: str, value: float
) -> None:
    assert read(text).value == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (stated.count, "many"),
        (stated.count, "57.093,5"),
        (stated.count, "5,7093"),
        (stated.count, "15%"),
        (stated.proportion, "15"),
        (stated.proportion, "one in none"),
        (stated.proportion, "one in 0"),
        (stated.place, "zeroth"),
        (stated.place, "0"),
        (stated.proportion, "7 in 7"),
        (stated.proportion, "third"),
        (stated.proportion, "between 15% and 14%"),
        (stated.place, "1 in 6.7"),
        (stated.count, "9" * 40),
        (stated.count, "one every never"),
        (stated.place, "second tallest"),
        (stated.change, "up -4%"),
        (stated.change, "sideways"),
        (stated.change, "more than up"),
        (stated.count, "more than many"),
        (stated.count, "nearly over 9,000"),
        (stated.proportion, "over 15"),
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
        (stated.count("57,093"), 57093.0, "exact"),
        (stated.count("57,000"), 57093.0, "rounded"),
        (stated.count("57,000"), 57600.0, "truncated"),
        (stated.count("57,010"), 57093.0, None),
        (stated.count("1.4 million"), 1_449_999.0, "rounded"),
        (stated.count("1.4 million"), 1_450_000.0, "truncated"),
        (stated.proportion("15%"), 9013 / 57093, "truncated"),
        (stated.proportion("16%"), 9013 / 57093, "rounded"),
        (stated.proportion("15.8%"), 9013 / 57093, "rounded"),
        (stated.proportion("15.7%"), 9013 / 57093, "truncated"),
        (stated.proportion("15.0%"), 9013 / 57093, None),
        (stated.proportion("2.8%"), 2.8 / 100, "exact"),
        (stated.proportion("10%"), 0.146, None),
        (stated.proportion("15%"), 0.145, "rounded"),
        (stated.proportion("one in seven"), 0.144, "rounded"),
        (stated.proportion("one in seven"), 0.16, None),
        (stated.proportion("one in seven"), 0.0, None),
        (stated.place("third"), 3.0, "exact"),
        (stated.place("third"), 4.0, None),
        (stated.change("+16.7%"), 0.16699999, "rounded"),
        (stated.change("-4.3%"), -0.04399, "truncated"),
        (stated.change("-4.3%"), 0.043, None),
        (stated.change("down"), -1446.0, "exact"),
        (stated.change("down"), 0.0, None),
        (stated.change("unchanged"), 0.0, "exact"),
        (stated.count("around 57,000"), 57093.0, "rounded"),
        # Multiples are of the earlier number: doubled is a change of 100%.
        (stated.proportion("between 14% and 15%"), 0.15, "exact"),
        (stated.proportion("between 14% and 15%"), 0.1501, None),
        (stated.change("doubled"), 1.0, "exact"),
        (stated.change("doubled"), 0.96, "rounded"),
        (stated.change("doubled"), 1.3, "truncated"),
        (stated.change("doubled"), 0.8, None),
        (stated.change("more than doubled"), 1.01, "exact"),
        (stated.change("more than doubled"), 0.99, None),
        (stated.change("nearly doubled"), 0.96, "rounded"),
        (stated.change("nearly doubled"), 1.04, None),
        (stated.change("halved"), -0.5, "exact"),
        (stated.change("halved"), -0.3, None),
        (stated.change("down by a fifth"), -0.2, "rounded"),
        (stated.change("down by a fifth"), 0.2, None),
        (stated.change("a fifth higher"), 0.25, None),
        (stated.change("2.1 percentage points higher"), 0.0214, "rounded"),
        (stated.proportion("two thirds"), 0.65, "rounded"),
        (stated.proportion("two thirds"), 0.6, None),
        (stated.proportion("three in ten"), 0.26, "rounded"),
        (stated.rate("1,451 per 100,000"), 14.514, "rounded"),
        (stated.rate("1,451 per 100,000"), 14.52, None),
        (stated.place("in the top five"), 5.0, "exact"),
        (stated.place("in the top five"), 6.0, None),
        (stated.count("more than 600,000"), 606_251.0, "exact"),
        (stated.count("more than 600,000"), 600_000.0, None),
        (stated.count("at least 600,000"), 600_000.0, "exact"),
        (stated.count("fewer than 5"), 0.0, "exact"),
        (stated.count("under 5"), 5.0, None),
        (stated.count("up to 5"), 5.0, "exact"),
        (stated.proportion("over 14%"), 0.148, "exact"),
        # 0.07 * 100 is not 7 in binary.
        (stated.proportion("more than 7%"), 7 / 100, None),
        (stated.proportion("more than one in seven"), 0.148, "exact"),
        (stated.proportion("more than one in seven"), 0.14, None),
        (stated.change("more than -4%"), -0.043, "exact"),
        (stated.change("more than -4%"), -0.03, None),
        (stated.change("more than -4%"), 0.05, None),
        (stated.change("less than -4%"), -0.03, "exact"),
        (stated.change("less than -4%"), 0.03, None),
        (stated.count("nearly 9,000"), 8_642.0, "rounded"),
        (stated.count("nearly 9,000"), 9_013.0, None),
        (stated.count("nearly 9,000"), 8_300.0, None),
        (stated.count("just over 9,000"), 9_013.0, "rounded"),
        (stated.proportion("just over 15%"), 0.158, "truncated"),
        (stated.proportion("almost one in seven"), 0.14, "rounded"),
        (stated.proportion("almost one in seven"), 0.144, None),
        (stated.change("almost -4%"), -0.038, "rounded"),
        (stated.change("almost -4%"), -0.042, None),
    ],
)
def test_a_number_is_borne_out_to_the_digits_it_has(
    number: stated.Stated, computed: float, match: str | None
) -> None:
    assert number.match(computed) == match


def test_a_pace_is_a_yearly_count_by_the_length_of_its_year() -> None:
    daily, every = stated.count("24 a day"), stated.count("more than one every 61 minutes")
    assert isinstance(daily, stated.Paced)
    assert isinstance(every, stated.Paced)
    assert daily.match(daily.of(8642, 366)) == "rounded"  # 23.61
    assert every.of(8642, 366) == pytest.approx(366 * 1440 / 8642)  # 60.98 minutes
    assert every.match(every.of(8642, 366)) == "exact"
    assert every.match(every.of(8000, 366)) is None


def test_how_far_a_number_is_from_what_it_may_stand_for() -> None:
    assert stated.count("57,000").distance(57_400.0) == 0
    assert stated.count("57,093").distance(57_100.0) == pytest.approx(6.5)
    assert stated.proportion("one in seven").distance(0.144) == 0
    assert stated.count("fewer than 100").distance(24_441.0) == 24_341
    assert stated.change("down").distance(0.02) == 0.02
    assert stated.change("up").distance(0.02) == 0


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (stated.count, stated.rate, stated.proportion, stated.place, stated.change):
        with contextlib.suppress(ValueError):
            assert math.isfinite(read(text).value)


@given(st.integers(10**4, 10**7), st.integers(0, 4))
def test_rounding_and_cutting_a_count_are_told_apart(count: int, digits: int) -> None:
    step = 10**digits
    cut = count // step * step
    rounded = (count + step // 2) // step * step
    found = stated.count(f"{rounded:,}").match(float(count))
    assert found == ("exact" if rounded == count else "rounded")
    if cut != rounded:
        # With a zero to spare it is also the count rounded to the next coarser step.
        expected = "rounded" if cut % (10 * step) == 0 else "truncated"
        assert stated.count(f"{cut:,}").match(float(count)) == expected


@given(st.integers(1, 999), st.integers(1000, 10**6))
def test_a_percentage_with_enough_digits_rounds_or_cuts_to_what_is_printed(
    part: int, whole: int
) -> None:
    share = part / whole
    assert stated.proportion(f"{100 * share:.4f}%").match(share) in ("exact", "rounded")
