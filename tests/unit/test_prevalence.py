"""Survey estimates with their intervals and changes, from the figures shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crimeshare.columns import held
from crimeshare.measures.assumed_bases import SCENARIOS, Assumptions
from crimeshare.measures.design import summarise_design_factors
from crimeshare.measures.factors import factors_in_use, published_factors, restarts_of
from crimeshare.measures.intervals import proportion_interval
from crimeshare.measures.prevalence import (
    compute_prevalence,
    compute_survey_changes,
    name_breaks,
)
from crimeshare.measures.published_changes import (
    compare,
    compute_flag_agreement,
    estimate_design_factors,
    retest_changes,
)
from crimeshare.parquet import read_table
from crimeshare.problems import Problem
from crimeshare.tables.combining import (
    combine_notices,
    combine_recorded_offence_codes,
    combine_survey_comparisons,
    combine_survey_estimates,
    gather_survey_estimates,
    read_transcribed_estimates,
    to_frame,
)
from crimeshare.tables.observations import (
    Notice,
    SurveyObservation,
    read_notices,
    read_observations,
)

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "resources" / "figures"
REFERENCE = ROOT / "resources" / "reference"
LATEST = "appendix-2025-12"


@pytest.fixture(scope="module")
def observations() -> pd.DataFrame:
    rows = []
    for path in sorted(FIGURES.glob("appendix-*.parquet")):
        rows += read_observations(SurveyObservation, path)
    return to_frame(rows)


@pytest.fixture(scope="module")
def estimates(observations: pd.DataFrame) -> pd.DataFrame:
    parts = [
        combine_survey_estimates(observations),
        read_table(*FIGURES.glob("personal-prevalence-*.parquet")),
        read_transcribed_estimates(REFERENCE / "stalking_prevalence.csv"),
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def compared(observations: pd.DataFrame) -> pd.DataFrame:
    return compare(combine_survey_comparisons(observations))


@pytest.fixture(scope="module")
def restarts(breaks: pd.DataFrame) -> list[date]:
    return restarts_of(breaks)


@pytest.fixture(scope="module")
def factors(compared: pd.DataFrame, restarts: list[date]) -> pd.DataFrame:
    return estimate_design_factors(compared, restarts)


@pytest.fixture(scope="module")
def used(factors, estimates, restarts) -> pd.DataFrame:
    published = published_factors(estimates, restarts)
    return factors_in_use(factors, published, estimates["release_id"], restarts)


@pytest.fixture(scope="module")
def assumptions(estimates: pd.DataFrame) -> Assumptions:
    return Assumptions(
        pd.read_csv(REFERENCE / "assumed_bases.csv"),
        pd.read_csv(REFERENCE / "module_bases.csv"),
        estimates,
    )


@pytest.fixture(scope="module")
def prevalence(estimates, used, assumptions, restarts) -> pd.DataFrame:
    return compute_prevalence(estimates, used, assumptions, restarts)


@pytest.fixture(scope="module")
def breaks() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "survey_breaks.csv", parse_dates=["first_day"])


@pytest.fixture(scope="module")
def changes(compared, used, restarts, prevalence, estimates, breaks) -> pd.DataFrame:
    return compute_survey_changes(
        retest_changes(compared, used, restarts), prevalence, estimates, breaks
    )


def one(table: pd.DataFrame, **values: object) -> pd.Series:
    found = table[np.logical_and.reduce([table[name] == value for name, value in values.items()])]
    assert len(found) == 1
    return found.iloc[0]


def test_a_registry_without_a_workbook_of_the_survey_has_tables_without_rows() -> None:
    none = to_frame([])
    for combine in (
        combine_survey_estimates,
        combine_survey_comparisons,
        combine_recorded_offence_codes,
    ):
        assert combine(none).empty
    transcribed = read_transcribed_estimates(REFERENCE / "stalking_prevalence.csv")
    gathered = gather_survey_estimates(combine_survey_estimates(none), [], transcribed)
    assert len(gathered) == len(transcribed)


class TestCleanTables:
    def test_each_estimate_has_the_base_of_its_block_and_year(self, estimates) -> None:
        row = one(
            estimates,
            release_id=LATEST,
            measure_id="violence",
            period_end=pd.Timestamp(2025, 3, 31),
        )
        assert (row["estimate"], row["n_unweighted"]) == pytest.approx((0.014, 31_532))
        assert (row["unit_base"], row["age"]) == ("person_16_plus", "16+")
        owners = one(
            estimates,
            release_id=LATEST,
            measure_id="bicycle_theft_owners",
            period_end=pd.Timestamp(2018, 3, 31),
        )
        assert owners["n_unweighted"] == 16_259
        # Half the sample was asked about fraud in its first full year.
        fraud = one(
            estimates, release_id=LATEST, measure_id="fraud", period_end=pd.Timestamp(2017, 3, 31)
        )
        assert fraud["n_unweighted"] == 17_171

    def test_a_verdict_stands_at_the_year_compared_with(self, estimates) -> None:
        rows = estimates[(estimates["release_id"] == LATEST) & (estimates["measure_id"] == "fraud")]
        verdicts = rows.set_index(rows["period_end"].dt.date)["published_significance"]
        assert verdicts[date(2017, 3, 31)]
        assert pd.isna(verdicts[date(2025, 12, 31)])
        assert pd.isna(verdicts[date(2025, 3, 31)])  # ONS compared it with nothing

    def test_years_without_figures_have_no_rows(self, estimates) -> None:
        fraud = estimates[
            (estimates["release_id"] == LATEST) & (estimates["measure_id"] == "fraud")
        ]
        assert fraud["period_end"].min() == pd.Timestamp(2017, 3, 31)

    def test_offences_by_code(self, observations) -> None:
        codes = combine_recorded_offence_codes(observations)
        stalking = codes[(codes["code"] == "8Q") & (codes["period_end"] == "2024-03-31")]
        # One year, several editions, several tables of one edition: all kept.
        assert set(stalking["count"]) >= {128_355, 128_533, 128_829}
        assert stalking.groupby("release_id").size().max() == 2

    def test_notices(self) -> None:
        notices = read_notices(FIGURES / f"{LATEST}.parquet", Notice)
        table = combine_notices(notices)
        assert (table["kind"] == "empty_sheet").sum() == 2
        assert combine_notices([]).empty

    def test_how_a_figure_was_seen_is_said(self, estimates) -> None:
        stalking = estimates[estimates["measure_id"].str.startswith("stalking")]
        assert set(stalking["seen"]) == {"file", "publisher_page", "second_hand"}
        assert stalking["n_unweighted"].isna().all()


class TestComparisons:
    def test_rounded_figures_get_their_digits_back(self, compared) -> None:
        row = one(
            compared,
            release_id=LATEST,
            statistic="prevalence",
            measure_id="violence",
            previous_period_end=pd.Timestamp(2024, 12, 31),
        )
        assert row["difference"] == pytest.approx(row["published_change"])
        assert abs(row["value"] - 0.013) <= 0.0005
        assert abs(row["previous_value"] - 0.013) <= 0.0005

    def test_every_figure_and_change_stands_in_the_cell_named(self, observations) -> None:
        held = observations.set_index(["release_id", "sheet", "cell"])["value"]
        rows = combine_survey_comparisons(observations)
        scale = rows["statistic"].map({"prevalence": 100.0, "incidence_rate": 1000.0}).fillna(1.0)
        for sheet, cell, value in [
            ("value_sheet", "value_cell", rows["value"] * scale),
            ("value_sheet", "previous_value_cell", rows["previous_value"] * scale),
            ("sheet", "cell", rows["published_change"] * 100),
        ]:
            places = pd.MultiIndex.from_frame(rows[["release_id", sheet, cell]])
            np.testing.assert_allclose(held.reindex(places), value, rtol=1e-12)

    def test_changes_that_do_not_belong_are_left_out(self, observations, compared) -> None:
        key = ["release_id", "statistic", "measure_id", "previous_period_end"]
        every = combine_survey_comparisons(observations)
        prevalence = every[every["statistic"] == "prevalence"]
        kept = compared.set_index(key).index
        left = prevalence[~pd.MultiIndex.from_frame(prevalence[key]).isin(kept)]
        # ONS's own slips, listed in config/corrections.yaml.
        assert len(left) == 21
        assert set(left["release_id"]) == {"appendix-2022-09"}

    def test_victims_have_the_relative_error_of_their_proportion(self, compared) -> None:
        key = {
            "release_id": LATEST,
            "measure_id": "robbery",
            "previous_period_end": pd.Timestamp(2024, 12, 31),
        }
        victims = one(compared, statistic="victims", **key)
        share = one(compared, statistic="prevalence", **key)
        expected = np.hypot(
            victims["value"] * np.sqrt((1 - share["value"]) / share["value"] / share["n"]),
            victims["previous_value"]
            * np.sqrt(
                (1 - share["previous_value"]) / share["previous_value"] / share["previous_n"]
            ),
        )
        assert victims["simple_random_se"] == pytest.approx(expected)


def factor_of(factors: pd.DataFrame, units: str, **key: str) -> pd.Series:
    """The factor of the latest edition's prevalence to judge changes by, or another one."""
    whole = {"release_id": LATEST, "statistic": "prevalence", "design": "mixed"} | key
    return one(factors, units=units, **whole)


