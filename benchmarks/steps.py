"""What each step of a cold build works, in seconds of the processor.

    .venv/bin/python benchmarks/steps.py [revision] [cores]

Builds a copy of `revision` (the last commit unless named) from the shipped figures in a temporary
folder. Every process of Python notes at its end what it and those it started have worked. Prints
a table, the largest step first; what no step worked is Snakemake and its looks at running steps.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from building import copy

NOTING = """
import atexit, os, sys

# IPython puts another in its place.
main = sys.modules["__main__"]

def note():
    step = getattr(main, "snakemake", None)
    if step is not None:
        with open({notes!r}, "a", encoding="utf-8") as file:
            print(step.rule, sum(os.times()[:4]), file=file)

atexit.register(note)
"""


def main(revision: str, cores: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as folder:
        project, notes = copy(revision, Path(folder)), Path(folder) / "notes"
        (Path(folder) / "sitecustomize.py").write_text(NOTING.format(notes=str(notes)))
        path = f"{folder}:{project / 'workflow'}"
        run = [sys.executable, "-m", "snakemake", "--cores", cores]
        environment = ["env", f"PYTHONPATH={path}", "PYTHONDONTWRITEBYTECODE="]
        subprocess.run([*environment, *run], cwd=project, capture_output=True, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = notes.read_text(encoding="utf-8").splitlines()
    print("\n".join(rows(lines, used.ru_utime + used.ru_stime)))


def rows(lines: Iterable[str], whole: float) -> list[str]:
    """The table, of the lines that steps have noted and of what the build worked altogether."""
    steps = [(float(seconds), step) for step, seconds in map(str.split, lines)]
    steps.append((whole - sum(seconds for seconds, _ in steps), "Snakemake"))
    found = [f"| `{step}` | {seconds:.1f} |" for seconds, step in sorted(steps, reverse=True)]
    return ["| step | seconds |", "| --- | --- |", *found, f"| all | {whole:.0f} |"]


if __name__ == "__main__":
    given = sys.argv[1:]
    main(given[0] if given else "HEAD", given[1] if len(given) > 1 else "2")
