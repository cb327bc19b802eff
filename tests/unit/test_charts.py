"""Charts: a text alternative and a CSV made from the data, honest gaps, the same bytes."""

import csv
import io
import json
import re
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import altair
import jsonschema
import pandas as pd
import pytest

from crimeshare.cells import Cell
from crimeshare.digits import ordinal
from crimeshare.parquet import read_table
from crimeshare.publish.elements import charts, lines, prose
from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.lines import segments
from crimeshare.publish.subjects import factsheet, offence_mix, side_by_side, standing
from crimeshare.publish.subjects.estimates import FORCES, editions, of_areas, year_of
from crimeshare.reference import GROUP, NATION
from tests import frames
from tests.frames import Report
from tests.tables import SERIES

CELL = Cell("pfa-2024-12", "ab" * 32, "Table P1", "I60")
TITLED = Chart("a-chart", "It <b>rose</b>", "Share, Gwent, year ending December 2024")
# A figure has the hashes of workbooks, and its decimals, from the tables that are built.
pytestmark = pytest.mark.usefixtures("built")

JUMP = [date(2018, 3, 31), date(2018, 12, 31), date(2019, 12, 31), date(2023, 6, 30)]


GWENT, BOTH = "W15000002", "K04000001"


def years(values: dict[date, float], area_code: str = GWENT) -> pd.DataFrame:
    """Rows of a table whose column ``distance`` is a proportion as it stands in a cell."""
    days = pd.DataFrame({"period_end": pd.to_datetime(list(values)), "distance": values.values()})
    where = {"formula": CELL.name, "cells": CELL.name, "area_code": area_code}
    return days.assign(table="similar_forces", **where)


def line(frame: pd.DataFrame, **given: Any) -> Chart:
    words = [TITLED.title, TITLED.subtitle]
    return lines.line("c", frame, y="distance", by="area_code", own=GWENT, words=words, **given)


def marks(svg: str) -> list[str]:
    return re.findall(r'data-tip="([^"]*)"', svg)


def drawn(
    values: dict[str, float | None],
    unit: str = "proportion",
    styles: list[str] | None = None,
    said: list[str] | None = None,
) -> Chart:
    """Bars of some values."""
    none = [""] * len(values)
    frame = pd.DataFrame(
        {
            "label": list(values),
            "value": pd.Series([Figure(n, v, unit) for n, v in values.items()], dtype=object),
            "style": styles or ["pale"] * len(values),
            "said": said or none,
        }
    )
    words = [TITLED.title, TITLED.subtitle]
    return bars("c", frame, y="value", label="label", words=words, style="style", remark="said")


def all_charts(estimates: Report) -> list[Chart]:
    place = frames.place(estimates, "gwent")
    now = frames.now(place)
    made = [
        factsheet.share_by_year(frames.years(place), place.area.area_code),
        factsheet.rate_by_year(frames.years(place), place.area.area_code),
        standing.funnel_plot(now, standing.limits_of(now)),
        offence_mix.contributions(offence_mix.moved_most(offence_mix.groups(now)), now),
        side_by_side.shares_of(of_areas(GROUP, FORCES), NATION),
    ]
    return [chart for chart in made if chart]


def test_years_apart_are_never_joined() -> None:
    assert segments(JUMP) == [0, 0, 0, 1]
    assert segments([date(2023, 12, 31), date(2024, 12, 31)]) == [0, 0]
    assert segments([date(2023, 9, 30), date(2024, 12, 31)]) == [0, 1]
    assert segments([]) == []


def test_the_gap_is_drawn_and_told() -> None:
    chart = line(years(dict.fromkeys(JUMP, 0.1)))
    assert "interrupted between December 2019 and June 2023" in chart.alt
    lines = [layer for layer in chart.spec["layer"] if layer["mark"]["type"] == "line"]
    assert [row["stretch"] for row in lines[0]["data"]["values"]] == ["0.0", "0.0", "0.0", "1.0"]
    assert lines[0]["encoding"]["detail"] == {"field": "stretch"}


