"""The tile map: every force once, none on another, neighbours near each other."""

from html import escape
from pathlib import Path

import pandas as pd

from crimeshare.publish.elements.figures import Figure, shown
from crimeshare.publish.elements.rows import rows
from crimeshare.publish.subjects.estimates import address, of_areas, year_of
from crimeshare.publish.subjects.finder import TILES, Finder, Layer, layers, ranking
from crimeshare.publish.subjects.firmness import range_of
from crimeshare.publish.subjects.side_by_side import neighbours
from crimeshare.reference import GROUP, areas, read_rows
from tests.tables import SERIES

FORCES = {a.area_code: a for a in areas().values() if a.area_type == "force"}


def touch(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(abs(int(one[axis]) - int(other[axis])) <= 1 for axis in ("column", "row"))


def test_every_force_has_one_tile_of_its_own() -> None:
    assert sorted(tile["area_code"] for tile in read_rows(TILES)) == sorted(FORCES)
    assert len({(tile["column"], tile["row"]) for tile in read_rows(TILES)}) == len(FORCES)
    assert len({tile["short_label"] for tile in read_rows(TILES)}) == len(FORCES)
    assert all(
        tile["area_name"] == FORCES[tile["area_code"]].area_name for tile in read_rows(TILES)
    )
    assert all(len(tile["short_label"]) <= 8 for tile in read_rows(TILES))


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
    by_code = {tile["area_code"]: tile for tile in read_rows(TILES)}
    pairs = [(a, b) for a in FORCES for b in neighbours(a) if a < b]
    touching = [touch(by_code[a], by_code[b]) for a, b in pairs]
    assert sum(touching) / len(touching) > 0.85


def test_the_tiles_of_a_region_hold_together() -> None:
    for region in {force.parent_code for force in FORCES.values()}:
        members = [
            tile for tile in read_rows(TILES) if FORCES[tile["area_code"]].parent_code == region
        ]
        reached, edge = [], members[:1]
        while edge:
            reached += edge
            edge = [t for t in members if t not in reached and any(touch(t, e) for e in edge)]
        assert len(reached) == len(members), areas()[region].area_name


def forces() -> pd.DataFrame:
    return of_areas(GROUP, list(FORCES))


def test_the_finder_links_every_force_with_its_number(
    built: Path,
) -> None:
    grid, by_share, *_ = Finder(forces())._repr_html_().split('<figure class="chart')
    for row in rows(forces()):
        assert grid.count(f'href="{address(row["area_code"])}"') == 1
        assert f"{escape(row['area_name'])}: {row.share.text}" in by_share
    series = pd.read_parquet(built / SERIES)
    newest = series[
        (series["period_end"] == series["period_end"].max())
        & (series["offence_id"] == "stalking_harassment")
    ].set_index("area_name")
    gwent = newest.loc["Gwent"]
    name = f"share.gwent.stalking_harassment.{gwent['period_end']:%Y-%m}"
    on_tiles = {figure["data-id"]: figure["text"] for figure in shown(grid)}
    assert on_tiles[name] == f"{100 * gwent['share']:.1f}%"


def test_forces_are_ranked_from_the_top_with_the_city_last_and_the_own_marked(
    built: Path,
) -> None:
    gwent = year_of(GROUP, "W15000002")
    for layer in layers(forces())[:2]:
        chart = ranking(forces(), layer, gwent)
        drawn = [(row["label"], row["value"]) for row in chart.data]
        assert drawn[-1][0] == "City of London"
        numbers = [float(str(value)) for _, value in drawn[:-1]]
        assert numbers == sorted(numbers, reverse=True)
        marked = [row["label"] for row in chart.spec["data"]["values"] if row["style"] == "bar"]
        assert marked == ["Gwent"]
        ranges = [str(row["remark"]) for row in chart.data if row["label"] == "Gwent"]
        held = range_of(gwent)
        assert held
        ends = (held.lower.text, held.upper.text)
        assert all((end in ranges[0]) == (layer.layer_id == "share") for end in ends)


def test_a_force_without_a_figure_has_no_colour(built: Path) -> None:
    rate = layers(forces())[1]
    assert rate.colour("E23000034") == ""
    colours = [rate.colour(code) for code in FORCES if code != "E23000034"]
    assert set(colours) == set(rate.colours)
    lowest = min(rate.figures, key=lambda code: rate.figures[code].value or 1e9)
    assert rate.colour(lowest) == rate.colours[0]


def change(percent: float | None) -> Figure:
    return Figure("change", percent, "change", marker=None if percent is not None else "small_base")


def test_a_fall_and_a_rise_of_one_size_have_colours_that_face_each_other() -> None:
    values = [-0.5, -0.041, -0.01, 0.01, 0.041, 0.618, None]
    figures = {str(place): change(value) for place, value in enumerate(values)}
    layer = Layer("change", "Change", figures, signed=True)
    colours = [layer.colour(code) for code in figures]
    assert colours == ["down2", "down1", "down0", "up0", "up1", "up2", ""]
    assert layer.colours == ["down2", "down1", "down0", "up0", "up1", "up2"]


def test_changes_are_like_for_like_and_else_hatched(
    built: Path,
) -> None:
    finder = Finder(forces())
    changes = finder.layers[2]
    moved = {row["area_code"]: row for row in rows(forces())}
    alike = {code for code, row in moved.items() if row["like_for_like_pct"] is not None}
    assert changes.not_comparable == {
        code for code, row in moved.items() if not row["comparable"] and code not in alike
    }
    for code, row in moved.items():
        assert changes.figures[code] == (row.like_for_like_pct if code in alike else row.change_pct)
    html = finder._repr_html_()
    assert html.count('class="change hatched"') == len(changes.not_comparable)