class TestDesignFactors:
    def test_persons_vary_more_than_households(self, factors) -> None:
        for release_id in factors["release_id"].unique():
            persons = factor_of(factors, "persons", release_id=release_id)
            households = factor_of(factors, "households", release_id=release_id)
            assert persons["factor"] > households["factor"] > 1
            assert persons["lower"] < persons["factor"] < persons["upper"]

    def test_factors_read_off_the_verdicts_of_2025(self, factors) -> None:
        persons = factor_of(factors, "persons")
        assert persons["lower"] < 1.4 < persons["upper"]
        households = factor_of(factors, "households")
        assert households["lower"] < 1.15 < households["upper"]

    @pytest.mark.parametrize("release_id", ["appendix-2025-06", LATEST])
    def test_the_restart_made_factors_larger(self, factors, release_id: str) -> None:
        for units in ("persons", "households"):
            earlier, mixed, latest = (
                factor_of(factors, units, release_id=release_id, design=design)
                for design in ("earlier", "mixed", "latest")
            )
            assert earlier["factor"] < mixed["factor"] < latest["factor"]
            assert latest["lower"] < latest["factor"] < latest["upper"]
            assert np.isnan(latest["spread"])

    def test_the_earlier_factor_of_people_is_that_of_published_standard_errors(
        self, factors, prevalence
    ) -> None:
        published = prevalence[
            (prevalence["sex"] == "all") & (prevalence["basis"] == "published_se")
        ]
        whole = summarise_design_factors(published[published["age"] == "16+"], ["release_id"])
        (seen,) = whole["mean"]
        told = factor_of(factors, "persons", design="earlier")
        assert told["factor"] == pytest.approx(seen, rel=0.05)
        assert told["lower"] < seen < told["upper"]

    def test_an_edition_without_years_on_both_sides_tells_one_factor(self, factors) -> None:
        assert set(factors.loc[factors["release_id"] == "appendix-2022-09", "design"]) == {"mixed"}

    def test_without_a_restart_there_is_one_factor(self, compared, factors) -> None:
        alone = estimate_design_factors(compared)
        mixed = factors[factors["design"] == "mixed"].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, mixed)

    def test_repeat_victims_make_rates_vary_more_than_proportions(self, factors) -> None:
        for units in ("persons", "households"):
            rate = factor_of(factors, units, statistic="incidence_rate")
            assert rate["lower"] > factor_of(factors, units)["upper"]

    @pytest.mark.slow
    def test_verdicts_agree_with_the_publisher_on_another_edition(
        self, compared, factors, restarts
    ) -> None:
        agreement, disagreements = compute_flag_agreement(compared, factors, restarts)
        outside = agreement[agreement["release_id"] != agreement["estimated_on"]]
        recent = outside[
            (outside["release_id"] == LATEST) & (outside["estimated_on"] == "appendix-2025-06")
        ]
        assert recent["agreeing"].sum() / recent["comparisons"].sum() > 0.97
        shares = recent[recent["statistic"] == "prevalence"]
        assert (shares["agreement"] > 0.97).all()
        assert (shares["agreement_elsewhere"] == 1).all()
        # Beside what guessing would score: 71 % of people and 88 % of households.
        guessed = (shares["flagged"] / shares["comparisons"]).round(2)
        assert dict(zip(shares["units"], guessed, strict=True)) == {
            "households": 0.88,
            "persons": 0.71,
        }
        assert (shares["agreeing_within"] / shares["within"] > 0.95).all()
        assert (shares["flagged_within"] / shares["within"] < 0.4).all()
        for row in agreement.itertuples():
            here = disagreements[
                (disagreements["release_id"] == row.release_id)
                & (disagreements["estimated_on"] == row.estimated_on)
                & (disagreements["statistic"] == row.statistic)
                & (disagreements["units"] == row.units)
            ]
            assert len(here) == row.comparisons - row.agreeing

    @pytest.mark.slow
    def test_a_clear_disagreement_is_explained_by_its_measures_own_factor(
        self, compared, factors, restarts
    ) -> None:
        _, disagreements = compute_flag_agreement(compared, factors, restarts)
        clear = disagreements[
            (disagreements["statistic"] == "prevalence")
            & ((disagreements["test_ratio"] - 1).abs() > 0.1)
        ]
        assert len(clear) > 0
        flagged_late = clear["test_ratio"] > 1
        assert (clear["own_factor_high"] > clear["factor"])[flagged_late].all()
        assert (clear["own_factor_low"] < clear["factor"])[~flagged_late].all()


