"""Tables a screen reader can speak."""

import re
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.publish.elements.figures import Figure, shown
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects import factsheet
from tests import frames
from tests.frames import Place, Report
from tests.tables import SERIES

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


def test_a_table_offers_its_figures_under_a_name_that_says_what_they_are() -> None:
    caption = "Share, <em>year ending</em> December 2024"
    html = Table(caption, ["Force", "Count", "Same"], ROWS)._repr_html_()
    # The rows stand in the table; a script writes them out.
    assert 'download="share-year-ending-december-2024.csv" href="data:text/csv," hidden' in html


def test_a_table_without_figures_has_no_data_to_offer() -> None:
    assert "csv" not in Table("Changes", ["Day", "What"], [["1 April", "rules"]])._repr_html_()


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


def _history(place: Place) -> str:
    return factsheet.all_years(frames.changes(place), frames.now(place))._repr_html_()


def test_a_missing_force_makes_its_region_exclude_it(incomplete: Report) -> None:
    html = _history(frames.place(incomplete, "north-west"))
    assert "December 2019 (excluding Greater Manchester)" in html
    own = _history(frames.place(incomplete, "greater-manchester"))
    assert "December 2018" in own
    assert [figure for figure in shown(own) if "2019-12" in str(figure["data-id"])] == []


def test_history_gives_the_reference_figures(estimates: Report, built: Path) -> None:
    place = frames.place(estimates, "gwent")
    series = pd.read_parquet(built / SERIES)
    leading = series[
        (series["area_name"] == "Gwent")
        & (series["offence_id"] == "stalking_harassment")
        & (pd.to_datetime(series["period_end"]) == pd.Timestamp("2024-12-31"))
    ].squeeze()
    (row,) = re.findall(r"<tr><th[^>]*>December 2024</th>.*?</tr>", _history(place))
    count, _, total, share, _, _, first = (figure["text"] for figure in shown(row))
    assert (count, total) == (f"{leading['count']:,.0f}", f"{leading['total']:,.0f}")
    assert (share, first) == (f"{100 * leading['share']:.1f}%", "8,642")
