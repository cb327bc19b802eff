"""The descriptions of the environment say the same thing.

Of each pair ``<name>.in`` is what a person edits, ``<name>.txt`` what pip installs;
``pipeline.yaml`` is what conda installs to build a report.
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
    "typst": "typst-py",
    "docstring-parser": "docstring_parser",
}
# Distributions that the channels of pipeline.yaml do not hold, so that conda asks pip for them.
PIP_ONLY = {"font-source-sans-pro", "gptables", "vl-convert-python"}
LOCKS = ["building", "requirements", "browser", "testing", "developing"]


@pytest.fixture(scope="module")
def envs(root: Path) -> Path:
    return root / "envs"


def direct(envs: Path, name: str) -> dict[str, Requirement]:
    """Name of every direct dependency of a lock to the range it may have."""
    lines = (line.split("#")[0].strip() for line in (envs / f"{name}.in").open())
    requirements = {}
    for line in filter(None, lines):
        if line.startswith("-r "):
            requirements |= direct(envs, line.removeprefix("-r ").removesuffix(".in"))
        elif not line.startswith("-c "):
            requirement = Requirement(line)
            requirements[canonicalize_name(requirement.name)] = requirement
    return requirements


def entries(envs: Path, name: str) -> list[str]:
    """A lock's entries, each with its hashes, as one line."""
    return (envs / f"{name}.txt").read_text().replace("\\\n", " ").strip().splitlines()


def locked(envs: Path, name: str) -> dict[str, set[str]]:
    """Name of every locked distribution to its versions (more than one where Pythons differ)."""
    versions: dict[str, set[str]] = {}
    for entry in entries(envs, name):
        distribution, version = re.split(r"==|\s", entry)[:2]
        versions.setdefault(canonicalize_name(distribution), set()).add(version)
    return versions


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_of_a_lock_is_pinned_and_hashed(envs: Path, name: str) -> None:
    entry = re.compile(r"[\w.-]+==[\w.!+]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in entries(envs, name) if not entry.fullmatch(line)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_every_direct_dependency_within_its_range(envs: Path, name: str) -> None:
    versions = locked(envs, name)
    amiss = [
        f"{requirement}: locked {sorted(versions.get(library, set())) or 'not at all'}"
        for library, requirement in direct(envs, name).items()
        if not versions.get(library)
        or not all(map(requirement.specifier.contains, versions[library]))
    ]
    assert amiss == [], "run `make lock`"


def test_what_is_added_to_build_a_report_has_the_versions_that_are_there(envs: Path) -> None:
    """Tests run with the libraries that build the report; adding theirs replaces none."""
    there: dict[str, set[str]] = {}
    for name in LOCKS:
        for library, versions in locked(envs, name).items():
            assert there.setdefault(library, versions) == versions, (name, library)


def test_a_report_is_built_without_what_tests_need(envs: Path) -> None:
    """No library that only tests import is installed to build a report."""
    tested = set(direct(envs, "testing")) - set(direct(envs, "requirements"))
    assert {"pytest", "playwright", "mypy"} <= tested - set(locked(envs, "requirements"))


def test_conda_installs_the_direct_dependencies_as_locked(root: Path, envs: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    python, *packages = yaml.safe_load((envs / "pipeline.yaml").read_text())["dependencies"]
    assert python == f"python{project['requires-python']}"
    # Where the lock differs between Pythons, the oldest version runs on all of them.
    versions = locked(envs, "requirements")
    oldest = {name: min(versions[name], key=Version) for name in direct(envs, "requirements")}
    expected: list[object] = [
        f"{CONDA_NAMES.get(name, name)}={version}"
        for name, version in oldest.items()
        if name not in PIP_ONLY
    ]
    expected += [
        "pip",
        {"pip": [f"{name}=={oldest[name]}" for name in oldest if name in PIP_ONLY]},
    ]
    assert packages == expected, "envs/pipeline.yaml should list:\n" + yaml.safe_dump(expected)


def test_no_file_names_a_place_to_download_from(envs: Path) -> None:
    text = "".join(path.read_text() for path in sorted(envs.iterdir()))
    assert re.findall(r"\w+://\S+|--(?:extra-)?index-url|--find-links", text) == []


def test_what_pip_installs_with_the_library_is_what_the_lock_is_made_of(
    root: Path, envs: Path
) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["report"]]
    declared = {canonicalize_name(each.name): each for each in map(Requirement, lines)}
    building = direct(envs, "building")
    wanted = {n: each for n, each in direct(envs, "requirements").items() if n not in building}
    assert {name: str(each.specifier) for name, each in declared.items()} == {
        name: str(each.specifier) for name, each in wanted.items()
    }
