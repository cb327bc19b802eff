"""Runs of Snakemake in a copy of the project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def snakemake(
    project: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in ``project``, with its own library and layouts rather than the installed."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "workflow"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def sentences(run: subprocess.CompletedProcess[str]) -> list[str]:
    """What crimeshare itself said on the screen."""
    return [
        line.removeprefix("crimeshare: ")
        for line in run.stderr.splitlines()
        if line.startswith("crimeshare: ")
    ]
