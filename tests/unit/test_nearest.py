"""The nearest known names, offered with what was not understood."""

from __future__ import annotations

import pytest

from crimeshare.nearest import did_you_mean
from crimeshare.reference import areas, offences

AREAS = [area.area_name for area in areas().values()]
OFFENCES = [offence.name for offence in offences().values()]


@pytest.mark.parametrize(
    ("word", "known", "offered"),
    [
        ("Gwnt", AREAS, "`Gwent`"),
        ("Gwent Police", AREAS, "`Gwent`"),
        ("Devon", AREAS, "`Devon and Cornwall`"),
        ("Wales and England", AREAS, "`England and Wales`"),
        ("Stalking", OFFENCES, "`Stalking and harassment`"),
        ("Stlking", OFFENCES, "`Stalking and harassment`"),
        (
            "Violence",
            OFFENCES,
            "`Violence against the person`, `Violence with injury` or `Violence without injury`",
        ),
        ("Rape", ["Rape", "Rape of a child"], "`Rape`"),
    ],
)
def test_the_nearest_names(word: str, known: list[str], offered: str) -> None:
    assert did_you_mean(word, known) == f"; did you mean {offered}?"


@pytest.mark.parametrize("word", ["", "  ", "UK", "Atlantis"])
def test_nothing_is_offered_where_nothing_is_near(word: str) -> None:
    assert did_you_mean(word, AREAS) == ""
