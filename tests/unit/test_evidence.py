"""The compact evidence gives every vintage as the tables of a build have it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.audit.vintages import EVIDENCE, Published, Vintage, members, open_published
from crimeshare.measures.compact import (
    compact_alike,
    compact_codes,
    compact_editions,
    compact_quarters,
    compact_residents,
    compact_survey,
    write_evidence,
)
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.vintages import compute_vintages
from crimeshare.parquet import read_table
from crimeshare.reference import areas, offences
from tests.quarterly import shipped
from tests.revised import VINTAGES
from tests.tables import CODES, RECORDED
from tests.vintages import NO_CODES

MANCHESTER, NORTH_WEST, NATION = "E23000005", "E12000002", "K04000001"
TOLD = ["release_id", "value", "marker", "known_from", "grouping", "excluded", "refuted"]
TOLD += ["formula", "cells"]


@pytest.fixture(scope="module")
def tables(root: Path, built: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return read_table(built / VINTAGES), read_table(built / RECORDED), shipped(root)


def changes(root: Path) -> pd.DataFrame:
    return read_recording_changes(root / "resources/reference/recording_changes.csv")


@pytest.fixture(scope="module")
def evidence(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    built: Path,
    root: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with the files."""
    vintages, recorded, quarters = tables
    folder = tmp_path_factory.mktemp("evidence")
    codes = read_table(built / CODES)
    parts = {
        "editions": compact_editions(vintages, recorded, codes),
        "quarters": compact_quarters(vintages, quarters),
        "codes": compact_codes(vintages, quarters),
        "alike": compact_alike(quarters, changes(root)),
    }
    write_evidence(parts, folder / EVIDENCE)
    return folder


def told(vintage: Vintage) -> tuple[object, ...]:
    return (
        *(getattr(vintage, name) for name in TOLD[:5]),
        "; ".join(vintage.excluded),
        *(vintage.refuted, vintage.formula, "; ".join(vintage.cells)),
    )


@pytest.mark.slow
def test_every_vintage_of_every_count_is_the_same(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], evidence: Path
) -> None:
    vintages = tables[0].sort_values("order", kind="stable")
    vintages["marker"] = vintages["marker"].fillna("")
    keys = zip(
        vintages["area_code"],
        vintages["offence_id"].fillna(vintages["code"]),
        vintages["period_end"].dt.date,
        strict=True,
    )
    rows = zip(*(vintages[name].astype(object).tolist() for name in TOLD), strict=True)
    wanted: dict[tuple[str, str, date], list[tuple[object, ...]]] = {}
    for key, row in zip(keys, rows, strict=True):
        wanted.setdefault(key, []).append(tuple(None if v != v else v for v in row))
    published = open_published(evidence)
    for key, expected in wanted.items():
        found = published.counts(*key)
        if key[1] not in offences():
            # Years of codes are in the open data alone.
            found = [vintage for vintage in found if vintage.known_from != "quarters"]
        assert [told(vintage) for vintage in found] == expected, key


def test_a_year_of_a_code_is_its_four_quarters(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], evidence: Path
) -> None:
    quarters = tables[2]
    codes = quarters[quarters["code"].notna()]
    began = codes[codes["value"] > 0].groupby("code")["period_end"].min()
    published = open_published(evidence)
    ends = sorted(quarters["period_end"].unique())
    last = ends[-1].date()
    of_year = codes[codes["period_end"].isin(ends[-4:])]
    sums = of_year.groupby(["code", "area_code"])["value"].sum()
    for code, first in began.items():
        for area in ("W15000002", "E23000034"):
            found = [v for v in published.counts(area, code, last) if v.known_from == "quarters"]
            there = first <= ends[-4] and (code, area) in sums.index
            assert [v.value for v in found] == ([sums[code, area]] if there else []), code


def test_a_year_in_which_a_code_begins_is_none(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], evidence: Path
) -> None:
    codes = tables[2][tables[2]["code"].notna() & (tables[2]["value"] > 0)]
    began = codes.groupby("code")["period_end"].min()
    ends = sorted(tables[2]["period_end"].unique())
    published = open_published(evidence)
    later = {code: ends.index(end) for code, end in began.items() if 4 < ends.index(end) < 40}
    assert later
    for code, place in later.items():
        years = [published.counts(NATION, code, ends[place + back].date()) for back in (2, 3)]
        known = [any(v.known_from == "quarters" for v in year) for year in years]
        assert known == [False, True], code


