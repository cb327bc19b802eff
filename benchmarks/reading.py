"""How much faster are the workbooks read than by pandas with openpyxl?

    .venv/bin/python benchmarks/reading.py <folder of a mirror> [rounds]

Both sides read every cell of every sheet of every workbook under the folder, in turn and in
one process; the old .xls is read by pandas' own engine for it.  The project's side also makes
observations of the tables and checks their arithmetic.  The ratio of each round is printed,
with the smallest, since a machine's speed drifts but a pair of neighbours shares it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.reading import read_release

ROOT = Path(__file__).resolve().parents[1]


def main(mirror: Path, rounds: int) -> None:
    """Print the seconds of both sides and their ratio, round by round."""
    held = [
        (release, mirror / release.path.lstrip("/"))
        for release in read_registry(ROOT / "config" / "releases.csv").values()
        if (mirror / release.path.lstrip("/")).is_file()
    ]
    if not held:
        sys.exit(f"{mirror} holds no workbook of config/releases.csv; name the folder of a mirror")
    print(f"{len(held)} workbooks, {sum(path.stat().st_size for _, path in held):,} bytes")
    ratios = []
    for number in range(1, rounds + 1):
        ours, theirs = seconds(read, held), seconds(read_with_pandas, held)
        ratios.append(theirs / ours)
        print(f"round {number}: {ours:.2f} s against {theirs:.2f} s, {ratios[-1]:.1f} times faster")
    print(f"at least {min(ratios):.1f} times faster in every round")


def seconds(task: Callable[[Release, Path], object], held: Iterable[tuple[Release, Path]]) -> float:
    """Wall time of ``task`` over all workbooks."""
    start = time.perf_counter()
    for release, path in held:
        task(release, path)
    return time.perf_counter() - start


def read(release: Release, path: Path) -> object:
    """Read as the pipeline does."""
    return read_release(path, release, ROOT / "config" / "corrections.yaml")


def read_with_pandas(_: Release, path: Path) -> object:
    """Read every sheet with openpyxl, or xlrd for the old format."""
    engine = "xlrd" if path.suffix == ".xls" else "openpyxl"
    return pd.read_excel(path, sheet_name=None, header=None, engine=engine)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
