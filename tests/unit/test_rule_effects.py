"""Changes of level at changes of the rules: simulated truth, other fits, real quarters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from crimeshare.measures import steps
from crimeshare.measures.rule_effects import (
    APART,
    CRUDE,
    FIRST_YEAR,
    LEVEL_AND_SLOPE,
    LEVEL_ONLY,
    METHODS,
    Case,
    cases_of,
    compute_rule_effects,
    crude_change,
    placebo_dates,
)
from crimeshare.measures.steps import NotIdentified, step_at, steps_at
from crimeshare.parquet import read_table
from crimeshare.publish.subjects import rules

ROOT = Path(__file__).parents[2]
RULE = date(2020, 1, 1)
DAYS = pd.date_range("2016-03-31", periods=28, freq="QE")


def national(
    rng: np.random.Generator, effect: float = 0.0, lasting: float = 0.4, quarters: int = 28
) -> pd.Series:
    """Counts of all forces with errors that last, and a step in January 2020."""
    days = DAYS[:quarters]
    error = rng.normal(0, 0.03, quarters)
    for place in range(1, quarters):
        error[place] = lasting * error[place - 1] + np.sqrt(1 - lasting**2) * error[place]
    level = 0.1 * (days.quarter == 3) + 0.02 * np.arange(quarters) + effect * (days > "2020-01-01")
    return pd.Series(100_000 * np.exp(level + error), index=days)


@pytest.mark.parametrize("lasting", [0.0, 0.5, 0.9])
def test_each_part_of_the_mixture_is_generalised_least_squares(monkeypatch, lasting: float) -> None:
    monkeypatch.setattr(steps, "LASTING", np.array([lasting]))
    counts = national(np.random.default_rng(1), np.log(0.7))
    days = pd.DatetimeIndex(counts.index)
    design = np.column_stack(
        [
            np.ones(len(days)),
            days > pd.Timestamp(RULE),
            *((days.quarter == quarter) for quarter in (2, 3, 4)),
            np.arange(len(days)) / len(days),
        ]
    ).astype(float)
    spread = lasting ** np.abs(np.subtract.outer(np.arange(len(days)), np.arange(len(days))))
    expected = sm.GLS(np.log(counts.to_numpy()), design, sigma=spread).fit()
    step = step_at(counts, [RULE])
    assert step.effect == pytest.approx(expected.params[1], rel=1e-8)
    assert step.errors[0] == pytest.approx(expected.bse[1], rel=1e-8)
    assert step.limits(0.95) == pytest.approx(tuple(expected.conf_int()[1]), rel=1e-7)
    # The two parameters of the errors beside those of the model.
    number = design.shape[1] + 2
    corrected = -2 * expected.llf + 2 * number * len(days) / (len(days) - number - 1)
    constant = len(days) * (1 + np.log(2 * np.pi))
    assert step.aicc == pytest.approx(corrected - constant, rel=1e-7)


@pytest.mark.parametrize("effect", [0.0, np.log(0.8)])
def test_limits_hold_the_true_effect_about_as_often_as_they_promise(effect: float) -> None:
    rng = np.random.default_rng(2)
    counts = pd.concat([national(rng, effect) for _ in range(300)], axis=1)
    found = [step.limits(0.95) for step in steps_at(counts, [RULE])]
    assert 0.925 <= np.mean([lower <= effect <= upper for lower, upper in found]) <= 0.985


def test_a_step_stands_out_where_its_limits_leave_out_zero() -> None:
    counts = national(np.random.default_rng(3), np.log(0.9))
    for step in (step_at(counts, [RULE]), step_at(counts, [date(2018, 1, 1)])):
        lower, upper = step.limits(0.95)
        assert lower < step.effect < upper
        assert step.significant(0.95) == (not lower <= 0 <= upper)


def test_steps_that_are_added_up_are_those_of_one_model() -> None:
    counts = national(np.random.default_rng(4), np.log(0.9))
    days = [RULE, date(2021, 1, 1)]
    one, other = step_at(counts, days), step_at(counts, days[::-1])
    assert step_at(counts, days, together=2).effect == pytest.approx(one.effect + other.effect)


def test_a_change_within_a_quarter_counts_by_the_part_that_is_left() -> None:
    days = pd.date_range("2016-03-31", periods=16, freq="QE")
    after = np.array([0.0] * 9 + [60 / 91] + [1.0] * 6)  # May and June of a quarter of 91 days
    day = date(2018, 5, 2)
    counts = pd.Series(1000 * 0.5**after, index=days)
    assert np.exp(step_at(counts, [day]).effect) == pytest.approx(0.5, rel=1e-6)


def test_placebo_dates_keep_away_from_real_ones_and_from_the_ends() -> None:
    quarters = pd.date_range("2016-03-31", periods=20, freq="QE")
    found = list(placebo_dates(quarters, [date(2018, 5, 1)]))
    assert found[0] == date(2016, 1 + 3 * APART, 1)
    assert not [day for day in found if date(2017, 10, 1) < day < date(2019, 1, 1)]
    assert len(found) == 9


def test_the_crude_change_is_of_whole_quarters_between_the_changes_beside_it() -> None:
    counts = pd.Series(np.arange(100.0, 128.0), index=DAYS)
    asked = Case("rule", date(2018, 5, 1), DAYS[0].date(), DAYS[-1].date(), (date(2019, 1, 1),))
    before, after = [105, 106, 107, 108], [110, 111]  # April to June 2018 lies on both sides
    assert crude_change(counts, asked) == pytest.approx(np.mean(after) / np.mean(before) - 1)
    late = Case("rule", DAYS[-1].date(), DAYS[0].date(), DAYS[-1].date())
    assert crude_change(counts, late) is None


@pytest.fixture(scope="module")
def effects() -> pd.DataFrame:
    quarters = pd.concat(
        [
            read_table(path)
            for path in sorted((ROOT / "resources/figures").glob("prc-2025*.parquet"))
        ]
    )
    quarters = quarters.assign(release_id="prc-2025-12")
    changes = pd.read_csv(ROOT / "resources/reference/recording_changes.csv")
    return compute_rule_effects(quarters, changes, "stalking_harassment")


def test_one_row_leads_and_what_the_counts_cannot_bear_is_counted(effects: pd.DataFrame) -> None:
    for _, rows in effects.groupby(["recording_change", "code"], dropna=False):
        assert rows["leads"].sum() == 1
        lead, best = rows[rows["leads"]].iloc[0], rows.loc[rows["aicc"].astype(float).idxmin()]
        bears = rows[["crude_pct", "codes_pct"]].astype(float).abs().max(axis=1).iloc[0]
        if lead["method"] == CRUDE:
            assert abs(best["effect_pct"]) > bears
            assert lead["effect_pct"] == pytest.approx(lead["crude_pct"])
            assert pd.isna(lead["lower"])
        else:
            assert lead["method"] == best["method"]
            assert abs(best["effect_pct"]) <= bears


def test_few_placebo_dates_stand_out(effects: pd.DataFrame) -> None:
    """With errors by force half to all of them did."""
    best = effects[effects["aicc"].notna()]
    assert best["placebos_significant"].sum() <= 0.1 * best["placebos"].sum()


def test_malicious_communications_fell_with_the_online_safety_act(effects: pd.DataFrame) -> None:
    of_code = effects[
        (effects["recording_change"] == "online_safety_act") & (effects["code"] == "8R")
    ].set_index("method")
    level = of_code.loc[LEVEL_ONLY]
    assert level["effect_pct"] == pytest.approx(-36, abs=4)
    assert level["lower"] < level["effect_pct"] < level["upper"] < 0
    assert level["placebo_rank"] == 1
    # The Metropolitan Police recorded much of it, and it fell less there.
    assert level["without_area"] == "E23000001"
    assert level["without_pct"] < level["effect_pct"]
    assert of_code.loc[LEVEL_AND_SLOPE, "effect_pct"] > level["effect_pct"]


def test_without_quarters_there_are_no_effects() -> None:
    quarters = read_table(*(ROOT / "resources/figures").glob("prc-2025-12.parquet")).iloc[:0]
    changes = pd.read_csv(ROOT / "resources/reference/recording_changes.csv")
    quarters = quarters.assign(release_id=pd.Series(dtype=str))
    assert compute_rule_effects(quarters, changes, "stalking_harassment").empty


def test_changes_that_cannot_be_told_are_not_estimated(effects: pd.DataFrame) -> None:
    assert set(effects["recording_change"]) == {
        "conduct_crime_counted",
        "two_crimes_rule_removed",
        "online_safety_act",
    }
    # Harassment alone lost malicious communications in April 2017, between the quarters compared.
    told = effects[effects["recording_change"] == "conduct_crime_counted"]
    assert "8L" not in set(told["code"].dropna())
    models = effects[effects["method"] != CRUDE]
    assert (models["lower"] < models["effect_pct"]).all()
    assert (models["effect_pct"] < models["upper"]).all()
    assert (models["placebo_rank"] <= models["placebos"] + 1).all()


def test_another_change_of_the_group_has_a_step_of_its_own() -> None:
    counts = national(np.random.default_rng(3), np.log(0.7))
    other = date(2018, 1, 1)
    moved = counts * np.where(counts.index < pd.Timestamp(other), 1.0, 1.3)
    alone, both = step_at(moved, [RULE]), step_at(moved, [RULE, other])
    assert both.effect == pytest.approx(np.log(0.7), abs=0.06)
    assert both.aicc < alone.aicc - 10
    assert np.ptp(both.limits(0.95)) < np.ptp(alone.limits(0.95))
    changes = pd.DataFrame(
        {
            "change_id": ["conduct_crime_counted", "other"],
            "effective": ["2018-04-01", "2017-04-01"],
            "offence_ids": ["8L 8Q stalking_harassment", "8L stalking_harassment"],
        }
    )
    last = date(2025, 12, 31)
    (asked,) = cases_of("stalking_harassment", changes, last, whole=True)
    assert asked.others == (date(2017, 4, 1),)
    (untouched,) = cases_of("8Q", changes, last, whole=False)
    assert untouched.others == ()
    assert cases_of("8L", changes, last, whole=False) == []


def test_too_few_quarters_for_so_many_steps_are_refused() -> None:
    counts = national(np.random.default_rng(4), quarters=8)
    with pytest.raises(NotIdentified, match="8 quarters cannot tell"):
        step_at(counts, [date(2016, 10, 1), date(2017, 1, 1), date(2017, 4, 1)], 3)


def test_the_models_differ_where_two_changes_are_close(effects: pd.DataFrame) -> None:
    """With trends of their own little is left of the later change."""
    of_code = effects[
        (effects["recording_change"] == "online_safety_act") & (effects["code"] == "8R")
    ].set_index("method")["effect_pct"]
    assert list(of_code.index) == list(METHODS)
    assert of_code.is_monotonic_increasing
    assert of_code[FIRST_YEAR] > of_code[LEVEL_ONLY] + 15


def test_a_change_that_is_estimated_for_codes_alone_is_listed_as_such(
    effects: pd.DataFrame,
) -> None:
    of_codes = effects[effects["code"].notna()].to_dict("records")
    change = str(of_codes[0]["recording_change"])
    table = rules.changes_table(
        of_codes, [{"part": "estimated_steps", "recording_changes": change}]
    )
    assert table is not None
    (row,) = table.rows
    assert "estimated for single offence codes alone" in str(row[0])
    assert row[1].value is None  # type: ignore[union-attr]