class TestPrevalence:
    def test_every_row_has_its_interval_and_says_on_what(self, prevalence) -> None:
        assert len(prevalence) > 5_000
        inside = prevalence["estimate"].between(prevalence["lower"], prevalence["upper"])
        assert inside.all()
        assert (prevalence["upper"] > prevalence["lower"]).all()
        assert set(prevalence["basis"]) == {"published_se", "design_factor", "assumed_base"}
        assert (prevalence["method"] == "wilson").all()
        assert (prevalence["level"] == 0.95).all()

    def test_a_published_standard_error_is_used_as_it_stands(self, prevalence) -> None:
        row = one(
            prevalence,
            release_id="personal-prevalence-2018-12",
            measure_id="violence",
            sex="women",
            age="16-24",
        )
        assert row["basis"] == "published_se"
        assert (row["lower"], row["upper"]) == pytest.approx(
            proportion_interval(row["estimate"], se=row["standard_error"])
        )

    def test_a_base_takes_the_factor_of_its_own_design(self, prevalence, factors) -> None:
        release = "appendix-2025-06"
        for day, design in (("2025-06-30", "latest"), ("2019-03-31", "earlier")):
            row = one(
                prevalence,
                release_id=release,
                measure_id="burglary",
                period_end=pd.Timestamp(day),
            )
            told = factor_of(factors, "households", release_id=release, design=design)
            assert (row["basis"], row["design_factor"]) == ("design_factor", told["factor"])
            p, n = row["estimate"], row["n_unweighted"]
            assert row["standard_error"] == pytest.approx(told["factor"] * np.sqrt(p * (1 - p) / n))

    def test_an_edition_that_tells_one_factor_takes_what_others_tell(
        self, prevalence, factors
    ) -> None:
        row = one(
            prevalence,
            release_id="appendix-2022-09",
            measure_id="burglary",
            period_end=pd.Timestamp(2022, 9, 30),
        )
        told = factor_of(factors, "households", design="latest")
        assert row["design_factor"] == told["factor"]

    def test_a_factor_is_not_carried_across_the_restart(self, prevalence, factors) -> None:
        old = one(
            prevalence,
            release_id="sdg-2017-12",
            measure_id="stalking",
            period_end=pd.Timestamp(2016, 3, 31),
            printed=True,
        )
        new = one(
            prevalence,
            release_id="bulletin-2025-03",
            measure_id="stalking",
            period_end=pd.Timestamp(2025, 3, 31),
            printed=True,
        )
        told = factor_of(factors, "persons", design="latest")
        assert new["design_factor"] == told["factor"]
        # By hand from the open data: 32 measures of all adults, mean of their factors.
        assert old["design_factor"] == pytest.approx(1.26, abs=0.005)
        assert old["design_factor"] < told["lower"]

    def test_without_restart_or_standard_errors_a_release_has_its_own_mixed_factor(
        self, compared
    ) -> None:
        alone = estimate_design_factors(compared)
        used = factors_in_use(alone, None, alone["release_id"], [])
        assert set(used["design"]) == {0}
        for release_id in ("appendix-2022-09", "appendix-2025-06"):
            told = factor_of(alone, "persons", release_id=release_id)
            row = one(used, release_id=release_id, units="persons")
            assert (row["factor"], row["factor_upper"]) == (told["factor"], told["upper"])

    def test_no_factor_is_below_that_of_a_simple_random_sample(self, factors, used) -> None:
        assert (factors["factor"] >= 1).all()
        assert (used["factor_lower"] >= 1).all()
        assert (used["factor"].between(used["factor_lower"], used["factor_upper"])).all()

    def test_a_test_has_the_standard_errors_of_the_intervals(self, changes, prevalence) -> None:
        key = {"release_id": LATEST, "measure_id": "robbery"}
        change = one(
            changes,
            **key,
            period_end=pd.Timestamp(2025, 12, 31),
            previous_period_end=pd.Timestamp(2018, 3, 31),
        )
        errors = [
            one(prevalence, **key, period_end=day)
            for day in (change["period_end"], change["previous_period_end"])
        ]
        assert errors[0]["design_factor"] > errors[1]["design_factor"]
        # The figures behind the test are unrounded, those of the table rounded to a tenth.
        both = np.hypot(*(row["standard_error"] for row in errors))
        assert change["standard_error"] == pytest.approx(both, rel=0.15)

    def test_the_widest_limits_take_the_upper_limit_of_the_factor(self, prevalence) -> None:
        assumed = prevalence[prevalence["basis"] == "assumed_base"]
        limits = proportion_interval(
            assumed["estimate"],
            n=assumed["n_assumed"],
            design_factor=assumed["design_factor_upper"],
        )
        np.testing.assert_allclose(assumed["lower_widest"], limits[0])
        np.testing.assert_allclose(assumed["upper_widest"], limits[1])

    def test_no_victims_is_never_certainty(self, prevalence) -> None:
        none = prevalence[prevalence["estimate"] == 0]
        assert len(none) > 0
        assert (none["upper"] > 0).all()
        computed = none[none["basis"] == "design_factor"]
        assert computed["standard_error"].isna().all()

    def test_no_victims_give_one_limit_with_or_without_a_standard_error(self, prevalence) -> None:
        none = prevalence[(prevalence["estimate"] == 0) & (prevalence["basis"] == "published_se")]
        assert (none["standard_error"] == 0).all()
        alone = proportion_interval(
            0.0, n=none["n_unweighted"], design_factor=none["design_factor"]
        )
        np.testing.assert_allclose(none["upper"], alone[1])

    def test_an_assumed_base_is_said_and_its_reach_shown(self, prevalence) -> None:
        stalking = prevalence[prevalence["measure_id"].str.startswith("stalking")]
        assert (stalking["basis"] == "assumed_base").all()
        assert stalking["n_unweighted"].isna().all()
        assert stalking["n_assumed"].notna().all()
        assert (stalking["lower_widest"] < stalking["lower"]).all()
        assert (stalking["upper_widest"] > stalking["upper"]).all()
        known = prevalence[prevalence["basis"] != "assumed_base"]
        assert known["n_assumed"].isna().all()
        assert known["scenario"].isna().all()
        assert known["printed"].all()
        pd.testing.assert_series_equal(known["lower_widest"], known["lower"], check_names=False)

    def test_each_assumed_estimate_has_every_scenario_and_prints_the_wider(
        self, prevalence
    ) -> None:
        assumed = prevalence[prevalence["basis"] == "assumed_base"]
        key = ["release_id", "measure_id", "sex", "age", "period_end"]
        for _, rows in assumed.groupby(key):
            assert sorted(rows["scenario"]) == sorted(SCENARIOS)
            assert rows["printed"].sum() == 1
            width = rows["upper"] - rows["lower"]
            assert width[rows["printed"]].item() == width.max()

    def test_one_in_seven_since_age_16_holds(self, prevalence) -> None:
        row = one(prevalence, measure_id="stalking_since_16", sex="all", printed=True)
        assert row["lower_widest"] < 1 / 7 < row["upper_widest"]


