"""The Home Office's own file in place of somebody's conversion, and what it says otherwise."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.problems import Problem
from crimeshare.releases.conversion import replaces_conversion, report, ship_conversion
from crimeshare.sources.registry import read_registry
from crimeshare.tables.observations import QuarterFigure, write_observations
from crimeshare.tables.recorded_quarters import read_recorded_quarters
from tests.conftest import ROOT
from tests.open_document import Row, line, open_data

RELEASE = "prc-2024-03"
OF_A_CONVERSION = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Description",
    "Offence Group",
    "Offence Subgroup",
    "Offence Code",
    "Number of Offences",
]


def file(folder: Path, rows: Sequence[Row]) -> list[QuarterFigure]:
    """What an open document of these rows says."""
    path = open_data(folder / "open-data.ods", {"2023_24": rows})
    return list(read_recorded_quarters(path, RELEASE))


def kept(path: Path, figures: Sequence[QuarterFigure]) -> Path:
    path.parent.mkdir(exist_ok=True)
    write_observations(figures, path)
    return path


def converted(figures: Sequence[QuarterFigure]) -> list[QuarterFigure]:
    """The same as a conversion, which names no cell."""
    return [
        replace(
            figure,
            read_from="conversion",
            workbook_sha256=None,
            conversion_sha256="c" * 64,
            sheet="2023/24",
            cells=None,
        )
        for figure in figures
    ]


@pytest.fixture
def own(tmp_path: Path) -> list[QuarterFigure]:
    return file(tmp_path, [line("Gwent", "8L", 12), line("Gwent", "8Q", 30), line("Kent", "8L", 7)])


def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / f"{RELEASE}-conversion.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_a_conversion_that_is_right_is_said_to_be(own: list[QuarterFigure], tmp_path: Path) -> None:
    shipped = kept(tmp_path / "shipped" / f"{RELEASE}.parquet", converted(own))
    read = kept(tmp_path / "read" / f"{RELEASE}.parquet", own)
    assert replaces_conversion(shipped, read)
    (sentence,) = report(shipped, read, tmp_path)
    assert f"{len(own):,} figures are the same, and none differs." in sentence
    assert lines(tmp_path) == []


def test_every_difference_is_listed_with_its_cells(
    own: list[QuarterFigure], tmp_path: Path
) -> None:
    wrong = [
        replace(figure, value=99.0)
        if (figure.area_name, figure.code) == ("Gwent", "8Q")
        else figure
        for figure in converted(own)
        if (figure.area_name, figure.code) != ("Kent", "8L")
    ]
    wrong.append(replace(wrong[0], area_code="E23000032", area_name="Kent", code="8R", value=4.0))
    shipped = kept(tmp_path / "shipped" / f"{RELEASE}.parquet", wrong)
    read = kept(tmp_path / "read" / f"{RELEASE}.parquet", own)
    first, *told = report(shipped, read, tmp_path)
    assert "1 differ, 1 are in the conversion alone, 1 are in the file alone" in first
    found = {(row["area_name"], row["code"]): row for row in lines(tmp_path)}
    assert set(found) == {("Gwent", "8Q"), ("Kent", "8L"), ("Kent", "8R")}
    cells = next(f.cells for f in own if (f.area_name, f.code) == ("Gwent", "8Q"))
    differs = found["Gwent", "8Q"]
    assert (differs["conversion"], differs["workbook"]) == ("99", "30")
    assert (differs["sheet"], differs["cells"]) == ("2023_24", cells)
    assert found["Kent", "8L"]["difference"] == "not in the conversion"
    assert found["Kent", "8R"]["difference"] == "not in the file"
    assert (
        "Gwent, stalking_harassment (8Q), quarter to 2024-03-31: 99 in the conversion, 30 in the "
        f"file, sheet '2023_24', {cells}." in told
    )


def test_a_file_in_place_of_a_file_is_compared_with_no_conversion(
    own: list[QuarterFigure], tmp_path: Path
) -> None:
    read = kept(tmp_path / "read" / f"{RELEASE}.parquet", own)
    assert not replaces_conversion(read, read)
    assert not replaces_conversion(tmp_path / "none" / f"{RELEASE}.parquet", read)
    assert not replaces_conversion(tmp_path / "pfa-2024-12.parquet", read)


@pytest.mark.parametrize(
    ("release_id", "said"),
    [
        ("prc-2025-12", "the quarter to March 2024, which is prc-2024-03; expected prc-2025-12"),
        (None, None),
    ],
)
def test_a_conversion_is_shipped_as_the_release_of_its_last_quarter(
    release_id: str | None, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "conversion.parquet"
    pd.DataFrame(
        [line("Gwent", "8L", 12), line("Kent", "8L", 7)], columns=OF_A_CONVERSION
    ).to_parquet(path)
    known = read_registry(ROOT / "config" / "releases.csv")["prc-2025-12"]
    own = replace(known, release_id=RELEASE, period_end=date(2024, 3, 31))
    registry = {release.release_id: release for release in (known, own)}
    if said is None:
        assert ship_conversion(path, None, registry).stem == RELEASE
        return
    with pytest.raises(Problem, match=said):
        ship_conversion(path, release_id, registry)
    assert not Path("resources").exists()


def test_a_conversion_of_a_release_that_nobody_listed_is_not_shipped(tmp_path: Path) -> None:
    path = tmp_path / "conversion.parquet"
    pd.DataFrame([line("Gwent", "8L", 12)], columns=OF_A_CONVERSION).to_parquet(path)
    known = read_registry(ROOT / "config" / "releases.csv")["prc-2025-12"]
    with pytest.raises(
        Problem, match=r"which is prc-2024-03; expected one of config/releases\.csv"
    ):
        ship_conversion(path, None, {known.release_id: known})
