"""Numbers as people write them, and what bears them out."""

from __future__ import annotations

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
    with pytest.raises(ValueError, match=rf"is `{text}`; expected an? \w+ .*such as|one in seven"):
        read(text)


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
