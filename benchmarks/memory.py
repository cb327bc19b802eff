"""How much memory each step of a build takes at most.

    .venv/bin/python benchmarks/memory.py <arguments of Snakemake>

Snakemake's own benchmarks look at a job a few times a minute and miss what is short.  Here the
processes of every job are looked at all the time: the sum of their proportional set sizes, in which
what several processes share is counted once.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import suppress

import psutil

EVERY = 0.03
"""Seconds between two looks."""


def main() -> None:
    """Run Snakemake and print the largest steps."""
    run = subprocess.Popen([sys.executable, "-m", "snakemake", *sys.argv[1:]])
    peaks: dict[str, int] = {}
    while run.poll() is None:
        with suppress(psutil.Error):
            for process in psutil.Process(run.pid).children(recursive=True):
                with suppress(psutil.Error):
                    if step := step_of(process):
                        peaks[step] = max(peaks.get(step, 0), taken(process))
        time.sleep(EVERY)
    for step, peak in sorted(peaks.items(), key=lambda found: -found[1]):
        print(f"{peak / 2**20:6.0f} MiB  {step}")
    raise SystemExit(run.returncode)


def step_of(process: psutil.Process) -> str:
    """The script that a job's first process runs; empty for any other process."""
    found = re.search(r"\.snakemake/scripts/tmp\w+\.(\w+)\.py", " ".join(process.cmdline()[:2]))
    return found[1] if found else ""


def taken(process: psutil.Process) -> int:
    """Bytes that a process and those it started take together."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.Error):
            total += each.memory_full_info().pss
    return total


if __name__ == "__main__":
    main()
