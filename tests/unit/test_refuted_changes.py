"""A count recovered from a percentage is a revision, or a fault that counts refute."""

from __future__ import annotations

import pandas as pd
import pytest

from crimeshare.measures.recorded import compute_changes, read_recording_changes
from crimeshare.measures.refuted_changes import find_refuted_changes, mark_refuted
from crimeshare.measures.vintages import compute_vintages
from crimeshare.parquet import read_table
from crimeshare.tables.combining import combine_recorded_crime
from tests import facsimile
from tests.conftest import ROOT
from tests.quarterly import shipped as shipped_quarters
from tests.vintages import NO_CODES

DYFED_POWYS, WALES, GWENT = "W15000004", "W92000004", "W15000002"
STALKING = "stalking_harassment"


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    return combine_recorded_crime(read_table(*sorted(facsimile.FIGURES.glob("pfa-*.parquet"))))


@pytest.fixture(scope="module")
def vintages(recorded: pd.DataFrame) -> pd.DataFrame:
    """The vintages of the shipped figures, none marked as refuted yet."""
    return compute_vintages(recorded, NO_CODES, shipped_quarters(ROOT))


@pytest.fixture(scope="module")
def changes(recorded: pd.DataFrame, vintages: pd.DataFrame) -> pd.DataFrame:
    reference = ROOT / "resources" / "reference" / "recording_changes.csv"
    marked = mark_refuted(vintages, find_refuted_changes(vintages))
    return compute_changes(recorded, marked, read_recording_changes(reference))


def of(rows: pd.DataFrame, release_id: str, area_code: str, offence_id: str) -> pd.DataFrame:
    return rows[
        (rows["release_id"] == release_id)
        & (rows["area_code"] == area_code)
        & (rows["offence_id"] == offence_id)
    ]


def test_a_count_that_every_other_one_speaks_against_feeds_nothing(
    vintages: pd.DataFrame, changes: pd.DataFrame
) -> None:
    """Dyfed-Powys, year ending December 2018: pfa-2019-12 implies 1,471 offences by Tables P1 and
    P2, pfa-2018-12 has 2,720 in Table P1, and the open data have 2,820."""
    refuted = find_refuted_changes(vintages)
    row = of(refuted, "pfa-2019-12", DYFED_POWYS, STALKING).iloc[0]
    assert (row["recovered"], row["nearest"], row["nearest_release_id"]) == (
        1471,
        2720,
        "pfa-2018-12",
    )
    assert row["distance_pct"] > row["record_pct"]
    # Wales, which it lies in, fell with it.
    assert not of(refuted, "pfa-2019-12", WALES, STALKING).empty
    kept = of(changes, "pfa-2019-12", DYFED_POWYS, STALKING).iloc[0]
    assert kept["basis"] == "refuted"
    assert kept[["previous", "change", "change_pct"]].isna().all()
    assert kept["published_change_pct"] > 0  # what ONS printed is not lost


def test_a_count_within_the_record_stays(vintages: pd.DataFrame, changes: pd.DataFrame) -> None:
    """Gwent, year ending September 2017: 44,364 recovered from pfa-2018-09, 44,559 tabled."""
    refuted = find_refuted_changes(vintages)
    assert of(refuted, "pfa-2018-09-corrected", GWENT, "total").empty
    kept = of(changes, "pfa-2018-09-corrected", GWENT, "total").iloc[0]
    assert (kept["previous"], kept["basis"]) == (44364, "recovered_from_change")


def test_without_a_published_count_of_the_year_nothing_is_refuted(vintages: pd.DataFrame) -> None:
    others = vintages[vintages["release_id"] != "pfa-2018-12"]
    assert of(find_refuted_changes(others), "pfa-2019-12", DYFED_POWYS, STALKING).empty


def test_a_count_that_later_figures_bear_out_is_no_fault(vintages: pd.DataFrame) -> None:
    """However far it is from the first one."""
    own = (
        (vintages["area_code"] == DYFED_POWYS)
        & (vintages["offence_id"] == STALKING)
        & (vintages["period_end"] == "2018-12-31")
        & (vintages["known_from"] == "quarters")
    )
    agreeing = vintages.assign(value=vintages["value"].mask(own, 1480.0))
    refuted = find_refuted_changes(agreeing)
    assert of(refuted, "pfa-2019-12", DYFED_POWYS, STALKING).empty
