"""How much of a rise coincides with changes of the rules: known parts, and steps put in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.rule_parts import (
    ESTIMATED,
    INSIDE,
    LOCKDOWN_TOO,
    NEW_CODES,
    TOO_FEW,
    compute_rule_parts,
)
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.subjects import rules

GROUP = "stalking_harassment"
QUARTERS = pd.date_range("2013-06-30", "2025-12-31", freq="QE")
CHANGES = pd.DataFrame(
    [
        ("split", "2014-04-01", "8L 8Q"),
        ("brought_in", "2015-04-01", f"8L 8R {GROUP} total"),
        ("apart", "2017-04-01", "8L 8R"),
        ("conduct_crime_counted", "2018-04-01", f"8L 8Q 8R {GROUP}"),
        ("preferred", "2020-04-01", "8L 8Q"),
        ("two_crimes_rule_removed", "2023-04-01", f"8L 8R {GROUP}"),
        ("online_safety_act", "2024-01-01", f"8R {GROUP}"),
        ("of_others", "2016-04-01", "domestic_burglary"),
    ],
    columns=["change_id", "effective", "offence_ids"],
)


def recorded(
    rng: np.random.Generator, forces: int = 30, steps: tuple[float, ...] = (0.2, -0.3, -0.1)
) -> pd.DataFrame:
    """Quarters of forces whose group moves by these steps of the logarithm, and of three codes."""
    days = [pd.Timestamp("2018-04-01"), pd.Timestamp("2023-04-01"), pd.Timestamp("2024-01-01")]
    common = sum(step * (day < QUARTERS) for step, day in zip(steps, days, strict=True))
    common = common + 0.01 * np.arange(len(QUARTERS)) + 0.05 * (QUARTERS.quarter == 3)
    shock = rng.normal(0, 0.03, (len(QUARTERS), forces))
    own = rng.normal(0, 0.05, forces) * (days[1] < QUARTERS)[:, None]
    counts = np.exp(rng.normal(7, 0.8, forces) + common[:, None] + shock + own).round()
    wide = pd.DataFrame(counts, index=QUARTERS, columns=[f"E{n:03}" for n in range(forces)])
    group = wide.rename_axis("period_end").reset_index()
    group = group.melt("period_end", var_name="area_code", value_name="value")
    began = {"8L": "2013-04-01", "8Q": "2014-04-01", "8R": "2017-04-01"}
    codes = [
        group[group["period_end"] > day].assign(code=code, value=lambda rows: rows["value"] // 3)
        for code, day in began.items()
    ]
    rows = pd.concat([group.assign(code=None), *codes], ignore_index=True)
    return rows.assign(release_id="prc-2025-12", area_type="force", offence_id=GROUP)


def parts_of(quarters: pd.DataFrame, changes: pd.DataFrame = CHANGES) -> pd.DataFrame:
    return compute_rule_parts(quarters, changes, GROUP)


def test_the_steps_that_were_put_in_are_found_together() -> None:
    rows = parts_of(recorded(np.random.default_rng(1)))
    (row,) = rows[rows["part"] == ESTIMATED].to_dict("records")
    assert row["effect_lower"] < 100 * np.expm1(-0.2) < row["effect_upper"]
    assert row["effect_lower"] < row["effect_pct"] < row["effect_upper"]
    last, base = (QUARTERS[-4:], QUARTERS[:4])
    quarters = recorded(np.random.default_rng(1))
    group = quarters[quarters["code"].isna()].set_index("period_end")["value"]
    assert row["count"] == group[group.index.isin(last)].sum()
    assert row["base_count"] == group[group.index.isin(base)].sum()


def test_codes_brought_into_the_group_are_counted_and_those_moved_inside_are_not() -> None:
    quarters = recorded(np.random.default_rng(3))
    rows = parts_of(quarters)
    (counted,) = rows[rows["part"] == NEW_CODES].to_dict("records")
    newest = quarters[(quarters["code"] == "8R") & quarters["period_end"].isin(QUARTERS[-4:])]
    assert counted["codes"] == "8R"
    assert counted["recording_changes"] == "brought_in"
    assert counted["offences"] == newest["value"].sum()
    assert pd.isna(counted["effect_pct"])


def test_every_other_change_is_named_with_the_reason() -> None:
    rows = parts_of(recorded(np.random.default_rng(4)))
    named = set(zip(rows["recording_changes"], rows["part"], strict=True))
    together = "conduct_crime_counted two_crimes_rule_removed online_safety_act"
    assert named == {
        (together, ESTIMATED),
        ("brought_in", NEW_CODES),
        ("split", INSIDE),
        ("brought_in", TOO_FEW),
        ("apart", INSIDE),
        ("preferred", LOCKDOWN_TOO),
    }


def test_a_force_without_a_return_is_left_out_of_both_years() -> None:
    quarters = recorded(np.random.default_rng(5))
    whole = parts_of(quarters)["count"].iloc[0]
    gone = (quarters["area_code"] == "E000") & (quarters["period_end"] == QUARTERS[-2])
    left = parts_of(quarters[~gone]).iloc[0]
    own = quarters[(quarters["area_code"] == "E000") & quarters["code"].isna()]
    last = own[own["period_end"].isin(QUARTERS[-4:])]["value"].sum()
    assert left["excluded"] == "E000"
    assert left["count"] == whole - last


@pytest.mark.parametrize("change", ["none", "too_early"])
def test_without_a_year_before_a_change_there_is_no_answer(change: str) -> None:
    changes = CHANGES.iloc[-1:] if change == "none" else CHANGES.assign(effective="2013-01-01")
    assert parts_of(recorded(np.random.default_rng(6)), changes).empty
    assert parts_of(recorded(np.random.default_rng(6)).iloc[:0], changes).empty


@pytest.mark.usefixtures("built")
def test_the_page_answers_with_the_limits_and_no_proof() -> None:
    parts, effects = rules.read_parts(GROUP), rules.read_effects(GROUP)
    said = rules.answer(parts, GROUP)
    values = {figure["data-id"]: float(figure["value"]) for figure in shown(said)}
    together = {name.split("together")[1]: v for name, v in values.items() if "together" in name}
    (row,) = [row for row in parts if row["part"] == ESTIMATED]
    for name, column in (("", "pct"), (".lower", "lower"), (".upper", "upper")):
        (value,) = (v for key, v in together.items() if key.startswith(f"{name}.{GROUP}"))
        assert value == pytest.approx(row[f"effect_{column}"] / 100)
    assert parts[0]["count"] - parts[0]["base_count"] in values.values()
    assert "is no proof that the rules caused it" in plain(said)
    assert not stray_numbers(said)
    table = rules.changes_table(effects, parts)
    assert table is not None
    assert not stray_numbers(table._repr_html_())
    told = {change for row in parts for change in row["recording_changes"].split()}
    assert len(table.rows) == len(told)


@pytest.mark.usefixtures("built")
def test_a_merge_of_codes_is_no_cause_of_a_rise() -> None:
    inside = [row for row in rules.read_parts(GROUP) if row["part"] == INSIDE]
    said = plain(rules.answer(inside, GROUP))
    assert "which leaves its total alone" in said
    assert "proof" not in said
