"""Take in a table of the survey that is no edition of the registry, and keep its figures.

Two kinds are known: the open data table of prevalence (a zip or CSV file) and workbooks of the
general shape ONS gives its survey tables.  What was understood is said first, in words; figures
are kept only of a file that is understood whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from crimeshare.parquet import read_table, write_table
from crimeshare.periods import month_end
from crimeshare.problems import Problem
from crimeshare.reference import REFERENCE
from crimeshare.running import say, shipping
from crimeshare.tables.combining import read_transcribed_estimates
from crimeshare.tables.grid import open_workbook
from crimeshare.tables.open_prevalence import read_open_prevalence
from crimeshare.tables.sandbox import check_opens
from crimeshare.tables.survey_checks import beside_known, check_survey_tables
from crimeshare.tables.survey_table import read_survey_tables, recognise

KINDS = ("personal-prevalence", "stalking")
"""What the release ids of such tables begin with; the pipeline reads all that are kept."""

_RELEASE = re.compile(rf"(?:{'|'.join(KINDS)})-(\d{{4}})-(0[1-9]|1[0-2])")


def recognised(workbook: Path) -> Iterator[str]:
    """What each sheet of a workbook was taken for, in lines to read before it is taken in."""
    check_opens(workbook)
    for sheet in recognise(open_workbook(workbook)):
        yield f"{sheet.sheet}: {sheet.estimates} estimates"
        yield from (f"  {sentence}" for sentence in sheet.sentences)
        yield from (f"  NOT UNDERSTOOD: {unknown.sentence}" for unknown in sheet.unknown)
        yield from (f"  NOT RIGHT: {problem}" for problem in sheet.problems)


def take_in(file: Path, release_id: str, source: str, figures: Path) -> Path:
    """Read a table of the survey and keep its figures as ``<figures>/<release_id>.parquet``.

    Args:
        file: ONS's zip or CSV file of open data, or a workbook.
        release_id: ``stalking-2024-03``: one of :data:`KINDS`, year and month of the period's end.
        source: its name, for the reader of a figure.

    Raises:
        Problem: the release id is of another form, or the file cannot be read.
        UnknownNames, Problems: what in the file is not understood, or does not hold together.
    """
    named = _RELEASE.fullmatch(release_id)
    if named is None:
        raise Problem(
            f"`{release_id}` is no release id of a table of the survey; expected "
            f"{' or '.join(f'{kind}-<year>-<month>' for kind in KINDS)}, such as stalking-2024-03"
        )
    year, month = int(named[1]), int(named[2])
    table: pd.DataFrame
    if file.suffix in (".zip", ".csv"):
        table = read_open_prevalence(file, release_id)
        # The pages and the audit are about everybody of a sex and age.
        table = table[table["characteristic"] == "all"].reset_index(drop=True)
    else:
        check_opens(file)
        table = read_survey_tables(open_workbook(file), release_id, source, month_end(year, month))
    check_survey_tables(table)
    kept = figures / f"{release_id}.parquet"
    others = [read_table(path) for kind in KINDS for path in sorted(figures.glob(f"{kind}-*"))]
    transcribed = read_transcribed_estimates(REFERENCE / "stalking_prevalence.csv")
    for sentence in beside_known(table, pd.concat([*others, transcribed])):
        say(sentence)
    with shipping(kept) as target:
        write_table(table, target)
    return kept
