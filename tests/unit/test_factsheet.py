"""What a page about one area says: sentences that follow from the figures, and hold their cells."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import pytest

from crimeshare.measures.control_limits import APART
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import rows
from crimeshare.publish.site.notebooks import Shell
from crimeshare.publish.site.rendering import render_body
from crimeshare.publish.subjects import factsheet, offence_mix, side_by_side, standing
from crimeshare.publish.subjects.estimates import (
    FORCES,
    REGIONS,
    TOTAL,
    address,
    at,
    of_areas,
    year_of,
)
from crimeshare.reference import NATION

GROUP = "stalking_harassment"
METROPOLITAN, WALES = "E23000001", "W92000004"
GWENT, GREATER_MANCHESTER, NORTH_WEST = "W15000002", "E23000005", "E12000002"

pytestmark = pytest.mark.usefixtures("built")


def test_a_force_is_said_to_differ_only_outside_the_outer_limits() -> None:
    limits = standing.limits_of(year_of(GROUP, GWENT))
    assert limits["position"].nunique() > 1
    for row in limits.itertuples():
        text = standing.sentences(year_of(GROUP, row.area_code), limits)
        outside = not row.lower_99_8 <= row.share <= row.upper_99_8
        assert ("well outside the usual range" in text) == outside
        within = row.lower_95 <= row.share <= row.upper_95
        assert ("is within the usual range" in text) == within == (row.position == "within")
        assert stray_numbers(text) == []


def test_a_group_of_few_offences_says_so_where_other_groups_have_ranks_and_shares() -> None:
    """Homicides: one force had fifty in the latest year, and none in Wales."""
    met, gwent = year_of("homicide", METROPOLITAN), year_of("homicide", GWENT)
    assert factsheet.forces_ranked(met).number == 1
    assert "1st" not in plain(factsheet.opening(met))
    limits = standing.limits_of(met)
    assert "No share is given" not in standing.sentences(met, limits)
    assert "fewer than fifty offences" in factsheet.rank_sentences(gwent)
    assert "are missing" not in factsheet.rank_sentences(gwent)
    chart = side_by_side.shares_of(of_areas("homicide", REGIONS), NATION)
    assert chart
    assert "[u]" not in chart.title
    welsh = of_areas("homicide", [GWENT])
    assert side_by_side.shares_of(welsh, WALES) is None


def test_beside_the_funnel_stands_how_many_forces_chance_puts_outside() -> None:
    now = year_of(GROUP, GWENT)
    limits = standing.limits_of(now)
    chart = standing.funnel_plot(now, limits)
    assert chart
    outside = (limits["position"].ne("within") & limits["area_code"].ne(APART)).sum()
    text = plain(chart.notes[0])
    assert "about 2 of 42 would be outside it" in text
    assert f"; {outside} " in text


def test_the_distance_from_the_middle_is_in_standard_deviations() -> None:
    limits = standing.limits_of(year_of(GROUP, GWENT))
    for row in limits.itertuples():
        printed = [
            float(figure["value"])
            for figure in shown(standing.sentences(year_of(GROUP, row.area_code), limits))
            if figure["data-unit"] == "standard_deviations"
        ]
        # None is printed that would round to nothing.
        assert printed == ([row.z_score] if abs(row.z_score) >= 0.05 else [])
        inside = abs(row.z_score) <= NormalDist().inv_cdf(0.975)
        assert inside == (row.position == "within")


def test_the_spread_of_forces_leaves_the_city_of_london_apart() -> None:
    shares = at(GROUP, FORCES).set_index("area_code")["share"].to_dict()
    apart = shares.pop(APART)
    printed = shown(side_by_side.spread(year_of(GROUP, NATION)))
    low, high, city = (float(figure["value"]) for figure in printed)
    assert (low, high) == (min(shares.values()), max(shares.values()))
    assert city == apart


def test_contributions_add_up_to_the_change_of_the_total() -> None:
    for code in (GWENT, NATION):
        parts = offence_mix.groups(year_of(GROUP, code))["contribution_pct"]
        assert parts.sum() == pytest.approx(year_of(TOTAL, code)["change_pct"])


def test_a_contribution_names_the_cells_it_is_made_of() -> None:
    groups = offence_mix.groups(year_of(GROUP, GWENT))
    (row,) = rows(groups[groups["offence_id"] == "shoplifting"])
    change, total = row.change, year_of(TOTAL, GWENT).previous
    contribution = row.contribution_pct
    assert contribution.number == pytest.approx(change.number / total.number)
    assert contribution.formula == f"{change.named} / {total.named}"
    assert set(contribution.cells) == {*change.cells, *total.cells}


def test_what_changed_most_comes_first() -> None:
    now = year_of(GROUP, GWENT)
    moved = offence_mix.moved_most(offence_mix.groups(now))
    chart = offence_mix.contributions(moved.head(8), now)
    assert chart
    sizes = [abs(figure.number) for figure in chart.figures]
    assert len(sizes) == 8
    assert sizes == sorted(sizes, reverse=True)
    text = offence_mix.change_of_total(moved, now)
    rising = [figure for figure in chart.figures if figure.number > 0]
    assert f'<data value="{rising[0].number}"' in text
    assert stray_numbers(text) == []


def test_similar_forces_are_nearest_first_and_never_the_force_itself() -> None:
    now = year_of(GROUP, GWENT)
    near = side_by_side.similar_forces(now)
    distances = [distance.number for distance in near["mix"]]
    assert len(distances) == 5
    assert distances == sorted(distances)
    assert GWENT not in set(near["area_code"])
    html = side_by_side.similar_table(now)._repr_html_()
    assert html.index("<b>Gwent</b>") < html.index(address(near["area_code"].iat[0]))


def test_similar_forces_are_counted_in_words() -> None:
    words = ["none have", "one has", "two have", "three have", "four have", "all have"]
    for code in FORCES:
        now = year_of(GROUP, code)
        higher = (side_by_side.similar_forces(now)["share"] > now["share"]).sum()
        said = side_by_side.similar_sentence(now)
        assert f", {words[higher]} a higher share" in said
        # Of another group, fewer of them may have a share.
        (number,) = [each for each in shown(said) if each["data-id"].startswith("similar.")]
        assert GROUP in number["data-id"]


class TestWithoutOneForce:
    """As of a year for which Greater Manchester made no return."""

    @pytest.fixture(autouse=True)
    def _inside(self, built_incomplete: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(built_incomplete)

    def test_the_force_is_not_placed(self) -> None:
        now = year_of(GROUP, GREATER_MANCHESTER)
        assert "is not placed among the forces" in standing.sentences(now, standing.limits_of(now))
        assert "figures are missing" in side_by_side.similar_sentence(now)
        assert "made no complete return" in factsheet.opening(now)

    def test_a_region_says_what_it_excludes_wherever_it_is_shown(self) -> None:
        regions = of_areas(GROUP, REGIONS)
        table = side_by_side.areas_table(regions, "Regions", "Region")._repr_html_()
        assert "North West</a> (excluding Greater Manchester)" in table
        chart = side_by_side.shares_of(regions, NATION)
        assert chart
        assert "North West (excluding Greater Manchester):" in chart.alt
        over_time = factsheet.share_by_year(
            read("series", offence_id=GROUP, area_code=[NORTH_WEST, NATION]), NORTH_WEST
        )
        assert over_time
        assert any("the North West excludes Greater Manchester" in n for n in over_time.notes)
        for code in (NORTH_WEST, NATION):
            now = year_of(GROUP, code)
            moved = offence_mix.moved_most(offence_mix.groups(now))
            for said in (
                factsheet.opening(now),
                factsheet.change_sentence(now),
                offence_mix.change_of_total(moved, now),
            ):
                assert "(excluding Greater Manchester)" in said

    def test_a_rate_stands_alone_where_england_and_wales_has_none(self) -> None:
        assert year_of(GROUP, NATION)["rate_per_1000"] is None
        now = year_of(GROUP, GWENT)
        years = read("series", offence_id=GROUP, area_code=[GWENT, NATION])
        chart = factsheet.rate_by_year(years, GWENT)
        assert chart
        assert plain(chart.title) == (
            f"Police in Gwent recorded {now.rate_per_1000.text} stalking and harassment offences "
            "per 1,000 residents"
        )
        latest = now["period_end"].isoformat()
        assert {row["series"] for row in chart.data if row["year_ending"] == latest} == {"Gwent"}


@pytest.mark.slow
@pytest.mark.parametrize("at_hand", ["built_incomplete", "built_alone"])
def test_a_force_without_figures_still_has_its_page(
    at_hand: str, root: Path, request: pytest.FixtureRequest
) -> None:
    shell = Shell(request.getfixturevalue(at_hand))
    notebook = shell.execute(root / "notebooks" / "force.ipynb", {"area": "greater-manchester"})
    body = render_body(notebook)
    assert "made no complete return" in body
    assert "No change is given for the latest year" in body
    assert "is not placed among the forces" in body
    assert stray_numbers(body) == []