@pytest.mark.slow
def test_zero_and_no_return_are_told_apart(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    """A force without a return has no year of any code, and the areas around leave it out."""
    quarters = tables[2]
    gone = (quarters["area_code"] == MANCHESTER) & (quarters["period_end"] == "2025-03-31")
    none = tables[1].head(0)
    fewer = compute_vintages(none, NO_CODES, quarters[~gone])
    published = Published(
        {
            "editions": compact_editions(fewer, none, NO_CODES),
            "quarters": compact_quarters(fewer, quarters[~gone]),
            "codes": compact_codes(fewer, quarters[~gone]),
        }
    )
    day = date(2025, 12, 31)
    for name in ("stalking_harassment", "8R"):
        assert published.counts(MANCHESTER, name, day) == []
        (region,) = published.counts(NORTH_WEST, name, day)
        assert region.excluded == (areas()[MANCHESTER].area_name,)
        assert areas()[MANCHESTER].area_name in region.formula
        assert published.counts(MANCHESTER, name, date(2024, 12, 31))


def test_a_cell_is_found_under_the_workbooks_own_name_of_its_sheet(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], evidence: Path
) -> None:
    published = open_published(evidence)
    recorded = tables[1]
    counts = recorded[(recorded["measure"] == "count") & (recorded["area_code"] == NATION)]
    for row in counts.drop_duplicates(["release_id", "sheet"]).itertuples():
        found = published.counts(NATION, row.offence_id, row.period_end.date())
        (own,) = [v for v in found if (v.release_id, v.grouping) == (row.release_id, "by_area")]
        place = (row.release_id, row.workbook_sha256, row.sheet, row.cell)
        assert published.place(own.cells[0]) == place


@pytest.mark.slow
def test_the_survey_is_what_is_printed_of_it(built: Path) -> None:
    prevalence = read_table(built / "results/estimates/prevalence.parquet")
    estimates = read_table(built / "results/clean/survey_estimates.parquet")
    found = Published({"survey": compact_survey(prevalence, estimates)}).survey
    key = ["release_id", "measure_id", "sex", "age", "period_end"]
    everybody = prevalence["characteristic"] == "all"
    expected = prevalence[prevalence["printed"] & everybody].reset_index(drop=True)
    assert len(found) == len(expected) > 0
    own = estimates[estimates["characteristic"] == "all"].drop_duplicates(key).set_index(key)
    for row, known in zip(found, expected.to_dict("records"), strict=True):
        assert row["period_end"] == known["period_end"].date()
        for name in ("measure_id", "sex", "age", "method", "basis", "seen"):
            assert row[name] == known[name]
        for name in ("estimate", "lower", "upper"):
            assert row[name] == pytest.approx(known[name], rel=1e-11)
        cell = own.loc[tuple(known[name] for name in key), "cell"]
        assert row["cell"] == (cell if isinstance(cell, str) else None)


@pytest.mark.parametrize("area", ["W15000002", NORTH_WEST, NATION])
def test_quarters_on_both_sides_of_a_change_add_up(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], evidence: Path, area: str
) -> None:
    quarters = tables[2]
    inside = members(area) or [area]
    ends = sorted(quarters["period_end"].unique())[-3:]
    rows = quarters[quarters["period_end"].isin(ends) & quarters["area_code"].isin(inside)]
    published = open_published(evidence)
    for name in ("stalking_harassment", "8R"):
        of_code = rows["code"] == name
        own = rows[of_code if name not in offences() else _whole(rows, name)]
        days = [end.date() for end in ends]
        (found,) = published.of_quarters(area, name, days, "April to December")
        assert found.value == own["value"].sum()
        assert found.excluded == ()
        assert f"April to December {days[-1].year}" in found.formula


def _whole(rows: pd.DataFrame, offence_id: str) -> pd.Series:
    return rows["code"].isna() & (rows["offence_id"] == offence_id)


def test_quarters_leave_out_a_force_without_a_return(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], root: Path, evidence: Path
) -> None:
    quarters = tables[2]
    end = max(quarters["period_end"])
    gone = (quarters["area_code"] == MANCHESTER) & (quarters["period_end"] == end)
    whole = open_published(evidence)
    parts = {"alike": compact_alike(quarters[~gone], changes(root))}
    published = Published({"quarters": whole.parts["quarters"]} | parts)
    asked = ("stalking_harassment", [end.date()], "October to December")
    assert published.of_quarters(MANCHESTER, *asked) == []
    (less,) = published.of_quarters(NORTH_WEST, *asked)
    (more,) = whole.of_quarters(NORTH_WEST, *asked)
    (own,) = whole.of_quarters(MANCHESTER, *asked)
    assert less.excluded == (areas()[MANCHESTER].area_name,)
    assert more.value
    assert own.value
    assert less.value == more.value - own.value


def test_residents_are_kept_by_year() -> None:
    residents = pd.DataFrame(
        {"area_code": ["a", "a"], "population_year": [2022, 2023], "population": [10.0, 11.0]}
    )
    found = Published({"residents": compact_residents(residents)}).residents
    assert found == {("a", 2022): 10, ("a", 2023): 11}


def test_a_file_that_says_the_same_is_left_as_it_is(tmp_path: Path) -> None:
    write_evidence({"codes": {"a": 1}}, tmp_path)
    before = (tmp_path / "codes.json.gz").read_bytes()
    write_evidence({"codes": {"a": 1}}, tmp_path)
    assert (tmp_path / "codes.json.gz").read_bytes() == before
    write_evidence({"codes": {"a": 2}}, tmp_path)
    assert (tmp_path / "codes.json.gz").read_bytes() != before


def test_plain_python_reads_it() -> None:
    """A browser has neither pandas nor pyarrow."""
    script = (
        "import sys, crimeshare.audit.vintages;"
        "print([m for m in ('pandas', 'pyarrow', 'numpy', 'pydantic') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
