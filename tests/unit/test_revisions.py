"""Vintages of one figure are compared step by step, and only with their like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.recorded import compute_changes, read_recording_changes
from crimeshare.measures.revisions import (
    compare_changes,
    compute_revisions,
    find_whole_revisions,
    summarise_revisions,
    with_ages,
)
from crimeshare.measures.vintages import compute_vintages
from crimeshare.parquet import read_table
from crimeshare.tables.combining import combine_recorded_crime
from tests import facsimile
from tests.conftest import ROOT
from tests.vintages import NO_CODES, NO_QUARTERS, vintages_of

FORCES = {"W15000001": "North Wales", "W15000002": "Gwent", "W15000003": "South Wales"}


def counts(release_id: str, period_end: str, **by_force: tuple[float, float]) -> pd.DataFrame:
    """Rows of recorded crime: total and stalking of each force."""
    rows = [
        {
            "release_id": release_id,
            "period_end": pd.Timestamp(period_end),
            "area_code": next(code for code, name in FORCES.items() if name == force),
            "area_name": force,
            "area_type": "force",
            "offence_id": offence,
            "measure": "count",
            "value": value,
            "sheet": "Table P1",
            "cell": f"{'C' if offence == 'total' else 'I'}{59 + list(by_force).index(force)}",
        }
        for force, values in by_force.items()
        for offence, value in zip(["total", "stalking_harassment"], values, strict=True)
    ]
    return pd.DataFrame(rows)


def revisions_of(*tables: pd.DataFrame) -> pd.DataFrame:
    return compute_revisions(vintages_of(pd.concat(tables, ignore_index=True)))


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    """Recorded crime, from every shipped release of the tables by force."""
    return combine_recorded_crime(read_table(*sorted(facsimile.FIGURES.glob("pfa-*.parquet"))))


@pytest.fixture(scope="module")
def vintages(recorded: pd.DataFrame) -> pd.DataFrame:
    """Its vintages, none marked: without the open data more would be refuted than is."""
    return compute_vintages(recorded, NO_CODES, NO_QUARTERS)


@pytest.fixture(scope="module")
def changes(recorded: pd.DataFrame, vintages: pd.DataFrame) -> pd.DataFrame:
    reference = ROOT / "resources" / "reference" / "recording_changes.csv"
    return compute_changes(recorded, vintages, read_recording_changes(reference))


def test_first_corrected_and_later_issues_are_steps_in_the_order_they_came_out() -> None:
    day = "2024-03-31"
    steps = revisions_of(
        counts("pfa-2025-03", day, Gwent=(1020.0, 99.0)),
        counts("pfa-2024-03-corrected", day, Gwent=(1010.0, 100.0)),
        counts("pfa-2024-03-v3", day, Gwent=(1015.0, 100.0)),
        counts("pfa-2024-03", day, Gwent=(1000.0, 100.0)),
    )
    total = steps[steps["offence_id"] == "total"]
    assert list(zip(total["previous_release_id"], total["release_id"], strict=True)) == [
        ("pfa-2024-03", "pfa-2024-03-corrected"),
        ("pfa-2024-03-corrected", "pfa-2024-03-v3"),
        ("pfa-2024-03-v3", "pfa-2025-03"),
    ]
    assert list(total["change"]) == [10.0, 5.0, 5.0]
    assert total["change_pct"].iloc[0] == pytest.approx(1.0)
    stalking = steps[steps["offence_id"] == "stalking_harassment"]
    assert list(stalking["change"]) == [0.0, 0.0, -1.0]  # a step without a change is one too


def test_ranks_are_of_shares_among_the_forces_both_vintages_give() -> None:
    day = "2024-03-31"
    first = {"North Wales": (1000.0, 150.0), "Gwent": (1000.0, 140.0)}
    later = {"North Wales": (1000.0, 120.0), "Gwent": (1000.0, 140.0)}
    steps = revisions_of(
        counts("pfa-2024-03", day, **first, **{"South Wales": (1000.0, 500.0)}),
        counts("pfa-2025-03", day, **later),
    )
    ranked = steps[steps["offence_id"] == "stalking_harassment"].set_index("area_code")
    assert ranked[["rank_before", "rank_after"]].to_numpy().tolist() == [[1, 2], [2, 1]]
    assert ranked["ranked_forces"].tolist() == [2, 2]
    assert steps[steps["offence_id"] == "total"]["rank_after"].isna().all()
    sizes = summarise_revisions(find_whole_revisions(steps))
    assert list(sizes["rank_flips"]) == [1, 0, 1, 0]  # by area and group


def test_ranks_since_a_figure_was_new_are_among_the_same_forces() -> None:
    day = "2023-03-31"
    first = {
        "North Wales": (1000.0, 150.0),
        "Gwent": (1000.0, 140.0),
        "South Wales": (1000.0, 90.0),
    }
    between = {name: values for name, values in first.items() if name != "South Wales"}
    steps = revisions_of(
        counts("pfa-2023-03", day, **first),
        counts("pfa-2024-03", day, **between),
        counts("pfa-2025-03", day, **{**first, "Gwent": (1000.0, 160.0)}),
    )
    group = steps[steps["offence_id"] == "stalking_harassment"].set_index("area_code")
    # South Wales goes from the first release to the last, and shares that step with no other.
    alone = group.loc["W15000003"]
    assert alone[["rank_before", "rank_after", "ranked_forces"]].isna().all()
    whole = find_whole_revisions(steps)
    whole = whole[whole["offence_id"] == "stalking_harassment"].set_index("area_code")
    ranks = whole[["rank_before", "rank_after", "ranked_forces"]]
    assert ranks.loc["W15000003"].tolist() == [3, 3, 3]
    assert ranks.loc["W15000002"].tolist() == [2, 1, 3]


def test_forces_with_few_offences_are_not_ranked() -> None:
    day = "2024-03-31"
    first = {
        "North Wales": (1000.0, 150.0),
        "Gwent": (1000.0, 140.0),
        "South Wales": (1000.0, 49.0),
    }
    steps = revisions_of(counts("pfa-2024-03", day, **first), counts("pfa-2025-03", day, **first))
    group = steps[steps["offence_id"] == "stalking_harassment"].set_index("area_code")
    assert group["ranked_forces"].dropna().tolist() == [2, 2]
    assert pd.isna(group.loc["W15000003", "rank_after"])


def test_a_marked_figure_is_no_vintage_and_a_base_of_zero_gives_no_percentage() -> None:
    day = "2024-03-31"
    steps = revisions_of(
        counts("pfa-2024-03", day, Gwent=(float("nan"), 0.0)),
        counts("pfa-2025-03", day, Gwent=(1000.0, 3.0)),
    )
    assert list(steps["offence_id"]) == ["stalking_harassment"]
    assert steps["change_pct"].isna().all()


def test_what_releases_said_of_a_year_a_year_later(vintages: pd.DataFrame) -> None:
    """From Tables P1 and P2: Gwent's total of YE December 2018 was 56,497 when published
    (pfa-2018-12), and 57,976 a year later is 2.57 per cent more (pfa-2019-12), so 56,524."""
    steps = compute_revisions(vintages).set_index(["area_code", "offence_id", "period_end"])
    gwent = steps.loc[("W15000002", "total", pd.Timestamp("2018-12-31"))]
    assert (gwent["previous_value"], gwent["value"]) == (56497, 56524)


def test_totals_without_a_force_are_not_compared_with_totals_that_have_it(
    vintages: pd.DataFrame,
) -> None:
    """Greater Manchester made no return for July to December 2019."""
    steps = compute_revisions(vintages)
    later = steps[steps["release_id"] == "pfa-2019-12"]
    assert not later.empty
    assert not set(later["area_code"]) & {"K04000001", "E92000001", "E12000002", "E23000005"}
    assert "W92000004" in set(later["area_code"])


@pytest.mark.slow
def test_a_series_by_code_is_compared_from_edition_to_edition(recorded: pd.DataFrame) -> None:
    """Stalking (8Q), YE March 2024: 128,355 in the edition of June 2025, 128,829 in December."""
    codes = pd.DataFrame(
        {
            "release_id": ["appendix-2025-12", "appendix-2025-06"],
            "table": "offence_codes",
            "code": "8Q",
            "offence": "Stalking",
            "offence_id": None,
            "period_end": pd.Timestamp("2024-03-31"),
            "count": [128829.0, 128355.0],
            "marker": None,
            "sheet": "Table_A5a",
            "cell": ["X62", "Y62"],
        }
    )
    steps = compute_revisions(vintages_of(recorded, codes))
    stalking = steps[steps["offence_id"] == "8Q"].iloc[0]
    assert (stalking["change"], stalking["area_code"]) == (474.0, "K04000001")
    aged = with_ages(steps[steps["offence_id"] == "8Q"])
    assert (aged["age_before"].item(), aged["age"].item()) == (15, 21)


def test_a_subtotal_that_is_a_group_goes_on_where_the_tables_by_area_end(
    recorded: pd.DataFrame,
) -> None:
    """Stalking and harassment in England and Wales: YE December 2024 was 606,251 in Table P1 of
    its own edition, and 603,910 in Table A5a of the edition of December 2025."""
    codes = series(("appendix-2025-12", "2024-12-31", 603910.0))
    steps = compute_revisions(vintages_of(recorded, codes))
    last = steps[steps["release_id"] == "appendix-2025-12"]
    columns = ["area_code", "offence_id", "previous_release_id", "previous_value", "change"]
    assert last[columns].to_numpy().tolist() == [
        ["K04000001", "stalking_harassment", "pfa-2024-12", 606251.0, -2341.0]
    ]
    assert with_ages(last)[["age_before", "age"]].to_numpy().tolist() == [[0, 12]]


def test_a_whole_revision_is_from_the_first_release_to_the_newest() -> None:
    """+1 per cent a year later and +1 more the year after, -3 per cent; a corrected issue of the
    same month, and a year that was no news when it was first given, are left out."""
    steps = revisions_of(
        counts("pfa-2023-03", "2023-03-31", Gwent=(1000.0, 100.0)),
        counts("pfa-2024-03", "2023-03-31", Gwent=(1010.0, 100.0)),
        counts("pfa-2025-03", "2023-03-31", Gwent=(1020.0, 100.0)),
        counts("pfa-2024-03", "2024-03-31", Gwent=(1000.0, 100.0)),
        counts("pfa-2024-03-corrected", "2024-03-31", Gwent=(1020.0, 100.0)),
        counts("pfa-2022-03", "2022-03-31", Gwent=(1000.0, 100.0)),
        counts("pfa-2023-03", "2022-03-31", Gwent=(970.0, 100.0)),
        counts("pfa-2022-03", "2021-03-31", Gwent=(500.0, 100.0)),
        counts("pfa-2023-03", "2021-03-31", Gwent=(900.0, 100.0)),
    )
    whole = find_whole_revisions(steps)
    total = whole[whole["offence_id"] == "total"].set_index("period_end")
    assert total["change_pct"].to_list() == [pytest.approx(-3.0), pytest.approx(2.0)]
    ways = total[["previous_release_id", "release_id", "age_before", "age"]].to_numpy().tolist()
    assert ways == [["pfa-2022-03", "pfa-2023-03", 0, 12], ["pfa-2023-03", "pfa-2025-03", 0, 24]]
    sizes = summarise_revisions(whole)
    year = sizes[sizes["offence_id"] == "total"].iloc[0]
    assert (year["revisions"], year["lowest_pct"]) == (2, pytest.approx(-3.0))
    assert (year["typical_size_pct"], year["median_change_pct"]) == (
        pytest.approx(2.5),
        pytest.approx(-0.5),
    )


def open_year(release_id: str, count: float) -> pd.DataFrame:
    """The quarters of Gwent's year ending March 2023 in a release of the open data."""
    ends = pd.date_range("2022-06-30", "2023-03-31", freq="QE").astype("datetime64[ms]")
    return pd.DataFrame(
        {
            "release_id": release_id,
            "period_start": (ends - pd.offsets.QuarterBegin(startingMonth=1)).astype(ends.dtype),
            "period_end": ends,
            "area_code": "W15000002",
            "offence_id": "total",
            "code": pd.Series([None] * len(ends), dtype="str"),
            "value": [count - 300, 100, 100, 100],
            "sheet": "2022/23",
        }
    )


