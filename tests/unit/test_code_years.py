"""Years of single offence codes, worked out again from the quarters."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.parquet import read_table
from crimeshare.reference import areas
from tests.tables import CODE_YEARS, QUARTERS

FORCES = [code for code, area in areas().items() if area.area_type == "force"]


@pytest.fixture(scope="module")
def stalking(built: Path) -> pd.DataFrame:
    years = read_table(built / CODE_YEARS)
    return years[years["code"] == "8Q"]


def test_every_force_has_every_year_of_stalking(stalking: pd.DataFrame, built: Path) -> None:
    quarters = read_table(built / QUARTERS)
    quarters = quarters[quarters["code"] == "8Q"].pivot_table(
        index="period_end", columns="area_code", values="value", aggfunc="sum"
    )
    sums = quarters.rolling(4).sum()
    first = pd.Timestamp(2015, 3, 31)
    for force in FORCES:
        own = stalking[stalking["area_code"] == force].set_index("period_end")
        known = sums.loc[sums.index >= first, force].dropna()
        assert own.loc[own.index >= first, "count"].tolist() == known.tolist()
    nation = stalking[stalking["area_code"] == "K04000001"].set_index("period_end")
    last = sums.index[-1]
    assert nation.loc[last, "count"] == sums.loc[last].sum()


def test_rates_shares_and_changes_are_of_the_counts(stalking: pd.DataFrame) -> None:
    rated = stalking[stalking["rate_per_1000"].notna()]
    rate = 1000 * rated["count"] / rated["population"]
    pd.testing.assert_series_equal(rated["rate_per_1000"], rate, check_names=False)
    assert (stalking["share"].isna() == (stalking["count"] < SMALL_BASE)).all()
    changed = stalking[stalking["change_pct"].notna()]
    assert (changed["previous"] >= SMALL_BASE).all()
    change = 100 * (changed["count"] / changed["previous"] - 1)
    pd.testing.assert_series_equal(changed["change_pct"], change, check_names=False)
    city = stalking[stalking["area_code"] == "E23000034"]
    assert len(city)
    assert city["rate_per_1000"].isna().all()


def test_a_change_of_recording_of_the_code_alone_counts(stalking: pd.DataFrame) -> None:
    nation = stalking[stalking["area_code"] == "K04000001"].set_index("period_end")
    # Harassment by a former partner became stalking in April 2020: that touches no group.
    assert not nation.loc["2021-03-31", "comparable"]
    assert nation.loc["2021-12-31", "like_for_like_period"] == "April to December"
    assert nation.loc["2022-03-31", "comparable"]