def test_rules_that_stand_close_share_a_label() -> None:
    x = {"field": "x", "scale": {"domain": [2013, 2026]}}
    days = [(2013, 4), (2013, 4), (2015, 4), (2015, 6), (2015, 8), (2017, 4)]
    breaks = [
        Break(date(*day, 1), f"rule {name}") for day, name in zip(days, "abcdef", strict=True)
    ]
    at = partial(charts.named_rules, position=lambda day: day.year + day.month / 12, x=x)
    rule, _, labels = at(breaks, height=184, drawn=[])
    assert [value["x"] for value in rule["data"]["values"]] == [
        year + month / 12 for year, month in days
    ]
    values = labels["data"]["values"]
    told = [" ".join(value["label"]) for value in values]
    assert told == ["rule a and 1 more", "rule c and 2 more", "rule f"]
    assert [value["tip"] for value in values] == [
        "April 2013: rule a; April 2013: rule b",
        "April 2015: rule c; June 2015: rule d; August 2015: rule e",
        "April 2017: rule f",
    ]
    assert at([], height=184, drawn=[]) == []


def test_a_label_longer_than_its_rule_is_wrapped() -> None:
    x = {"field": "x", "scale": {"domain": [2013, 2026]}}
    breaks = [Break(date(2020, 1, 1), "former partners counted as stalking")]
    *_, labels = charts.named_rules(breaks, lambda day: day.year, x, 120, [])
    (value,) = labels["data"]["values"]
    assert len(value["label"]) == 2
    assert max(map(len, value["label"])) * charts.CHARACTER <= 120


def test_recording_changes_inside_the_years_are_named_where_they_happen() -> None:
    breaks = [
        Break(date(2014, 4, 1), "long before"),
        Break(date(2018, 4, 1), "counted beside a more serious crime", "counted beside"),
        Break(date(2024, 1, 31), "after the last year"),
    ]
    chart = line(years(dict.fromkeys(JUMP, 0.1)), breaks=breaks)
    told = "April 2018: counted beside a more serious crime"
    assert told in chart.alt
    assert told in marks(chart.svg())
    (label,) = (
        each["label"]
        for layer in chart.spec["layer"]
        for each in layer["data"]["values"]
        if "label" in each and "description" in layer["encoding"]
    )
    assert " ".join(label) == "counted beside"


@pytest.mark.parametrize(
    ("near", "stands"),
    [([0.2, 0.3], (0, "right")), ([0.7], (100, "left")), ([0.1, 0.9], (50, "center"))],
)
def test_a_label_along_a_rule_stands_where_nothing_is_drawn(
    near: list[float], stands: tuple[float, str]
) -> None:
    x = {"field": "x", "scale": {"domain": [2013, 2026]}}
    changed = [Break(date(2020, 1, 1), "one rule instead of two", "one instead of two")]
    drawn = [(2019.9, part) for part in near] + [(2016, 0.5)]
    _, _, label = charts.named_rules(changed, lambda day: day.year, x, 100, drawn)
    (mark,) = label["data"]["values"]
    assert (mark["y"], mark["align"]) == stands


def test_a_line_is_solid_nowhere_across_a_change_of_rules() -> None:
    ends = [date(2017, 3, 31), date(2018, 3, 31), date(2018, 9, 30), date(2019, 3, 31)]
    changed = Break(date(2018, 4, 1), "one rule", "one rule")
    chart = line(years(dict.fromkeys(ends, 0.1)), breaks=[changed])
    dotted, solid = (layer for layer in chart.spec["layer"] if layer["mark"].get("type") == "line")
    assert dotted["mark"]["strokeDash"]
    assert len(dotted["data"]["values"]) == len(ends)
    # The year to September 2018 lies under both rules; the one that ends with the change does not.
    stretches = [row["stretch"] for row in solid["data"]["values"]]
    assert len(stretches) == 3
    assert len(set(stretches)) == 2


def test_what_was_first_published_is_drawn_beside_the_line() -> None:
    chart = line(years(dict.fromkeys(JUMP, 0.1)), first=years({JUMP[1]: 0.2}))
    assert ("published", "As first published") in chart.key
    tip = "Gwent, as first published, year ending December 2018: 20.0%"
    assert tip in marks(chart.svg())
    states = [row["state"] for row in csv_rows(chart)]
    assert states == [*["newest release"] * len(JUMP), "first published"]


def test_a_long_line_is_told_by_its_ends_and_extremes() -> None:
    values = [0.1, 0.3, 0.05, 0.2, 0.15]
    days = [date(2020 + year, 12, 31) for year in range(len(values))]
    chart = line(years(dict(zip(days, values, strict=True))))
    told = [f"{100 * value:.1f}%" in chart.alt for value in values]
    assert told == [True, True, True, False, True]


