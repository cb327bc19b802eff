"""The compact evidence gives every vintage as the tables of a build have it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.audit.compact import (
    compact_codes,
    compact_editions,
    compact_quarters,
    write_evidence,
)
from crimeshare.audit.vintages import EVIDENCE, Published, Vintage, open_published
from crimeshare.measures.vintages import compute_vintages
from crimeshare.parquet import read_table
from crimeshare.publish.subjects.estimates import RECORDED
from crimeshare.reference import areas, offences
from tests.quarterly import shipped
from tests.revised import VINTAGES
from tests.vintages import NO_CODES

MANCHESTER, NORTH_WEST, NATION = "E23000005", "E12000002", "K04000001"
TOLD = ["release_id", "value", "marker", "known_from", "grouping", "excluded", "refuted"]
TOLD += ["formula", "cells"]


@pytest.fixture(scope="module")
def tables(root: Path, built: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return read_table(built / VINTAGES), read_table(built / RECORDED), shipped(root)


@pytest.fixture(scope="module")
def evidence(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with the files."""
    vintages, recorded, quarters = tables
    folder = tmp_path_factory.mktemp("evidence")
    parts = {
        "editions": compact_editions(vintages, recorded),
        "quarters": compact_quarters(vintages, quarters),
        "codes": compact_codes(vintages, quarters),
    }
    write_evidence(parts, folder / EVIDENCE)
    return folder


def told(vintage: Vintage) -> tuple[object, ...]:
    return (
        *(getattr(vintage, name) for name in TOLD[:5]),
        "; ".join(vintage.excluded),
        *(vintage.refuted, vintage.formula, "; ".join(vintage.cells)),
    )


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
            "editions": compact_editions(fewer, none),
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
