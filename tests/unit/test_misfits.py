"""Every release held against every other: the Home Office's figures, and those of the areas."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.parquet import read_table
from crimeshare.problems import Problems
from crimeshare.reference import NATION, areas, read_rows
from crimeshare.sources.registry import read_registry
from crimeshare.tables.counts import QUARTER, YEAR, counts, counts_of_files, in_order
from crimeshare.tables.misfits import Misfit, check, misfits
from crimeshare.tables.seasons import exchanged_quarters, turned_quarters
from tests.conftest import ROOT
from tests.quarter_mutations import QUARTER_KINDS

pytestmark = pytest.mark.slow

REGISTRY = read_registry(ROOT / "config" / "releases.csv")
FIGURES = {
    release.release_id: (release.reader, path)
    for release in REGISTRY.values()
    for path in [ROOT / "resources" / "figures" / f"{release.release_id}.parquet"]
    if path.is_file() and release.dataset in ("pfa", "appendix", "prc")
}
READERS = in_order(REGISTRY[name] for name in FIGURES)
NONE = Path("no such file")
OPEN_DATA = "prc-2025-12"
EDITION = "pfa-2024-12"


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    return counts_of_files(FIGURES)


@pytest.fixture(scope="module")
def judge(shipped: pd.DataFrame) -> Callable[[str, pd.DataFrame], list[Misfit]]:
    """What is said of other figures of a release."""

    def judged(release_id: str, figures: pd.DataFrame, accepted: Path = NONE) -> list[Misfit]:
        own = counts(figures, release_id, READERS[release_id])
        others = shipped[shipped["release_id"] != release_id]
        everything = pd.concat([others, own], ignore_index=True)
        return misfits(everything, READERS, [release_id], accepted)

    return judged


def figures_of(release_id: str) -> pd.DataFrame:
    return read_table(FIGURES[release_id][1])


def test_all_shipped_releases_go_together(shipped: pd.DataFrame) -> None:
    check(shipped, READERS, accepted=ROOT / "config" / "accepted.csv")


@pytest.mark.parametrize("kind", QUARTER_KINDS)
def test_no_change_to_the_open_data_goes_through(kind: str, judge) -> None:  # type: ignore[no-untyped-def]
    changed = QUARTER_KINDS[kind](figures_of(OPEN_DATA), random.Random(kind))
    assert judge(OPEN_DATA, changed)


def test_two_forces_swapped_in_the_newest_year_are_named(judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    newest = figures["sheet"] == figures["sheet"].max()
    swap = {"W15000001": "W15000003", "W15000003": "W15000001"}
    codes = figures["area_code"].map(lambda code: swap.get(code, code))
    figures["area_code"] = figures["area_code"].where(~newest, codes)
    (misfit,) = judge(OPEN_DATA, figures)
    assert "North Wales" in misfit.sentence
    assert "South Wales" in misfit.sentence
    assert f"sheet '{figures['sheet'].max()}'" in misfit.sentence


@pytest.mark.parametrize("release_id", [name for name in FIGURES if name.startswith("prc-")])
def test_a_force_lost_in_one_quarter_is_named_unless_it_made_no_return(release_id, judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(release_id)
    day = figures["period_end"].max()
    gwent = (figures["area_code"] == "W15000002") & (figures["period_end"] == day)
    (misfit,) = judge(release_id, figures[~gwent])
    assert "Gwent" in misfit.sentence
    assert f"{day:%B %Y}" in misfit.sentence
    assert f"sheet '{figures.loc[gwent, 'sheet'].iloc[0]}'" in misfit.sentence
    said = figures.assign(value=figures["value"].where(~gwent))
    assert judge(release_id, said) == []


def test_a_new_force_is_no_misfit_of_what_was_shipped_before_it(shipped: pd.DataFrame) -> None:
    forces = shipped[(shipped["release_id"] == OPEN_DATA) & (shipped["area_code"] == "BTP")]
    new = pd.concat([shipped, forces.assign(area_code="NEW")], ignore_index=True)
    assert misfits(new, READERS, accepted=NONE) == []


def test_what_revisions_are_measured_by_did_happen(shipped: pd.DataFrame) -> None:
    for line in read_rows(ROOT / "workflow/crimeshare/tables/revised.csv"):
        at = (shipped["item"] == line["item"]) & (shipped["area_code"] == line["area_code"])
        year = at & (shipped["months"] == YEAR) & (shipped["period_end"] == line["period_end"])
        by_release = shipped[year].set_index("release_id")["value"]
        one, other = by_release[line["release_id"]], by_release[line["release_id_other"]]
        moved = abs(one - other) / (max(one, other) + 30) ** 0.5
        assert 0 <= moved - float(line["moved"]) < 0.01, line


@pytest.mark.parametrize("first", ["pfa-2018-03", EDITION])
def test_releases_go_together_however_few_are_shipped(first: str, shipped: pd.DataFrame) -> None:
    few = {name: reader for name, reader in READERS.items() if reader != READERS[first]}
    few = {name: reader for name, reader in READERS.items() if name in few or name == first}
    rows = shipped[shipped["release_id"].isin([*few])]
    assert misfits(rows, few, accepted=NONE) == []


def test_what_was_accepted_goes_through_until_it_changes(judge, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    gwent = (figures["area_code"] == "W15000002") & (figures["period_end"] > "2025-04-01")
    figures.loc[gwent, "value"] *= 2
    found = judge(OPEN_DATA, figures)
    accepted = tmp_path / "accepted.csv"
    header = (ROOT / "config" / "accepted.csv").read_text(encoding="utf-8").splitlines()[0]
    accepted.write_text("\n".join([header, *(each.line for each in found), ""]), encoding="utf-8")
    assert judge(OPEN_DATA, figures, accepted) == []
    figures.loc[gwent, "value"] += 1
    assert judge(OPEN_DATA, figures, accepted)


def test_a_force_a_third_too_large_in_the_newest_year_is_found_by_the_nation(judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    newest = figures["sheet"] == figures["sheet"].max()
    rows = newest & (figures["area_code"] == "E23000011")
    larger = figures.assign(value=figures["value"].where(~rows, (figures["value"] * 1.3).round()))
    said = " ".join(each.sentence for each in judge(OPEN_DATA, larger))
    assert "appendix-2025-12" in said
    assert "came out with the same quarter" in said


# Within a year of the file no sum of quarters tells; a small force's seasons do not either.
@pytest.mark.parametrize(
    ("force", "days"),
    [
        ("E23000035", ("2025-06-30", "2025-12-31")),
        ("E23000036", ("2025-09-30", "2025-12-31")),
        ("E23000015", ("2024-06-30", "2024-12-31")),
        ("E23000001", ("2019-06-30", "2019-09-30")),
        ("W15000002", ("2022-09-30", "2022-12-31")),
    ],
)
def test_two_quarters_of_a_force_that_were_swapped_are_named(
    force: str, days: tuple[str, str], judge
) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    day = figures["period_end"].astype(str).str[:10]
    own = (figures["area_code"] == force) & day.isin(days)
    one, other = (figures.loc[own & (day == each), "period_end"].iloc[0] for each in days)
    there = figures["period_end"].map({one: other, other: one})
    figures["period_end"] = figures["period_end"].where(~own, there)
    [said] = [each for each in judge(OPEN_DATA, figures) if "two quarters" in each.sentence]
    for each in (one, other):
        assert f" to {each:%B %Y}" in said.sentence
    assert areas()[force].area_name in said.sentence
    assert said.line.startswith(f"{OPEN_DATA},{force},*,*,")


@pytest.mark.parametrize("days", [("2022-06-30", "2023-03-31"), ("2013-09-30", "2013-12-31")])
def test_two_quarters_of_the_smallest_force_are_told_by_an_earlier_release(
    days: tuple[str, str], judge
) -> None:  # type: ignore[no-untyped-def]
    """Of the City of London chance moves most codes, so that the season tells nothing."""
    figures = figures_of(OPEN_DATA)
    day = figures["period_end"].astype(str).str[:10]
    own = (figures["area_code"] == "E23000034") & day.isin(days)
    one, other = (figures.loc[own & (day == each), "period_end"].iloc[0] for each in days)
    there = figures["period_end"].map({one: other, other: one})
    figures["period_end"] = figures["period_end"].where(~own, there)
    said = [each for each in judge(OPEN_DATA, figures) if "two quarters" in each.sentence]
    assert len(said) == 1
    assert "quarter to" in said[0].sentence
    assert "in prc-2023-06, and the other way round" in said[0].sentence


def test_no_two_quarters_of_a_shipped_file_look_swapped(shipped: pd.DataFrame) -> None:
    of_codes = shipped["code"] & (shipped["months"] == QUARTER) & (shipped["level"] == "force")
    rows = shipped[of_codes & shipped["value"].notna()]
    assert rows["release_id"].nunique() > 1
    of_release = dict(list(rows.groupby("release_id")))
    for own in of_release.values():
        assert turned_quarters(own).empty
    for earlier, later in pairwise(sorted(of_release)):
        assert exchanged_quarters(of_release[later], of_release[earlier]).empty


@pytest.mark.parametrize("sheet", ["2018/19", "2024/25", "2025/26"])
def test_a_force_a_little_too_large_is_found_and_no_other_named(sheet: str, judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    rows = (figures["sheet"] == sheet) & (figures["area_code"] == "W15000002")
    larger = figures.assign(value=figures["value"].where(~rows, (figures["value"] * 1.05).round()))
    named = {each.line.split(",")[1] for each in judge(OPEN_DATA, larger)}
    # Where no other vintage has the quarters, a twentieth is within what changes from year to year.
    assert named == {"W15000002"} if sheet == "2018/19" else named
    assert named <= {"W15000002", NATION}


def test_two_offences_of_a_force_under_each_others_code_are_told_as_its_own(judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    rows = (figures["sheet"] == figures["sheet"].max()) & (figures["area_code"] == "W15000002")
    swap = {"8Q": "8R", "8R": "8Q"}
    codes = figures["code"].map(lambda code: swap.get(code, code))
    found = judge(OPEN_DATA, figures.assign(code=figures["code"].where(~rows, codes)))
    assert {tuple(each.line.split(",")[:3]) for each in found} == {
        (OPEN_DATA, "W15000002", code) for code in swap
    }


def area_codes(one: str, other: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The figures of two areas under each other's code."""
    swap = {one: other, other: one}

    def edit(figures: pd.DataFrame) -> pd.DataFrame:
        codes = figures["area_code"].map(lambda code: swap.get(code, code))
        return figures.assign(area_code=codes)

    return edit


