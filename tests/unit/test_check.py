"""The command ``crimeshare check``: its exit status, its output for programs, its refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crimeshare.audit.evidence import Evidence
from crimeshare.cli import main
from crimeshare.periods import in_words
from crimeshare.tables.observations import SurveyObservation, read_observations
from tests.audited import known_evidence
from tests.conftest import ROOT

GWENT = ["--area", "Gwent", "--offence", "Stalking and harassment"]
DEC_2024 = ["--period", "year ending December 2024"]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return known_evidence(ROOT)


@pytest.fixture(autouse=True)
def _in_the_project(root: Path, evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setattr("crimeshare.audit.check_command.open_evidence", lambda root: evidence)


# Gwent, year ending December 2024: 8,642 offences (pfa-2024-12, Table P1, I60).
@pytest.mark.parametrize(
    ("value", "status", "verdict"),
    [
        ("8,642", 0, "Confirmed."),
        ("8,600", 0, "Confirmed when rounded."),
        ("8,643", 1, "Contradicted."),
        ("highest in Wales", 2, "Depends on definition."),
    ],
)
def test_the_exit_status_says_what_became_of_a_statement(
    value: str, status: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *GWENT, *DEC_2024, "--value", value]) == status
    said = capsys.readouterr().out
    assert said.splitlines()[0] == verdict
    assert "8,642: [pfa-2024-12]'Table P1'!I60" in said


def test_crime_including_fraud_is_judged_by_the_total_that_includes_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = read_observations(SurveyObservation, ROOT / "resources/figures/appendix-2025-09.parquet")
    held = [row for row in rows if row.table == "offence_codes" and row.value]
    totals = [row for row in held if "INCLUDING FRAUD" in row.row_label]
    newest = max(totals, key=lambda row: row.period_end)
    nation = ["--area", "England and Wales", "--period", in_words(newest.period_end)]
    said = [*nation, "--offence", "crime including fraud", "--value", f"{newest.value:,.0f}"]
    assert main(["check", *said]) == 0
    assert f"[{newest.release_id}]'{newest.sheet}'!{newest.cell}" in capsys.readouterr().out
    # No force has such a total, and without it the number is not that of recorded crime.
    force = [*GWENT[:2], *nation[2:], "--offence", "crime including fraud", "--value", "9,000"]
    assert main(["check", *force]) == 2
    assert "England and Wales alone" in capsys.readouterr().out
    assert main(["check", *nation, "--offence", "recorded crime", *said[-2:]]) == 1


def test_the_verdict_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *GWENT, *DEC_2024, "--value", "14%", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["verdict"], said["status"]) == ("truncated, not rounded", 0)
    assert (said["claimed"], said["computed"]) == (0.14, pytest.approx(8642 / 58358))
    assert [(c["release_id"], c["sheet"].strip(), c["cell"]) for c in said["cells"]][:2] == [
        ("pfa-2024-12", "Table P1", "I60"),
        ("pfa-2024-12", "Table P1", "C60"),
    ]
    assert all(len(c["workbook_sha256"]) == 64 for c in said["cells"][:2])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--area", "Gwnt", *DEC_2024, "--value", "1"], "did you mean `Gwent`?"),
        ([*GWENT, "--period", "year ending Marhc 2024", "--value", "1"], "did you mean `March`?"),
        (
            ["--area", "Gwent", "--offence", "Stalk", *DEC_2024, "--value", "1"],
            "no offence group",
        ),
        ([*GWENT, *DEC_2024, "--value", "9" * 90], "too many digits"),
        ([*GWENT, *DEC_2024, "--value", "<b>9</b>"], "holds markup"),
        ([*GWENT, *DEC_2024, "--value", "1", "--quantity", "shar"], "did you mean `share`?"),
        (["--measure", "stalkng", *DEC_2024, "--value", "3%"], "did you mean `stalking`?"),
        ([*GWENT, *DEC_2024, "--value", "1st highest in Kent"], "where it does not lie"),
        (["--area", "\udcff", *DEC_2024, "--value", "1"], "does not print"),
    ],
)
def test_wrong_input_gets_a_sentence_and_a_status_of_its_own(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *options]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1
    assert len(said.err) < 500


@pytest.mark.parametrize(
    "options", [[], [*GWENT, *DEC_2024], [*GWENT, *DEC_2024, "--value", "1", "--valu", "2"]]
)
def test_what_the_parser_refuses_has_that_status_too(options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", *options])
    assert ended.value.code == 3


def test_a_fault_of_the_program_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("crimeshare.audit.check_command.check", broken)
    assert main(["check", *GWENT, *DEC_2024, "--value", "8,642"]) == 3
    assert "nobody foresaw (RuntimeError)" in capsys.readouterr().err


def test_the_survey_is_of_england_and_wales(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--measure", "stalking", "--period", "year ending March 2025", "--value", "2.9%"]
    assert main(["check", "--area", "England and Wales", *asked]) == 0
    assert main(["check", *asked]) == 0
    assert main(["check", "--area", "Gwent", *asked]) == 3
    assert "has no key `area`" in capsys.readouterr().err


def test_a_check_takes_no_library_that_takes_seconds_to_import(root: Path) -> None:
    asked = ["check", *GWENT, *DEC_2024, "--value", "8,642"]
    code = (
        "import sys; from crimeshare.cli import main; "
        f"status = main({asked!r}); "
        "print(sorted({'numpy', 'pandas', 'pyarrow', 'scipy'} & {*sys.modules})); sys.exit(status)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_the_exit_status_is_the_verdicts_when_nobody_reads_the_lines(root: Path) -> None:
    asked = [Path(sys.executable).with_name("crimeshare"), "check", *GWENT, *DEC_2024]
    for value, status in (("8,642", 0), ("8,643", 1)) * 5:
        read, write = os.pipe()
        os.close(read)
        try:
            run = subprocess.run([*asked, "--value", value], cwd=root, stdout=write, check=False)
        finally:
            os.close(write)
        assert run.returncode == status


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--area", "GMP", "--offence", "burglaries", "--value", "14,980"], 0, "was read as"),
        (
            [
                "--area",
                "the Met",
                "--offence",
                "robberies",
                "--value",
                "43% of all robberies in England and Wales",
            ],
            0,
            "43.1",
        ),
        (["--area", "Gwent", "--offence", "knife crime", "--value", "up 5%"], 2, "not an offence"),
        (["--area", "Cwmbran", "--value", "9,000"], 3, "`Gwent`"),
        (["--area", "Scotland", "--value", "9,000"], 3, "of England and Wales alone"),
    ],
)
def test_the_words_of_people_are_understood_or_answered(
    options: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *options, "--period", "2024"]) == status
    told = capsys.readouterr()
    assert said in told.out + told.err


@pytest.mark.parametrize(
    ("period", "published", "year"),
    [
        ("2023/24", None, "year ending March 2024"),
        ("in 2024", None, "year ending December 2024"),
        ("March 2023 to March 2024", None, "year ending March 2024"),
        ("April 2023 to March 2024", None, "year ending March 2024"),
        ("last year", "2025-05-03", "year ending December 2024"),
        ("over the past 12 months", "2024-08-01", "year ending March 2024"),
        ("over the past 12 months", None, ""),
        ("June 2015 to June 2018", None, ""),
    ],
)
def test_years_are_read_as_people_say_them(
    period: str, published: str | None, year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    day = ["--published", published] if published else []
    status = main(["check", *GWENT, "--period", period, "--value", "8,000", *day])
    told = capsys.readouterr()
    assert (status == 3) == (year == "")
    assert f"Gwent, {year}" in told.out if year else "expected" in told.err or "--pub" in told.err
    if "March 2023" in period:
        assert "thirteen months" in told.out
