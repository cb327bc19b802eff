"""The day that a workbook states is believed where it can be its own."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from crimeshare.audit.findings import Finding
from crimeshare.audit.naming import vintage_name
from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.release_day import ReleaseDay, release_day
from tests.conftest import ROOT

END = date(2025, 9, 30)
COVER = (
    "These tables are published alongside the bulletin, year ending September 2025 published on "
)


def written(path: Path, text: str, saved: datetime) -> Path:
    book = xlsxwriter.Workbook(path)
    # xlsxwriter writes the day it is told the file was made as the day it was saved too.
    book.set_properties({"created": saved})
    sheet = book.add_worksheet("Cover Sheet")
    sheet.write_string("A1", "Appendix tables")
    sheet.write_string("A3", text)
    book.close()
    return path


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (f"{COVER}29 January 2026.", date(2026, 1, 29)),
        ("Published on: 1st February 2026", date(2026, 2, 1)),
    ],
)
def test_a_stated_day_is_read_with_its_cell(text: str, day: date, tmp_path: Path) -> None:
    workbook = written(tmp_path / "a.xlsx", text, datetime(2026, 1, 28))
    assert release_day(workbook, END) == ReleaseDay(day, "stated", "Cover Sheet", "A3")


@pytest.mark.parametrize(
    "text",
    [
        # As the appendix tables of September and December 2025 have it: an earlier edition's day.
        f"{COVER}23 October 2025.",
        f"{COVER}23 April 2025.",
        f"{COVER}31 February 2026.",
        "No day.",
    ],
)
def test_a_day_before_the_file_was_saved_is_another_editions(text: str, tmp_path: Path) -> None:
    workbook = written(tmp_path / "a.xlsx", text, datetime(2026, 1, 28))
    assert release_day(workbook, END) == ReleaseDay(date(2026, 1, 28), "saved")


def test_verdicts_name_the_month_as_far_as_it_is_known() -> None:
    registry = read_registry(ROOT / "config" / "releases.csv")

    def begins(release_id: str, vintage: str) -> str:
        end = registry[release_id].period_end
        finding = Finding(1, "count", end, release_id, vintage)  # type: ignore[arg-type]
        return vintage_name(finding, registry).partition(" (")[0]

    assert begins("appendix-2025-06", "first published") == "As first published in October 2025"
    assert begins("pfa-2024-03-v1", "first published") == "As first published, not before July 2024"
    assert begins("pfa-2018-06-corrected", "first published") == "As re-issued in February 2019"
    assert begins("pfa-2018-03", "first published") == "As re-issued, not before April 2019"
    assert begins("pfa-2024-06", "first published") == "As first published"
    assert begins("appendix-2025-06", "revised") == "As revised by October 2025"
    assert begins("prc-2025-12", "revised since") == "As revised by April 2026"


def test_every_day_on_record_is_of_a_release_that_is_known() -> None:
    registry: dict[str, Release] = read_registry(ROOT / "config" / "releases.csv")
    lines = (ROOT / "resources/reference/release_days.csv").read_text(encoding="utf-8")
    for line in lines.splitlines()[1:]:
        release_id, day, *_ = line.split(",")
        assert date.fromisoformat(day) > registry[release_id].period_end
