"""The Makefile in a copy of the project that has no environment yet."""

import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """Folder with what the Makefile reads, and nothing installed."""
    (tmp_path / "envs").mkdir()
    for path in [root / "Makefile", root / "pyproject.toml", *(root / "envs").glob("*.txt")]:
        shutil.copy(path, tmp_path / path.relative_to(root))
    return tmp_path


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--directory", project, *arguments], capture_output=True, text=True, check=False
    )


def is_installed(project: Path) -> bool:
    return make(project, "--question", "environment").returncode == 0


def install(project: Path) -> None:
    """Pretend that the install ended: leave the file that says so, and nothing else."""
    plan = make(project, "--dry-run", "environment").stdout
    stamp = plan.split("touch ")[1].split()[0]
    (project / stamp).parent.mkdir(exist_ok=True)
    (project / stamp).touch()


def test_an_unsuitable_python_is_refused_in_one_sentence(project: Path) -> None:
    refused = make(project, "PYTHON=false")
    assert refused.returncode != 0
    sentence, *rest = refused.stderr.splitlines()
    assert sentence.startswith("crimeshare needs Python 3.11 or newer")
    assert "python3-venv" in sentence
    assert all(line.startswith("make") for line in rest)
    assert not (project / ".venv").exists()


def test_an_interrupted_install_does_not_count(project: Path) -> None:
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/snakemake").touch()
    assert not is_installed(project)
    install(project)
    assert is_installed(project)


@pytest.mark.parametrize("name", ["envs/requirements.txt", "pyproject.toml"])
def test_a_changed_lock_or_package_is_installed_again(project: Path, name: str) -> None:
    install(project)
    with (project / name).open("a") as file:
        file.write("# changed\n")
    assert not is_installed(project)


def test_clean_keeps_what_is_committed(project: Path) -> None:
    kept = project / "results/published/figures.parquet"
    built = kept.with_suffix(".csv")
    for path in [kept, built, project / "results/clean/a.parquet", project / ".snakemake/log"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert make(project, "clean").returncode == 0
    assert [path for path in (project / "results").rglob("*") if path.is_file()] == [kept]
    assert not (project / ".snakemake").exists()
