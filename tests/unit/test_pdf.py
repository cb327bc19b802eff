"""The PDFs: what is in them, for whom they can be read, and that their bytes are the same."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pikepdf
import pytest

from crimeshare.problems import Problem
from crimeshare.publish.pdf import document as pdf
from crimeshare.publish.pdf.document import (
    Document,
    Press,
    factsheet_document,
    press,
    print_all,
    report_document,
)
from crimeshare.publish.site.pages import Page, page
from crimeshare.publish.subjects import factsheet, side_by_side
from crimeshare.publish.subjects.estimates import of_areas
from crimeshare.reference import NATION
from crimeshare.sources.registry import Release, read_registry
from tests import frames
from tests.frames import Report
from tests.tables import SERIES


@pytest.fixture(scope="module")
def printing() -> Iterator[Press]:
    with press() as open_press:
        yield open_press


@pytest.fixture(scope="module")
def registry(root: Path) -> dict[str, Release]:
    return read_registry(root / "config" / "releases.csv")


def notebook(*cells: tuple[str, object, str]) -> dict[str, Any]:
    """An executed notebook of outputs, each with its form and the tag of its cell."""
    return {
        "cells": [
            {
                "cell_type": "code",
                "metadata": {"tags": [tag]},
                "outputs": [{"output_type": "display_data", "data": {form: [_html(shown)]}}],
            }
            for form, shown, tag in cells
        ]
    }


def _html(shown: object) -> str:
    return shown if isinstance(shown, str) else shown._repr_html_()


def about(estimates: Report, slug: str) -> dict[str, Any]:
    """The notebook of a force, with the parts that factsheets are made of."""
    place = frames.place(estimates, slug)
    now = frames.now(place)
    codes = [now["area_code"], *side_by_side.neighbours(now["area_code"]), NATION]
    near = of_areas(now["offence_id"], codes)
    html, markdown = "text/html", "text/markdown"
    return notebook(
        (markdown, f"# {place.name}\n\n{factsheet.opening(frames.now(place))}", pdf.FACTSHEET),
        (html, factsheet.facts(frames.now(place)), pdf.FACTSHEET),
        (markdown, "## Share over time", ""),
        (html, factsheet.share_by_year(frames.years(place), place.area.area_code), pdf.FACTSHEET),
        (html, factsheet.all_years(frames.changes(place), now), ""),
        (html, side_by_side.neighbours_table(now, near), pdf.FACTSHEET),
        (markdown, "## What to keep in mind", pdf.FACTSHEET),
        (markdown, "\n".join(f"- {c}" for c in factsheet.caveats(now)), pdf.FACTSHEET),
    )


@pytest.fixture(scope="module")
def chapters(estimates: Report, built: Path) -> dict[Page, dict[str, Any]]:
    nation = estimates.nation
    # What all tests of a module share is made before any of them is in the folder of the build.
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(built)
        gwent = about(estimates, "gwent")
        said = factsheet.opening(frames.now(nation))
    return {
        page("index"): notebook(
            ("text/markdown", f"# How much?\n\n{said}", ""),
            ("text/markdown", "## For a browser", pdf.SCREEN),
            ("text/markdown", "## Where next\n\nMore in [Gwent](forces/gwent.html).", ""),
        ),
        page("forces/gwent"): gwent,
    }


@pytest.fixture(scope="module")
def report(
    printing: Press, chapters: dict[Page, dict[str, Any]], registry: dict[str, Release]
) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(printing.print(report_document(chapters, registry))))


def elements(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Object]:
    """Every element of the document's structure of that kind."""
    found, waiting = [], [document.Root.StructTreeRoot.K]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += list(node)
        elif isinstance(node, pikepdf.Dictionary):
            if node.get("/S") == pikepdf.Name(f"/{kind}"):
                found.append(node)
            if "/K" in node:
                waiting.append(node.K)
    return found


