"""How long does ``crimeshare check`` take for a statement of each kind?

    python benchmarks/checking.py [times]

Every statement is judged in a process of its own, as from the command line, by the tables of the
build in the project and by the figures that the repository ships.  Prints the shortest and the
median of the clock, and the shortest of the processor, for benchmarks/README.md.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GWENT = ["--area", "Gwent", "--offence", "Stalking and harassment"]
NATION = ["--area", "England and Wales"]
NEWEST = ["--period", "year ending December 2025"]
STATEMENTS = {
    "a count": [*GWENT, "--period", "year ending March 2024", "--value", "9,013"],
    "a rate as revised": [*GWENT, *NEWEST, "--value", "14 per 1,000"],
    "a place among areas": [*GWENT, *NEWEST, "--value", "highest in Wales"],
    "a place among groups": [*GWENT, *NEWEST, "--value", "third"],
    "a record": [*NATION, "--offence", "8Q", *NEWEST, "--value", "record high"],
    "a change": [*NATION, *NEWEST, "--since", "year ending March 2015", "--value", "up"],
    "two groups of the survey": [
        *("--measure", "stalking", "--sex", "women", "--than", "men"),
        *("--period", "year ending March 2024", "--value", "twice as likely"),
    ],
    "an unknown name": ["--area", "Gwnt", *NEWEST, "--value", "1"],
}


def main(times: int) -> None:
    """Print a row for every kind of statement."""
    print("| statement | by a build | by the shipped figures |")
    print("| --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as folder:
        # A project in which nothing was built.
        for name in ("config", "resources", "results/published"):
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).symlink_to(ROOT / name)
        for name, options in STATEMENTS.items():
            cells = (took(options, place, times) for place in (ROOT, Path(folder)))
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def took(options: list[str], place: Path, times: int) -> str:
    """Seconds of the clock, shortest and median, and of the processor."""
    clock, processor = [], []
    for _ in range(times):
        before, begun = _worked(), time.monotonic()
        command = [str(Path(sys.executable).with_name("crimeshare")), "check", *options]
        run = subprocess.run(
            command,
            cwd=place,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode not in (0, 1, 2, 3) or "nobody foresaw" in run.stderr:
            raise SystemExit(run.stderr)
        clock.append(time.monotonic() - begun)
        processor.append(_worked() - before)
    return f"{min(clock):.1f}, {statistics.median(clock):.1f}, {min(processor):.1f}"


def _worked() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
