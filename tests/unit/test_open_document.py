"""Open documents: read row by row, and refused before they fill the memory."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.tables.open_document import MAX_CELLS, sheets
from tests import open_document as ods


def test_rows_begin_at_the_first_cell_whatever_is_empty(tmp_path: Path) -> None:
    path = ods.write(
        tmp_path / "some.ods",
        [
            ods.sheet("one", [ods.row(["", ""]), ods.row(["", "x", 1.5]), ods.row(["", "", "y"])]),
            ods.sheet("none", []),
        ],
    )
    read = {name: list(rows) for name, rows in sheets(path)}
    assert read == {"one": [["", "", ""], ["", "x", 1.5], ["", "", "y"]], "none": []}


def test_a_spreadsheets_empty_rows_to_the_end_cost_nothing(tmp_path: Path) -> None:
    rest = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell '
    rest += 'table:number-columns-repeated="16384"/></table:table-row>'
    path = ods.write(tmp_path / "some.ods", [ods.sheet("one", [ods.row(["x"]), rest])])
    assert [list(rows) for _, rows in sheets(path)] == [[["x"]]]


@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param([ods.row(["x"] * 8, times=1_048_576)], id="rows"),
        pytest.param(
            [f"<table:table-row>{ods.cell('x', times=16_384)}</table:table-row>"] * 400, id="cells"
        ),
        pytest.param(
            [
                '<table:table-row table:number-rows-repeated="500">'
                f"{ods.cell('x', times=16_384)}</table:table-row>"
            ],
            id="both",
        ),
    ],
)
def test_repetitions_are_counted_before_they_are_unpacked(
    tmp_path: Path, repeated: list[str]
) -> None:
    path = ods.write(tmp_path / "bomb.ods", [ods.sheet("one", repeated)])
    assert path.stat().st_size < 20_000
    tracemalloc.start()
    with pytest.raises(Problem, match=f"bomb.ods repeats cells to more than {MAX_CELLS:,}"):
        list(sheets(path))
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_more_than_a_table_needs_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ods.write(tmp_path / "some.ods", [ods.sheet("one", [ods.row(["x"])])])
    monkeypatch.setattr("crimeshare.tables.open_document.MAX_UNPACKED_BYTES", 100)
    with pytest.raises(Problem, match=r"some.ods would unpack to [\d,]+ bytes; expected at most"):
        list(sheets(path))


def test_what_is_no_open_document_is_refused_in_one_sentence(tmp_path: Path) -> None:
    page, old, other = (tmp_path / name for name in ("page.ods", "old.ods", "other.ods"))
    page.write_text("<html>moved</html>")
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    macros = ods.write(tmp_path / "macros.ods", [ods.sheet("one", [ods.row(["x"])])])
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("Basic/Standard/Module1.xml", "<module/>")
    cut = ods.write(tmp_path / "cut.ods", [ods.sheet("one", [ods.row(["x"] * 500)])])
    cut.write_bytes(cut.read_bytes()[:-300])
    for path, sentence in (
        (page, "is not a workbook"),
        (old, "locked by a password"),
        (other, "expected an open document with content.xml"),
        (macros, "carries macros"),
        (cut, "cut short, damaged or locked"),
    ):
        with pytest.raises(Problem, match=sentence) as caught:
            list(sheets(path))
        assert str(caught.value).startswith(path.name)


def test_content_that_is_no_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ods.MIMETYPE)
        archive.writestr("content.xml", "<table:table")
        archive.writestr("META-INF/manifest.xml", "")
    with pytest.raises(Problem, match=r"some\.ods cannot be read as a workbook"):
        list(sheets(path))