@pytest.mark.parametrize(
    ("of_that_month", "between"),
    [(1010.0, []), (1011.0, [["pfa-2024-03", "prc-2024-03", 1.0]])],
)
def test_open_data_are_vintages_and_where_both_agree_ons_stands_for_both(
    of_that_month: float, between: list[list[object]]
) -> None:
    """A difference between the two publishers is shown, and never passed over."""
    recorded = pd.concat(
        [
            counts("pfa-2023-03", "2023-03-31", Gwent=(1000.0, 100.0)),
            counts("pfa-2024-03", "2023-03-31", Gwent=(1010.0, 100.0)),
        ]
    )
    quarters = [open_year("prc-2024-03", of_that_month), open_year("prc-2025-12", 1015.0)]
    steps = compute_revisions(vintages_of(recorded, quarters=pd.concat(quarters)))
    # Wales and England and Wales, without every other force, move with it.
    total = steps[steps["area_code"].isin(list(FORCES)) & (steps["offence_id"] == "total")]
    told = total[["previous_release_id", "release_id", "change"]].to_numpy().tolist()
    last = "prc-2024-03" if between else "pfa-2024-03"
    assert told == [
        ["pfa-2023-03", "pfa-2024-03", 10.0],
        *between,
        [last, "prc-2025-12", 1015.0 - of_that_month],
    ]


