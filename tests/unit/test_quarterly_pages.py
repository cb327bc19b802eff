"""What the pages show of quarters and of both publishers' counts of a year."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crimeshare.measures.seasonal import METHOD
from crimeshare.parquet import read_table
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import MINUS, Figure, shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects import quarterly, sources
from crimeshare.publish.subjects.estimates import RECORDED, Estimates, Place, open_estimates
from crimeshare.publish.subjects.quarterly import Quarterly, open_quarterly
from crimeshare.publish.subjects.quarterly_charts import Quarter, Series, panels
from crimeshare.tables.quarter_combining import combine_recorded_quarters
from crimeshare.tables.recorded_quarters import read_recorded_quarters
from tests import frames
from tests.open_document import line, open_data
from tests.quarterly import series_of, shipped, write_quarterly

GROUP = "stalking_harassment"


@pytest.fixture(scope="module")
def quarters(built: Path) -> Quarterly:
    return open_quarterly(GROUP, built)


@pytest.fixture(scope="module")
def gone(root: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Quarterly:
    """The open data as they would be without the last return of Greater Manchester."""
    table = shipped(root)
    last = table["period_end"] == table["period_end"].max()
    lacking = table[~(last & (table["area_name"] == "Greater Manchester"))]
    folder = tmp_path_factory.mktemp("gone")
    write_quarterly(folder, root, read_table(built / RECORDED), lacking.reset_index(drop=True))
    return open_quarterly(GROUP, folder)


def chart_of(quarters: Quarterly, place: Place) -> Chart | None:
    return quarterly.by_quarter(quarters, place, frames.quarters(quarters, place))


def table_of(quarters: Quarterly, place: Place) -> Table | None:
    frame = frames.last_quarters(quarters, place)
    return quarterly.latest_quarters(quarters, place, frame)


def rows_of(html: str) -> list[dict[str, str]]:
    href = re.search(r'href="data:text/csv[^,]*,([^"]+)"', html)
    assert href
    return list(csv.DictReader(io.StringIO(unquote(unescape(href[1])))))


def test_the_newest_quarter_by_code(root: Path, quarters: Quarterly, estimates: Estimates) -> None:
    table = shipped(root)
    table = table[(table["area_name"] == "Gwent") & (table["offence_id"] == GROUP)]
    end = table["period_end"].max()
    at = table["period_end"] == end
    now = table[at & table["code"].notna()].set_index("code")["value"].astype(int)
    before = table[table["period_end"] == end - pd.DateOffset(years=1)].set_index("code")["value"]
    codes = pd.read_csv(root / "workflow/crimeshare/tables/layouts/prc/codes.csv")
    codes = codes[codes["code"].isin(now.index)].drop_duplicates("code")
    names = codes.set_index("code")["name"].str.lower()
    whole = int(table.loc[at & table["code"].isna(), "value"].item())
    assert len(now) > 2

    text = quarterly.opening(quarters, estimates.place("gwent", "force"))
    said = plain(text)
    counts, part, *moves = said.split(". ")
    start = end - pd.DateOffset(months=2)
    assert counts.startswith(f"From {start:%B} to {end:%B %Y} police in Gwent recorded ")
    spoken = [
        re.search(rf"{now[code]:,}( offences)? of {name}\b", counts) for code, name in names.items()
    ]
    assert all(spoken)
    assert [found.start() for found in spoken if found] == sorted(
        found.start() for found in spoken if found
    )
    first = names.index[0]
    share = f"{100 * now[first] / whole:.1f}%"
    assert (
        part.lower()
        == f"{names[first]} was {share} of the {whole:,} offences of stalking and harassment"
    )
    for code, name in names.items():
        was = int(before[code])
        verb = "rose" if now[code] > was else "fell"
        by = f"{abs(100 * (now[code] / was - 1)):.1f}%"
        if was < quarterly.SMALL_BASE:
            assert f"{name} {verb} from {was} to {now[code]}" in ". ".join(moves).lower()
        else:
            assert f"{name} {verb} by {by}" in ". ".join(moves).lower()
    assert stray_numbers(text) == []


@pytest.mark.slow
def test_quarters_across_a_change_of_recording_are_not_compared(
    root: Path, built: Path, estimates: Estimates, tmp_path: Path
) -> None:
    table = shipped(root)
    early = table[table["period_end"] <= pd.Timestamp("2024-03-31")].reset_index(drop=True)
    write_quarterly(tmp_path, root, read_table(built / RECORDED), early)
    text = plain(quarterly.opening(open_quarterly(GROUP, tmp_path), estimates.nation))
    last = text.rpartition(". ")[2]
    assert " are not compared: " in last
    broken = last.partition(" are not")[0].lower().replace(" and ", ", ").split(", ")
    assert sorted(broken) == ["harassment", "malicious communications", "stalking"]
    assert "year before, racially or religiously aggravated harassment rose" in text


def test_a_missing_return_is_said_and_never_drawn_as_zero(
    gone: Quarterly, estimates: Estimates
) -> None:
    place = estimates.place("greater-manchester", "force")
    assert "made no complete return" in quarterly.opening(gone, place)
    nation = chart_of(gone, estimates.nation)
    assert nation
    assert any("exclude Greater Manchester" in note for note in nation.notes)
    chart = chart_of(gone, place)
    assert chart
    assert "No figure for October to December 2025." in chart.alt
    rows = rows_of(chart._repr_html_())
    last = [row for row in rows if row["quarter_ending"] == "2025-12-31"]
    assert {(row["value"], row["marker"]) for row in last} == {("", "unavailable")}
    assert "[x]" in table_of(gone, place)._repr_html_()  # type: ignore[union-attr]


def test_the_chart_has_every_code_its_changes_and_its_data(
    quarters: Quarterly, estimates: Estimates
) -> None:
    chart = chart_of(quarters, estimates.place("gwent", "force"))
    assert chart
    html = chart._repr_html_()
    assert stray_numbers(html) == []
    rows = rows_of(html)
    by_name = {
        name: [r for r in rows if r["series"] == name] for name in {r["series"] for r in rows}
    }
    assert {name: len(found) for name, found in by_name.items()} == {
        "Stalking": 47,
        "Harassment": 55,
        "Racially or religiously aggravated harassment": 55,
        "Malicious communications": 35,
        "Controlling or coercive behaviour": 23,
    }
    assert all(row["release_id"] == "prc-2025-12" and row["cell"] for row in rows)
    assert chart.key[0][1] == ("A, April 2014: Stalking recorded apart from harassment")
    assert len(chart.key) == 8
    assert "Malicious communications: 475 in April to June 2017" in chart.alt
    assert "Source: Home Office" in html
    assert "holds no cell addresses" in html
    assert len(html) < 150_000


def test_the_table_has_the_numbers_of_the_chart(quarters: Quarterly, estimates: Estimates) -> None:
    place = estimates.nation
    table = table_of(quarters, place)
    chart = chart_of(quarters, place)
    assert table
    assert chart
    drawn = {figure.figure_id: figure.value for figure in chart.figures}
    printed = shown(table._repr_html_())
    assert len(printed) == 8 * 6
    for figure in printed:
        if figure["data-id"] in drawn:
            assert float(figure["value"]) == drawn[figure["data-id"]]
    for row in table.rows:
        *parts, whole = (figure.number for figure in row[1:] if isinstance(figure, Figure))
        assert sum(parts) == whole


@pytest.mark.slow
def test_a_group_with_parts_is_drawn_by_the_codes_of_its_parts(
    root: Path, built: Path, tmp_path: Path
) -> None:
    from crimeshare.measures.quarters import compute_home_office_check, compute_quarterly_series
    from crimeshare.measures.recorded import read_recording_changes
    from crimeshare.measures.seasonal import compute_seasonally_adjusted
    from crimeshare.parquet import write_table

    changes = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    table = shipped(root)
    write_table(table, tmp_path / quarterly.QUARTERS)
    series = compute_quarterly_series(table, changes, ["robbery"])
    write_table(series, tmp_path / quarterly.SERIES)
    write_table(compute_seasonally_adjusted(series), tmp_path / quarterly.ADJUSTED)
    check = compute_home_office_check(read_table(built / RECORDED), table)
    write_table(check, tmp_path / quarterly.CHECK)
    robbery = open_quarterly("robbery", tmp_path)
    place = open_estimates("robbery", built).nation
    chart = chart_of(robbery, place)
    assert chart
    assert {row["series"] for row in rows_of(chart._repr_html_())} == {
        "Robbery of business property",
        "Robbery of personal property",
    }
    seasonal = {row["series"] for row in rows_of(chart._repr_html_()) if row["seasonally_adjusted"]}
    adjusted = read_table(tmp_path / quarterly.ADJUSTED)
    nation = adjusted[(adjusted["area_type"] == "country") & (adjusted["method"] == METHOD)]
    assert {robbery.codes("robbery")[code] for code in nation["code"].dropna()} == seasonal
    assert "offences of robbery of business property" in plain(quarterly.opening(robbery, place))
    table_now = table_of(robbery, place)
    assert table_now
    for _, *counts in table_now.rows:
        business, personal, together = (figure.value for figure in counts)  # type: ignore[union-attr]
        assert business + personal == together  # type: ignore[operator]


def test_a_workbooks_figure_names_its_cell(
    root: Path, built: Path, estimates: Estimates, tmp_path: Path
) -> None:
    """Read from the Home Office's own file, the figure of a code is one cell."""
    path = open_data(
        tmp_path / "prc.ods",
        {"2023_24": [line("Gwent", "8L", 50, quarter=n) for n in (1, 2, 3, 4)]},
    )
    from crimeshare.tables.observations import QuarterFigure, read_arrow, write_observations

    write_observations(read_recorded_quarters(path, "prc-2024-03"), tmp_path / "f.parquet")
    table = combine_recorded_quarters([read_arrow(QuarterFigure, tmp_path / "f.parquet")])
    write_quarterly(tmp_path, root, read_table(built / RECORDED), table)
    own = open_quarterly(GROUP, tmp_path)
    newest = own.quarters(estimates.place("gwent", "force"), "stalking_harassment", "8L")[-1]
    assert not own.converted
    assert (newest.figure.cells[0].cell, newest.figure.formula) == ("H5", "")
    assert newest.figure.cells[0].workbook_sha256 == table["workbook_sha256"][0]
    whole = own.quarters(estimates.nation, "stalking_harassment")[-1]
    said = whole.figure.expression
    assert said.startswith("Stalking and harassment, England and Wales, without Avon and Somerset")
    assert said.endswith(", quarter to March 2024")


