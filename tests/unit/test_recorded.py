"""Shares are of the release's own total, ranks name their classification, changes their basis."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.recorded import (
    SMALL_BASE,
    compute_changes,
    compute_shares,
    rank_forces,
    read_recording_changes,
    require_offence_groups,
)
from crimeshare.parquet import read_table
from crimeshare.problems import Problem
from crimeshare.reference import reported_groups
from crimeshare.tables.combining import combine_recorded_crime
from tests.facsimile import FIGURES
from tests.vintages import vintages_of

RELEASES = sorted(FIGURES.glob("pfa-*.parquet"))


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    return combine_recorded_crime(read_table(*RELEASES))


@pytest.fixture(scope="module")
def shares(recorded: pd.DataFrame) -> pd.DataFrame:
    return compute_shares(recorded)


@pytest.fixture(scope="module")
def recording_changes(root: Path) -> pd.DataFrame:
    return read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")


@pytest.fixture(scope="module")
def changes(recorded: pd.DataFrame, recording_changes: pd.DataFrame) -> pd.DataFrame:
    return compute_changes(recorded, vintages_of(recorded), recording_changes)


def one(table: pd.DataFrame, **what: object) -> pd.Series:
    """The only row of ``table`` that ``what`` describes."""
    rows = table
    for column, value in what.items():
        wanted = pd.Timestamp(str(value)) if column == "period_end" else value
        rows = rows[rows[column] == wanted]
    assert len(rows) == 1, f"{len(rows)} rows are {what}"
    return rows.iloc[0]


# Police force area data tables, year ending December 2024, Table P1 (ONS, OGL v3.0).
def test_the_reference_figures_of_gwent(shares: pd.DataFrame) -> None:
    gwent = one(
        shares,
        release_id="pfa-2024-12",
        period_end="2024-12-31",
        area_name="Gwent",
        offence_id="stalking_harassment",
    )
    assert (gwent["count"], gwent["total"]) == (8642, 58358)
    assert gwent["share"] == 8642 / 58358
    assert pd.isna(gwent["rank_main_groups"])
    assert (gwent["rank_subgroups"], gwent["rank_published_columns"]) == (1, 3)
    assert rank_forces(shares)[gwent.name] == 9


def test_the_reference_figures_of_england_and_wales(shares: pd.DataFrame) -> None:
    both = one(
        shares,
        release_id="pfa-2024-12",
        period_end="2024-12-31",
        area_code="K04000001",
        offence_id="stalking_harassment",
    )
    assert (both["count"], both["total"]) == (606251, 5350405)


def test_a_release_gives_shares_of_the_year_before_as_it_revised_them(
    shares: pd.DataFrame,
) -> None:
    what = {"area_name": "Gwent", "offence_id": "stalking_harassment", "period_end": "2023-12-31"}
    before = one(shares, release_id="pfa-2024-12", **what)
    assert (before["count"], before["total"]) == (9031, 57161)


def test_main_groups_of_an_area_add_up_to_its_total(shares: pd.DataFrame) -> None:
    main = shares[shares["rank_main_groups"].notna()]
    areas = main.groupby(["release_id", "period_end", "area_code"])
    assert len(areas) > 500
    assert (areas.size() == 9).all()
    assert (areas["count"].sum() == areas["total"].first()).all()


def test_subgroups_are_leaves_and_add_up_too(shares: pd.DataFrame) -> None:
    leaves = shares[shares["rank_subgroups"].notna()]
    areas = leaves.groupby(["release_id", "period_end", "area_code"])
    assert (areas["count"].sum() == areas["total"].first()).all()
    assert "theft_offences" not in set(leaves["offence_id"])
    assert "criminal_damage_arson" in set(leaves["offence_id"])


def test_a_small_count_has_no_share_and_no_rank_among_forces(shares: pd.DataFrame) -> None:
    small = shares["count"] < SMALL_BASE
    assert small.any()
    assert shares.loc[small, ["share", "rank_forces"]].isna().all(axis=None)
    large = shares[~small & (shares["total"] > 0)]
    assert (large["share"] == large["count"] / large["total"]).all()


def test_ranks_share_the_better_place_when_tied(recorded: pd.DataFrame) -> None:
    tied = recorded.copy()
    place = (tied["release_id"] == "pfa-2024-12") & (tied["area_name"] == "Gwent")
    robbery = tied.loc[
        place & (tied["offence_id"] == "robbery") & (tied["measure"] == "count"), "value"
    ]
    drugs = place & (tied["offence_id"] == "drug_offences") & (tied["measure"] == "count")
    tied.loc[drugs, "value"] = robbery.to_numpy()
    ranks = compute_shares(tied)
    gwent = ranks[
        (ranks["release_id"] == "pfa-2024-12")
        & (ranks["area_name"] == "Gwent")
        & (ranks["period_end"] == pd.Timestamp("2024-12-31"))
    ].set_index("offence_id")["rank_main_groups"]
    assert gwent["robbery"] == gwent["drug_offences"] == 8


def test_a_force_without_figures_is_named_in_every_total_that_leaves_it_out(
    shares: pd.DataFrame, changes: pd.DataFrame
) -> None:
    for table in (shares, changes):
        december = table[table["release_id"] == "pfa-2019-12"]
        names = set(december.loc[december["area_name"].str.contains("excluding"), "area_name"])
        assert names == {
            "England and Wales (excluding Greater Manchester)",
            "England (excluding Greater Manchester)",
            "North West (excluding Greater Manchester)",
        }
    newest = shares.groupby("release_id")["period_end"].transform("max")
    own = shares[shares["period_end"] == newest]
    named = own.assign(without=own["area_name"].str.extract(r" \(excluding (.+)\)")[0])
    said = named.dropna(subset="without").groupby("release_id")["without"].agg(set)
    forces = own[own["area_type"] == "force"].groupby(["release_id", "area_name"])["count"].count()
    absent = forces[forces == 0].reset_index().groupby("release_id")["area_name"].agg(set)
    assert said.to_dict() == absent.to_dict()


def test_a_force_without_figures_has_no_share_no_rank_and_no_zero(shares: pd.DataFrame) -> None:
    rows = shares[
        (shares["release_id"] == "pfa-2019-12") & (shares["area_name"] == "Greater Manchester")
    ]
    assert len(rows) > 20
    empty = ["count", "total", "share", "rank_main_groups", "rank_subgroups"]
    assert rows[[*empty, "rank_published_columns"]].isna().all(axis=None)
    ranks = rank_forces(shares)
    december = shares.loc[ranks.index]
    stalking = december[
        (december["release_id"] == "pfa-2019-12")
        & (december["offence_id"] == "stalking_harassment")
    ]
    assert len(stalking) == 42


def test_changes_agree_with_every_published_change(changes: pd.DataFrame) -> None:
    both = changes.dropna(subset=["change_pct", "published_change_pct"])
    assert len(both) > 8000
    assert (both["change_pct"] - both["published_change_pct"]).abs().max() < 1e-9


def test_previous_counts_are_tabled_or_recovered_whole(changes: pd.DataFrame) -> None:
    recovered = changes[changes["basis"] == "recovered_from_change"]
    assert len(recovered) > 6000
    assert (recovered["previous"] % 1 == 0).all()
    # Gwent placed every offence of the year before, so its unassigned ones have no row there.
    here = changes["area_code"] != "W15000002-unassigned"
    tabled = changes[here & (changes["release_id"] == "pfa-2024-12")]
    assert set(tabled["basis"]) == {"previous_year_table"}
    assert changes.loc[changes["basis"] == "not_shown", "previous"].isna().all()


def test_a_recovered_count_is_the_one_first_published(
    changes: pd.DataFrame, shares: pd.DataFrame
) -> None:
    what = {"area_name": "Gwent", "offence_id": "stalking_harassment"}
    recovered = one(changes, release_id="pfa-2019-12", **what)
    first = one(shares, release_id="pfa-2018-12", **what)
    assert recovered["previous"] == first["count"] == 6071


def test_no_change_is_shown_from_a_small_base(changes: pd.DataFrame) -> None:
    small = changes[changes["previous"] < 50]
    assert len(small) > 0
    assert small["change_pct"].isna().all()
    assert small["change"].notna().any()


@pytest.mark.parametrize(
    ("release_id", "comparable"),
    [("pfa-2022-09", True), ("pfa-2018-03", False), ("pfa-2019-03", False)],
)
def test_a_change_of_recording_between_two_years_is_named(
    release_id: str, comparable: bool, changes: pd.DataFrame
) -> None:
    row = one(changes, release_id=release_id, area_name="Gwent", offence_id="stalking_harassment")
    assert row["comparable"] == comparable
    assert pd.isna(row["recording_changes"]) == comparable
    robbery = one(changes, release_id=release_id, area_name="Gwent", offence_id="robbery")
    assert robbery["comparable"]


@pytest.mark.slow
def test_a_change_that_took_effect_before_both_years_began_leaves_them_comparable(
    recorded: pd.DataFrame, recording_changes: pd.DataFrame
) -> None:
    on_the_first_day = recording_changes.assign(effective=pd.Timestamp("2023-01-01"))
    row = one(
        compute_changes(recorded, vintages_of(recorded), on_the_first_day),
        release_id="pfa-2024-12",
        area_name="Gwent",
        offence_id="stalking_harassment",
    )
    assert row["comparable"]
    a_day_later = recording_changes.assign(effective=pd.Timestamp("2023-01-02"))
    row = one(
        compute_changes(recorded, vintages_of(recorded), a_day_later),
        release_id="pfa-2024-12",
        area_name="Gwent",
        offence_id="stalking_harassment",
    )
    assert not row["comparable"]


def test_every_recording_change_names_offences_and_a_source(
    recording_changes: pd.DataFrame,
) -> None:
    assert recording_changes.notna().all(axis=None)
    assert (recording_changes["source"].str.len() > 10).all()


def test_a_report_may_be_about_what_the_newest_edition_gives(shares: pd.DataFrame) -> None:
    newest = shares[shares["release_id"] == shares["release_id"].max()]
    assert set(newest.dropna(subset=["share"])["offence_id"]) == set(reported_groups())


def test_a_group_that_nobody_has_looked_at_is_not_called_comparable(
    changes: pd.DataFrame, recording_changes: pd.DataFrame
) -> None:
    looked_at = changes["offence_id"].isin(set(recording_changes["offence_id"]))
    assert changes.loc[looked_at, "comparable"].notna().all()
    assert changes.loc[~looked_at, "comparable"].isna().all()
    assert (~looked_at).any()


@pytest.mark.parametrize("offence_id", ["stalking_harassment", "violence_against_person"])
def test_a_report_is_about_a_group_of_the_newest_edition(
    shares: pd.DataFrame, offence_id: str
) -> None:
    require_offence_groups(shares, [offence_id])


@pytest.mark.parametrize(
    ("offence_id", "said"),
    [
        (
            "stalkng_harassment",
            "gives no share; did you mean `stalking_harassment`? It gives those",
        ),
        ("total", "gives no share. It gives those of violence_against_person, homicide, "),
        ("domestic_burglary", "It is in pfa-2016-06"),
        ("domestic_burglary", ", which `releases` can name. It gives those of violence_against_"),
    ],
)
def test_a_report_about_no_such_group_is_refused(
    shares: pd.DataFrame, offence_id: str, said: str
) -> None:
    with pytest.raises(Problem) as refused:
        require_offence_groups(shares, [offence_id])
    (sentence,) = str(refused.value).splitlines()
    assert sentence.startswith(
        f"config: the report is to be about `{offence_id}`, of which the newest"
    )
    assert said in sentence
