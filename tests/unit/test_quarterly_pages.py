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

from crimeshare.digits import MINUS
from crimeshare.measures.seasonal import METHOD
from crimeshare.parquet import read_table
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import Figure, shown, stray_numbers
from crimeshare.publish.elements.multiples import small_multiples
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.rows import rows
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects import quarterly, sources
from crimeshare.reference import NATION
from crimeshare.tables.combining import combine_recorded_quarters
from crimeshare.tables.recorded_quarters import read_recorded_quarters
from tests.open_document import line, open_data
from tests.quarterly import series_of, shipped, write_quarterly
from tests.tables import ADJUSTED, CHECK, QUARTERLY_SERIES, QUARTERS, RECORDED

GROUP = "stalking_harassment"
GWENT, GREATER_MANCHESTER = "W15000002", "E23000005"


@pytest.fixture(scope="module")
def gone(root: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The open data as they would be without the last return of Greater Manchester."""
    table = shipped(root)
    last = table["period_end"] == table["period_end"].max()
    lacking = table[~(last & (table["area_name"] == "Greater Manchester"))]
    folder = tmp_path_factory.mktemp("gone")
    write_quarterly(folder, root, read_table(built / RECORDED), lacking.reset_index(drop=True))
    return folder


def chart_of(area_code: str) -> Chart | None:
    return quarterly.by_quarter(quarterly.quarters(GROUP, area_code))


def table_of(area_code: str) -> Table | None:
    return quarterly.latest_quarters(quarterly.quarters(GROUP, area_code))


def rows_of(html: str) -> list[dict[str, str]]:
    href = re.search(r'href="data:text/csv[^,]*,([^"]+)"', html)
    assert href
    return list(csv.DictReader(io.StringIO(unquote(unescape(href[1])))))


def test_the_newest_quarter_by_code(root: Path, built: Path) -> None:
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

    text = quarterly.opening(quarterly.quarters(GROUP, GWENT))
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
    root: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shipped(root)
    early = table[table["period_end"] <= pd.Timestamp("2024-03-31")].reset_index(drop=True)
    write_quarterly(tmp_path, root, read_table(built / RECORDED), early)
    monkeypatch.chdir(tmp_path)
    text = plain(quarterly.opening(quarterly.quarters(GROUP, NATION)))
    last = text.rpartition(". ")[2]
    assert " are not compared: " in last
    broken = last.partition(" are not")[0].lower().replace(" and ", ", ").split(", ")
    assert sorted(broken) == ["harassment", "malicious communications", "stalking"]
    assert "year before, racially or religiously aggravated harassment rose" in text


def test_a_missing_return_is_said_and_never_drawn_as_zero(
    gone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(gone)
    force = quarterly.quarters(GROUP, GREATER_MANCHESTER)
    assert "made no complete return" in quarterly.opening(force)
    nation = chart_of(NATION)
    assert nation
    assert any("exclude Greater Manchester" in note for note in nation.notes)
    chart = chart_of(GREATER_MANCHESTER)
    assert chart
    assert "No figure for October to December 2025." in chart.alt
    rows = rows_of(chart._repr_html_())
    last = [row for row in rows if row["quarter_ending"] == "2025-12-31"]
    assert {(row["value"], row["marker"]) for row in last} == {("", "unavailable")}
    assert "[x]" in table_of(GREATER_MANCHESTER)._repr_html_()  # type: ignore[union-attr]


def test_the_chart_has_every_code_its_changes_and_its_data(
    built: Path,
) -> None:
    chart = chart_of(GWENT)
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
    assert not chart.key, "each change of recording is labelled where it happens"
    for label in ("stalking counted apart", "Online Safety Act"):
        assert label in " ".join(re.findall(r">([^<>]+)</t", html))
    assert "Malicious communications: 475 in April to June 2017" in chart.alt
    assert "Source: Home Office" in html
    assert "holds no cell addresses" in html
    assert len(html) < 150_000


def test_the_table_has_the_numbers_of_the_chart(built: Path) -> None:
    table = table_of(NATION)
    chart = chart_of(NATION)
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
    root: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crimeshare.measures.quarters import compute_quarterly_series
    from crimeshare.measures.recorded import read_recording_changes
    from crimeshare.measures.seasonal import compute_seasonally_adjusted
    from crimeshare.parquet import write_table

    changes = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    table = shipped(root)
    write_table(table, tmp_path / QUARTERS)
    series = compute_quarterly_series(table, changes, ["robbery"])
    write_table(series, tmp_path / QUARTERLY_SERIES)
    write_table(compute_seasonally_adjusted(series), tmp_path / ADJUSTED)
    monkeypatch.chdir(tmp_path)
    own = quarterly.quarters("robbery", NATION)
    chart = quarterly.by_quarter(own)
    assert chart
    assert {row["series"] for row in rows_of(chart._repr_html_())} == {
        "Robbery of business property",
        "Robbery of personal property",
    }
    seasonal = {row["series"] for row in rows_of(chart._repr_html_()) if row["seasonally_adjusted"]}
    adjusted = read_table(tmp_path / ADJUSTED)
    nation = adjusted[(adjusted["area_type"] == "country") & (adjusted["method"] == METHOD)]
    assert {quarterly.codes("robbery")[code] for code in nation["code"].dropna()} == seasonal
    assert "offences of robbery of business property" in plain(quarterly.opening(own))
    table_now = quarterly.latest_quarters(own)
    assert table_now
    for _, *counts in table_now.rows:
        business, personal, together = (figure.value for figure in counts)  # type: ignore[union-attr]
        assert business + personal == together  # type: ignore[operator]


def test_a_workbooks_figure_names_its_cell(
    root: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    monkeypatch.chdir(tmp_path)
    own = quarterly.quarters(GROUP, GWENT)
    newest = rows(own[own["code"] == "8L"])[-1].count
    assert "conversion" not in str(chart_of(GWENT).notes)  # type: ignore[union-attr]
    assert (newest.cells[0].cell, newest.formula) == ("H5", "")
    assert newest.cells[0].workbook_sha256 == table["workbook_sha256"][0]
    said = rows(quarterly.quarters(GROUP, NATION))[-1].count.expression
    assert said.startswith("Stalking and harassment, England and Wales, without Avon and Somerset")
    assert said.endswith(", quarter to March 2024")


def test_a_series_is_interrupted_where_a_quarter_is_missing() -> None:
    starts = pd.to_datetime(["2019-04-01", "2019-07-01", "2019-10-01"])
    frame = pd.DataFrame(
        {
            "table": "quarterly_series",
            "release_id": "prc-2019-12",
            "area_code": GWENT,
            "series": "8Q",
            "period_start": starts,
            "period_end": starts + pd.offsets.QuarterEnd(),
            "count": [5.0, None, 9.0],
            "name": "Stalking",
            "line": [None, None, 8.2],
            "formula": "[prc-2019-12]'2019_20'!H5",
            "cells": "[prc-2019-12]'2019_20'!H5",
        }
    )
    breaks = [Break(date(2019, 10, 1), "A change"), Break(date(2018, 1, 1), "Before it all")]
    chart = small_multiples(
        "c",
        frame,
        y="count",
        line="line",
        by="name",
        words=["Title", "Subtitle"],
        breaks={"Stalking": breaks},
    )
    (panel,) = chart.spec["vconcat"]
    drawn = panel["layer"][-1]["data"]["values"]
    assert [(row["y"], row["line"], row["stretch"]) for row in drawn] == [(5, 5, 0), (9, 8.2, 2)]
    (top,) = {layer["encoding"]["y"]["scale"]["domain"][1] for layer in panel["layer"][3:]}
    assert top > max(max(row["y"], row["line"]) for row in drawn)
    rule, _, label = panel["layer"][:3]
    assert [row["x"] for row in rule["data"]["values"]] == [2019.7459]
    assert [" ".join(row["label"]) for row in label["data"]["values"]] == ["A change"]
    assert "Before it all" not in chart.alt


class TestBesideOns:
    def test_the_nation(self, built: Path) -> None:
        table = quarterly.nation_beside_ons(GROUP)
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

    def test_the_forces_that_differ_most(self, built: Path) -> None:
        table = quarterly.forces_beside_ons(GROUP)
        assert table
        check = read_table(built / CHECK, offence_id=["total"], area_type=["force"])
        latest = check[check["period_end"] == check["period_end"].max()]
        latest = latest[latest["release_id"] == latest["release_id"].max()]
        differences = dict(zip(latest["area_name"], latest["difference"], strict=True))
        assert len(differences) == 43
        ranked = sorted(differences, key=lambda name: -abs(differences[name]))
        assert [row[0] for row in table.rows] == ranked[: quarterly.WIDEST]
        for name, *figures in table.rows:
            ons, home, difference = (figure.number for figure in figures[:3])  # type: ignore[union-attr]
            assert home - ons == difference == differences[str(name)]
        assert stray_numbers(table._repr_html_()) == []

    def test_the_words(self, built: Path) -> None:
        text = quarterly.compared(GROUP)
        assert "none of 43 forces has the same total in both" in plain(text)
        assert "Derbyshire, +1.5%" in plain(text)
        assert stray_numbers(text) == []

    def test_the_release(self, root: Path, built: Path) -> None:
        table = quarterly.releases(sources.registry())
        assert table
        html = table._repr_html_()
        assert "prc-pfa-mar2013-onwards-tables-230426.ods" in html
        assert shipped(root)["conversion_sha256"][0] in html
        assert "https://www.gov.uk/government/statistical-data-sets/" in html


def test_a_build_without_the_open_data_says_so(
    root: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_quarterly(tmp_path, root, read_table(built / RECORDED), combine_recorded_quarters([]))
    monkeypatch.chdir(tmp_path)
    none = quarterly.quarters(GROUP, NATION)
    assert none.empty
    assert quarterly.opening(none) == quarterly.compared(GROUP)
    assert quarterly.by_quarter(none) is None
    assert quarterly.latest_quarters(none) is None
    assert quarterly.nation_beside_ons(GROUP) is None
    assert quarterly.releases(sources.registry()) is None


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
    built: Path,
) -> None:
    chart = chart_of(NATION)
    assert chart
    table = read_table(built / ADJUSTED)
    own = table[(table["area_name"] == "England and Wales") & (table["method"] == METHOD)]
    known = {(row.code, row.period_end.isoformat()[:10]): row.adjusted for row in own.itertuples()}
    names = {name: code for code, name in quarterly.codes(GROUP).items()}
    checked = 0
    for row in rows_of(chart._repr_html_()):
        adjusted = known.get((names[row["series"]], row["quarter_ending"]))
        assert row["seasonally_adjusted"] == ("" if adjusted is None else f"{round(adjusted, 1)}")
        checked += adjusted is not None
    assert checked > 40


def test_a_quarter_is_compared_with_the_one_before_without_its_season(
    built: Path,
) -> None:
    said = quarterly.opening(quarterly.quarters(GROUP, NATION))
    (moved,) = (f for f in shown(said) if f["data-id"].endswith(".adjusted_on_quarter_before"))
    table = read_table(built / ADJUSTED)
    own = table[
        (table["area_name"] == "England and Wales")
        & (table["offence_id"] == GROUP)
        & table["code"].isna()
    ].sort_values("period_end")
    before, now = own["adjusted"].iloc[-2:]
    assert float(moved["value"]) == pytest.approx(now / before - 1)
    assert "allowing for the season" in plain(said)
