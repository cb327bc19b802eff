"""The Home Office's open data as others hold them: proof of what is counted and what is shipped."""

from __future__ import annotations

import csv
import gzip
import hashlib
import time
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.parquet import read_table
from crimeshare.tables.observations import write_observations
from crimeshare.tables.recorded_quarters import read_conversion, read_recorded_quarters
from tests.open_document import open_data

MONTHS = 12
# 2017/18 as the open data first had it; another file splits violence with injury less finely.
NOT_APART = {"violence_with_injury", "death_serious_injury_driving"}


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    """Somebody's copies of the open data; skips where there are none."""
    path = root.parent / "shared" / "home-office"
    if not path.is_dir():
        pytest.skip("no copies of the Home Office's open data")
    return path


@pytest.fixture(scope="module")
def vintage(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The sheet of 2017/18 of the file of 2018, by force and group, and the release it is."""
    with gzip.open(folder / "prc-pfa-mar2013-onwards-tables201718.csv.gz", "rt", "utf-8-sig") as f:
        header, *rows = csv.reader(f)
    # In this copy a zero is printed as a spreadsheet shows it.
    rows = [[*row[:-1], "0" if row[-1].strip() == "-00" else row[-1]] for row in rows]
    path = open_data(tmp_path_factory.mktemp("ods") / "prc.ods", {"2017-18": rows}, header)
    figures = list(read_recorded_quarters(path, "prc-2018-03"))
    table = pd.DataFrame([vars(figure) for figure in figures])
    return table[table["code"].isna()].groupby(["area_code", "offence_id"])["value"].sum()


@pytest.fixture(scope="module")
def ons(root: Path) -> pd.Series:
    """ONS's counts of the year ending March 2018."""
    table = read_table(root / "resources" / "figures" / "pfa-2018-03.parquet")
    counts = table[(table["measure"] == "count") & table["area_type"].isin(["force", "other"])]
    return counts.set_index(["area_code", "offence_id"])["value"]


def test_the_same_vintage_gives_the_same_counts(vintage: pd.DataFrame, ons: pd.Series) -> None:
    assert vintage["W15000002", "total"] == ons["W15000002", "total"] == 48_823
    assert vintage["W15000002", "stalking_harassment"] == 3_683
    assert ons["W15000002", "stalking_harassment"] == 3_683


def test_what_is_counted_is_what_ons_counts(vintage: pd.DataFrame, ons: pd.Series) -> None:
    """Where no force's total was revised in between, every group is ONS's too: fraud is out."""
    forces = sorted(set(ons.index.get_level_values(0)))
    same = [code for code in forces if vintage[code, "total"] == ons[code, "total"]]
    assert len(same) >= 24
    for code in same:
        both = pd.concat([vintage[code], ons[code]], axis=1, keys=["open", "ons"])
        # Burglary of homes was called domestic in the file of 2018 and residential by ONS.
        both = both.drop(index=[name for name in both.index if "domestic" in name])
        both = both.drop(index=[name for name in both.index if "residential" in name])
        both = both.drop(index=NOT_APART, errors="ignore").dropna()
        assert len(both) > 15
        assert (both["open"] == both["ons"]).all(), both[both["open"] != both["ons"]]


@pytest.mark.slow
def test_the_shipped_figures_are_those_of_the_conversion(
    root: Path, folder: Path, tmp_path: Path
) -> None:
    copy = folder / "prc_pfa_long.parquet"
    started = time.monotonic()
    figures = list(read_conversion(copy, "prc-2025-12"))
    assert time.monotonic() - started < 120
    write_observations(figures, tmp_path / "prc.parquet")
    kept = root / "resources" / "figures" / "prc-2025-12.parquet"
    assert (tmp_path / "prc.parquet").read_bytes() == kept.read_bytes()
    assert {f.conversion_sha256 for f in figures} == {hashlib.sha256(copy.read_bytes()).hexdigest()}
    assert kept.stat().st_size < 1_000_000
