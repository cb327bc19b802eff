"""Design factors read off published standard errors and off significance flags."""

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.design import (
    design_factor_from_flags,
    design_factors,
    simple_random_error,
    summarise_design_factors,
    unround,
)
from crimeshare.measures.two_designs import design_factors_of_two_designs
from crimeshare.problems import Problem

Z = 1.959963984540054


class TestFromStandardErrors:
    def test_is_the_ratio_to_simple_random_sampling(self) -> None:
        # sqrt(0.2 * 0.8 / 1600) = 0.01
        assert design_factors(0.2, 0.014, 1600) == pytest.approx(1.4)

    def test_is_unknown_where_nobody_or_everybody_is_a_victim(self) -> None:
        factors = design_factors([0.0, 1.0, np.nan, 0.2], [0.0, 0.0, 0.01, np.nan], [50] * 4)
        assert np.isnan(factors).all()

    def test_r_survey_design_effect(self) -> None:
        # R 4.5.0, survey 4.4-2, women of the youngest group: deff 1.34348964504.  Its
        # design effect divides by the variance with n - 1.
        p, se, n = 0.2472318919451, 0.02631760792693, 362
        assert design_factors(p, se, n - 1) ** 2 == pytest.approx(1.34348964504, rel=1e-6)

    def test_summary_leaves_out_what_says_nothing(self) -> None:
        estimates = pd.DataFrame(
            {
                "sex": ["women", "women", "women", "men"],
                "estimate": [0.2, 0.2, 0.0, 0.5],
                "standard_error": [0.012, 0.016, 0.0, 0.0125],
                "n_unweighted": [1600, 1600, 900, 1600],
                "cells": ["A1", "A2", "A3", "A4"],
            }
        )
        summary = summarise_design_factors(estimates, ["sex"]).set_index("sex")
        assert summary.loc["women", ["estimates", "lowest", "highest"]].tolist() == pytest.approx(
            [2, 1.2, 1.6]
        )
        assert summary.loc["women", "mean"] == pytest.approx(1.4)
        assert summary.loc["men", "mean"] == pytest.approx(1.0)
        assert summary.loc["women", "cells"] == "A1; A2"


def flagged_changes(
    rng: np.random.Generator, factor: float, spread: float, measures: int = 30, years: int = 24
) -> pd.DataFrame:
    """Changes of all sizes, flagged where they outgrow each measure's own standard error."""
    deft = np.repeat(factor * np.exp(spread * rng.standard_normal(measures)), years)
    se = rng.uniform(0.0005, 0.003, measures * years)
    difference = rng.uniform(-6, 6, measures * years) * se
    return pd.DataFrame(
        {
            "measure": np.repeat(np.arange(measures), years),
            "difference": difference,
            "se": se,
            "flagged": np.abs(difference) > Z * deft * se,
        }
    )


def estimate(changes: pd.DataFrame):
    return design_factor_from_flags(
        changes["difference"], changes["se"], changes["flagged"], changes["measure"]
    )


class TestFromFlags:
    @pytest.mark.slow
    def test_finds_a_known_factor_and_its_limits_cover_it(self) -> None:
        rng = np.random.default_rng(5)
        fits = [estimate(flagged_changes(rng, factor=1.4, spread=0.08)) for _ in range(60)]
        assert np.mean([fit["factor"] for fit in fits]) == pytest.approx(1.4, rel=0.01)
        covered = np.mean([fit["lower"] <= 1.4 <= fit["upper"] for fit in fits])
        assert 0.87 <= covered <= 1.0  # 95 % of 60, and four standard errors below
        assert np.mean([fit["spread"] for fit in fits]) == pytest.approx(0.08, rel=0.25)
        assert all(fit["measures"] == 30 and fit["comparisons"] == 720 for fit in fits)

    def test_one_shared_factor_is_bracketed_by_the_flags_next_to_it(self) -> None:
        changes = flagged_changes(np.random.default_rng(2), factor=1.15, spread=0.0)
        ratio = changes["difference"].abs() / Z / changes["se"]
        fit = estimate(changes)
        last_off = ratio[~changes["flagged"]].max()
        first_on = ratio[changes["flagged"]].min()
        assert 0.999 * last_off <= fit["factor"] <= 1.001 * first_on
        assert fit["spread"] < 0.005

    def test_repeating_every_comparison_of_a_measure_adds_no_knowledge(self) -> None:
        changes = flagged_changes(np.random.default_rng(3), factor=1.4, spread=0.08)
        once, thrice = estimate(changes), estimate(pd.concat([changes] * 3))
        assert (once["factor"], once["lower"], once["upper"]) == (
            thrice["factor"],
            thrice["lower"],
            thrice["upper"],
        )
        assert thrice["misplaced"] == 3 * once["misplaced"]

    def test_fewer_measures_widen_the_limits(self) -> None:
        changes = flagged_changes(np.random.default_rng(4), factor=1.4, spread=0.15)
        few = estimate(changes[changes["measure"] < 5])
        many = estimate(changes)
        assert few["upper"] / few["lower"] > many["upper"] / many["lower"]

    def test_one_contrary_measure_does_not_veto(self) -> None:
        changes = flagged_changes(np.random.default_rng(6), factor=1.4, spread=0.05)
        contrary = pd.DataFrame(
            {"measure": 99, "difference": [0.0300, 0.0010], "se": 0.001, "flagged": [False, True]}
        )
        fit = estimate(pd.concat([changes, contrary]))
        assert fit["factor"] == pytest.approx(1.4, rel=0.05)
        assert fit["misplaced"] == estimate(changes)["misplaced"] + 2

    def test_missing_changes_are_no_comparisons(self) -> None:
        changes = flagged_changes(np.random.default_rng(7), factor=1.4, spread=0.05)
        more = pd.DataFrame(
            {"measure": [0, 1], "difference": [np.nan, 0.1], "se": [0.1, np.nan], "flagged": True}
        )
        assert estimate(pd.concat([changes, more])) == estimate(changes)

    @pytest.mark.parametrize("flags", [[True, True], [False, False]])
    def test_flags_all_alike_are_refused(self, flags: list[bool]) -> None:
        with pytest.raises(Problem, match="2 comparable changes"):
            design_factor_from_flags([0.01, 0.02], [0.01, 0.01], flags, ["a", "b"])


