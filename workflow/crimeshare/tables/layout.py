"""Layouts as data: what a dataset calls its sheets, columns, areas and markers.

Each dataset has a folder in ``layouts/``.  A name that no line there knows is never
guessed at: it becomes an :class:`Unknown`, which names the nearest known names and the
line to add, and the reader goes on so that a person sees all of them at once.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from crimeshare.problems import Problems
from crimeshare.reference import read_rows
from crimeshare.tables.labels import plain

LAYOUTS = Path(__file__).parent / "layouts"
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Unknown:
    """A name in a workbook that the layout does not know.

    Attributes:
        sentence: what, where, what is there, what is nearest and what to do.
        file: the layout file that would know it.
        line: the proposed line for that file; ``?`` stands where only a person can say.
    """

    sentence: str
    file: Path
    line: str

    @property
    def complete(self) -> bool:
        """Whether the proposed line leaves nothing to be filled in."""
        return "?" not in next(csv.reader([self.line]))


class UnknownNames(Problems):
    """Everything a workbook says that its layout does not know, and other faults beside it."""

    def __init__(self, unknown: list[Unknown], problems: list[str]) -> None:
        self.unknown = unknown
        super().__init__([item.sentence for item in unknown] + problems)


class LabelMap:
    """One layout file: labels, reduced by :func:`plain`, to the other columns of their line.

    A label with ``*`` in it stands for all that begin, go on or end as it does; a label that
    is listed as it is comes first.
    """

    def __init__(self, file: Path, extra: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.file = file
        rows = read_rows(file)
        self.key = next(iter(rows[0]))
        self.rows: dict[str, Mapping[str, str]] = {_reduced(row[self.key]): row for row in rows}
        for label, row in (extra or {}).items():
            self.rows.setdefault(plain(label), row)
        self._patterns = {key: row for key, row in self.rows.items() if "*" in key}

    def find(self, label: str) -> Mapping[str, str] | None:
        """The line whose label is ``label``, or None."""
        reduced = plain(label)
        if reduced in self.rows:
            return self.rows[reduced]
        return next((row for key, row in self._patterns.items() if fnmatchcase(reduced, key)), None)

    def unknown(
        self, where: str, what: str, label: str, given: Iterable[str] = (), hint: str = ""
    ) -> Unknown:
        """Say that ``label`` is not known here, and propose a line modelled on the nearest.

        ``given`` are values of the line that the workbook itself settles, such as a code; ``hint``
        says how to fill in a ``?``.
        """
        near = self.nearest(label)
        line = self._proposed(label, near[0] if near else None, list(given))
        nearest = (
            f"Nearest known: {', '.join(map(repr, near))}." if near else "Nothing known is near."
        )
        return Unknown(
            f"{where}: {what} {label!r} is not known. {nearest} If you know what it is, "
            f"add to {relative(self.file)} the line: {line}{hint if '?' in line else ''}",
            self.file,
            line,
        )

    def nearest(self, label: str, cutoff: float = 0.5) -> list[str]:
        """Up to three known labels at least ``cutoff`` (0 to 1) like ``label``, nearest first."""
        return difflib.get_close_matches(plain(label), list(self.rows), n=3, cutoff=cutoff)

    def _proposed(self, label: str, nearest: str | None, given: list[str]) -> str:
        columns = [column for column in next(iter(self.rows.values())) if column != self.key]
        if given:
            values = given
        elif nearest:
            values = [self.rows[nearest].get(column, "") for column in columns]
        else:
            values = ["?"] * len(columns)
        return csv_line([plain(label), *values])


def _reduced(label: str) -> str:
    """A label of a layout file; a pattern is taken as it stands."""
    return label if "*" in label else plain(label)


def csv_line(values: Iterable[str]) -> str:
    """``values`` as one line of CSV, quoted where needed, without its line end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()


def relative(path: Path) -> str:
    """``path`` as a person in the project's folder would type it."""
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.as_posix()
