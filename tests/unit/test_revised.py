"""The page of revisions and what other pages say of them: words that follow from the figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crimeshare.digits import ordinal
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.elements.figures import Figure, shown, stray_numbers
from crimeshare.publish.elements.prose import place, plain, upper_first
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.site.notebooks import Shell
from crimeshare.publish.site.rendering import render_body
from crimeshare.publish.subjects import revision_tables, revisions_page
from crimeshare.publish.subjects.revised import (
    WORDS,
    given_as,
    outlook,
    since_new,
    size_of,
    steps_of,
)
from crimeshare.reference import NATION, areas
from tests.building import GROUP, write_editions, write_series
from tests.quarterly import write_quarterly
from tests.revised import VINTAGES, write_revisions
from tests.tables import (
    CODES,
    COMPARED,
    QUARTERS,
    RECORDED,
    REFUTED,
    REVISIONS,
    SHARES,
    TABLES,
    WHOLE,
)
from tests.vintages import vintages_of

GWENT, DYFED, MANCHESTER, CITY = "W15000002", "W15000004", "E23000005", "E23000034"


def forces() -> list[str]:
    return [code for code, area in areas().items() if area.area_type == "force"]


def sentences(group: str = GROUP) -> dict[str, str]:
    whole, steps = since_new(group, forces()), steps_of(group, NATION)
    return {
        "opening": revisions_page.opening(group, whole),
        "nationally": revisions_page.nationally(group, since_new(group, [NATION])),
        "how_soon": revisions_page.how_soon(group, steps),
        "ranks": revisions_page.ranks_in_words(group, whole),
        "flips": revisions_page.flips_in_words(group),
    }


def write_recorded(folder: Path, root: Path, built: Path, recorded: pd.DataFrame) -> None:
    """A build of those rows of recorded crime and of nothing else."""
    write_editions(folder, root, recorded)
    write_table(read_table(built / CODES).head(0), folder / CODES)
    write_revisions(folder)
    write_quarterly(folder, root, recorded)
    write_series(folder, root, read_table(built / QUARTERS).head(0))


@pytest.fixture(scope="module")
def given_twice(root: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The revisions of two years alone, those ending March and December 2018."""
    releases = ["pfa-2018-03", "pfa-2018-12", "pfa-2019-03", "pfa-2019-12"]
    recorded = read_table(built / RECORDED)
    folder = tmp_path_factory.mktemp("given-twice")
    chosen = recorded[recorded["release_id"].isin(releases)].reset_index(drop=True)
    write_recorded(folder, root, built, chosen)
    return folder


def since_new_of(built: Path) -> pd.DataFrame:
    """The group's counts from the first release to the newest."""
    whole = read_table(built / WHOLE)
    return whole[whole["offence_id"] == "stalking_harassment"]


def percent(value: float) -> Figure:
    return Figure("revision", value, "revision")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("value", "text", "absolute", "signed"),
    [
        (0.0, "no change", "no change", "no change"),
        (0.00127550, "0.13%", "0.13%", "+0.13%"),
        (-0.45919118, "\N{MINUS SIGN}45.92%", "45.92%", "\N{MINUS SIGN}45.92%"),
        (-0.00000629, "less than 0.01%", "less than 0.01%", "less than 0.01%"),
    ],
)
def test_a_revision_is_written_finer_than_a_change(
    value: float, text: str, absolute: str, signed: str
) -> None:
    figure = percent(value)
    assert [figure.words(style) for style in ("", "absolute", "signed")] == [text, absolute, signed]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "was not changed"),
        (0.0013, "rose by 0.13%"),
        (-0.0002, "fell by 0.02%"),
        (-0.00001, "fell by less than 0.01%"),
    ],
)
def test_what_became_of_a_figure(value: float, words: str) -> None:
    assert plain(WORDS.passage("moved", percent=percent(value))) == words


