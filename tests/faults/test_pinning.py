"""A release is pinned whole or not at all, and what does not fit is told with what to do."""

from __future__ import annotations

import dataclasses
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
import yaml

from crimeshare.problems import Problem
from crimeshare.releases.pinning import Pinned, pin_release
from crimeshare.releases.precedent import changes_of_tables
from crimeshare.sources.datasets import FORCE_AREAS
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.tables import LAYOUTS, grid, reading
from crimeshare.tables.observations import Observation, read_observations
from tests import facsimile
from tests.conftest import ROOT
from tests.editions import DATASET, book, folder
from tests.releases import DATASETS, FILE, KNOWN, NEXT, Here, set_up, sha256


@pytest.fixture
def here(tmp_path: Path) -> Here:
    """The next edition is out, and the registry does not know of it."""
    here = set_up(tmp_path)
    here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), FILE)
    here.mirror.list(NEXT, KNOWN)
    return here


def pin(here: Here, release_id: str = "pfa-2019-03", *accept: str) -> Pinned:
    source = MirrorFolder(here.mirror.root, max_bytes=10**8)
    return pin_release(release_id, source, DATASETS, accept, here.project)


def refused(here: Here, release_id: str = "pfa-2019-03", *accept: str) -> str:
    """The words of a refusal that left registry and figures as they were."""
    registry, figures = here.project.registry.read_bytes(), sorted(here.project.figures.iterdir())
    with pytest.raises(Problem) as caught:
        pin(here, release_id, *accept)
    assert here.project.registry.read_bytes() == registry
    assert sorted(here.project.figures.iterdir()) == figures
    return str(caught.value)


def meaning(rows: list[Observation]) -> list[Observation]:
    """To twelve digits, without the hash: the writer of .xlsx files drops the seventeenth."""
    return [
        dataclasses.replace(row, value=row.value and float(f"{row.value:.12g}"), workbook_sha256="")
        for row in rows
    ]


def of(release_id: str, rows: list[Observation]) -> list[Observation]:
    return [dataclasses.replace(row, release_id=release_id) for row in rows]


def test_an_edition_found_at_the_source_gets_a_row_and_its_figures(here: Here) -> None:
    before = here.project.registry.read_bytes()
    workbook = here.mirror.root / folder(NEXT).lstrip("/") / FILE
    pinned = pin(here)
    assert here.project.registry.read_bytes().startswith(before)
    row = here.registry["pfa-2019-03"]
    assert row == pinned.release
    assert (row.sha256, row.bytes) == (sha256(workbook), workbook.stat().st_size)
    assert (row.pin_basis, row.status, row.period_end) == ("file", "shipped", NEXT)
    assert row.published is None  # a mirror's page is no evidence of the day
    shipped = read_observations(Observation, here.project.figures_of("pfa-2019-03"))
    expected = facsimile.figures("pfa-2018-12")
    assert [r.value for r in meaning(shipped)] == [r.value for r in meaning(expected)]
    assert {r.workbook_sha256 for r in shipped} == {row.sha256}
    assert max(r.period_end for r in shipped) == NEXT
    assert (here.project.store / "pfa-2019-03" / FILE).is_file()
    assert not pin(here).changed


def test_a_listed_edition_keeps_its_id_and_note(here: Here) -> None:
    here.register(
        release_id="pfa-2019-03-corrected",
        period_end="2019-03-31",
        path=f"{DATASET}/presumed/other.xlsx",
        note="The folder is presumed.",
    )
    row = pin(here, "pfa-2019-03-corrected").release
    assert row.path == f"{folder(NEXT)}/{FILE}"
    assert row.note == "The folder is presumed. Read from a mirror."


# --- bytes that are refused -------------------------------------------------------------


def workbook_of(here: Here) -> Path:
    return here.mirror.root / folder(NEXT).lstrip("/") / FILE


def truncated(here: Here) -> None:
    path = workbook_of(here)
    path.write_bytes(path.read_bytes()[:20_000])