def bookmarks(document: pikepdf.Pdf) -> list[tuple[int, str]]:
    with document.open_outline() as outline:
        waiting = [(1, item) for item in outline.root]
        listed = []
        while waiting:
            level, item = waiting.pop(0)
            listed.append((level, item.title))
            waiting = [(level + 1, child) for child in item.children] + waiting
    return listed


def test_the_report_says_what_it_is_to_software_that_reads_aloud(report: pikepdf.Pdf) -> None:
    assert bool(report.Root.MarkInfo.Marked)
    assert str(report.Root.Lang) == "en-GB"
    assert bool(report.Root.ViewerPreferences.DisplayDocTitle)
    with report.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "How much?"


def test_every_drawing_has_the_words_of_its_chart(report: pikepdf.Pdf, estimates: Report) -> None:
    gwent = frames.place(estimates, "gwent")
    words = factsheet.share_by_year(frames.years(gwent), gwent.area.area_code).alt
    assert [str(figure.Alt) for figure in elements(report, "Figure")] == [words]


def test_tables_have_headers_and_chapters_have_bookmarks(report: pikepdf.Pdf) -> None:
    assert len(elements(report, "Table")) == 2
    assert all(str(cell.A[0].Scope) == "/Column" for cell in elements(report, "TH"))
    assert bookmarks(report) == [
        (1, "Summary"),
        (2, "Where next"),
        (1, "Gwent"),
        (2, "Share over time"),
        (2, "What to keep in mind"),
    ]


def test_fonts_come_along_and_are_the_packages_own(report: pikepdf.Pdf) -> None:
    fonts = {
        str(font.BaseFont).split("+")[1]: font
        for sheet in report.pages
        for font in sheet.Resources.get("/Font", {}).values()
    }
    assert {name.split("-")[0] for name in fonts} == {"SourceSansPro", "DejaVuSansMono"}


def text_of(source: str) -> str:
    """The strings that a document's markup prints, one after another."""
    return "".join(re.findall(r'#"((?:[^"\\]|\\.)*)";', source))


def test_the_title_page_answers_and_says_as_of_when(
    chapters: dict[Page, dict[str, Any]], registry: dict[str, Release], built: Path
) -> None:
    series = pd.read_parquet(built / SERIES).sort_values("period_end")
    group = series["offence_id"] == "stalking_harassment"
    newest = series[group & (series["area_code"] == "K04000001")].iloc[-1]
    document = report_document(chapters, registry)
    title_page = text_of(document.source.partition("#heading(")[0])
    answer = f"stalking and harassment offences: {100 * newest['share']:.1f}% of recorded crime"
    assert answer in title_page
    release = registry[newest["release_id"]]
    _, _, as_of = title_page.partition("As of: ")
    assert f"{release.edition[0].lower()}{release.edition[1:]}" in as_of
    assert f'#code("{release.release_id}")' in document.source
    assert "Open Government Licence v3.0" in title_page
    assert document.dated >= (release.published or release.period_end)


def test_cells_for_the_screen_and_links_that_paper_cannot_follow_are_left_out(
    chapters: dict[Page, dict[str, Any]], registry: dict[str, Release]
) -> None:
    source = report_document(chapters, registry).source
    assert "For a browser" not in source
    assert '#link(<forces-gwent>)[#"Gwent";]' in source
    assert "kent.html" not in source


@pytest.mark.parametrize("slug", ["gwent", "city-of-london", "greater-manchester"])
def test_a_factsheet_is_one_page_of_the_tagged_cells(
    printing: Press, estimates: Report, registry: dict[str, Release], slug: str
) -> None:
    sheet = page(f"forces/{slug}")
    document = factsheet_document(sheet, about(estimates, slug), "Crime", registry)
    opened = pikepdf.open(BytesIO(printing.print(document)))
    assert len(opened.pages) == 1
    assert bookmarks(opened) == [(1, sheet.title), (2, "What to keep in mind")]
    assert len(elements(opened, "Table")) == 1
    assert len(elements(opened, "Figure")) == 1


