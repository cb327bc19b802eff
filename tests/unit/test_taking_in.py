"""A first real copy of a survey table: recognised in words, taken in, and on the pages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from crimeshare import cli
from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import stray_numbers
from crimeshare.publish.subjects import methods, survey_pages, survey_tables, surveyed
from crimeshare.tables.take_in import take_in
from tests.surveyed import write_survey
from tests.unit.test_open_prevalence import ROWS as OPEN_ROWS
from tests.unit.test_open_prevalence import table as open_table

ROOT = Path(__file__).parents[2]
BASES = ["Unweighted base - number of people", 16_100, 8_600, 7_500]
PUBLISHED = [
    ["Table 1: Stalking in the last year, year ending March 2024", "", "", ""],
    ["", "All people", "Women", "Men"],
    ["16 and over", 3.2, 4.0, 2.3],
    BASES,
]
SINCE_16 = [
    ["Table 2: Stalking since age 16, year ending March 2024", "", "", ""],
    ["", "All people", "Women", "Men"],
    ["16 and over", 14.4, 20.2, 8.7],
    BASES,
]


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    path = folder / "stalking.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    return status, *capsys.readouterr()


def test_a_workbook_is_recognised_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = [*PUBLISHED[:3], ["75 or older", 0.8, 0.9, 0.7], BASES]
    status, out, _ = run(
        capsys, "recognise", workbook(tmp_path, Notes=[["Notes"]], Table_1=unknown)
    )
    assert status == 0
    assert "Notes: 0 estimates" in out
    assert "NOT UNDERSTOOD: sheet 'Table_1', cell A4: the row label '75 or older'" in out
    assert "words.csv the line: 75 or older,?,?" in out


def test_a_workbook_is_taken_in_and_its_figures_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workbook(tmp_path, Table_1=PUBLISHED, Table_2=SINCE_16)
    (tmp_path / "resources" / "figures").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, "take-in", "stalking-2024-03", path, "--source", "Stalking")
    assert status == 0
    assert "resources/figures/stalking-2024-03.parquet holds its figures" in out
    kept = read_table(tmp_path / "resources/figures/stalking-2024-03.parquet")
    women = kept[(kept["sex"] == "women") & (kept["measure_id"] == "stalking_since_16")].iloc[0]
    assert (women["estimate"], women["n_unweighted"]) == (pytest.approx(0.202), 8_600)
    assert (women["sheet"], women["cell"], women["source"]) == ("Table_2", "C3", "Stalking")


def test_a_table_that_does_not_hold_together_is_not_taken_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [*PUBLISHED[:2], ["16 and over", 4.8, 4.0, 2.3], BASES]
    status, _, said = run(
        capsys, "take-in", "stalking-2024-03", workbook(tmp_path, Table_1=wrong), "--source", "S"
    )
    assert status == 1
    assert "sheet 'Table_1', cell B3" in said
    assert "expected it between them" in said


def test_the_open_data_table_is_taken_in_as_to_everybody(tmp_path: Path) -> None:
    kept = take_in(
        open_table(tmp_path, OPEN_ROWS), "personal-prevalence-2018-12", "Open data", tmp_path
    )
    assert set(read_table(kept)["characteristic"]) == {"all"}


@pytest.mark.parametrize("name", ["stalking", "stalking-2024-13", "pfa-2024-03", "stalking-24-03"])
def test_another_release_id_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    status, _, said = run(
        capsys, "take-in", name, workbook(tmp_path, Table_1=PUBLISHED), "--source", "Stalking"
    )
    assert status == 1
    assert f"`{name}` is no release id of a table of the survey" in said


@pytest.mark.slow
def test_published_bases_take_the_place_of_assumed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, Table_1=PUBLISHED, Table_2=SINCE_16)
    table = read_table(take_in(path, "stalking-2024-03", "Stalking", tmp_path))
    for name in ("results/clean", "results/estimates"):
        (tmp_path / name).mkdir(parents=True)
    write_survey(tmp_path, ROOT, table)

    prevalence = pd.read_parquet(tmp_path / "results/estimates/prevalence.parquet")
    own = prevalence[
        (prevalence["release_id"] == "stalking-2024-03") & (prevalence["source"] == "Stalking")
    ]
    assert len(own) == 6
    assert set(own["basis"]) == {"design_factor"}
    assert set(own["n_unweighted"]) == {16_100, 8_600, 7_500}
    # The factor since the survey's restart, read off ONS's verdicts.
    assert own["design_factor"].between(1.3, 1.5).all()
    changes = pd.read_parquet(tmp_path / "results/estimates/survey_changes.parquet")
    assert "assumed_base" in set(changes[changes["measure_id"] == "stalking"]["basis"])

    monkeypatch.chdir(tmp_path)
    everyone = surveyed.series("stalking")
    of_women = surveyed.series("stalking", *survey_pages.WOMEN)
    ever = surveyed.latest("stalking_since_16")
    assert (ever["basis"], ever.n_unweighted.number) == ("design_factor", 16_100)
    every, since_16 = map(surveyed.estimates_of, ("stalking", "stalking_since_16"))
    groups = every[every["period_end"].eq("2024-03-31")]
    since_16 = since_16[since_16["period_end"].eq("2024-03-31")]
    in_all = survey_pages.ever(since_16)
    said = [
        survey_pages.since_16(ever),
        survey_pages.assumption(),
        survey_pages.contrast(
            *(surveyed.latest("stalking_since_16", sex) for sex in ("women", "men"))
        ),
        methods.assumption_checked(),
        in_all.title,
        survey_pages.by_sex_and_age(groups).subtitle,
        survey_pages.over_time(pd.concat([of_women, everyone])).subtitle,
        survey_tables.ever_table(since_16)._repr_html_(),
        survey_tables.groups_table(groups)._repr_html_(),
        survey_tables.changes_table("changes", surveyed.changes(everyone))._repr_html_(),
    ]
    assert "likely between" in said[0]
    assert "assumed" not in said[0]
    assert "on published bases" in in_all.subtitle
    assert "None" not in "".join(said)
    assert all(stray_numbers(text) == [] for text in said)
