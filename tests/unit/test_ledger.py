"""The ledger of published figures: collected from pages, compared, traced to their cells."""

from __future__ import annotations

import csv
import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crimeshare import cli
from crimeshare.cells import Cell
from crimeshare.ledger.entries import (
    COLUMNS,
    KEPT,
    LEDGER,
    Collected,
    Entry,
    collect,
    compare,
    keep_ledger,
    printed_figures,
    published,
    read_ledger,
    reproduced,
    workbook_hashes,
    write_ledger,
)
from crimeshare.ledger.trace import references
from crimeshare.parquet import write_table
from crimeshare.problems import Problem
from crimeshare.publish.elements import output
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.downloads import chart_link, figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Markdown, Output
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.site.pages import Page, page
from tests.conftest import ROOT
from tests.shown import write_executed

SUMMARY = KEPT.with_name("summary.csv")
SHA256 = "ab" * 32
CELL = Cell("pfa-2024-12", SHA256, "Table P1 ", "I60")
TOTAL = Cell("pfa-2024-12", SHA256, "Table P1 ", "C60")
COUNT = Figure("count.gwent", 8642, "count", (CELL,))
SHARE = Figure(
    "share.gwent", 8642 / 58358, "proportion", (CELL, TOTAL), f"{CELL.name} / {TOTAL.name}"
)
ESTIMATE = Figure("stalking.women", 0.04, "proportion", (CELL,), lower=0.035, upper=0.046)
MARKED = Figure("change.gwent", None, "change", (CELL,), marker="small_base")


TABLE = Table("Share <em>by force</em>", ["Force", "Share"], [["Gwent", SHARE], ["Kent", MARKED]])
CHART = Chart(
    "bars",
    "It rose",
    "Share",
    data=[{"force": "Gwent", **figure_columns(SHARE)}, {"force": "Kent", **figure_columns(MARKED)}],
    figures=[SHARE, MARKED],
)
PROSE = Markdown(f"Of all crime, <span>{SHARE}</span> was stalking: {COUNT} offences.")
LISTED = Markdown(f"- None\n- {ESTIMATE} of women")


class Drawn(Output):
    """A chart as it is handed over, without the time that drawing takes."""

    def _repr_html_(self) -> str:
        return chart_link("bars", CHART.data)

    def shown(self) -> Iterator[dict[str, Any]]:
        return CHART.shown()


def write_page(page: Page, *outputs: Output) -> None:
    """The page and its executed notebook, as a build has them."""
    write_executed(page.executed, *outputs)
    texts = (getattr(output, "data", None) or output._repr_html_() for output in outputs)
    page.path.parent.mkdir(parents=True, exist_ok=True)
    page.path.write_text("".join(f"<main>{text}</main>" for text in texts), encoding="utf-8")


def test_figures_of_prose_tables_and_charts_are_found_with_their_places(tmp_path: Path) -> None:
    written = write_executed(tmp_path / "page.ipynb", PROSE, TABLE, Drawn(), LISTED)
    found = list(printed_figures(written))
    assert [figure.figure_id for figure in found] == [
        "share.gwent",
        "count.gwent",
        "share.gwent",
        "share.gwent",
        "stalking.women",
    ]
    prose, _, table, chart, listed = found
    assert prose.place == "the passage 'Of all crime, 14.8% was stalking: 8,642 offences.'"
    assert table.place == "table 'Share by force', row 'Gwent'"
    assert chart.place == "table 'data of the chart bars', row 'force Gwent'"
    assert prose.source == table.source == chart.source
    assert prose.source == {
        "value": repr(8642 / 58358),
        "lower": "",
        "upper": "",
        "unit": "proportion",
        "release_id": "pfa-2024-12",
        "sheet": "Table P1",
        "cell": "I60 / C60",
        "formula": SHARE.formula,
        "column": "",
    }
    assert listed.sentence == "4.0% of women"
    assert (listed.source["lower"], listed.source["upper"]) == ("0.035", "0.046")


@dataclasses.dataclass(frozen=True)
class Built(Page):
    """A page in the folder of a test."""

    folder_of_test: Path = Path()

    @property
    def path(self) -> Path:
        return self.folder_of_test / f"{self.slug}.html"

    @property
    def executed(self) -> Path:
        return self.folder_of_test / f"{self.slug}.ipynb"


