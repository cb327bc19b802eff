"""Read the open data table of personal crime prevalence: estimate, standard error and base.

ONS publishes it as a zip with one CSV file: one row for each measure, sex, age band and
characteristic, percentages with their standard errors.  A row of fewer than ten respondents
is blank; a standard error of 0 stands where the sample held no victims.  What its columns,
measures and values are called is data in ``layouts/open_prevalence/``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from crimeshare.parquet import table_of
from crimeshare.periods import first_day, month_end
from crimeshare.problems import Problem, Problems, shown
from crimeshare.reference import read_rows
from crimeshare.tables import LAYOUTS
from crimeshare.tables.combining import SURVEY_ESTIMATES
from crimeshare.tables.grid import MAX_UNPACKED_BYTES, ZIP_MAGIC, address
from crimeshare.tables.layout import Unknown, proposal, relative
from crimeshare.tables.schemas import checked

FOLDER = LAYOUTS / "open_prevalence"
SOURCE = "Crime Survey for England and Wales: personal crime prevalence, open data table"

FEWEST_RESPONDENTS = 10
TOTAL = "Total"
"""What ONS writes as the characteristic of a row about everybody of that sex and age."""


def read_open_prevalence(path: Path, release_id: str) -> pd.DataFrame:
    """The table as rows of ``survey_estimates``; blank rows of the original have none.

    Args:
        path: ONS's zip, or the CSV file out of it.

    ``characteristic`` is ``all`` or ``<variable>: <value>``; ``sheet`` is the name of the CSV file
    and ``cell`` the place of the estimate in it, its header being row 1.

    Raises:
        Problem: not a zip with one CSV file, or columns missing or unknown.
        Problems: measures or values the layout does not know, percentages outside 0 to 100,
            negative standard errors, a base under ten beside an estimate or an estimate
            without its standard error and base; all at once, each with its cell.
    """
    name, content = _content(path)
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Problem(f"{name} is not CSV in UTF-8 ({shown(fault)}). Fetch it again.") from fault
    if short := next((n for n, line in enumerate(lines) if len(line) != len(lines[0])), None):
        raise Problem(
            f"{name}, row {short + 1}, has {len(lines[short])} fields; expected {len(lines[0])}."
        )
    reader = iter(lines)
    places = _places(name, next(reader, []))
    measures = {row["variable"]: row["measure_id"] for row in read_rows(FOLDER / "measures.csv")}
    values = {
        (row["role"], row["value"]): row["meaning"] for row in read_rows(FOLDER / "values.csv")
    }
    problems: dict[str, str] = {}
    rows = []
    for number, line in enumerate(reader, start=2):
        cells = {role: line[index].strip() for role, index in places.items()}
        where = f"{name}, cell {address(number - 1, places['estimate'])}"
        for unknown in _unknown(cells, measures, values, name, number):
            problems.setdefault(unknown.line, unknown.sentence)
        figures = _figures(cells, where, problems)
        if figures is None or problems:
            continue
        estimate, error, base = figures
        end = _quarter_end(cells, where)
        rows.append(
            {
                "release_id": release_id,
                "measure_id": measures[cells["measure"]],
                "unit_base": values["level", cells["level"]],
                "sex": values["sex", cells["sex"]],
                "age": cells["age"],
                "characteristic": _characteristic(cells),
                "period_start": first_day(end),
                "period_end": end,
                "estimate": estimate / 100,
                "standard_error": error / 100,
                "n_unweighted": base,
                "published_significance": pd.NA,
                "sheet": name,
                "cell": address(number - 1, places["estimate"]),
                "seen": "file",
                "source": SOURCE,
            }
        )
    if problems:
        raise Problems(list(problems.values()))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    table = table_of("survey_estimates", rows).assign(workbook_sha256=sha256)
    return checked("survey_estimates", table, SURVEY_ESTIMATES)


def _content(path: Path) -> tuple[str, bytes]:
    if path.stat().st_size > MAX_UNPACKED_BYTES:
        raise Problem(
            f"{path.name} has {path.stat().st_size:,} bytes; expected at most "
            f"{MAX_UNPACKED_BYTES:,}. Is this the open data table?"
        )
    content = path.read_bytes()
    if not content.startswith(ZIP_MAGIC):
        return path.name, content
    try:
        return _unpacked(path.name, content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Problem(
            f"{path.name} is cut short, damaged or locked ({shown(error)}); expected a whole zip "
            "file. Fetch it again."
        ) from error


def _unpacked(zip_name: str, content: bytes) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".csv")]
        if len(members) != 1 or members[0].file_size > MAX_UNPACKED_BYTES:
            raise Problem(
                f"{zip_name} holds {shown(', '.join(archive.namelist())) or 'nothing'}; "
                f"expected one CSV file of at most {MAX_UNPACKED_BYTES:,} bytes. Is this the open "
                "data table?"
            )
        return Path(members[0].filename).name, archive.read(members[0])


def _places(name: str, header: list[str]) -> dict[str, int]:
    roles = {row["column"]: row["role"] for row in read_rows(FOLDER / "columns.csv")}
    unknown = [column for column in header if column not in roles]
    missing = [column for column in roles if column not in header]
    if unknown or missing:
        raise Problem(
            f"{name}, row 1: columns missing: {', '.join(missing) or 'none'}; columns not known: "
            f"{', '.join(map(repr, unknown)) or 'none'}. Expected {', '.join(roles)}; if a column "
            f"was renamed, change its line in {relative(FOLDER / 'columns.csv')}."
        )
    return {roles[column]: index for index, column in enumerate(header)}


def _unknown(
    cells: dict[str, str],
    measures: dict[str, str],
    values: dict[tuple[str, str], str],
    name: str,
    number: int,
) -> Iterator[Unknown]:
    where, name_it = f"{name}, row {number}", "If you know what it is"
    if cells["measure"] not in measures:
        said = f"{where}: the measure {cells['measure']!r} is not known. {name_it}"
        yield proposal(FOLDER / "measures.csv", [cells["measure"], "?"], said)
    for role in ("sex", "level", "type", "geography"):
        if (role, cells[role]) not in values:
            known = ", ".join(value for kind, value in values if kind == role)
            said = f"{where}: the {role} {cells[role]!r} is not known; known are {known}. {name_it}"
            yield proposal(FOLDER / "values.csv", [role, cells[role], "?"], said)


def _figures(
    cells: dict[str, str], where: str, problems: dict[str, str]
) -> tuple[float, float, float] | None:
    """Estimate, standard error (both in per cent) and base; None for a row left blank."""
    texts = [cells["estimate"], cells["standard_error"], cells["n"]]
    if not any(_present(text) for text in texts[:2]):
        return None
    try:
        estimate, error, base = (float(text) for text in texts)
    except ValueError:
        problems[where] = (
            f"{where}: {' / '.join(texts)} are not an estimate, a standard error and a base; "
            "expected three numbers, or blanks under ten respondents"
        )
        return None
    if not 0 <= estimate <= 100:
        problems[where] = f"{where}: holds {estimate:g}; expected a percentage from 0 to 100"
    elif error < 0 or (error == 0 and 0 < estimate < 100):
        problems[where] = (
            f"{where}: a standard error of {error:g} beside an estimate of {estimate:g} %; "
            "expected more than 0 where the sample held some victims"
        )
    elif base < FEWEST_RESPONDENTS:
        problems[where] = (
            f"{where}: an estimate on a base of {base:g}; expected a blank under "
            f"{FEWEST_RESPONDENTS} respondents"
        )
    return estimate, error, base


def _present(text: str) -> bool:
    return text not in ("", "NA", ".")


def _characteristic(cells: dict[str, str]) -> str:
    if cells["characteristic_var"] == TOTAL:
        return "all"
    return f"{cells['characteristic_var']}: {cells['characteristic'] or 'not stated'}"


def _quarter_end(cells: dict[str, str], where: str) -> date:
    try:
        return month_end(int(cells["year"]), 3 * int(cells["quarter"]))
    except ValueError as error:
        raise Problem(
            f"{where}: year {cells['year']!r} and quarter {cells['quarter']!r} are no quarter; "
            "expected a year and 1 to 4"
        ) from error
