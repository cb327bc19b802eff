"""Workbooks in the shape of ONS's appendix tables, written from shipped figures.

The figures know the sheet, cell, label and marker of everything that is read; what stands
around it (titles, covers, notes, sheets that are not read) is added here, in the words of either
layout.  A test then spoils single cells.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import xlsxwriter

from crimeshare.tables import (
    appendix,
    appendix_layout,
    appendix_offences,
)
from crimeshare.tables.grid import Workbook
from crimeshare.tables.observations import SurveyObservation, read_observations
from tests.facsimile import Place, opened, place

Cell = str | float

TITLES = {
    "incidents": "Table A1a: Trends in incidents of CSEW headline crime, people aged 16 and over "
    "or households (1,000s) [notes 1, 2, 3, 4]",
    "incidents_change": "Table A1b: Trends in incidents of CSEW headline crime, people aged 16 and "
    "over or households, percentage change and statistical significance of change [notes 1, 14]",
    "incidence_rate": "Table A2a: Trends in incident rates of CSEW headline crime, per 1,000 "
    "people aged 16 and over or households [notes 1, 2, 3, 15]",
    "incidence_rate_change": "A2b: Trends in CSEW incidence rates, year ending September 2022 "
    "compared to selected years, with percentage change and statistical significance of change",
    "prevalence": "Table A3a: Trends in CSEW headline crime, percentages of people aged 16 and "
    "over or households who were victims once or more (prevalence risks) [notes 1, 2, 3, 17]",
    "prevalence_change": "Table A3b: Trends in CSEW percentages of adults aged 16 and "
    "over/households who were victims once or more, with percentage point change and statistical "
    "significance of change [note 13]",
    "victims": "Table A8a: Trends in CSEW victims of crime (1,000s)",
    "victims_change": "Table A4b: Trends in CSEW victims of crime, people aged 16 and over or "
    "households, percentage change and statistical significance of change [notes 1, 2, 3]",
    "offence_codes": "Table A5a:  Police recorded crime by offence, year ending March 2003 to year "
    "ending December 2025 and percentage change [notes 1, 2]",
    "offence_subcodes": "Table B2: Breakdown of selected Violence Against Women and Girls (VAWG) "
    "offences [note 1]",
}


class Facsimile:
    """Sheets by name, each a dictionary of cells by place, in the order of the workbook."""

    def __init__(self) -> None:
        self.sheets: dict[str, dict[Place, Cell]] = {}
        self.roles: dict[tuple[str, Place], str] = {}

    @classmethod
    def of(cls, figures: Path, title: str) -> Facsimile:
        """The workbook that ``figures`` were read from, as far as they tell.

        ``title`` stands on the cover.
        """
        observations = read_observations(SurveyObservation, figures)
        book = cls()
        book.sheets["Cover Sheet"] = {(0, 0): title, (1, 0): "Information"}
        book.sheets["Notes_A1 to A4"] = {(0, 0): "Notes", (3, 0): "Note number"}
        tables: dict[tuple[str, str], list[SurveyObservation]] = {}
        for row in observations:
            tables.setdefault((row.sheet, row.table), []).append(row)
        for (sheet, table), rows in tables.items():
            book._add(sheet, table, rows)
        book.sheets["Table of contents"] = {
            (row, column): text
            for row, (sheet, table) in enumerate(tables)
            for column, text in enumerate((sheet, TITLES[table].partition(": ")[2]))
        }
        book.sheets["Table_E1"] = {
            (0, 0): "Table E1:  Numbers of CSEW crimes by quarter of interview",
            (6, 0): "Offence group",
            (6, 1): "Jan to Mar 2025",
            (7, 0): "VIOLENCE",
            (7, 1): 1.0,
        }
        return book

    def _add(self, name: str, table: str, rows: Iterable[SurveyObservation]) -> None:
        sheet = self.sheets.setdefault(name, {})

        def put(place: Place, role: str, cell: Cell) -> None:
            sheet[place] = cell
            self.roles[name, place] = role

        placed = [(place(row.cell), row) for row in rows]
        first_row = min(at[0] for at, _ in placed)
        first_column = min(at[1] for at, _ in placed)
        coded = table == "offence_codes"
        label_column = first_column - 1
        put((first_row - 2, label_column - coded), "title", TITLES[table])
        if (0, 0) not in sheet:
            put((0, 0), "title", TITLES[table])
        if coded:
            put((first_row - 1, label_column - 1), "header", "Offence\n code")
            put((first_row - 1, label_column), "header", "Offence category")
        elif table == "offence_subcodes":
            put((first_row - 1, label_column), "header", "Offence")
        else:
            put((first_row - 1, label_column), "header", "Offence group\n[note 5]")
        for (row, column), figure in placed:
            put((first_row - 1, column), "year", figure.column_label)
            put((row, label_column), "label", figure.row_label)
            if coded and figure.item_id is not None:
                put((row, label_column - 1), "code", _code_cell(figure.item_id))
            flag = figure.statistic == "significant"
            put((row, column), "flag" if flag else "figure", _figure_cell(figure))

    def __getitem__(self, address: tuple[str, str]) -> Cell:
        sheet, cell = address
        return self.sheets[sheet].get(place(cell), "")

    def __setitem__(self, address: tuple[str, str], value: Cell) -> None:
        sheet, cell = address
        self.sheets[sheet][place(cell)] = value

    def change(self, roles: str, change: Callable[[Cell], Cell]) -> None:
        """Write every cell anew that is a ``title``, ``header``, ``year``, ``label``, ...

        Those of the sheets that are not read have no role and stay as they are.
        """
        for (name, at), role in self.roles.items():
            if role in roles.split():
                self.sheets[name][at] = change(self.sheets[name][at])

    @property
    def tables(self) -> list[str]:
        """The sheets with tables that are read."""
        return list(dict.fromkeys(name for name, _ in self.roles))

    def header(self, sheet: str) -> int:
        """The row (0-based) of a sheet's header."""
        return next(
            place[0]
            for (name, place), role in self.roles.items()
            if name == sheet and role == "header"
        )

    def rename(self, change: Callable[[str], str]) -> None:
        """Name the sheets with tables anew."""
        tables = set(self.tables)
        names = {name: change(name) if name in tables else name for name in self.sheets}
        self.sheets = {names[name]: cells for name, cells in self.sheets.items()}
        self.roles = {(names[name], place): role for (name, place), role in self.roles.items()}

    def insert_row(self, sheet: str, row: int, cells: dict[int, Cell] | None = None) -> None:
        """Put a row of ``cells`` at ``row`` (0-based); what stands from there on moves down."""
        self._move(sheet, lambda place: (place[0] + (place[0] >= row), place[1]))
        self.sheets[sheet] |= {(row, column): cell for column, cell in (cells or {}).items()}

    def insert_column(self, sheet: str, column: int) -> None:
        """Move what stands in ``column`` (0-based) and behind it one column to the right."""
        self._move(sheet, lambda place: (place[0], place[1] + (place[1] >= column)))

    def _move(self, sheet: str, to: Callable[[Place], Place]) -> None:
        self.sheets[sheet] = {to(place): cell for place, cell in self.sheets[sheet].items()}
        self.roles = {
            (name, to(place) if name == sheet else place): role
            for (name, place), role in self.roles.items()
        }

    def drop_row(self, sheet: str, number: int) -> None:
        """Take row ``number`` (1-based) out of ``sheet``; the rows below move up."""
        cells = self.sheets[sheet]
        self.sheets[sheet] = {
            (row - (row >= number), column): value
            for (row, column), value in cells.items()
            if row != number - 1
        }

    def shift_right(self, sheet: str, cell: str) -> None:
        """Move the cells from ``cell`` on, to the right and down, one column to the right."""
        top, left = place(cell)
        cells = self.sheets[sheet]
        self.sheets[sheet] = {
            (row, column + (row >= top and column >= left)): value
            for (row, column), value in cells.items()
        }

    def workbook(self) -> Workbook:
        """The workbook as reading it from a file gives it, without the file."""
        return opened("appendix.xlsx", self.sheets)

    def write(self, path: Path) -> Path:
        """Write the workbook as .xlsx."""
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            for name, cells in self.sheets.items():
                sheet = book.add_worksheet(name)
                for (row, column), value in cells.items():
                    if value != "":
                        sheet.write(row, column, value)
        return path


def _figure_cell(figure: SurveyObservation) -> Cell:
    if figure.statistic == "significant":
        return "[s]" if figure.value == 1 else (figure.marker_text or "")
    return figure.value if figure.value is not None else (figure.marker_text or "")


def _code_cell(code: str) -> Cell:
    """ONS writes 4.1 as a number and '4.10' as text, so that they stay two codes."""
    try:
        number = float(code)
    except ValueError:
        return code
    return number if f"{number:g}" == code else code


def own_layout(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the appendix layout to ``folder`` and have every reader take its lines from there."""
    shutil.copytree(appendix_layout.FOLDER, folder)
    for module in (
        appendix,
        appendix_layout,
        appendix_offences,
    ):
        monkeypatch.setattr(module, "FOLDER", folder)
    return folder
