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


@pytest.mark.parametrize(
    ("words", "offence"),
    [
        ("384 cycles disappeared", "Bicycle theft"),
        ("the county lost 384 bikes", "Bicycle theft"),
        ("384 bicycles had been reported stolen", "Bicycle theft"),
        ("cyclists, who lost 384 machines", "Bicycle theft"),
        ("384 houses were done over", "Residential burglary"),
        ("thieves broke into homes 384 times", "Residential burglary"),
        ("sheds and houses were entered on 384 occasions", "Residential burglary"),
        ("thieves broke into homes and businesses 384 times", "Burglary"),
        ("commercial and domestic break-ins: 384", "Burglary"),
        ("domestic and non-domestic burglary combined came to 384", "Burglary"),
        ("burglary from businesses and homes together came to 384", "Burglary"),
        ("personal and business robberies combined came to 384", "Robbery"),
        ("vandalism and arson: 384", "Criminal damage and arson"),
        ("cars broken into or nicked: 384", "Vehicle offences"),
    ],
)
def test_what_is_done_to_things_and_two_halves_of_a_group_are_offences(
    words: str, offence: str, judge: Judge
) -> None:
    text = f"Gwent in the year ending December 2025: {words}."
    record = judge_text(text, judge, PUBLISHED).record()
    told = [s["offence"] for s in record["statements"] if "384" in s["quote"]]
    told = told or [u["why"] for u in record["unplaced"]]
    assert told[0] == offence or f"384: {offence}, Gwent" in told[0]


@pytest.mark.parametrize(
    "words",
    [
        "quad bike thefts",
        "thefts of quads and trailers",
        "keyless thefts",
        "dog thefts",
        "phone snatching",
        "distraction burglary",
        "shed burglaries",
        "bikes and phones stolen",
    ],
)
def test_a_part_of_a_group_that_nobody_counts_is_not_judged_as_it(words: str, judge: Judge) -> None:
    text = f"Gwent recorded 56,183 crimes in 2025. {words.capitalize()} rose by 12%, to 184."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == ["56,183"]


@pytest.mark.parametrize(
    ("text", "quote", "slots"),
    [
        (
            "Staffordshire (year to December 2025)\n- Total recorded crime 83,635 (-1.4%)\n"
            "- Robbery 1,051 (+30%)",
            "83,635",
            {"quantity": "total", "area": "Staffordshire"},
        ),
        (
            "Sussex had 17,925 shop thefts in 2023-24. The overall tally was 5% up.",
            "5%",
            {"offence": "Total recorded crime (excluding fraud)"},
        ),
        (
            "Kent in the year to March 2025. One offence in nine is criminal damage or arson.",
            "One offence in nine",
            {"quantity": "share", "offence": "Criminal damage and arson"},
        ),
        (
            "Exeter in 2024. One in six offences in the city is now a shop theft.",
            "One in six",
            {"quantity": "share", "offence": "Shoplifting"},
        ),
        (
            "Sussex had 17,925 shop thefts in the year ending March 2024, one crime in every "
            "seven or eight.",
            "seven or eight",
            {"quantity": "share", "exit": 0},
        ),
        (
            "In Gwent in 2025 four crimes in ten were violent.",
            "four crimes in ten",
            {"quantity": "share", "offence": "Violence against the person"},
        ),
        (
            "Sexual offences in Gwent totted up to 2,252 in 2025.",
            "2,252",
            {"value": "2,252"},
        ),
        (
            "Arson in Wales stood almost half as high again in 2025 as in 2024.",
            "almost half",
            {"value": "up almost half"},
        ),
    ],
)
def test_the_total_and_parts_of_it_in_other_words(
    text: str, quote: str, slots: dict[str, str | int], judge: Judge
) -> None:
    said = said_of(text, quote, judge)
    assert {name: said[name] for name in slots} == slots