@pytest.fixture
def gwent(tmp_path: Path) -> Page:
    """A built page in the folder of the test."""
    built = Built("forces/gwent", "Gwent", "force", about="gwent", folder_of_test=tmp_path)
    write_page(built, PROSE, TABLE, Drawn(), LISTED)
    return built


def test_a_number_that_the_notebook_does_not_hand_over_is_refused(gwent: Page) -> None:
    html = gwent.path.read_text(encoding="utf-8")
    unknown = Figure("smuggled.in", 3, "count")
    gwent.path.write_text(html + f"<p>{unknown}</p>", encoding="utf-8")
    with pytest.raises(Problem, match=r"prints smuggled\.in, which its notebook does not hand"):
        collect([gwent], {})


def test_a_figure_is_entered_once_a_page_with_the_hash_of_its_workbook(gwent: Page) -> None:
    entries = [collected.entry for collected in collect([gwent], {"pfa-2024-12": SHA256})]
    assert [entry.figure_id for entry in entries] == [
        "share.gwent",
        "count.gwent",
        "stalking.women",
    ]
    assert {entry.workbook_sha256 for entry in entries} == {SHA256}
    assert {entry.page for entry in entries} == {"forces/gwent"}


def test_two_values_under_one_name_are_refused(gwent: Page) -> None:
    other = dataclasses.replace(SHARE, value=0.2)
    write_page(gwent, Markdown(f"{SHARE} and {other}"))
    with pytest.raises(Problem, match=r"notebooks/force\.ipynb: .* prints 0\.2 as .*share\.gwent"):
        collect([gwent], {})


def test_two_pages_do_not_tell_one_figure_differently(gwent: Page, tmp_path: Path) -> None:
    national = Built("national", "England and Wales", "national", folder_of_test=tmp_path)
    moved = dataclasses.replace(SHARE, formula=SHARE.formula.replace("60", "61"))
    write_page(national, Markdown(f"{moved}"))
    with pytest.raises(Problem, match=r"national\.html prints .*, and forces/gwent\.html prints"):
        collect([gwent, national], {})
    write_page(national, Markdown(f"{SHARE}"))
    both = [each.entry.page for each in collect([gwent, national], {})]
    assert both == [*["forces/gwent"] * 3, "national"]


@pytest.fixture
def rebuilt(gwent: Page) -> Sequence[Collected]:
    return collect([gwent], {"pfa-2024-12": SHA256})


def told(entries: list[Entry], rebuilt: Sequence[Collected], gwent: Page) -> list[str]:
    return compare(entries, rebuilt, {gwent.name: gwent})


def test_the_same_figures_are_reproduced(rebuilt: Sequence[Collected], gwent: Page) -> None:
    entries = [collected.entry for collected in rebuilt]
    assert told(entries, rebuilt, gwent) == []
    assert reproduced(entries, rebuilt) == len(entries) == 3


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("value", "0.15"),
        ("unit", "change"),
        ("cell", "I61 / C61"),
        ("workbook_sha256", "cd" * 32),
        ("lower", "0.1"),
        ("release_id", "pfa-2024-06"),
    ],
)
def test_a_figure_that_differs_is_named_with_table_row_and_notebook(
    column: str, text: str, rebuilt: Sequence[Collected], gwent: Page
) -> None:
    entries = [collected.entry for collected in rebuilt]
    entries[0] = entries[0]._replace(**{column: text})
    (sentence,) = told(entries, rebuilt, gwent)
    assert sentence.startswith("results/published/figures.csv row 1: share.gwent, the passage 'Of")
    assert "of forces/gwent.html made by notebooks/force.ipynb" in sentence
    assert f"{column} is " in sentence
    assert f"published was {text}" in sentence
    assert reproduced(entries, rebuilt) == 2


