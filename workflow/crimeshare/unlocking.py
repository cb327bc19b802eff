"""Clear what a killed run or a damage left behind, before the next run: `make` goes on by itself.

Snakemake locks the folder it works in and unlocks it at the end; a run that was killed never came
to that.  A lock is cleared only if no process of Snakemake works in the folder any more.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from crimeshare.problems import explained
from crimeshare.products import remove_damaged

LOCKS = Path(".snakemake/locks")


def clear_stale_lock(folder: Path) -> bool:
    """Remove the lock of a run that is gone; says whether there was one."""
    locks = _locks(folder)
    if not locks or _at_work(folder):
        return False
    for lock in locks:
        lock.unlink(missing_ok=True)
    return True


def _locks(folder: Path) -> list[Path]:
    return list((folder / LOCKS).glob("*.lock"))


def _at_work(folder: Path) -> int | None:
    """The process of Snakemake that works in a folder; one that hides where it works counts."""
    here = folder.resolve()
    for process in psutil.process_iter():
        words = ""
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            try:
                words = " ".join(process.cmdline())
                if "snakemake" in words and Path(process.cwd()).resolve() == here:
                    return int(process.pid)
            except psutil.AccessDenied:
                if "snakemake" in words:
                    return int(process.pid)
    return None


def main() -> int:
    """Clear the lock of the working directory and what is damaged in it, and say so."""
    for folder in (Path("results"), Path(".snakemake")):
        if folder.exists() and not os.access(folder, os.W_OK):
            print(
                f"crimeshare: {explained(OSError(errno.EACCES, '', str(folder)))}", file=sys.stderr
            )
            return 1
    at_work = _at_work(Path.cwd())
    if at_work and _locks(Path.cwd()):
        # Snakemake outlives a `make` that was ended, until the steps that ran then are done.
        print(
            f"crimeshare: another build is at work in this folder, process {at_work}; wait until "
            "it has ended, which one that was told to end does after the steps that it has begun. "
            "Then run this again.",
            file=sys.stderr,
        )
        return 1
    if clear_stale_lock(Path.cwd()):
        print(
            "crimeshare: the last run here was killed; its lock is cleared, and this one goes on "
            "where it stopped.",
            file=sys.stderr,
        )
    if not at_work:
        for sentence in remove_damaged():
            print(f"crimeshare: {sentence}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
