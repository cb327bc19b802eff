"""What leaves a page: charts to embed, pictures for previews, the feed, files for programs."""

from __future__ import annotations

import io
import json
import re
import struct
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from crimeshare.publish.pack.open_data import (
    area_documents,
    database,
    edition,
    latest,
    series,
    wide,
)
from crimeshare.publish.site import takeaways
from crimeshare.publish.site.exploring import series_scripts
from crimeshare.publish.site.feed import feed
from crimeshare.publish.site.pages import page, report_pages
from crimeshare.publish.site.rendering import page_card, render_embed
from crimeshare.sources.registry import Release

ATOM = "http://www.w3.org/2005/Atom"

CHART = (
    '<figure class="chart" id="share-by-year"><figcaption><p class="title">The share rose</p>'
    '<p class="subtitle">Gwent</p></figcaption><svg role="img" aria-label="Line"'
    ' viewBox="0 0 10 10" style="max-width:9px" xmlns="http://www.w3.org/2000/svg">'
    '<path d="M0 0H9" '
    'stroke="var(--ink, #222222)"/></svg><div class="data"><a download="share-by-year.csv" '
    'href="data:text/csv;charset=utf-8,a,b%0A1,2 %25%0A">'
    "Data of this chart (CSV)</a></div></figure>"
)
BODY = f"<h1>Gwent</h1><p>An answer &amp; more.</p>{CHART}"


def test_an_embedded_chart_only_tells_its_height_and_leads_to_its_page() -> None:
    found = render_embed(page("forces/gwent"), BODY)
    assert found is not None
    name, html = found
    assert name == "gwent-share-by-year"
    assert 'href="../forces/gwent.html#share-by-year"' in html
    assert re.findall(r"<script.*?>", html) == ["<script>"]
    assert "'sha256-" in unescape(html)
    # It asks for no other file.
    assert "<style" in html
    assert "text/csv" not in html
    assert "default-src 'none'" in unescape(html)
    assert "The share rose" in html
    assert render_embed(page("forces/gwent"), "<h1>No chart</h1>") is None


def test_files_of_charts_say_what_and_where_and_never_share_a_name() -> None:
    gwent = page("forces/gwent")
    assert takeaways.chart_files(gwent, BODY) == {"gwent-share-by-year.csv": "a,b\n1,2 %\n"}
    link = 'href="../charts/forces/gwent/gwent-share-by-year.csv"'
    assert f'download="gwent-share-by-year.csv" {link}' in takeaways.with_files(gwent, BODY)
    slugs = [each.slug for each in report_pages()]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("body", [BODY, "<h1>A page without any chart</h1><p>Words.</p>"])
def test_the_picture_of_a_preview_has_the_size_that_previews_take(body: str) -> None:
    picture = page_card(body)
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert picture == page_card(body)


def release(name: str, published: date | None) -> Release:
    return Release(
        name,
        "pfa",
        date(2024, 12, 31),
        "Year ending <December> 2024",
        published,
        "/a/b.xlsx",
        "",
        None,
        "unpinned",
        "shipped",
        "",
    )


SERIES = pd.DataFrame(
    {
        "release_id": ["new"],
        "area_code": ["K04000001"],
        "offence_id": ["stalking_harassment"],
        "period_end": [date(2024, 12, 31)],
        "count": [606251.0],
        "share": [0.1133],
    }
)
REVISIONS = pd.DataFrame({"release_id": ["new"] * 3, "change": [0.0, 2.0, -1.0]})


def test_the_feed_tells_what_each_release_said_and_changed() -> None:
    releases = {r.release_id: r for r in (release("old", None), release("new", date(2025, 4, 24)))}
    text = feed(releases, SERIES, REVISIONS, "stalking_harassment", "https://example.org/c")
    root = ElementTree.fromstring(text)
    entries = root.findall(f"{{{ATOM}}}entry")
    assert [entry.findtext(f"{{{ATOM}}}updated") for entry in entries] == [
        "2025-04-24T00:00:00Z",
        "2024-12-31T00:00:00Z",
    ]
    told = entries[0].findtext(f"{{{ATOM}}}content") or ""
    assert "606,251" in told
    assert "11.3%" in told
    assert "2 of them changed" in told
    assert "not recorded" in (entries[1].findtext(f"{{{ATOM}}}content") or "")
    assert entries[0].findtext(f"{{{ATOM}}}title") == (
        "Police force area tables: year ending <December> 2024"
    )
    ids = [element.text for element in root.iter(f"{{{ATOM}}}id")]
    assert len(set(ids)) == len(ids)
    assert text == feed(releases, SERIES, REVISIONS, "stalking_harassment", "https://example.org/c")


def a_series() -> pd.DataFrame:
    rows = []
    for code, name in (("W15000002", "Gwent"), ("E12000005", "West Midlands")):
        for year, count in ((2024, 90.0), (2025, 100.0)):
            rows.append(
                {
                    "area_code": code,
                    "area_name": name,
                    "area_type": "force" if code.startswith("W") else "region",
                    "offence_id": "stalking_harassment",
                    "period_end": date(year, 12, 31),
                    "count": count,
                    "total": 1000.0,
                    "share": count / 1000,
                    "rank_forces": 9.0 if code.startswith("W") else None,
                    "rate_per_1000": None if year == 2024 else 1.5,
                    "change_pct": None if year == 2024 else 100 / 9,
                    "like_for_like_pct": 12.5 if year == 2025 and code.startswith("E") else None,
                    "comparable": year != 2025,
                    "excluded": "Devon and Cornwall" if code.startswith("E") else "",
                    "release_id": "=x",
                    "formula": "a / b",
                    "cells": "A1",
                }
            )
    return pd.DataFrame(rows)


