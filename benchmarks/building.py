"""How long does a build take, and what does a change cost, beside another version?

    .venv/bin/python benchmarks/building.py [revision] [cores]

Builds copies of the last commit and of `revision` in a temporary folder, one after the other in one
run, both with the environment that runs this. Seconds of the clock say what a person waits for;
seconds of the processor say what was worked; both grow when other work shares the machine.
Prints a table for benchmarks/README.md.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORCE = "results/report/forces/gwent.html"
EMPTY = 'rule all:\n    input: "done"\n\n\nrule make:\n    output: touch("done")\n'
ONE_AFTER_ANOTHER = "import runpy, sys\nfor step in sys.argv[1:]: runpy.run_path(step)"


@dataclass
class Spent:
    """Seconds of the clock and of the processor, and steps that were run."""

    clock: float
    processor: float
    steps: int


def main(revision: str, cores: str) -> None:
    """Print what each kind of work costs in both versions, and the ratios."""
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as folder:
        now, then = (copy(name, Path(folder)) for name in ("HEAD", revision))
        rows = []
        for work, task in WORKS.items():
            ours, theirs = (task(project, cores) for project in (now, then))
            rows.append((work, ours, theirs))
            print(line(*rows[-1]), file=sys.stderr, flush=True)
        empty = idle(empty_workflow(Path(folder)), cores)
        floor = in_one_process(now, cores)
    print(f"| work | steps | seconds, processor | at {revision} | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        print(line(*row))
    whole, changed, nothing, page = (ours for _, ours, _ in rows)
    print(part("one statement changed, of a cold build", changed, whole))
    print(part("nothing to do, of an empty workflow", nothing, empty))
    print(part("one force's page, of a cold build", page, whole))
    print(part("cold build, of its steps in one process", whole, floor))


def part(work: str, spent: Spent, of: Spent) -> str:
    """A row of the table that sets one kind of work against another of the same version."""
    ratio = f"{spent.processor / of.processor:.2f} (clock {spent.clock / of.clock:.2f})"
    return f"| {work} | | {of.clock:.0f}, {of.processor:.0f} | | {ratio} |"


def line(work: str, ours: Spent, theirs: Spent) -> str:
    """A row of the table."""
    ratio = f"{ours.processor / theirs.processor:.2f} (clock {ours.clock / theirs.clock:.2f})"
    return (
        f"| {work} | {ours.steps} | {ours.clock:.0f}, {ours.processor:.0f} "
        f"| {theirs.clock:.0f}, {theirs.processor:.0f} | {ratio} |"
    )


def copy(revision: str, folder: Path) -> Path:
    """The project as it was committed."""
    project = folder / revision
    project.mkdir()
    archive = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    subprocess.run(["tar", "--extract"], cwd=project, input=archive.stdout, check=True)
    return project


def empty_workflow(folder: Path) -> Path:
    """A workflow of one step that makes an empty file, done."""
    (folder / "Snakefile").write_text(EMPTY, encoding="utf-8")
    (folder / "done").touch()
    return folder


def run(project: Path, cores: str, *arguments: str) -> Spent:
    """What a run of Snakemake costs."""
    return spent(project, [sys.executable, "-m", "snakemake", "--cores", cores, *arguments])


def spent(project: Path, command: Sequence[str]) -> Spent:
    """What a command costs that runs in a project, with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=project,
        # As `make` has it: a machine that keeps no compiled modules compiles them at every start.
        env={
            **os.environ,
            "PYTHONPATH": str(project / "workflow"),
            "PYTHONDONTWRITEBYTECODE": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{project} was not built:\n{done.stderr[-3000:]}")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(clock, processor, done.stderr.count("Finished jobid"))


def cold(project: Path, cores: str) -> Spent:
    """The whole report, from the shipped figures."""
    return run(project, cores)


def statement(project: Path, cores: str) -> Spent:
    """The report again, after a number in a statement was corrected."""
    claims = project / "config" / "claims.yaml"
    text = claims.read_text(encoding="utf-8")
    assert "57,093" in text
    claims.write_text(text.replace("57,093", "57,193"), encoding="utf-8")
    return run(project, cores)


def force(project: Path, cores: str) -> Spent:
    """The page of one force, from nothing."""
    subprocess.run(["make", "clean"], cwd=project, check=True, capture_output=True)
    return run(project, cores, FORCE)


def idle(project: Path, cores: str) -> Spent:
    """The same again: what it takes to see that there is nothing to do."""
    return run(project, cores)


def in_one_process(project: Path, cores: str) -> Spent:
    """All steps of a cold build, one after another in one process: nothing is started twice."""
    subprocess.run(["make", "clean"], cwd=project, check=True, capture_output=True)
    run(project, cores, "--skip-script-cleanup")
    scripts = sorted((project / ".snakemake/scripts").glob("*.py"), key=lambda s: s.stat().st_mtime)
    kept = project / "steps"
    kept.mkdir()
    steps = [shutil.copy2(script, kept / script.name) for script in scripts]
    subprocess.run(["make", "clean"], cwd=project, check=True, capture_output=True)
    (project / ".snakemake").mkdir()
    return spent(project, [sys.executable, "-c", ONE_AFTER_ANOTHER, *map(str, steps)])


WORKS = {
    "cold build": cold,
    "one statement changed": statement,
    "nothing to do": idle,
    "one force's page, from nothing": force,
}

if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0] if given else "HEAD~1", given[1] if len(given) > 1 else "2")
