"""The page of a comparison: what changed and what did not, to be read in two minutes.

One file with its style inside, which asks no other for anything, so that it can be sent or kept
beside the run that made it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath

from markupsafe import Markup

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import fixed
from crimeshare.publish.elements.licence import ATTRIBUTION
from crimeshare.publish.pack.dictionary import data_tables
from crimeshare.publish.site.rendering import TEMPLATES, templates
from crimeshare.releases.comparing import (
    HEADLINES,
    OUTCOME_WORDS,
    STATUSES,
    BuildDiff,
    RankMove,
    TableDiff,
    in_words,
    printed,
)

# As many figures and ranks as are taken in at a glance; the others are folded away below them.
SHOWN = 12
# As many folded lines as a browser opens without a pause.
FOLDED = 1000

FOLDERS = {
    "published": "What readers see",
    "estimates": "Results",
    "clean": "Published figures",
    "data": "Data pack, which passes on the tables above",
}


PAGE, WORDS, LINES = "diff.html", "diff.md", "figures.diff"


def clear(folder: Path) -> None:
    """Remove what an earlier comparison said, which must not stand beside another's verdict."""
    for name in (PAGE, WORDS, LINES):
        (folder / name).unlink(missing_ok=True)


def write_comparison(folder: Path, diff: BuildDiff, before: str) -> Path:
    """Write the comparison as a page, in words and figure by figure.

    Args:
        folder: where to.
        diff, before: see :func:`as_page`.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WORDS).write_text(in_words(diff), encoding="utf-8")
    (folder / LINES).write_text("".join(f"{line}\n" for line in diff.figures), encoding="utf-8")
    (folder / PAGE).write_text(as_page(diff, before), encoding="utf-8")
    return folder / PAGE


def as_page(diff: BuildDiff, before: str) -> str:
    """The comparison as one HTML page.

    Args:
        diff: what became of everything.
        before: what was compared with, as it was named.
    """
    kinds = Counter(change.kind for change in diff.changes)
    ranks = sorted(diff.ranks, key=lambda rank: -abs(rank.after - rank.before))
    changed = [change for change in diff.changes if change.kind == "~"]
    environment = templates()
    environment.filters |= {"number": fixed, "plural": lambda n, noun: prose.plural(n, noun)}
    return environment.get_template("diff.html.j2").render(
        title=HEADLINES[diff.status],
        status=STATUSES[diff.status],
        exit_status=diff.status,
        before=before,
        diff=diff,
        opening=opening(diff),
        kinds=kinds,
        not_compared=[table for table in diff.tables if table.outcome == "not compared"],
        renewed=[table.table for table in diff.tables if table.outcome == "same cells"],
        ranks=ranks[:SHOWN],
        more_ranks=ranks[SHOWN:],
        rank=ordinal_move,
        changed=changed[:SHOWN],
        value=printed,
        lines=diff.figures[:FOLDED],
        untold=max(len(diff.figures) - FOLDED, 0),
        folders=by_folder([table for table in diff.tables if table.outcome == "differs"]),
        same=[table.table for table in diff.tables if table.outcome == "same"],
        passed_on=FOLDERS["data"],
        titled=titled,
        outcome=OUTCOME_WORDS,
        style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        attribution=Markup(ATTRIBUTION),
    )


def opening(diff: BuildDiff) -> str:
    """What became of the tables, in one sentence."""
    if diff.reason:
        return diff.reason
    counts = Counter(table.outcome for table in diff.tables)
    number = len(diff.tables)
    said = [
        f"{counts[outcome]:,} {'is' if counts[outcome] == 1 else 'are'} {words}"
        for outcome, words in _OUTCOMES_IN_A_SENTENCE.items()
        if counts[outcome]
    ]
    return f"Of {number:,} {prose.plural(number, 'table')}, {prose.listed(said)}."


_OUTCOMES_IN_A_SENTENCE = {
    "same": "the same byte for byte",
    "same cells": "the same cell for cell in other bytes",
    "differs": "different",
    "not compared": "not compared",
}


def ordinal_move(move: RankMove) -> tuple[str, str]:
    """Both ranks as places: "7th", "9th"."""
    return prose.ordinal(move.before), prose.ordinal(move.after)


def titled(table: str) -> str:
    """What a table holds, in words; its name where the data dictionary does not tell."""
    titles = {known.table: known.title for known in data_tables()}
    path = PurePosixPath(table)
    if path.parts[0] == "published":
        return "Every figure that the report prints"
    return titles.get(path.stem, path.stem.replace("_", " ").capitalize())


def by_folder(tables: Sequence[TableDiff]) -> list[tuple[str, list[TableDiff]]]:
    """The tables under the words of their folders, in the order of the comparison."""
    grouped = groupby(tables, key=lambda table: table.table.partition("/")[0])
    return [(FOLDERS.get(folder, folder), list(members)) for folder, members in grouped]