def test_what_does_not_fit_on_one_page_is_refused(
    printing: Press, estimates: Report, registry: dict[str, Release]
) -> None:
    book = about(estimates, "gwent")
    long = notebook(("text/markdown", "\n\n".join(["A long remark. " * 60] * 12), pdf.FACTSHEET))
    document = factsheet_document(
        page("forces/gwent"), {"cells": book["cells"] + long["cells"]}, "Crime", registry
    )
    with pytest.raises(Problem, match=r"The factsheet of Gwent could not .* fits on one page"):
        printing.print(document)


def test_a_notebook_without_tagged_cells_is_refused(registry: dict[str, Release]) -> None:
    untagged = notebook(("text/markdown", "# Gwent", ""))
    with pytest.raises(Problem, match=r"force\.ipynb has no cell tagged `factsheet`"):
        factsheet_document(page("forces/gwent"), untagged, "Crime", registry)


def test_what_typst_refuses_is_one_sentence(printing: Press) -> None:
    without_title = Document("The report", "x", date(2025, 1, 1))
    with pytest.raises(Problem, match=r"^The report could not be set as a PDF: .*title.*$"):
        printing.print(without_title)


PRINT_TWO = """
import json, sys
from datetime import date
from pathlib import Path
from crimeshare.publish.pdf.document import Document, print_all

titled = Document("Kent", '#set document(title: "Kent")\\n#title()', date(2025, 1, 1))
refused = Document("The report", "x", date(2025, 1, 1))
documents = {Path(sys.argv[1]) / f"{n}.pdf": refused if n == 1 else titled for n in range(4)}
print(json.dumps(print_all(documents, processes=2)))
"""


def test_a_document_that_is_refused_keeps_no_other_from_being_printed(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PRINT_TWO, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (problem,) = json.loads(run.stdout)
    assert problem.startswith("The report could not be set as a PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pdf", "2.pdf", "3.pdf"]
    # The same bytes, whichever process printed it.
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


def test_a_process_that_printed_does_not_print_side_by_side(
    printing: Press, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError, match="first to print"):
        print_all({tmp_path / "a.pdf": Document("A", "", date(2025, 1, 1))}, processes=2)


def test_without_typst_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Problem, match=r"package `typst`.*`make` installs it"), press():
        pass


def test_an_unknown_example_force_is_named_with_the_nearest() -> None:
    with pytest.raises(Problem, match=r"no force `gwennt`; did you mean `gwent`\?"):
        pdf.report_chapters("gwennt")
    names = [chapter.name for chapter in pdf.report_chapters("kent")]
    assert names[0] == "index"
    assert names[-1] == "sources"
    assert {"forces/kent", "claims"} < set(names)


SET = """
import hashlib, sys
from datetime import date
from crimeshare.publish.pdf.document import Document, press
source = open(sys.argv[1], encoding="utf-8").read()
with press() as printing:
    print(hashlib.sha256(printing.print(Document("It", source, date(2025, 1, 1)))).hexdigest())
"""


def test_the_same_bytes_whatever_the_surroundings(
    tmp_path: Path, chapters: dict[Page, dict[str, Any]], registry: dict[str, Release]
) -> None:
    source = tmp_path / "report.typ"
    source.write_text(report_document(chapters, registry).source, encoding="utf-8")

    def digest(**environment: str) -> str:
        run = subprocess.run(
            [sys.executable, "-c", SET, source],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout

    assert digest(TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1") == digest(
        TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8", PYTHONHASHSEED="2", SOURCE_DATE_EPOCH="1"
    )


def test_the_stored_notebook_names_what_goes_on_one_page(root: Path) -> None:
    cells = nbformat.read(root / "notebooks" / "force.ipynb", as_version=4).cells
    tagged = [c.source for c in cells if pdf.FACTSHEET in c.metadata.get("tags", ())]
    assert "\n# {" in tagged[0]
    assert any("caveats(" in source for source in tagged)
