"""The one series: which figure leads, and that no year is ever made smaller by what is missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crimeshare.columns import held
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.series import compute_series, read_populations
from crimeshare.parquet import read_table
from crimeshare.reference import areas
from tests.building import NO_POPULATION
from tests.quarterly import shipped
from tests.tables import CODES, RECORDED
from tests.vintages import NO_CODES, NO_QUARTERS, vintages_of

NATION, GWENT, MANCHESTER, NORTH_WEST = "K04000001", "W15000002", "E23000005", "E12000002"
GROUP = "stalking_harassment"
FORCES = [code for code, area in areas().items() if area.area_type == "force"]


def at(series: pd.DataFrame, area: str, offence_id: str, period_end: str) -> pd.Series:
    """The one row of an area, group and quarter-end."""
    rows = series[
        (series["area_code"] == area)
        & (series["offence_id"] == offence_id)
        & (series["period_end"] == period_end)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def compute(
    root: Path,
    recorded: pd.DataFrame,
    quarters: pd.DataFrame = NO_QUARTERS,
    codes: pd.DataFrame = NO_CODES,
    population: pd.DataFrame = NO_POPULATION,
) -> pd.DataFrame:
    reference = root / "resources" / "reference"
    return compute_series(
        vintages_of(recorded, codes, quarters),
        population,
        read_populations(reference / "populations.csv"),
        read_recording_changes(reference / "recording_changes.csv"),
    )


@pytest.mark.slow
def test_a_newer_population_that_an_edition_brings_is_taken_where_it_has_one(
    root: Path, tables: dict[str, pd.DataFrame]
) -> None:
    gathered = read_populations(root / "resources" / "reference" / "populations.csv")
    newest = gathered["mid_year"].max()
    brought = pd.DataFrame(
        {
            "release_id": "pfa-2026-03",
            "measure": "population",
            "area_code": ["W15000002"],
            "reference_year": newest + 1,
            "value": [700_000.0],
        }
    )
    series = compute(root, **tables, population=brought).dropna(subset="rate_per_1000")
    ends = series["period_end"]
    after = series[(ends.dt.year - (ends.dt.month < 6)) > newest]
    gwent = after["area_code"] == "W15000002"
    assert gwent.any()
    assert set(after.loc[gwent, "population"]) == {700_000.0}
    assert set(after.loc[gwent, "population_year"]) == {newest + 1}
    assert (after.loc[gwent, "rate_per_1000"] == after.loc[gwent, "count"] / 700).all()
    # An area that the edition leaves out keeps the residents that are known of it.
    assert set(after.loc[~gwent, "population_year"]) == {newest}
    assert newest + 1 not in set(series.loc[~series.index.isin(after.index), "population_year"])


@pytest.fixture(scope="module")
def tables(root: Path, built: Path) -> dict[str, pd.DataFrame]:
    return {
        "recorded": read_table(built / RECORDED),
        "codes": read_table(built / CODES),
        "quarters": shipped(root),
    }


@pytest.fixture(scope="module")
def series(root: Path, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return compute(root, **tables)


class TestTheShippedFigures:
    def test_the_columns_are_those_of_the_contract(self, series: pd.DataFrame) -> None:
        assert list(series.columns) == [name for name in held("series") if name in series]

    def test_the_line_of_every_force_has_no_hole(
        self, series: pd.DataFrame, tables: dict[str, pd.DataFrame]
    ) -> None:
        newest = tables["quarters"]["period_end"].max()
        for offence_id, first in ((GROUP, "2014-03-31"), ("total", "2013-03-31")):
            ends = pd.date_range(first, newest, freq="QE").astype("datetime64[ms]")
            lines = series[(series["offence_id"] == offence_id) & (series["count"].notna())]
            for code in (*FORCES, NATION):
                assert list(lines.loc[lines["area_code"] == code, "period_end"]) == list(ends)

    def test_a_year_is_its_four_quarters(
        self, series: pd.DataFrame, tables: dict[str, pd.DataFrame]
    ) -> None:
        own = tables["quarters"]
        own = own[own["code"].isna() & (own["area_code"] == GWENT) & (own["offence_id"] == GROUP)]
        own = own.sort_values("period_end")
        row = at(series, GWENT, GROUP, str(own["period_end"].iloc[-1].date()))
        assert row["count"] == own["value"].iloc[-4:].sum()
        assert row["previous"] == own["value"].iloc[-8:-4].sum()
        assert row["source"] == "home_office"

    def test_ons_leads_where_both_are_of_one_day(
        self, series: pd.DataFrame, tables: dict[str, pd.DataFrame]
    ) -> None:
        codes = tables["codes"]
        newest = codes[
            (codes["release_id"] == codes["release_id"].max())
            & (codes["table"] == "offence_codes")
            & (codes["offence_id"] == GROUP)
        ].sort_values("period_end")
        cell = newest.iloc[-1]
        row = at(series, NATION, GROUP, str(cell["period_end"]))
        assert (row["count"], row["source"]) == (cell["count"], "ons")
        assert f"{cell['sheet']}'!{cell['cell']}" in row["cells"]
        assert pd.notna(row["rank_subgroups"])

    def test_ranks_hold_the_whole_classification_or_are_empty(self, series: pd.DataFrame) -> None:
        here = series[series["area_code"] == GWENT]
        for name, members in (("rank_main_groups", 9), ("rank_subgroups", 19)):
            sizes = here[here["period_end"] >= "2014-03-31"].groupby("period_end")[name].count()
            assert set(sizes) <= {0, members}
            assert (sizes == members).sum() > 40
        # Burglary was redefined in April 2017: in the years that straddle it its parts have no row.
        assert here.loc[here["period_end"] == "2017-09-30", "rank_subgroups"].isna().all()

    def test_a_group_has_no_row_before_it_began_nor_across_a_new_definition(
        self, series: pd.DataFrame
    ) -> None:
        first = series.groupby("offence_id")["period_end"].min()
        last = series.groupby("offence_id")["period_end"].max()
        assert first["residential_burglary"] == pd.Timestamp("2018-03-31")
        assert last["domestic_burglary"] == pd.Timestamp("2017-03-31")
        ends = series.loc[
            (series["area_code"] == GWENT) & (series["offence_id"] == "violence_without_injury"),
            ["period_end", "previous"],
        ].set_index("period_end")["previous"]
        # Harassment left this group when stalking and harassment began, in April 2013.
        assert pd.Timestamp("2013-09-30") not in ends.index
        assert pd.isna(ends[pd.Timestamp("2014-03-31")])
        assert pd.notna(ends[pd.Timestamp("2015-03-31")])

    def test_a_rate_names_the_year_of_its_residents(self, series: pd.DataFrame) -> None:
        row = at(series, GWENT, GROUP, "2018-03-31")
        assert row["population_year"] == 2017
        assert row["rate_per_1000"] == pytest.approx(1000 * row["count"] / row["population"])
        assert series.loc[series["area_name"] == "City of London", "rate_per_1000"].isna().all()

    def test_only_groups_whose_changes_were_gathered_are_called_comparable(
        self, series: pd.DataFrame
    ) -> None:
        robbery = series[series["offence_id"] == "bicycle_theft"]
        assert robbery["comparable"].isna().all()
        row = at(series, GWENT, GROUP, "2024-12-31")
        assert row["comparable"] is False or row["comparable"] == False  # noqa: E712
        assert row["recording_changes"]


class TestWhatIsMissing:
    @pytest.mark.slow
    def test_a_missing_quarter_takes_the_force_out_of_its_areas(
        self, root: Path, tables: dict[str, pd.DataFrame]
    ) -> None:
        quarters = tables["quarters"]
        gone = (quarters["area_code"] == MANCHESTER) & (quarters["period_end"] == "2025-03-31")
        series = compute(root, **{**tables, "quarters": quarters[~gone]})
        assert series[
            (series["area_code"] == MANCHESTER) & (series["period_end"] == "2025-12-31")
        ].empty
        north_west = at(series, NORTH_WEST, GROUP, "2025-12-31")
        assert north_west["excluded"] == "Greater Manchester"
        members = [code for code in FORCES if areas()[code].parent_code == NORTH_WEST]
        whole = sum(
            at(series, code, GROUP, "2025-12-31")["count"] for code in members if code != MANCHESTER
        )
        assert north_west["count"] == whole
        assert pd.isna(north_west["previous"])
        assert pd.isna(north_west["rate_per_1000"])

    def test_one_edition_alone_has_its_own_year_and_the_year_before(
        self, root: Path, tables: dict[str, pd.DataFrame]
    ) -> None:
        recorded = tables["recorded"]
        alone = recorded[recorded["release_id"] == "pfa-2024-12"]
        series = compute(root, alone)
        row = at(series, GWENT, GROUP, "2024-12-31")
        cell = alone[
            (alone["area_code"] == GWENT)
            & (alone["offence_id"] == GROUP)
            & (alone["measure"] == "count")
            & (alone["period_end"] == "2024-12-31")
        ].iloc[0]
        assert row["count"] == cell["value"]
        assert row["formula"].startswith(f"[pfa-2024-12]'{cell['sheet'].strip()}'!{cell['cell']} /")
        assert row["previous"] == at(series, GWENT, GROUP, "2023-12-31")["count"]
        assert set(series["source"]) == {"ons"}

    @pytest.mark.slow
    def test_a_newer_vintage_takes_over_as_a_whole(
        self, root: Path, tables: dict[str, pd.DataFrame]
    ) -> None:
        """Numerator, total and the year before are of one release, whatever the others say."""
        quarters = tables["quarters"]
        old = quarters[quarters["period_end"] <= "2024-09-30"].assign(release_id="prc-2024-09")
        series = compute(root, tables["recorded"], old)
        row = at(series, GWENT, GROUP, "2024-12-31")
        assert row["release_id"] == "pfa-2024-12"
        assert at(series, GWENT, "total", "2024-12-31")["count"] == row["total"]
        assert at(series, GWENT, GROUP, "2023-12-31")["release_id"] == "pfa-2024-12"
        assert at(series, GWENT, GROUP, "2024-09-30")["release_id"] == "prc-2024-09"

    @pytest.mark.parametrize("years", [["2024-12-31"], ["2023-12-31", "2024-12-31"]])
    def test_a_year_without_a_force_is_compared_with_one_without_it_only(
        self, root: Path, tables: dict[str, pd.DataFrame], years: list[str]
    ) -> None:
        """An edition in which Greater Manchester made no return, in its own year or in both."""
        recorded = tables["recorded"]
        alone = recorded[recorded["release_id"] == "pfa-2024-12"].copy()
        gone = (alone["area_code"] == MANCHESTER) & alone["period_end"].isin(pd.to_datetime(years))
        alone.loc[gone & (alone["measure"] == "count"), "value"] = float("nan")
        series = compute(root, alone)
        north_west = at(series, NORTH_WEST, GROUP, "2024-12-31")
        assert north_west["excluded"] == "Greater Manchester"
        assert pd.isna(north_west["previous"]) == (len(years) == 1)
        assert pd.notna(at(series, GWENT, GROUP, "2024-12-31")["previous"])
        of_manchester = series[series["area_code"] == MANCHESTER]
        assert set(of_manchester["period_end"]) == {pd.Timestamp("2023-12-31")} - {
            pd.Timestamp(year) for year in years
        }