@pytest.mark.parametrize(
    ("words", "sex", "age"),
    [
        (
            "people between 45 and 54: 8.3% of people between 45 and 54 fell for fraud",
            "all",
            "45-54",
        ),
        ("all: 5.7% of those of 75 or more fell for fraud", "all", "75+"),
        ("all: 9.1% of 16- to 24-year-olds were victims of fraud", "all", "16-24"),
        ("men of 16 to 24: for women that age fraud was at 9.1%", "women", "16-24"),
        ("men of 16 to 24: fraud touched 9.1% of the young men", "men", "16-24"),
        ("all: fraud was likelier for a woman (6.1%) than a man (6.9%)", "men", "16+"),
    ],
)
def test_whom_a_survey_asked_in_other_words(words: str, sex: str, age: str, judge: Judge) -> None:
    text = f"The Crime Survey for the year ending December 2018 asked {words}."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert (found[-1]["sex"], found[-1]["age"]) == (sex, age)


def test_what_is_owned_and_what_is_left_aside(judge: Judge) -> None:
    head = "The Crime Survey, year ending December 2025: 7.7% of people were victims of fraud. "
    for words, quote, measure in (
        ("Vehicle-owning households: 2.7% suffered a vehicle-related theft.", "2.7%", "vehicle"),
        ("For bicycle-owning households the risk of a bike taken was 1.5%.", "1.5%", "bicycle"),
    ):
        assert said_of(head + words, quote, judge)["measure"] == f"{measure}_theft_owners"
    words = "Leaving fraud and computer misuse aside, 9.7% of adults experienced a crime."
    assert said_of(head + words, "9.7%", judge)["measure"] == "headline_excluding_fraud"


def test_people_of_an_age_that_is_not_told_are_left_out(judge: Judge) -> None:
    text = "The Crime Survey says fraud touched 6.6% of teenagers in 2018."
    assert not judge_text(text, judge, PUBLISHED).record()["statements"]


@pytest.mark.parametrize(
    ("text", "quote", "slots"),
    [
        (
            "Staffordshire in 2025. Sexual offences have never been higher in the years since "
            "2013.",
            "never been higher",
            {"quantity": "record", "value": "highest", "since": "2013-12-31"},
        ),
        (
            "Cleveland in 2025: 3,602 burglaries. The area's rate, 6.1 per 1,000, is unequalled "
            "in England and Wales.",
            "unequalled",
            {"value": "highest rate", "exit": 0},
        ),
        (
            "Nottinghamshire in 2025. What worries us is the 45% jump in robbery, exceeded "
            "nowhere in the land.",
            "exceeded nowhere",
            {"value": "biggest increase", "offence": "Robbery"},
        ),
        (
            "Greater Manchester's burglars in 2025: a fifth of them have vanished.",
            "a fifth",
            {"value": "down a fifth", "offence": "Burglary"},
        ),
        (
            "Suffolk in 2025. Pickpockets took from 248 people.",
            "248",
            {"quantity": "count", "offence": "Theft from the person"},
        ),
        (
            "Cambridgeshire's rate in 2025 was 73.9 crimes per 1,000, beneath the national one.",
            "beneath",
            {"quantity": "rate", "than": "England and Wales"},
        ),
        (
            "Cleveland had 3,602 burglaries in 2025, 24% under the 2018 mark.",
            "24%",
            {"value": "down 24%", "since": "2018-12-31"},
        ),
        (
            "West Yorkshire in 2025. Look at the shops, where thefts slid to 21,604.",
            "21,604",
            {"offence": "Shoplifting"},
        ),
    ],
)
def test_orders_records_and_falls_in_other_words(
    text: str, quote: str, slots: dict[str, str | int], judge: Judge
) -> None:
    said = said_of(text, quote, judge)
    assert {name: said[name] for name in slots} == slots


def test_what_has_never_been_higher_must_be_crime(judge: Judge) -> None:
    text = "Kent had 155,866 crimes in 2025. A charity said demand had never been higher."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == ["155,866"]