def offence_groups(one: str, other: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The figures of two offence groups under each other's header."""
    swap = {one: other, other: one}

    def edit(figures: pd.DataFrame) -> pd.DataFrame:
        groups = figures["offence_id"].map(lambda group: swap.get(group, group))
        return figures.assign(offence_id=groups)

    return edit


def times(area: str, by: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The counts of a force too large, in every table."""

    def edit(figures: pd.DataFrame) -> pd.DataFrame:
        rows = (figures["measure"] == "count") & (figures["area_code"] == area)
        larger = (figures["value"] * by).round()
        return figures.assign(value=figures["value"].where(~rows, larger))

    return edit


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (offence_groups("drug_offences", "possession_of_weapons"), "Drug offences"),
        (offence_groups("robbery", "sexual_offences"), "Robbery"),
        (area_codes("W15000002", "W15000001"), "Gwent"),
        (area_codes("E23000030", "E23000020"), "Lincolnshire"),
        (area_codes("E22000001", "E22000002"), "Bath and North East Somerset (E22000001)"),
        (times("W15000002", 2), "Gwent"),
        (times("W15000002", 1.3), "Gwent"),
    ],
)
@pytest.mark.parametrize("release_id", [EDITION, "pfa-2019-03"])
def test_an_edition_edited_throughout_is_refused(edit, named, release_id, judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(release_id)
    changed = edit(figures)
    if changed.equals(figures):
        pytest.skip("it has no partnerships")
    assert any(named in misfit.sentence for misfit in judge(release_id, changed))


def test_a_nation_that_does_not_fit_its_forces_is_refused(judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of("appendix-2025-12")
    # The table of sub-codes has a row of it, too.
    codes = (figures["table"] == "offence_codes") & (figures["item_id"] == "8Q")
    row = figures.index[codes & (figures["value"] > 1000)][-1]
    figures.loc[row, "value"] += 100.4
    said = " ".join(each.sentence for each in judge("appendix-2025-12", figures))
    assert figures.loc[row, "cell"] in said
    assert f"{figures.loc[row, 'value']:,.1f}" in said
    assert NATION in " ".join(each.line for each in judge("appendix-2025-12", figures))


def test_a_refusal_names_the_line_that_would_let_it_through(shipped: pd.DataFrame) -> None:
    gwent = (shipped["release_id"] == OPEN_DATA) & (shipped["area_code"] == "W15000002")
    doubled = shipped.assign(value=shipped["value"].where(~gwent, shipped["value"] * 2))
    with pytest.raises(
        Problems, match=r"Gwent.*add to .*accepted\.csv the line: prc-2025-12,W15000002"
    ):
        check(doubled, READERS, [OPEN_DATA])


def test_a_year_of_offences_in_another_unit_is_told_with_its_cell(judge) -> None:  # type: ignore[no-untyped-def]
    """Ten times as many of everything: all sums of the edition hold."""
    figures = figures_of("appendix-2025-12")
    year = pd.to_datetime(figures["period_end"]) == "2010-03-31"
    rows = year & (figures["table"] == "offence_codes")
    changed = figures.assign(value=figures["value"].where(~rows, figures["value"] * 10))
    cells = {f"sheet {row.sheet!r}, cell {row.cell}: it has" for row in changed[rows].itertuples()}
    wrong = [each.sentence for each in judge("appendix-2025-12", changed)]
    assert any(cell in said and "+900.0 per cent" in said for cell in cells for said in wrong)


def test_a_file_in_thousands_is_one_misfit_and_no_wait(judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    began = time.process_time()
    (misfit,) = judge(OPEN_DATA, figures.assign(value=(figures["value"] / 1000).round()))
    assert "the totals of 43 of its 43 forces, as a rule 0.001 times" in misfit.sentence
    assert misfit.line.startswith(f"{OPEN_DATA},*,*,*,")
    # Four minutes went by where each of its years was looked for in its quarters.
    assert time.process_time() - began < 60


def test_many_forces_in_thousands_are_told_one_by_one(judge) -> None:  # type: ignore[no-untyped-def]
    figures = figures_of(OPEN_DATA)
    forces = sorted(figures.loc[figures["area_type"] == "force", "area_code"].unique())[:12]
    began = time.process_time()
    rows = figures["area_code"].isin(forces)
    thousands = figures["value"].where(~rows, (figures["value"] / 1000).round())
    told = " ".join(misfit.sentence for misfit in judge(OPEN_DATA, figures.assign(value=thousands)))
    assert all(areas()[force].area_name in told for force in forces)
    assert time.process_time() - began < 60


@pytest.mark.parametrize(("times", "asked"), [(1, False), (1.3, False), (2, True)])
def test_a_force_twice_as_large_as_the_year_before_is_asked_about_by_the_edition_alone(
    times: float, asked: bool, shipped: pd.DataFrame
) -> None:
    own = shipped[shipped["release_id"] == EDITION]
    rows = (own["area_code"] == "W15000002") & (own["period_end"] == own["period_end"].max())
    changed = own.assign(value=own["value"].where(~rows, own["value"] * times))
    found = misfits(changed, {EDITION: READERS[EDITION]}, [EDITION], NONE)
    assert any("a year before, which departs" in each.sentence for each in found) == asked
