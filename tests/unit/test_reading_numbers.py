"""The grammar of numbers in running text, by a table of examples."""

from __future__ import annotations

import pytest

from crimeshare.audit.reading.numbers import masked, numerals
from crimeshare.audit.reading.periods import periods
from crimeshare.audit.reading.spans import Year

# Words, and what each number in them is.
EXAMPLES = {
    "57,093 crimes": ["number 57,093"],
    "nearly 9,000 offences": ["number nearly 9,000"],
    "an estimated 1.4 million people": ["number an estimated 1.4 million"],
    "a total of 12 thousand thefts": ["number 12 thousand"],
    "rose by 8.6%": ["percent 8.6%"],
    "down 14 per cent": ["percent 14 per cent"],
    "Robbery: +0.4%": ["percent +0.4%"],
    "just under 5 percent": ["percent just under 5 percent"],
    "2.1 percentage points higher": ["points 2.1 percentage points"],
    "between 14% and 15% of crime": ["between between 14% and 15%"],
    "one in seven adults": ["fraction one in seven"],
    "up by almost a quarter": ["fraction almost a quarter"],
    "two thirds of offences": ["fraction two thirds"],
    "more than doubled": ["times more than doubled"],
    "five times as many": ["times five times"],
    "64.3 crimes per 1,000 people": ["per per 1,000", "number 64.3"],
    "19 a day": ["pace a day", "number 19"],
    "one every 30 minutes": ["every one every 30 minutes"],
    "the second highest rate": ["rank second highest"],
    "third most common": ["rank third most common"],
    "the highest on record": ["record highest on record"],
    "the highest figure since records began": ["record highest figure since records began"],
    "a record high": ["record record high"],
}
NONE = {
    "paid £2.3 million": "an amount of money",
    "at 6.30pm": "a time of day",
    "on 12 March 2025": "a date",
    "a 34-year-old man": "an age",
    "Ann Lee, 41, said": "an age",
    "on the A48": "a road",
    "near junction 29": "a road",
    "in CF10 1EP": "a postcode",
    "call 101": "a telephone number",
    "on 0800 555 111": "a telephone number",
    "quoting reference 25000123456": "a reference",
    "lost 3-0": "a score",
    "see Table A4": "a number of a table, clause or page",
    "for 12 years": "a length of time",
    "a 95% confidence interval": "a level of confidence",
    "at 12 Waterwells Drive": "an address",
    "back in 1987": "a year",
}
YEARS = {
    "in the year ending March 2024": "2024-03-31",
    "the 12 months to December 2024": "2024-12-31",
    "in the twelve months ending 30 September 2023": "2023-09-30",
    "the year to the end of June 2024": "2024-06-30",
    "in 2023/24": "2024-03-31",
    "in 2021-22": "2022-03-31",
    "between April 2023 and March 2024": "2024-03-31",
    "from January to December 2024": "2024-12-31",
    "from March 2023 to March 2024": "2024-03-31",
    "in 2024": "2024-12-31",
    "YE Dec 2024": "2024-12-31",
}


@pytest.mark.parametrize("words", EXAMPLES)
def test_each_number_is_found_as_what_it_is(words: str) -> None:
    taken = list(masked(words, []))
    assert taken == []
    found = [f"{s.kind} {words[s.start : s.end]}" for s in numerals(words, taken)]
    assert sorted(found) == sorted(EXAMPLES[words])


@pytest.mark.parametrize("words", NONE)
def test_what_is_no_statement_is_masked(words: str) -> None:
    taken = list(masked(words, []))
    assert [span.value for span in taken] == [NONE[words]]
    assert list(numerals(words, taken)) == []


@pytest.mark.parametrize("words", YEARS)
def test_each_year_is_the_one_it_names(words: str) -> None:
    (span,) = periods(words)
    assert isinstance(span.value, Year)
    assert span.value.period_end.isoformat() == YEARS[words]


@pytest.mark.parametrize(
    "words",
    [
        "in the three months to June 2024",
        "in July 2024",
        "from April to September 2014",
        "in Q2 2024",
    ],
)
def test_a_part_of_a_year_is_no_year(words: str) -> None:
    assert {span.kind for span in periods(words)} == {"partial"}


def test_a_year_of_thirteen_months_is_said() -> None:
    (span,) = periods("from March 2023 to March 2024")
    assert "13 months" in span.value.doubt
