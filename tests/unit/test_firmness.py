"""The range of a rank and a force's own steps, as its page tells them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from crimeshare.measures.level_shifts import DRIFT
from crimeshare.parquet import read_table
from crimeshare.periods import a_year_before
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.firmness import open_firmness
from crimeshare.reference import GROUP
from tests.tables import LEVEL_SHIFTS, RANK_INTERVALS


def test_a_rank_stands_with_its_range(built: Path, estimates: Estimates) -> None:
    firm, table = open_firmness(GROUP, built), read_table(built / RANK_INTERVALS)
    for place in estimates.forces:
        text = f"{firm.rank_range(place)} {firm.rank_range_meaning(place)}"
        row = table[table["area_code"] == place.area.area_code].iloc[-1]
        told = {
            figure["data-id"].split(".")[0]: float(figure["value"])
            for figure in shown(text)
            if "rank_record" not in figure["data-id"]
        }
        ends = ("lower", "upper", "lower_simultaneous", "upper_simultaneous")
        assert set(told.values()) == {float(row[end]) for end in ends}
        rank = place.rank_among_forces()
        assert rank is not None
        assert row["lower"] <= rank.number <= row["upper"]
        assert row["lower_simultaneous"] <= row["lower"]
        assert row["upper"] <= row["upper_simultaneous"]
        assert "no confidence interval" in text
        assert stray_numbers(text) == []
    assert firm.rank_range(estimates.nation) == ""


def test_a_step_that_no_rule_explains_is_told_and_one_that_a_rule_explains_is_not(
    built: Path, estimates: Estimates
) -> None:
    firm, table = open_firmness(GROUP, built), read_table(built / LEVEL_SHIFTS)
    table = table[table["code"].isna()]
    explained = table["recording_change"].notna()
    for place in estimates.forces:
        own = table[(table["area_code"] == place.area.area_code) & ~explained]
        told = [float(shown(text)[0]["value"]) for text in firm.steps(place)]
        assert sorted(told) == sorted(own["shift_pct"] / 100)


def test_a_step_near_a_note_on_the_area_cites_it(built: Path, estimates: Estimates) -> None:
    """Devon and Cornwall changed its computer system in November 2022, by the notes of that time;
    all its recorded crime came back to another level a year later."""
    told = open_firmness(GROUP, built).steps(estimates.place("devon-and-cornwall"))
    (cited,) = [text for text in told if "total recorded crime" in text.lower() and "#" in text]
    assert "December 2022" in plain(cited)


def test_a_change_across_a_gap_or_a_step_of_its_own_is_marked(
    built: Path, estimates: Estimates
) -> None:
    firm = open_firmness(GROUP, built)
    place = estimates.place("devon-and-cornwall")
    marked = {year.period_end: place.change(year) for year in estimates.each_year()}
    for end, change in marked.items():
        if change:
            gap = any("no complete return" in mark for mark in firm.marks(place, end))
            assert gap == (end in (date(2022, 12, 31), date(2023, 12, 31)))
    table = read_table(built / LEVEL_SHIFTS)
    for force in estimates.forces:
        change = force.change()
        assert change
        began = pd.Timestamp(a_year_before(change.previous_period_end))
        own = table[
            (table["area_code"] == force.area.area_code)
            & (table["offence_id"] == estimates.offence_id)
            & table["code"].isna()
            & table["recording_change"].isna()
            & (table["kind"] != DRIFT)
            & ((table["quarter_end"] > began) | (table["until"] > began))
        ]
        steps = [mark for mark in firm.marks(force, change.year.period_end) if "of its own" in mark]
        assert len(steps) == len(own)
        assert bool(firm.warning(force, change)) == bool(firm.marks(force, change.year.period_end))
