"""The open data table of personal crime prevalence, in the layout of ONS's zip."""

from __future__ import annotations

import zipfile
from pathlib import Path
from statistics import NormalDist

import pandas as pd
import pytest

from crimeshare.measures.intervals import proportion_interval
from crimeshare.problems import Problem
from crimeshare.tables.open_prevalence import read_open_prevalence

RELEASE = "personal-prevalence-2018-12"
MEMBER = "Personal crime_Prevalence_England and Wales_2018Q4.csv"
COLUMNS = [
    "Year",
    "Quarter",
    "MeasurementVar",
    "MeasurementLevel",
    "MeasurementType",
    "Geography",
    "HouseholdType",
    "Sex",
    "Age",
    "CharacteristicVar",
    "Characteristic",
    "Estimate",
    "StandardError",
    "UnweightedCount",
]
START = [2018, 4, "violnr_p", "Person", "Prevalence rate", "England and Wales", ""]
ROWS = [
    [*START, "All adults", "16+", "Total", "Total", 1.65, 0.0844, 34073],
    [*START, "Female", "16-24", "Total", "Total", 3.2, 0.61, 1152],
    [*START, "Male", "75+", "tenharm", "Social renters", 0, 0, 350],
    [*START, "Male", "75+", "tenharm", "Private renters", "", "", ""],
    [*START, "Male", "16-24", "educat3", "", 2.5, 0.9, 44],
]


def table(folder: Path, rows: list[list[object]], columns: list[str] = COLUMNS) -> Path:
    text = pd.DataFrame(rows, columns=columns).to_csv(index=False)
    path = folder / "personalprevalence2018q4.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, text)
    return path


def changed(row: int, column: str, value: object) -> list[list[object]]:
    rows = [list(line) for line in ROWS]
    rows[row][COLUMNS.index(column)] = value
    return rows


def test_percentages_become_proportions_with_their_cell(tmp_path: Path) -> None:
    read = read_open_prevalence(table(tmp_path, ROWS), RELEASE)
    first = read.iloc[0]
    assert (first["measure_id"], first["sex"], first["age"]) == ("violence", "all", "16+")
    assert first["characteristic"] == "all"
    assert first["estimate"] == pytest.approx(0.0165)
    assert first["standard_error"] == pytest.approx(0.000844)
    assert first["n_unweighted"] == 34073
    assert first["period_start"] == pd.Timestamp("2018-01-01")
    assert first["period_end"] == pd.Timestamp("2018-12-31")
    assert (first["sheet"], first["cell"]) == (MEMBER, "L2")
    assert read.iloc[1]["sex"] == "women"
    assert read["characteristic"].tolist()[2:] == ["tenharm: Social renters", "educat3: not stated"]
    assert read["cell"].tolist() == ["L2", "L3", "L4", "L6"]


def test_the_csv_out_of_the_zip_reads_the_same(tmp_path: Path) -> None:
    path = table(tmp_path, ROWS)
    with zipfile.ZipFile(path) as archive:
        archive.extract(MEMBER, tmp_path)
    from_zip = read_open_prevalence(path, RELEASE).drop(columns="workbook_sha256")
    from_csv = read_open_prevalence(tmp_path / MEMBER, RELEASE).drop(columns="workbook_sha256")
    pd.testing.assert_frame_equal(from_zip, from_csv)


def test_a_base_under_ten_is_blank_and_has_no_row(tmp_path: Path) -> None:
    read = read_open_prevalence(table(tmp_path, ROWS), RELEASE)
    assert len(read) == len(ROWS) - 1


def test_no_victims_is_not_certainty(tmp_path: Path) -> None:
    read = read_open_prevalence(table(tmp_path, ROWS), RELEASE)
    lower, upper = proportion_interval(
        read["estimate"], se=read["standard_error"], n=read["n_unweighted"]
    )
    assert read["standard_error"][2] == 0
    # Wilson's upper limit where nobody of n is a victim: z² / (n + z²).
    n, z = 350, NormalDist().inv_cdf(0.975)
    assert read["n_unweighted"][2] == n
    assert (lower[2], upper[2]) == pytest.approx((0, z**2 / (n + z**2)))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (changed(1, "Estimate", 320), "cell L3: holds 320; expected a percentage from 0 to 100"),
        (changed(1, "StandardError", -1), "cell L3: a standard error of -1"),
        (changed(1, "StandardError", 0), "cell L3: a standard error of 0 beside an estimate of"),
        (changed(1, "UnweightedCount", 9), "cell L3: an estimate on a base of 9"),
        (changed(1, "UnweightedCount", ""), "cell L3: 3.2 / 0.61 /  are not an estimate"),
        (changed(1, "Estimate", "3.2%"), "cell L3: 3.2% / 0.61 / 1152 are not an estimate"),
        (changed(1, "Quarter", 5), "cell L3: year '2018' and quarter '5' are no quarter"),
        (changed(1, "MeasurementVar", "stalk_p"), "row 3: the measure 'stalk_p' is not known"),
        (changed(1, "Sex", "Persons"), "row 3: the sex 'Persons' is not known; known are All"),
        (changed(1, "MeasurementType", "Incidence rate"), "row 3: the type 'Incidence rate'"),
        (changed(1, "Geography", "Wales"), "row 3: the geography 'Wales'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_cell(rows, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        read_open_prevalence(table(tmp_path, rows), RELEASE)
    assert sentence in str(refused.value)


def test_an_unknown_measure_is_named_once_with_the_line_to_add(tmp_path: Path) -> None:
    rows = [[*row[:2], "stalk_p", *row[3:]] for row in ROWS]
    with pytest.raises(Problem) as refused:
        read_open_prevalence(table(tmp_path, rows), RELEASE)
    assert str(refused.value).count("stalk_p") == 2
    assert "layouts/open_prevalence/measures.csv the line: stalk_p,?" in str(refused.value)


def test_renamed_columns_are_refused(tmp_path: Path) -> None:
    columns = [name.replace("StandardError", "standard_error") for name in COLUMNS]
    with pytest.raises(Problem, match="columns missing: StandardError; columns not known: 'stand"):
        read_open_prevalence(table(tmp_path, ROWS, columns), RELEASE)


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Problem, match=r"holds readme\.txt; expected one CSV file"):
        read_open_prevalence(path, RELEASE)
