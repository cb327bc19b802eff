"""The library as pip installs it, away from its project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

COMMAND = "from crimeshare.cli import main; raise SystemExit(main())"


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, in a folder of their own."""
    folder = tmp_path_factory.mktemp("wheel")
    # A build leaves folders where it works.
    source = folder / "source"
    for name in ("workflow", "resources", "config", "results/published"):
        shutil.copytree(root / name, source / name)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source / name)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)),
        ],
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_package_and_all_data_are_in_it(root: Path, installed: Path) -> None:
    listed = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages = listed["tool"]["setuptools"]["packages"]
    library = root / "workflow"
    of_library = {
        ".".join(path.parent.relative_to(library).parts)
        for path in (library / "crimeshare").rglob("__init__.py")
    }
    assert of_library == {name for name in packages if not name.startswith("crimeshare.project")}
    kept = [path for path in (library / "crimeshare").rglob("*") if path.is_file()]
    for path in kept:
        if "__pycache__" not in path.parts:
            assert (installed / path.relative_to(library)).is_file(), path
    for folder in ("resources/reference", "resources/figures", "config"):
        for path in (root / folder).glob("*.[!m]*"):
            assert (installed / "crimeshare/project" / path.relative_to(root)).is_file(), path


def test_it_judges_a_statement_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """The newspaper's number, against the figures that the wheel brings."""
    wanted = ["--area", "Gwent", "--offence", "Stalking and harassment"]
    period = ["--period", "year ending March 2024"]
    assert "usage: crimeshare" in run(installed, tmp_path, "--help").stdout
    checked = run(installed, tmp_path, "check", *wanted, *period, "--value", "9,013")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("Confirmed.")


def test_what_needs_a_build_says_so(installed: Path, tmp_path: Path) -> None:
    traced = run(installed, tmp_path, "trace", "share.gwent")
    assert traced.returncode == 1
    assert "build the report with make" in traced.stderr
