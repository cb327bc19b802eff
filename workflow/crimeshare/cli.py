"""The command ``crimeshare``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn

from crimeshare.problems import Problem, explained
from crimeshare.reference import REFERENCE
from crimeshare.sources.registry import FIGURES, REGISTRY

WRONG_INPUT = 3
"""Exit status of ``check`` where there is nothing to judge; 0 to 2 say what the verdict is."""

CHECKED = {
    "area": "England and Wales, a region, a police force area or a partnership",
    "offence": "an offence group, such as 'Stalking and harassment', or an offence code, such as "
    "8Q; left out, all crime",
    "period": "such as 'year ending March 2024'",
    "value": "as stated: 9,013, '15%%', 'one in seven', third, 'down 4%%', 'second highest in "
    "Wales', '19 a day', 'more than doubled', 'record high', 'twice as likely'",
    "quantity": "count, total, share, share_of_nation, rank, rate, change, record, proportion or "
    "comparison; left out, what the value looks like",
    "than": "the area, or the group of people, that it is compared with",
    "since": "the year that it is compared with",
    "measure": "a measure of the survey, such as stalking",
    "sex": "of a survey estimate: all, women or men",
    "age": "of a survey estimate, such as 16-19",
    "classification": "what a rank is among, such as sub-groups",
}


class _Parser(argparse.ArgumentParser):
    """A parser that exits with a status of its own where it understands nothing."""

    status = 2

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(self.status, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = _Parser(prog="crimeshare", description="Questions about the figures of the report.")
    commands = parser.add_subparsers(dest="command", required=True)
    tracing = commands.add_parser(
        "trace",
        help="print the way of a published figure from its sentence to its cell",
        description="Print the way of a figure of the ledger from its sentence to its cell.",
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
    checking = commands.add_parser(
        "check",
        help="judge a statement on crime figures, or every statement of a text",
        description="Judge one statement, or with --text every statement of a text, by every "
        "release. Exit status 0: it holds (confirmed, rounds or truncates to it, within the "
        "interval, consistent with), or all do; 1: it does not (contradicted, not supported, not "
        "as published), or one does not; 2: open (not checkable, depends on definition), or none "
        "was found; 3: wrong input.",
        allow_abbrev=False,
    )
    checking.status = WRONG_INPUT
    for name, meaning in CHECKED.items():
        checking.add_argument(f"--{name}", help=meaning)
    checking.add_argument("--json", action="store_true", help="print the verdict for programs")
    checking.add_argument("--text", help="a file, or -, whose every statement is to be judged")
    checking.add_argument("--published", help="the day it came out, such as 2025-04-24")
    checking.add_argument("--html", type=Path, help="also write the text with its verdicts there")
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        spoken_to = checking if given.command == "check" else parser
        spoken_to.error(f"unrecognized arguments: {' '.join(unknown)}")
    if given.command == "check":
        _check_options(checking, given)
    status = 0
    try:
        if given.command == "check":
            status, lines = _check(given)
        else:
            lines = _lines(given)
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # A pager or head has read enough; what is still held has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Problem as problem:
        return _refused(given, str(problem))
    except OSError as error:
        return _refused(given, str(explained(error)))
    except Exception as error:
        # Python would end with 1, which says of a statement that it does not hold.
        with NamedTemporaryFile("w", prefix="crimeshare-", suffix=".log", delete=False) as log:
            traceback.print_exc(file=log)
        return _refused(
            given,
            f"{given.command} met an error nobody foresaw ({type(error).__name__}); the traceback "
            f"is in {log.name}.",
        )
    return status


def _check_options(checking: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    if given.text is None:
        missing = [f"--{name}" for name in ("period", "value") if getattr(given, name) is None]
        if missing:
            checking.error(f"the following arguments are required: {', '.join(missing)}")
        if given.html is not None:
            checking.error("argument --html: needs --text")
    for name in CHECKED:
        if given.text is not None and name != "area" and getattr(given, name) is not None:
            checking.error(f"argument --{name}: a text says that itself; leave it out with --text")


def _refused(given: argparse.Namespace, sentences: str) -> int:
    for sentence in sentences.splitlines():
        print(f"crimeshare: {sentence}", file=sys.stderr)
    return WRONG_INPUT if given.command == "check" else 1


def _check(given: argparse.Namespace) -> tuple[int, Iterable[str]]:
    """The exit status of a verdict, which is its own whoever reads the lines, and the lines."""
    try:
        root = _project(REGISTRY)
    except Problem:
        root = REFERENCE.parents[1]  # the figures that the library comes with
    # Only what a check needs is imported: it is to answer within seconds.
    if given.text is not None:
        return _check_text(given, root)
    from crimeshare.audit.check_command import check

    statement = {name: getattr(given, name) for name in CHECKED}
    checked = check(statement, root, given.published)
    if given.json:
        return checked.status, [json.dumps(checked.record(), ensure_ascii=False, indent=2)]
    return checked.status, checked.lines()


def _check_text(given: argparse.Namespace, root: Path) -> tuple[int, Iterable[str]]:
    from crimeshare.audit.evidence import open_evidence
    from crimeshare.audit.reading import shown
    from crimeshare.audit.text_check import check_text, read_source

    text = read_source(given.text)
    answer = check_text(text, open_evidence(root), given.published, given.area)
    if given.html:
        given.html.write_text(shown.page(answer), encoding="utf-8")
    if given.json:
        return answer.exit, [json.dumps(answer.record(), ensure_ascii=False, indent=2)]
    return answer.exit, shown.lines(answer)


def _lines(given: argparse.Namespace) -> Iterator[str]:
    if given.command == "trace":
        from crimeshare.ledger.entries import KEPT, LEDGER
        from crimeshare.ledger.trace import trace

        yield from trace(given.figure_id, _project(KEPT, LEDGER))
        return
    # Reading workbooks takes libraries that a trace can do without.
    from crimeshare.tables.take_in import recognised, take_in

    if given.command == "recognise":
        yield from recognised(given.workbook)
    else:
        kept = take_in(given.file, given.release_id, given.source, FIGURES)
        yield f"{kept} holds its figures; build the report with make and look at them."


def _project(*holding: Path) -> Path:
    """The project's folder: the working directory, or the nearest above it that holds a file."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / path).exists() for path in holding):
            return folder
    raise Problem(
        f"There is no {holding[0]} in {here} or above it; go to the project's folder and build the "
        "report with make."
    )
