"""The coverage study: it simulates what it says, and its table earns the default its place."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage", ROOT / "benchmarks" / "coverage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(study: ModuleType) -> pd.DataFrame:
    return pd.read_csv(ROOT / study.TABLE, comment="#")


@pytest.mark.parametrize("deft", [1.0, 1.4])
def test_simulated_surveys_have_the_design_factor_asked_for(study, deft: float) -> None:
    p, n = 0.1, 8_000
    estimate, se, clusters = study.simulate(p, n, deft, 4_000, np.random.default_rng(1))
    simple_random = np.sqrt(p * (1 - p) / n)
    assert clusters == n // study.CLUSTER_SIZE
    assert estimate.mean() == pytest.approx(p, rel=0.01)
    assert estimate.std() / simple_random == pytest.approx(deft, rel=0.05)
    assert se.mean() / simple_random == pytest.approx(deft, rel=0.02)


def test_the_committed_table_is_what_the_study_writes(study, table, tmp_path, monkeypatch) -> None:
    first_setting = table.iloc[: 2 * len(study.METHODS)]
    for name, first in (("PROPORTIONS", 0.005), ("BASES", 500), ("DESIGN_FACTORS", 1.0)):
        monkeypatch.setattr(study, name, (first,))
    study.write(study.coverage(), tmp_path / "table.csv")
    again = pd.read_csv(tmp_path / "table.csv", comment="#")
    pd.testing.assert_frame_equal(again, first_setting, rtol=1e-6)


def test_the_table_covers_the_settings_asked_for(table) -> None:
    assert set(table["design_factor"]) == {1.0, 1.2, 1.4, 1.6}
    assert (table["p"].min(), table["p"].max()) == (0.005, 0.5)
    assert (table["n"].min(), table["n"].max()) == (500, 32_000)


def test_the_default_method_is_the_one_closest_to_its_level(study, table) -> None:
    missed = (table["coverage"] - study.LEVEL).abs()
    assert missed.groupby(table["method"]).mean().idxmin() == "wilson"
    by_basis = missed.groupby([table["basis"], table["method"]]).mean().unstack()
    settings = table.groupby(["basis", "method"]).size().min()
    # What chance alone moves such a mean by, as each coverage is counted over the same surveys.
    error = np.sqrt(study.LEVEL * (1 - study.LEVEL) / study.SURVEYS / settings)
    assert (by_basis["wilson"] - by_basis.min(axis=1)).max() < error


def test_normal_intervals_of_few_victims_miss_and_korn_graubard_is_cautious(table) -> None:
    worst = table.groupby("method")["coverage"].min()
    assert worst["normal"] < 0.90 < worst["wilson"] < worst["korn-graubard"]
