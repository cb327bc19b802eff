"""What the rules are given as dependencies, beside what their scripts open and call in a build."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from crimeshare.dependencies import Library, depends
from tests.conftest import clone
from tests.workflow.runs import snakemake

# Python imports a module of this name at its start.
TRACING = """
import atexit, inspect, json, os, sys, threading

FOLDER, ROOT = os.environ["TRACED"], os.environ["TRACED_ROOT"]
script = next((a for a in sys.orig_argv if "snakemake/scripts/" in a or a.endswith("_.py")), None)
if script:
    opened, called = set(), set()

    def audit(event, given):
        if event == "open" and isinstance(given[0], str):
            path = os.path.abspath(given[0])
            if path.startswith(ROOT):
                opened.add(os.path.relpath(path, ROOT))

    def profile(frame, event, given):
        # The body of a class runs when its module is imported, whoever uses it.
        of_function = event == "call" and frame.f_code.co_flags & inspect.CO_OPTIMIZED
        if of_function and frame.f_code.co_filename.startswith(ROOT + "/workflow/crimeshare"):
            module = frame.f_globals.get("__name__", "")
            called.add((module, frame.f_code.co_qualname.split(".")[0]))

    def write():
        sys.setprofile(None)
        name = os.path.basename(script).split(".")[-2]
        with open(f"{FOLDER}/{name}-{os.getpid()}.json", "w") as file:
            json.dump([sorted(opened), sorted(called)], file)

    sys.addaudithook(audit)
    sys.setprofile(profile)
    threading.setprofile(profile)
    atexit.register(write)
"""
READ = re.compile(
    r"resources/reference/.*|config/.*|workflow/crimeshare/(?!.*\.py$)(?!.*__pycache__).*"
)


def rules(root: Path) -> Iterator[tuple[str, str]]:
    """The script of each rule that has one, and the text of the rule."""
    for path in sorted((root / "workflow" / "rules").glob("*.smk")):
        for text in re.split(r"^(?= *rule\b)", path.read_text(), flags=re.MULTILINE)[1:]:
            if script := re.search(r"scripts/(\w+)\.py", text):
                yield script[1], text


def test_every_rule_carries_what_its_script_depends_on(root: Path) -> None:
    # A workbook is proven by its hash, whatever the code that fetched it.
    with_outputs = [(n, t) for n, t in rules(root) if "    output:" in t and n != "fetch_release"]
    assert len(with_outputs) > 20
    for name, text in with_outputs:
        assert f'depends("{name}").software' in text, name
        assert f'depends("{name}").files' in text, name
        given = f'depends("{name}").tables' in text
        assert given or all(f'"{table}"' in text for table in depends(name).tables), name


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project built with every script watched, and the folder of what was seen."""
    folder = tmp_path_factory.mktemp("traced")
    project, seen = clone(folder / "project"), folder / "seen"
    seen.mkdir()
    (folder / "sitecustomize.py").write_text(TRACING)
    run = snakemake(project, **environment(project, seen))
    assert run.returncode == 0, run.stderr
    return project, seen


def environment(project: Path, seen: Path) -> dict[str, str]:
    """What has Python watch the scripts of a project."""
    path = os.pathsep.join([str(project / "workflow"), str(seen.parent)])
    return {"PYTHONPATH": path, "TRACED": str(seen), "TRACED_ROOT": str(project)}


def seen_of(name: str, seen: Path) -> tuple[set[str], set[tuple[str, str]]]:
    """Files that the processes of a script opened, and definitions they called."""
    opened, called = set[str](), set[tuple[str, str]]()
    for path in seen.glob(f"{name}-*.json"):
        files, definitions = json.loads(path.read_text())
        opened |= {file for file in files if READ.fullmatch(file)}
        called |= {(module, own) for module, own in definitions if not own.startswith("<")}
    return opened, called


@pytest.mark.slow
def test_no_script_opens_or_calls_what_its_rule_does_not_know_of(
    traced: tuple[Path, Path], root: Path
) -> None:
    _, seen = traced
    watched = 0
    for name, text in rules(root):
        opened, called = seen_of(name, seen)
        watched += bool(called)
        given = set(re.findall(r'"((?:resources|config)/[^"]*)"', text))
        assert opened <= {*depends(name).files, *given}, name
        path = root / "workflow" / "scripts" / f"{name}.py"
        assert called <= set(Library().reached_from(path).reached), name
    assert watched > 20


@pytest.mark.slow
def test_no_notebook_opens_or_calls_what_its_pages_do_not_know_of(
    traced: tuple[Path, Path], root: Path
) -> None:
    project, seen = traced
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        script = seen.parent / f"{path.stem}._.py"
        script.write_text(code)
        run = subprocess.run(
            [sys.executable, str(script)],
            cwd=project,
            env={**os.environ, **environment(project, seen)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        opened, called = seen_of(path.stem, seen)
        known = depends(f"notebooks/{path.name}")
        assert opened <= set(known.files), path
        assert called
        assert called <= set(Library().reached_from(path).reached), path
