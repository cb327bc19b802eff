"""How areas stand beside each other: ranks by rate, parts of the nation, and what is too small."""

from __future__ import annotations

import pandas as pd
import pytest

from crimeshare.measures.beside_others import beside_others
from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.reference import areas

NATION, LONDON = "K04000001", "E12000007"
FORCES = [code for code, area in areas().items() if area.area_type == "force"][:5]
END = pd.Timestamp(2024, 12, 31)


def series_of(counts: dict[str, float], rates: dict[str, float | None]) -> pd.DataFrame:
    rows = [
        {
            "area_code": code,
            "area_type": areas()[code].area_type,
            "offence_id": "robbery",
            "period_end": END,
            "count": count,
            "share": count / 1000,
            "rank_main_groups": 1,
            "rank_subgroups": 1,
            "rank_published_columns": 1,
            "rate_per_1000": rates.get(code),
            "release_id": "prc-2024-12",
        }
        for code, count in counts.items()
    ]
    return pd.DataFrame(rows)


def nation_of(release_id: str, value: float, excluded: str = "") -> pd.DataFrame:
    """The vintage of England and Wales that a release gives."""
    return pd.DataFrame(
        {
            "area_code": [NATION],
            "offence_id": ["robbery"],
            "period_end": [END],
            "release_id": [release_id],
            "value": [value],
            "grouping": ["by_area"],
            "excluded": [excluded],
            "formula": [f"[{release_id}]Robbery, England and Wales, year to December 2024"],
            "cells": [f"[{release_id}]'2024/25'!Robbery, England and Wales"],
        }
    )


@pytest.fixture
def found() -> pd.DataFrame:
    counts = dict(zip(FORCES, (200.0, 100.0, SMALL_BASE, SMALL_BASE - 1, 0.0), strict=True))
    rates = dict(zip(FORCES, (1.0, 3.0, None, 9.0, 0.0), strict=True))
    series = series_of(counts | {NATION: 800.0, LONDON: 400.0}, rates)
    table = beside_others(series, nation_of("prc-2024-12", 800.0))
    return table.set_index("area_code")


def test_a_small_count_has_no_share_and_no_rank(found: pd.DataFrame) -> None:
    for code in FORCES:
        row = found.loc[code]
        small = row["count"] < SMALL_BASE
        named = ["share", "rank_main_groups", "rank_forces", "ranked_forces", "share_of_nation"]
        assert row[named].isna().all() == row[named].isna().any() == small
        assert row["marker"] == "small_count" if small else pd.isna(row["marker"])


def test_ranks_are_among_the_forces_that_have_one(found: pd.DataFrame) -> None:
    assert found.loc[FORCES, "rank_forces"].tolist()[:3] == [1, 2, 3]
    assert set(found["ranked_forces"].dropna()) == {3}
    # The third has no residents to speak of, the fourth too few offences.
    assert found.loc[FORCES, "rank_rate"].tolist()[:2] == [2, 1]
    assert found.loc[FORCES[2:], "rank_rate"].isna().all()
    assert found.loc[[NATION, LONDON], ["rank_forces", "rank_rate"]].isna().all(axis=None)


def test_the_part_of_the_nation_is_of_the_same_release(found: pd.DataFrame) -> None:
    assert found.loc[LONDON, "share_of_nation"] == 0.5
    assert found.loc[LONDON, "nation_formula"].startswith("[prc-2024-12]Robbery, England and Wales")
    assert pd.isna(found.loc[NATION, "share_of_nation"])


def test_a_nation_without_one_of_its_forces_is_no_whole() -> None:
    series = series_of({LONDON: 400.0}, {})
    table = beside_others(series, nation_of("prc-2024-12", 800.0, "Gwent"))
    assert table[["share_of_nation", "nation_formula"]].isna().all(axis=None)


def test_each_release_has_its_own_nation() -> None:
    series = series_of({LONDON: 400.0}, {}).assign(release_id="pfa-2024-12")
    vintages = [nation_of("prc-2024-12", 800.0), nation_of("pfa-2024-12", 1000.0)]
    table = beside_others(series, pd.concat(vintages, ignore_index=True))
    assert table["share_of_nation"].tolist() == [0.4]
    assert beside_others(series, vintages[0])["share_of_nation"].isna().all()
