"""Kinds of sentences that paragraphs by other hands were read wrong in, one example each."""

from __future__ import annotations

from datetime import date

import pytest

from crimeshare.audit.evidence import open_evidence
from crimeshare.audit.reading.judged import Judge, judge_text
from crimeshare.audit.text_check import JudgeBy
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def judge() -> Judge:
    return JudgeBy(open_evidence(ROOT))


PUBLISHED = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "quote", "slots"),
    [
        (
            "Gwent recorded 995 arson offences in 2025. Homicides in the country rose to 35.",
            "35",
            {"area": "Wales", "exit": 0},
        ),
        (
            "Cardiff in 2024: 38,035 offences came to notice in the capital.",
            "38,035",
            {"area": "Cardiff", "exit": 0},
        ),
        (
            "Drug offences doubled in Cumbria between 2018-19 and 2024, says a report: 1,027 then, "
            "1,895 now.",
            "1,027",
            {"period_end": "2019-03-31", "exit": 0},
        ),
        (
            "The Crime Survey says burglary affected 2.8% of households and fraud 6.6% of adults "
            "in the year to March 2020.",
            "6.6%",
            {"measure": "fraud", "exit": 0},
        ),
        (
            "The Crime Survey says 17.0% of people were victims of at least one headline "
            "crime in 2025 and 1.3% of violence.",
            "17.0%",
            {"measure": "headline_including_fraud", "exit": 0},
        ),
        (
            "One in five women have been stalked since the age of 16, the Crime Survey says. In "
            "the year to March 2024 3.2% of people aged 16 and over experienced stalking.",
            "3.2%",
            {"measure": "stalking", "exit": 0},
        ),
        (
            "Gwent saw 43,078 crimes in the year to June 2017 - 14% more than a year earlier.",
            "14%",
            {"exit": 0},
        ),
        (
            "Men were more likely than women to be victims of violent crime in 2018, according to "
            "the Crime Survey: 2.3% against 1.2%.",
            "1.2%",
            {"sex": "women", "exit": 0},
        ),
        (
            "In Hertfordshire robbery, which had soared 57% the year before, fell 9% in 2025.",
            "soared 57%",
            {"period_end": "2024-12-31", "exit": 0},
        ),
        (
            "Arson in Gwent is up by 80% in 2025, and its rate is the highest in England and "
            "Wales.",
            "highest",
            {"value": "highest rate", "exit": 0},
        ),
        (
            "One robbery every 16 minutes: that is London's score for 2025.",
            "every 16 minutes",
            {"area": "Metropolitan Police", "exit": 0},
        ),
        (
            "Devon and Cornwall's shoplifters were back in the year to September 2022, with 5,432 "
            "offences.",
            "5,432",
            {"offence": "Shoplifting", "exit": 0},
        ),
        (
            "Possession of weapons offences in England and Wales were little changed in the year "
            "to June 2024.",
            "little changed",
            {"quantity": "change", "exit": 0},
        ),
        (
            "Northumbria's rate of possession of weapons offences in 2024 was 1.1 per 1,000, above "
            "the average for England and Wales.",
            "above",
            {"quantity": "rate", "than": "England and Wales", "exit": 0},
        ),
    ],
)
def test_a_kind_of_sentence_is_read_as_it_is_meant(
    text: str, quote: str, slots: dict[str, object], judge: Judge
) -> None:
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    said = next(s for s in found if s["quote"] == quote)
    assert {slot: said[slot] for slot in slots} == slots


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Gwent has the highest crime rate of the four Welsh forces in 2025.", "four"),
        ("Crime in West Yorkshire topped 350,000 in 2022.", "topped"),
        ("He believes that crime in Kent is falling everywhere.", "falling"),
        ("Sussex in 2025 had the largest share of crime made up of shop theft.", "up"),
        ("Nationally, bike theft has halved in a decade?", "halved"),
        ("South Wales, with more than twice the population, had 308 arsons.", "more than twice"),
    ],
)
def test_what_says_nothing_by_itself_is_no_statement(text: str, quote: str, judge: Judge) -> None:
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert quote not in [s["quote"] for s in found]


def test_a_level_far_from_what_was_assumed_is_left_out_with_what_it_was_read_as(
    judge: Judge,
) -> None:
    text = "Robbery in Northumbria rose by 6% in 2025. At shops there were 18,459 offences."
    record = judge_text(text, judge, PUBLISHED).record()
    assert "18,459" not in [s["quote"] for s in record["statements"]]
    assert "far from what it was read as" in record["unplaced"][-1]["why"]
