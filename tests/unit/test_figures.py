"""Numbers in the report: how they are written, what they carry, and that none is printed bare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.cells import Cell
from crimeshare.columns import units
from crimeshare.digits import MINUS, fixed
from crimeshare.publish.elements.figures import (
    MARKERS,
    Figure,
    decimals_for,
    show,
    shown,
    stray_numbers,
)

CELL = Cell("pfa-2024-12", "ab" * 32, "Table P1 ", "I60")
TOTAL = Cell("pfa-2024-12", "ab" * 32, "Table P1 ", "C60")


@pytest.mark.parametrize(
    ("unit", "value", "style", "expected"),
    [
        ("count", 8642, "", "8,642"),
        ("count", 606251, "", "606,251"),
        ("count", -389, "", f"{MINUS}389"),
        ("count", -389, "absolute", "389"),
        ("count", 1313, "signed", "+1,313"),
        ("proportion", 8642 / 58358, "", "14.8%"),
        ("proportion", 0, "", "0.0%"),
        ("proportion", 0.1255, "", "12.6%"),
        ("change", -0.0430738, "", f"{MINUS}4.3%"),
        ("change", -0.0430738, "absolute", "4.3%"),
        ("change", 0.216, "signed", "+21.6%"),
        ("change", -0.0001, "signed", "0.0%"),
        ("percentage_points", 0.0347767, "", "3.5 percentage points"),
        ("percentage_points", -0.01, "absolute", "1.0 percentage point"),
        ("percentage_points", 0.01, "signed", "+1.0 percentage point"),
        ("per_1000", 14.514, "", "14.5"),
        ("rank", 9, "", "9th"),
    ],
)
def test_how_numbers_are_written(unit: str, value: float, style: str, expected: str) -> None:
    assert Figure("x", value, unit).words(style) == expected


@pytest.mark.parametrize(
    ("unit", "typical", "value", "style", "expected"),
    [
        ("proportion", 4.3, 0.0428, "", "4.3%"),
        ("proportion", 0.5, 0.005, "", "0.5%"),
        ("proportion", 0.0096, 0.000096, "", "0.010%"),
        ("proportion", 0.0096, 0.00016, "", "0.016%"),
        ("proportion", 0.0096, 0, "", "0.0%"),
        ("per_1000", 0.0083, 0.0151, "", "0.015"),
        ("per_1000", 0, 0.0151, "", "0.0"),
        ("percentage_points", 0.0096, -0.00001, "signed bare", f"{MINUS}0.001"),
        ("percentage_points", 0.04, 0.01, "", "1.000 percentage point"),
        ("count", 0.0096, 503, "", "503"),
    ],
)
def test_small_numbers_are_written_so_that_they_differ(
    unit: str, typical: float, value: float, style: str, expected: str
) -> None:
    figure = Figure("x", value, unit, decimals=decimals_for(typical))
    assert figure.words(style) == expected


@given(st.floats(-1e9, 1e9))
def test_rounding_keeps_the_value_within_half_a_unit(value: float) -> None:
    text = fixed(value, 1).replace(",", "").replace(MINUS, "-")
    assert abs(float(text) - value) <= 0.05 * (1 + 1e-9)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [fixed(value) for value in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", f"{MINUS}3"]


def test_a_figure_carries_value_unit_and_cells() -> None:
    figure = Figure(
        "share.gwent", 8642 / 58358, "proportion", (CELL, TOTAL), f"{CELL.name} / {TOTAL.name}"
    )
    (element,) = shown(f"<p>That is <b>{figure}</b> of all.</p>")
    assert element == {
        "value": repr(8642 / 58358),
        "data-id": "share.gwent",
        "data-unit": "proportion",
        "data-release": "pfa-2024-12",
        "data-sheet": "Table P1",
        "data-cell": "I60 / C60",
        "text": "14.8%",
    }
    assert figure.source == "pfa-2024-12, Table P1, I60 / C60"


def test_what_is_computed_in_words_names_the_cells_it_was_computed_over() -> None:
    cells = tuple(CELL._replace(cell=f"I{row}") for row in range(10, 20))
    earlier = CELL._replace(release_id="pfa-2023-12", cell="I10")
    median = Figure("x", 12, "count", (*cells, earlier), "median of the forces")
    (element,) = shown(f"{median}")
    assert element["data-cell"] == (
        "median of the forces over 'Table P1'!I10:I19, [pfa-2023-12]'Table P1'!I10"
    )


def test_a_figure_inside_the_formula_of_another() -> None:
    assert Figure("x", 1, "count", (CELL,)).named == "[pfa-2024-12]'Table P1'!I60"
    share = Figure("x", 1, "count", (CELL, TOTAL), f"{CELL.name} / {TOTAL.name}")
    assert share.named == f"({share.formula})"
    looked_up = CELL._replace(workbook_sha256="", cell="stalking, women")
    assert Figure("survey.stalking", 0.04, "proportion", (looked_up,)).named == "survey.stalking"


def test_several_cells_do_not_make_a_number_by_themselves() -> None:
    with pytest.raises(ValueError, match="no formula says how its cells make the number"):
        Figure("x", 1, "count", (CELL, TOTAL))


def test_an_estimate_carries_its_interval() -> None:
    (element,) = shown(show(Figure("x", 0.03, "proportion", lower=0.027, upper=0.033)))
    assert (element["data-lower"], element["data-upper"]) == ("0.027", "0.033")


@pytest.mark.parametrize("marker", [*MARKERS, None, "never heard of"])
def test_what_is_missing_is_marked_and_never_zero(marker: str | None) -> None:
    html = show(Figure("x", None, "count", (CELL,), marker=marker))
    assert shown(html) == []
    assert "<abbr title=" in html
    assert "0" not in html
    with pytest.raises(ValueError, match="has no value"):
        _ = Figure("x", None, "count", marker=marker).number


def test_an_unknown_unit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="no unit `pounds`; units are count, proportion"):
        Figure("x", 1, "pounds")


@pytest.mark.parametrize("unit", units())
def test_no_figure_is_a_stray_number(unit: str) -> None:
    assert stray_numbers(f"<p>It was {Figure('x', 3, unit)} then.</p>") == []


@pytest.mark.parametrize(
    "text",
    [
        "in the year ending December 2024",
        "since 2018/19",
        "published on 24 April 2025",
        "per 1,000 residents",
        "Per 1,000 residents",
        "see Table P1 and Tables A3a",
        "the SHA-256 hash",
        '<a href="data:text/csv,1%2C2">data</a>',
        "<code>pfa-2024-12</code>",
        '<svg viewBox="0 0 1 1"><text>12%</text></svg>',
        "<h2>No number</h2>",
    ],
)
def test_structural_numerals_are_no_findings(text: str) -> None:
    assert stray_numbers(text) == []


@pytest.mark.parametrize(
    "text",
    ["rose by 12%", "8,642 offences", "2024 offences and 7 more", "2nd of them", "<td>5</td>"],
)
def test_a_number_that_comes_from_nowhere_is_found(text: str) -> None:
    assert len(stray_numbers(f"<p>fine</p><p>{text}</p>")) == 1
