"""The command ``crimeshare``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crimeshare.ledger.figures import LEDGER
from crimeshare.ledger.trace import trace
from crimeshare.problems import Problem


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
    given = parser.parse_args(arguments)
    try:
        for line in trace(given.figure_id, _project()):
            print(line)
    except Problem as problem:
        print(f"crimeshare: {problem}", file=sys.stderr)
        return 1
    return 0


def _project() -> Path:
    """The project's folder: the working directory, or the nearest one above it with a ledger."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / LEDGER).exists():
            return folder
    raise Problem(
        f"There is no {LEDGER} in {here} or above it; go to the project's folder and build the "
        "report with make."
    )
