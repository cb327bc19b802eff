"""The range of a rank and a force's own steps, as its page tells them."""

from __future__ import annotations

from pathlib import Path

from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.firmness import LEVEL_SHIFTS, RANK_INTERVALS, open_firmness


def test_a_rank_stands_with_its_range(built: Path, estimates: Estimates) -> None:
    firm, table = open_firmness(built), read_table(built / RANK_INTERVALS)
    for place in estimates.forces:
        text = firm.rank_range(place)
        row = table[table["area_code"] == place.area.area_code].iloc[-1]
        ends = [int(float(figure["value"])) for figure in shown(text)]
        assert ends == [row["lower"], row["upper"]]
        rank = place.rank_among_forces()
        assert rank is not None
        assert ends[0] <= rank.number <= ends[1]
        assert "no confidence interval" in text
        assert stray_numbers(text) == []
    assert firm.rank_range(estimates.nation) == ""


def test_a_step_that_no_rule_explains_is_told_and_one_that_a_rule_explains_is_not(
    built: Path, estimates: Estimates
) -> None:
    firm, table = open_firmness(built), read_table(built / LEVEL_SHIFTS)
    table = table[table["code"].isna()]
    explained = table["recording_change"].notna()
    assert explained.any()
    assert not explained.all()
    for place in estimates.forces:
        own = table[(table["area_code"] == place.area.area_code) & ~explained]
        told = [float(shown(text)[0]["value"]) for text in firm.steps(place)]
        assert sorted(told) == sorted(own["shift_pct"] / 100)
        assert all("not known here" in text for text in firm.steps(place))
