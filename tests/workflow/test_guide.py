"""The walks of docs/guide.md, typed as they stand there, print what stands below them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crimeshare.sources.registry import read_registry
from tests import facsimile
from tests.conftest import ROOT
from tests.editions import Mirror

pytestmark = pytest.mark.slow

GUIDE = ROOT / "docs" / "guide.md"
TAKEN_IN = "pfa-2018-03"
_BLOCK = re.compile(r"```console\n\$ (?P<command>.*?)\n(?P<printed>.*?)```", re.DOTALL)
BLOCKS = [(found["command"], found["printed"]) for found in _BLOCK.finditer(GUIDE.read_text())]


@pytest.fixture(scope="module")
def reader(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which the report was built, as a reader of the guide has it."""
    project = tmp_path_factory.mktemp("guide") / "project"
    shutil.copytree(whole, project, symlinks=True)
    # The environment of a clone is the one that runs the tests.
    (project / ".venv").symlink_to(Path(sys.prefix))
    return project


@pytest.fixture
def before_a_release(project: Path, tmp_path: Path) -> Path:
    """A publisher's site, as a folder, with an edition that the project has not taken in."""
    release = read_registry(project / "config" / "releases.csv")[TAKEN_IN]
    site = Mirror(tmp_path / "site")
    book = facsimile.from_figures(facsimile.figures(TAKEN_IN))
    site.publish(release.period_end, book, Path(release.path).name)
    site.list(release.period_end)
    for name in ("config/releases.csv", "config/copies.csv"):
        path = project / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("pfa-")), "utf-8")
    for figures in (project / "resources" / "figures").glob("pfa-*.parquet"):
        figures.unlink()
    config = project / "config" / "config.yaml"
    config.write_text(re.sub(r"\n  appendix: .*", "", config.read_text("utf-8")), "utf-8")
    return site.root


def typed(project: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command that was run; both ways out together."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "workflow")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def matches(printed: str, expected: str) -> bool:
    """Whether lines are the expected ones, where ``...`` stands for anything."""
    pattern = ".*".join(map(re.escape, expected.strip().split("...")))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def test_the_guide_has_its_walks() -> None:
    assert len(BLOCKS) == GUIDE.read_text().count("```console")
    assert len(re.findall(r"^## ", GUIDE.read_text(), re.MULTILINE)) == 4


@pytest.mark.parametrize(
    ("command", "expected"), [block for block in BLOCKS if not block[0].startswith("make renew")]
)
def test_a_command_prints_what_the_guide_says(command: str, expected: str, reader: Path) -> None:
    run = typed(reader, command)
    assert matches(run.stdout, expected), run.stdout[-3000:]
    # What may print anything is shown for what it does.
    assert run.returncode == 0 or expected.strip() != "...", run.stdout[-3000:]


def test_a_release_is_taken_in_as_the_guide_says(project: Path, before_a_release: Path) -> None:
    ((command, expected),) = [block for block in BLOCKS if block[0].startswith("make renew")]
    # What make does once the environment is there.
    assert command == "make renew SOURCE=ons"
    run = typed(project, f"{sys.executable} -m crimeshare.releases.renewal {before_a_release}")
    assert matches(run.stdout, expected), run.stdout[-3000:]
    assert run.returncode == 0
    registry = read_registry(project / "config" / "releases.csv")
    assert registry[TAKEN_IN].status == "shipped"
    assert (project / "resources" / "figures" / f"{TAKEN_IN}.parquet").is_file()