def test_series_differ_by_more_than_colour() -> None:
    both = pd.concat([years({JUMP[0]: 0.1}), years({JUMP[0]: 0.2}, BOTH)])
    chart = line(both)
    assert [meaning for _, meaning in chart.key] == ["Gwent", "England and Wales"]
    layers = [layer["mark"] for layer in chart.spec["layer"]]
    assert ["strokeDash" in m for m in layers if m["type"] == "line"] == [True, False]


def test_a_bar_without_a_figure_is_marked_and_not_zero() -> None:
    chart = drawn({"Here": 0.1, "There": None})
    assert "There: [x]" in chart.alt
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg())
    assert "[x]" in texts
    assert "0.0%" not in texts


@pytest.mark.parametrize("values", [[], [None], [0.0], [0.1], [-0.1]])
def test_bars_of_nothing_or_one_value_are_drawn(values: list[float | None]) -> None:
    chart = drawn({f"Here {place}": value for place, value in enumerate(values)})
    assert chart.svg().startswith("<svg")


def test_bars_that_are_not_comparable_say_so_without_colour() -> None:
    chart = drawn(
        {"June": 0.1, "July": -0.2},
        "change",
        styles=["pale", "hollow"],
        said=["", "not comparable"],
    )
    assert "July: \N{MINUS SIGN}20.0%, not comparable" in chart.alt
    assert chart.data[1]["remark"] == "not comparable"


def test_a_force_without_a_figure_is_named_under_the_funnel(incomplete: Report) -> None:
    now = year_of(GROUP, GWENT)
    chart = standing.funnel_plot(now, standing.limits_of(now))
    assert chart
    assert chart.notes[1:] == ["Not drawn, as there is no figure: Greater Manchester."]
    assert "of 42 forces by share" in prose.plain(chart.title)
    assert "Greater Manchester" not in chart.alt
    absent = frames.now(frames.place(incomplete, "greater-manchester"))
    assert standing.funnel_plot(absent, standing.limits_of(now)) is None


def test_a_funnel_says_which_forces_lie_outside_its_control_limits(estimates: Report) -> None:
    now = year_of(GROUP, GWENT)
    limits = standing.limits_of(now)
    chart = standing.funnel_plot(now, limits)
    assert chart
    for row in limits.itertuples():
        told = f"{row.area_name} {row.shown.text}"
        side, _, which = row.position.partition(" ")
        beside = f", {side} the {which} band" if which else ""
        assert f"{told}{beside}" in chart.alt
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg())
    # The page's own is named in the key alone, as its name would cover the dots of others.
    assert "City of London" in texts
    assert "Gwent" not in texts
    assert "Gwent" in [meaning for _, meaning in chart.key]
    assert "North Wales" not in texts


def test_the_data_of_a_funnel_hold_the_limits_and_call_them_so(estimates: Report) -> None:
    now = year_of(GROUP, GWENT)
    chart = standing.funnel_plot(now, standing.limits_of(now))
    assert chart
    rows = csv_rows(chart)
    assert len(rows) == 43
    assert not {"lower", "upper"} & rows[0].keys()
    for row in rows:
        limits = [
            float(row[f"{limit}_control_limit_{end}"])
            for limit, end in (
                ("outer", "lower"),
                ("inner", "lower"),
                ("inner", "upper"),
                ("outer", "upper"),
            )
        ]
        assert limits == sorted(limits)


def test_every_chart_is_valid_vega_lite(estimates: Report) -> None:
    folder = Path(altair.__file__).parent / "vegalite"
    (schema,) = folder.glob("v6/schema/vega-lite-schema.json")
    validator = jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
    for chart in all_charts(estimates):
        document = json.loads(json.dumps({"config": charts.CONFIG, **chart.spec}))
        assert [error.message for error in validator.iter_errors(document)] == [], chart.chart_id


