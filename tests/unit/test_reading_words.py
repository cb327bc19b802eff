"""What a dozen newsrooms call the same thing: places, movements, offences, people and orders."""

from __future__ import annotations

from datetime import date

import pytest

from crimeshare.audit.evidence import open_evidence
from crimeshare.audit.reading.judged import Judge, judge_text
from crimeshare.audit.text_check import JudgeBy
from tests.conftest import ROOT

PUBLISHED = date(2026, 5, 1)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return JudgeBy(open_evidence(ROOT))


def said_of(text: str, quote: str, judge: Judge) -> dict[str, object]:
    """The statement of a text whose quote has these words."""
    found = judge_text(text, judge, PUBLISHED).record()
    said = [s for s in found["statements"] if quote in s["quote"]]
    assert said, [(u["why"], text[u["start"] : u["end"]]) for u in found["unplaced"]]
    return dict(said[0])


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("Southend", "Southend-on-Sea"),
        ("Hull", "Kingston upon Hull, City of"),
        ("Blackburn", "Blackburn with Darwen"),
        ("Barrow", "Barrow-in-Furness"),
        ("the East Riding", "East Riding of Yorkshire"),
        ("York", "City of York"),
    ],
)
def test_a_place_is_known_by_the_beginning_of_its_name(place: str, area: str, judge: Judge) -> None:
    text = f"There were 204 robberies in {place} in the year ending June 2024."
    record = judge_text(text, judge, PUBLISHED).record()
    told = [s["area"] for s in record["statements"]] or [u["why"] for u in record["unplaced"]]
    assert area.casefold() in told[0].casefold()


def test_a_beginning_that_two_places_share_names_neither(judge: Judge) -> None:
    for place in ("Kingston", "Richmond"):
        text = f"There were 204 robberies in {place} in the year ending June 2024."
        record = judge_text(text, judge, PUBLISHED).record()
        assert not record["statements"]


def test_the_east_is_a_region_beside_others_alone(judge: Judge) -> None:
    text = "Robbery in 2025: up 28% in the East Midlands and down 2% in the East."
    assert said_of(text, "down 2%", judge)["area"] == "East"
    text = "Robbery rose by 3% in Cumbria in 2025, and by 4% in the East of the county."
    assert "East" not in [
        s["area"] for s in judge_text(text, judge, PUBLISHED).record()["statements"]
    ]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("advanced", "up"),
        ("crept upwards", "up"),
        ("nudged higher", "up"),
        ("mushroomed", "up"),
        ("receded", "down"),
        ("climbed down", "down"),
        ("drifted lower", "down"),
        ("ebbed away", "down"),
        ("vanished", "down"),
        ("was exactly the same", "unchanged"),
        ("was broadly unaltered", "little changed"),
        ("scarcely shifted", "little changed"),
        ("refused to budge", "little changed"),
    ],
)
def test_every_word_for_a_movement_is_one(words: str, value: str, judge: Judge) -> None:
    text = f"Gwent in 2025. Burglary {words}."
    verb = words.removeprefix("was ")
    assert said_of(text, verb, judge)["value"] == value


def test_what_puts_on_a_percentage_rises_and_nothing_else(judge: Judge) -> None:
    text = "Robbery in West Yorkshire has put on 11.5% in 2025."
    assert said_of(text, "11.5%", judge)["value"] == "up 11.5%"
    text = "Robbery in West Yorkshire worried the force in 2025, which put on 24 more patrols."
    assert not judge_text(text, judge, PUBLISHED).record()["statements"]
    text = "In Kent robbery rose by 7% in 2025, drug offences by about the same."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert "about the same" not in [s["quote"] for s in found]
