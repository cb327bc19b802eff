"""Shifts of level: found where they are, not found where there is noise, never explained away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.level_shifts import (
    DRIFT,
    EPISODE,
    LEVEL,
    adjusted,
    clear,
    compute_level_shifts,
    find,
    shifts,
)
from crimeshare.measures.seasonal import season

DAYS = pd.date_range("2013-03-31", periods=52, freq="QE")
OTHERS = pd.Series(20_000.0, index=DAYS)
SEASON = 0.08 * (DAYS.quarter == 3)


def series(
    rng: np.random.Generator, steps: dict[int, float], correlation: float = 0.3
) -> pd.Series:
    noise = rng.normal(0, 0.05, len(DAYS))
    for position in range(1, len(noise)):
        noise[position] += correlation * noise[position - 1]
    level = np.zeros(len(DAYS))
    for position, size in steps.items():
        level[position:] += size
    return pd.Series(500 * np.exp(noise + level + SEASON), index=DAYS)


def test_a_step_is_dated_and_measured() -> None:
    rng = np.random.default_rng(1)
    dated, held = 0, 0
    for _ in range(40):
        found = shifts(series(rng, {30: np.log(1.5)}), OTHERS)
        near = [
            f for f in found if f["kind"] == LEVEL and abs((f["quarter_end"] - DAYS[30]).days) < 100
        ]
        dated += bool(near)
        held += any(f["lower"] <= 50 <= f["upper"] for f in near)
    assert dated >= 37
    assert held >= 32


def test_an_episode_returns_and_a_drift_has_no_date() -> None:
    rng = np.random.default_rng(6)
    place = np.arange(len(DAYS))
    kinds: dict[str, list[str]] = {EPISODE: [], DRIFT: []}
    for _ in range(25):
        dip = np.where((place >= 28) & (place < 34), np.log(0.7), 0.0)
        for kind, shape in ((EPISODE, dip), (DRIFT, 0.5 * place / len(DAYS))):
            own = series(rng, {}, 0.0) * np.exp(shape)
            kinds[kind] += [found["kind"] for found in shifts(own, OTHERS)][:1]
            for found in shifts(own, OTHERS):
                assert pd.isna(found["until"]) == (found["kind"] == LEVEL)
    for kind, found in kinds.items():
        assert found.count(kind) >= 22, kind


@pytest.mark.parametrize("lasting", [0.0, 0.5, 0.8])
def test_noise_is_rarely_called_a_step_or_an_episode(lasting: float) -> None:
    rng = np.random.default_rng(2)
    false = 0
    for _ in range(100):
        noise = rng.normal(0, 0.1, 32)
        for place in range(1, len(noise)):
            noise[place] += lasting * noise[place - 1]
        false += any(shift.kind != DRIFT for shift in clear(find(noise), 0.95))
    assert false <= 12


def test_the_noise_beside_a_step_is_told() -> None:
    rng = np.random.default_rng(7)
    told = [shifts(series(rng, {30: 0.6}, 0.0), OTHERS)[0]["noise_sd"] for _ in range(20)]
    assert np.mean(told) == pytest.approx(0.05, rel=0.15)


def test_a_series_is_looked_at_from_the_newest_change_that_leaves_six_years() -> None:
    own = series(np.random.default_rng(8), {12: np.log(1.8)})
    assert [found["kind"] for found in shifts(own, OTHERS)] == [LEVEL]
    assert shifts(own, OTHERS, [DAYS[20]]) == []
    # One that leaves too few quarters does not shorten it.
    assert [found["kind"] for found in shifts(own, OTHERS, [DAYS[40]])] == [LEVEL]


def test_what_all_forces_share_is_no_shift_of_one() -> None:
    national = np.where(np.arange(52) >= 25, 0.6, 1.0)
    own = series(np.random.default_rng(3), {}) * national
    assert shifts(own, OTHERS * national) == []


def test_small_numbers_and_short_series_are_not_looked_at() -> None:
    step = pd.Series(np.where(np.arange(52) >= 25, 40.0, 20.0), index=DAYS)
    assert shifts(step, OTHERS) == []
    assert shifts(1000 * step.iloc[20:31], OTHERS.iloc[20:31]) == []


def test_the_season_is_the_one_that_is_taken_out_of_quarters() -> None:
    values = np.log(series(np.random.default_rng(4), {}).to_numpy())
    expected = values - season(values, DAYS.quarter.to_numpy())[0]
    np.testing.assert_allclose(adjusted(values), expected)
    assert adjusted(values[:12]).tolist() == values[:12].tolist()


def quarters(own: pd.Series, others: pd.Series) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"area_code": code, "period_end": DAYS, "value": values.to_numpy()})
        for code, values in (("one", own), ("two", others / 2), ("three", others / 2))
    ]
    return pd.concat(parts).assign(
        release_id="prc-2025-12",
        area_type="force",
        offence_id="stalking_harassment",
        code=None,
    )


def changes(day: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"change_id": ["rule"], "effective": [day], "offence_ids": ["8R stalking_harassment"]}
    )


def test_a_rule_explains_no_more_than_it_moved_the_others() -> None:
    own = series(np.random.default_rng(5), {30: np.log(1.4)})
    day = str(DAYS[30].date())
    alone = compute_level_shifts(quarters(own, OTHERS), changes(day), ["stalking_harassment"])
    assert alone.loc[alone["area_code"] == "one", "recording_change"].isna().all()
    moved = OTHERS * np.where(np.arange(52) >= 30, 0.5, 1.0)
    with_rule = compute_level_shifts(quarters(own, moved), changes(day), ["stalking_harassment"])
    (row,) = with_rule[with_rule["area_code"] == "one"].to_dict("records")
    assert row["shift_pct"] == pytest.approx(180, abs=35)
    assert row["kind"] == LEVEL
    assert pd.isna(row["recording_change"])
    # Not touched by the rule as the others were: the difference is as large as the rule itself.
    untouched = series(np.random.default_rng(5), {})
    spared = compute_level_shifts(quarters(untouched, moved), changes(day), ["stalking_harassment"])
    assert spared.loc[spared["area_code"] == "one", "recording_change"].tolist() == ["rule"]
    elsewhere = compute_level_shifts(
        quarters(untouched, moved), changes("2015-01-01"), ["stalking_harassment"]
    )
    assert elsewhere.loc[elsewhere["area_code"] == "one", "recording_change"].isna().all()
