"""Survey estimates with their intervals and changes, from the figures shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from crimeshare.measures.design import summarise_design_factors
from crimeshare.measures.intervals import proportion_interval
from crimeshare.measures.prevalence import (
    CHANGE_COLUMNS,
    Assumptions,
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
from crimeshare.tables.survey_combining import (
    combine_notices,
    combine_recorded_offence_codes,
    combine_survey_comparisons,
    combine_survey_estimates,
    read_gathered_estimates,
    to_frame,
)
from crimeshare.tables.survey_observations import read_survey_observations

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "resources" / "figures"
REFERENCE = ROOT / "resources" / "reference"
LATEST = "appendix-2025-12"


@pytest.fixture(scope="module")
def observations() -> pd.DataFrame:
    rows = []
    for path in sorted(FIGURES.glob("appendix-*.parquet")):
        rows += read_survey_observations(path)[0]
    return to_frame(rows)


@pytest.fixture(scope="module")
def estimates(observations: pd.DataFrame) -> pd.DataFrame:
    parts = [
        combine_survey_estimates(observations),
        read_table(*FIGURES.glob("personal-prevalence-*.parquet")),
        read_gathered_estimates(REFERENCE / "stalking_prevalence.csv"),
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def compared(observations: pd.DataFrame) -> pd.DataFrame:
    return compare(combine_survey_comparisons(observations))


@pytest.fixture(scope="module")
def factors(compared: pd.DataFrame, assumptions: Assumptions) -> pd.DataFrame:
    return estimate_design_factors(compared, assumptions.restarts)


@pytest.fixture(scope="module")
def assumptions() -> Assumptions:
    return Assumptions(pd.read_csv(REFERENCE / "assumed_bases.csv"))


@pytest.fixture(scope="module")
def prevalence(estimates, factors, assumptions) -> pd.DataFrame:
    return compute_prevalence(estimates, factors, assumptions)


@pytest.fixture(scope="module")
def breaks() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "survey_breaks.csv", parse_dates=["first_day"])


@pytest.fixture(scope="module")
def changes(compared, factors, prevalence, estimates, breaks) -> pd.DataFrame:
    return compute_survey_changes(retest_changes(compared, factors), prevalence, estimates, breaks)


def one(table: pd.DataFrame, **values: object) -> pd.Series:
    found = table[np.logical_and.reduce([table[name] == value for name, value in values.items()])]
    assert len(found) == 1
    return found.iloc[0]


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
        # One year, two editions, two tables of one edition: all kept.
        assert set(stalking["count"]) == {128_355, 128_533, 128_829}

    def test_notices(self) -> None:
        _, notices = read_survey_observations(FIGURES / f"{LATEST}.parquet")
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
        self, factors, estimates
    ) -> None:
        published = estimates[(estimates["sex"] == "all") & estimates["standard_error"].notna()]
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

    def test_verdicts_agree_with_the_publisher_on_another_edition(self, compared, factors) -> None:
        agreement, disagreements = compute_flag_agreement(compared, factors)
        outside = agreement[agreement["release_id"] != agreement["estimated_on"]]
        recent = outside[
            (outside["release_id"] == LATEST) & (outside["estimated_on"] == "appendix-2025-06")
        ]
        assert recent["agreeing"].sum() / recent["comparisons"].sum() > 0.97
        shares = recent[recent["statistic"] == "prevalence"]
        assert (shares["agreement"] > 0.97).all()
        assert (shares["agreement_elsewhere"] == 1).all()
        for row in agreement.itertuples():
            here = disagreements[
                (disagreements["release_id"] == row.release_id)
                & (disagreements["estimated_on"] == row.estimated_on)
                & (disagreements["statistic"] == row.statistic)
                & (disagreements["units"] == row.units)
            ]
            assert len(here) == row.comparisons - row.agreeing

    def test_a_clear_disagreement_is_explained_by_its_measures_own_factor(
        self, compared, factors
    ) -> None:
        _, disagreements = compute_flag_agreement(compared, factors)
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
        )
        new = one(
            prevalence,
            release_id="bulletin-2025-03",
            measure_id="stalking",
            period_end=pd.Timestamp(2025, 3, 31),
        )
        told = factor_of(factors, "persons", design="latest")
        assert new["design_factor"] == told["factor"]
        # By hand from the open data: 32 measures of all adults, mean of their factors.
        assert old["design_factor"] == pytest.approx(1.26, abs=0.005)
        assert old["design_factor"] < told["lower"]

    def test_without_restart_or_standard_errors_a_release_has_its_own_mixed_factor(
        self, estimates, compared, assumptions
    ) -> None:
        alone = estimate_design_factors(compared)
        rows = estimates[estimates["release_id"].isin(alone["release_id"])]
        prevalence = compute_prevalence(rows, alone, assumptions)
        for release_id in ("appendix-2022-09", "appendix-2025-06"):
            row = (
                prevalence[prevalence["measure_id"] == "violence"]
                .set_index("release_id")
                .loc[release_id]
                .iloc[0]
            )
            told = factor_of(alone, "persons", release_id=release_id)
            assert row["design_factor"] == told["factor"]

    def test_the_widest_limits_take_the_largest_factor_of_their_own_design(
        self, prevalence, assumptions
    ) -> None:
        for release_id, day, largest in [
            ("sdg-2017-12", date(2016, 3, 31), 1.4),
            ("bulletin-2025-03", date(2025, 3, 31), 1.5),
        ]:
            assert assumptions.design_factor(day)[1] == largest
            row = one(
                prevalence,
                release_id=release_id,
                measure_id="stalking",
                period_end=pd.Timestamp(day),
            )
            widest = proportion_interval(row["estimate"], n=row["n_lowest"], design_factor=largest)
            assert (row["lower_widest"], row["upper_widest"]) == pytest.approx(widest)

    def test_no_victims_is_never_certainty(self, prevalence) -> None:
        none = prevalence[prevalence["estimate"] == 0]
        assert len(none) > 0
        assert (none["upper"] > 0).all()
        computed = none[none["basis"] == "design_factor"]
        assert computed["standard_error"].isna().all()

    def test_an_assumed_base_is_said_and_its_reach_shown(self, prevalence) -> None:
        stalking = prevalence[prevalence["measure_id"].str.startswith("stalking")]
        assert (stalking["basis"] == "assumed_base").all()
        assert stalking["n_unweighted"].isna().all()
        assert stalking["n_assumed"].notna().all()
        assert (stalking["lower_widest"] < stalking["lower"]).all()
        assert (stalking["upper_widest"] > stalking["upper"]).all()
        known = prevalence[prevalence["basis"] != "assumed_base"]
        assert known["n_assumed"].isna().all()
        pd.testing.assert_series_equal(known["lower_widest"], known["lower"], check_names=False)

    def test_one_in_seven_since_age_16_holds(self, prevalence) -> None:
        row = one(prevalence, measure_id="stalking_since_16", sex="all")
        assert row["lower_widest"] < 1 / 7 < row["upper_widest"]

    def test_an_age_nobody_thought_of_is_refused(self, assumptions) -> None:
        with pytest.raises(Problem, match="no age '60-64' among the assumed bases"):
            assumptions.base(30_000, "all", "60-64", date(2024, 3, 31))

    def test_part_of_a_year_has_part_of_the_base(self, assumptions) -> None:
        whole = assumptions.base(30_000, "women", "16+", date(2024, 3, 31))
        part = assumptions.base(30_000, "women", "16+", date(2023, 3, 31))
        assert whole.value == pytest.approx(30_000 * 0.54 * 0.54)
        assert part.value == pytest.approx(whole.value * 0.67)
        assert whole.low < whole.value < whole.high


class TestChanges:
    def test_columns(self, changes) -> None:
        assert changes.columns.tolist() == CHANGE_COLUMNS
        assert not changes.duplicated(
            ["release_id", "measure_id", "sex", "age", "period_end", "previous_period_end"]
        ).any()

    def test_ons_said_the_same_of_stalking_or_it_is_borderline(self, changes) -> None:
        stalking = changes[(changes["measure_id"] == "stalking") & (changes["age"] == "16+")]
        judged = stalking[stalking["published_significance"].notna()]
        assert len(judged) == 2
        standard_errors = (judged["difference"] / judged["standard_error"]).abs()
        borderline = (standard_errors / ndtri(0.975)).between(0.9, 1.1)
        same = judged["significant"] == judged["published_significance"]
        assert (same | borderline).all()
        assert same.any()

    def test_overlapping_years_share_interviews(self, changes, prevalence) -> None:
        key = {"measure_id": "stalking", "sex": "all", "age": "16+"}
        overlapping = one(
            changes,
            **key,
            period_end=pd.Timestamp(2024, 9, 30),
            previous_period_end=pd.Timestamp(2024, 3, 31),
        )
        rows = prevalence[np.logical_and.reduce([prevalence[k] == v for k, v in key.items()])]
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
