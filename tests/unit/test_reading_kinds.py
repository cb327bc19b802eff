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


def read_with(
    judge: Judge, text: str, quote: str, slots: dict[str, str | int]
) -> dict[str, str | int]:
    """What some words of a text were read as, for the slots that are asked."""
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    said = next(s for s in found if s["quote"] == quote)
    return {name: said[name] for name in slots}


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
        (
            "Vehicle crime in Surrey went up to 5,827 in the year to September 2022, from 5,297.",
            "5,827",
            {"quantity": "count", "exit": 0},
        ),
        (
            "Hertfordshire in 2025: burglary was static at 3,877, shoplifting went down 3.6%.",
            "3,877",
            {"offence": "Burglary", "exit": 0},
        ),
        (
            "Domestic burglary in Sussex was down to 2,913 in the year to June 2016.",
            "2,913",
            {"exit": 0},
        ),
        (
            "In the year to September 2018 vehicle crime in North Wales, I grant the Minister, "
            "fell, to 2,022.",
            "fell",
            {"quantity": "change", "exit": 0},
        ),
        (
            "Between October and December 2025 the Met recorded 21,354 thefts from the person. For "
            "the whole of 2025 the figure was 86,850.",
            "86,850",
            {"period_end": "2025-12-31", "exit": 0},
        ),
        (
            "According to the Crime Survey burglary affected 1.3% of households in the year to "
            "September 2022. Vehicle theft affected 3.0%; in 1993 burglary struck 8.8%.",
            "8.8%",
            {"period_end": "1993-12-31", "exit": 0},
        ),
        (
            "The Crime Survey for the year ending December 2018 shows that 5.2% of men aged 16 to "
            "24 had been victims of violence, against 2.7% of women of the same age.",
            "2.7%",
            {"sex": "women", "age": "16-24", "exit": 0},
        ),
        (
            "Shoplifting in the year to June 2024 shot up in all of them: by 36 per cent in "
            "Cardiff and 55 per cent in Swansea.",
            "36 per cent",
            {"area": "Cardiff", "exit": 0},
        ),
        (
            "Recorded shoplifting in England and Wales in 2025 is still 39% above 2019.",
            "39%",
            {"since": "2019-12-31", "exit": 0},
        ),
        (
            "Shoplifting in England and Wales was 509,566 in 2025, 7,045 below 2024.",
            "7,045",
            {"period_end": "2025-12-31", "quantity": "change", "exit": 0},
        ),
        (
            "Crime in north Wales fell by 8% in 2024, far more than the 2.9% drop across Wales.",
            "fell by 8%",
            {"area": "North Wales", "exit": 0},
        ),
        (
            "Total crime in Nottinghamshire went up: 98,147 crimes in 2024, 99,937 in 2025.",
            "went up",
            {"period_end": "2025-12-31", "exit": 0},
        ),
        (
            "In 2025 police in England and Wales recorded 61,061 weapons offences. There were "
            "fewer homicides than in any year since 2013.",
            "fewer homicides than in any year",
            {"offence": "Homicide", "since": "2013-12-31", "quantity": "record"},
        ),
        (
            "Across England and Wales in 2025 theft from the person fell by 15% and homicide is "
            "at 503, the lowest since 2012-13.",
            "fell by 15%",
            {"since": None, "exit": 0},
        ),
        (
            "It is the capital of cycle theft: 828 bikes were reported stolen in York in 2024, "
            "even after a 10.2% fall.",
            "828",
            {"area": "City of York", "exit": 0},
        ),
        (
            "Leicestershire. Violence with injury came down from 11,372 to 9,821 offences. There "
            "were 612 arsons after 473 in 2024.",
            "11,372",
            {"period_end": "2024-12-31", "exit": 0},
        ),
        (
            "Just 1.0% of households were burgled, the Crime Survey for England and Wales says, "
            "where 3.2% had been in the year ending March 2015.",
            "1.0%",
            {"period_end": "2025-12-31"},
        ),
        (
            "Cumbria has the lowest burglary rate of all forces: burglaries still fell, to 986 in "
            "2025, the fewest in ten years and down by an eighth from 1,125.",
            "down by an eighth",
            {"since": None, "exit": 0},
        ),
        (
            "Dorset had the biggest drop in crime of any police area, from 51,779 to 47,338. Both "
            "counties cut 150 desk jobs in 2024.",
            "47,338",
            {"period_end": "2025-12-31", "exit": 0},
        ),
        (
            "Burglary of business premises in Torbay came down by 11.7% in 2024.",
            "came down by 11.7%",
            {"offence": "Non-residential burglary"},
        ),
        (
            # Two numbers that fit the area before, and not the last one named, leave it open.
            "Greater Manchester had 312,777 offences in 2025. Robbery edged down 2.3% to 4,566: "
            "the conurbation has 1.55 per 1,000 people, behind only London, the West Midlands and "
            "Cleveland.",
            "4,566",
            {"exit": 2},
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
        (
            "Humberside Police recorded 4,394 burglaries in 2025; 3,368 of them were in people's "
            "homes.",
            "3,368",
        ),
        (
            # A level of nothing that is named so: a rate whose words stand with another number.
            "Lincolnshire had 68 crimes for every thousand residents in 2025 and is safer than "
            "the 86 recorded nationally.",
            "86",
        ),
    ],
)
def test_what_says_nothing_by_itself_is_no_statement(text: str, quote: str, judge: Judge) -> None:
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert quote not in [s["quote"] for s in found]


