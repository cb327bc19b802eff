"""The clean tables are the same whether they come from the figures or from the workbooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.runs import snakemake

CLEAN = ["results/clean/recorded_crime.parquet", "results/clean/population.parquet"]


@pytest.mark.slow
def test_workbooks_and_figures_give_the_same_clean_tables(project: Path, mirror: Path) -> None:
    assert snakemake(project, *CLEAN).returncode == 0
    from_figures = [(project / name).read_bytes() for name in CLEAN]
    run = snakemake(project, *CLEAN, "--config", f"source={mirror}")
    assert run.returncode == 0, run.stderr
    assert "fetch_release" in run.stderr
    assert [(project / name).read_bytes() for name in CLEAN] == from_figures
