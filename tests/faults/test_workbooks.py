"""What is not a plain workbook is refused in one sentence, quickly and in bounded memory."""

from __future__ import annotations

import resource
import zipfile
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.tables import grid
from tests import facsimile
from tests.facsimile import Book

OLE = grid.OLE_MAGIC


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return facsimile.write(Book({"Sheet": {(0, 0): "here"}}, True), tmp_path / "plain.xlsx")


def refused(path: Path) -> str:
    with pytest.raises(Problem) as caught:
        grid.open_workbook(path)
    sentence = str(caught.value)
    assert sentence.startswith(path.name)
    assert "\n" not in sentence
    return sentence


def test_a_web_page(tmp_path: Path) -> None:
    path = tmp_path / "page.xlsx"
    path.write_text("<!doctype html><title>Not found</title>")
    assert "is not a workbook" in refused(path)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(b"")
    assert "is not a workbook" in refused(path)


def test_a_truncated_workbook(workbook: Path) -> None:
    workbook.write_bytes(workbook.read_bytes()[:-200])
    assert "cut short or damaged" in refused(workbook)


def test_a_truncated_old_workbook(tmp_path: Path) -> None:
    path = facsimile.write(Book({"Sheet": {(0, 0): "here"}}, False), tmp_path / "old.xls")
    path.write_bytes(path.read_bytes()[:700])
    assert "cannot be read" in refused(path)


def test_a_locked_workbook(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)
    assert "locked by a password" in refused(path)


@pytest.mark.parametrize(
    "member", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "Basic/Standard/Module1.xml"]
)
def test_macros(member: str, workbook: Path) -> None:
    with zipfile.ZipFile(workbook, "a") as archive:
        archive.writestr(member, b"macro")
    assert "carries macros" in refused(workbook)


def test_macros_of_an_old_workbook(tmp_path: Path) -> None:
    path = facsimile.write(Book({"Sheet": {(0, 0): "here"}}, False), tmp_path / "old.xls")
    path.write_bytes(path.read_bytes() + "_VBA_PROJECT_CUR".encode("utf-16-le"))
    assert "carries macros" in refused(path)


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no sheets here")
    assert "cannot be read as a workbook" in refused(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(workbook: Path) -> None:
    with (
        zipfile.ZipFile(workbook, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/bomb.bin", "w", force_zip64=True) as member,
    ):
        for _ in range(grid.MAX_UNPACKED_BYTES // 10_000_000 + 1):
            member.write(b"\0" * 10_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "would unpack to" in refused(workbook)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000, f"refusing it took {grown} kB"


def test_a_sheet_of_a_million_rows(tmp_path: Path) -> None:
    far = Book({"Table P1": {(0, 0): "title", (1_000_000, 3): 1.0}}, True)
    sentence = refused(facsimile.write(far, tmp_path / "long.xlsx"))
    assert "has 1,000,0" in sentence
    assert "'Table P1'" in sentence


def test_a_million_rows_of_few_cells(tmp_path: Path) -> None:
    narrow = Book({"Table P1": {(0, 0): "title", (1_000_000, 0): 1.0}}, True)
    assert "expected at most 100,000 rows" in refused(
        facsimile.write(narrow, tmp_path / "long.xlsx")
    )


def test_many_sheets_that_are_large_together(tmp_path: Path) -> None:
    wide = {(0, 0): "title", (900, 900): 1.0}
    book = Book({f"Table {number}": wide for number in range(3)}, True)
    assert "sheet 'Table 2'" in refused(facsimile.write(book, tmp_path / "wide.xlsx"))
