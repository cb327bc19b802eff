"""Read the open data table of personal crime prevalence: estimate, standard error and base.

ONS publishes it as a zip with one CSV file: one row for each measure, sex, age band and
characteristic, percentages with their standard errors.  A row of fewer than ten respondents
is blank; a standard error of 0 stands where the sample held no victims.  What its columns,
measures and values are called is data in ``layouts/open_prevalence/``.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from crimeshare.periods import month_end
from crimeshare.problems import Problem, Problems, shown
from crimeshare.products import digest
from crimeshare.reference import read_rows
from crimeshare.tables import LAYOUTS
from crimeshare.tables.combining import survey_estimates
from crimeshare.tables.grid import MAX_UNPACKED_BYTES, ZIP_MAGIC, address
from crimeshare.tables.layout import proposal, relative

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
    rows = _rows(name, content)
    measures = {row["variable"]: row["measure_id"] for row in read_rows(FOLDER / "measures.csv")}
    values = pd.DataFrame(read_rows(FOLDER / "values.csv"))
    meanings = {str(role): known for role, known in values.groupby("role", sort=False)}
    if unknown := list(_unknown(rows, measures, meanings)):
        raise Problems(unknown)
    rows = rows[~rows[["estimate", "standard_error"]].isin(["", "NA", "."]).all(axis=1)]
    figures = rows[["estimate", "standard_error", "n"]].apply(pd.to_numeric, errors="coerce")
    if wrong := _wrong(rows, figures):
        raise Problems(wrong)
    level, sex = (
        rows[role].map(meanings[role].set_index("value")["meaning"]) for role in ("level", "sex")
    )
    parts = rows["characteristic_var"] + ": " + rows["characteristic"].replace("", "not stated")
    return survey_estimates(
        pd.DataFrame(
            {
                "measure_id": rows["measure"].map(measures),
                "unit_base": level,
                "sex": sex,
                "age": rows["age"],
                "characteristic": parts.where(rows["characteristic_var"] != TOTAL, "all"),
                "period_end": list(map(_quarter_end, rows["year"], rows["quarter"], rows["where"])),
                "estimate": figures["estimate"] / 100,
                "standard_error": figures["standard_error"] / 100,
                "n_unweighted": figures["n"],
                "cell": rows["cell"],
            }
        ),
        release_id=release_id,
        workbook_sha256=digest(path),
        sheet=name,
        source=SOURCE,
    )


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


def _rows(name: str, content: bytes) -> pd.DataFrame:
    """The rows as text by role, each with the ``cell`` of its estimate, ``where`` and ``row``."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Problem(f"{name} is not CSV in UTF-8 ({shown(fault)}). Fetch it again.") from fault
    if short := next((n for n, line in enumerate(lines) if len(line) != len(lines[0])), None):
        raise Problem(
            f"{name}, row {short + 1}, has {len(lines[short])} fields; expected {len(lines[0])}."
        )
    header = lines[0] if lines else []
    roles = {row["column"]: row["role"] for row in read_rows(FOLDER / "columns.csv")}
    unknown = [column for column in header if column not in roles]
    missing = [column for column in roles if column not in header]
    if unknown or missing:
        raise Problem(
            f"{name}, row 1: columns missing: {', '.join(missing) or 'none'}; columns not known: "
            f"{', '.join(map(repr, unknown)) or 'none'}. Expected {', '.join(roles)}; if a column "
            f"was renamed, change its line in {relative(FOLDER / 'columns.csv')}."
        )
    names = [roles[column] for column in header]
    rows = pd.DataFrame([[text.strip() for text in line] for line in lines[1:]], columns=names)
    cells = [address(n, names.index("estimate")) for n in range(1, len(lines))]
    return rows.assign(
        cell=cells,
        where=[f"{name}, cell {cell}" for cell in cells],
        row=[f"{name}, row {n}" for n in range(2, len(lines) + 1)],
    )


def _unknown(
    rows: pd.DataFrame, measures: Mapping[str, str], meanings: Mapping[str, pd.DataFrame]
) -> Iterator[str]:
    """A sentence for each measure and value that the layout does not know, where it is first."""
    known = {"measure": list(measures)}
    known |= {role: list(of["value"]) for role, of in meanings.items()}
    for role, names in known.items():
        for first in rows[~rows[role].isin(names)].drop_duplicates(role).to_dict("records"):
            said = f"{first['row']}: the {role} {first[role]!r} is not known"
            if role == "measure":
                file, line = FOLDER / "measures.csv", [first[role], "?"]
            else:
                said += f"; known are {', '.join(names)}"
                file, line = FOLDER / "values.csv", [role, first[role], "?"]
            yield proposal(file, line, f"{said}. If you know what it is").sentence


def _wrong(rows: pd.DataFrame, figures: pd.DataFrame) -> list[str]:
    """A sentence for each row whose estimate, standard error (in per cent) and base cannot be."""
    estimate, error, base = (figures[name] for name in figures)
    faults = {
        "{where}: {estimate} / {standard_error} / {n} are not an estimate, a standard error and a "
        "base; expected three numbers, or blanks under ten respondents": figures.isna().any(axis=1),
        "{where}: holds {estimate}; expected a percentage from 0 to 100": ~estimate.between(0, 100),
        "{where}: a standard error of {standard_error} beside an estimate of {estimate} %; expected"
        " more than 0 where the sample held some victims": (error < 0)
        | ((error == 0) & (estimate > 0) & (estimate < 100)),
        "{where}: an estimate on a base of {n}; expected a blank under "
        f"{FEWEST_RESPONDENTS} respondents": base < FEWEST_RESPONDENTS,
    }
    said = pd.Series(np.select(list(faults.values()), list(faults), ""), index=rows.index)
    found = rows.assign(said=said)[said != ""]
    return [row["said"].format_map(row) for _, row in found.iterrows()]


def _quarter_end(year: str, quarter: str, where: str) -> date:
    try:
        return month_end(int(year), 3 * int(quarter))
    except ValueError as error:
        raise Problem(
            f"{where}: year {year!r} and quarter {quarter!r} are no quarter; "
            "expected a year and 1 to 4"
        ) from error