def test_a_series_is_interrupted_where_a_quarter_is_missing() -> None:
    def one(start: date, end: date, value: float | None) -> Quarter:
        figure = Figure(f"f.{end}", value, "count", marker="unavailable")
        return Quarter(figure, {"period_start": start, "period_end": end})

    series = Series(
        "Stalking",
        [
            one(date(2019, 4, 1), date(2019, 6, 30), 5),
            one(date(2019, 7, 1), date(2019, 9, 30), None),
            one(date(2019, 10, 1), date(2019, 12, 31), 9),
        ],
        [Break(date(2019, 10, 1), "A change"), Break(date(2018, 1, 1), "Before it all")],
    )
    chart = panels(Chart("c", "Title", "Subtitle"), [series])
    (panel,) = chart.spec["vconcat"]
    drawn = panel["layer"][-1]["data"]["values"]
    assert [(row["y"], row["stretch"]) for row in drawn] == [(5, 0), (9, 1)]
    assert [meaning for _, meaning in chart.key] == ["A, October 2019: A change"]
    assert "Before it all" not in chart.alt


class TestBesideOns:
    def test_the_nation(self, quarters: Quarterly, estimates: Estimates) -> None:
        table = quarterly.nation_beside_ons(quarters, estimates)
        assert table
        html = table._repr_html_()
        assert stray_numbers(html) == []
        row = next(row for row in table.rows if row[1] == "<code>pfa-2024-12</code>")
        newest = table.rows[-1]
        assert [plain(f"{cell:signed}" if isinstance(cell, Figure) else cell) for cell in newest][
            :5
        ] == ["December 2024", "pfa-2024-12", "+5,350,405", "+5,343,815", f"{MINUS}6,590"]
        assert row[0] == "December 2023"
        assert len(table.rows) == quarterly.NEWEST

    def test_the_forces_that_differ_most(self, quarters: Quarterly, estimates: Estimates) -> None:
        table = quarterly.forces_beside_ons(quarters, estimates)
        assert table
        latest = estimates.editions[-1]
        differences = {
            row["area_name"]: row["difference"]
            for row in quarters.checks(release_id=latest.release_id, offence_id="total")
            if row["period_end"] == latest.period_end and row["area_type"] == "force"
        }
        assert len(differences) == len(estimates.forces)
        ranked = sorted(differences, key=lambda name: -abs(differences[name]))
        assert [row[0] for row in table.rows] == ranked[: quarterly.WIDEST]
        for name, *figures in table.rows:
            ons, home, difference = (figure.number for figure in figures[:3])  # type: ignore[union-attr]
            assert home - ons == difference == differences[str(name)]
        assert stray_numbers(table._repr_html_()) == []

    def test_the_words(self, quarters: Quarterly, estimates: Estimates) -> None:
        text = quarterly.compared(quarters, estimates)
        assert "none of 43 forces has the same total in both" in plain(text)
        assert "Derbyshire, +1.5%" in plain(text)
        assert stray_numbers(text) == []

    def test_the_release(self, quarters: Quarterly) -> None:
        table = quarterly.releases(quarters, sources.registry())
        assert table
        html = table._repr_html_()
        assert "prc-pfa-mar2013-onwards-tables-230426.ods" in html
        assert quarters.conversion_sha256 in html
        assert "https://www.gov.uk/government/statistical-data-sets/" in html