def locked(here: Here) -> None:
    name = "EncryptedPackage".encode("utf-16-le")
    workbook_of(here).write_bytes(grid.OLE_MAGIC + b"\0" * 600 + name + b"\0" * 600)


def with_macros(here: Here) -> None:
    with zipfile.ZipFile(workbook_of(here), "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")


def zip_bomb(here: Here) -> None:
    with (
        zipfile.ZipFile(workbook_of(here), "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/bomb.bin", "w", force_zip64=True) as member,
    ):
        for _ in range(grid.MAX_UNPACKED_BYTES // 10_000_000 + 1):
            member.write(b"\0" * 10_000_000)


def last_cell_there_is(here: Here) -> None:
    with xlsxwriter.Workbook(workbook_of(here)) as new:
        sheet = new.add_worksheet("Table P1")
        sheet.write(0, 0, "Table P1")
        sheet.write(1_048_575, 16_383, 1.0)


def a_million_rows(here: Here) -> None:
    with xlsxwriter.Workbook(workbook_of(here)) as new:
        sheet = new.add_worksheet("Table P1")
        sheet.write(0, 0, "Table P1")
        sheet.write(1_000_000, 3, 1.0)


def web_page(here: Here) -> None:
    workbook_of(here).write_bytes(b"<!doctype html><title>Sorry</title>")


def another_dataset(here: Here) -> None:
    other = facsimile.Book({"Table_A1": {(0, 0): "Estimates"}, "Table_A2": {(0, 0): "More"}}, True)
    facsimile.write(other, workbook_of(here))


def bytes_of_another_release(here: Here) -> None:
    shutil.copy(here.mirror.root / folder(KNOWN).lstrip("/") / FILE, workbook_of(here))


def other_bytes_than_recorded(here: Here) -> None:
    here.register(
        release_id="pfa-2019-03",
        period_end="2019-03-31",
        path=f"{folder(NEXT)}/{FILE}",
        sha256="a" * 64,
        pin_basis="third_party",
    )


def other_size_than_recorded(here: Here) -> None:
    here.register(
        release_id="pfa-2019-03",
        period_end="2019-03-31",
        path=f"{folder(NEXT)}/{FILE}",
        bytes="1234",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (truncated, "cut short or damaged"),
        (locked, "locked by a password"),
        (with_macros, "carries macros"),
        (zip_bomb, "would unpack to"),
        (last_cell_there_is, "cannot be opened within 2,000 MB of memory"),
        (a_million_rows, "expected at most 100,000 rows a sheet"),
        (web_page, "expected a workbook: a zip file, as .xlsx"),
        (another_dataset, "no sheet of pfa-2019-03-tables.xlsx looks like a table"),
        (bytes_of_another_release, "found the bytes of pfa-2018-12"),
        (other_bytes_than_recorded, "release=pfa-2019-03-v2"),
        (other_size_than_recorded, "expected the 1,234 bytes that ONS's own file has"),
    ],
)
def test_wrong_bytes_are_refused_in_one_sentence_and_kept_apart(
    change: Callable[[Here], None], said: str, here: Here
) -> None:
    change(here)
    content = workbook_of(here).read_bytes()
    began = time.monotonic()
    sentence = refused(here)
    assert time.monotonic() - began < 20
    assert said in sentence
    assert "\n" not in sentence
    kept = [p for p in (here.project.store / "quarantine").iterdir() if p.suffix == ".xlsx"]
    assert [path.read_bytes() for path in kept] == [content]


def test_an_edition_pinned_with_other_bytes_is_never_overwritten(here: Here) -> None:
    pin(here)
    figures = here.project.figures_of("pfa-2019-03").read_bytes()
    changed = book("pfa-2018-12", NEXT)
    changed.put_first("Correction", {(0, 0): "Corrected"})
    facsimile.write(changed, workbook_of(here))
    assert "release=pfa-2019-03-v2" in refused(here)
    assert here.project.figures_of("pfa-2019-03").read_bytes() == figures