def test_a_report_is_called_after_its_newest_year_and_its_version() -> None:
    told = json.loads(edition(a_series(), "1.2.3"))
    assert told == {"period_end": "2025-12-31", "version": "1.2.3", "name": "2025-12-1.2.3"}


def a_composition(codes: float = 100.0) -> pd.DataFrame:
    counts = {"8L": codes - 40, "8R": 40.0, "everything_else": 1000 - codes}
    return pd.DataFrame(
        [
            {
                "area_code": "W15000002",
                "offence_id": "stalking_harassment",
                "period_end": date(2025, 12, 31),
                "component": component,
                "count": count,
            }
            for component, count in counts.items()
        ]
    )


def test_a_rank_without_a_code_is_of_the_same_figures_as_the_rank() -> None:
    revised = latest(a_series(), a_composition(codes=101.0), ["stalking_harassment"])
    assert revised["rank_forces_without_code"].isna().all()


def test_one_row_an_area_has_a_column_for_each_group() -> None:
    both = pd.concat([a_series(), a_series().assign(offence_id="robbery", count=7.0)])
    table = wide(both.assign(population=1000.0))
    assert len(table) == len(a_series())
    assert set(table["robbery"]) == {7.0}
    assert (
        table["stalking_harassment"].tolist()
        == a_series().sort_values(["area_code", "period_end"])["count"].tolist()
    )


def examples(root: Path) -> list[str]:
    """The Python that the page of the data shows."""
    cells = json.loads((root / "notebooks" / "data.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_examples_of_the_page_of_the_data_find_something(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    burglary = a_series().assign(offence_id="burglary")
    newest = latest(burglary, a_composition(), ["burglary"])
    (tmp_path / "data").mkdir()
    newest.to_csv(tmp_path / "data" / "latest.csv", index=False)
    written = database({"latest": newest, "series": series(burglary)})
    (tmp_path / "data" / "crimeshare.sqlite").write_bytes(written)
    monkeypatch.chdir(tmp_path)
    assert len(examples(root)) == 2
    for example in examples(root):
        exec(example, {})
        assert "Gwent" in capsys.readouterr().out


def test_a_database_depends_on_its_rows_alone() -> None:
    tables = {"series": series(a_series())}
    assert database(tables) == database(tables)


def test_forces_have_the_names_that_data_police_uk_gives_them() -> None:
    london = a_series().replace({"W15000002": "E23000001"})
    newest = latest(london, a_composition(), ["stalking_harassment"])
    assert newest["police_uk"].dropna().tolist() == ["metropolitan"]


def test_files_for_programs_have_one_row_an_area_and_all_years() -> None:
    newest = latest(a_series(), a_composition(), ["stalking_harassment"])
    assert list(newest["area_code"]) == ["E12000005", "W15000002"]
    assert set(newest["period_end"]) == {date(2025, 12, 31)}
    assert "cells" not in newest
    assert list(newest["code_left_out"]) == ["8R", "8R"]
    assert newest["rank_forces_without_code"].fillna(0).tolist() == [0, 1]
    assert newest["share_without_code"][1] == 0.06
    assert len(series(a_series())) == 4
    documents = dict(area_documents(a_series(), "stalking_harassment"))
    # A region that is called like a police force has a file of its own.
    assert set(documents) == {"gwent", "west-midlands-region"}
    gwent = json.load(io.StringIO(documents["gwent"]))
    assert gwent["area_code"] == "W15000002"
    assert gwent["series"][0]["rate_per_1000"] is None
    assert gwent["series"][1]["period_end"] == "2025-12-31"


NO_CODES = pd.DataFrame({name: [] for name in ("area_code", "code", "period_end")})

STEP = {
    "offence_id": "stalking_harassment",
    "quarter_end": date(2024, 3, 31),
    "kind": "level",
    "shift_pct": 61.8,
}


def test_the_explorer_is_given_breaks_gaps_and_what_is_not_comparable() -> None:
    shifts = pd.DataFrame(
        [
            {"area_code": "W15000002", "code": code, "recording_change": change, **STEP}
            for code, change in (("8R", None), (None, None), (None, "online_safety_act"))
        ]
        + [
            {
                "area_code": "W15000002",
                "code": None,
                "recording_change": None,
                **STEP,
                "kind": "episode",
            }
        ]
    )
    (script,) = series_scripts(a_series(), NO_CODES, shifts).values()
    given = json.loads(script.removeprefix('crimeshare.series("stalking_harassment", ')[:-3])
    assert given["ends"] == ["2024-12-31", "2025-12-31"]
    gwent = given["areas"]["gwent"]
    assert gwent["count"] == [90, 100]
    assert gwent["rate"] == [None, 1.5]
    assert gwent["hollow"] == [1]
    assert [area["alike"] for area in given["areas"].values()] == [[None, 12.5], [None, None]]
    assert given["areas"]["west-midlands-region"]["without"]["1"] == "Devon and Cornwall"
    assert given["steps"] == {
        "gwent": [
            {"day": "2024-03-31", "shift": 61.8},
            {
                "day": "2024-03-31",
                "shift": 61.8,
                "rule": "Online Safety Act offences replaced malicious communications",
            },
        ]
    }
    named = {each["day"]: each["name"] for each in given["breaks"]}
    assert named["2023-05-01"] == "Police record one crime where they recorded two"
    assert all(each["label"] for each in given["breaks"])