def changes_across_a_restart(
    rng: np.random.Generator,
    latest: float,
    earlier: float,
    spread: float = 0.05,
    measures: int = 30,
    years: int = 24,
    since: int = 3,
) -> pd.DataFrame:
    """Changes of which ``since`` of each measure lie within the latest design."""
    own = np.repeat(np.exp(spread * rng.standard_normal(measures)), years)
    across = np.tile(np.arange(years) >= since, measures)
    variance = rng.uniform(0.0005, 0.003, measures * years) ** 2
    previous = variance * rng.uniform(0.5, 3, measures * years)
    error = own * np.sqrt(latest**2 * variance + np.where(across, earlier, latest) ** 2 * previous)
    difference = rng.uniform(-9, 9, measures * years) * np.sqrt(variance + previous)
    return pd.DataFrame(
        {
            "difference": difference,
            "variance": variance,
            "previous_variance": previous,
            "across": across,
            "flagged": np.abs(difference) > Z * error,
            "measure": np.repeat(np.arange(measures), years),
        }
    )


def both(changes: pd.DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    return design_factors_of_two_designs(**{name: changes[name] for name in changes})


class TestOfTwoDesigns:
    @pytest.mark.slow
    @pytest.mark.parametrize(("latest", "earlier"), [(1.4, 1.2), (1.2, 1.0), (1.2, 1.4)])
    def test_finds_both_factors_and_their_limits_cover_them(
        self, latest: float, earlier: float
    ) -> None:
        rng = np.random.default_rng(11)
        fits = [both(changes_across_a_restart(rng, latest, earlier)) for _ in range(12)]
        for side, true in enumerate((latest, earlier)):
            # The prior holds factors at 1 or more, so that those of 1 are found a little above it.
            mean = np.mean([fit[side]["factor"] for fit in fits])
            assert mean == pytest.approx(true, rel=0.03 if true > 1 else 0.04)
            assert min(fit[side]["lower"] for fit in fits) >= 1
            # The grid begins a hair above 1.
            covered = sum(fit[side]["lower"] - 0.001 <= true <= fit[side]["upper"] for fit in fits)
            assert covered >= 9  # 95 % of 12, and three standard errors below

    def test_agrees_with_one_factor_where_there_is_one(self) -> None:
        changes = changes_across_a_restart(np.random.default_rng(12), 1.3, 1.3)
        error = np.sqrt(changes["variance"] + changes["previous_variance"])
        one = design_factor_from_flags(
            changes["difference"], error, changes["flagged"], changes["measure"]
        )
        for found in both(changes):
            assert found["lower"] < one["factor"] < found["upper"]

    def test_knows_the_earlier_design_less_well_from_fewer_measures(self) -> None:
        changes = changes_across_a_restart(np.random.default_rng(13), 1.4, 1.2)
        _, many = both(changes)
        _, few = both(changes[changes["measure"] < 8])
        assert few["upper"] / few["lower"] > many["upper"] / many["lower"]

    def test_order_and_missing_changes_make_no_difference(self) -> None:
        changes = changes_across_a_restart(np.random.default_rng(14), 1.4, 1.2)
        missing = changes.head(5).assign(difference=np.nan, flagged=True)
        shuffled = pd.concat([changes, missing]).sample(frac=1, random_state=1)
        assert [found["factor"] for found in both(shuffled)] == pytest.approx(
            [found["factor"] for found in both(changes)], rel=1e-9
        )

    @pytest.mark.parametrize("kept", ["across", "within", "flagged"])
    def test_flags_that_cannot_tell_two_factors_are_refused(self, kept: str) -> None:
        changes = changes_across_a_restart(np.random.default_rng(15), 1.4, 1.2)
        part = {
            "across": changes["across"],
            "within": ~changes["across"],
            "flagged": changes["across"] | changes["flagged"],
        }[kept]
        with pytest.raises(Problem, match=r"tell the factors of two designs only where"):
            both(changes[part])


def test_simple_random_error_of_a_change() -> None:
    assert simple_random_error(0.5, 2500, 0.2, 1600) == pytest.approx(np.hypot(0.01, 0.01))


class TestUnround:
    def test_exact_changes_pin_a_rounded_value(self) -> None:
        latest, earlier = 1.3487, np.array([4.6612, 2.7219, 1.7741, 1.5966])
        lower, upper = unround(earlier.round(1), latest - earlier, half_step=0.05)
        assert lower <= latest <= upper
        assert upper - lower < 0.05

    def test_a_change_that_belongs_elsewhere_leaves_nothing(self) -> None:
        lower, upper = unround([4.7, 2.7, 1.8], [-3.35, -1.35, -57.0], half_step=0.05)
        assert lower > upper

    def test_without_changes_nothing_is_known(self) -> None:
        assert unround([4.7, np.nan], [np.nan, 1.0], half_step=0.05) == (-np.inf, np.inf)