def test_the_last_digit_of_a_machine_is_no_difference(
    rebuilt: Sequence[Collected], gwent: Page
) -> None:
    entries = [collected.entry for collected in rebuilt]
    value = float(entries[0].value)
    entries[0] = entries[0]._replace(value=repr(value * (1 + 1e-12)))
    assert told(entries, rebuilt, gwent) == []
    entries[0] = entries[0]._replace(value=repr(value * (1 + 1e-6)))
    assert len(told(entries, rebuilt, gwent)) == 1


def test_figures_that_vanished_or_appeared_are_named(
    rebuilt: Sequence[Collected], gwent: Page
) -> None:
    entries = [collected.entry for collected in rebuilt]
    gone = entries[0]._replace(figure_id="gone")
    lost = entries[0]._replace(figure_id="lost", page="forces/atlantis")
    sentences = told([*entries[1:], gone, lost], rebuilt, gwent)
    assert len(sentences) == 3
    assert "row 3: gone is not printed on the page forces/gwent of notebooks/force" in sentences[0]
    assert "forces/atlantis, which the report no longer has" in sentences[1]
    assert sentences[2].startswith("share.gwent, the passage")
    assert sentences[2].endswith("is not in results/published/figures.csv.")


def test_the_ledger_survives_its_file(rebuilt: Sequence[Collected], tmp_path: Path) -> None:
    entries = [collected.entry for collected in rebuilt]
    path = tmp_path / "figures.csv"
    write_ledger(entries, path)
    assert path.read_text(encoding="utf-8").partition("\n")[0] == (
        "figure_id,value,lower,upper,unit,release_id,workbook_sha256,sheet,cell,page"
    )
    assert read_ledger(path) == entries


@pytest.mark.parametrize("text", ["", "figure_id,value\n", ",".join(COLUMNS) + "\na,b\n"])
def test_a_damaged_ledger_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match="is no ledger"):
        read_ledger(path)


def test_a_missing_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="is missing; restore it"):
        published(tmp_path)


def test_the_repository_keeps_the_ledger_and_a_line_a_page(
    rebuilt: Sequence[Collected], tmp_path: Path
) -> None:
    entries = [collected.entry for collected in rebuilt]
    entries += [entry._replace(page="index") for entry in entries[:1]]
    kept, summary = tmp_path / KEPT, tmp_path / SUMMARY
    keep_ledger(entries, kept, summary)
    assert published(tmp_path) == (KEPT, entries)
    with summary.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["page"], line["figures"]) for line in lines] == [
        ("forces/gwent", "3"),
        ("index", "1"),
    ]
    # A change shows in the line of its page, and in no other.
    entries[-1] = entries[-1]._replace(value="0.15")
    keep_ledger(entries, kept, summary)
    with summary.open(encoding="utf-8", newline="") as file:
        changed = list(csv.DictReader(file))
    assert (changed[0], changed[1]["sha256"] != lines[1]["sha256"]) == (lines[0], True)


def test_the_file_of_the_ledger_that_was_written_last_is_believed(
    rebuilt: Sequence[Collected], tmp_path: Path
) -> None:
    entries = [collected.entry for collected in rebuilt]
    keep_ledger(entries, tmp_path / KEPT, tmp_path / SUMMARY)
    write_ledger(entries[:1], tmp_path / LEDGER)
    assert published(tmp_path) == (LEDGER, entries[:1])
    newer = (tmp_path / LEDGER).stat().st_mtime + 10
    os.utime(tmp_path / KEPT, (newer, newer))
    assert published(tmp_path) == (KEPT, entries)


def test_a_ledger_without_an_entry_can_be_kept(tmp_path: Path) -> None:
    keep_ledger([], tmp_path / KEPT, tmp_path / SUMMARY)
    assert published(tmp_path) == (KEPT, [])


@pytest.mark.parametrize("table", [None, pa.table({"figure_id": ["a"]})])
def test_a_damaged_kept_ledger_is_refused(table: pa.Table | None, tmp_path: Path) -> None:
    path = tmp_path / "figures.parquet"
    path.write_bytes(b"PAR1 no more")
    if table is not None:
        pq.write_table(table, path)
    with pytest.raises(Problem, match="is no ledger"):
        read_ledger(path)


