"""That a rule names every file its script reads, so that Snakemake knows when to run it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

# Written and read by one job, or known by their digest: see `crimeshare.software`.
OF_THE_JOB = ("results/notebooks/", "results/report/", ".snakemake/", "envs/requirements.txt")
# What Python looks for at a start: its own, and the name of a hook that is no file.
OF_PYTHON = ("__editable__", ".venv/")


@pytest.mark.slow
def test_no_step_opens_a_file_of_the_project_that_its_rule_does_not_name(
    whole: Path,
) -> None:
    told = whole.parent / "opened.jsonl"
    jobs = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert len({rule for rule, _ in jobs}) > 20
    unnamed = {
        (rule, path)
        for rule, paths in jobs
        for path in paths
        if not path.startswith((*OF_THE_JOB, *OF_PYTHON))
        and not Path(path).name.startswith(".")
        # Compiled modules, by another name until one of several jobs has written them.
        and "__pycache__" not in path
    }
    assert sorted(unnamed) == []