class TestAssumptions:
    def test_the_share_that_answers_is_that_of_the_nearest_published_base(
        self, assumptions
    ) -> None:
        # By hand: 53,815 of 33,734 people and half of 34,715 and 34,163.  The appendix tables
        # of one edition give 33,735 for the last year.  All but 4,543 of 34,073 people who were
        # interviewed in the year ending December 2018 were of 16 to 74, as those 53,815 are.
        of_ages = 1 - 4_543 / 34_073
        asked = (33_735 + (34_715 + 34_163) / 2) * of_ages
        assert assumptions.answered == pytest.approx(53_815 / asked)

    def test_people_over_74_are_in_the_base_of_all_and_not_in_the_published_one(
        self, assumptions
    ) -> None:
        published, everybody = (
            sum(assumptions.base("all", age, day, "everybody_asked") for day in years)
            for age in ("16-74", "16+")
            for years in [assumptions.module_years]
        )
        assert published == pytest.approx(assumptions.module_base)
        assert everybody == pytest.approx(published / assumptions.of_module_ages)
        assert everybody > published

    def test_without_bases_by_age_the_share_is_refused(self, estimates) -> None:
        tables = (pd.read_csv(REFERENCE / f"{name}_bases.csv") for name in ("assumed", "module"))
        appendix = estimates[estimates["release_id"].str.startswith("appendix")]
        with pytest.raises(Problem, match="no table of the survey gives its bases by age"):
            _ = Assumptions(*tables, appendix).answered

    def test_a_study_of_eight_years_had_the_people_that_the_shares_give(self, assumptions) -> None:
        years = [date(year, 3, 31) for year in range(2013, 2021)]
        ages = ["16-59"] * 5 + ["16-74"] * 3
        bases = [
            assumptions.base("all", age, year, "everybody_asked")
            for year, age in zip(years, ages, strict=True)
        ]
        assert sum(bases) == pytest.approx(147_800, rel=0.01)

    def test_half_are_asked_only_in_years_that_nobody_knows(self, assumptions) -> None:
        both = [
            [assumptions.asked(date(*day), scenario) for scenario in SCENARIOS]
            for day in ((2012, 3, 31), (2016, 3, 31), (2023, 3, 31), (2024, 9, 30), (2025, 9, 30))
        ]
        assert both[:4] == [[0.5, 0.5], [1, 1], [1, 1], [1, 0.5]]
        assert both[4][1] == pytest.approx(0.75, abs=0.01)

    def test_an_age_nobody_thought_of_is_refused(self, assumptions) -> None:
        with pytest.raises(Problem, match="no age '60-64' among the assumed bases"):
            assumptions.base("all", "60-64", date(2024, 3, 31), "half_asked")
        with pytest.raises(Problem, match="no published base of the module for 'boys'"):
            assumptions.base("boys", "16+", date(2024, 3, 31), "half_asked")

    def test_part_of_a_year_has_part_of_the_base(self, assumptions) -> None:
        whole = assumptions.base("women", "16+", date(2024, 3, 31), "everybody_asked")
        assert whole == pytest.approx(30_847 * assumptions.answered * 29_041 / 53_815)
        part = assumptions.base("women", "16+", date(2023, 3, 31), "everybody_asked")
        assert part == pytest.approx(whole * 0.67 * 31_183 / 30_847)
        half = assumptions.base("women", "16+", date(2024, 3, 31), "half_asked")
        assert half == pytest.approx(whole / 2)


