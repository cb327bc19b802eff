"""Charts: a text alternative and a CSV made from the data, honest gaps, the same bytes."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import altair
import jsonschema
import pytest

from crimeshare.cells import Cell
from crimeshare.publish.elements import charts
from crimeshare.publish.elements.charts import Bar, Break, Chart, Point
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.subjects import factsheet, offence_mix, standing
from crimeshare.publish.subjects.estimates import Estimates

CELL = Cell("pfa-2024-12", "ab" * 32, "Table P1", "I60")
TITLED = Chart("a-chart", "It <b>rose</b>", "Share, Gwent, year ending December 2024")
JUMP = [date(2018, 3, 31), date(2018, 12, 31), date(2019, 12, 31), date(2023, 6, 30)]


def point(day: date, value: float, revised: bool = False) -> Point:
    return Point(day, Figure("x", value, "proportion", (CELL,)), revised)


def marks(svg: str) -> list[str]:
    return re.findall(r'data-tip="([^"]*)"', svg)


def all_charts(estimates: Estimates) -> list[Chart]:
    place = estimates.place("gwent")
    made = [
        factsheet.share_over_time(place),
        factsheet.rate_over_time(place),
        standing.funnel_plot(place),
        factsheet.change_by_year(place),
        offence_mix.contributions(place),
        offence_mix.subgroups(place),
        factsheet.shares_of(estimates.forces, "forces", "Forces"),
    ]
    return [chart for chart in made if chart]


def test_years_apart_are_never_joined() -> None:
    assert charts.segments(JUMP) == [0, 0, 0, 1]
    assert charts.segments([date(2023, 12, 31), date(2024, 12, 31)]) == [0, 0]
    assert charts.segments([date(2023, 9, 30), date(2024, 12, 31)]) == [0, 1]
    assert charts.segments([]) == []


def test_the_gap_is_drawn_and_told() -> None:
    chart = charts.over_time(TITLED, ("Gwent", [point(day, 0.1) for day in JUMP]))
    assert "interrupted between December 2019 and June 2023" in chart.alt
    lines = [layer for layer in chart.spec["layer"] if layer["mark"]["type"] == "line"]
    assert [row["stretch"] for row in lines[0]["data"]["values"]] == [0, 0, 0, 1]
    assert lines[0]["encoding"]["detail"] == {"field": "stretch"}


def test_recording_changes_inside_the_years_are_named() -> None:
    breaks = [
        Break(date(2014, 4, 1), "long before"),
        Break(date(2018, 4, 1), "counted beside"),
        Break(date(2024, 1, 31), "after the last year"),
    ]
    chart = charts.over_time(TITLED, ("Gwent", [point(day, 0.1) for day in JUMP]), breaks=breaks)
    assert [meaning for _, meaning in chart.key] == ["Gwent", "A, April 2018: counted beside"]
    assert "April 2018: counted beside" in chart.alt
    assert "April 2018: counted beside" in marks(chart.svg())


def test_a_revised_year_is_hollow_and_named_so() -> None:
    own = [point(JUMP[0], 0.1), point(JUMP[1], 0.2, revised=True)]
    chart = charts.over_time(TITLED, ("Gwent", own))
    assert ("revised", "Hollow: as revised a year later") in chart.key
    assert "20.0% in the year ending December 2018 as revised" in chart.alt
    assert [row["revised"] for row in csv_rows(chart)] == ["no", "yes"]


def test_series_differ_by_more_than_colour() -> None:
    chart = charts.over_time(
        TITLED, ("Gwent", [point(JUMP[0], 0.1)]), ("England and Wales", [point(JUMP[0], 0.2)])
    )
    layers = [layer["mark"] for layer in chart.spec["layer"]]
    assert {m["shape"] for m in layers if m["type"] == "point"} == {"circle", "diamond"}
    assert ["strokeDash" in m for m in layers if m["type"] == "line"] == [True, False]


def test_a_bar_without_a_figure_is_marked_and_not_zero() -> None:
    rows = [
        Bar("Here", Figure("a", 0.1, "proportion")),
        Bar("There", Figure("b", None, "proportion")),
    ]
    chart = charts.bars(TITLED, rows)
    assert "There: [x]" in chart.alt
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg())
    assert "[x]" in texts
    assert "0.0%" not in texts


def test_bars_that_are_not_comparable_say_so_without_colour() -> None:
    bars = [
        Bar("June", Figure("a", 0.1, "change")),
        Bar("July", Figure("b", -0.2, "change"), "hollow", "not comparable"),
    ]
    chart = charts.bars(TITLED, bars)
    assert "July: \N{MINUS SIGN}20.0%, not comparable" in chart.alt
    assert chart.data[1]["remark"] == "not comparable"


def test_a_force_without_a_figure_is_named_under_the_funnel(incomplete: Estimates) -> None:
    chart = standing.funnel_plot(incomplete.place("gwent"))
    assert chart
    assert chart.notes[1:] == ["Not drawn, as there is no figure: Greater Manchester."]
    assert "of 42 forces by share" in charts.plain(chart.title)
    assert "Greater Manchester" not in chart.alt
    assert standing.funnel_plot(incomplete.place("greater-manchester")) is None


def test_a_funnel_says_which_forces_lie_outside_its_control_limits(estimates: Estimates) -> None:
    chart = standing.funnel_plot(estimates.place("gwent"))
    assert chart
    assert "City of London 1.6%, below the outer control limits" in chart.alt
    assert "Gwent 14.8%;" in chart.alt
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg())
    assert {"Gwent", "City of London"} <= set(texts)
    assert "North Wales" not in texts


def test_the_data_of_a_funnel_hold_the_limits_and_call_them_so(estimates: Estimates) -> None:
    chart = standing.funnel_plot(estimates.place("gwent"))
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


def test_every_chart_is_valid_vega_lite(estimates: Estimates) -> None:
    folder = Path(altair.__file__).parent / "vegalite"
    (schema,) = folder.glob("v6/schema/vega-lite-schema.json")
    validator = jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
    for chart in all_charts(estimates):
        document = json.loads(json.dumps({"config": charts.CONFIG, **chart.spec}))
        assert [error.message for error in validator.iter_errors(document)] == [], chart.chart_id


def test_every_chart_has_one_label_and_ids_of_its_own(estimates: Estimates) -> None:
    for chart in all_charts(estimates):
        root = ElementTree.fromstring(chart.svg().replace("xlink:", ""))
        assert root.get("role") == "img"
        assert root.get("aria-label") == chart.alt
        inner = [element for element in root.iter() if element is not root]
        assert not [e for e in inner if e.get("role") or e.get("aria-label")]
        ids = [element.get("id") for element in inner if element.get("id")]
        assert all(str(name).startswith(chart.chart_id) for name in ids)
        assert len(marks(chart.svg())) >= len(chart.data) - 1


def csv_rows(chart: Chart) -> list[dict[str, str]]:
    (href,) = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', chart._repr_html_())
    return list(csv.DictReader(io.StringIO(unquote(href))))


def test_the_data_behind_a_chart_are_in_its_link_with_their_cells(estimates: Estimates) -> None:
    rows = csv_rows(factsheet.share_over_time(estimates.place("gwent")))
    last = [row for row in rows if row["series"] == "Gwent"][-1]
    assert last["year_ending"] == "2024-12-31"
    assert float(last["value"]) == pytest.approx(8642 / 58358)
    assert last["release_id"] == "pfa-2024-12"
    assert re.fullmatch(r"[A-Z]+\d+ / [A-Z]+\d+", last["cell"])
    assert re.fullmatch(r"[0-9a-f]{64}", last["workbook_sha256"])


def test_the_text_alternative_tells_the_numbers_drawn(estimates: Estimates) -> None:
    chart = factsheet.share_over_time(estimates.place("gwent"))
    assert "Gwent: 7.5% in the year ending March 2018;" in chart.alt
    assert "14.8% in the year ending December 2024" in chart.alt
    assert "England and Wales: 6.1%" in chart.alt


def test_titles_state_what_the_numbers_say(estimates: Estimates) -> None:
    gwent, city = estimates.place("gwent"), estimates.place("city-of-london")
    assert "14.8% of recorded crime in Gwent" in charts.plain(
        factsheet.share_over_time(gwent).title
    )
    assert "up from 7.5%" in charts.plain(factsheet.share_over_time(gwent).title)
    assert "down from" in charts.plain(factsheet.share_over_time(city).title)
    funnel = standing.funnel_plot(gwent)
    assert funnel
    assert charts.plain(funnel.title) == (
        "Gwent ranks 9th of 43 forces by share, within the control limits"
    )
    assert "ranks 1st of 19 sub-groups" in charts.plain(offence_mix.subgroups(gwent).title)
    assert "not comparable" in charts.plain(factsheet.change_by_year(gwent).title)


def test_an_area_without_a_rate_has_no_chart_of_it(estimates: Estimates) -> None:
    assert factsheet.rate_over_time(estimates.place("city-of-london")) is None


def test_drawings_ask_no_host_and_hold_no_long_numbers(estimates: Estimates) -> None:
    for chart in all_charts(estimates):
        svg = re.sub(r'xmlns(:\w+)?="[^"]*"', "", chart.svg())
        assert "http" not in svg
        assert not re.search(r"\d\.\d{3}", re.sub(r'data-tip="[^"]*"', "", svg))