def test_every_chart_has_one_label_and_ids_of_its_own(estimates: Report) -> None:
    for chart in all_charts(estimates):
        root = ElementTree.fromstring(chart.svg().replace("xlink:", ""))
        assert root.get("role") == "img"
        assert root.get("aria-label") == chart.alt
        inner = [element for element in root.iter() if element is not root]
        assert not [e for e in inner if e.get("role") or e.get("aria-label")]
        ids = [element.get("id") for element in inner if element.get("id")]
        assert all(str(name).startswith(chart.chart_id) for name in ids)
        drawn = [row for row in chart.data if row.get("series") in (None, "Gwent")]
        assert len(marks(chart.svg())) >= len(drawn) - 1


def csv_rows(chart: Chart) -> list[dict[str, str]]:
    (href,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', chart._repr_html_())
    return list(csv.DictReader(io.StringIO(unquote(href))))


def test_the_data_behind_a_chart_are_in_its_link_with_their_cells(
    estimates: Report, series: pd.DataFrame
) -> None:
    gwent = frames.place(estimates, "gwent")
    rows = csv_rows(factsheet.share_by_year(frames.years(gwent), gwent.area.area_code))
    line = [row for row in rows if row["state"] == "newest release"]
    newest = series.iloc[-1]
    last = [row for row in line if row["series"] == "Gwent"][-1]
    assert last["year_ending"] == f"{newest['period_end']:%Y-%m-%d}"
    assert float(last["value"]) == newest["share"]
    assert last["release_id"] == newest["release_id"]
    first = [row for row in rows if row["state"] == "first published"]
    assert {row["release_id"] for row in first} == {*list(editions())[1:]}
    for row in first:
        assert re.fullmatch(r"[A-Z]+\d+ / [A-Z]+\d+", row["cell"])
        assert re.fullmatch(r"[0-9a-f]{64}", row["workbook_sha256"])


@pytest.fixture(scope="module")
def series(built: Path) -> pd.DataFrame:
    """The line of stalking and harassment in Gwent, as the table has it."""
    table = read_table(built / SERIES)
    own = (table["area_name"] == "Gwent") & (table["offence_id"] == "stalking_harassment")
    return table[own]


def test_the_text_alternative_tells_the_numbers_drawn(
    estimates: Report, series: pd.DataFrame
) -> None:
    gwent = frames.place(estimates, "gwent")
    chart = factsheet.share_by_year(frames.years(gwent), gwent.area.area_code)
    for position in (0, -1, series["share"].argmax()):
        row = series.iloc[position]
        assert f"{100 * row['share']:.1f}% in the year ending" in chart.alt
        assert f"year ending {row['period_end']:%B %Y}" in chart.alt
    assert "England and Wales: " in chart.alt


def test_titles_state_what_the_numbers_say(estimates: Report, series: pd.DataFrame) -> None:
    gwent = frames.place(estimates, "gwent")
    # The year before, and no year that shares a quarter with the newest.
    last = series.iloc[-1]
    first = series[series["period_end"] <= last["period_end"] - pd.DateOffset(years=1)].iloc[-1]
    title = prose.plain(factsheet.share_by_year(frames.years(gwent), gwent.area.area_code).title)
    assert f"{100 * last['share']:.1f}% of recorded crime in Gwent" in title
    way = "after"
    if last["comparable"]:
        way = "up from" if last["share"] > first["share"] else "down from"
    since = f"year ending {first['period_end']:%B %Y}"
    assert f"{way} {100 * first['share']:.1f}% in the {since}" in title
    now = frames.now(gwent)
    funnel = standing.funnel_plot(now, standing.limits_of(now))
    assert funnel
    rank = ordinal(int(last["rank_forces"]))
    ranked = f"ranks {rank} of {len(estimates.forces)} forces by share"
    assert ranked in prose.plain(funnel.title)


def test_an_area_without_a_rate_has_no_chart_of_it(estimates: Report) -> None:
    city = frames.place(estimates, "city-of-london")
    assert factsheet.rate_by_year(frames.years(city), city.area.area_code) is None


def test_drawings_ask_no_host_and_hold_no_long_numbers(estimates: Report) -> None:
    for chart in all_charts(estimates):
        svg = re.sub(r'xmlns(:\w+)?="[^"]*"', "", chart.svg())
        assert "http" not in svg
        # Places and sizes; what is written may be finer, as shares of homicide are.
        drawn = re.sub(r'(?:data-tip|aria-label)="[^"]*"|>[^<]*<', "", svg)
        assert not re.search(r"\d\.\d{3}", drawn)
