"""A report about several offence groups: its pages, the way between them, and what they share."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from crimeshare.parquet import together
from crimeshare.problems import Problem
from crimeshare.publish.pdf.document import report_chapters
from crimeshare.publish.site.feed import feed
from crimeshare.publish.site.pages import any_page, batches, page, report_pages
from crimeshare.publish.site.rendering import render_page, render_search
from crimeshare.reference import GROUP, reported_groups
from tests.unit.test_takeaways import REVISIONS, SERIES

GROUPS = [GROUP, "robbery", "theft_offences"]
GWENT = "robbery/forces/gwent"
BODY = (
    '<h1>Gwent</h1><p>See <a href="national.html">all</a>, <a href="forces/kent.html#one">Kent</a>'
    ' and <a href="methods.html#two">how</a>, <a href="data/latest.csv">all</a>.</p>'
    "<h2>One</h2><p>Words of it.</p>"
)


def test_the_first_group_keeps_its_paths_and_others_lie_below_their_own() -> None:
    pages = report_pages(GROUPS)
    names = [each.name for each in pages]
    assert len(set(names)) == len(names) == len({each.slug for each in pages})
    assert [
        each for each in names if "/" not in each or each.startswith(("forces", "regions"))
    ] == [each.name for each in report_pages()]
    own = {each.own_name for each in pages if each.group == GROUP}
    for group in GROUPS[1:]:
        assert {each.name for each in pages if each.group == group} == {
            f"{group}/{name}" for name in own
        }
    assert {each.name for each in pages if not each.group} == {
        *("explore", "claims", "methods", "sources", "data")
    }


def test_what_is_said_of_stalking_alone_is_said_wherever_it_is_among_the_groups() -> None:
    groups = ["robbery", GROUP]
    assert page(f"{GROUP}/survey", groups).notebook == "survey"
    assert page("survey", groups).notebook == "measured"
    assert page("methods", groups).parameters == {"offence_id": GROUP}
    assert page("explore", groups).parameters == {"offence_id": "robbery"}
    assert page("claims", groups).parameters == {"offence_ids": groups}
    assert page("methods", ["robbery"]).parameters == {"offence_id": "robbery"}


def test_a_batch_is_about_one_group() -> None:
    pages = report_pages(reported_groups())
    shared = batches(pages, 16)
    assert sorted(each.name for batch in shared.values() for each in batch) == sorted(
        each.name for each in pages
    )
    assert all(len({each.folder for each in batch}) == 1 for batch in shared.values())
    assert max(map(len, shared.values())) <= 16
    # One group more is as many batches more, however many there are.
    assert len(shared) == len(reported_groups()) * len(batches(report_pages(), 16))


def test_links_stay_within_the_group() -> None:
    html = render_page(page(GWENT, GROUPS), BODY)
    main = re.findall(r"<main.*?</main>", html, flags=re.DOTALL)[0]
    assert re.findall(r'href="(\.\.[^"]+)"', main) == [
        "../../robbery/national.html",
        "../../robbery/forces/kent.html#one",
        "../../methods.html#two",
        "../../data/latest.csv",
    ]
    header = re.findall(r"<header.*?</header>", html, flags=re.DOTALL)[0]
    assert 'href="../../robbery/survey.html"' in header
    assert 'href="../../explore.html?group=robbery"' in header
    with pytest.raises(Problem, match=r"links to `forces/gwnt\.html`"):
        render_page(page(GWENT, GROUPS), BODY.replace("kent", "gwnt"))


def choices(html: str) -> list[tuple[str, str, str]]:
    return re.findall(r'<option value="([^"]+)"( selected)?>([^<]+)</option>', html)


def test_a_section_that_has_nothing_to_say_of_a_group_is_left_out() -> None:
    """Rules are gathered for few groups, and few offences have no funnel."""
    headings = '<h2 class="folded">Beside forces of every size</h2>\n{}<h2>All years</h2><p>Six</p>'
    assert "every size" not in render_page(page(GWENT, GROUPS), BODY + headings.format(""))
    assert "every size" in render_page(page(GWENT, GROUPS), BODY + headings.format("<p>One</p>"))


def test_the_selector_leads_to_the_same_area() -> None:
    html = render_page(page(GWENT, GROUPS), BODY)
    assert choices(html) == [
        ("../../forces/gwent.html", "", "Stalking and harassment"),
        ("../../robbery/forces/gwent.html", " selected", "Robbery"),
        ("../../theft_offences/forces/gwent.html", "", "Theft offences"),
    ]
    assert '<label for="kind">' in html
    # The same without a script.
    listed = re.findall(r'<details class="groups">(.*?)</details>', html, flags=re.DOTALL)[0]
    links = re.findall(r'<li><a href="([^"]+)"', listed)
    assert links == [address for address, *_ in choices(html)]
    shared = render_page(page("claims", GROUPS), BODY)
    assert [address for address, *_ in choices(shared)] == [
        "index.html",
        "robbery/index.html",
        "theft_offences/index.html",
    ]


def test_a_report_about_one_group_has_no_selector() -> None:
    html = render_page(page("forces/gwent"), BODY)
    assert choices(html) == []
    assert 'class="groups"' not in html
    several = render_page(page("forces/gwent", GROUPS), BODY)
    selector = re.compile(r'<form class="groups".*?</details>\n', re.DOTALL)
    assert selector.sub("", several) == html


def test_the_field_for_a_place_leads_to_pages_of_the_group() -> None:
    assert 'data-folder="robbery/"' in render_page(page(GWENT, GROUPS), BODY)
    assert "data-folder" not in render_page(page("forces/gwent", GROUPS), BODY)


def test_one_search_holds_the_pages_of_all_groups() -> None:
    bodies = [(each, BODY) for each in report_pages(GROUPS)]
    html = render_search(iter(bodies), GROUPS)
    index = json.loads(re.findall(r'id="index">(.*?)</script>', html, flags=re.DOTALL)[0])
    by_address = {section["address"]: section["title"] for section in index["sections"]}
    assert by_address[f"{GWENT}.html"] == "Gwent (Robbery)"
    assert by_address["forces/gwent.html"] == "Gwent (Stalking and harassment)"
    assert by_address["claims.html"] == "Gwent"
    assert "forces/gwent.html#one" in by_address
    assert f"{GWENT}.html#one" not in by_address
    without = re.findall(r"<noscript>(.*?)</noscript>", html, flags=re.DOTALL)[-1]
    assert f'<a href="{GWENT}.html">Gwent (Robbery)</a>' in without


def test_each_group_has_a_feed_of_its_own() -> None:
    first = feed({}, SERIES, REVISIONS, GROUP, "https://crimeshare.example")
    other = feed({}, SERIES, REVISIONS, "robbery", "https://crimeshare.example", "robbery/")
    (one,), (two,) = (re.findall(r"<id>(.*?)</id>", text) for text in (first, other))
    assert one != two
    assert "https://crimeshare.example/robbery/feed.xml" in other
    assert "robbery in England and Wales" in other


def test_a_report_to_print_is_about_one_group() -> None:
    names = [each.name for each in report_chapters("gwent", "robbery", GROUPS)]
    assert GWENT in names
    assert {name for name in names if not name.startswith("robbery/")} <= {
        each.name for each in report_pages(GROUPS) if not each.group
    }


@pytest.mark.parametrize("name", ["robbery/national", "national", "stalking_harassment/survey"])
def test_a_page_of_any_report_is_known_by_its_name(name: str) -> None:
    found = any_page(name)
    assert found
    assert found.name == name
    assert any_page(f"{name}-less") is None


def test_a_table_without_rows_decides_no_column() -> None:
    some, none = pd.DataFrame({"code": ["8L"], "count": [1.0]}), pd.DataFrame(columns=["code"])
    pd.testing.assert_frame_equal(together([none, some]), some)
    assert together(iter([none, none])).columns.tolist() == ["code"]