def test_a_group_that_another_came_out_of_is_not_revised_by_that() -> None:
    """Stalking and harassment were violence without injury before they were a group."""
    recorded = counts("pfa-2016-03", "2016-03-31", Gwent=(1000.0, 100.0))
    held = recorded.assign(
        offence_id=recorded["offence_id"].replace("stalking_harassment", "violence_without_injury")
    )
    apart = counts("pfa-2017-03", "2016-03-31", Gwent=(1000.0, 40.0))
    rest = apart[apart["offence_id"] != "total"].assign(
        offence_id="violence_without_injury", value=60.0
    )
    steps = revisions_of(held, apart, rest)
    assert set(steps["offence_id"]) == {"total"}


def series(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Stalking and harassment as the series by offence of an edition gives it."""
    releases, ends, values = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "release_id": releases,
            "table": "offence_codes",
            "code": pd.Series([None] * len(rows), dtype="str"),
            "offence": "Stalking and harassment",
            "offence_id": "stalking_harassment",
            "period_end": pd.to_datetime(list(ends)),
            "count": values,
            "marker": None,
            "sheet": "Table_A5a",
            "cell": [f"A{place}" for place in range(1, 1 + len(rows))],
        }
    )


def test_a_change_that_turns_when_both_years_are_given_again(
    recorded: pd.DataFrame, changes: pd.DataFrame
) -> None:
    # The steps are those of the series alone.
    codes = series(
        ("appendix-2025-06", "2023-03-31", 100.0),
        ("appendix-2025-06", "2024-03-31", 101.0),
        ("appendix-2025-12", "2023-03-31", 102.0),
        ("appendix-2025-12", "2024-03-31", 102.0),
        ("appendix-2026-06", "2023-03-31", 102.0),
        ("appendix-2026-06", "2024-03-31", 102.0),
    )
    vintages = vintages_of(recorded.head(0), codes)
    compared = compare_changes(compute_revisions(vintages), changes.head(0), vintages)
    both = compared[compared["turned"] & (compared["revised"] == "both_years")]
    columns = ["previous_release_id", "release_id", "change_before", "change"]
    assert both[columns].to_numpy().tolist() == [["appendix-2025-06", "appendix-2025-12", 1, 0]]


def test_a_change_whose_direction_hangs_on_the_vintage_of_the_year_before(
    vintages: pd.DataFrame, changes: pd.DataFrame
) -> None:
    compared = compare_changes(compute_revisions(vintages), changes, vintages)
    flipped = compared[compared["turned"]]
    assert 0 < len(flipped) < len(compared)
    assert (np.sign(flipped["change"]) != np.sign(flipped["change_before"])).all()
    assert set(flipped["revised"]) == {"year_before"}
    city = flipped[
        (flipped["area_code"] == "E23000034")
        & (flipped["offence_id"] == "stalking_harassment")
        & (flipped["period_end"] == pd.Timestamp("2019-03-31"))
    ]
    assert city[["change", "change_before"]].to_numpy().tolist() == [[-6.0, 7.0]]


def test_one_release_alone_has_no_revision() -> None:
    steps = revisions_of(counts("pfa-2024-03", "2024-03-31", Gwent=(1000.0, 100.0)))
    assert steps.empty
    assert summarise_revisions(steps).empty
