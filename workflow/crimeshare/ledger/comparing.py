"""Two ledgers side by side: ``python -m crimeshare.ledger.comparing BEFORE AFTER``.

For whoever moves code that makes figures: after a move nothing differs.  A ledger is a file as
:func:`crimeshare.ledger.entries.read_ledger` reads it, or a folder of results, of which the panels
behind the numbers are compared too.  Ends with 0 if all is the same, 1 if something differs, 2 if
they could not be compared.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crimeshare.ledger.entries import LEDGER, Entry, read_ledger, same
from crimeshare.problems import Problem

Figures = Mapping[tuple[str, str], Mapping[str, Any]]
"""What is said of a figure, by page and figure."""

SHOWN = 20

COMPARED = [name for name in Entry._fields if name not in ("figure_id", "page")]


def differences(
    before: Figures, after: Figures, renamed: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What differs, and one sentence for each figure of which it does.

    Args:
        renamed: new names of figures by their old ones.
    """
    expected = {(page, renamed.get(name, name)): told for (page, name), told in before.items()}
    for (page, name), was in expected.items():
        now = after.get((page, name))
        if now is None:
            yield "gone", f"{page}: {name} is gone; it was {was.get('value', was)}."
            continue
        for field in dict.fromkeys((*was, *now)):
            old, new = was.get(field, ""), now.get(field, "")
            if not same(old, new, field):
                yield field, f"{page}: {field} of {name} was {old or 'empty'}, is {new or 'empty'}."
    for page, name in after.keys() - expected.keys():
        told = after[page, name]
        yield "new", f"{page}: {name} is new; it is {told.get('value', told)}."


def read_figures(path: Path) -> tuple[Figures, Figures]:
    """The figures of a ledger, and those of the panels beside it.

    Args:
        path: a ledger, or a folder of results.
    """
    ledger = path / LEDGER.relative_to("results") if path.is_dir() else path
    if not ledger.exists():
        raise Problem(f"{ledger} is missing; name a ledger or a folder of results.")
    figures = {
        entry.key: {name: getattr(entry, name) for name in COMPARED}
        for entry in read_ledger(ledger)
    }
    cells = path / "report/cells"
    return figures, {
        (script.relative_to(cells).with_suffix("").as_posix(), name): told
        for script in sorted(cells.rglob("*.js"))
        for name, told in _panels(script).items()
    }


def _panels(script: Path) -> dict[str, Any]:
    text = script.read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(text[text.index("(") + 1 : text.rindex(")")])["figures"]
    return figures


def read_renames(path: Path | None) -> dict[str, str]:
    """New names by old ones, of a file of lines ``old,new``."""
    if path is None:
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return dict(filter(None, csv.reader(file)))


def main(given: Sequence[str] | None = None) -> int:
    """Compare, print the first differences of each kind, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m crimeshare.ledger.comparing")
    parser.add_argument("before", type=Path, help="a ledger, or a folder of results")
    parser.add_argument("after", type=Path, help="likewise")
    parser.add_argument("--renames", type=Path, help="a file of lines old,new")
    parser.add_argument("--shown", type=int, default=SHOWN, help="examples of each kind")
    arguments = parser.parse_args(given)
    try:
        befores, afters = read_figures(arguments.before), read_figures(arguments.after)
        renamed = read_renames(arguments.renames)
    except (OSError, ValueError, Problem) as error:
        print(f"Could not compare: {error}", file=sys.stderr)
        return 2
    differ = False
    for what, before, after in zip(("figures", "panels"), befores, afters, strict=True):
        if not before or not after:
            print(f"{what}: not compared")
            continue
        found = sorted(differences(before, after, renamed))
        counts = Counter(kind for kind, _ in found)
        print(f"{what}: {len(before):,} before, {len(after):,} after, {len(found):,} differences")
        for kind, number in counts.items():
            print(f"  {kind}: {number:,}")
            told = [sentence for each, sentence in found if each == kind]
            print(*(f"    {sentence}" for sentence in told[: arguments.shown]), sep="\n")
        differ = differ or bool(found)
    return int(differ)


if __name__ == "__main__":
    raise SystemExit(main())
