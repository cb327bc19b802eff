"""What the group is made of: parts that add up, against the definition of the Shapley value."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.composition import (
    EVERYTHING_ELSE,
    change_without,
    compute_composition,
    ranks_without,
    read_joint_codes,
)
from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.rows import Row
from crimeshare.publish.subjects.composition import drivers, rank_without, ranks
from crimeshare.publish.subjects.composition import parts as codes
from crimeshare.publish.subjects.estimates import FORCES, REGIONS
from crimeshare.reference import areas
from tests.frames import Report, now
from tests.quarterly import shipped
from tests.tables import COMPOSITION

NATION, GWENT = "K04000001", "W15000002"
GROUP = "stalking_harassment"


@pytest.fixture(scope="module")
def quarters(root: Path) -> pd.DataFrame:
    return shipped(root)


@pytest.fixture(scope="module")
def composition(root: Path, quarters: pd.DataFrame) -> pd.DataFrame:
    joint = read_joint_codes(root / "resources" / "reference" / "joint_codes.csv")
    return compute_composition(quarters, joint, GROUP)


def parts(composition: pd.DataFrame, area: str, period_end: str) -> pd.DataFrame:
    rows = composition["area_code"].eq(area) & composition["period_end"].eq(period_end)
    return composition[rows].set_index("component")


def shapley(before: dict[str, float], now: dict[str, float]) -> dict[str, float]:
    """What each part does to the share of all but the last, over all orders they may move in."""

    def share(values: dict[str, float]) -> float:
        return 1 - values[EVERYTHING_ELSE] / sum(values.values())

    orders = list(permutations(before))
    effects = dict.fromkeys(before, 0.0)
    for order in orders:
        values = dict(before)
        for name in order:
            was = share(values)
            values[name] = now[name]
            effects[name] += 100 * (share(values) - was) / len(orders)
    return effects


def test_parts_of_the_change_of_the_share_add_up_everywhere(composition: pd.DataFrame) -> None:
    year = ["area_code", "period_end"]
    paired = composition.dropna(subset=["previous"])
    own = paired[paired["component"] != EVERYTHING_ELSE].groupby(year)[["count", "previous"]].sum()
    whole = paired.groupby(year)[["count", "previous"]].sum()
    change = 100 * (own["count"] / whole["count"] - own["previous"] / whole["previous"])
    found = paired.groupby(year)["share_points"].sum()
    assert len(found) > 40 * 50
    assert (found - change).abs().max() < 1e-12
    grown = 100 * (own["count"] / own["previous"] - 1)
    assert (paired.groupby(year)["count_points"].sum() - grown).abs().max() < 1e-9


def test_the_parts_are_the_shapley_value(composition: pd.DataFrame) -> None:
    """The closed form for two groups of movers stays this close to that of all codes apart."""
    rows = parts(composition, NATION, "2024-12-31")
    expected = shapley(rows["previous"].to_dict(), rows["count"].to_dict())
    for component, points in expected.items():
        assert rows.loc[component, "share_points"] == pytest.approx(points, abs=2e-4)


def test_codes_are_components_from_the_year_they_were_recorded_apart(
    composition: pd.DataFrame,
) -> None:
    begun = composition.groupby("component")["period_end"].agg(["min", "max"])
    assert begun.loc["8Q", "min"] == pd.Timestamp("2014-06-30")
    assert begun.loc["8U", "min"] == pd.Timestamp("2020-06-30")
    # The year before must lie after April 2017 too.
    assert begun.loc["8R", "min"] == pd.Timestamp("2019-03-31")
    assert begun.loc["8L+8R", "max"] == pd.Timestamp("2018-12-31")


def test_a_code_that_began_within_the_year_counts_from_nothing(composition: pd.DataFrame) -> None:
    rows = parts(composition, NATION, "2020-06-30")
    assert rows.loc["8U", "previous"] == 0
    assert rows.loc["8U", "count"] > 0


def test_the_count_moves_without_a_code_by_what_is_left(composition: pd.DataFrame) -> None:
    year = parts(composition, GWENT, "2025-12-31").reset_index()
    rows = year.to_dict("records")
    left = year[~year["component"].isin(["8R", EVERYTHING_ELSE])][["count", "previous"]].sum()
    assert change_without(rows, "8R") == pytest.approx(left["count"] / left["previous"] - 1)
    assert change_without([{**row, "previous": None} for row in rows], "8R") is None
    assert change_without([{**row, "previous": 0} for row in rows], "8R") is None


def test_forces_are_ranked_without_a_code(composition: pd.DataFrame) -> None:
    newest = composition["period_end"].max()
    ranked = ranks_without(composition, "8R")
    ranked = ranked[ranked["period_end"] == newest].sort_values("rank")
    forces = {code for code, area in areas().items() if area.area_type == "force"}
    assert set(ranked["area_code"]) == forces
    assert ranked["share"].is_monotonic_decreasing
    rows = parts(composition, GWENT, str(newest.date()))
    own = rows.drop(index=[EVERYTHING_ELSE, "8R"])["count"].sum()
    assert ranked.set_index("area_code").loc[GWENT, "share"] == own / rows["count"].sum()


def test_where_a_code_is_not_apart_nobody_is_ranked_without_it(composition: pd.DataFrame) -> None:
    ranked = ranks_without(composition, "8R")
    joint = composition.loc[composition["component"] == "8L+8R", "period_end"]
    assert len(joint)
    assert not ranked["period_end"].isin(joint).any()
    assert ranks_without(composition, "no such code").empty


def test_nothing_is_said_to_drive_a_share_that_fewer_than_fifty_offences_left_empty(
    built: Path, estimates: Report
) -> None:
    """Homicides of a region may be 50 in one year and 48 in the next."""
    last = now(estimates.places[GWENT])
    assert drivers(codes(GROUP, GWENT), last)
    few = Row({**last, "share": None, "marker": "small_count"}, last.hashes_of)
    assert drivers(codes(GROUP, GWENT), few) == ""


@pytest.mark.slow
def test_most_of_a_difference_is_more_than_half_of_what_went_its_way(
    built: Path, estimates: Report
) -> None:
    table = read_table(built / COMPOSITION)
    newest = table[table["period_end"] == table["period_end"].max()].set_index("area_code")
    told = set()
    for place in [estimates.places[code] for code in (NATION, *REGIONS, *FORCES)]:
        text = drivers(codes(GROUP, place.area.area_code), now(place))
        if not text:
            continue
        points = newest.loc[[place.area.area_code]].set_index("component")["share_points"]
        total, other = points.sum(), points[EVERYTHING_ELSE]
        way = points[points * total > 0].abs()
        back = points[points * total < 0].abs().sum()
        said = plain(text)
        assert ("hardly changed" in said) == (back >= 0.8 * way.sum()), place.name
        named = [figure["data-id"].split(".")[:2] for figure in shown(text)]
        most = re.search(r"mostly because|Most of the difference", said)
        if most and f"{'less' if total > 0 else 'more'} other crime" in said:
            assert way[EVERYTHING_ELSE] > way.sum() / 2
        elif most and named[1][0] == "component":
            assert way[named[1][1]] > way.sum() / 2
        elif most:
            assert named[1][0] == "count"
            assert (total - other) / total > 0.5
        second = way.sort_values(ascending=False).index[:2]
        if "accounts for" in said:
            assert EVERYTHING_ELSE in second
        told.add(bool(most) if "hardly" not in said else "hardly")
    assert told >= {True, "hardly"}


def test_a_force_is_told_its_rank_without_the_code_whose_recording_changed(
    built: Path, estimates: Report
) -> None:
    table = read_table(built / COMPOSITION)
    ranked = ranks_without(table, "8R")
    newest = ranked[ranked["period_end"] == ranked["period_end"].max()].set_index("area_code")
    columns = ranks(GROUP)
    assert len(columns) == 2
    for place in estimates.forces:
        text = rank_without(now(place))
        (other,) = (int(float(figure["value"])) for figure in shown(text))
        own = now(place)["rank_forces"]
        assert other == newest.loc[place.area.area_code, "rank"]
        assert ("also rank" in text) == (own == other)
        assert [column[place.area.area_code].number for column in columns.values()] == [own, other]
        assert stray_numbers(text) == []
    assert rank_without(now(estimates.nation)) == ""


def test_a_force_without_a_return_has_no_part(root: Path, quarters: pd.DataFrame) -> None:
    gone = quarters["area_code"].eq(GWENT) & quarters["period_end"].eq("2025-03-31")
    joint = read_joint_codes(root / "resources" / "reference" / "joint_codes.csv")
    rows = compute_composition(quarters[~gone], joint, GROUP)
    assert parts(rows, GWENT, "2025-12-31").empty
    assert parts(rows, "W92000004", "2025-12-31")["previous"].isna().all()


def test_without_open_data_there_are_no_parts(root: Path, quarters: pd.DataFrame) -> None:
    joint = read_joint_codes(root / "resources" / "reference" / "joint_codes.csv")
    assert compute_composition(quarters.head(0), joint, GROUP).empty
