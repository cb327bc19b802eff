"""How many changes to a workbook are noticed, and at the cell where they were made.

    python benchmarks/mutations.py [--times N] [--seed N] [--mirror FOLDER] [--write]

Every kind of change in ``tests/mutations.py`` is made, with seeded chance, to three editions of the
police force area tables and three of the appendix tables, each read and checked as pinning does;
those of ``tests/quarter_mutations.py`` and ``tests/survey_mutations.py``, nine times each, to the
Home Office's figures and the survey's, checked as they are before they are shipped.  A
change is *found* if the edition is refused, *placed* if every cell, row or column that the refusal
names is one that was changed, *silent* if it goes through.  The score by kind is printed beside the
last one, which stands in ``benchmarks/mutations.csv`` with its seed; ``--write`` replaces it, and
with ``--reader`` the part of that one.  Without a mirror, the editions are written from the shipped
figures, so that anyone can repeat the run.
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

import pandas as pd

from crimeshare.parquet import read_table
from crimeshare.problems import Problem
from crimeshare.releases.holdings import Past
from crimeshare.releases.pinning import every_other
from crimeshare.releases.preflight import beside_shipped
from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.appendix import read_appendix_tables
from crimeshare.tables.corrections import Faults, read_corrections
from crimeshare.tables.counts import counts, counts_of_files, in_order
from crimeshare.tables.grid import Grid, Workbook, open_workbook
from crimeshare.tables.misfits import misfits
from crimeshare.tables.police_force_area import read_police_force_area_tables
from crimeshare.tables.reading import READERS
from crimeshare.tables.survey_checks import check_survey_tables
from crimeshare.tables.ties import Place
from tests import facsimile
from tests.appendix_facsimile import Facsimile
from tests.mutations import KINDS, Sheets
from tests.quarter_mutations import QUARTER_KINDS
from tests.survey_mutations import SURVEY_KINDS

EDITIONS = (
    "pfa-2018-12",
    "pfa-2022-09",
    "pfa-2024-12",
    "appendix-2022-09",
    "appendix-2025-06",
    "appendix-2025-12",
)
OPEN_DATA, SURVEY = "prc-2025-12", "personal-prevalence-2018-12"
# Of the figures of these two a change of a kind is made so often in place of once.
PER_READER = 9
SCORES = Path(__file__).with_suffix(".csv")
CORRECTIONS = Path("config/corrections.yaml")
OUTCOMES = ("placed", "found", "silent")
COLUMNS = ("reader", "kind", "seed", *OUTCOMES)
BY_READER = ("recorded_quarters", "survey", "police_force_area", "appendix")

_PLACED = re.compile(r"sheet '([^']*)', cells? ([A-Z]{1,3}\d+)")


@dataclass(frozen=True)
class Edition:
    """A workbook, and how it is read and checked."""

    release_id: str
    workbook: Workbook
    release: Release
    read: Callable[..., list]  # type: ignore[type-arg]
    past: list[Past]
    slips: frozenset[Place]

    @property
    def end(self) -> date:
        """Last day of its year."""
        return self.release.period_end

    def check(self, observations: Sequence[Any]) -> None:
        """Stop unless the figures hold together and go with all that is shipped."""
        READERS[self.release.reader].check(observations, self.release_id, CORRECTIONS)
        wrong, doubts = beside_shipped(observations, self.release, self.past, slips=self.slips)
        if told := [*(misfit.sentence for misfit in wrong), *doubts]:
            raise Problem("; ".join(told))


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
    entries = read_corrections(CORRECTIONS)
    slips = frozenset(entry.place for entry in entries if entry.release == release_id)
    return Edition(release_id, workbook, release, read, every_other(release, registry), slips)


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


def quarters_refused() -> Callable[[pd.DataFrame], bool]:
    """Whether the Home Office's figures are refused beside all other releases."""
    registry = read_registry(Path("config/releases.csv"))
    files = {
        name: (release.reader, path)
        for name, release in registry.items()
        for path in [facsimile.FIGURES / f"{name}.parquet"]
        if path.is_file()
    }
    readers = in_order(registry[name] for name in files)
    shipped = counts_of_files({name: file for name, file in files.items() if name != OPEN_DATA})

    def refused(figures: pd.DataFrame) -> bool:
        own = counts(figures, OPEN_DATA, readers[OPEN_DATA])
        return bool(misfits(pd.concat([shipped, own], ignore_index=True), readers, [OPEN_DATA]))

    return refused


