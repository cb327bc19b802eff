"""A dataset of another country is one entry, one layout folder and its areas: nothing else."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crimeshare.problems import Problems
from crimeshare.reference import Area, areas
from crimeshare.sources.datasets import DATASETS, FORCE_AREAS, SHAPES, Dataset, Publisher
from crimeshare.sources.registry import Release
from crimeshare.tables import LAYOUTS, reading
from crimeshare.tables.observations import Observation, read_observations
from crimeshare.tables.reading import read_release

NATION = Area("S92000003", "Scotland", "country", "")
DIVISIONS = [
    Area(f"S3200000{number}", f"{name} Division", "force", NATION.area_code)
    for number, name in enumerate(("Fife", "Tayside", "Highland"), start=1)
]
RELEASE = Release(
    "srp-2025-03",
    "srp",
    date(2025, 3, 31),
    "Recorded Crime in Scotland, 2024-25",
    date(2025, 6, 24),
    "/publications/recorded-crime-in-scotland/tables.csv",
    "",
    None,
    "unpinned",
    "listed",
    "",
)
LAYOUT = {
    "sheets.csv": "sheet,title,table\n*,table 1: crimes recorded by division*,counts\n",
    "tables.csv": f"table,measure,required,rows,area\ncounts,count,yes,areas,{NATION.area_code}\n",
    "columns.csv": "label,role,offence_id\ncode,area_code,\ndivision,area_name,\n"
    "all crimes,offence,total\nrobbery,offence,robbery\n",
    "area_names.csv": "label,area_code\nhighlands and islands,S32000003\n",
    "markers.csv": "marker,table,meaning,explanation\n[x],*,unavailable,not available\n",
}
COUNTS = {"Fife Division": (900, 20), "Tayside Division": (800, 10), "Highland Division": (300, 5)}


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """The entry, the layout and the areas; then write the table of an edition."""
    publisher = Publisher("Scottish Government", "the Scottish Government", "https://www.gov.scot")
    entry = Dataset(publisher, FORCE_AREAS, "Recorded crime in Scotland", "recorded crime tables")
    monkeypatch.setitem(DATASETS, "srp", entry)
    for area in (NATION, *DIVISIONS):
        monkeypatch.setitem(areas(), area.area_code, area)
    folder = tmp_path / "layouts" / "srp"
    folder.mkdir(parents=True)
    for name, text in LAYOUT.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(reading, "LAYOUTS", folder.parent)

    def write(counts: dict[str, tuple[object, object]], whole: tuple[int, int]) -> Path:
        codes = {area.area_name: area.area_code for area in (NATION, *DIVISIONS)}
        path = tmp_path / "tables.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["Table 1: Crimes recorded by division, year ending March 2025"])
            lines.writerow(["Code", "Division", "All crimes", "Robbery"])
            for name, cells in {"Scotland": whole, **counts}.items():
                lines.writerow([codes.get(name, "S32000003"), name, *cells])
        return path

    return write


def test_it_is_read_checked_and_kept_as_every_other(
    publish: Callable[..., Path], tmp_path: Path
) -> None:
    renamed = dict(zip([*list(COUNTS)[:2], "Highlands and Islands"], COUNTS.values(), strict=True))
    read = read_release(publish(renamed, (2000, 35)), RELEASE, _none(tmp_path))
    read.write(tmp_path / "kept.parquet")
    rows = read_observations(Observation, tmp_path / "kept.parquet")
    assert rows == read.rows
    held = {(row.area_name, row.offence_id): row.value for row in rows}
    assert held["Scotland", "total"] == 2000
    assert held["Highland Division", "robbery"] == 5
    assert {row.release_id for row in rows} == {"srp-2025-03"}


@pytest.mark.parametrize(
    ("counts", "whole", "said"),
    [
        (COUNTS, (2100, 35), "is 2,100, but the areas in it add up to 2,000"),
        ({"Fife Division": (900, 20)}, (900, 20), "no row for Tayside Division, Highland Division"),
        (COUNTS | {"Fife Division": ("[y]", 20)}, (2000, 35), "the marker '[y]' is not known"),
    ],
)
def test_what_is_wrong_with_it_is_said(
    counts: dict[str, tuple[object, object]],
    whole: tuple[int, int],
    said: str,
    publish: Callable[..., Path],
    tmp_path: Path,
) -> None:
    with pytest.raises(Problems) as caught:
        read_release(publish(counts, whole), RELEASE, _none(tmp_path))
    assert said in str(caught.value)
    assert "srp-2025-03, sheet 'tables'" in str(caught.value)


def test_it_is_named_and_found_as_every_other(publish: Callable[..., Path]) -> None:
    assert RELEASE.title == "Recorded crime in Scotland"
    assert RELEASE.file_url.startswith("https://www.gov.scot/")


def _none(folder: Path) -> Path:
    path = folder / "corrections.yaml"
    path.write_text("[]\n", encoding="utf-8")
    return path


def test_every_dataset_has_a_reader_and_a_layout() -> None:
    assert set(SHAPES) == set(reading.READERS)
    for name, dataset in DATASETS.items():
        assert dataset.reader in SHAPES
        assert (LAYOUTS / name / "markers.csv").is_file()
