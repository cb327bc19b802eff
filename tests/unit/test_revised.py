"""The page of revisions and what other pages say of them: words that follow from the figures."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pytest

from crimeshare.parquet import read_table, write_table
from crimeshare.publish.elements.figures import Figure, shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.site.notebooks import Shell
from crimeshare.publish.site.rendering import render_body
from crimeshare.publish.subjects import revisions_page
from crimeshare.publish.subjects.estimates import TABLES, Estimates
from crimeshare.publish.subjects.revised import (
    COMPARED,
    REFUTED,
    REVISIONS,
    SIZES,
    WHOLE,
    WORDS,
    Revisions,
    Size,
    directions,
    given_as,
    moved,
    open_revisions,
    outlook,
    turned,
)
from crimeshare.reference import areas
from tests import frames
from tests.building import write_editions, write_series
from tests.quarterly import write_quarterly
from tests.revised import VINTAGES, write_revisions
from tests.tables import CODES, QUARTERS, RECORDED, SHARES
from tests.vintages import vintages_of

SENTENCES = (
    revisions_page.opening,
    revisions_page.nationally,
    revisions_page.how_soon,
    revisions_page.ranks_in_words,
    revisions_page.flips_in_words,
)


def write_recorded(folder: Path, root: Path, built: Path, recorded: pd.DataFrame) -> None:
    """A build of those rows of recorded crime and of nothing else."""
    write_editions(folder, root, recorded)
    write_table(read_table(built / CODES).head(0), folder / CODES)
    write_revisions(folder)
    write_quarterly(folder, root, recorded)
    write_series(folder, root, read_table(built / QUARTERS).head(0))


@pytest.fixture(scope="module")
def given_twice(root: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Revisions:
    """The revisions of two years alone, those ending March and December 2018."""
    releases = ["pfa-2018-03", "pfa-2018-12", "pfa-2019-03", "pfa-2019-12"]
    recorded = read_table(built / RECORDED)
    folder = tmp_path_factory.mktemp("given-twice")
    chosen = recorded[recorded["release_id"].isin(releases)].reset_index(drop=True)
    write_recorded(folder, root, built, chosen)
    return open_revisions("stalking_harassment", folder)


def since_new(built: Path) -> pd.DataFrame:
    """The group's counts from the first release to the newest."""
    whole = read_table(built / WHOLE)
    return whole[whole["offence_id"] == "stalking_harassment"]


def percent(value: float) -> Figure:
    return Figure("revision", value, "revision")