def survey_refused(table: pd.DataFrame) -> bool:
    """Whether estimates of the survey are refused by what holds among them."""
    try:
        check_survey_tables(table)
    except Problem:
        return True
    return False


def _score_figures(
    seeds: range, only: Sequence[str] | None, of: Sequence[str]
) -> dict[tuple[str, str], Counter[str]]:
    """The scores of changes to figures, which have no cell: they are found or silent."""
    scores: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for reader, release_id, kinds, against in (
        ("recorded_quarters", OPEN_DATA, QUARTER_KINDS, quarters_refused),
        ("survey", SURVEY, SURVEY_KINDS, lambda: survey_refused),
    ):
        if reader not in of:
            continue
        refused = against()
        figures = read_table(facsimile.FIGURES / f"{release_id}.parquet")
        for kind in kinds:
            for seed in seeds if not only or kind in only else ():
                found = refused(kinds[kind](figures, random.Random(f"{kind} {seed}")))
                scores[reader, kind]["found" if found else "silent"] += 1
                if not found:
                    print(f"silent: {kind}, {release_id}, seed {seed}", file=sys.stderr)
    return scores


def main() -> int:
    """Print the score of every kind, and how it was before."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--times", type=int, default=1, help="changes of a kind in each edition")
    options.add_argument("--seed", type=int, default=0, help="the first seed, one a change")
    options.add_argument("--mirror", type=Path, help="folder with the workbooks themselves")
    options.add_argument("--write", action="store_true", help="keep the score as the last one")
    options.add_argument("--kind", action="append", help="only this kind")
    options.add_argument("--reader", action="append", choices=BY_READER, help="only of this one")
    given = options.parse_args()
    readers = given.reader or BY_READER
    seeds = range(given.seed, given.seed + given.times)
    figures_seeds = range(given.seed, given.seed + given.times * PER_READER)
    scores = _score_figures(figures_seeds, given.kind, readers)
    for release_id in EDITIONS:
        reader = "appendix" if release_id.startswith("appendix") else "police_force_area"
        if reader not in readers:
            continue
        made = edition(release_id, given.mirror)
        for kind in KINDS if not given.kind else [kind for kind in KINDS if kind in given.kind]:
            for seed in seeds:
                found = outcome(made, kind, seed)
                scores[reader, kind][found or "nothing"] += 1
                if found in ("silent", "found"):
                    print(f"{found}: {kind}, {release_id}, seed {seed}", file=sys.stderr)
    last = _last()
    print(f"{'':48}{'placed':>8}{'found':>8}{'silent':>8}   last")
    for (reader, kind), score in scores.items():
        now = [score[name] for name in OUTCOMES]
        was = " ".join(last[reader, kind][name] for name in OUTCOMES if (reader, kind) in last)
        print(f"{reader:20}{kind:28}{now[0]:8}{now[1]:8}{now[2]:8}   {was}")
    total = Counter[str]()
    for score in scores.values():
        total.update(score)
    made_in_all = sum(total[name] for name in OUTCOMES)
    print(f"seed {given.seed}, {', '.join(readers)}")
    print(f"{total['silent']} of {made_in_all} changes went through, {total['placed']} were placed")
    if given.write:
        kept = {of: line for of, line in last.items() if of[0] not in readers}
        for (reader, kind), score in scores.items():
            counted = {name: score[name] for name in OUTCOMES}
            kept[reader, kind] = {"reader": reader, "kind": kind, "seed": given.seed, **counted}
        with SCORES.open("w", encoding="utf-8", newline="") as file:
            lines = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            lines.writeheader()
            lines.writerows(sorted(kept.values(), key=lambda line: BY_READER.index(line["reader"])))
    return 0


def _last() -> dict[tuple[str, str], dict[str, Any]]:
    if not SCORES.is_file():
        return {}
    with SCORES.open(encoding="utf-8", newline="") as file:
        return {(line["reader"], line["kind"]): line for line in csv.DictReader(file)}


if __name__ == "__main__":
    raise SystemExit(main())
