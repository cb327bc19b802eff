"""Partnerships on the pages of their forces."""

from __future__ import annotations

from crimeshare.publish.elements.figures import shown
from crimeshare.publish.subjects import partnerships
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.reference import PARTNERSHIPS, anchor, read_rows


def test_every_partnership_is_on_the_page_of_its_force(estimates: Estimates) -> None:
    year = partnerships.newest(estimates)
    assert year is not None
    found = {
        place.area.area_code: force.area.area_code
        for force in estimates.forces
        for place in partnerships.partnerships(force, year)
    }
    assert found == {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}


def test_the_table_has_count_share_rate_and_change(estimates: Estimates) -> None:
    gwent = estimates.place("gwent", "force")
    table = partnerships.table(gwent)
    assert table is not None
    html = table._repr_html_()
    assert 'id="partnership-torfaen"' in html
    counts = [f for f in shown(html) if f["data-id"].startswith("count.")]
    # Gwent has five local authorities, each a partnership.
    assert len(counts) == 5
    assert {f["data-sheet"] for f in counts} == {"Table C2"}
    shares = [float(f["value"]) for f in shown(html) if f["data-id"].startswith("share.")]
    assert shares == sorted(shares, reverse=True)
    rates = [f for f in shown(html) if f["data-id"].startswith("rate_per_1000.")]
    assert {f["data-sheet"] for f in rates} == {"Table C4"}
    assert "not comparable" in html


def test_small_numbers_are_marked_and_no_extremes(estimates: Estimates) -> None:
    small = 0
    for force in estimates.forces:
        table = partnerships.table(force)
        assert table is not None
        for row in table.rows:
            marked = " *" in str(row[0])
            count = row[1]
            assert not isinstance(count, str)
            assert marked == (count.value is not None and count.value < partnerships.SMALL)
            small += marked
            if marked:
                name = str(row[0]).partition(" *")[0].partition(">")[2]
                assert name not in partnerships.sentence(force)
                assert "Fewer than fifty" in table._repr_html_()
    assert small


def test_the_place_of_a_partnership_is_a_plain_name() -> None:
    assert anchor("King's Lynn and West Norfolk") == "partnership-kings-lynn-and-west-norfolk"
    assert anchor("Barrow-In-Furness") == "partnership-barrow-in-furness"