def test_several_counts_say_which_year_last_year_is(judge: Judge) -> None:
    text = (
        "Thefts from shops in Avon and Somerset leapt last year, to 11,015. Robberies rose to "
        "1,632. Violence fell 4%."
    )
    found = judge_text(text, judge, date(2023, 8, 4)).record()["statements"]
    assert {s["period_end"] for s in found} == {"2023-03-31"}
    # One count may be another year's by chance: what fits the year that was taken is open.
    text = text.replace("1,632", "1,236").replace("fell 4%", "rose 3%")
    found = judge_text(text, judge, date(2023, 8, 4)).record()
    assert found["statements"][-1]["verdict"] == "depends on what is meant"


@pytest.mark.parametrize("between", [" | ", "\t", "     "])
def test_each_cell_of_a_pasted_table_is_of_its_row_and_column(between: str, judge: Judge) -> None:
    rows = (
        ("Measure", "12 months to June 2023", "12 months to June 2024", "% change"),
        ("All crime", "41,368", "38,811", "-6.2"),
        ("Violence with injury", "4,064", "4,644", "14.3"),
        ("Shoplifting", "4,947", "5,405", "19.3"),
    )
    text = "Nottingham's partnership\n\n" + "\n".join(between.join(row) for row in rows)
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["exit"] for s in found] == [0] * 8 + [1]
    assert {s["period_end"] for s in found[::3]} == {"2023-06-30"}
    assert {s["offence"] for s in found[3:6]} == {"Violence with injury"}
    assert {s["quantity"] for s in found[2::3]} == {"change"}


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The Met recorded 21,354 thefts from the person in the last quarter of 2025.", "21,354"),
        (
            "The Crime Survey for 2022 asked 20,980 people about crime, at a response rate of 43%.",
            "43%",
        ),
        (
            "The Crime Survey says 3.2% of adults were stalked in the year to March 2024; 41% had "
            "waited over a year before going to the police.",
            "41%",
        ),
        ("Cheshire's force puts one in four offences down as public order in 2018.", "down"),
    ],
)
def test_a_part_of_a_year_or_of_other_people_is_not_judged(
    text: str, quote: str, judge: Judge
) -> None:
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert quote not in [s["quote"] for s in found]


def test_a_level_far_from_what_was_assumed_is_left_out_with_what_it_was_read_as(
    judge: Judge,
) -> None:
    text = "Robbery in Northumbria rose by 6% in 2025. At shops there were 18,459 offences."
    record = judge_text(text, judge, PUBLISHED).record()
    assert "18,459" not in [s["quote"] for s in record["statements"]]
    assert "far from what it was read as" in record["unplaced"][-1]["why"]


