"""The study of the models of quarters: within its goals as shipped, and as made again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.subjects import simulated
from tests.tables import QUARTERS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("models", ROOT / "benchmarks/models.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shipped(study: ModuleType) -> pd.DataFrame:
    return pd.read_csv(ROOT / study.TABLE, comment="#")


def test_what_is_shipped_is_within_its_goals(shipped: pd.DataFrame) -> None:
    aimed = shipped[shipped["low"].notna()]
    assert {"rule_effects", "level_shifts", "rank_ranges", "forecast_coverage"} == set(
        aimed["model"]
    )
    outside = aimed[(aimed["rate"] < aimed["low"]) | (aimed["rate"] > aimed["high"])]
    # Limits of forecasts hold more than they promise, and the pages print how much.
    assert set(outside["model"]) <= {"forecast_coverage"}
    assert (outside["rate"] > outside["high"]).all()


def test_the_method_that_is_used_errs_least(shipped: pd.DataFrame) -> None:
    errors = shipped[shipped["model"] == "forecast_error"].set_index("setting")["rate"]
    assert errors["ets_and_last_year"] < errors["same_as_last_year"]
    together = errors.drop("best of each force afterwards")
    assert together.idxmin() == "ets_and_last_year"


def test_the_page_prints_the_study(shipped: pd.DataFrame) -> None:
    said = simulated.model_checks()
    assert not stray_numbers(said)
    rates = set(shipped["rate"])
    printed = [float(figure["value"]) for figure in shown(said)]
    assert len(printed) > 10
    assert set(printed) <= rates


@pytest.mark.slow
def test_the_study_made_again_with_few_runs_says_about_the_same(
    study: ModuleType, shipped: pd.DataFrame, built: Path
) -> None:
    changes = pd.read_csv(ROOT / study.CHANGES)
    again = study.study(read_table(built / QUARTERS), changes, runs=120)
    both = again.merge(shipped, on=["model", "setting"], suffixes=("", "_shipped"))
    assert len(both) == len(shipped)
    assert (both["rate"] - both["rate_shipped"]).abs().max() < 0.12
