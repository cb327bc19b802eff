"""A new file of the Home Office, pinned from a mirror as an edition of ONS's is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.releases.pinning import Pinned, Project, pin_release
from crimeshare.running import shipping
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import COLUMNS, read_registry
from crimeshare.tables.observations import QuarterFigure, read_observations, write_observations
from crimeshare.tables.recorded_quarters import read_recorded_quarters
from tests.open_document import Row, line, open_data

KNOWN, NEW = "prc-2025-12", "prc-2026-03"
FORCES = {"Gwent": 700, "North Wales": 900, "South Wales": 2100, "Dyfed-Powys": 400}
NAME = "prc-pfa-mar2013-onwards-tables-{}.ods"


def years(last: int) -> dict[str, list[Row]]:
    """Three financial years of four forces that grow alike, up to a quarter of the last."""
    season = {1: 1.0, 2: 1.07, 3: 0.96, 4: 0.91}
    return {
        f"{year}_{year % 100 + 1}": [
            line(
                force,
                code,
                round(size * part * season[quarter] * 1.04 ** (year - 2023)),
                year=f"{year}/{year % 100 + 1}",
                quarter=quarter,
            )
            for force, size in FORCES.items()
            for quarter in range(1, (last if year == 2025 else 4) + 1)
            for code, part in (("8Q", 1.0), ("8R", 1.3))
        ]
        for year in (2023, 2024, 2025)
    }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that knows a file with the quarters to December 2025."""
    (tmp_path / "config").mkdir()
    project = Project(
        *(tmp_path / "config" / name for name in ("releases.csv", "copies.csv", "c.yaml", "a.csv")),
        figures=tmp_path / "figures",
        store=tmp_path / "releases",
    )
    row = [KNOWN, "prc", "2025-12-31", "April 2023 to December 2025", "2026-04-23"]
    row += [f"/media/1/{NAME.format('230426')}", "", "", "unpinned", "shipped", ""]
    with project.registry.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([COLUMNS, row])
    project.copies.write_text("release_id,sha256,bytes,note\n", encoding="utf-8")
    project.corrections.write_text("", encoding="utf-8")
    known = open_data(tmp_path / "known.ods", years(3))
    with shipping(project.figures_of(KNOWN)) as path:
        write_observations(list(read_recorded_quarters(known, KNOWN)), path)
    return project


def pin(project: Project, sheets: dict[str, list[Row]], release_id: str = NEW) -> Pinned:
    mirror = project.store.parent / "mirror"
    (mirror / "media" / "2").mkdir(parents=True)
    open_data(mirror / "media" / "2" / NAME.format("230726"), sheets)
    source = MirrorFolder(mirror, max_bytes=10**8)
    return pin_release(release_id, source, {"pfa": "/x"}, project=project)


def test_the_file_of_the_next_quarter_gets_a_row_and_its_figures(project: Project) -> None:
    pinned = pin(project, years(4))
    row = read_registry(project.registry)[NEW]
    assert row == pinned.release
    assert (row.path, row.status) == (f"/media/2/{NAME.format('230726')}", "shipped")
    assert (row.edition, str(row.published)) == ("April 2023 to March 2026", "2026-07-23")
    figures = read_observations(QuarterFigure, project.figures_of(NEW))
    assert {figure.workbook_sha256 for figure in figures} == {row.sha256}
    assert pinned.changed == [
        project.registry,
        project.figures_of(NEW),
        project.figures / "hashes.csv",
    ]


def swapped(sheets: dict[str, list[Row]]) -> None:
    other = {"North Wales": "South Wales", "South Wales": "North Wales"}
    sheets["2025_26"] = [
        [*row[:2], other.get(str(row[2]), row[2]), *row[3:]] for row in sheets["2025_26"]
    ]


def doubled(sheets: dict[str, list[Row]]) -> None:
    sheets["2024_25"] = [
        [*row[:-1], 2 * int(str(row[-1]))] if row[2] == "Gwent" else row
        for row in sheets["2024_25"]
    ]


def a_quarter_less(sheets: dict[str, list[Row]]) -> None:
    sheets["2025_26"] = [row for row in sheets["2025_26"] if row[1] != 4]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (swapped, "North Wales.*like those that .* of South Wales.*Were they swapped"),
        (doubled, "Gwent"),
        (a_quarter_less, f"ends with the quarter to December 2025.*March 2026 of {NEW}"),
    ],
)
def test_what_another_release_has_otherwise_is_refused(
    edit,
    said: str,
    project: Project,  # type: ignore[no-untyped-def]
) -> None:
    sheets = years(4)
    edit(sheets)
    before = project.registry.read_bytes()
    with pytest.raises(Problem, match=said):
        pin(project, sheets)
    assert project.registry.read_bytes() == before
    assert not project.figures_of(NEW).exists()


def test_the_day_in_its_name_says_which_quarter_a_file_should_end_with(project: Project) -> None:
    with pytest.raises(Problem, match=r"named after a day.*230726"):
        pin(project, years(4), "prc-2026-06")
