"""What any test may ask for."""

import fcntl
import gc
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from tests.workflow.runs import snakemake

# The same examples on every run, and no verdict that hangs on how busy the machine is.
settings.register_profile("steady", derandomize=True, deadline=None)
# Other examples on every seed, and more of them: benchmarks/fuzzing.py.
settings.register_profile("wide", deadline=None, max_examples=300, database=None)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives to the end, and what tests make by the thousand rows.

    A fifth of the time of tests that read whole workbooks went into looking at it again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process of a run of the tests at a time."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that the processes of one run of the tests share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(factory: pytest.TempPathFactory, name: str, write: Callable[[Path], object]) -> Path:
    """The folder that ``write`` fills, once in a run of the tests."""
    base = shared_folder(factory)
    folder, unfinished = base / name, base / f"{name}-unfinished"
    with locked(base / f"{name}.lock"):
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            write(unfinished)
            unfinished.rename(folder)
    return folder


def build_whole(folder: Path) -> None:
    """Build the project whole, and tell beside it what each of its steps opened."""
    project = clone(folder / "project")
    path = os.pathsep.join([str(ROOT / "tests" / "opened"), str(project / "workflow")])
    told = str(folder / "opened.jsonl")
    run = snakemake(project, PYTHONPATH=path, CRIMESHARE_OPENED=told)
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    """Folder with workbooks under the paths they have on ons.gov.uk; skips where there is none."""
    named = os.environ.get("CRIMESHARE_MIRROR")
    folder = Path(named) if named else ROOT.parent / "shared" / "ons-mirror"
    if not folder.is_dir():
        if named:
            pytest.fail(f"CRIMESHARE_MIRROR names {named}, which is not a folder")
        pytest.skip("no real workbooks: set CRIMESHARE_MIRROR to the folder of a mirror")
    # Builds run elsewhere, in clones.
    return folder.resolve()


def clone(copy: Path) -> Path:
    """Copy the project to ``copy`` as it comes from a clone: nothing built, nothing fetched."""
    # What Python is compiling at the same time has a number behind its name, and is soon gone.
    made = shutil.ignore_patterns(
        *(".git", ".venv", ".snakemake", ".hypothesis", ".*_cache", "*.egg-info", "tests"),
        "*.pyc.[0-9]*",
    )

    def left_out(folder: str, names: list[str]) -> Iterable[str]:
        if Path(folder) == ROOT / "results":
            return set(names) - {"published"}
        if Path(folder) == ROOT / "resources":
            return {"releases"}
        return made(folder, names)

    shutil.copytree(ROOT, copy, ignore=left_out, symlinks=True)
    (copy / "results" / "published" / "figures.csv").unlink(missing_ok=True)
    return copy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone of the project, for this test alone."""
    return clone(tmp_path / "project")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project and its whole report, which the processes of one run share.

    Beside it, in ``opened.jsonl``, stands what each of its steps opened.
    """
    return made_once(tmp_path_factory, "whole", build_whole) / "project"


@pytest.fixture
def built_project(whole: Path, tmp_path: Path) -> Path:
    """A clone with its whole report, for this test alone."""
    return Path(shutil.copytree(whole, tmp_path / "project", symlinks=True))
