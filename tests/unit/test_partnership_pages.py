"""Partnerships on the pages of their forces."""

from __future__ import annotations

from pathlib import Path

import pytest

from crimeshare.publish.elements.figures import shown
from crimeshare.publish.subjects import partnerships
from crimeshare.publish.subjects.estimates import Estimates, Year
from crimeshare.publish.subjects.partnerships import Limits
from crimeshare.reference import GROUP, PARTNERSHIPS, anchor, read_rows


def edition(estimates: Estimates) -> Year:
    found = partnerships.newest(estimates)
    assert found is not None
    return found


@pytest.fixture
def limits(built: Path) -> Limits:
    return partnerships.open_limits(GROUP, built)


def test_every_partnership_is_on_the_page_of_its_force(estimates: Estimates) -> None:
    year = edition(estimates)
    found = {
        place.area.area_code: force.area.area_code
        for force in estimates.forces
        for place in partnerships.partnerships(force, year)
    }
    assert found == {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}


def test_the_table_has_count_share_rate_and_change(estimates: Estimates, limits: Limits) -> None:
    gwent = estimates.place("gwent", "force")
    table = partnerships.table(gwent, limits)
    assert table is not None
    html = table._repr_html_()
    assert 'id="partnership-torfaen"' in html
    counts = [f for f in shown(html) if f["data-id"].startswith("count.")]
    # Gwent has five local authorities, each a partnership.
    assert len(counts) == 5
    assert {f["data-sheet"] for f in counts} == {"Table C2"}
    shares = [f for f in shown(html) if f["data-id"].startswith("share.")]
    assert len(shares) == 5
    # No ranking: areas that differ by no more than their size explains have no order but the names.
    names = [place.name for place in partnerships.partnerships(gwent, edition(estimates))]
    assert names == sorted(names)
    rates = [f for f in shown(html) if f["data-id"].startswith("rate_per_1000.")]
    assert {f["data-sheet"] for f in rates} == {"Table C4"}
    assert "under different rules" in html


def test_small_numbers_are_marked_and_not_named(estimates: Estimates, limits: Limits) -> None:
    small = 0
    for force in estimates.forces:
        table = partnerships.table(force, limits)
        assert table is not None
        for row in table.rows:
            marked = " *" in str(row[0])
            count = row[1]
            assert not isinstance(count, str)
            assert marked == (count.value is not None and count.value < partnerships.SMALL)
            small += marked
            if marked:
                name = str(row[0]).partition(" *")[0].partition(">")[2]
                assert name not in partnerships.sentence(force, limits)
                assert "Fewer than fifty" in table._repr_html_()
    assert small


def test_only_what_is_outside_the_outer_limits_is_called_different(
    estimates: Estimates, limits: Limits
) -> None:
    year = edition(estimates)
    outside = 0
    for force in estimates.forces:
        said = partnerships.sentence(force, limits)
        for place in partnerships.partnerships(force, year):
            held = limits[year.release_id, place.area.area_code]
            named = f"{place.name} (" in said
            marked = (place.count(year).value or 0) < partnerships.SMALL
            assert named == (held.position.endswith("outer") and not marked)
            outside += named
    assert outside


def test_the_place_of_a_partnership_is_a_plain_name() -> None:
    assert anchor("King's Lynn and West Norfolk") == "partnership-kings-lynn-and-west-norfolk"
    assert anchor("Barrow-In-Furness") == "partnership-barrow-in-furness"
