"""Open a workbook nobody has looked at yet where it can do no harm.

A sheet whose only cell is the last one possible is a file of 5 kB that asks for hundreds of
gigabytes.  So the first opening is a process of its own, with a limit of memory and time.
"""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.sources.datasets import QUARTERS

# The largest workbook known takes 0.2 GB and 2 s on a small machine.
MEMORY = 2_000_000_000
SECONDS = 60


def check_opens(workbook: Path, reader: str = "") -> None:
    """Open a workbook once, within limits.

    Args:
        reader: of its dataset; that of the open data opens larger files than a workbook may be.

    Raises:
        Problem: it is not a workbook, or opening it takes more than a published table ever would.
    """
    try:
        run = subprocess.run(
            [sys.executable, "-m", __name__, str(workbook), reader],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        if run.returncode == 0:
            return
        sentence = run.stdout.strip()
    except subprocess.TimeoutExpired:
        sentence = ""
    raise Problem(
        sentence
        or f"{workbook.name} cannot be opened within {MEMORY // 1_000_000:,} MB of memory and "
        f"{SECONDS} s; no published table needs as much. This is not one."
    )


def _main(workbook: Path, reader: str) -> int:
    with suppress(ImportError, ValueError, OSError):  # not every system limits its processes
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from crimeshare.tables.grid import open_workbook
    from crimeshare.tables.open_document import sheets

    try:
        if reader == QUARTERS:
            for _, rows in sheets(workbook):
                deque(rows, maxlen=0)
        else:
            open_workbook(workbook)
    except Problem as problem:
        print(problem)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(_main(Path(sys.argv[1]), sys.argv[2]))