def said(revisions: Revisions, slug: str) -> str:
    return plain(outlook(revisions, revisions.estimates.place(slug, "force")))


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("value", "text", "absolute", "signed"),
    [
        (0.0, "none", "none", "none"),
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
    assert plain(moved(percent(value))) == words


def outlook_of(size: Size, directions: str, small: bool = False) -> str:
    """What is said of how far the figures of Gwent moved."""
    given = {"one": None, "place": Mock(words="Gwent"), "what": "robbery figures", "size": size}
    return plain(WORDS.passage("outlook", **given, small=small, directions=directions))


def test_the_ends_of_a_range_have_their_signs() -> None:
    none, some = percent(0.0), percent(0.0013)
    said = outlook_of(Size(some, some, none, none, some, lowest=none, highest=some), "one rose")
    assert "range from no change to +0.13%: one rose." in said


def test_of_few_offences_no_percentage_is_said() -> None:
    some = percent(0.5)
    size = Size(Figure("revisions", 3, "count"), some, some, some, some, some, some)
    said = outlook_of(size, "two rose and one fell", small=True)
    assert "Of the 3 robbery figures of Gwent" in said
    assert "%" not in said


def test_a_median_of_nothing_is_said_without_it() -> None:
    none, some = percent(0.0), percent(0.0013)
    said = outlook_of(Size(some, some, none, none, none, lowest=none, highest=some), "one rose")
    assert "have mostly not moved from the first release to the newest" in said
    assert "from no change to +0.13%: one rose." in said
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
    counts = (Figure("revisions", number, "count") for number in (rose, fell, of - rose - fell))
    assert plain(directions(*counts)) == words


def test_verdicts_on_a_change_are_of_either_sign_or_none() -> None:
    assert turned(7, -6) == ("rose", "fell")
    assert turned(0, 3) == ("was unchanged", "rose")


# ---------------------------------------------------------------- beside new figures


def test_figures_that_never_moved_say_so(given_twice: Revisions) -> None:
    """Gwent, YE March and December 2018: 3,683 and 6,071 in both editions each."""
    assert "have not moved in Gwent: neither of the 2" in said(given_twice, "gwent")


def test_a_size_stands_beside_what_it_rests_on(given_twice: Revisions) -> None:
    """Dyfed-Powys: YE December 2018 went from 2,720 to 1,471, YE March 2018 stayed 1,373."""
    text = said(given_twice, "dyfed-powys")
    assert "moved by 22.96% from the first release to the newest, the median of 2 revisions" in text
    assert "from \N{MINUS SIGN}45.92% to no change: one fell and one was unchanged" in text
    assert stray_numbers(outlook(given_twice, given_twice.estimates.place("dyfed-powys"))) == []


def test_one_revision_is_no_median(given_twice: Revisions) -> None:
    """Greater Manchester made no return in YE December 2019, so only YE March 2018 came again."""
    text = said(given_twice, "greater-manchester")
    assert "The one of Greater Manchester that is known" in text
    assert "year ending March 2018, fell by 0.08%" in text
    assert "median" not in text


def test_nothing_is_said_where_no_figure_came_again(
    revisions: Revisions, estimates: Estimates
) -> None:
    alone = Revisions(estimates, [], [], [], [], [])
    assert outlook(alone, estimates.nation) == ""
    assert all(outlook(alone, force) == "" for force in estimates.forces)


def test_only_figures_that_were_news_count(revisions: Revisions, built: Path) -> None:
    """England and Wales came in series too, whose older years say nothing of new figures."""
    nation = revisions.estimates.nation
    size = revisions.size(nation)
    assert size
    whole = since_new(built)
    expected = (whole["area_code"] == nation.area.area_code).sum()
    assert size.revisions.value == len(revisions.new([nation])) == expected
    assert len(revisions.of(nation)) > expected > 0
    moved = [step.change.number for step in revisions.new([nation])]
    counts = [size.rose.value, size.fell.value, size.stayed.value]
    assert counts == [sum(m > 0 for m in moved), sum(m < 0 for m in moved), moved.count(0)]
    assert all(step.age_before == 0 and step.age >= 12 for step in revisions.new([nation]))


# ---------------------------------------------------------------- vintages


def test_each_vintage_holds_its_cells(revisions: Revisions) -> None:
    """England and Wales, YE March 2018, from Table P1, a percentage of Table P2 a year later, and
    Table A4, then A5a, of three editions of the appendix tables."""
    of_year = [
        step
        for step in revisions.of(revisions.estimates.nation)
        if step.period_end == date(2018, 3, 31)
    ]
    held = {step.release_id: (step.value.value, step.value.sheet) for step in of_year}
    held[of_year[0].previous_release_id] = (of_year[0].previous.value, of_year[0].previous.sheet)
    assert held.items() >= {
        ("pfa-2018-03", (295571, "Table P1")),
        ("pfa-2019-03", (295948, "Table P1 and Table P2")),
        ("appendix-2022-09", (296238, "Table A4")),
        ("appendix-2025-06", (296219, "Table_A5a")),
        ("appendix-2025-12", (296220, "Table_A5a")),
    }
    for before, after in pairwise(of_year):
        assert (after.previous_release_id, after.previous) == (before.release_id, before.value)
    assert of_year[0].percent.value == pytest.approx(377 / 295571)
    assert "- 1" in of_year[0].percent.formula


def test_how_a_release_gives_a_year(revisions: Revisions) -> None:
    words = {
        "pfa-2018-03": "in its own edition",
        "pfa-2019-03": "as the year before, in the edition of the year after",
        "appendix-2022-09": "in the series by offence",
    }
    for release_id, expected in words.items():
        assert given_as(revisions, release_id, date(2018, 3, 31)) == expected
    corrected = given_as(revisions, "pfa-2018-06-corrected", date(2018, 6, 30))
    assert corrected == "in its own edition, issued again"


@pytest.mark.slow
def test_a_corrected_edition_is_a_vintage_of_its_own(built: Path, tmp_path: Path) -> None:
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
    revisions = open_revisions("stalking_harassment", tmp_path)
    place = revisions.estimates.place("gwent")
    (step,) = [s for s in revisions.of(place) if s.previous_release_id == "pfa-2018-06-v1"]
    assert (step.release_id, step.period_end) == ("pfa-2018-06-corrected", date(2018, 6, 30))
    assert (step.change.number, step.age_before, step.age) == (10, 0, 0)
    assert step not in revisions.new([place])  # a correction tells nothing of a year later
    given = given_as(revisions, "pfa-2018-06-v1", date(2018, 6, 30))
    assert given == "in its own edition, first issue"


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_number_of_the_page_is_a_figure(revisions: Revisions, sentence) -> None:
    text = sentence(revisions)
    assert shown(text)
    assert stray_numbers(text) == []


def test_the_opening_counts_what_the_table_holds(revisions: Revisions, built: Path) -> None:
    table = since_new(built)
    forces = {force.area.area_code: force for force in revisions.estimates.forces}
    rows = table[table["area_code"].isin(list(forces))]
    text = plain(revisions_page.opening(revisions))
    changes = rows["change"]
    assert f"Of the {len(rows)} counts" in text
    assert (
        f"{(changes != 0).sum()} differ in the newest release: {(changes > 0).sum()} rose" in text
    )
    assert f"{(changes < 0).sum()} fell" in text
    assert f"by {rows['change_pct'].abs().median():.2f}% or less" in text
    most = rows.loc[rows["change_pct"].abs().idxmax()]
    assert f"of {forces[most['area_code']].words} for the year ending" in text


def test_a_refuted_change_is_listed_with_its_cells_and_the_count_against_it(
    revisions: Revisions, built: Path
) -> None:
    refuted = read_table(built / REFUTED)
    shown = refuted[refuted["area_code"].isin(list(areas()))]
    table = revisions_page.refuted(revisions)
    assert table
    assert len(table.rows) == len(shown) > 0
    for row, (_, expected) in zip(table.rows, shown.iterrows(), strict=True):
        published, implied, nearest = row[3], row[4], row[5]
        assert isinstance(published, Figure)
        assert isinstance(implied, Figure)
        assert isinstance(nearest, Figure)
        now = next(cell for cell in implied.cells if cell not in published.cells)
        assert now.release_id == expected["release_id"]
        assert (implied.value, nearest.value) == (expected["recovered"], expected["nearest"])
    # What is refuted leads no sentence.
    assert "worked out from a published percentage" not in plain(revisions_page.opening(revisions))


def test_turned_changes_are_named_with_both_releases(revisions: Revisions) -> None:
    text = plain(revisions_page.flips_in_words(revisions))
    assert (
        "in the City of London in the year ending March 2019 they rose by 7 with pfa-2018-03, and "
        "fell by 6 with pfa-2019-03" in text
    )
    own = revisions.flips("stalking_harassment")
    (flip,) = [f for f in own if f.place.name == "City of London" and f.release_id == "pfa-2019-03"]
    assert {cell.release_id for cell in flip.before.cells} == {"pfa-2018-03", "pfa-2019-03"}
    table = revisions_page.flips(revisions)
    assert table
    first = [row[0] for row in table.rows[: len(own)]]
    assert first == [flip.place.name for flip in own]  # the report's own group comes first


def test_moved_ranks_are_named_with_both_releases(revisions: Revisions, built: Path) -> None:
    forces = {force.area.area_code: force for force in revisions.estimates.forces}
    rows = since_new(built)
    rows = rows[rows["area_code"].isin(list(forces))].dropna(subset=["rank_before"])
    way = (rows["rank_after"] - rows["rank_before"]).abs()
    most = rows.loc[way.idxmax()]
    text = plain(revisions_page.ranks_in_words(revisions))
    assert f"Furthest went {forces[most['area_code']].words}:" in text
    assert f"in {most['previous_release_id']} and" in text
    table = revisions_page.rank_moves(revisions)
    assert table
    for row in table.rows:
        assert row[2].value != row[4].value  # type: ignore[union-attr]


def test_the_chart_has_words_and_data_for_every_point(revisions: Revisions) -> None:
    chart = revisions_page.by_age(revisions, frames.steps(revisions.of(revisions.estimates.nation)))
    assert chart
    nation = revisions.estimates.nation
    steps = revisions.of(nation)
    assert len(chart.data) == len(chart.figures) == len(steps)
    young = sum(step.age <= 12 for step in revisions.of(nation))
    assert f"figures up to a year old: {young} revisions from" in chart.alt
    html = chart._repr_html_()
    assert 'role="img" aria-label="Scatter plot' in html
    assert html.count("data-tip=") == len(steps)
    assert stray_numbers(html) == []


def test_sizes_add_up_to_all_counts(revisions: Revisions, built: Path) -> None:
    steps = frames.steps(revisions.new(revisions.estimates.forces))
    chart = revisions_page.sizes(revisions, steps[steps["change_pct"].notna()])
    assert chart
    numbers = [int(float(str(row["value"]))) for row in chart.data]
    later = since_new(built)
    forces = [force.area.area_code for force in revisions.estimates.forces]
    moved_by = later.loc[later["area_code"].isin(forces), "change_pct"].dropna().abs()
    assert sum(numbers) == len(moved_by)
    assert numbers[0] == (moved_by == 0).sum() > 0  # no change
    within = f"{(moved_by < 1).sum()} of {len(moved_by)} counts by force moved by less than"
    assert plain(chart.title).startswith(within)


def test_every_force_is_in_the_table_or_named_below_it(revisions: Revisions) -> None:
    html = revisions_page.by_force(revisions)._repr_html_()
    for force in revisions.estimates.forces:
        assert force.name in html


@pytest.mark.slow
def test_partnerships_in_two_editions_do_not_stop_the_page(
    root: Path, built: Path, tmp_path: Path
) -> None:
    """An edition of the year before, made of the newest: what was news then was revised since."""
    recorded = read_table(built / RECORDED)
    rows = recorded[recorded["release_id"] == recorded["release_id"].max()]
    year_before = rows.assign(
        release_id=rows["release_id"].str.replace(
            r"\d{4}", lambda year: str(int(year[0]) - 1), regex=True
        ),
        period_end=(rows["period_end"] - pd.DateOffset(years=1)).astype("datetime64[ms]"),
    )
    write_recorded(tmp_path, root, built, pd.concat([rows, year_before], ignore_index=True))
    partnerships = list(recorded.loc[recorded["area_type"] == "partnership", "area_code"])
    for table in (REVISIONS, COMPARED):
        assert read_table(tmp_path / table)["area_code"].isin(partnerships).any()

    revisions = open_revisions("stalking_harassment", tmp_path)
    for sentence in SENTENCES:
        assert plain(sentence(revisions))
    compared = read_table(tmp_path / COMPARED)
    turned = compared.loc[compared["turned"], "area_code"]
    assert len(revisions.flips()) == turned.isin(list(areas())).sum() > 0


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
    assert "None of those taken in here gives a count of stalking and harassment by police" in body
    assert "None of them is a change in" in plain(body)
    assert stray_numbers(body) == []


def test_a_rebuilt_table_is_read_again(built: Path, tmp_path: Path) -> None:
    tables = (REVISIONS, WHOLE, SIZES, COMPARED, REFUTED)
    for name in (*TABLES, CODES, *tables):
        write_table(read_table(built / name), tmp_path / name)
    before = open_revisions("stalking_harassment", tmp_path)
    changed: pd.DataFrame = read_table(tmp_path / REVISIONS)
    write_table(changed.head(0), tmp_path / REVISIONS)
    after = open_revisions("stalking_harassment", tmp_path)
    nation = before.estimates.nation
    assert before.of(nation)
    assert not after.of(nation)
