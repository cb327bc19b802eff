"""What a page about one area says: sentences that follow from the figures, and hold their cells."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import pytest

from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.site.notebooks import Shell
from crimeshare.publish.site.rendering import render_body
from crimeshare.publish.subjects import factsheet, offence_mix, standing
from crimeshare.publish.subjects.estimates import TOTAL, Estimates
from tests import frames


@pytest.mark.parametrize("slug", ["gwent", "dyfed-powys", "metropolitan-police", "city-of-london"])
def test_a_force_is_said_to_differ_only_outside_the_outer_limits(
    estimates: Estimates, slug: str
) -> None:
    place = estimates.place(slug)
    limits = place.control_limits()
    assert limits
    text = standing.sentences(place)
    outside = not limits.outer[0] <= place.share().number <= limits.outer[1]
    assert ("well outside the usual range" in text) == outside
    assert ("is within the usual range" in text) == (limits.position == "within")
    assert stray_numbers(text) == []


def test_beside_the_funnel_stands_how_many_forces_chance_puts_outside(
    estimates: Estimates,
) -> None:
    chart = standing.funnel_plot(estimates.place("gwent"), frames.limits(estimates))
    assert chart
    limits = [estimates.place(force.slug).control_limits() for force in estimates.forces]
    outside = sum(
        limit.position != "within"
        for force, limit in zip(estimates.forces, limits, strict=True)
        if limit and force.slug != "city-of-london"
    )
    text = plain(chart.notes[0])
    assert "about 2 of 42 would be outside it" in text
    assert f"; {outside} " in text


def test_the_distance_from_the_middle_is_in_standard_deviations(estimates: Estimates) -> None:
    for force in estimates.forces:
        limits = force.control_limits()
        assert limits
        (printed,) = [
            figure
            for figure in shown(standing.sentences(force))
            if figure["data-unit"] == "standard_deviations"
        ]
        assert float(printed["value"]) == limits.distance
        inside = abs(limits.distance) <= NormalDist().inv_cdf(0.975)
        assert inside == (limits.position == "within")


def test_the_spread_of_forces_leaves_the_city_of_london_apart(estimates: Estimates) -> None:
    shares = {force.slug: force.share().value for force in estimates.forces}
    apart = shares.pop("city-of-london")
    low, high, city = (float(figure["value"]) for figure in shown(factsheet.spread(estimates)))
    assert (low, high) == (min(shares.values()), max(shares.values()))
    assert city == apart


def test_a_force_without_a_share_is_not_placed(incomplete: Estimates) -> None:
    place = incomplete.place("greater-manchester")
    assert "is not placed among the forces" in standing.sentences(place)
    assert "figures are missing" in factsheet.similar_sentence(place)


def test_contributions_add_up_to_the_change_of_the_total(estimates: Estimates) -> None:
    for place in (estimates.place("gwent"), estimates.nation):
        total = place.change(offence_id=TOTAL)
        groups = estimates.classified("subgroups")
        parts = [offence_mix.contribution(place, group.offence_id) for group in groups]
        assert total
        assert sum(part.number for part in parts if part) == pytest.approx(total.percent.number)


def test_a_contribution_names_the_cells_it_is_made_of(estimates: Estimates) -> None:
    figure = offence_mix.contribution(estimates.place("gwent"), "shoplifting")
    assert figure
    place, latest = estimates.place("gwent"), estimates.latest
    change = place.change(latest, "shoplifting")
    total = place.change(latest, "total")
    assert change
    assert total
    assert figure.number == pytest.approx(change.difference.number / total.previous.number)
    assert figure.formula == f"{change.difference.named} / {total.previous.named}"
    assert set(figure.cells) == {*change.difference.cells, *total.previous.cells}


def test_what_changed_most_comes_first(estimates: Estimates) -> None:
    place = estimates.place("gwent")
    chart = offence_mix.contributions(place, frames.moved(place).head(8))
    assert chart
    sizes = [abs(figure.number) for figure in chart.figures]
    assert len(sizes) == 8
    assert sizes == sorted(sizes, reverse=True)
    text = offence_mix.change_of_total(place, frames.moved(place))
    rising = [figure for figure in chart.figures if figure.number > 0]
    assert f'<data value="{rising[0].number}"' in text
    assert stray_numbers(text) == []


def test_similar_forces_are_nearest_first_and_never_the_force_itself(estimates: Estimates) -> None:
    place = estimates.place("gwent")
    distances = [distance.number for _, distance in place.similar()]
    assert len(distances) == 5
    assert distances == sorted(distances)
    assert place not in [other for other, _ in place.similar()]
    html = factsheet.similar_table(place, frames.similar(place))._repr_html_()
    assert html.index("<b>Gwent</b>") < html.index(place.similar()[0][0].address)


def test_similar_forces_are_counted_in_words(estimates: Estimates) -> None:
    for force in estimates.forces:
        share = force.share().number
        higher = sum(other.share().number > share for other, _ in force.similar())
        words = ["none have", "one has", "two have", "three have", "four have", "all have"]
        assert f", {words[higher]} a higher share" in factsheet.similar_sentence(force)


def test_a_region_says_what_it_excludes_wherever_it_is_shown(incomplete: Estimates) -> None:
    north_west = next(place for place in incomplete.regions if place.name == "North West")
    nation = incomplete.nation
    regions = frames.areas(incomplete.regions)
    table = factsheet.areas_table(incomplete, regions, "Regions", "Region")._repr_html_()
    assert "North West</a> (excluding Greater Manchester)" in table
    chart = factsheet.shares_of(incomplete.nation, regions)
    assert "North West (excluding Greater Manchester):" in chart.alt
    over_time = factsheet.share_by_year(frames.years(north_west), north_west.area.area_code)
    assert any("the North West excludes Greater Manchester" in note for note in over_time.notes)
    for place in (north_west, nation):
        assert "(excluding Greater Manchester)" in factsheet.opening(place)
        assert "(excluding Greater Manchester)" in offence_mix.change_of_total(
            place, frames.moved(place)
        )
        change = place.change()
        assert change
        assert "(excluding Greater Manchester)" in factsheet.change_sentence(place, change)


def test_a_rate_stands_alone_where_england_and_wales_has_none(incomplete: Estimates) -> None:
    place, nation = incomplete.place("gwent"), incomplete.nation
    assert nation.rate().value is None
    chart = factsheet.rate_by_year(frames.years(place), place.area.area_code)
    assert chart
    assert plain(chart.title) == (
        f"Police in Gwent recorded {place.rate().text} stalking and harassment offences per 1,000 "
        "residents"
    )
    latest = place.estimates.latest.period_end.isoformat()
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
