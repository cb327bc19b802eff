"""What the publishing job keeps: each report once, below an address of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

JOBS = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8"))["jobs"]


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return run.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with a commit, and a `gh` that has nothing to set up."""
    origin, first = tmp_path / "origin.git", tmp_path / "first"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(first))
    (first / "README.md").write_text("code\n", encoding="utf-8")
    git(first, "add", "README.md")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    git(first, *identity, "commit", "--quiet", "--message", "Code")
    git(first, "push", "--quiet", "origin", "HEAD:main")
    tool = tmp_path / "bin" / "gh"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n", encoding="utf-8")
    tool.chmod(0o755)
    return origin


def publish(origin: Path, tmp_path: Path, name: str, says: str) -> Path:
    """Run the steps of the job that keeps reports; the folder that is published."""
    runner, clone = tmp_path / "runner", tmp_path / "clone"
    for folder in (runner, clone):
        shutil.rmtree(folder, ignore_errors=True)
    report = runner / "report"
    (report / "data").mkdir(parents=True)
    (report / "index.html").write_text(says, encoding="utf-8")
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(runner),
        "NAME": name,
    }
    for step in JOBS["keep"]["steps"]:
        if "run" in step:
            command = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
            run = subprocess.run(
                command, cwd=clone, env=environment, capture_output=True, text=True, check=False
            )
            assert run.returncode == 0, run.stderr
    return report


def test_each_report_is_kept_once_beside_the_newest(origin: Path, tmp_path: Path) -> None:
    publish(origin, tmp_path, "2025-12-0.1.0", "first")
    published = publish(origin, tmp_path, "2026-03-0.1.0", "second")
    assert (published / "index.html").read_text(encoding="utf-8") == "second"
    kept = published / "reports"
    assert (kept / "2025-12-0.1.0" / "index.html").read_text(encoding="utf-8") == "first"
    assert (kept / "2026-03-0.1.0" / "index.html").read_text(encoding="utf-8") == "second"
    listed = re.findall(r'href="([^"]*)"', (kept / "index.html").read_text(encoding="utf-8"))
    assert listed == ["2025-12-0.1.0/index.html", "2026-03-0.1.0/index.html"]
    # Code and reports do not mix, and a report that is kept stays what it is.
    assert git(origin, "ls-tree", "--name-only", "reports").split() == [
        "2025-12-0.1.0",
        "2026-03-0.1.0",
    ]
    before = git(origin, "rev-parse", "reports")
    again = publish(origin, tmp_path, "2026-03-0.1.0", "third")
    assert (again / "index.html").read_text(encoding="utf-8") == "third"
    held = again / "reports" / "2026-03-0.1.0" / "index.html"
    assert held.read_text(encoding="utf-8") == "second"
    assert git(origin, "rev-parse", "reports") == before


def test_only_the_job_that_keeps_reports_may_write_to_the_repository() -> None:
    may_write = {
        name for name, job in JOBS.items() if job["permissions"].get("contents") == "write"
    }
    assert may_write == {"keep"}
