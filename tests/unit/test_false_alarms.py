"""The study of false alarms: with the real sizes the limits keep what they promise."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from crimeshare.parquet import read_table
from tests.tables import SERIES

ROOT = Path(__file__).parents[2]

# What a reader of the limits may expect: near one in twenty, and near two in a thousand.
BOUNDS = {0.95: (0.04, 0.055), 0.998: (0.0, 0.0035)}


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("alarms", ROOT / "benchmarks/false_alarms.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_limits_raise_as_many_false_alarms_as_they_promise(study, built: Path) -> None:
    found = study.study(read_table(built / SERIES), years=800)
    assert set(found["forces"]) == {"others", "all"}
    for level, outside in zip(found["level"], found["outside"], strict=True):
        low, high = BOUNDS[level]
        assert low <= outside <= high


def test_forces_that_differ_by_chance_alone_raise_no_more(study) -> None:
    sizes = np.geomspace(5_000, 900_000, 40).astype(int)
    found = study.false_alarms(sizes, 0.1, 0.0, 300, np.random.default_rng(1))
    assert found["95"] <= BOUNDS[0.95][1]
    assert found["99_8"] <= BOUNDS[0.998][1]


def test_the_committed_table_is_of_the_study_and_within_bounds(study) -> None:
    table = pd.read_csv(ROOT / study.TABLE, comment="#")
    assert f"{study.YEARS} simulated years" in (ROOT / study.TABLE).read_text()
    for level, outside in zip(table["level"], table["outside"], strict=True):
        low, high = BOUNDS[level]
        assert low <= outside <= high