def outlook_of(
    rose: int, fell: int, typical: float, lowest: float, highest: float, **of: Any
) -> str:
    """What is said of how far the figures of Gwent moved."""
    size = {"typical_size_pct": typical, "lowest_pct": lowest, "highest_pct": highest}
    numbers = {"revisions": rose + fell, "rose": rose, "fell": fell, "stayed": 0}
    row = {name: 100 * value for name, value in size.items()} | numbers
    row |= {"table": "revision_sizes", "area_code": GWENT, "offence_id": "robbery"}
    row |= {"formula": "formula", "cells": "[pfa-2018-03]'Table P1'!X43"}
    given = {"one": None, "place": GWENT, "what": "robbery figures", "small": False}
    return plain(WORDS.passage("outlook", **given | of, size=Row(row)))


def test_the_ends_of_a_range_have_their_signs() -> None:
    said = outlook_of(1, 1, 0.0013, 0, 0.0013)
    assert "from no change to a rise of 0.13%: one rose and one fell." in said


@pytest.mark.parametrize(
    ("lowest", "highest", "run"),
    [
        (-0.0039, 0.00001, "from a fall of 0.39% to a rise of less than 0.01%"),
        (0.0061, 0.0257, "from a rise of 0.61% to a rise of 2.57%"),
        (-0.0022, -0.00001, "from a fall of 0.22% to a fall of less than 0.01%"),
    ],
)
def test_a_range_says_which_way_both_ends_went(lowest: float, highest: float, run: str) -> None:
    assert f"Their 17 revisions run {run}:" in outlook_of(1, 16, 0.003, lowest, highest)


def test_of_few_offences_no_percentage_is_said() -> None:
    said = outlook_of(2, 1, 0.5, 0.5, 0.5, small=True)
    assert "Of the 3 robbery figures of Gwent" in said
    assert "%" not in said


def test_a_median_of_nothing_is_said_without_it() -> None:
    said = outlook_of(1, 1, 0, 0, 0.0013)
    assert "mostly did not move" in said
    assert "from no change to a rise of 0.13%: one rose and one fell." in said
    assert "by none" not in said


@pytest.mark.parametrize(
    ("rose", "fell", "of", "words"),
    [
        (1, 0, 2, "one rose and one was unchanged"),
        (1, 2, 3, "one rose and two fell"),
        (1, 2, 5, "one rose, two fell and two were unchanged"),
        (2, 0, 2, "both rose"),
        (0, 3, 3, "all fell"),
        (0, 0, 3, "all were unchanged"),
        (11, 12, 24, "11 rose, 12 fell and one was unchanged"),
    ],
)
def test_directions_are_counted_in_words(rose: int, fell: int, of: int, words: str) -> None:
    counts = {"rose": rose, "fell": fell, "stayed": of - rose - fell}
    size = {way: Figure(way, number, "count") for way, number in counts.items()}
    assert plain(WORDS.passage("directions", size=size)) == words


@pytest.mark.parametrize(
    ("times", "changed", "words"),
    [
        (48, 0, "were republished 48 times and never changed."),
        (48, 1, "were republished 48 times and changed once."),
        (48, 2, "were republished 48 times and changed twice."),
        (48, 11, "were republished 48 times and changed 11 times."),
        (1, 1, "were republished once and changed once."),
    ],
)
def test_how_often_old_figures_changed(times: int, changed: int, words: str) -> None:
    row = Row({"period_end": date(2012, 3, 31), "percent": percent(0.01)})
    figures = [Figure("old", number, "count") for number in (times, changed)]
    age = Figure("age", 12, "years")
    said = WORDS.passage(
        "how_soon", oldest=row, few=False, years_old=age, old=figures[0], old_changed=figures[1]
    )
    assert f"Figures more than ten years old {words}" in plain(said)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (1, 2, "No force moved by more than one place."),
        (32, 17, "Wiltshire moved furthest: from 32nd to 17th by its share of homicide"),
    ],
)
def test_the_rank_that_moved_furthest_moved_by_more_than_a_place(
    before: int, after: int, words: str
) -> None:
    ends = {"rank_before": before, "rank_after": after}
    row = Row(
        {"area_code": "E23000038", "period_end": date(2020, 3, 31)}
        | {name: Figure(name, place, "rank") for name, place in ends.items()}
    )
    said = WORDS.passage(
        "ranks",
        group="homicide",
        most=row,
        furthest=abs(after - before),
        shifted=Figure("shifted", 486, "count"),
        ranked=Figure("ranked", 853, "count"),
    )
    assert words in plain(said)


