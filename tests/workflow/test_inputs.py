"""That a rule names every file its script reads, so that Snakemake knows when to run it again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.workflow.runs import snakemake

# Written and read by one job, or known by their digest: see `crimeshare.software`.
OF_THE_JOB = ("results/notebooks/", "results/report/", ".snakemake/", "envs/requirements.txt")
# What Python looks for at a start: its own, and the name of a hook that is no file.
OF_PYTHON = ("__editable__", ".venv/")


@pytest.mark.slow
def test_no_step_opens_a_file_of_the_project_that_its_rule_does_not_name(
    project: Path, root: Path, tmp_path: Path
) -> None:
    told = tmp_path / "opened.jsonl"
    path = os.pathsep.join([str(root / "tests" / "opened"), str(project / "workflow")])
    run = snakemake(project, PYTHONPATH=path, CRIMESHARE_OPENED=str(told))
    assert run.returncode == 0, run.stderr
    jobs = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert len({rule for rule, _ in jobs}) > 20
    unnamed = {
        (rule, path)
        for rule, paths in jobs
        for path in paths
        if not path.startswith((*OF_THE_JOB, *OF_PYTHON)) and not Path(path).name.startswith(".")
    }
    assert sorted(unnamed) == []
