"""Words are chosen by numbers: each function on its cases, edges included."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.digits import ordinal
from crimeshare.publish.elements import prose


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (10, "10th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (42, "42nd"),
        (43, "43rd"),
        (101, "101st"),
        (111, "111th"),
        (1012, "1,012th"),
        (1022, "1,022nd"),
    ],
)
def test_ordinals(number: int, expected: str) -> None:
    assert ordinal(number) == expected


def test_there_is_no_rank_zero() -> None:
    with pytest.raises(ValueError, match="no rank 0"):
        ordinal(0)


@pytest.mark.parametrize(
    ("number", "noun", "expected"),
    [
        (1, "offence", "offence"),
        (0, "offence", "offences"),
        (2, "offence", "offences"),
        (2, "police force", "police forces"),
        (1, "person", "person"),
        (3, "person", "people"),
        (2, "other person", "other people"),
        (2, "crash", "crashes"),
    ],
)
def test_singular_and_plural(number: int, noun: str, expected: str) -> None:
    assert prose.plural(number, noun) == expected


@pytest.mark.parametrize(
    ("previous", "current", "shown", "expected"),
    [
        (100, 101, "", "rose"),
        (101, 100, "", "fell"),
        (100, 100, "", "was unchanged"),
        (0.1480, 0.1481, "0.0", "was little changed"),
        (0.1480, 0.1490, "0.1", "rose"),
        (0.1490, 0.1480, "\N{MINUS SIGN}0.1", "fell"),
        (0, 3, "", "rose"),
    ],
)
def test_direction_of_a_count(previous: float, current: float, shown: str, expected: str) -> None:
    assert prose.recorded_direction(previous, current, shown_change=shown) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (0.001, 0.01, "rose"),
        (-0.01, -0.001, "fell"),
        (-0.01, 0.01, "no clear change"),
        (0, 0.01, "no clear change"),
        (-0.01, 0, "no clear change"),
    ],
)
def test_direction_of_an_estimate_needs_its_interval(
    lower: float, upper: float, expected: str
) -> None:
    assert prose.estimated_direction(lower, upper) == expected


def test_an_interval_turned_round_is_refused() -> None:
    with pytest.raises(ValueError, match="lower limit 2 is above"):
        prose.estimated_direction(2, 1)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_survey_never_rises_and_falls_at_once(one: float, other: float) -> None:
    lower, upper = sorted((one, other))
    forwards = prose.estimated_direction(lower, upper)
    backwards = prose.estimated_direction(-upper, -lower)
    turned = {"rose": "fell", "fell": "rose", "no clear change": "no clear change"}
    assert backwards == turned[forwards]


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        (3, "1.0", "above"),
        (1, "1.0", "below"),
        (2, "", "the same as"),
        (2.0001, "0.0", "about the same as"),
        # Printed alike, and more than a tenth apart.
        (2.3, "0", "above"),
        (1.7, "0", "below"),
    ],
)
def test_comparison_with_a_reference(value: float, shown: str, expected: str) -> None:
    assert prose.compared(value, 2, shown_difference=shown) == expected


def test_lists() -> None:
    assert prose.listed([]) == ""
    assert prose.listed(["A"]) == "A"
    assert prose.listed(["A", "B"]) == "A and B"
    assert prose.listed(["A", "B", "C"]) == "A, B and C"
    assert prose.listed(["A", "B"], "or") == "A or B"


def test_what_is_left_out_is_said() -> None:
    assert prose.excluding([]) == ""
    assert prose.excluding(["Greater Manchester"]) == " (excluding Greater Manchester)"
    assert prose.excluding(["A", "B"]) == " (excluding A and B)"


def test_a_rank_names_its_list() -> None:
    assert prose.ranked("9th", "forces", "43") == "9th of 43 forces by share"
    assert prose.ranked("1st", "subgroups") == "1st among sub-groups"
    assert prose.ranked("3rd", "published_columns").startswith("3rd among published columns, where")
    with pytest.raises(KeyError):
        prose.ranked("1st", "offences")


@pytest.mark.parametrize(
    ("name", "number", "counted", "of", "figures"),
    [
        ("Robbery", 2, "robbery offences", "offences of robbery", "robbery figures"),
        ("Robbery", 1, "robbery offence", "offence of robbery", "robbery figures"),
        ("Theft offences", 2, "theft offences", "theft offences", "theft offence figures"),
        ("Theft offences", 1, "theft offence", "theft offence", "theft offence figures"),
        (
            "Serious injury caused by driving",
            1,
            "offence of serious injury caused by driving",
            "offence of serious injury caused by driving",
            "figures of serious injury caused by driving",
        ),
        ("Other offences against order", 1, None, "other offence against order", None),
        ("Miscellaneous crimes", 0, "miscellaneous crimes", "miscellaneous crimes", None),
        ("Possession of weapons offences", 3, "possession of weapons offences", None, None),
    ],
)
def test_the_name_of_a_group_is_never_followed_by_what_it_ends_with(
    name: str, number: int, counted: str | None, of: str | None, figures: str | None
) -> None:
    assert counted is None or prose.offences_in(name, number) == counted
    assert of is None or prose.offences_of(name, number) == of
    assert figures is None or prose.figures_of(name) == figures


def test_a_direction_agrees_with_its_subject() -> None:
    assert prose.agreeing("was unchanged") == "were unchanged"
    assert prose.agreeing("was little changed", plural=False) == "was little changed"
    assert prose.agreeing("rose") == "rose"


def test_names_of_groups_take_their_verbs() -> None:
    assert prose.is_plural("Public order offences")
    assert not prose.is_plural("Possession of weapons offences")
    assert not prose.is_plural("Burglary")
    assert prose.is_plural("Assaults on emergency workers")
    assert prose.is_plural("Other offences against the State or public order")
    assert prose.is_plural("Threats to kill")
    assert not prose.is_plural("Handling stolen goods")
    assert not prose.is_plural("Harassment")


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Gwent", "force", "Gwent"),
        ("North Wales", "force", "North Wales"),
        ("West Midlands", "force", "the West Midlands Police area"),
        ("West Midlands", "region", "the West Midlands region"),
        ("North East", "region", "the North East"),
        ("East", "region", "the East of England"),
        ("East Midlands", "region", "the East Midlands"),
        ("London", "region", "London"),
        ("Yorkshire and The Humber", "region", "Yorkshire and The Humber"),
        ("City of London", "force", "the City of London"),
        ("England and Wales", "country", "England and Wales"),
    ],
)
def test_places_after_in(name: str, kind: str, expected: str) -> None:
    assert prose.place(name, kind) == expected


def test_periods_do_not_depend_on_the_locale() -> None:
    ends = [date(2024, number, 28) for number in range(1, 13)]
    assert [prose.month(end).split()[0] for end in ends][:3] == ["January", "February", "March"]
    assert len({prose.month(end) for end in ends}) == 12
    assert prose.period(date(2024, 12, 31)) == "year ending December 2024"
