"""The workflow used from a folder of somebody else's, as a module."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SNAKEFILE = """
configfile: "config/config.yaml"

module crimeshare:
    snakefile: "{project}/workflow/Snakefile"
    config: config

use rule * from crimeshare as crime_*

rule copy:
    default_target: True
    input: "results/estimates/shares.parquet"
    output: "shares.parquet"
    shell: "cp {{input}} {{output}}"
"""


@pytest.mark.slow
def test_a_folder_elsewhere_builds_on_the_workflow(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # What is deployed with a workflow is its configuration.
    shutil.copytree(project / "config", elsewhere / "config")
    text = SNAKEFILE.format(project=project)
    (elsewhere / "Snakefile").write_text(text, encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": str(project / "workflow")},
            capture_output=True,
            text=True,
            check=False,
        )

    whole = run("--dry-run", "crime_all")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    built = run("--config", "releases=[pfa-2024-12]")
    assert built.returncode == 0, built.stderr
    assert (elsewhere / "shares.parquet").is_file()
    assert not (project / "results" / "estimates").exists()
