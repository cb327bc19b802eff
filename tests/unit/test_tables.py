"""Tables a screen reader can speak."""

import re

import pytest

from crimeshare.publish.elements.figures import Figure, shown
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects import factsheet
from crimeshare.publish.subjects.estimates import Estimates

ROWS = [
    ["Gwent", Figure("a", 8642, "count"), "yes"],
    ["Nowhere", Figure("b", None, "count", marker="small_base"), "no"],
]


def test_headers_have_a_scope_and_numbers_are_set_right() -> None:
    html = Table("Offences", ["Force", "Count", "Comparable"], ROWS)._repr_html_()
    assert "<caption><span>Offences</span></caption>" in html
    assert html.count('<th scope="col"') == 3
    assert html.count('<th scope="row">') == 2
    assert html.count('<td class="number">') == 2
    assert '<th scope="col" class="number">Count</th>' in html


def test_markers_are_explained_once_below_the_table() -> None:
    html = Table("Offences", ["Force", "Count", "Comparable"], [*ROWS, ROWS[1]])._repr_html_()
    notes = html[html.index('<figcaption class="notes">') :]
    assert notes.count("[u] fewer than fifty offences") == 1
    assert [figure["text"] for figure in shown(html)] == ["8,642"]


def test_a_table_without_markers_has_no_notes() -> None:
    html = Table("Offences", ["Force", "Count", "Comparable"], ROWS[:1])._repr_html_()
    assert "figcaption" not in html


def test_a_style_applies_to_its_column() -> None:
    rows = [["Gwent", Figure("a", 3, "count"), Figure("b", 3, "count")]]
    html = Table("t", ["Force", "One", "Other"], rows, styles=["", "", "signed"])._repr_html_()
    assert [figure["text"] for figure in shown(html)] == ["3", "+3"]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has 2 cells where its header has 3"):
        Table("Offences", ["Force", "Count", "Comparable"], [["Gwent", "yes"]])


def test_columns_of_text_say_how_long_it_is() -> None:
    label, wordy = "Devon and Cornwall police", "no: " + "what police record changed " * 2
    html = Table("Caption", ["Force", "In short", "Why"], [[label, "yes", wordy]])._repr_html_()
    assert f'<th scope="row" class="long">{label}</th>' in html
    assert '<td class="short">yes</td>' in html
    assert f'<td class="long">{wordy}</td>' in html
    # The link's address is not read, and a short row label may still be broken.
    linked = '<a href="forces/devon-and-cornwall.html">Devon and Cornwall</a>'
    assert f'<th scope="row">{linked}</th>' in Table("C", ["Force"], [[linked]])._repr_html_()


def test_a_missing_force_makes_its_region_exclude_it(estimates: Estimates) -> None:
    html = factsheet.history(estimates.place("north-west"))._repr_html_()
    assert "December 2019 (excluding Greater Manchester)" in html
    own = factsheet.history(estimates.place("greater-manchester"))._repr_html_()
    (row,) = re.findall(r'<tr><th scope="row"[^>]*>December 2019</th>.*?</tr>', own)
    assert shown(row) == []
    assert row.count("[x]") == 5


def test_history_gives_the_reference_figures(estimates: Estimates) -> None:
    html = factsheet.history(estimates.place("gwent"))._repr_html_()
    last = html[html.index(">December 2024</th>") :]
    assert [figure["text"] for figure in shown(last)] == ["8,642", "58,358", "14.8%", "9th", "14.5"]