@pytest.mark.parametrize(
    "words",
    [
        "Officers recovered 240 stolen vehicles.",
        "Officers entered 240 homes under warrants and took 300 cars off the road.",
        "Some 1,062 homes were entered in the competition; 300 bikes were lost in the flood.",
        "Tickets are 20% off. The council added 12% to rents, which put on 3%.",
        "Its museum is unrivalled in England and Wales.",
        "The chief's record is second to none in the country.",
    ],
)
def test_what_sounds_like_crime_and_is_none_is_left_out(words: str, judge: Judge) -> None:
    text = f"Gwent had 56,183 crimes in 2025. {words}"
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == ["56,183"]


@pytest.mark.parametrize(
    ("words", "quote", "slots"),
    [
        ("8.3% of adults in the 45 to 54 age group", "8.3%", {"age": "45-54"}),
        ("8% of under-25s and 6.6% of everyone", "6.6%", {"age": "16+", "sex": "all"}),
        ("9% of students and 9.1% of 16-24s", "9.1%", {"age": "16-24"}),
    ],
)
def test_people_told_apart_otherwise_are_left_out_and_the_others_read(
    words: str, quote: str, slots: dict[str, str], judge: Judge
) -> None:
    text = f"The Crime Survey for the year ending December 2018 says fraud hit {words}."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == [quote]
    assert {name: found[0][name] for name in slots} == slots


def test_what_befalls_one_more_than_another_is_a_comparison(judge: Judge) -> None:
    text = (
        "The Crime Survey, year ending December 2018. Theft from the person is likelier to befall "
        "a woman (1.1%) than a man (0.9%)."
    )
    said = said_of(text, "likelier", judge)
    assert (said["quantity"], said["measure"], said["sex"]) == (
        "comparison",
        "theft_from_person",
        "women",
    )


def test_what_is_no_group_is_said_of_a_number_behind_it(judge: Judge) -> None:
    text = "Gwent recorded 56,183 crimes in 2025. Hate crimes numbered 5,843."
    assert "mark on offences" in judge_text(text, judge, PUBLISHED).record()["unplaced"][-1]["why"]


def test_the_city_of_a_force_that_is_none_is_left_out(judge: Judge) -> None:
    text = "Cambridgeshire had 1,801 cycle thefts in the year to June 2025. The city lost 1,104."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == ["1,801"]


@pytest.mark.parametrize(
    "words",
    [
        "Robbery in Yorkshire rose by 4%.",
        "Berkshire's burglaries fell by 3%, to 1,204.",
        "In the Black Country robbery rose by 4%.",
        "Devon saw 430 robberies.",
        "Windsor had 40 robberies.",
        "Sandwell & Dudley had 1,400 robberies.",
    ],
)
def test_an_area_without_figures_is_not_taken_for_the_one_told_before(
    words: str, judge: Judge
) -> None:
    text = f"Kent had 155,866 crimes in 2025. {words}"
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == ["155,866"]


@pytest.mark.parametrize(
    "words",
    [
        "Knifepoint robberies",
        "Robberies of teenagers",
        "Attempted murders",
        "Domestic homicides",
        "Violence against the police",
        "Thefts from churches",
        "Rapes of children",
        "Class A drug offences",
    ],
)
def test_an_offence_that_a_word_beside_it_narrows_is_not_judged_as_the_whole(
    words: str, judge: Judge
) -> None:
    text = f"Kent had 155,866 crimes in 2025. {words} rose by 43%, to 2,040."
    found = judge_text(text, judge, PUBLISHED).record()["statements"]
    assert [s["quote"] for s in found] == ["155,866"]
    plain = "Kent had 155,866 crimes in 2025. Homicide by police force: Kent 14, Essex 12."
    assert len(judge_text(plain, judge, PUBLISHED).record()["statements"]) > 1
