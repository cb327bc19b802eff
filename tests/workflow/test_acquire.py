"""The rule that fetches, run by Snakemake against a real server."""

import csv
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crimeshare.sources.registry import COLUMNS
from tests.loopback import Fault, Loopback

FILE = "/crime/yearendingdecember2024/tables.xlsx"
TARGET = f"resources/releases/pfa-2024-12/{Path(FILE).name}"
WORKBOOK = b"PK\x03\x04" + bytes(range(256)) * 800

SNAKEFILE = """
from crimeshare.configuration import read_configuration
from crimeshare.software import LIBRARY, PROJECT, shipped, software
from crimeshare.sources.registry import COPIES, REGISTRY, read_copies, read_registry

configfile: "config/config.yaml"

configuration = read_configuration(config)
registry = read_registry(REGISTRY)
copies = read_copies(COPIES, registry)

include: "workflow/rules/common.smk"
include: "workflow/rules/acquire.smk"
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """The rule with its script and configuration, and a registry of one small release."""
    project = tmp_path / "project"
    rules = [f"workflow/rules/{name}.smk" for name in ("common", "acquire")]
    parts = [*rules, "workflow/scripts/fetch_release.py", "envs/pipeline.yaml", "config"]
    for part in parts:
        (project / part).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (root / part).is_dir() else shutil.copy)(root / part, project / part)
    (project / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    (project / "config" / "copies.csv").write_text(
        "release_id,sha256,bytes,note\n", encoding="utf-8"
    )
    sha256 = hashlib.sha256(WORKBOOK).hexdigest()
    row = ["pfa-2024-12", "pfa", "2024-12-31", "Year ending December 2024", "", FILE]
    row += [sha256, str(len(WORKBOOK)), "file", "shipped", ""]
    with (project / "config" / "releases.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([COLUMNS, row])
    return project


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    path = tmp_path / "mirror" / FILE.lstrip("/")
    path.parent.mkdir(parents=True)
    path.write_bytes(WORKBOOK)
    with Loopback(tmp_path / "mirror") as server:
        yield server


@pytest.fixture
def run(project: Path, server: Loopback) -> Run:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "snakemake", "--cores", "1", TARGET, *arguments]
        return subprocess.run(
            [*command, "--config", f"source={server.url}"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.slow
def test_an_interrupted_fetch_resumes_and_a_good_file_outlives_the_source(
    run: Run, project: Path, server: Loopback
) -> None:
    at_once = {"Retry-After": "0"}
    server.fail(FILE, Fault(cut_after=100_000), *[Fault(status=503, headers=at_once)] * 4)
    failed = run()
    assert failed.returncode == 1
    assert "answered 503, 5 times in a row (100,000 of " in failed.stderr
    assert "; try again later" in failed.stderr
    assert "Traceback" not in failed.stderr
    log = project / "results/logs/fetch_release/pfa-2024-12/tables.xlsx.log"
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert not (project / TARGET).exists()

    resumed = run()
    assert resumed.returncode == 0, resumed.stderr
    assert server.asked(FILE)[-1].headers["range"].startswith("bytes=")
    assert (project / TARGET).read_bytes() == WORKBOOK

    server.fail(FILE, Fault(status=404), times=50)
    assert run("--forcerun", "fetch_release").returncode == 0
    assert (project / TARGET).read_bytes() == WORKBOOK


@pytest.mark.slow
def test_a_file_that_is_rejected_is_named_and_kept_apart(
    run: Run, project: Path, server: Loopback
) -> None:
    server.fail(FILE, Fault(body=b"PK\x03\x04 other bytes"))
    failed = run()
    assert failed.returncode == 1
    kept = next((project / "resources/releases/quarantine").glob("pfa-2024-12-*.xlsx"))
    assert f"kept as {kept.relative_to(project)}" in failed.stderr
    assert not (project / TARGET).exists()
