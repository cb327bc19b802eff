"""The range of a rank and a force's own steps, as its page tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.measures.level_shifts import DRIFT
from crimeshare.parquet import read_table
from crimeshare.periods import a_year_before
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.subjects import firmness
from crimeshare.publish.subjects.estimates import year_of
from crimeshare.reference import GROUP, NATION
from tests import frames
from tests.frames import Report, now
from tests.tables import LEVEL_SHIFTS, RANK_INTERVALS


def test_a_rank_stands_with_its_range(built: Path, estimates: Report) -> None:
    table = read_table(built / RANK_INTERVALS)
    for place in estimates.forces:
        latest = now(place)
        text = f"{firmness.rank_range(latest)} {firmness.rank_range_meaning(latest)}"
        row = table[table["area_code"] == place.area.area_code].iloc[-1]
        told = {
            figure["data-id"].split(".")[0]: float(figure["value"])
            for figure in shown(text)
            if "rank_record" not in figure["data-id"]
        }
        ends = ("lower", "upper", "lower_simultaneous", "upper_simultaneous")
        assert set(told.values()) == {float(row[end]) for end in ends}
        assert row["lower"] <= latest["rank_forces"] <= row["upper"]
        assert row["lower_simultaneous"] <= row["lower"]
        assert row["upper"] <= row["upper_simultaneous"]
        assert "no confidence interval" in text
        assert stray_numbers(text) == []
    assert firmness.rank_range(year_of(GROUP, NATION)) == ""


def test_a_step_that_no_rule_explains_is_told_and_one_that_a_rule_explains_is_not(
    built: Path, estimates: Report
) -> None:
    table = read_table(built / LEVEL_SHIFTS)
    table = table[table["code"].isna()]
    explained = table["recording_change"].notna()
    several = 0
    for place in estimates.forces:
        own = table[(table["area_code"] == place.area.area_code) & ~explained]
        own = own.assign(until=own["until"].fillna(own["quarter_end"]))
        alone = [row for row in own.to_dict("records") if not _overlaps(row, own)]
        texts = firmness.steps(now(place))
        told = [float(figure["value"]) for text in texts for figure in shown(text)[:1]]
        assert sorted(told) == sorted(row["shift_pct"] / 100 for row in alone)
        assert (len(texts) > len(told)) == (len(own) > len(alone))
        several += len(own) - len(alone)
    assert several


def _overlaps(row: Mapping[Any, Any], own: pd.DataFrame) -> bool:
    """Whether a shift shares a quarter with another of the group, which no drift is said to do."""
    others = own[(own["offence_id"] == row["offence_id"]) & (own["kind"] != DRIFT)]
    same = (others["quarter_end"] <= row["until"]) & (others["until"] >= row["quarter_end"])
    return row["kind"] != DRIFT and int(same.sum()) > 1


def test_a_step_near_a_note_on_the_area_cites_it(built: Path, estimates: Report) -> None:
    """Devon and Cornwall changed its computer system in November 2022, by the notes of that time;
    all its recorded crime came back to another level a year later."""
    told = firmness.steps(now(frames.place(estimates, "devon-and-cornwall")))
    (cited,) = [text for text in told if "December 2022" in plain(text)]
    assert "total recorded crime" in cited.lower()


def test_a_change_across_a_gap_or_a_step_of_its_own_is_marked(
    built: Path, estimates: Report
) -> None:
    marked = now(frames.place(estimates, "devon-and-cornwall"))
    for year in range(2015, marked["period_end"].year + 1):
        found = firmness.marks(marked, date(year, 12, 31))
        gap = any("no complete return" in mark for mark in found)
        assert gap == (year in (2022, 2023))
    table = read_table(built / LEVEL_SHIFTS)
    for force in estimates.forces:
        latest = now(force)
        end = latest["period_end"]
        began = pd.Timestamp(a_year_before(a_year_before(end)))
        own = table[
            (table["area_code"] == force.area.area_code)
            & (table["offence_id"] == estimates.offence_id)
            & table["code"].isna()
            & table["recording_change"].isna()
            & (table["kind"] != DRIFT)
            & ((table["quarter_end"] > began) | (table["until"] > began))
        ]
        steps = [mark for mark in firmness.marks(latest, end) if "quarter ending" in mark]
        assert len(steps) == len(own)
        assert bool(firmness.warning(latest)) == bool(firmness.marks(latest, end))