def test_a_listed_copy_is_not_pinned(here: Here) -> None:
    path = f"{folder(NEXT)}/{FILE}"
    here.register(release_id="pfa-2019-03", period_end="2019-03-31", path=path)
    with here.project.copies.open("a", encoding="utf-8") as lines:
        lines.write(f"pfa-2019-03,{sha256(workbook_of(here))},1,Re-saved.\n")
    assert "holds a listed copy, not ONS's own file" in refused(here)


@pytest.mark.parametrize(
    ("release_id", "said"),
    [
        ("pfa-2019-13", "expected one of the datasets pfa"),
        ("other-2019-03", "expected one of the datasets pfa"),
        ("pfa-2020-03", "lists no edition for the year ending March 2020"),
        ("pfa-2019-03-v4", "there is no pfa-2019-03-v4 yet"),
    ],
)
def test_a_release_that_is_not_there(release_id: str, said: str, here: Here) -> None:
    assert said in refused(here, release_id)


# --- re-issues ----------------------------------------------------------------------------


def corrected_book(period: date = NEXT) -> facsimile.Book:
    changed = book("pfa-2018-12", period)
    changed.put_first("Correction", {(0, 0): "Corrected"})
    return changed


def test_a_correction_is_another_release_and_the_first_issue_keeps_its_bytes(here: Here) -> None:
    first = pin(here).release
    here.mirror.correct(NEXT, corrected_book(), FILE, notice="A slip.")
    second = pin(here, "pfa-2019-03-v2").release
    assert second.path == first.path
    assert second.sha256 != first.sha256
    moved = here.registry["pfa-2019-03"]
    assert moved.path == f"{folder(NEXT)}/previous/v1/{FILE}"
    assert (moved.sha256, moved.status) == (first.sha256, "shipped")


def test_a_silent_reissue_supersedes_the_bytes_that_are_gone(here: Here) -> None:
    pin(here)
    here.mirror.correct(NEXT, corrected_book(), FILE, notice=None)
    pin(here, "pfa-2019-03-v2")
    assert here.registry["pfa-2019-03"].status == "superseded"
    assert here.registry["pfa-2019-03-v2"].status == "shipped"


def test_a_first_issue_is_found_among_the_previous_versions(here: Here) -> None:
    here.mirror.correct(NEXT, corrected_book(), "new.xlsx", notice="A slip.")
    assert pin(here, "pfa-2019-03-v1").release.path.endswith(f"/previous/v1/{FILE}")
    assert pin(here, "pfa-2019-03-v2").release.path == f"{folder(NEXT)}/new.xlsx"


