"""Numbers as people write them, and what bears them out."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.audit import numerals, stated
from crimeshare.audit.words import Hedge, hedges


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (numerals.count, "57,093", 57093),
        (numerals.count, "57093", 57093),
        (numerals.count, "1.4 million", 1_400_000),
        (numerals.count, "12 thousand", 12_000),
        (numerals.count, "5.3bn", 5.3e9),
        (numerals.count, "five million", 5e6),
        (numerals.count, "half a million", 500_000),
        (numerals.count, "just under a quarter of a million", 250_000),
        (numerals.count, "1,000 or more", 1000),
        (numerals.estimate, "1.4 million people", 1_400_000),
        (numerals.estimate, "2.9% of adults", 0.029),
        (numerals.rate, "14.5", 14.5),
        (numerals.proportion, "15%", 0.15),
        (numerals.proportion, "15 percent", 0.15),
        (numerals.proportion, "14.8 per cent", 0.148),
        (numerals.proportion, "one in seven", 1 / 7),
        (numerals.proportion, "1 in 11", 1 / 11),
        (numerals.count, "8,642 offences", 8642),
        (numerals.count, "between 8,000 and 9,000", 8500),
        (numerals.proportion, "between 14 and 16%", 0.15),
        (numerals.proportion, "15% of all recorded crime", 0.15),
        (numerals.proportion, "one in seven people", 1 / 7),
        (numerals.count, "19 a day", 19),
        (numerals.count, "one every 30 minutes", 30),
        (numerals.count, "1.4m", 1_400_000),
        (numerals.rate, "1,451 per 100,000", 14.51),
        (numerals.rate, "14.5 per 1,000 people", 14.5),
        (numerals.proportion, "a third", 1 / 3),
        (numerals.proportion, "two thirds", 2 / 3),
        (numerals.proportion, "three in ten", 0.3),
        (numerals.proportion, "one in every eight", 1 / 8),
        (numerals.place, "highest", 1),
        (numerals.place, "second highest in Wales", 2),
        (numerals.place, "third lowest", 3),
        (numerals.place, "in the top five", 5),
        (numerals.place, "second most common crime", 2),
        (numerals.change, "down 4%", -0.04),
        (numerals.change, "up by a fifth", 0.2),
        (numerals.change, "more than doubled", 1),
        (numerals.change, "has tripled", 2),
        (numerals.change, "halved", -0.5),
        (numerals.change, "up by half", 0.5),
        (numerals.change, "fell by almost half", -0.5),
        (numerals.change, "half as many", -0.5),
        (numerals.change, "more than twice the rate", 1),
        (numerals.change, "fell by more than 4%", -0.04),
        (numerals.change, "10% higher than", 0.1),
        (numerals.change, "twice as many", 1),
        (numerals.change, "2.1 percentage points higher", 0.021),
        (numerals.change, "1,446 fewer", -1446),
        (numerals.change, "a quarter less", -0.25),
        (numerals.change, "the same", 0),
        (numerals.place, "third", 3),
        (numerals.place, "3rd", 3),
        (numerals.place, "11", 11),
        (numerals.change, "+16.7 %", 0.167),
        (numerals.change, "\N{MINUS SIGN}4.3%", -0.043),
        (numerals.change, "-1,446", -1446),
        (numerals.change, "down", -1),
        (numerals.change, "unchanged", 0),
        (numerals.count, "more than 600,000", 600_000),
        (numerals.count, "Nearly 1.4 million", 1_400_000),
        (numerals.count, "around 57,000", 57_000),
        (numerals.rate, "over 14", 14),
        (numerals.proportion, "at least 15 per cent", 0.15),
        (numerals.proportion, "just under one in seven", 1 / 7),
        (numerals.change, "less than -4%", -0.04),
    ],
)
def test_what_is_written_is_understood(
    read: Callable[[str], stated.Stated], text: str, value: float
) -> None:
    assert read(text).value == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (numerals.count, "many"),
        (numerals.count, "57.093,5"),
        (numerals.count, "5,7093"),
        (numerals.count, "15%"),
        (numerals.proportion, "15"),
        (numerals.proportion, "one in none"),
        (numerals.proportion, "one in 0"),
        (numerals.place, "zeroth"),
        (numerals.place, "0"),
        (numerals.proportion, "7 in 7"),
        (numerals.proportion, "third"),
        (numerals.proportion, "between 15% and 14%"),
        (numerals.place, "1 in 6.7"),
        (numerals.count, "9" * 40),
        (numerals.count, "one every never"),
        (numerals.place, "second tallest"),
        (numerals.change, "up -4%"),
        (numerals.change, "sideways"),
        (numerals.change, "more than up"),
        (numerals.count, "more than many"),
        (numerals.count, "nearly over 9,000"),
        (numerals.proportion, "over 15"),
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
        (numerals.count("57,093"), 57093.0, "exact"),
        (numerals.count("57,000"), 57093.0, "rounded"),
        (numerals.count("57,000"), 57600.0, "truncated"),
        (numerals.count("57,010"), 57093.0, None),
        (numerals.count("1.4 million"), 1_449_999.0, "rounded"),
        (numerals.count("1.4 million"), 1_450_000.0, "truncated"),
        (numerals.proportion("15%"), 9013 / 57093, "truncated"),
        (numerals.proportion("16%"), 9013 / 57093, "rounded"),
        (numerals.proportion("15.8%"), 9013 / 57093, "rounded"),
        (numerals.proportion("15.7%"), 9013 / 57093, "truncated"),
        (numerals.proportion("15.0%"), 9013 / 57093, None),
        (numerals.proportion("2.8%"), 2.8 / 100, "exact"),
        (numerals.proportion("10%"), 0.146, None),
        (numerals.proportion("15%"), 0.145, "rounded"),
        (numerals.proportion("one in seven"), 0.144, "rounded"),
        (numerals.proportion("one in seven"), 0.16, None),
        (numerals.proportion("one in eight"), 0.118, "rounded"),
        (numerals.proportion("one in two"), 0.41, None),
        (numerals.proportion("one in seven"), 0.0, None),
        (numerals.place("third"), 3.0, "exact"),
        (numerals.place("third"), 4.0, None),
        (numerals.change("+16.7%"), 0.16699999, "rounded"),
        (numerals.change("-4.3%"), -0.04399, "truncated"),
        (numerals.change("-4.3%"), 0.043, None),
        (numerals.change("down"), -1446.0, "exact"),
        (numerals.change("down"), 0.0, None),
        (numerals.change("unchanged"), 0.0, "exact"),
        (numerals.count("around 57,000"), 57093.0, "rounded"),
        # Multiples are of the earlier number: doubled is a change of 100%.
        (numerals.proportion("between 14% and 15%"), 0.15, "exact"),
        (numerals.proportion("between 14% and 15%"), 0.1501, None),
        (numerals.change("doubled"), 1.0, "exact"),
        (numerals.change("doubled"), 0.96, "rounded"),
        (numerals.change("doubled"), 1.35, "truncated"),
        (numerals.change("doubled"), 1.6, None),
        (numerals.change("nearly double"), 0.85, "near"),
        (numerals.change("nearly three times"), 1.75, "near"),
        (numerals.change("nearly three times"), 1.6, None),
        (numerals.change("over three times"), 2.1, "exact"),
        (numerals.change("almost halved"), -0.4541, "near"),
        (numerals.change("almost halved"), -0.52, None),
        (numerals.change("halved"), -0.43, None),
        (numerals.change("five times"), 1499 / 288 - 1, "rounded"),
        # A round number is the true one rounded to its own digits, and near it.
        (numerals.count("1 million"), 516_971.0, None),
        (numerals.count("1 million"), 940_000.0, None),
        (numerals.count("1 million"), 960_000.0, "rounded"),
        (numerals.count("500,000"), 516_971.0, "rounded"),
        (numerals.count("1,000"), 535.0, None),
        (numerals.count("10,000"), 5_120.0, None),
        (numerals.count("1,000"), 1_400.0, None),
        (numerals.count("about 5,000"), 5_120.0, "rounded"),
        (numerals.count("about 510,000"), 516_971.0, "near"),
        (numerals.count("about 450,000"), 516_971.0, None),
        (numerals.count("exactly 57,000"), 57_093.0, None),
        (numerals.proportion("half"), 0.52, "rounded"),
        (numerals.proportion("half"), 0.44, None),
        (numerals.proportion("half"), 0.6, None),
        (numerals.proportion("almost half"), 0.46, "near"),
        (numerals.proportion("over half"), 0.54, "exact"),
        (numerals.proportion("over half"), 0.49, None),
        (numerals.proportion("a third"), 0.3369, "rounded"),
        (numerals.proportion("a quarter"), 0.28, None),
        (numerals.proportion("almost a quarter"), 0.235, "near"),
        (numerals.proportion("almost a quarter"), 0.26, None),
        (numerals.change("up by almost a quarter"), 0.24, "rounded"),
        (numerals.proportion("about 15%"), 0.143, "near"),
        (numerals.rate("1,500 per 100,000"), 14.514, "rounded"),
        (numerals.rate("1,900 per 100,000"), 14.514, None),
        (numerals.change("doubled"), 0.8, None),
        (numerals.change("more than doubled"), 1.01, "exact"),
        (numerals.change("more than doubled"), 0.99, None),
        (numerals.change("nearly doubled"), 0.96, "rounded"),
        (numerals.change("nearly doubled"), 1.04, None),
        (numerals.change("halved"), -0.5, "exact"),
        (numerals.change("halved"), -0.3, None),
        (numerals.change("down by a fifth"), -0.2, "rounded"),
        (numerals.change("down by a fifth"), 0.2, None),
        (numerals.change("a fifth higher"), 0.25, None),
        (numerals.change("2.1 percentage points higher"), 0.0214, "rounded"),
        (numerals.proportion("two thirds"), 0.65, "rounded"),
        (numerals.proportion("two thirds"), 0.6, None),
        (numerals.proportion("three in ten"), 0.29, "rounded"),
        (numerals.proportion("three in ten"), 0.26, None),
        (numerals.rate("1,451 per 100,000"), 14.514, "rounded"),
        (numerals.rate("1,451 per 100,000"), 14.52, None),
        (numerals.place("in the top five"), 5.0, "exact"),
        (numerals.place("in the top five"), 6.0, None),
        (numerals.count("more than 600,000"), 606_251.0, "exact"),
        (numerals.count("more than 600,000"), 600_000.0, None),
        (numerals.count("at least 600,000"), 600_000.0, "exact"),
        (numerals.count("fewer than 5"), 0.0, "exact"),
        (numerals.count("under 5"), 5.0, None),
        (numerals.count("up to 5"), 5.0, "exact"),
        (numerals.proportion("over 14%"), 0.148, "exact"),
        # 0.07 * 100 is not 7 in binary.
        (numerals.proportion("more than 7%"), 7 / 100, None),
        (numerals.proportion("more than one in seven"), 0.148, "exact"),
        (numerals.proportion("more than one in seven"), 0.14, None),
        (numerals.change("more than -4%"), -0.043, "exact"),
        (numerals.change("more than -4%"), -0.03, None),
        (numerals.change("more than -4%"), 0.05, None),
        (numerals.change("less than -4%"), -0.03, "exact"),
        (numerals.change("less than -4%"), 0.03, None),
        (numerals.count("nearly 9,000"), 8_642.0, "rounded"),
        (numerals.count("nearly 9,000"), 9_013.0, None),
        (numerals.count("nearly 9,000"), 8_300.0, None),
        (numerals.count("just over 9,000"), 9_013.0, "rounded"),
        (numerals.proportion("just over 15%"), 0.158, "truncated"),
        (numerals.proportion("almost one in seven"), 0.14, "rounded"),
        (numerals.proportion("almost one in seven"), 0.144, None),
        (numerals.change("almost -4%"), -0.038, "rounded"),
        (numerals.change("almost -4%"), -0.042, None),
    ],
)
def test_a_number_is_borne_out_to_the_digits_it_has(
    number: stated.Stated, computed: float, match: str | None
) -> None:
    assert number.match(computed) == match


def test_a_pace_is_a_yearly_count_by_the_length_of_its_year() -> None:
    daily, every = (
        numerals.count("24 a day"),
        numerals.count("more than one every 61 minutes"),
    )
    assert isinstance(daily, stated.Paced)
    assert isinstance(every, stated.Paced)
    assert daily.match(daily.of(8642, 366)) == "rounded"  # 23.61
    assert every.of(8642, 366) == pytest.approx(366 * 1440 / 8642)  # 60.98 minutes
    assert every.match(every.of(8642, 366)) == "exact"
    assert every.match(every.of(8000, 366)) is None


def test_how_far_a_number_is_from_what_it_may_stand_for() -> None:
    for number, computed, far in (
        (numerals.count("57,000"), 57_400.0, 0),
        (numerals.count("57,093"), 57_100.0, 6.5),
        (numerals.proportion("one in seven"), 0.144, 0),
        (numerals.count("fewer than 100"), 24_441.0, 24_341),
        (numerals.change("down"), 0.02, 0.02),
        (numerals.change("up"), 0.02, 0),
        (numerals.change("nearly 10% lower"), -0.2, 0.1),
    ):
        assert stated.distance(number, computed) == pytest.approx(far), number.text


@given(st.sampled_from([*hedges().values()]), st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_what_bears_a_hedged_number_out_lies_on_its_side(
    hedge: Hedge, computed: int, number: int
) -> None:
    said = numerals.count(f"{hedge.words} {number:,}".strip())
    if not said.match(float(computed)):
        return
    assert computed >= number if hedge.side > 0 else True
    assert computed <= number if hedge.side < 0 else True
    if hedge.number is not None:
        # No number is borne out by what is more than a tenth away from it.
        assert abs(computed - number) <= max(0.1 * number, 0.5)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (
        numerals.count,
        numerals.rate,
        numerals.proportion,
        numerals.place,
        numerals.change,
    ):
        with contextlib.suppress(ValueError):
            assert math.isfinite(read(text).value)


@given(st.integers(10**4, 10**7), st.integers(0, 4))
def test_rounding_and_cutting_a_count_are_told_apart(count: int, digits: int) -> None:
    step = 10**digits
    cut = count // step * step
    rounded = (count + step // 2) // step * step
    found = numerals.count(f"{rounded:,}").match(float(count))
    far = count >= 1.1 * rounded or count < rounded / 1.1
    assert found == ("exact" if rounded == count else None if far else "rounded")
    if cut != rounded and not far and count - cut < 0.1 * cut:
        # With a zero to spare it is also the count rounded to the next coarser step.
        expected = "rounded" if cut % (10 * step) == 0 else "truncated"
        assert numerals.count(f"{cut:,}").match(float(count)) == expected


@given(st.integers(1, 999), st.integers(1000, 10**6))
def test_a_percentage_with_enough_digits_rounds_or_cuts_to_what_is_printed(
    part: int, whole: int
) -> None:
    share = part / whole
    assert numerals.proportion(f"{100 * share:.4f}%").match(share) in ("exact", "rounded")