class TestChanges:
    def test_columns(self, changes) -> None:
        assert changes.columns.tolist() == held("survey_changes")
        assert not changes.duplicated(
            ["release_id", "measure_id", "sex", "age", "period_end", "previous_period_end"]
        ).any()

    def test_a_published_verdict_leads_and_ours_stands_beside_it(self, changes) -> None:
        stalking = changes[(changes["measure_id"] == "stalking") & (changes["age"] == "16+")]
        judged = stalking.dropna(subset="published_significance").set_index("period_end")
        assert judged["verdict"].to_dict() == {
            pd.Timestamp(2024, 9, 30): "fall",
            pd.Timestamp(2025, 3, 31): "no_clear_change",
        }
        assert (judged["own_verdict"] == "no_clear_change").eq(judged["p_value"] >= 0.05).all()
        # Our own verdict is the test of that change by itself, as ONS's is.
        fraud = one(
            changes,
            release_id=LATEST,
            measure_id="fraud",
            period_end=pd.Timestamp(2025, 12, 31),
            previous_period_end=pd.Timestamp(2024, 12, 31),
        )
        assert (fraud["verdict"], fraud["own_verdict"]) == ("rise", "rise")
        assert fraud["p_value"] < 0.05 < fraud["p_adjusted"]

    def test_the_verdict_printed_is_that_of_the_test_whose_agreement_is_published(
        self, changes
    ) -> None:
        tested = changes.dropna(subset="significant")
        moved = tested["own_verdict"].isin(["rise", "fall"])
        assert (moved == (tested["significant"].astype(bool) & tested["difference"].ne(0))).all()
        unjudged = tested[tested["published_significance"].isna()]
        assert (unjudged["verdict"] == unjudged["own_verdict"]).all()

    def test_overlapping_years_share_interviews(self, changes, prevalence) -> None:
        key = {"measure_id": "stalking", "sex": "all", "age": "16+"}
        overlapping = one(
            changes,
            **key,
            period_end=pd.Timestamp(2024, 9, 30),
            previous_period_end=pd.Timestamp(2024, 3, 31),
        )
        rows = prevalence[np.logical_and.reduce([prevalence[k] == v for k, v in key.items()])]
        rows = rows[rows["printed"]]
        errors = rows.drop_duplicates("period_end").set_index("period_end")["standard_error"]
        separate = np.hypot(errors[pd.Timestamp(2024, 9, 30)], errors[pd.Timestamp(2024, 3, 31)])
        assert overlapping["standard_error"] == pytest.approx(separate * np.sqrt(0.5), rel=0.01)

    def test_a_change_across_a_break_is_named(self, changes) -> None:
        women = changes[
            (changes["measure_id"] == "stalking")
            & (changes["sex"] == "women")
            & (changes["age"] == "16-59")
            & (changes["period_end"] == "2009-03-31")
        ]
        assert women["breaks"].str.startswith("level fell between").all()
        assert len(women) == 3

    def test_breaks_apply_to_their_measures(self) -> None:
        table = pd.DataFrame(
            {
                "first_day": pd.to_datetime(["2017-04-01", "2021-10-01"]),
                "applies_to": ["stalking", "*"],
                "name": ["ages", "restart"],
            }
        )
        rows = pd.DataFrame(
            {
                "measure_id": ["stalking_by_partner", "violence", "violence"],
                "previous_period_end": pd.to_datetime(["2016-03-31", "2016-03-31", "2023-03-31"]),
                "period_end": pd.to_datetime(["2023-03-31", "2023-03-31", "2024-03-31"]),
            }
        )
        assert name_breaks(rows, table).fillna("-").tolist() == ["ages; restart", "restart", "-"]

    def test_holm_is_within_one_column_of_one_release(self, changes) -> None:
        column = changes[
            (changes["release_id"] == LATEST)
            & (changes["basis"] == "design_factor")
            & (changes["previous_period_end"] == "2024-12-31")
        ]
        smallest = column["p_value"].min()
        assert column["p_adjusted"].min() == pytest.approx(min(1, smallest * len(column)))
