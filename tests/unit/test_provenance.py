"""The cells behind a table or chart: each one named, none invented, in few words."""

import re

from crimeshare.cells import Cell
from crimeshare.publish.elements.figures import Figure, stray_numbers
from crimeshare.publish.elements.provenance import sources
from crimeshare.publish.subjects import factsheet, offence_mix, side_by_side, standing
from crimeshare.publish.subjects.estimates import FORCES, of_areas
from tests import frames
from tests.frames import Report

SHA256 = "ab" * 32


M9 = Cell("pfa-2024-12", SHA256, "Table P1 ", "M9")
N9 = Cell("pfa-2024-12", SHA256, "Table P4", "N9")


def figure(*cells: str, formula: str = "", sheet: str = "Table P1 ") -> Figure:
    at = tuple(Cell("pfa-2024-12", SHA256, sheet, cell) for cell in cells)
    return Figure("x", 1, "count", at, formula)


def share(part: str, whole: str, sheet: str = "Table P1 ") -> Figure:
    over = " / ".join(f"[pfa-2024-12]'{sheet.strip()}'!{cell}" for cell in (part, whole))
    return figure(part, whole, formula=over, sheet=sheet)


def test_a_release_is_named_with_its_address_and_the_hash_of_its_workbook() -> None:
    html = sources([figure("C9")])
    assert "Year ending December 2024 at ONS</a>" in html
    assert 'href="https://www.ons.gov.uk/peoplepopulationandcommunity/' in html
    assert f"<code>{SHA256[:12]}…</code>" in html
    assert "<code>Table P1: C9</code>" in html


def test_formulas_of_one_shape_are_one_formula_over_ranges() -> None:
    html = sources(
        [
            share("M9", "C9"),
            share("M10", "C10"),
            Figure("x", 1, "count", (M9, N9), f"{M9.name} / {N9.name} - 1"),
        ]
    )
    assert "<code>Table P1: M9:M10 / C9:C10</code>" in html
    assert "<code>&#x27;Table P1&#x27;!M9 / &#x27;Table P4&#x27;!N9 - 1</code>" in html


def test_sheets_called_like_cells_are_told_apart() -> None:
    text = sources(share("I8", "C8", sheet) for sheet in ("Table P1", "Table P4"))
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
    assert "<code>Findings: B7; stalking, men</code>" in sources(named)


def test_a_formula_over_two_releases_stands_with_both() -> None:
    before = Cell("pfa-2018-03", "cd" * 32, "Table P1", "M9")
    html = sources([Figure("x", 1, "change", (M9, before), f"{M9.name} / {before.name} - 1")])
    first, second = re.findall("<li>(.*?)</li>", html)
    assert first.endswith(
        "<code>&#x27;Table P1&#x27;!M9 / [pfa-2018-03]&#x27;Table P1&#x27;!M9 - 1</code>"
    )
    assert "Year ending March 2018 at ONS</a>" in second
    assert f"<code>{'cd' * 6}…</code>" in second
    assert second.endswith("<code>Table P1: M9</code>")


def test_what_is_told_in_words_shows_every_cell_it_rests_on() -> None:
    before = Cell("pfa-2018-03", "cd" * 32, "Table P1", "M9")
    html = sources([Figure("x", 1, "count", (M9, N9, before), "median of three")])
    first, second = re.findall("<li>(.*?)</li>", html)
    assert first.endswith("<code>Table P1: M9</code>; <code>Table P4: N9</code>")
    assert second.endswith("<code>Table P1: M9</code>")


def test_a_figure_that_rests_on_no_release_says_what_on() -> None:
    simulated = Figure("x", 0.95, "proportion", formula="computed from a_study.csv")
    assert "<li><code>computed from a_study.csv</code></li>" in sources([simulated, simulated])


def test_a_bare_count_has_no_source() -> None:
    assert sources([Figure("x", 1, "count")]) == ""


def test_every_table_and_chart_of_a_force_names_its_cells(estimates: Report) -> None:
    place = frames.place(estimates, "gwent")
    now = frames.now(place)
    groups = offence_mix.groups(now)
    shown = [
        factsheet.share_by_year(frames.years(place), place.area.area_code),
        factsheet.all_years(frames.changes(place), now),
        standing.funnel_plot(now, standing.limits_of(now)),
        side_by_side.similar_table(now),
        side_by_side.neighbours_table(now, of_areas("stalking_harassment", FORCES)),
        offence_mix.contributions(offence_mix.moved_most(groups), now),
        offence_mix.subgroup_table(groups, now),
    ]
    for output in shown:
        html = output._repr_html_()  # type: ignore[union-attr]
        block = re.search(r'<details class="source">.*?</details>', html, re.DOTALL)
        assert block, output
        assert stray_numbers(block[0]) == []
        # An address and a hash for each workbook, and not a cell for each figure.
        assert len(block[0]) < 5_500 + 400 * block[0].count("<li>")