def test_forces_without_limits_say_where_there_are_some() -> None:
    said = plain(WORDS.passage("no_limits", group="homicide", larger=True))
    assert said.startswith("For police forces this cannot be said of homicide: ")
    assert said.endswith("For England and Wales and for regions, see their pages.")
    nowhere = plain(WORDS.passage("no_limits", group="homicide", larger=False))
    assert nowhere.startswith("This cannot be said of homicide: ")
    assert "see their pages" not in nowhere


# ---------------------------------------------------------------- beside new figures


@pytest.fixture
def told(given_twice: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    monkeypatch.chdir(given_twice)
    return lambda code: plain(outlook(GROUP, code))


def test_figures_that_never_moved_say_so(told: Callable[[str], str]) -> None:
    """Gwent, YE March and December 2018: 3,683 and 6,071 in both editions each."""
    assert "have not moved in Gwent: neither of the 2" in told(GWENT)


def test_a_size_stands_beside_what_it_rests_on(told: Callable[[str], str]) -> None:
    """Dyfed-Powys: YE December 2018 went from 2,720 to 1,471, YE March 2018 stayed 1,373."""
    text = told(DYFED)
    assert "moved by 22.96%" in text
    assert "2 revisions" in text
    assert "from a fall of 45.92% to no change: one fell and one was unchanged" in text
    assert stray_numbers(outlook(GROUP, DYFED)) == []


def test_one_revision_is_no_median(told: Callable[[str], str]) -> None:
    """Greater Manchester made no return in YE December 2019, so only YE March 2018 came again."""
    text = told(MANCHESTER)
    assert "year ending March 2018, fell by 0.08%" in text
    assert "median" not in text


@pytest.mark.usefixtures("built_alone")
def test_nothing_is_said_where_no_figure_came_again() -> None:
    assert all(outlook(GROUP, code) == "" for code in (NATION, *forces()))


def test_only_figures_that_were_news_count(built: Path) -> None:
    """England and Wales came in series too, whose older years say nothing of new figures."""
    new, size = since_new(GROUP, [NATION]), size_of(GROUP, NATION)
    assert size
    assert size["revisions"] == len(new) == since_new_of(built)["area_code"].eq(NATION).sum()
    assert len(steps_of(GROUP, NATION)) > len(new) > 0
    ways = [new["change"].gt(0).sum(), new["change"].lt(0).sum(), new["change"].eq(0).sum()]
    assert [size["rose"], size["fell"], size["stayed"]] == ways
    assert new["age_before"].eq(0).all()
    assert new["age"].ge(12).all()


# ---------------------------------------------------------------- vintages


@pytest.mark.usefixtures("built")
def test_each_vintage_holds_its_cells() -> None:
    """England and Wales, YE March 2018, from Table P1, a percentage of Table P2 a year later, and
    Table A4, then A5a, of three editions of the appendix tables."""
    steps = steps_of(GROUP, NATION)
    of_year = rows(steps[steps["period_end"].eq("2018-03-31")])
    held = {row["release_id"]: (row["value"], row.value.sheet) for row in of_year}
    first = of_year[0].previous_value
    held[of_year[0]["previous_release_id"]] = (first.value, first.sheet)
    assert held.items() >= {
        ("pfa-2018-03", (295571, "Table P1")),
        ("pfa-2019-03", (295948, "Table P1 and Table P2")),
        ("appendix-2022-09", (296238, "Table A4")),
        ("appendix-2025-06", (296219, "Table_A5a")),
        ("appendix-2025-12", (296220, "Table_A5a")),
    }
    for before, after in pairwise(of_year):
        assert after["previous_release_id"] == before["release_id"]
        assert after.previous_value == before.value
    assert of_year[0].change_pct.value == pytest.approx(377 / 295571)
    assert "- 1" in of_year[0].change_pct.formula


def test_how_a_release_gives_a_year() -> None:
    words = {
        "pfa-2018-03": "in its own edition",
        "pfa-2019-03": "as the year before, in the edition of the year after",
        "appendix-2022-09": "in the series by offence",
        "prc-2025-12": "in the Home Office's open data",
    }
    for release_id, expected in words.items():
        assert given_as(release_id, date(2018, 3, 31)) == expected
    corrected = given_as("pfa-2018-06-corrected", date(2018, 6, 30))
    assert corrected == "in its own edition, issued again"


@pytest.mark.slow
def test_a_corrected_edition_is_a_vintage_of_its_own(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YE June 2018 with a first issue that counted ten offences less in Gwent."""
    for name in TABLES:
        write_table(read_table(built / name), tmp_path / name)
    recorded = read_table(built / RECORDED)
    issue = recorded[recorded["release_id"] == "pfa-2018-06-corrected"].assign(
        release_id="pfa-2018-06-v1"
    )
    gwent = (
        (issue["area_code"] == "W15000002")
        & (issue["offence_id"] == "stalking_harassment")
        & (issue["measure"] == "count")
    )
    issue.loc[gwent, "value"] -= 10
    recorded = pd.concat([recorded, issue], ignore_index=True)
    write_table(recorded, tmp_path / RECORDED)
    write_table(vintages_of(recorded, read_table(built / CODES)), tmp_path / VINTAGES)
    shares = read_table(built / SHARES)
    first = shares[shares["release_id"] == "pfa-2018-06-corrected"]
    first = first.assign(release_id="pfa-2018-06-v1")
    write_table(pd.concat([shares, first], ignore_index=True), tmp_path / SHARES)
    write_table(read_table(built / REFUTED), tmp_path / REFUTED)
    write_revisions(tmp_path)
    monkeypatch.chdir(tmp_path)
    steps = steps_of(GROUP, GWENT)
    (step,) = rows(steps[steps["previous_release_id"].eq("pfa-2018-06-v1")])
    assert (step["release_id"], step["period_end"]) == ("pfa-2018-06-corrected", date(2018, 6, 30))
    assert (step["change"], step["age_before"], step["age"]) == (10, 0, 0)
    # A correction tells nothing of a year later, and what is told begins before it.
    whole = since_new(GROUP, [GWENT]).set_index("period_end").loc["2018-06-30"]
    assert whole["previous_release_id"] == "pfa-2018-06-v1"
    assert whole["release_id"] != "pfa-2018-06-corrected"
    given = given_as("pfa-2018-06-v1", date(2018, 6, 30))
    assert given == "in its own edition, first issue"


# ---------------------------------------------------------------- the page


@pytest.mark.usefixtures("built")
def test_every_number_of_the_page_is_a_figure() -> None:
    for text in sentences().values():
        assert shown(text)
        assert stray_numbers(text) == []


def test_the_opening_counts_what_the_table_holds(built: Path) -> None:
    table = since_new_of(built)
    of_forces = table[table["area_code"].isin(forces())]
    text = plain(sentences()["opening"])
    changes = of_forces["change"]
    assert f"Of the {len(of_forces)} counts" in text
    assert (
        f"{(changes != 0).sum()} differ in the newest release: {(changes > 0).sum()} rose" in text
    )
    assert f"{(changes < 0).sum()} fell" in text
    assert f"by {of_forces['change_pct'].abs().median():.2f}% or less" in text
    most = of_forces.loc[of_forces["change_pct"].abs().idxmax()]
    assert f"of {named(most['area_code'])} for the year ending" in text


def named(code: str) -> str:
    return place(areas()[code].area_name, areas()[code].area_type)


def test_a_refuted_change_is_listed_with_its_cells_and_the_count_against_it(built: Path) -> None:
    refuted = read_table(built / REFUTED)
    listed = refuted[refuted["area_code"].isin(list(areas()))]
    table = revision_tables.refuted()
    assert table
    assert len(table.rows) == len(listed) > 0
    for row, (_, expected) in zip(table.rows, listed.iterrows(), strict=True):
        published, implied, nearest = row[3], row[4], row[5]
        assert isinstance(published, Figure)
        assert isinstance(implied, Figure)
        assert isinstance(nearest, Figure)
        now = next(cell for cell in implied.cells if cell not in published.cells)
        assert now.release_id == expected["release_id"]
        assert (implied.value, nearest.value) == (expected["recovered"], expected["nearest"])
    # What is refuted leads no sentence.
    assert "worked out from a published percentage" not in plain(sentences()["opening"])


@pytest.mark.usefixtures("built")
def test_turned_changes_are_counted_and_listed_with_both_releases() -> None:
    found = revisions_page.flips()
    own = rows(found[found["offence_id"].eq(GROUP)])
    turning = [row for row in own if row["revised"] != "both_years"]
    assert f"{len(turning)} of them are changes in stalking" in plain(sentences()["flips"])
    (flip,) = [f for f in own if f["area_code"] == CITY and f["release_id"] == "pfa-2019-03"]
    assert {c.release_id for c in flip.change_before.cells} == {"pfa-2018-03", "pfa-2019-03"}
    table = revision_tables.turned_changes(GROUP)
    assert table
    first = [row[0] for row in table.rows[: len(own)]]
    assert first == [areas()[f["area_code"]].area_name for f in own]  # the report's own group


def test_moved_ranks_are_named_before_and_after(built: Path) -> None:
    whole = since_new_of(built)
    ranked = whole[whole["area_code"].isin(forces())].dropna(subset=["rank_before"])
    way = (ranked["rank_after"] - ranked["rank_before"]).abs()
    most = ranked.loc[way.idxmax()]
    text = plain(sentences()["ranks"])
    assert f"Of {len(ranked)} force counts that are ranked" in text
    before, after = (ordinal(int(most[f"rank_{when}"])) for when in ("before", "after"))
    force = upper_first(named(most["area_code"]))
    assert f"{force} moved furthest: from {before} to {after} by" in text
    table = revision_tables.rank_moves(GROUP, since_new(GROUP, forces()))
    assert table
    for row in table.rows:
        assert row[2].value != row[4].value  # type: ignore[union-attr]


@pytest.mark.usefixtures("built")
def test_the_chart_has_words_and_data_for_every_point() -> None:
    steps = steps_of(GROUP, NATION)
    chart = revisions_page.by_age(GROUP, steps)
    assert chart
    assert len(chart.data) == len(chart.figures) == len(steps)
    young = steps["age"].le(12).sum()
    assert f"figures up to a year old: {young} revisions from" in chart.alt
    html = chart._repr_html_()
    assert 'role="img" aria-label="Scatter plot' in html
    assert html.count("data-tip=") == len(steps)
    assert stray_numbers(html) == []


def test_sizes_add_up_to_all_counts(built: Path) -> None:
    whole = since_new(GROUP, forces())
    size = pd.cut(whole["change_pct"].abs(), [0, 0.1, 0.5, 1, 5, float("inf")], right=False)
    chart = revisions_page.sizes(GROUP, whole.assign(size=size))
    assert chart
    numbers = [int(float(str(row["value"]))) for row in chart.data]
    later = since_new_of(built)
    moved_by = later.loc[later["area_code"].isin(forces()), "change_pct"].dropna().abs()
    assert sum(numbers) == len(moved_by)
    assert numbers[0] == (moved_by == 0).sum() > 0  # no change
    within = f"{(moved_by < 1).sum()} of {len(moved_by)} counts by force moved by less than"
    assert plain(chart.title).startswith(within)


@pytest.mark.usefixtures("built")
def test_every_force_is_in_the_table_or_named_below_it() -> None:
    html = revision_tables.by_force(GROUP, forces())._repr_html_()
    for code in forces():
        assert areas()[code].area_name in html


@pytest.mark.usefixtures("built")
def test_of_few_offences_the_page_gives_counts_and_no_percentage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The group as if the counts of every force but Gwent were below fifty."""
    whole = since_new(GROUP, forces())
    others = whole["area_code"].ne(GWENT)
    small = whole.assign(previous_value=whole["previous_value"].mask(others, 10.0))
    monkeypatch.setattr(revision_tables, "since_new", lambda *_: small)
    table = revision_tables.by_force(GROUP, forces())
    written = {
        re.sub("<[^>]+>", "", str(row[0])): [str(content) for content in row[4:]]
        for row in table.rows
    }
    assert all("[u]" in text for text in written["Dyfed-Powys"])
    assert all("[u]" not in text for text in written["Gwent"])
    assert "fewer than fifty offences" in table._repr_html_()


@pytest.mark.parametrize(
    ("few", "words"),
    [(True, "rose from 1 to 59"), (False, "rose by 5,800.00%")],
)
def test_a_count_of_few_offences_moved_without_a_percentage(few: bool, words: str) -> None:
    row = Row(
        {"change": 58, "percent": percent(58)}
        | {"previous_value": Figure("a", 1, "count"), "value": Figure("b", 59, "count")}
    )
    assert plain(WORDS.passage("count_moved", row=row, few=few)) == words


@pytest.mark.slow
def test_partnerships_in_two_editions_do_not_stop_the_page(
    root: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edition of the year before, made of the newest: what was news then was revised since."""
    recorded = read_table(built / RECORDED)
    newest = recorded[recorded["release_id"] == recorded["release_id"].max()]
    year_before = newest.assign(
        release_id=newest["release_id"].str.replace(
            r"\d{4}", lambda year: str(int(year[0]) - 1), regex=True
        ),
        period_end=(newest["period_end"] - pd.DateOffset(years=1)).astype("datetime64[ms]"),
    )
    write_recorded(tmp_path, root, built, pd.concat([newest, year_before], ignore_index=True))
    partnerships = list(recorded.loc[recorded["area_type"] == "partnership", "area_code"])
    for table in (REVISIONS, COMPARED):
        assert read_table(tmp_path / table)["area_code"].isin(partnerships).any()

    monkeypatch.chdir(tmp_path)
    assert all(plain(text) for text in sentences().values())
    compared = read_table(tmp_path / COMPARED)
    turned = compared.loc[compared["turned"], "area_code"]
    assert len(revisions_page.flips()) == turned.isin(list(areas())).sum() > 0


@pytest.mark.slow
def test_the_page_of_a_build_without_revisions_still_reads(
    built: Path, root: Path, tmp_path: Path
) -> None:
    """One edition alone: nothing was given again."""
    recorded = read_table(built / RECORDED)
    newest = recorded["release_id"] == recorded["release_id"].max()
    write_recorded(tmp_path, root, built, recorded[newest].reset_index(drop=True))
    assert read_table(tmp_path / REVISIONS).empty
    body = render_body(Shell(tmp_path).execute(root / "notebooks" / "revisions.ipynb"))
    assert "None of those" in plain(body)
    assert "None of them is a change in" in plain(body)
    assert stray_numbers(body) == []
