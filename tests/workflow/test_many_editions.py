"""Many editions at once: every page is built, whatever became of a partnership in between."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.editions import multiply
from tests.workflow.runs import snakemake

REPORT = "results/report/index.html"


@pytest.mark.slow
def test_every_page_is_built_of_twice_the_editions(project: Path) -> None:
    made = multiply(project, 2)
    run = snakemake(project, REPORT)
    assert run.returncode == 0, run.stderr[-3000:]
    given = pd.read_parquet(project / "results/estimates/revisions.parquet")
    partnerships = given[given["area_code"].str.startswith("E22")]
    assert len(partnerships) > 0, "no partnership has a year in two editions"
    assert set(made) <= set(given["release_id"]) | set(given["previous_release_id"])