@pytest.mark.parametrize(
    ("text", "quote", "slots"),
    [
        (
            "Cumbria in the year ending March 2025. Robbery: 133 (down 25.3%). The fall in robbery "
            "was the steepest in England and Wales.",
            "steepest",
            {"value": "steepest fall", "offence": "Robbery"},
        ),
        (
            "Merseyside had 1,483 robberies in 2025, its most in any calendar year since 2013.",
            "most in any calendar year",
            {"quantity": "record", "exit": 0},
        ),
        (
            "Robbery in Merseyside leapt 41% in 2025, to 1,483, its most in any year since 2013.",
            "leapt 41%",
            {"since": None, "exit": 0},
        ),
        (
            "Of every ten crimes in South Wales in 2025 four were violent.",
            "four",
            {"quantity": "share", "offence": "Violence against the person", "exit": 0},
        ),
        (
            "North Yorkshire had 44,294 crimes in 2025. The fall will be little comfort to victims "
            "of robbery, a crime that has more than doubled in a year.",
            "more than doubled",
            {"offence": "Robbery", "exit": 0},
        ),
        (
            "Retailers reported 18,459 thefts in Northumbria in the year to June 2025.",
            "18,459",
            {"offence": "Shoplifting", "exit": 0},
        ),
        (
            "The West Midlands had 6,605 robberies in 2025, ahead of Greater Manchester's 4,566, "
            "and 11% fewer than in 2024.",
            "11%",
            {"area": "West Midlands", "exit": 0},
        ),
        (
            "57,318 bikes were stolen in England and Wales in 2025. That is 7% down on 2024 and a "
            "44% fall since the 102,995 of 2017.",
            "7%",
            {"period_end": "2025-12-31", "exit": 0},
        ),
        (
            "The Crime Survey says 7.7% of people aged 16 and over were victims of fraud in the "
            "year ending December 2025, up from 7.0% a year before.",
            "7.0%",
            {"period_end": "2024-12-31", "exit": 0},
        ),
        (
            "Fraud is the commonest crime. The ONS's survey for the year to March 2025 found 7.1% "
            "of adults had fallen victim.",
            "7.1%",
            {"measure": "fraud", "exit": 0},
        ),
        (
            "The Crime Survey for the year ending December 2025 is out. Theft, at 7%, and robbery, "
            "at 0.2%, were rarer.",
            "7%",
            {"measure": "theft", "exit": 0},
        ),
        (
            "Wiltshire recorded 42,711 offences in 2025. Only two other forces have a lower crime "
            "rate.",
            "two",
            {"value": "third lowest rate", "exit": 0},
        ),
        (
            "North Yorkshire is the safest place in England and Wales, figures for 2025 show.",
            "safest",
            {"value": "lowest rate", "exit": 0},
        ),
        (
            "South Wales recorded 109,975 crimes in 2025 and Gwent 56,813. Gwent's rate, 95 per "
            "1,000, is the highest of the four.",
            "highest",
            {"value": "highest rate in wales", "exit": 0},
        ),
        (
            "Robbery in 2025: the North East had the largest increase, 48%.",
            "largest",
            {"value": "largest increase in england", "exit": 0},
        ),
        (
            "Bedfordshire's burglaries in 2025: homes were broken into 1,168 times there.",
            "1,168 times",
            {"quantity": "count"},
        ),
        (
            "In Luton there were 20,031 crimes in 2024; in Swindon 15,264. Only shoplifting is "
            "higher in Swindon.",
            "higher",
            {"area": "Swindon", "than": "Luton", "exit": 1},
        ),
    ],
)
def test_sentences_of_kinds_that_newspapers_and_panels_write(
    text: str, quote: str, slots: dict[str, str | int], judge: Judge
) -> None:
    assert read_with(judge, text, quote, slots) == slots


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Cumbria had 37,033 crimes in the year to March 2025. 3.2 Members noted it.", "3.2"),
        (
            "The Crime Survey says 17% of adults were victims of at least one crime in 2025.",
            "at least one",
        ),
        (
            '"Robbery is at a record low." In England and Wales there were 84,666 in 2025. In '
            "London there were 32,730.",
            "record low",
        ),
    ],
)
def test_numbers_of_sections_and_of_what_could_be_of_two_areas_are_left_out(
    text: str, quote: str, judge: Judge
) -> None:
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert quote not in [s["quote"] for s in found]


@pytest.mark.parametrize(
    ("text", "quote", "slots"),
    [
        (
            "Theft from the person fell in Kent in 2025. Burglary came down even more, by 18.1%.",
            "18.1%",
            {"value": "down 18.1%", "exit": 0},
        ),
        (
            "Nowhere did crime climb faster than in Wiltshire in 2025.",
            "climb",
            {"area": "Wiltshire", "value": "biggest increase"},
        ),
        (
            "Police figures for 2025. Kent had 155,866 crimes and Essex 148,000. Both forces saw "
            "robbery rise.",
            "rise",
            {"quantity": "change", "offence": "Robbery"},
        ),
        (
            "Greater Manchester had 312,777 crimes in 2025. Robbery made up 1.5% of the total.",
            "1.5%",
            {"quantity": "share", "offence": "Robbery"},
        ),
    ],
)
def test_sentences_of_kinds_that_set_one_beside_the_others(
    text: str, quote: str, slots: dict[str, str | int], judge: Judge
) -> None:
    assert read_with(judge, text, quote, slots) == slots


def test_a_multiple_of_what_is_not_named_is_left_out(judge: Judge) -> None:
    text = "Cleveland had 2,000 robberies in 2025, more than twice that of its rival."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert not [s for s in found if "twice" in s["quote"]]


