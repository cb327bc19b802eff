"""Partnerships on the pages of their forces."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import shown
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects import partnerships
from crimeshare.publish.subjects.estimates import FORCES
from crimeshare.reference import GROUP, PARTNERSHIPS, anchor, read_rows
from tests.tables import SMALL_AREAS

pytestmark = pytest.mark.usefixtures("built")

GWENT = "W15000002"


def of(area_code: str) -> pd.DataFrame:
    return partnerships.of_force(GROUP, area_code)


def table_of(area_code: str) -> Table:
    table = partnerships.partnerships_table(of(area_code), GROUP, area_code)
    assert table is not None
    return table


def test_every_partnership_is_on_the_page_of_its_force() -> None:
    found = {partnership: code for code in FORCES for partnership in of(code)["partnership"]}
    assert found == {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}


def test_the_table_has_count_share_rate_and_change() -> None:
    html = table_of(GWENT)._repr_html_()
    assert 'id="partnership-torfaen"' in html
    counts = [f for f in shown(html) if f["data-id"].startswith("count.")]
    # Gwent has five local authorities, each a partnership.
    assert len(counts) == 5
    assert {f["data-sheet"] for f in counts} == {"Table C2"}
    shares = [f for f in shown(html) if f["data-id"].startswith("share.")]
    assert len(shares) == 5
    # No ranking: areas that differ by no more than their size explains have no order but the names.
    assert of(GWENT)["name"].is_monotonic_increasing
    rates = [f for f in shown(html) if f["data-id"].startswith("rate_per_1000.")]
    assert {f["data-sheet"] for f in rates} == {"Table C4"}
    assert "under different rules" in html


@pytest.mark.slow
def test_small_numbers_are_marked_and_not_named() -> None:
    small = 0
    for code in FORCES:
        table, said = table_of(code), partnerships.sentence(of(code))
        for row in table.rows:
            marked = " *" in str(row[0])
            count = row[1]
            assert not isinstance(count, str)
            assert marked == (count.value is not None and count.value < partnerships.SMALL_BASE)
            small += marked
            if marked:
                name = str(row[0]).partition(" *")[0].partition(">")[2]
                assert name not in said
                assert "Fewer than fifty" in table._repr_html_()
    assert small


def test_only_what_is_outside_the_outer_limits_is_called_different(built: Path) -> None:
    limits = read_table(built / SMALL_AREAS, offence_id=[GROUP])
    limits = limits[limits["release_id"] == limits["release_id"].max()].set_index("area_code")
    outside = 0
    for code in FORCES:
        own = of(code)
        said = partnerships.sentence(own)
        for each in own.itertuples():
            held = limits.loc[each.partnership]
            beyond = not held["lower_99_8"] <= held["share"] <= held["upper_99_8"]
            named = f"{each.name} (" in said
            assert named == (beyond and held["count"] >= partnerships.SMALL_BASE)
            outside += named
    assert outside


def test_the_place_of_a_partnership_is_a_plain_name() -> None:
    assert anchor("King's Lynn and West Norfolk") == "partnership-kings-lynn-and-west-norfolk"
    assert anchor("Barrow-In-Furness") == "partnership-barrow-in-furness"
