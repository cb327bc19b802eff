"""A new quarter's appendix tables, pinned from a mirror with lines accepted in two steps."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.releases.pinning import Pinned, Project, pin_release
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import COLUMNS, read_registry
from crimeshare.tables import (
    appendix_layout,
)
from crimeshare.tables.observations import SurveyObservation, read_observations
from tests.appendix_facsimile import Cell, Facsimile, own_layout

DATASET = "/peoplepopulationandcommunity/crimeandjustice/datasets/appendixtables"
EDITION = f"{DATASET}/yearendingmarch2026"
FIGURES = Path(__file__).parents[2] / "resources" / "figures" / "appendix-2025-12.parquet"


@pytest.fixture
def layouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the layout, to add lines to."""
    return own_layout(tmp_path / "layouts", monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that knows no release, and a mirror that holds one of the next quarter."""
    (tmp_path / "config").mkdir()
    (tmp_path / "figures").mkdir()
    files = {name: tmp_path / "config" / name for name in ("releases.csv", "copies.csv", "c.yaml")}
    with files["releases.csv"].open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerow(COLUMNS)
    files["copies.csv"].write_text("release_id,sha256,bytes,note\n", encoding="utf-8")
    files["c.yaml"].write_text("", encoding="utf-8")
    mirror = tmp_path / "mirror"
    pages = {
        DATASET: {
            "type": "dataset_landing_page",
            "datasets": [{"uri": EDITION}],
            "description": {"title": "Appendix tables", "nextRelease": ""},
        },
        EDITION: {
            "type": "dataset",
            "downloads": [{"file": "tables.xlsx"}],
            "versions": [],
            "description": {
                "edition": "Year ending March 2026",
                "releaseDate": "2030-01-01T08:30:00.000Z",
            },
        },
    }
    for uri, page in pages.items():
        (mirror / uri.lstrip("/")).mkdir(parents=True)
        text = json.dumps({"uri": uri, **page})
        (mirror / uri.lstrip("/") / "data.json").write_text(text, encoding="utf-8")
    next_quarter().write(mirror / EDITION.lstrip("/") / "tables.xlsx")
    return Project(
        registry=files["releases.csv"],
        copies=files["copies.csv"],
        corrections=files["c.yaml"],
        accepted=tmp_path / "accepted.csv",
        figures=tmp_path / "figures",
        store=tmp_path / "releases",
    )


def next_quarter() -> Facsimile:
    """The newest shipped edition as one of the next quarter; not all of its words are known."""
    book = Facsimile.of(FIGURES, "Appendix tables - year ending March 2026")
    words = {
        "Jan 2025 to Dec 2025": "Apr 2025 to Mar 2026",
        "Apr 2022 to Mar 2023": "YE Mar 2023 [note 5]",
        "Offence group [note 5]": "Kind of crime",
        "[s]": "[sig]",
    }

    def change(cell: Cell) -> Cell:
        text = " ".join(cell.split()) if isinstance(cell, str) else cell
        return words.get(text, cell) if isinstance(text, str) else cell

    book.change("header year flag", change)
    book.rename(lambda sheet: f"{sheet.replace('_', ' ')} ")
    return book


def pin(project: Project, *accept: str) -> Pinned:
    source = MirrorFolder(project.store.parent / "mirror", max_bytes=10**8)
    return pin_release("appendix-2026-03", source, {"appendix": DATASET}, accept, project)


def refused(project: Project, *accept: str) -> tuple[str, list[str]]:
    """The words of a refusal, and what they say to accept."""
    before = {path: path.read_bytes() for path in appendix_layout.FOLDER.iterdir()}
    with pytest.raises(Problem) as caught:
        pin(project, *accept)
    assert {path: path.read_bytes() for path in appendix_layout.FOLDER.iterdir()} == before
    assert read_registry(project.registry) == {}
    said = str(caught.value).partition("accept=")[2].partition("\n")[0]
    return str(caught.value), re.findall(r"lines-[0-9a-f]{12}", said)


@pytest.mark.slow
def test_names_that_show_once_others_are_accepted(project: Project, layouts: Path) -> None:
    words, first = refused(project)
    assert "the line: kind of crime,measure" in words
    assert len(first) == 1
    words, both = refused(project, *first)
    assert "the line: [sig],flags,significant," in words
    assert f"accept='[{','.join(both)}]'" in words
    assert both[:1] == first
    assert len(both) == 2

    assert pin(project, *both).changed
    rows = read_observations(SurveyObservation, project.figures_of("appendix-2026-03"))
    shipped = read_observations(SurveyObservation, FIGURES)
    assert [row.value for row in rows] == pytest.approx([row.value for row in shipped], nan_ok=True)
    assert max(row.period_end for row in rows) == date(2026, 3, 31)
    assert (layouts / "headers.csv").read_text(encoding="utf-8").endswith("kind of crime,measure\n")
