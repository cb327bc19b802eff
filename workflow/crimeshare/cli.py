"""The command ``crimeshare``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from crimeshare.ledger.figures import KEPT, LEDGER
from crimeshare.ledger.trace import trace
from crimeshare.problems import Problem

FIGURES = Path("resources/figures")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="crimeshare", description="Questions about the figures of the report."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    tracing = commands.add_parser(
        "trace",
        help="print the way of a published figure from its sentence to its cell",
        description=f"Print the way of a figure of {LEDGER} from its sentence to its cell.",
    )
    tracing.add_argument("figure_id", help="a figure's name in the first column of the ledger")
    recognising = commands.add_parser(
        "recognise",
        help="say what the sheets of a workbook of survey tables are taken for",
        description="Say in words what each sheet of a workbook of survey tables is taken for, "
        "and which lines of data would make the rest understood.",
    )
    recognising.add_argument("workbook", type=Path)
    taking = commands.add_parser(
        "take-in",
        help="keep the figures of a survey table that is no edition of the registry",
        description="Read ONS's open data table of prevalence or a workbook of survey tables, and "
        f"keep its figures in {FIGURES}/, from where the next build takes them.",
    )
    taking.add_argument("release_id", help="such as stalking-2024-03")
    taking.add_argument("file", type=Path)
    taking.add_argument("--source", required=True, help="the name of the publication")
    given = parser.parse_args(arguments)
    try:
        for line in _lines(given):
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # A pager or head has read enough; what is still held has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Problem as problem:
        print(f"crimeshare: {problem}", file=sys.stderr)
        return 1
    return 0


def _lines(given: argparse.Namespace) -> Iterator[str]:
    """What a command prints."""
    if given.command == "trace":
        yield from trace(given.figure_id, _project())
        return
    # Reading workbooks takes libraries that a trace can do without.
    from crimeshare.tables.taking_in import recognised, take_in

    if given.command == "recognise":
        yield from recognised(given.workbook)
    else:
        kept = take_in(given.file, given.release_id, given.source, FIGURES)
        yield f"{kept} holds its figures; build the report with make and look at them."


def _project() -> Path:
    """The project's folder: the working directory, or the nearest one above it with a ledger."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / KEPT).exists() or (folder / LEDGER).exists():
            return folder
    raise Problem(
        f"There is no {KEPT} in {here} or above it; go to the project's folder and build the "
        "report with make."
    )