@pytest.mark.parametrize(
    ("text", "quote", "slots"),
    [
        (
            "Newham's Met figures for 2024: shoplifting rocketed 81%, from 2,237 to 4,042.",
            "4,042",
            {"area": "Newham", "exit": 0},
        ),
        (
            "Exeter had 13,262 recorded crimes in 2024. Devon and Cornwall Police changed computer "
            "systems in 2022. Robberies: 96, from 79.",
            "79",
            {"area": "Exeter", "period_end": "2023-12-31", "exit": 0},
        ),
        (
            "Hampshire saw 8.5% less crime in the year to June 2024. Southampton had 9,104 "
            "violent crimes in 2017. The rate is 78.6 crimes per 1,000 people.",
            "78.6",
            {"area": "Hampshire", "exit": 0},
        ),
        (
            "Recorded crime in Northamptonshire in 2023-24: 75.8 offences per 1,000 people, below "
            "the 89.7 of England and Wales.",
            "89.7",
            {"area": "England and Wales", "exit": 0},
        ),
        (
            "Shoplifting eased nationally (1% in 2025) but rose in Devon and Cornwall.",
            "1%",
            {"area": "England and Wales", "value": "down 1%", "exit": 0},
        ),
        (
            "Cleveland Police recorded 3,602 burglaries in 2025, less than three quarters of the "
            "2018 level of 5,647.",
            "5,647",
            {"period_end": "2018-12-31"},
        ),
        (
            "Lancashire had 127,150 offences in 2025. Crime there peaked in 2018 at 162,819; it "
            "has come down by 22% since.",
            "come down by 22%",
            {"since": "2018-12-31"},
        ),
        (
            "Shoplifting in England and Wales in 2025 was over a third higher than in 2018, and "
            "sexual offences have more than trebled since 2013.",
            "more than trebled",
            {"since": "2013-12-31", "exit": 0},
        ),
        (
            "Stalking and harassment was 17.9% of crime in Staffordshire in 2025, above the 11.9% "
            "for England and Wales.",
            "11.9%",
            {"quantity": "share", "area": "England and Wales"},
        ),
        (
            "In Suffolk in 2025 crime fell by 3%. Of all forces, only North Yorkshire has fewer "
            "crimes per head. The rate of stalking and harassment is the lowest anywhere.",
            "lowest",
            {"area": "Suffolk", "value": "lowest rate"},
        ),
        (
            "Shoplifting in Thames Valley is up 36%. Burglary stood at 7,452 in the year to the "
            "end of September.",
            "up 36%",
            {"period_end": "2025-09-30"},
        ),
        (
            "In 2025 the South East saw the sharpest fall in vehicle crime of the regions, 18%, "
            "the East Midlands the smallest, 8%.",
            "8%",
            {"area": "East Midlands", "value": "down 8%"},
        ),
        (
            "Gloucestershire's commissioner was asked. Cheltenham needs a front desk. In 2024 "
            "there were 9,816 crimes in the town and 99 robberies.",
            "9,816",
            {"area": "Cheltenham"},
        ),
        (
            "Leicester had 3,711 shop thefts in 2024. The city accounts for 44% of crime recorded "
            "by Leicestershire Police, and its crime rate is twice the national one.",
            "twice",
            {"area": "Leicester", "than": "England and Wales"},
        ),
        (
            "Swindon had 15,264 crimes in 2024. There were 17,113 in 2023. How many burglaries? A: "
            "435, compared with 570 in 2023.",
            "435",
            {"period_end": "2024-12-31", "exit": 0},
        ),
        (
            "Drug trafficking rose in South Wales in 2025, and the overall increase in drug "
            "offences, 41%, was the biggest of any force.",
            "biggest",
            {"value": "biggest increase", "exit": 0},
        ),
        (
            "In the year to March 2025 10.2% of adults were victims, the Crime Survey says, or "
            "17.1% when fraud and computer misuse are counted.",
            "10.2%",
            {"measure": "headline_excluding_fraud"},
        ),
        (
            "More than half of Newham's 39,990 crimes in 2024 were thefts.",
            "39,990",
            {"quantity": "total", "exit": 0},
        ),
    ],
)
def test_sentences_of_kinds_whose_area_or_year_is_another(
    text: str, quote: str, slots: dict[str, str | int], judge: Judge
) -> None:
    assert read_with(judge, text, quote, slots) == slots


def test_a_share_of_what_is_no_group_is_left_out(judge: Judge) -> None:
    text = "Gwent recorded 19 homicides in 2025. Domestic abuse makes up 18% of the crime we see."
    found = judge_text(text, judge, PUBLISHED).record()
    assert "18%" not in [s["quote"] for s in found["statements"]]
    assert "Domestic abuse" in next(u for u in found["unplaced"] if u["quote"] == "18%")["why"]