def test_where_no_issue_is_named_the_last_one_is_taken(
    here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    here.mirror.correct(NEXT, corrected_book(), "new.xlsx", notice="A slip.")
    row = pin(here, "pfa-2019-03").release
    assert (row.release_id, row.path) == ("pfa-2019-03-v2", f"{folder(NEXT)}/new.xlsx")
    assert "'A slip'" in (said := capsys.readouterr().err) or "A slip" in said
    assert "the first issue is pfa-2019-03-v1" in said
    assert pin(here, "pfa-2019-03-v1").changed
    assert not pin(here, "pfa-2019-03").changed
    assert "the last one is taken" in capsys.readouterr().err


def test_a_version_that_is_listed_and_gone_is_said_to_be_gone(here: Here) -> None:
    path = f"{folder(NEXT)}/previous/v1/"
    here.register(release_id="pfa-2019-03-v1", period_end="2019-03-31", path=path)
    words = refused(here, "pfa-2019-03-v1")
    assert "The file name of pfa-2019-03-v1 is not in config/releases.csv." in words
    assert f"does not hold {path}data.json" in words


def test_an_issue_of_another_name_keeps_the_id_it_is_listed_under(here: Here) -> None:
    here.mirror.correct(NEXT, corrected_book(), "new.xlsx", notice="A slip.")
    path = f"{folder(NEXT)}/new.xlsx"
    here.register(release_id="pfa-2019-03-corrected", period_end="2019-03-31", path=path)
    assert pin(here, "pfa-2019-03-v2").release.release_id == "pfa-2019-03-corrected"


def test_two_issues_that_were_never_replaced_must_be_told_apart(here: Here) -> None:
    for issue, name in [("v2", "a.xlsx"), ("v3", "b.xlsx")]:
        here.register(
            release_id=f"pfa-2019-03-{issue}",
            period_end="2019-03-31",
            path=f"{folder(NEXT)}/{name}",
        )
    assert "Say which one is meant" in refused(here)


@pytest.mark.parametrize("ending", [".xlsx", ".xls"])
def test_a_workbook_is_read_whatever_its_name_ends_in(ending: str, here: Here) -> None:
    written = facsimile.write(book("pfa-2018-12", NEXT), here.project.store.parent / f"a{ending}")
    other = {".xlsx": "b.xls", ".xls": "b.xlsx"}[ending]
    here.mirror.publish(NEXT, written.read_bytes(), other)
    assert pin(here).release.path.endswith(f"/{other}")


# --- what does not fit --------------------------------------------------------------------


@pytest.fixture
def layouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the layouts that a test may change."""
    folder = tmp_path / "layouts" / "pfa"
    shutil.copytree(LAYOUTS / "pfa", folder)
    monkeypatch.setattr(reading, "LAYOUTS", folder.parent)
    return folder


def renamed(like: str, period: date) -> facsimile.Book:
    """An edition with other sheets, titles, labels, areas and markers, three rows lower."""
    new = book(like, period)
    when, before = f"{period:%B %Y}", f"{period:%B} {period.year - 1}"
    titles = {
        "Table P1": ("Counts", f"Crimes by area, 12 months to {when}"),
        "Table P2": ("Growth", f"Growth by area, 12 months to {when} against {before}"),
        "Table P3": ("Per head", f"Crimes a head, 12 months to {when}"),
        "Table P4": ("Counts a year before", f"Crimes by area, 12 months to {before}"),
    }
    for old, (name, title) in titles.items():
        sheet = next(sheet for sheet in new.header if sheet.strip() == old)
        new.sheets[sheet][0, 0] = title
        new.rename(sheet, name)
    words = {
        "Stalking and harassment": "Harassing others",
        "Robbery": "Hold-ups",
        "Homicide": "Killings",
        "Area Code": "ONS code",
        "Area Name": "Place",
        "Gwent": "Gwent Police",
        "[u]": "[few]",
        "[u1]": "[tiny]",
    }
    for sheet in new.header:
        for at, cell in new.sheets[sheet].items():
            new.sheets[sheet][at] = words.get(str(cell).strip(), cell)
    facsimile.rows_above_the_header(new)
    return new


def settled(words: str) -> str:
    found = re.search(r"accept=(edition-[0-9a-f]{12})", words)
    assert found is not None, words
    return found[1]


def acceptance(words: str) -> str:
    found = re.search(r"accept=(lines-[0-9a-f]{12})", words)
    assert found is not None, words
    return found[1]


@pytest.mark.slow
def test_a_new_layout_is_read_with_nothing_but_the_proposed_lines(
    here: Here, layouts: Path
) -> None:
    here.ship("pfa-2024-12", facsimile.figures("pfa-2024-06"))
    here.register(
        release_id="pfa-2024-12",
        period_end="2024-12-31",
        path=f"{DATASET}/yearendingdecember2024/{FILE}",
        status="shipped",
    )
    period, later = date(2025, 3, 31), date(2025, 6, 30)
    here.mirror.publish(period, renamed("pfa-2024-12", period), FILE)
    here.mirror.publish(later, renamed("pfa-2024-12", later), FILE)
    here.mirror.list(later, period)
    files = {path: path.read_bytes() for path in layouts.iterdir()}

    words = refused(here, "pfa-2025-03")
    for line in [
        '*,"crimes by area, year ending *",counts',
        '*,"growth by area, year ending * against *",change',
        '*,"crimes a head, year ending *",rate',
        "ons code,area_code,",
        "place,area_name,",
        "harassing others,offence,stalking_harassment",
        "hold-ups,offence,robbery",
        "killings,offence,homicide",
        "gwent police,W15000002",
        "[few],change,small_base,",
        "[tiny],rate,low_population,",
    ]:
        assert f"the line: {line}" in words
    kept = next((here.project.store / "preflight").glob("*.txt"))
    assert kept.read_text(encoding="utf-8").startswith(f"{words}\n\nsource: the mirror")

    assert acceptance(refused(here, "pfa-2025-03", "lines-000000000000")) == acceptance(words)
    assert {path: path.read_bytes() for path in layouts.iterdir()} == files

    pin(here, "pfa-2025-03", acceptance(words))
    shipped = read_observations(Observation, here.project.figures_of("pfa-2025-03"))
    expected = facsimile.figures("pfa-2024-12")
    values = [r.value or 0.0 for r in expected]
    assert [r.value or 0.0 for r in shipped] == pytest.approx(values, rel=1e-14)
    assert [r.marker for r in shipped] == [r.marker for r in expected]
    for path, content in files.items():
        assert path.read_bytes().startswith(content)

    # The names serve the next edition as they stand; that its figures are old is another matter.
    words = refused(here, "pfa-2025-06")
    assert "old figures under a new date" in words
    assert str(layouts) not in words
    assert pin(here, "pfa-2025-06", acceptance(words)).changed


def test_accepted_lines_are_taken_back_if_the_figures_do_not_add_up(
    here: Here, layouts: Path
) -> None:
    new = book("pfa-2018-12", NEXT)
    new.replace("Gwent", "Gwent Police", "P1")
    new.table("P1")[facsimile.place("F20")] = 999_999.0
    facsimile.write(new, workbook_of(here))
    files = {path: path.read_bytes() for path in layouts.iterdir()}
    words = refused(here)
    assert "add up to" in refused(here, "pfa-2019-03", acceptance(words))
    assert {path: path.read_bytes() for path in layouts.iterdir()} == files


def test_a_line_that_only_a_person_can_fill_in_is_not_accepted(here: Here, layouts: Path) -> None:
    new = book("pfa-2018-12", NEXT)
    figure = next(
        row
        for row in facsimile.figures("pfa-2018-12")
        if row.measure == "change_pct" and row.value is not None
    )
    new.table("P2")[facsimile.place(figure.cell)] = "[q]"
    facsimile.write(new, workbook_of(here))
    words = refused(here)
    assert "the line: [q],change,?,?" in words
    assert "accept=" not in words
    with (layouts / "markers.csv").open("a", encoding="utf-8") as lines:
        lines.write("[q],change,small_base,a person knows\n")
    assert pin(here).changed


def test_a_fault_of_the_workbook_goes_through_once_its_entry_is_listed(here: Here) -> None:
    new = book("pfa-2018-12", NEXT)
    at = facsimile.place("F20")
    new.table("P1")[at] = float(str(new.table("P1")[at])) + 7
    facsimile.write(new, workbook_of(here))
    words = refused(here)
    entries = re.findall(r"add to \S+ the line: (- \{.*\})$", words, re.MULTILINE)
    assert len(entries) == 1, words  # one cell explains every sum, change and rate that it breaks
    assert "cell: F20" in entries[0]
    assert f"--config source={here.mirror.root} release=pfa-2019-03 accept=lines-" in words
    assert pin(here, "pfa-2019-03", acceptance(words)).changed
    assert here.project.corrections.read_text(encoding="utf-8") == entries[0] + "\n"


def test_a_fault_listed_for_the_same_cell_of_another_edition_is_pointed_at(here: Here) -> None:
    new = book("pfa-2018-12", NEXT)
    at = facsimile.place("F20")
    new.table("P1")[at] = float(str(new.table("P1")[at])) + 7
    facsimile.write(new, workbook_of(here))
    listed = [
        {
            "release": "pfa-2018-12",
            "sheet": "Table P1",
            "cell": "F20",
            "expect": 1,
            "status": "reported",
            "reason": "Seven too many.",
            "source": "Somebody's letter.",
        }
    ]
    here.project.corrections.write_text(yaml.safe_dump(listed), encoding="utf-8")
    words = refused(here)
    assert "The same cell of pfa-2018-12 is listed there: Seven too many." in words


def test_a_workbook_with_many_wrong_cells_is_not_let_through_by_a_word(here: Here) -> None:
    new = book("pfa-2018-12", NEXT)
    for cell in ("F20", "G21", "H22", "I23", "J24", "K25", "L26", "M27", "N28", "O29", "P30"):
        new.table("P1")[facsimile.place(cell)] = 10.0**6
    for cell in ("F31", "G33", "H34", "I35", "J36", "K37", "L39", "M40", "N41", "O42", "P43"):
        new.table("P1")[facsimile.place(cell)] = 10.0**6
    facsimile.write(new, workbook_of(here))
    words = refused(here)
    assert words.count("the line: - {") > 10
    assert "accept=" not in words


def test_a_row_of_wrong_figures_is_told_as_one_and_has_no_entry(here: Here) -> None:
    new = book("pfa-2018-12", NEXT)
    grid, row = new.table("P1"), facsimile.place("F20")[0]
    for at in [at for at in grid if at[0] == row and isinstance(grid[at], float)]:
        grid[at] = float(str(grid[at])) + 10**6 + at[1]
    facsimile.write(new, workbook_of(here))
    words = refused(here)
    assert words.count("sheet 'Table P1', row 20, cells C20 to AA20: ") == 1
    assert "the line: - {" not in words


def test_a_broken_file_of_the_project_is_not_blamed_on_the_workbook(here: Here) -> None:
    here.project.corrections.write_text("[", encoding="utf-8")
    assert "is not YAML" in refused(here)
    assert not (here.project.store / "quarantine").exists()
    assert list((here.project.store / ".partial").iterdir()) == []


def test_a_force_without_a_single_count_is_said() -> None:
    """Greater Manchester Police could not send its figures when it changed its system."""
    figures = facsimile.figures("pfa-2019-12")
    (told,) = changes_of_tables(FORCE_AREAS, figures, figures[0].period_end, [])
    assert told == "pfa-2019-12 has no figures for Greater Manchester: totals exclude it."
    whole = facsimile.figures("pfa-2018-12")
    assert changes_of_tables(FORCE_AREAS, whole, whole[0].period_end, []) == []


def old_figures(here: Here) -> None:
    """The figures of the shipped edition as those of the next."""
    here.ship("pfa-2018-12", facsimile.figures("pfa-2018-12"))


@pytest.mark.slow
def test_old_figures_under_a_new_date_need_somebody_who_calls_them_right(here: Here) -> None:
    old_figures(here)
    words = refused(here)
    assert "100% of its counts for the year ending March 2019 are those of pfa-2018-12 for" in words
    assert refused(here, "pfa-2019-03", "edition-000000000000") == words
    pinned = pin(here, "pfa-2019-03", settled(words))
    assert any("old figures under a new date" in warning for warning in pinned.warnings)


@pytest.mark.slow
def test_a_revision_without_precedent_needs_the_same(here: Here) -> None:
    earlier = facsimile.figures("pfa-2018-12")
    rows = [
        dataclasses.replace(row, value=row.value and round(row.value * 0.8))
        if row.measure == "count"
        else row
        for row in earlier
    ]
    here.ship("pfa-2018-12", rows)
    later = facsimile.figures("pfa-2019-12")
    shutil.copy(ROOT / "config" / "corrections.yaml", here.project.corrections)
    end = later[0].period_end
    here.mirror.publish(end, facsimile.from_figures(later), FILE)
    here.mirror.list(end, KNOWN)
    words = refused(here, "pfa-2019-12")
    assert re.search(r"pfa-2018-12, .* has [\d,]+: \+\d\d\.\d per cent, .* on record", words)
    assert re.search(rf"add to {here.project.accepted} the line: pfa-2019-12,\*,\*,\*,", words)
    assert pin(here, "pfa-2019-12", acceptance(words)).changed
