"""Trends of proportions: known lines found, breaks never joined, heterogeneity seen."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from crimeshare.measures.trend import fit_trends, segments
from crimeshare.problems import Problem


def series(logits: np.ndarray, se: float = 0.002, first: int = 2009) -> pd.DataFrame:
    p = expit(logits)
    return pd.DataFrame(
        {
            "period_end": [date(first + i, 3, 31) for i in range(len(p))],
            "estimate": p,
            "standard_error": se,
        }
    )


def noisy(rng: np.random.Generator, slope: float, tau: float, years: int = 10) -> pd.DataFrame:
    exact = logit(0.05) + slope * np.arange(years) + tau * rng.standard_normal(years)
    p = np.clip(expit(exact) + 0.002 * rng.standard_normal(years), 0.001, 0.999)
    return series(logit(p))


def test_an_exact_line_is_found() -> None:
    (trend,) = fit_trends(series(logit(0.047) - 0.05 * np.arange(8)))
    assert trend["slope"] == pytest.approx(-0.05, rel=1e-3)  # leap years: 365.25 days
    assert trend["between_years"] == 0
    assert trend["q"] == pytest.approx(0, abs=1e-3)
    assert trend["q_p_value"] == pytest.approx(1)
    assert (trend["start"], trend["end"], trend["years"]) == (
        date(2009, 3, 31),
        date(2016, 3, 31),
        8,
    )
    ends = [trend["fitted_start"], trend["fitted_end"]]
    assert ends == pytest.approx([0.047, expit(logit(0.047) - 0.35)], rel=1e-3)


def test_without_heterogeneity_it_is_weighted_least_squares() -> None:
    data = series(logit(np.array([0.05, 0.049, 0.0495, 0.048])), se=0.004)
    data["standard_error"] = [0.004, 0.004, 0.004, 0.008]
    (trend,) = fit_trends(data)
    p, se = data["estimate"].to_numpy(), data["standard_error"].to_numpy()
    time = np.array([d.toordinal() for d in data["period_end"]]) / 365.25
    slope, _ = np.polyfit(time - time.mean(), logit(p), 1, w=p * (1 - p) / se)
    assert trend["between_years"] == 0
    assert trend["slope"] == pytest.approx(slope, rel=1e-6)


def test_limits_cover_the_slope_and_heterogeneity_is_estimated() -> None:
    rng = np.random.default_rng(8)
    fits = [fit_trends(noisy(rng, slope=-0.04, tau=0.08))[0] for _ in range(200)]
    covered = np.mean([fit["lower"] <= np.expm1(-0.04) <= fit["upper"] for fit in fits])
    assert 0.90 <= covered <= 0.99
    assert np.mean([fit["between_years"] ** 2 for fit in fits]) ** 0.5 == pytest.approx(
        0.08, rel=0.1
    )


def test_cochran_q_is_calibrated_without_heterogeneity() -> None:
    rng = np.random.default_rng(9)
    p_values = [fit_trends(noisy(rng, slope=0.02, tau=0.0))[0]["q_p_value"] for _ in range(300)]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.04)
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.06)


def test_between_year_noise_widens_the_limits() -> None:
    calm = series(logit(0.05) + 0.001 * np.array([1, -1, 1, -1, 1, -1]))
    rough = series(logit(0.05) + 0.2 * np.array([1, -1, 1, -1, 1, -1]))
    (quiet,), (loud,) = fit_trends(calm), fit_trends(rough)
    assert loud["between_years"] > 0.1
    assert loud["q_p_value"] < 0.001
    assert loud["upper"] - loud["lower"] > quiet["upper"] - quiet["lower"]


def test_machines_agree_on_the_between_year_variance() -> None:
    """Machines differ in the last bits of a logarithm; that must not reach the printed figures."""
    data = noisy(np.random.default_rng(10), slope=-0.04, tau=0.08)
    (here,) = fit_trends(data)
    assert here["between_years"] > 0
    for bits in (-2, -1, 1, 2):
        other = data.assign(estimate=data["estimate"] * (1 + bits * np.finfo(float).eps))
        (there,) = fit_trends(other)
        assert there["between_years"] == pytest.approx(here["between_years"], rel=1e-12)
        assert there["upper"] == pytest.approx(here["upper"], rel=1e-12)


class TestBreaks:
    BREAKS = (date(2017, 4, 1), date(2021, 10, 1))

    def test_a_break_starts_a_stretch(self) -> None:
        days = [date(2016, 3, 31), date(2017, 4, 1), date(2018, 3, 31), date(2023, 3, 31)]
        assert segments(days, self.BREAKS) == [0, 1, 1, 2]
        assert segments(days, reversed(self.BREAKS)) == [0, 1, 1, 2]
        assert segments(days, ()) == [0, 0, 0, 0]

    def test_each_stretch_has_its_own_line_and_short_ones_none(self) -> None:
        before = series(logit(0.05) - 0.05 * np.arange(6), first=2011)
        between = series(logit(0.03) + 0.10 * np.arange(4), first=2018)
        after = series(logit(np.array([0.034, 0.032])), first=2023)
        trends = fit_trends(pd.concat([after, between, before]), self.BREAKS)
        assert [round(trend["slope"], 3) for trend in trends] == [-0.05, 0.1]
        assert [trend["years"] for trend in trends] == [6, 4]


class TestInput:
    def test_years_without_weight_are_left_out(self) -> None:
        whole = series(logit(0.05) - 0.05 * np.arange(6))
        extra = pd.DataFrame(
            {
                "period_end": [date(2030, 3, 31), date(2031, 3, 31), date(2032, 3, 31)],
                "estimate": [np.nan, 0.0, 0.04],
                "standard_error": [0.002, 0.0, np.nan],
            }
        )
        (trend,) = fit_trends(pd.concat([whole, extra]))
        assert (trend["years"], trend["end"]) == (6, date(2014, 3, 31))

    def test_two_vintages_of_a_year_are_refused(self) -> None:
        data = series(logit(0.05) - 0.05 * np.arange(4))
        with pytest.raises(Problem, match="2009-03-31 has two estimates"):
            fit_trends(pd.concat([data, data.head(1)]))

    def test_timestamps_are_dates(self) -> None:
        data = series(logit(0.05) - 0.05 * np.arange(4))
        stamped = data.assign(period_end=pd.to_datetime(data["period_end"]))
        assert fit_trends(stamped)[0]["slope"] == fit_trends(data)[0]["slope"]
