"""The digests by which rules know the code behind their steps."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from crimeshare import software
from crimeshare.software import FLOORS, LIBRARY, ROOF, modules, shipped


def imported(path: Path) -> set[str]:
    """The modules of the library that a module imports, by their dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("crimeshare.")}


def test_every_module_is_on_a_floor_and_no_import_runs_up() -> None:
    level = {path: number for number, floor in enumerate(FLOORS) for path in modules(floor)}
    roof = {LIBRARY / name for name in ROOF}
    assert level.keys() | roof == set(LIBRARY.rglob("*.py"))
    for path, own in level.items():
        for name in imported(path):
            package = name.split(".")[1]
            above = FLOORS.index(package) if package in FLOORS else 0
            assert above <= own, f"{path.relative_to(LIBRARY)} imports {name}"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small library with a module on each floor."""
    for floor in FLOORS:
        (tmp_path / floor).mkdir(exist_ok=True)
        (tmp_path / floor / "own.py").write_text("", encoding="utf-8")
    (tmp_path / ROOF[0]).write_text("", encoding="utf-8")
    monkeypatch.setattr(software, "LIBRARY", tmp_path)
    monkeypatch.setattr(software, "LOCK", tmp_path / ROOF[0])
    return tmp_path


@pytest.mark.parametrize("changed", FLOORS)
def test_a_change_reaches_its_floor_and_those_above(library: Path, changed: str) -> None:
    def digests() -> dict[str, str]:
        software.software.cache_clear()
        return {floor: software.software(floor) for floor in FLOORS}

    before = digests()
    (library / changed / "own.py").write_text("print()", encoding="utf-8")
    after = digests()
    above = set(FLOORS[FLOORS.index(changed) :])
    assert {floor for floor in FLOORS if before[floor] != after[floor]} == above
    software.software.cache_clear()


def test_a_file_is_named_from_here_or_from_where_the_project_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    name = "resources/reference/areas.csv"
    monkeypatch.chdir(root)
    assert shipped(name) == name
    monkeypatch.chdir(tmp_path)
    assert Path(shipped(name)).read_bytes() == (root / name).read_bytes()