def test_a_build_without_the_open_data_says_so(
    root: Path, built: Path, estimates: Estimates, tmp_path: Path
) -> None:
    write_quarterly(tmp_path, root, read_table(built / RECORDED), combine_recorded_quarters([]))
    none = open_quarterly(GROUP, tmp_path)
    place = estimates.nation
    assert none.empty
    assert quarterly.opening(none, place) == quarterly.compared(none, estimates)
    assert chart_of(none, place) is None
    assert table_of(none, place) is None
    assert quarterly.nation_beside_ons(none, estimates) is None
    assert quarterly.releases(none, sources.registry()) is None


def test_the_tables_are_described(root: Path) -> None:
    from crimeshare.columns import described

    table = shipped(root)
    for name, columns in (
        ("recorded_quarters", list(table.columns)),
        ("quarterly_series", list(series_of(root, table.head(0)).columns)),
    ):
        assert len(described(name, columns)) == len(columns)
    shipped_rows = pq.read_table(root / "resources/figures/prc-2025-12.parquet")
    assert isinstance(shipped_rows, pa.Table)
    assert shipped_rows.nbytes > 0


def test_the_line_is_without_the_season_and_the_points_are_the_counts(
    quarters: Quarterly, estimates: Estimates, built: Path
) -> None:
    chart = chart_of(quarters, estimates.nation)
    assert chart
    table = read_table(built / quarterly.ADJUSTED)
    own = table[(table["area_name"] == "England and Wales") & (table["method"] == METHOD)]
    known = {(row.code, row.period_end.isoformat()[:10]): row.adjusted for row in own.itertuples()}
    names = {name: code for code, name in quarters.codes(GROUP).items()}
    checked = 0
    for row in rows_of(chart._repr_html_()):
        adjusted = known.get((names[row["series"]], row["quarter_ending"]))
        assert row["seasonally_adjusted"] == ("" if adjusted is None else f"{round(adjusted, 1)}")
        checked += adjusted is not None
    assert checked > 40


def test_a_quarter_is_compared_with_the_one_before_without_its_season(
    quarters: Quarterly, estimates: Estimates, built: Path
) -> None:
    said = quarterly.opening(quarters, estimates.nation)
    (moved,) = (f for f in shown(said) if f["data-id"].endswith(".adjusted_on_quarter_before"))
    table = read_table(built / quarterly.ADJUSTED)
    own = table[
        (table["area_name"] == "England and Wales")
        & (table["offence_id"] == GROUP)
        & table["code"].isna()
    ].sort_values("period_end")
    before, now = own["adjusted"].iloc[-2:]
    assert float(moved["value"]) == pytest.approx(now / before - 1)
    assert "allowing for the season" in plain(said)
