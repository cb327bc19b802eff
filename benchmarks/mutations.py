"""How many changes to a workbook are noticed, and at the cell where they were made.

    python benchmarks/mutations.py [--times N] [--mirror FOLDER] [--write]

Every kind of change in ``tests/mutations.py`` is made, with seeded chance, to three editions of the
police force area tables and two of the appendix tables, each read and checked as pinning does.  A
change is *found* if the edition is refused, *placed* if every cell, row or column that the refusal
names is one that was changed, *silent* if it goes through.  The score by kind is printed beside the
last one, which stands in ``benchmarks/mutations.csv``; ``--write`` replaces it.  Without a mirror,
the editions are written from the shipped figures, so that anyone can repeat the run.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crimeshare.problems import Problem
from crimeshare.releases.precedent import (
    Past,
    beside_earlier_editions,
    beside_earlier_surveys,
)
from crimeshare.sources.registry import read_registry
from crimeshare.tables.appendix import read_appendix_tables
from crimeshare.tables.appendix_arithmetic import find_survey_ties, out_of_line
from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.corrections import Faults, check_ties, read_corrections
from crimeshare.tables.grid import Grid, Workbook, open_workbook
from crimeshare.tables.police_force_area import read_police_force_area_tables
from tests import facsimile
from tests.appendix_facsimile import Facsimile
from tests.mutations import KINDS, Sheets

EDITIONS = ("pfa-2018-12", "pfa-2022-09", "pfa-2024-12", "appendix-2022-09", "appendix-2025-12")
SCORES = Path(__file__).with_suffix(".csv")
CORRECTIONS = Path("config/corrections.yaml")
OUTCOMES = ("placed", "found", "silent")

_PLACED = re.compile(r"sheet '([^']*)', cells? ([A-Z]{1,3}\d+)")


@dataclass(frozen=True)
class Edition:
    """A workbook, and how it is read and checked."""

    release_id: str
    workbook: Workbook
    end: date
    read: Callable[..., list]  # type: ignore[type-arg]
    past: list[Past]

    def check(self, observations: Sequence[Any]) -> None:
        """Stop unless the figures hold together and are no old ones."""
        listed = [c for c in read_corrections(CORRECTIONS) if c.release == self.release_id]
        if self.release_id.startswith("pfa"):
            check_ties(find_ties(observations), observations, listed, CORRECTIONS)
            doubts = beside_earlier_editions(observations, self.end, self.past)
        else:
            doubt = out_of_line(observations)
            check_ties(find_survey_ties(observations), observations, listed, CORRECTIONS, doubt)
            doubts = beside_earlier_surveys(observations, self.end, self.past)
        if doubts:
            raise Problem("; ".join(doubts))


def edition(release_id: str, mirror: Path | None) -> Edition:
    """One edition, from the mirror or written from the shipped figures."""
    registry = read_registry(Path("config/releases.csv"))
    release = registry[release_id]
    area = release.dataset == "pfa"
    if mirror is not None:
        workbook = open_workbook(mirror / release.path.lstrip("/"))
    elif area:
        workbook = _grids(facsimile.from_figures(facsimile.figures(release_id)).sheets)
    else:
        figures = facsimile.FIGURES / f"{release_id}.parquet"
        workbook = Facsimile.of(figures, release.edition).workbook()
    read = read_police_force_area_tables if area else read_appendix_tables
    past = [
        Past(other.release_id, other.period_end, path)
        for other in registry.values()
        if other.dataset == release.dataset and other is not release
        for path in [facsimile.FIGURES / f"{other.release_id}.parquet"]
        if path.is_file()
    ]
    return Edition(release_id, workbook, release.period_end, read, past)


def _grids(sheets: dict[str, dict[facsimile.Place, object]]) -> Workbook:
    grids = []
    for name, cells in sheets.items():
        height, width = (max(at[i] for at in cells) + 1 for i in (0, 1))
        rows = [[cells.get((row, column), "") for column in range(width)] for row in range(height)]
        grids.append(Grid(name, rows))
    return Workbook("facsimile", "0" * 64, 0, grids)


def _meaning(observations: Sequence[Any]) -> list[tuple[object, ...]]:
    """What figures say, wherever they stand."""
    return [
        (
            getattr(row, "area_code", None),
            getattr(row, "offence_id", None) or getattr(row, "item_id", None),
            getattr(row, "table", None) or row.measure,
            row.period_end,
            row.value,
            row.marker,
        )
        for row in observations
    ]


def outcome(made: Edition, kind: str, seed: int) -> str | None:
    """What became of one change; None if it changed nothing that is read."""
    before = made.read(made.workbook, made.release_id, made.end)
    sheets = Sheets.of(made.workbook, before)
    try:
        KINDS[kind](sheets, random.Random(f"{kind} {seed}"))
    except (IndexError, ValueError):
        return None  # no header with a year, say
    changed = sheets.workbook(made.workbook)
    try:
        after = made.read(changed, made.release_id, made.end)
        if _meaning(after) == _meaning(before):
            return None
        made.check(after)
    except Faults as faults:
        named = [fault.cells for fault in faults.faults if fault.cells]
        loose = [f.sentence for f in faults.faults if not f.cells]
        placed = all(cells & sheets.touched for cells in named) and all(
            any(f"sheet {sheet!r}" in sentence for sheet, _ in sheets.touched) for sentence in loose
        )
        return "placed" if placed else "found"
    except Problem as problem:
        if kind in ("sheet lost", "titles swapped"):
            return "placed"  # there is no cell of it
        sheets_touched = {sheet for sheet, _ in sheets.touched}
        return "placed" if any(repr(s) in str(problem) for s in sheets_touched) else "found"
    return "silent"


def main() -> int:
    """Print the score of every kind, and how it was before."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--times", type=int, default=1, help="changes of a kind in each edition")
    options.add_argument("--mirror", type=Path, help="folder with the workbooks themselves")
    options.add_argument("--write", action="store_true", help="keep the score as the last one")
    options.add_argument("--kind", action="append", choices=list(KINDS), help="only this kind")
    given = options.parse_args()
    scores: dict[str, Counter[str]] = defaultdict(Counter)
    for release_id in EDITIONS:
        made = edition(release_id, given.mirror)
        for kind in given.kind or KINDS:
            for seed in range(given.times):
                found = outcome(made, kind, seed)
                scores[kind][found or "nothing"] += 1
                if found in ("silent", "found"):
                    print(f"{found}: {kind}, {release_id}, seed {seed}", file=sys.stderr)
    last = _last()
    print(f"{'':28}{'placed':>8}{'found':>8}{'silent':>8}   last")
    for kind, score in scores.items():
        now = [score[name] for name in OUTCOMES]
        print(f"{kind:28}{now[0]:8}{now[1]:8}{now[2]:8}   {last.get(kind, '')}")
    total = Counter[str]()
    for score in scores.values():
        total.update(score)
    made_in_all = sum(total[name] for name in OUTCOMES)
    print(f"{total['silent']} of {made_in_all} changes went through, {total['placed']} were placed")
    if given.write:
        with SCORES.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(["kind", *OUTCOMES])
            lines.writerows([kind, *(s[name] for name in OUTCOMES)] for kind, s in scores.items())
    return 0


def _last() -> dict[str, str]:
    if not SCORES.is_file():
        return {}
    with SCORES.open(encoding="utf-8", newline="") as file:
        return {r["kind"]: " ".join(r[name] for name in OUTCOMES) for r in csv.DictReader(file)}


if __name__ == "__main__":
    raise SystemExit(main())
