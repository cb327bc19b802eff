"""The interval of a ratio of two proportions: its symmetries, its limits, and its coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crimeshare.measures.intervals import proportion_interval
from crimeshare.measures.two_groups import difference_interval, ratio_interval


def test_a_known_proportion_scales_the_limits_of_the_other() -> None:
    lower, upper = ratio_interval((0.04, 0.03, 0.05), (0.02, 0.02, 0.02))
    assert (lower, upper) == (pytest.approx(1.5), pytest.approx(2.5))


def test_turned_round_it_is_the_inverse() -> None:
    one, other = (0.04, 0.034, 0.047), (0.023, 0.018, 0.029)
    lower, upper = ratio_interval(one, other)
    assert ratio_interval(other, one) == (pytest.approx(1 / upper), pytest.approx(1 / lower))


def test_it_leaves_out_1_where_the_difference_leaves_out_0() -> None:
    other = (0.05, 0.04, 0.063)
    for p in np.linspace(0.01, 0.12, 200):
        one = (p, 0.8 * p, 1.25 * p)
        (low, high), (less, more) = ratio_interval(one, other), difference_interval(one, other)
        assert (low > 1, high < 1) == (less > 0, more < 0)


def test_a_proportion_that_may_be_0_leaves_the_ratio_open() -> None:
    assert ratio_interval((0.04, 0.03, 0.05), (0.02, 0.0, 0.05))[1] == math.inf
    assert ratio_interval((0.0, 0.0, 0.01), (0.02, 0.01, 0.03))[0] == 0
    with pytest.raises(ValueError, match="a proportion of 0"):
        ratio_interval((0.04, 0.03, 0.05), (0.0, 0.0, 0.01))


def test_it_holds_the_true_ratio_as_often_as_it_says() -> None:
    random = np.random.default_rng(8)
    one, other, n, m, runs = 0.05, 0.025, 1500, 1300, 4000
    p, q = random.binomial(n, one, runs) / n, random.binomial(m, other, runs) / m
    first, second = proportion_interval(p, n=n), proportion_interval(q, n=m)
    held = 0
    for a, al, au, b, bl, bu in zip(p, *first, q, *second, strict=True):
        lower, upper = ratio_interval((a, al, au), (b, bl, bu))
        held += lower <= one / other <= upper
    # Two standard errors of the simulation.
    assert held / runs == pytest.approx(0.95, abs=0.01)
