"""What a check says of a source, and what the whole of it amounts to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crimeshare.reference import read_rows
from crimeshare.releases import release_check
from crimeshare.releases.release_check import Check, check_releases
from crimeshare.releases.renewal import Renewal, write_announced
from crimeshare.sources.datasets import HOME_OFFICE
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import read_copies
from tests.editions import DATASET, book, folder
from tests.releases import DATASETS, FILE, KNOWN, NEXT, Here, set_up, sha256

TODAY = date(2019, 5, 1)


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return set_up(tmp_path)


def check(here: Here, today: date = TODAY) -> Check:
    registry = here.registry
    return check_releases(
        MirrorFolder(here.mirror.root, max_bytes=10**8),
        DATASETS,
        registry,
        read_copies(here.project.copies, registry),
        here.project.store,
        today,
    )


def check_listing(here: Here, files: list[str] | None) -> Check:
    """The check of a registry with a file of 23 April 2026, while its page lists these files."""
    here.register(
        release_id="prc-2025-12",
        dataset="prc",
        period_end="2025-12-31",
        path="/media/69e6/prc-pfa-mar2013-onwards-tables-230426.ods",
    )
    path = urlsplit(HOME_OFFICE.landing).path
    if files is not None:
        attachments = [{"url": f"{HOME_OFFICE.host}/media/1/{name}"} for name in files]
        page = here.mirror.page(path)
        page.parent.mkdir(parents=True)
        page.write_text(json.dumps({"base_path": path, "details": {"attachments": attachments}}))
    source = MirrorFolder(here.mirror.root, max_bytes=10**8)
    return check_releases(
        source, DATASETS, here.registry, {}, here.project.store, TODAY, {"prc": source}
    )


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["prc-pfa-mar2013-onwards-tables-230426.ods", "user-guide.pdf"], []),
        # The day stands first in a name, so the later day is no greater number.
        (["prc-pfa-mar2013-onwards-tables-220726.ods"], ["new"]),
        (["prc-pfa-mar2013-onwards-tables-240126.ods"], []),
        (["prc-csp-mar2013-onwards-tables-220726.ods"], ["unclear"]),
        ([], ["unclear"]),
        (None, ["note"]),  # a mirror need not hold the page
    ],
)
def test_a_file_newer_than_ours_is_told_by_the_day_in_its_name(
    files: list[str] | None, found: list[str], here: Here
) -> None:
    checked = check_listing(here, files)
    assert kinds(checked) == found
    if found == ["new"]:
        sentence = checked.findings[0].sentence
        assert "220726.ods, newer than prc-pfa-mar2013-onwards-tables-230426.ods" in sentence


def kinds(found: Check) -> list[str]:
    return [finding.kind for finding in found.findings]


def test_nothing_is_new_where_the_bytes_are_the_pinned_ones(here: Here) -> None:
    before = {p: p.read_bytes() for p in here.mirror.root.parent.rglob("*") if p.is_file()}
    found = check(here)
    assert (found.status(), found.findings) == (release_check.NOTHING_NEW, [])
    assert found.in_words() == [f"Nothing new at the mirror {here.mirror.root}."]
    after = {p: p.read_bytes() for p in here.mirror.root.parent.rglob("*") if p.is_file()}
    assert after == before


def test_an_edition_nobody_knew_of_is_new_and_gets_its_id(here: Here) -> None:
    workbook = here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), "name.xlsx")
    here.mirror.list(NEXT, KNOWN)
    found = check(here)
    assert (kinds(found), found.status()) == (["new"], release_check.SOMETHING_NEW)
    assert found.findings[0].release_id == "pfa-2019-03"
    assert sha256(workbook) in found.findings[0].sentence
    assert found.as_json()["exit_status"] == 1


def test_a_listed_edition_is_new_until_its_figures_are_shipped(here: Here) -> None:
    path = f"{folder(NEXT)}/name.xlsx"
    here.register(release_id="pfa-2019-03-corrected", period_end="2019-03-31", path=path)
    here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), "name.xlsx")
    here.mirror.list(NEXT, KNOWN)
    assert [f.release_id for f in check(here).findings] == ["pfa-2019-03-corrected"]


def test_a_correction_is_told_with_its_notice(here: Here) -> None:
    changed = book("pfa-2018-12", KNOWN)
    changed.put_first("Correction", {(0, 0): "Corrected"})
    here.mirror.correct(KNOWN, changed, FILE, notice="Rates of\n Kent were wrong.")
    found = check(here)
    assert found.status() == release_check.SOMETHING_NEW
    corrected = next(f for f in found.findings if f.kind == "corrected")
    assert corrected.release_id == "pfa-2018-12-v2"
    assert "'Rates of Kent were wrong.'" in corrected.sentence


def test_a_dataset_without_a_page_is_left_to_a_person(here: Here) -> None:
    for month, file in (("2025-06", "june.ods"), ("2025-12", "december.ods")):
        here.register(
            release_id=f"prc-{month}",
            dataset="prc",
            period_end=f"{month}-{30 if month.endswith('06') else 31}",
            path=f"/media/1/{file}",
        )
    found = check(here)
    assert (kinds(found), found.status()) == (["note"], release_check.NOTHING_NEW)
    (note,) = found.findings
    assert note.release_id == "prc-2025-12"
    assert "see https://www.gov.uk/government/statistical-data-sets/police-" in note.sentence
    assert "newer than prc-2025-12" in note.sentence
    assert "prc" in found.as_json()["datasets"]


def test_other_bytes_under_the_same_name_are_a_reissue_though_the_page_is_silent(
    here: Here,
) -> None:
    changed = book("pfa-2018-12", KNOWN)
    changed.put_first("Correction", {(0, 0): "Corrected"})
    here.mirror.correct(KNOWN, changed, FILE, notice=None)
    found = check(here)
    assert (kinds(found), found.status()) == (["reissued"], release_check.SOMETHING_NEW)
    assert "says nothing of a correction" in found.findings[0].sentence


def withdrawn(here: Here) -> None:
    here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), FILE)
    here.mirror.list(NEXT)
    here.mirror.page(folder(KNOWN)).unlink()


def nothing_listed(here: Here) -> None:
    here.mirror.list()


def moved_away(here: Here) -> None:
    here.mirror.page(DATASET).unlink()


def html_for_json(here: Here) -> None:
    here.mirror.write_page(folder(KNOWN), "<!doctype html><title>Sorry</title>")


def page_gone(here: Here) -> None:
    here.mirror.page(folder(KNOWN)).unlink()


def file_gone(here: Here) -> None:
    (here.mirror.root / folder(KNOWN).lstrip("/") / FILE).unlink()


def another_name(here: Here) -> None:
    page = here.mirror.read_page(folder(KNOWN))
    page["description"] = {"edition": "Year ending December 2017"}
    here.mirror.write_page(folder(KNOWN), page)


def sheets_of_another_year(here: Here) -> None:
    here.mirror.publish(NEXT, book("pfa-2018-12", KNOWN), FILE)
    here.mirror.list(NEXT, KNOWN)


def no_workbook(here: Here) -> None:
    here.mirror.publish(NEXT, b"PK\x03\x04 cut", FILE)
    here.mirror.list(NEXT, KNOWN)


def two_files(here: Here) -> None:
    page = here.mirror.read_page(folder(KNOWN))
    page["downloads"] = [{"file": FILE}, {"file": "other.xls"}]
    here.mirror.write_page(folder(KNOWN), page)


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (withdrawn, "withdrawn", "pfa-2018-12 is in the registry"),
        (nothing_listed, "unclear", "lists no edition at all"),
        (moved_away, "unclear", "put its new address under `datasets`"),
        (html_for_json, "unclear", "is not JSON"),
        (page_gone, "unclear", "but its page is gone"),
        (file_gone, "unclear", "but the file is gone"),
        (another_name, "unclear", "its address says year ending December 2018, "
                                  "its name says year ending December 2017"),
        (sheets_of_another_year, "unclear", "the edition says year ending March 2019, "
                                            "most of its sheets says year ending December 2018"),
        (no_workbook, "unclear", "cut short or damaged"),
        (two_files, "unclear", "names tables.xlsx, other.xls; expected one workbook"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_named(
    change: Callable[[Here], None], kind: str, said: str, here: Here
) -> None:
    change(here)
    found = check(here)
    assert found.status() == release_check.KINDS[kind]
    assert any(f.kind == kind and said in f.sentence for f in found.findings), found.findings
    assert not any("\n" in f.sentence for f in found.findings)


def test_odd_lists_are_read_all_the_same(here: Here) -> None:
    old = date(2018, 3, 31)
    here.mirror.publish(old, book("pfa-2018-12", old), FILE)
    here.mirror.list(old, KNOWN, KNOWN)
    found = check(here)
    assert sorted(kinds(found)) == ["new", "note", "note"]
    words = " ".join(f.sentence for f in found.findings)
    assert "more than once" in words
    assert "does not list the newest edition first" in words


def test_a_listed_version_that_is_gone_is_said_and_changes_nothing(here: Here) -> None:
    page = here.mirror.read_page(folder(KNOWN))
    uri = f"{folder(KNOWN)}/previous/v1"
    page["versions"] = [{"uri": uri, "updateDate": "", "correctionNotice": ""}]
    here.mirror.write_page(folder(KNOWN), page)
    found = check(here)
    assert (kinds(found), found.status()) == (["note"], release_check.NOTHING_NEW)
    assert "without a notice, is listed, but gone" in found.findings[0].sentence


def test_a_version_whose_page_is_there_and_whose_file_is_not(here: Here) -> None:
    changed = book("pfa-2018-12", KNOWN)
    changed.put_first("Correction", {(0, 0): "Corrected"})
    here.mirror.correct(KNOWN, changed, FILE, notice="A slip.")
    version = here.mirror.root / folder(KNOWN).lstrip("/") / "previous" / "v1"
    notes = [f.sentence for f in check(here).findings if f.kind == "note"]
    assert ["is there; snakemake pin_release" in note for note in notes] == [True]
    (version / FILE).unlink()
    notes = [f.sentence for f in check(here).findings if f.kind == "note"]
    assert ["is listed, but gone" in note for note in notes] == [True]
    assert not list((here.project.store / ".partial").glob("*"))


@pytest.mark.parametrize("pinned", [True, False])
def test_an_edition_under_another_address_is_the_one_that_is_known(
    pinned: bool, here: Here
) -> None:
    if not pinned:
        path = f"{DATASET}/presumed/{FILE}"
        here.register(release_id="pfa-2019-03", period_end="2019-03-31", path=path)
        here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), FILE)
        here.mirror.list(NEXT, KNOWN)
        found = check(here)
        assert [(f.kind, f.release_id) for f in found.findings] == [("new", "pfa-2019-03")]
        return
    moved = f"{DATASET}/yedec2018"
    page = here.mirror.read_page(folder(KNOWN))
    (here.mirror.root / folder(KNOWN).lstrip("/")).rename(here.mirror.root / moved.lstrip("/"))
    here.mirror.write_page(moved, {**page, "uri": moved})
    landing = here.mirror.read_page(DATASET)
    here.mirror.write_page(DATASET, {**landing, "datasets": [{"uri": moved}]})
    found = check(here)
    assert (kinds(found), found.status()) == (["note"], release_check.NOTHING_NEW)
    assert f"pfa-2018-12 is now at {moved}/{FILE}, with the same bytes" in found.in_words()[0]


@pytest.mark.parametrize(
    ("announced", "today", "late"),
    [
        ("", date(2019, 8, 28), False),
        ("", date(2019, 8, 29), True),
        ("24 July 2019", date(2019, 7, 24), False),
        ("24 July 2019", date(2019, 7, 25), True),
        ("2019-07-24T08:30:00.000Z", date(2019, 7, 25), True),
        ("24 January 2019", date(2019, 7, 25), False),  # it was of the edition that came out
        ("To be announced", date(2019, 7, 25), False),
    ],
)
def test_an_edition_that_is_overdue(announced: str, today: date, late: bool, here: Here) -> None:
    here.mirror.list(KNOWN, next_release=announced)
    found = check(here, today)
    assert ("late" in kinds(found)) == late
    assert found.status() == release_check.NOTHING_NEW
    assert all("year ending March 2019" in f.sentence for f in found.findings)


def test_an_edition_that_is_announced_is_kept_with_its_day(here: Here, tmp_path: Path) -> None:
    here.mirror.list(KNOWN, next_release="24 July 2019")
    (finding,) = check(here, date(2019, 7, 1)).findings
    assert (finding.kind, finding.release_id, finding.day) == (
        "announced",
        "pfa-2019-03",
        "2019-07-24",
    )
    kept = tmp_path / "announced.csv"
    write_announced(kept, [asdict(finding)])
    assert read_rows(kept) == [{"release_id": "pfa-2019-03", "announced": "2019-07-24"}]
    before = kept.read_text(encoding="utf-8")
    write_announced(kept, [])  # a source that announces nothing takes nothing back
    write_announced(kept, [asdict(finding)])
    assert kept.read_text(encoding="utf-8") == before
    write_announced(kept, [asdict(finding) | {"day": "2019-07-25"}])
    assert kept.read_text(encoding="utf-8") == before + "pfa-2019-03,2019-07-25\n"


def test_what_is_absent_is_not_counted_as_refused() -> None:
    said = {name: [f"{name} is gone."] for name in ("pfa-2018-03", "pfa-2018-06", "pfa-2019-03")}
    words = Renewal([], said, ["pfa-2018-03", "pfa-2018-06"]).in_words()
    assert words[:3] == [
        "0 pinned; 1 refused.",
        "Refused: pfa-2019-03: pfa-2019-03 is gone.",
        "2 not at the source: pfa-2018-03, pfa-2018-06.",
    ]


def test_what_cannot_be_told_outweighs_what_is_new(here: Here) -> None:
    sheets_of_another_year(here)
    found = check(here)
    assert sorted(kinds(found)) == ["new", "unclear"]
    assert found.as_json()["status"] == "could not tell"
