"""Labels are the same when they name the same thing, whatever is glued to them."""

import pytest

from crimeshare.tables import labels


@pytest.mark.parametrize(
    ("published", "plain"),
    [
        ("Stalking and harassment4", "stalking and harassment"),
        ("Stalking\nand harassment", "stalking and harassment"),
        (" Stalking and harassment 5", "stalking and harassment"),
        ("Total recorded crime (excluding fraud3)", "total recorded crime (excluding fraud)"),
        (
            " Total recorded crime\n (excluding fraud)\n [note 2]",
            "total recorded crime (excluding fraud)",
        ),
        ("Residential burglary (households) 6,7,9", "residential burglary (households)"),
        ("Residential burglary\n(households)6,8", "residential burglary (households)"),
        ("Non-residential  burglary5,6", "non-residential burglary"),
        ("Non\u2013residential burglary", "non-residential burglary"),
        ("ENGLAND AND WALES10,11", "england and wales"),
        ("North West 7,8", "north west"),
        ("Leicestershire [note 4]", "leicestershire"),
        ("Violence[note 1][note 2]", "violence"),
        ("London [notes 3, 4]", "london"),
        (
            "Population figures\n (mid-2017)3  rounded to 100",
            "population figures (mid-year) rounded to 100",
        ),
        ("Rate per 1,000 population7", "rate per 1,000 population"),
        ("Stalking & harassment", "stalking and harassment"),
        ("Stalking and harassment\u00b3", "stalking and harassment"),
        ("Stalking and harassment \u00b3\u02d2\u2074 \u2075", "stalking and harassment"),
        ("Stalking and harassment 3 4", "stalking and harassment"),
        ("Stalking and harassment [3]", "stalking and harassment"),
        ("Stalking and harassment (3)", "stalking and harassment"),
        ("Stalking and harassment (note 3)", "stalking and harassment"),
        ("Stalking and harassment [footnote 3]", "stalking and harassment"),
        ("Stalking and harassment [r]", "stalking and harassment"),
        ("Stalking and harassment *", "stalking and harassment"),
        ("Stalking and\u00a0harassment\u200b \u2020", "stalking and harassment"),
        ("British Transport Police (2006)", "british transport police (2006)"),
        ("[u]", "[u]"),
    ],
)  # fmt: skip
def test_plain(published: str, plain: str) -> None:
    assert labels.plain(published) == plain


def test_a_number_that_belongs_to_the_label_stays() -> None:
    assert labels.plain("Persons aged 16 to 59") == "persons aged 16 to 59"
    assert labels.plain("Aged under 16") == "aged under 16"
    assert labels.plain("rounded to 100") != labels.plain("rounded to 1000")


@pytest.mark.parametrize(
    ("title", "periods"),
    [
        ("year ending June 20161,2", [(2016, 6)]),
        ("year ending June 181,2", [(2018, 6)]),
        ("year ending December 191,2", [(2019, 12)]),
        ("year ending march 2017 and year ending March 20181,2,3", [(2017, 3), (2018, 3)]),
        ("year ending December 2024 [note 1]", [(2024, 12)]),
        ("year ending March 2010 to year ending December 2024", [(2010, 3), (2024, 12)]),
        ("January to March 2022", []),
        ("YE Mar 2024", [(2024, 3)]),
        ("year-ending Sept. 2024", [(2024, 9)]),
        ("years ending June 2023 and June 2024", [(2023, 6), (2024, 6)]),
        ("year ending 31st December, 2024, published 24 April 2025", [(2024, 12)]),
        ("Year ending: Dec-24", [(2024, 12)]),
        ("year ending December '24", [(2024, 12)]),
        ("year ending 31/12/2024", [(2024, 12)]),
        ("year ending 2024-12-31", [(2024, 12)]),
        ("12-month period to the end of June 2024", [(2024, 6)]),
        ("1 April 2023 to 31 March 2024", [(2024, 3)]),
        ("January to December 2024", [(2024, 12)]),
        ("year to date", []),
        ("published 24 April 2025", []),
    ],
)  # fmt: skip
def test_periods_of_a_title(title: str, periods: list[tuple[int, int]]) -> None:
    assert labels.periods(title) == periods


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("E23000011", "E23000011"),
        ("E230000118", "E23000011"),
        (" W15000002 ", "W15000002"),
        ("w15000002", "W15000002"),
        ("E23000011\u2078", "E23000011"),
        ("E23000011 [note 4]", "E23000011"),
        ("E2300001", None),
        ("", None),
        ("Source: Home Office", None),
    ],
)
def test_area_codes(text: str, code: str | None) -> None:
    assert labels.area_code(text) == code


def test_mid_year_of_a_base() -> None:
    assert labels.mid_year("Population figures\n (mid-2017)3  rounded to 100") == 2017
    assert labels.mid_year("Population in mid 2023") == 2023
    assert labels.mid_year("Population of 2023") == 2023
    assert labels.mid_year("Population figures") is None
