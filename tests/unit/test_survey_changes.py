"""Changes between two years, their agreement with published verdicts, offences per victim."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from crimeshare.measures.intervals import proportion_interval
from crimeshare.measures.survey import (
    add_changes,
    error_of_change,
    flag_agreement,
    holm,
    offences_per_100_victims,
    smallest_detectable_change,
    verdict_on_change,
)
from crimeshare.measures.two_groups import difference_interval
from crimeshare.problems import Problem


def pairs(**columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "release_id": "appendix-2025-12",
            "measure_id": "stalking",
            "previous_period_end": "2024-03-31",
            "estimate": [0.028],
            "standard_error": [0.0012],
            "previous_estimate": [0.034],
            "previous_standard_error": [0.0016],
            "published_significance": [True],
        }
    )
    return frame.loc[frame.index.repeat(len(next(iter(columns.values()), [0])))].assign(**columns)


def judge(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    error = error_of_change(rows["standard_error"], rows["previous_standard_error"])
    return add_changes(rows, error, level=level)


class TestChange:
    def test_numbers_by_hand(self) -> None:
        change = judge(pairs()).iloc[0]
        # a 3-4-5 triangle: sqrt(12² + 16²) = 20
        assert change["difference"] == pytest.approx(-0.006)
        assert change["standard_error"] == pytest.approx(0.002)
        assert change["lower"] == pytest.approx(-0.006 - 1.959964 * 0.002)
        assert change["upper"] == pytest.approx(-0.006 + 1.959964 * 0.002)
        assert change["p_value"] == pytest.approx(0.0026998, rel=1e-4)  # two-sided, z = 3
        assert change["significant"]
        assert change["smallest_detectable"] == pytest.approx((1.959964 + 0.841621) * 0.002)
        assert change["even_chance"] == pytest.approx(1.959964 * 0.002)

    def test_the_interval_and_the_test_never_contradict_each_other(self) -> None:
        rng = np.random.default_rng(1)
        changes = judge(pairs(estimate=0.034 + 0.006 * rng.standard_normal(400)))
        outside = (changes["lower"] > 0) | (changes["upper"] < 0)
        assert (outside == changes["significant"].astype(bool)).all()
        assert 0 < outside.sum() < 400

    def test_shared_interviews_sharpen_the_change(self) -> None:
        assert error_of_change(0.0012, 0.0016) == pytest.approx(0.002)
        assert error_of_change(0.0012, 0.0016, correlation=0.75) == pytest.approx(
            np.sqrt(0.0012**2 + 0.0016**2 - 2 * 0.75 * 0.0012 * 0.0016)
        )

    @pytest.mark.parametrize("silent", [0.0, np.nan])
    def test_no_standard_error_no_verdict(self, silent: float) -> None:
        changes = judge(pairs(previous_standard_error=[silent, 0.0016]))
        assert changes["significant"].isna().tolist() == [True, False]
        assert np.isnan(
            changes.iloc[0][["lower", "upper", "p_value", "p_adjusted"]].astype(float)
        ).all()
        assert changes.iloc[0]["difference"] == pytest.approx(-0.006)

    def test_adjustment_is_within_a_family(self) -> None:
        changes = judge(
            pairs(
                estimate=[0.028, 0.030, 0.028],
                previous_period_end=["2023-03-31", "2023-03-31", "2024-03-31"],
            )
        )
        raw, adjusted = changes["p_value"].to_numpy(), changes["p_adjusted"].to_numpy()
        assert adjusted == pytest.approx([2 * raw[0], raw[1], raw[2]])

    def test_other_levels(self) -> None:
        borderline = pairs(estimate=[0.034 - 1.8 * 0.002])
        assert not judge(borderline)["significant"].item()
        assert judge(borderline, level=0.9)["significant"].item()

    def test_wrong_arguments(self) -> None:
        with pytest.raises(Problem, match="not at 95"):
            judge(pairs(), level=95)
        with pytest.raises(Problem, match="between -1 and 1"):
            error_of_change(0.001, 0.001, correlation=1.0)


def test_power_of_the_smallest_detectable_change() -> None:
    se = 0.002
    true_change = smallest_detectable_change(se)
    seen = np.random.default_rng(3).normal(true_change, se, 200_000)
    assert np.mean(np.abs(seen) > 1.959964 * se) == pytest.approx(0.8, abs=0.004)


class TestHolm:
    def test_textbook_example(self) -> None:
        # R: p.adjust(c(0.01, 0.02, 0.03, 0.04), "holm")
        assert holm(pd.Series([0.03, 0.01, 0.04, 0.02])).tolist() == pytest.approx(
            [0.06, 0.04, 0.06, 0.06]
        )

    def test_missing_values_do_not_count_and_nothing_exceeds_one(self) -> None:
        adjusted = holm(pd.Series([0.9, np.nan, 0.02], index=[5, 6, 7]))
        assert adjusted.loc[5] == pytest.approx(0.9)
        assert adjusted.loc[7] == pytest.approx(0.04)
        assert np.isnan(adjusted.loc[6])
        assert holm(pd.Series([0.8, 0.9])).max() == 1.0


class TestFlagAgreement:
    @pytest.fixture
    def changes(self) -> pd.DataFrame:
        threshold = 1.959964 * 0.002
        ratios = [0.5, 0.95, 1.05, 2.0, 2.0, 2.0]
        return judge(
            pairs(
                measure_id=list("abcdef"),
                estimate=[0.034 + threshold * ratio for ratio in ratios],
                published_significance=pd.array(
                    [False, True, True, True, False, None], dtype="boolean"
                ),
            )
        )

    def test_counts(self, changes: pd.DataFrame) -> None:
        found, _ = flag_agreement(changes)
        assert (found["comparisons"], found["agreeing"], found["near_threshold"]) == (5, 3, 2)
        assert found["agreement"] == pytest.approx(0.6)
        assert found["agreement_elsewhere"] == pytest.approx(2 / 3)

    def test_disagreements_are_listed_with_their_distance(self, changes: pd.DataFrame) -> None:
        _, disagreements = flag_agreement(changes)
        assert disagreements["measure_id"].tolist() == ["b", "e"]
        assert disagreements["test_ratio"].tolist() == pytest.approx([0.95, 2.0], rel=1e-6)

    def test_nothing_to_compare_is_not_agreement(self, changes: pd.DataFrame) -> None:
        nothing, _ = flag_agreement(changes.assign(published_significance=pd.NA))
        assert nothing["comparisons"] == 0
        assert np.isnan(nothing["agreement"])


class TestVerdict:
    @pytest.mark.parametrize(
        ("published", "significant", "verdict"),
        [
            (True, False, "rise"),
            (True, None, "rise"),
            (False, True, "no_clear_change"),
            (None, True, "rise"),
            (None, False, "no_clear_change"),
            (None, None, None),
        ],
    )
    def test_the_publisher_leads_and_the_test_stands_in(
        self, published, significant, verdict
    ) -> None:
        assert verdict_on_change(0.01, published, significant) == verdict
        turned = {"rise": "fall"}.get(verdict, verdict)
        assert verdict_on_change(-0.01, published, significant) == turned

    def test_a_change_of_nothing_is_no_change_whatever_anybody_says(self) -> None:
        assert verdict_on_change(0.0, True, True) == "no_clear_change"


class TestTwoGroups:
    def test_newcombes_own_example(self) -> None:
        """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, Table II, method 10)."""
        one, other = 56 / 70, 48 / 80
        lower, upper = difference_interval(
            (one, *proportion_interval(one, n=70)), (other, *proportion_interval(other, n=80))
        )
        assert (lower, upper) == pytest.approx((0.0524, 0.3339), abs=0.00005)

    @pytest.mark.parametrize("counts", [(5, 56, 0, 29), (10, 10, 0, 20), (9, 10, 3, 10)])
    def test_another_implementation(self, counts: tuple[int, int, int, int]) -> None:
        x1, n1, x2, n2 = counts
        lower, upper = difference_interval(
            (x1 / n1, *proportion_interval(x1 / n1, n=n1)),
            (x2 / n2, *proportion_interval(x2 / n2, n=n2)),
        )
        expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
        assert (lower, upper) == pytest.approx(expected, abs=1e-9)

    def test_the_other_way_round_is_the_mirror_image(self) -> None:
        one, other = (0.2, 0.18, 0.22), (0.1, 0.08, 0.13)
        lower, upper = difference_interval(one, other)
        assert difference_interval(other, one) == pytest.approx((-upper, -lower))


class TestOffencesPer100Victims:
    ARGUMENTS: ClassVar = {
        "offences": 130_000.0,
        "p": 0.03,
        "population": 48_000_000.0,
        "n": 16_000,
        "design_factor": 1.4,
    }

    def test_ratio_and_limits(self) -> None:
        ratio, lower, upper = offences_per_100_victims(**self.ARGUMENTS)
        assert ratio == pytest.approx(100 * 130_000 / (0.03 * 48_000_000))
        low, high = proportion_interval(0.03, n=16_000, design_factor=1.4)
        assert (lower, upper) == pytest.approx((ratio * 0.03 / high, ratio * 0.03 / low), rel=0.01)

    def test_the_same_arguments_give_the_same_limits(self) -> None:
        one, again = (offences_per_100_victims(**self.ARGUMENTS) for _ in range(2))
        assert one == again

    def test_assumed_ranges_widen_the_limits(self) -> None:
        _, lower, upper = offences_per_100_victims(**self.ARGUMENTS)
        wider = {**self.ARGUMENTS, "n": (8_000, 16_000), "design_factor": (1.4, 1.6)}
        _, low, high = offences_per_100_victims(**wider)
        assert low < lower < upper < high

    def test_no_victims_in_the_sample_still_bounds_from_below(self) -> None:
        ratio, lower, upper = offences_per_100_victims(**{**self.ARGUMENTS, "p": 0.0})
        assert ratio == np.inf
        assert 0 < lower < upper

    def test_impossible_counts(self) -> None:
        with pytest.raises(Problem, match="population of 0"):
            offences_per_100_victims(**{**self.ARGUMENTS, "population": 0.0})