def test_hashes_come_from_the_clean_tables_and_may_be_missing(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"release_id": ["a", "a", "b"], "workbook_sha256": [SHA256, SHA256, None], "value": 1.0}
    )
    write_table(table, tmp_path / "clean.parquet")
    assert workbook_hashes(tmp_path / "clean.parquet") == {"a": SHA256}


# --- the way back to the cell ------------------------------------------------------------


def entry(figure: Figure, name: str = "forces/gwent") -> Entry:
    source = output.told(figure)
    fields = {column: source.get(column, "") for column in COLUMNS}
    return Entry(**fields | {"figure_id": figure.figure_id, "page": name})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("I60", [("pfa-2024-12", "Table P1", "I60")]),
        ("I60 / C60", [("pfa-2024-12", "Table P1", "I60"), ("pfa-2024-12", "Table P1", "C60")]),
        (
            "'Table P1'!I60 / 'Table P4'!I60 - 1",
            [("pfa-2024-12", "Table P1", "I60"), ("pfa-2024-12", "Table P4", "I60")],
        ),
        (
            "[pfa-2019-12]'Table P1'!C59 - [pfa-2018-12]'Table P1'!C59",
            [("pfa-2019-12", "Table P1", "C59"), ("pfa-2018-12", "Table P1", "C59")],
        ),
        ("place of I60 in its row", [("pfa-2024-12", "Table P1", "I60")]),
        ("", []),
    ],
)
def test_the_cells_of_a_formula(cell: str, expected: list[tuple[str, str, str]]) -> None:
    row = entry(COUNT)._replace(cell=cell)
    assert references(row) == [
        Cell(release, "", sheet, place) for release, sheet, place in expected
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a clone holds of Gwent: a ledger, the registry and the shipped figures."""
    share = dataclasses.replace(SHARE, cells=(CELL._replace(sheet="Table P1"), TOTAL))
    write_ledger([entry(share), entry(share, "index")], tmp_path / LEDGER)
    (tmp_path / "config").symlink_to(ROOT / "config")
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    return tmp_path


def run(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
) -> tuple[int, str, str]:
    monkeypatch.chdir(project)
    status = cli.main(arguments)
    return status, *capsys.readouterr()


def test_the_way_to_a_publication_and_to_a_table(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bulletin = Cell("bulletin-2025-03", "", "A bulletin", "stalking, all, 16+")
    looked_up = Figure("survey.stalking", 0.029, "proportion", (bulletin,), bulletin.cell)
    over_a_table = Figure("agreement.all", 0.98, "proportion", formula="computed from a.parquet")
    write_ledger([entry(looked_up, "survey"), entry(over_a_table, "methods")], project / LEDGER)
    _, out, _ = run(project, monkeypatch, capsys, "trace", "survey.stalking")
    assert "formula   stalking, all, 16+\nsource    A bulletin; it names no cell" in out
    assert (
        "release   bulletin-2025-03: read on ONS's page; kept in "
        "resources/reference/stalking_prevalence.csv"
    ) in out
    _, out, _ = run(project, monkeypatch, capsys, "trace", "agreement.all")
    assert out.endswith("formula   computed from a.parquet\n")


def test_the_way_leads_through_the_figures_that_a_formula_names(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bulletin = Cell("bulletin-2025-03", "", "A bulletin", "stalking, all, 16+")
    looked_up = Figure("survey.stalking", 0.029, "proportion", (bulletin,))
    people = Cell("appendix-2025-12", SHA256, "Table_A4a", "AF60")
    formula = f"{looked_up.named} * 1000 * {people.name}"
    victims = Figure("victims", 1_400_000, "count", (bulletin, people), formula)
    write_ledger([entry(victims, "survey"), entry(looked_up, "survey")], project / LEDGER)
    _, out, _ = run(project, monkeypatch, capsys, "trace", "victims")
    told = [line for line in out.splitlines() if line[:7].strip() not in ("page", "")]
    assert told[2:5] == [
        "formula   survey.stalking * 1000 * [appendix-2025-12]'Table_A4a'!AF60",
        "cell      [appendix-2025-12]'Table_A4a'!AF60 holds 8334: ALL CSEW HEADLINE CRIME INCLUDING"
        " FRAUD AND COMPUTER MISUSE [notes 9, 10, 13, 22], Jan 2024 to Dec 2024",
        "rests on  survey.stalking, 0.029 (proportion)",
    ]
    assert "release   bulletin-2025-03: read on ONS's page" in out
    assert "release   appendix-2025-12: Year ending December 2025" in out


def test_cells_of_two_releases_are_told_apart(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = tuple(
        Cell(release_id, SHA256, "Table P1", "I59") for release_id in ("pfa-2019-03", "pfa-2018-03")
    )
    revision = Figure("revision", 1, "count", cells, f"{cells[0].name} - {cells[1].name}")
    both = (cells[0], cells[0]._replace(cell="I60"))
    rows = Figure("rows", 2, "count", both, "number of rows")
    write_ledger([entry(revision), entry(rows)], project / LEDGER)
    _, out, _ = run(project, monkeypatch, capsys, "trace", "revision")
    assert "formula   'Table P1'!I59 - [pfa-2018-03]'Table P1'!I59\n" in out
    assert "cell      'Table P1'!I59 holds 6798: Gwent, Stalking and harassment" in out
    assert "cell      [pfa-2018-03]'Table P1'!I59 holds 3683: Gwent, Stalking and harassment" in out
    assert [line for line in out.splitlines() if line.startswith("release")] == [
        "release   pfa-2019-03: Year ending March 2019",
        "release   pfa-2018-03: Year ending March 2018",
    ]
    _, out, _ = run(project, monkeypatch, capsys, "trace", "rows")
    assert "formula   number of rows over I59:I60\ncells     'Table P1'!I59:I60\n" in out


def test_the_way_to_a_survey_table_that_is_no_edition(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "release_id": "stalking-2024-03",
        "measure_id": "stalking",
        "sex": "women",
        "age": "16+",
        "estimate": 0.04,
        "workbook_sha256": SHA256,
        "sheet": "Table_1",
        "cell": "C3",
    }
    (project / "results/observations").mkdir(parents=True)
    write_table(pd.DataFrame([row]), project / "results/observations/stalking-2024-03.parquet")
    cell = Cell("stalking-2024-03", SHA256, "Table_1", "C3")
    write_ledger([entry(Figure("women", 0.04, "proportion", (cell,)), "survey")], project / LEDGER)
    _, out, _ = run(project, monkeypatch, capsys, "trace", "women")
    assert "'Table_1'!C3 holds 4: stalking in the last year, women, 16+" in out
    assert "release   stalking-2024-03: no edition of the registry; kept in resources/" in out
    assert out.endswith(f"workbook  sha256 {SHA256}\n")


def test_the_way_from_sentence_to_cell(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_executed(project / page("forces/gwent").executed, PROSE, TABLE, Drawn(), LISTED)
    status, out, _ = run(project, monkeypatch, capsys, "trace", "share.gwent")
    assert status == 0
    assert out.splitlines()[2:12] == [
        "page      results/report/forces/gwent.html, made by notebooks/force.ipynb",
        "          the passage 'Of all crime, 14.8% was stalking: 8,642 offences.'",
        "          table 'Share by force', row 'Gwent'",
        "          table 'data of the chart bars', row 'force Gwent'",
        "page      results/report/index.html, made by notebooks/index.ipynb",
        "          (not built here: make builds it)",
        "formula   I60 / C60",
        "cell      'Table P1'!I60 holds 8642: Gwent, Stalking and harassment",
        "cell      'Table P1'!C60 holds 58358: Gwent, Total recorded crime (excluding fraud) "
        "[note 2]",
        "release   pfa-2024-12: Year ending December 2024",
    ]
    assert "c3bd6fb94635c8e9da6f6f917fc3c4a06c8ca56601e25e7975fc6b80fae54867" in out
    assert "https://www.ons.gov.uk/file?uri=/peoplepopulationandcommunity/" in out


def test_an_unknown_figure_is_answered_with_the_nearest(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(project, monkeypatch, capsys, "trace", "shar.gwent")
    assert (status, out) == (1, "")
    assert "did you mean `share.gwent`?" in err


def test_outside_the_project_the_command_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(tmp_path, monkeypatch, capsys, "trace", "share.gwent")
    assert status == 1
    assert "go to the project's folder" in err
