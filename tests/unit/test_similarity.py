"""Similar forces: a distance that can be worked by hand, without the group it serves to compare."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.similarity import compute_similar_forces, distances, mixes
from crimeshare.parquet import read_table
from tests.tables import SHARES

MIX = pd.DataFrame(
    [[0.5, 0.5, 0.0], [0.4, 0.4, 0.2], [0.0, 0.0, 1.0]], index=["here", "near", "far"]
)


def shares(**counts: list[float]) -> pd.DataFrame:
    """Forces A, B and C with a count of each offence group named."""
    return pd.DataFrame(
        [
            {
                "release_id": "pfa-2024-12",
                "period_end": pd.Timestamp("2024-12-31"),
                "area_code": code,
                "area_name": code.upper(),
                "area_type": "force",
                "offence_id": offence,
                "count": count,
                "rank_subgroups": 1,
                "cells": f"[pfa-2024-12]'Table P1'!{offence} {code}; [pfa-2024-12]'Table P1'!C9",
            }
            for offence, row in counts.items()
            for code, count in zip("abc", row, strict=True)
        ]
    )


def test_the_distance_is_the_part_that_would_have_to_be_of_another_kind() -> None:
    apart = distances(MIX)
    assert apart.loc["here", "near"] == pytest.approx(0.2)
    assert apart.loc["here", "far"] == pytest.approx(1)
    assert np.diag(apart).tolist() == [0, 0, 0]
    pd.testing.assert_frame_equal(apart, apart.T)


def test_a_mix_adds_up_to_one_whatever_the_size_of_the_force() -> None:
    counts = pd.DataFrame({"theft": [10, 1000], "robbery": [30, 3000]})
    assert mixes(counts).to_numpy().tolist() == [[0.25, 0.75], [0.25, 0.75]]


def test_the_group_compared_and_its_parts_do_not_count() -> None:
    table = shares(
        stalking_harassment=[900, 10, 10],
        shoplifting=[50, 50, 10],
        robbery=[50, 50, 90],
    )
    first = compute_similar_forces(table, "stalking_harassment").query("position == 1")
    assert first.loc[
        first["area_code"] == "a", ["similar_code", "distance"]
    ].to_numpy().tolist() == [["b", 0.0]]
    # Stalking and harassment is part of violence against the person: left out with it.
    whole = compute_similar_forces(table, "violence_against_person").query("position == 1")
    pd.testing.assert_frame_equal(
        first.drop(columns="offence_id"), whole.drop(columns="offence_id")
    )
    assert set(whole["offence_id"]) == {"violence_against_person"}
    counted = compute_similar_forces(table, "robbery").query("position == 1")
    assert counted.loc[counted["area_code"] == "b", "similar_code"].item() == "c"


def test_a_force_with_a_marked_figure_is_not_compared() -> None:
    table = shares(shoplifting=[50, 50, 10], robbery=[50, 60, 90])
    table.loc[table["area_code"] == "b", "rank_subgroups"] = None
    pairs = compute_similar_forces(table, "stalking_harassment")
    assert set(pairs["area_code"]) | set(pairs["similar_code"]) == {"a", "c"}


@pytest.mark.slow
def test_every_force_has_its_nearest_in_order(built: Path) -> None:
    pairs = compute_similar_forces(read_table(built / SHARES), "stalking_harassment")
    latest = pairs[(pairs["release_id"] == "pfa-2024-12") & (pairs["period_end"] == "2024-12-31")]
    assert latest.groupby("area_code").size().tolist() == [5] * 43
    assert (latest["area_code"] != latest["similar_code"]).all()
    assert latest.groupby("area_code")["distance"].is_monotonic_increasing.all()
    assert latest["distance"].between(0, 1).all()
    gap = pairs[pairs["release_id"] == "pfa-2019-12"]
    assert "Greater Manchester" not in {*gap["area_name"], *gap["similar_name"]}
