"""A count recovered from a percentage is a revision, or a fault that counts refute."""

from __future__ import annotations

import pandas as pd
import pytest

from crimeshare.measures.recorded import compute_changes, read_recording_changes
from crimeshare.measures.refuted_changes import find_refuted_changes, without_refuted
from crimeshare.measures.series import compute_open_data_years
from crimeshare.parquet import read_table
from crimeshare.tables.combining import combine_recorded_crime
from tests import facsimile
from tests.conftest import ROOT
from tests.quarterly import shipped as shipped_quarters

DYFED_POWYS, WALES, GWENT = "W15000004", "W92000004", "W15000002"
STALKING = "stalking_harassment"


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Changes, recorded crime and the years of the open data, from the shipped figures."""
    recorded = combine_recorded_crime(read_table(*sorted(facsimile.FIGURES.glob("pfa-*.parquet"))))
    reference = ROOT / "resources" / "reference" / "recording_changes.csv"
    changes = compute_changes(recorded, read_recording_changes(reference))
    return changes, recorded, compute_open_data_years(shipped_quarters(ROOT))


def of(rows: pd.DataFrame, release_id: str, area_code: str, offence_id: str) -> pd.DataFrame:
    return rows[
        (rows["release_id"] == release_id)
        & (rows["area_code"] == area_code)
        & (rows["offence_id"] == offence_id)
    ]


def test_a_count_that_every_other_one_speaks_against_feeds_nothing(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    """Dyfed-Powys, year ending December 2018: pfa-2019-12 implies 1,471 offences by Tables P1 and
    P2, pfa-2018-12 has 2,720 in Table P1, and the open data have 2,820."""
    refuted = find_refuted_changes(*tables)
    row = of(refuted, "pfa-2019-12", DYFED_POWYS, STALKING).iloc[0]
    assert (row["recovered"], row["nearest"], row["nearest_release_id"]) == (
        1471,
        2720,
        "pfa-2018-12",
    )
    assert row["distance_pct"] > row["record_pct"]
    # Wales, which it lies in, fell with it.
    assert not of(refuted, "pfa-2019-12", WALES, STALKING).empty
    kept = of(without_refuted(tables[0], refuted), "pfa-2019-12", DYFED_POWYS, STALKING).iloc[0]
    assert kept["basis"] == "refuted"
    assert kept[["previous", "change", "change_pct"]].isna().all()
    assert kept["published_change_pct"] > 0  # what ONS printed is not lost


def test_a_count_within_the_record_stays(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    """Gwent, year ending September 2017: 44,364 recovered from pfa-2018-09, 44,559 tabled."""
    refuted = find_refuted_changes(*tables)
    assert of(refuted, "pfa-2018-09-corrected", GWENT, "total").empty
    kept = of(without_refuted(tables[0], refuted), "pfa-2018-09-corrected", GWENT, "total").iloc[0]
    assert (kept["previous"], kept["basis"]) == (44364, "recovered_from_change")


def test_without_a_published_count_of_the_year_nothing_is_refuted(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    changes, recorded, years = tables
    alone = recorded[recorded["release_id"] != "pfa-2018-12"]
    assert of(
        find_refuted_changes(changes, alone, years), "pfa-2019-12", DYFED_POWYS, STALKING
    ).empty


def test_a_count_that_later_figures_bear_out_is_no_fault(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    """However far it is from the first one."""
    changes, recorded, years = tables
    agreeing = years.copy()
    own = (
        (agreeing["area_code"] == DYFED_POWYS)
        & (agreeing["offence_id"] == STALKING)
        & (agreeing["period_end"] == "2018-12-31")
    )
    agreeing.loc[own, "count"] = 1480.0
    refuted = find_refuted_changes(changes, recorded, agreeing)
    assert of(refuted, "pfa-2019-12", DYFED_POWYS, STALKING).empty
