"""The tile map: every force once, none on another, neighbours near each other."""

from crimeshare.publish.elements.figures import shown
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.factsheet import neighbours
from crimeshare.publish.subjects.finder import Finder
from crimeshare.publish.subjects.tilemap import Tile, tiles
from crimeshare.reference import areas

FORCES = {a.area_code: a for a in areas().values() if a.area_type == "force"}


def touch(one: Tile, other: Tile) -> bool:
    return abs(one.column - other.column) <= 1 and abs(one.row - other.row) <= 1


def test_every_force_has_one_tile_of_its_own() -> None:
    assert sorted(tile.area_code for tile in tiles()) == sorted(FORCES)
    assert len({(tile.column, tile.row) for tile in tiles()}) == len(FORCES)
    assert len({tile.short_label for tile in tiles()}) == len(FORCES)
    assert all(tile.area_name == FORCES[tile.area_code].area_name for tile in tiles())
    assert all(len(tile.short_label) <= 8 for tile in tiles())


def test_neighbours_are_mutual_and_all_forces_are_joined() -> None:
    for code in FORCES:
        assert neighbours(code)
        assert all(code in neighbours(other) for other in neighbours(code))
    reached, edge = set(), {"W15000002"}
    while edge:
        reached |= edge
        edge = {n for code in edge for n in neighbours(code)} - reached
    assert reached == set(FORCES)


def test_most_neighbours_touch_on_the_map() -> None:
    by_code = {tile.area_code: tile for tile in tiles()}
    pairs = [(a, b) for a in FORCES for b in neighbours(a) if a < b]
    touching = [touch(by_code[a], by_code[b]) for a, b in pairs]
    assert sum(touching) / len(touching) > 0.85


def test_the_tiles_of_a_region_hold_together() -> None:
    for region in {force.parent_code for force in FORCES.values()}:
        members = [tile for tile in tiles() if FORCES[tile.area_code].parent_code == region]
        reached, edge = [], members[:1]
        while edge:
            reached += edge
            edge = [t for t in members if t not in reached and any(touch(t, e) for e in edge)]
        assert len(reached) == len(members), areas()[region].area_name


def test_the_finder_links_every_force_with_its_number(estimates: Estimates) -> None:
    html = Finder(estimates)._repr_html_()
    grid, table = html.split('<figure class="table')
    for force in estimates.forces:
        assert grid.count(f'href="{force.address}"') == 1
        assert table.count(f'href="{force.address}"') == 1
    on_tiles = {figure["data-id"]: figure["text"] for figure in shown(grid)}
    in_table = {figure["data-id"]: figure["text"] for figure in shown(table)}
    assert on_tiles == in_table
    assert on_tiles["share.gwent.stalking_harassment.pfa-2024-12"] == "14.8%"


def test_a_force_without_a_figure_has_no_class_of_colour(estimates: Estimates) -> None:
    rate = Finder(estimates).layers[1]
    assert rate.colour_class("E23000034") is None
    classes = [rate.colour_class(code) for code in FORCES if code != "E23000034"]
    assert set(classes) == {0, 1, 2, 3, 4}
    lowest = min(rate.figures, key=lambda code: rate.figures[code].value or 1e9)
    assert rate.colour_class(lowest) == 0
