"""How fast are the notebooks of all areas executed, beside papermill one by one?

    .venv/bin/python benchmarks/notebooks.py [pages] [cores]

Builds what the notebooks of all areas need in a temporary folder and executes them, takes them and
all kept drawings away, and has Snakemake execute them again; then papermill, installed beside the
environment for this, executes some of them one by one, and the outputs are compared.  No drawing is
kept for either.  Prints rows for benchmarks/README.md.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.building import Spent, copy, run, spent  # noqa: E402
from crimeshare.publish.site.pages import Page, report_pages  # noqa: E402

PAPERMILL = ("papermill==2.7.0", "ansicolors", "entrypoints")
OF_AREAS = ("national", "region", "force")


def main(sample: int, cores: str) -> None:
    """Print what a page costs in either way, and the ratio."""
    pages = [page for page in report_pages() if page.notebook in OF_AREAS]
    some = pages[:: len(pages) // sample][:sample]
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as folder:
        project = copy("HEAD", Path(folder))
        wanted = [str(page.executed) for page in pages]
        run(project, cores, *wanted)
        ours = executed_by_project(project, cores, wanted)
        extra = Path(folder) / "extra"
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*install, f"--target={extra}", *PAPERMILL], check=True)
        theirs = [executed_by_papermill(project, extra, page) for page in some]
    print(f"| {len(pages)} pages, {cores} cores | {each([ours], len(pages))} |")
    print(f"| papermill, {len(some)} pages one by one | {each(theirs, len(some))} |")
    clock = sum(one.clock for one in theirs) / len(some) / (ours.clock / len(pages))
    processor = sum(one.processor for one in theirs) / len(some) / (ours.processor / len(pages))
    print(f"| ratio | {clock:.1f}, {processor:.1f} |")


def each(all_spent: list[Spent], pages: int) -> str:
    """Seconds a page, of the clock and of the processor."""
    clock = sum(one.clock for one in all_spent) / pages
    processor = sum(one.processor for one in all_spent) / pages
    return f"{clock:.2f}, {processor:.2f}"


def executed_by_project(project: Path, cores: str, wanted: list[str]) -> Spent:
    """The notebooks of all areas, as a build executes them."""
    shutil.rmtree(project / ".snakemake/crimeshare")
    for name in wanted:
        (project / name).unlink()
    return run(project, cores, *wanted)


def executed_by_papermill(project: Path, extra: Path, page: Page) -> Spent:
    """One notebook in a kernel of its own; its outputs are those of the project.

    Raises:
        SystemExit: if they are not.
    """
    shutil.rmtree(project / ".snakemake/crimeshare", ignore_errors=True)
    copied = project / "papermill.ipynb"
    named = [part for item in page.parameters.items() for part in ("-p", *map(str, item))]
    paths = f"PYTHONPATH={extra}{os.pathsep}{project / 'workflow'}"
    command = ["env", paths, sys.executable, "-m", "papermill", "--no-progress-bar", *named]
    took = spent(project, [*command, str(page.source), str(copied)])
    if outputs(copied) != outputs(project / page.executed):
        sys.exit(f"papermill's outputs of {page.name} are others")
    return took


def outputs(notebook: Path) -> list[Any]:
    """What the cells of an executed notebook printed, without the count of executions."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    printed = [cell["outputs"] for cell in cells if cell.get("outputs")]
    return [
        {name: part for name, part in output.items() if name != "execution_count"}
        for each_cell in printed
        for output in each_cell
    ]


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 6, given[1] if len(given) > 1 else "2")
