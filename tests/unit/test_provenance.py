"""The cells behind a table or chart: each one named, none invented, in few words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.cells import Cell
from crimeshare.publish.elements.figures import Figure, stray_numbers
from crimeshare.publish.elements.provenance import ranges, sources
from crimeshare.publish.subjects import factsheet, offence_mix, standing
from crimeshare.publish.subjects.estimates import Estimates

SHA256 = "ab" * 32


def figure(*cells: str, formula: str = "", sheet: str = "Table P1 ") -> Figure:
    at = tuple(Cell("pfa-2024-12", SHA256, sheet, cell) for cell in cells)
    return Figure("x", 1, "count", at, formula)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["C9"], "C9"),
        (["C9", "C10", "C11"], "C9:C11"),
        (["C11", "C9", "C9"], "C9, C11"),
        (["D43", "E43", "F43"], "D43:F43"),
        (["Y2", "Z2", "AA2", "AB2"], "Y2:AB2"),
        (["C9", "C10", "M9", "M10"], "C9:C10, M9:M10"),
        ([], ""),
    ],
)
def test_neighbouring_cells_are_one_range(cells: list[str], words: str) -> None:
    assert ranges(cells) == words


@given(st.sets(st.from_regex(r"[A-C][A-C]?[1-9]", fullmatch=True)))
def test_ranges_hold_the_cells_and_no_other(cells: set[str]) -> None:
    assert {cell for part in ranges(cells).split(", ") for cell in spread(part)} == cells


def spread(part: str) -> set[str]:
    """The cells of a range one column wide or one row high."""
    if ":" not in part:
        return {part} - {""}
    (a, first), (b, last) = (re.fullmatch(r"([A-Z]+)(\d)", end).groups() for end in part.split(":"))  # type: ignore[union-attr]
    letters = [chr(65 + i) for i in range(26)]
    letters += [x + y for x in letters for y in letters]
    columns = letters[letters.index(a) : letters.index(b) + 1]
    assert a == b or first == last
    return {f"{column}{row}" for column in columns for row in range(int(first), int(last) + 1)}


def test_a_release_is_named_with_its_address_and_the_hash_of_its_workbook() -> None:
    html = sources([figure("C9")])
    assert "Year ending December 2024 at ONS</a>" in html
    assert 'href="https://www.ons.gov.uk/peoplepopulationandcommunity/' in html
    assert f'title="SHA-256 {SHA256}">abababababab…</code>' in html
    assert "<code>Table P1: C9</code>" in html


def test_formulas_of_one_shape_are_one_formula_over_ranges() -> None:
    html = sources(
        [
            figure("M9", "C9", formula="M9 / C9"),
            figure("M10", "C10", formula="M10 / C10"),
            figure("M9", formula="'Table P1'!M9 / 'Table P4'!N9 - 1"),
        ]
    )
    assert "<code>Table P1: M9:M10 / C9:C10</code>" in html
    assert "<code>&#x27;Table P1&#x27;!M9 / &#x27;Table P4&#x27;!N9 - 1</code>" in html


def test_sheets_called_like_cells_are_told_apart() -> None:
    text = sources(
        Figure(sheet, 0.1, "proportion", (Cell("pfa-2024-12", SHA256, sheet, "I8"),), "I8 / C8")
        for sheet in ("Table P1", "Table P4")
    )
    assert "<code>Table P1: I8 / C8</code>; <code>Table P4: I8 / C8</code>" in text


def test_releases_are_told_apart() -> None:
    other = Figure("y", 1, "count", (Cell("unheard-of", "", "Sheet", "A1"),))
    html = sources([figure("C9"), other])
    assert html.count("<li>") == 2
    assert "<li><code>unheard-of</code>: <code>Sheet: A1</code></li>" in html


def test_a_publication_without_a_workbook_names_the_estimate_where_a_cell_would_stand() -> None:
    named = [
        Figure(name, 0.1, "proportion", (Cell("stalking-2024-03", "", "Findings", cell),))
        for name, cell in (("a", "stalking, men"), ("b", "B7"), ("c", "stalking, men"))
    ]
    assert "<code>Findings: B7, stalking, men</code>" in sources(named)


def test_figures_without_cells_have_no_source() -> None:
    assert sources([Figure("x", 1, "count")]) == ""


def test_every_table_and_chart_of_a_force_names_its_cells(estimates: Estimates) -> None:
    place = estimates.place("gwent")
    shown = [
        factsheet.share_over_time(place),
        factsheet.history(place),
        standing.funnel_plot(place),
        factsheet.similar_table(place),
        factsheet.neighbours_table(place),
        factsheet.change_by_year(place),
        factsheet.changes(place),
        offence_mix.contributions(place),
        offence_mix.contributions_table(place),
        offence_mix.subgroups(place),
        offence_mix.subgroup_table(place),
    ]
    for output in shown:
        html = output._repr_html_()  # type: ignore[union-attr]
        block = re.search(r'<details class="source">.*?</details>', html, re.DOTALL)
        assert block, output
        assert stray_numbers(block[0]) == []
        assert len(block[0]) < 6_000
