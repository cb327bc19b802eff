"""Confidence intervals of proportions: against published numbers, formulas and their edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.measures.intervals import proportion_interval
from crimeshare.problems import Problem

METHODS = ("wilson", "korn-graubard", "logit", "normal")

# R 4.5.0, package survey 4.4-2 (Lumley), svyciprop on the Crime Survey 2013-14 teaching data:
# proportion of adults who were victims of any crime, four of the domains.
R_SURVEY = {
    "all adults": {
        "p": 0.1695130260157,
        "se": 0.00489079747957,
        "n": 8843,
        "normal": (0.1599259267432, 0.1791001252882),
        "logit": (0.1601404905690, 0.1793169883069),
        "korn-graubard": (0.1600078642574, 0.1793469636298),
    },
    "men, youngest": {
        "p": 0.2378583354150,
        "se": 0.02676958039622,
        "n": 323,
        "normal": (0.1851929715970, 0.2905236992330),
        "logit": (0.1892372702336, 0.2944350186007),
        "korn-graubard": (0.1867642774297, 0.2952076707759),
    },
    "women, oldest": {
        "p": 0.0562496110217,
        "se": 0.01067861177696,
        "n": 623,
        "normal": (0.0352791109209, 0.0772201111224),
        "logit": (0.0386016267707, 0.0812837847971),
        "korn-graubard": (0.0371307336489, 0.0812308280195),
    },
    "rural": {
        "p": 0.1240810024176,
        "se": 0.00852750160451,
        "n": 2088,
        "normal": (0.1073577077438, 0.1408042970915),
        "logit": (0.1083015506640, 0.1417939227053),
        "korn-graubard": (0.1077839866975, 0.1418707373590),
    },
}


@pytest.mark.parametrize("domain", R_SURVEY)
@pytest.mark.parametrize("method", ["normal", "logit", "korn-graubard"])
def test_matches_r_survey(domain: str, method: str) -> None:
    row = R_SURVEY[domain]
    got = proportion_interval(row["p"], se=row["se"], n=row["n"], df=row["n"] - 1, method=method)
    assert got == pytest.approx(row[method], rel=1e-6)


def test_wilson_from_a_base_and_a_design_factor() -> None:
    lower, upper = proportion_interval(0.144, n=16000, design_factor=1.2)
    assert (lower, upper) == pytest.approx((0.137595, 0.150651), abs=5e-7)


def test_wilson_inverts_the_score_test() -> None:
    p, m, z = 0.03, 700.0, 1.959963984540054
    for limit in proportion_interval(p, n=m):
        assert abs(p - limit) / math.sqrt(limit * (1 - limit) / m) == pytest.approx(z)


@pytest.mark.parametrize("method", METHODS)
def test_a_standard_error_and_its_base_with_design_factor_are_the_same_thing(method: str) -> None:
    p, n, deft = 0.03, 4000, 1.35
    se = deft * math.sqrt(p * (1 - p) / n)
    by_se = proportion_interval(p, se=se, n=n, method=method)
    by_base = proportion_interval(p, n=n, design_factor=deft, method=method)
    assert by_se == pytest.approx(by_base)


def test_student_quantile_in_wilson_equals_a_smaller_effective_sample() -> None:
    z, t = 1.959963984540054, 2.262157162740992  # 97.5 % points; Student on 9 degrees
    assert proportion_interval(0.2, n=400, df=9) == pytest.approx(
        proportion_interval(0.2, n=400 * (z / t) ** 2)
    )


def test_korn_graubard_shrinks_by_the_squared_ratio_of_student_quantiles() -> None:
    t_base, t_df = 2.262157162740992, 2.776445105198  # 9 and 4 degrees
    assert proportion_interval(
        0.3, n=10, design_factor=0.5, df=4, method="korn-graubard"
    ) == pytest.approx(
        proportion_interval(0.3, n=40 * (t_base / t_df) ** 2, method="korn-graubard"), rel=1e-9
    )


@pytest.mark.parametrize("method", METHODS)
def test_few_degrees_of_freedom_widen_every_method(method: str) -> None:
    narrow = proportion_interval(0.1, se=0.02, n=400, method=method)
    wide = proportion_interval(0.1, se=0.02, n=400, df=5, method=method)
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]


@pytest.mark.parametrize("method", METHODS)
@given(
    p=st.floats(0, 1),
    n=st.floats(1, 1e6),
    deft=st.floats(0.5, 3),
    level=st.floats(0.5, 0.999),
)
def test_limits_enclose_the_estimate_and_stay_in_range(
    method: str, p: float, n: float, deft: float, level: float
) -> None:
    lower, upper = proportion_interval(p, n=n, design_factor=deft, level=level, method=method)
    assert 0 <= lower <= p <= upper <= 1
    assert lower < upper


@pytest.mark.parametrize("method", METHODS)
@given(p=st.floats(0.001, 0.999), n=st.floats(2, 1e5), deft=st.floats(0.8, 2))
def test_victims_and_non_victims_mirror_each_other(
    method: str, p: float, n: float, deft: float
) -> None:
    lower, upper = proportion_interval(p, n=n, design_factor=deft, method=method)
    low, high = proportion_interval(1 - p, n=n, design_factor=deft, method=method)
    assert (1 - high, 1 - low) == pytest.approx((lower, upper), abs=1e-9)


class TestEdges:
    @pytest.mark.parametrize("method", METHODS)
    def test_a_standard_error_of_zero_gives_the_limits_of_a_missing_one(self, method: str) -> None:
        lower, upper = proportion_interval(0.0, se=0.0, n=350, design_factor=1.4, method=method)
        assert lower == 0
        assert upper == proportion_interval(0.0, n=350, design_factor=1.4, method=method)[1]
        assert upper == proportion_interval(0.0, np.nan, 350, 1.4, method=method)[1]
        other = proportion_interval(1.0, se=0.0, n=350, design_factor=1.4, method=method)
        assert other == pytest.approx((1 - upper, 1.0))

    def test_the_exact_bound_uses_the_design_factor(self) -> None:
        # no victims among 200 effective interviews: 0.95 = 1 - (1 - upper)^200
        _, upper = proportion_interval(0.0, se=0.0, n=392, design_factor=1.4, method="logit")
        assert (1 - upper) ** 200 == pytest.approx(0.05)

    def test_no_victims_and_no_standard_error(self) -> None:
        z2 = 1.959963984540054**2
        assert proportion_interval(0, n=100) == pytest.approx((0, z2 / (100 + z2)))
        _, clopper_pearson = proportion_interval(0, n=100, method="korn-graubard")
        assert (1 - clopper_pearson) ** 100 == pytest.approx(0.025)
        for method in ("logit", "normal"):
            _, bound = proportion_interval(0, n=100, method=method)
            assert (1 - bound) ** 100 == pytest.approx(0.05)

    def test_a_zero_standard_error_beside_some_victims_is_set_aside(self) -> None:
        assert proportion_interval(0.2, se=0.0, n=50) == proportion_interval(0.2, n=50)

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("p", [5e-324, 1e-313, 1e-20, 1 - 1e-16])
    def test_a_proportion_at_the_edge_of_what_a_float_holds(self, method: str, p: float) -> None:
        lower, upper = proportion_interval(p, n=1000, design_factor=1.4, method=method)
        assert 0 <= lower <= p <= upper <= 1

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("sample", [{"n": math.inf}, {"n": 1e300}, {"se": 1e-200}])
    def test_a_sample_without_end_leaves_no_width(self, method: str, sample: dict) -> None:
        assert proportion_interval(0.3, **sample, method=method) == pytest.approx((0.3, 0.3))

    @pytest.mark.parametrize("method", METHODS)
    def test_less_than_one_interview_knows_nothing(self, method: str) -> None:
        assert proportion_interval(0.3, se=0.6, method=method) == (0, 1)
        assert proportion_interval(0.3, n=2, design_factor=2, method=method) == (0, 1)

    def test_a_small_base_takes_student_in_large_sample_methods_only(self) -> None:
        for method in ("logit", "normal"):
            assert proportion_interval(0.3, n=20, method=method) == proportion_interval(
                0.3, n=20, df=19, method=method
            )
            normal = proportion_interval(0.3, n=30, df=math.inf, method=method)
            assert proportion_interval(0.3, n=30, method=method) == normal
        assert proportion_interval(0.3, n=20) == proportion_interval(0.3, n=20, df=math.inf)

    def test_missing_gives_missing_and_leaves_the_rest_alone(self) -> None:
        p = pd.Series([0.1, np.nan, 0.1, 0.1], index=[7, 7, 3, 1])
        se = [0.01, 0.01, np.nan, np.nan]
        n = pd.array([900, 900, None, 900], dtype="Int64")
        lower, upper = proportion_interval(p, se=se, n=pd.Series(n), design_factor=1.0)
        assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [False, True, True, False]
        assert (lower[0], upper[0]) == pytest.approx((lower[3], upper[3]))  # 0.3²/0.01² = 900
        assert np.isnan(proportion_interval(0.1, n=900, df=math.nan)).all()
        assert np.isnan(proportion_interval(0.1, n=900, design_factor=math.nan)).all()


class TestShapes:
    def test_a_number_in_gives_numbers_out(self) -> None:
        lower, upper = proportion_interval(0.1, n=100)
        assert np.ndim(lower) == np.ndim(upper) == 0
        assert isinstance(lower, float)

    @pytest.mark.parametrize("method", METHODS)
    def test_arrays_broadcast_and_equal_one_by_one(self, method: str) -> None:
        p = np.array([0.0, 0.01, 0.5, 1.0])
        n = np.array([[20], [3000]])
        lower, upper = proportion_interval(p, n=n, design_factor=1.2, method=method)
        assert lower.shape == upper.shape == (2, 4)
        for i, j in np.ndindex(2, 4):
            one = proportion_interval(p[j], n=n[i, 0], design_factor=1.2, method=method)
            assert (lower[i, j], upper[i, j]) == one

    def test_empty_in_empty_out(self) -> None:
        lower, upper = proportion_interval([], n=[])
        assert lower.shape == upper.shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"p": 14.4, "n": 100}, "between 0 and 1 (a percentage? divide by 100): found p = 14.4"),
        ({"p": [0.1, 2.8, 3.4], "n": 100}, "found p[1] = 2.8 and 1 more"),
        ({"p": -0.1, "n": 100}, "between 0 and 1: found p = -0.1"),
        ({"p": 0.1, "se": -0.01}, "standard error cannot be negative: found se = -0.01"),
        ({"p": 0.1, "n": 0}, "positive number of interviews: found n = 0"),
        ({"p": 0.1}, "give se or n"),
        ({"p": [0.1, 0.0], "se": [0.01, 0.0]}, "give n as well (p[1] = 0)"),
        ({"p": 0.1, "n": 100, "design_factor": 0}, "design factor is positive"),
        ({"p": 0.1, "n": 100, "df": 0}, "degrees of freedom are positive"),
        ({"p": 0.1, "n": 100, "level": 95}, "not at 95; for 95 % give 0.95"),
        ({"p": 0.1, "n": 100, "level": 0}, "between 0 and 1, not at 0"),
        ({"p": 0.1, "n": 100, "level": 1}, "between 0 and 1, not at 1"),
        ({"p": 0.1, "n": 100, "level": math.nan}, "not at nan"),
        ({"p": 0.1, "n": 100, "method": "wald"}, "known are wilson, korn-graubard, logit, normal"),
        ({"p": "14.4%", "n": 100}, "numbers were expected, found '14.4%'"),
        ({"p": 0.1, "n": 100, "level": "0.95"}, "is one number between 0 and 1, not '0.95'"),
        ({"p": 0.1, "n": 100, "level": [0.9, 0.95]}, "is one number between 0 and 1"),
        ({"p": [0.1, 0.2], "n": [9, 9, 9]}, "of one length, or numbers, were expected: found p (2"),
    ],
)
def test_a_wrong_argument_is_refused_in_a_sentence(arguments: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        proportion_interval(**arguments)
    assert isinstance(refusal.value, Problem)
    assert sentence in str(refusal.value)


def test_every_wrong_argument_is_named_at_once() -> None:
    with pytest.raises(Problem) as refusal:
        proportion_interval(2.0, se=-1.0, n=-5)
    assert str(refusal.value).count("\n") == 2
