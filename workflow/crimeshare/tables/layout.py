"""Layouts as data: what a dataset calls its sheets, columns, areas and markers.

Each dataset has a folder in ``layouts/``.  A name that no line there knows is never
guessed at: it becomes an :class:`Unknown`, which names the nearest known names and the
line to add, and the reader goes on so that a person sees all of them at once.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from math import inf
from pathlib import Path

from crimeshare.problems import Problems
from crimeshare.reference import read_rows
from crimeshare.tables.grid import Cell
from crimeshare.tables.labels import mark, plain

_ROOT = Path(__file__).parents[3]

# More kinds of markers, or of other faults, than a person reads are not listed one by one.
_MARKERS_LISTED = 20
_MOST = 100
# What differs between two sentences that say the same of two places.
_CELL = re.compile(r", (?:cells?|row) .*")
_NUMBER = re.compile(r"-?\d[\d.e+-]*")


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


@dataclass(frozen=True)
class MarkedCell:
    """A cell with a marker nobody knows: its place, its text and what it is about."""

    where: str
    text: str
    about: object


def proposal(file: Path, values: Iterable[str], sentence: str, hint: str = "") -> Unknown:
    """A name that a further line of a layout would make known.

    Args:
        values: the line, ``?`` where only a person can say.
        sentence: what is there and what is nearest, and if what is so the line is right.
    """
    line = csv_line(values)
    return Unknown(f"{sentence}, add to {relative(file)} the line: {line}{hint}", file, line)


class UnknownNames(Problems):
    """Everything a workbook says that its layout does not know, and other faults beside it."""

    def __init__(self, unknown: list[Unknown], problems: list[str]) -> None:
        self.unknown = unknown
        super().__init__([item.sentence for item in unknown] + problems)


class Layout:
    """What a dataset calls things, and what a workbook says that it does not know.

    Attributes:
        folder: the files of the layout; ``markers.csv`` is one of them.
        markers: meanings by the text of the marker and the kind of table, ``*`` for any.
        unknown: names that are not known, with how often each was met, by the line to add.
    """

    likely_since = ""
    """Why a marker is thought to mean what :meth:`likely` says, as a part of a sentence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marker_rows = read_rows(folder / "markers.csv")
        self.markers = {(row["marker"], row["table"]): row["meaning"] for row in self._marker_rows}
        self.unknown: dict[tuple[Path, str], tuple[Unknown, int]] = {}
        self.problems: dict[str, tuple[str, int]] = {}
        self._unknown_markers: dict[tuple[str, str], list[MarkedCell]] = {}

    def add(self, *unknown: Unknown) -> None:
        """Note names that are not known."""
        for item in unknown:
            first, times = self.unknown.get((item.file, item.line), (item, 0))
            self.unknown[item.file, item.line] = first, times + 1

    def problem(self, *sentences: str) -> None:
        """Note what is wrong; what differs in cells and numbers alone is one problem of a sheet."""
        for sentence in sentences:
            place, _, words = sentence.partition(": ")
            key = _CELL.sub("", place) + _NUMBER.sub("#", words)
            first, times = self.problems.get(key, (sentence, 0))
            if times or len(self.problems) < _MOST:
                self.problems[key] = first, times + 1

    def marker(self, cell: Cell, kind: str) -> str | None:
        """What a cell that holds no figure means in a table of this kind, or None."""
        text = mark(cell)
        return self.markers.get((text, kind)) or self.markers.get((text, "*"))

    def unknown_marker(self, where: str, cell: Cell, kind: str, about: object = None) -> None:
        """Note that a cell holds neither a figure nor a marker that is known."""
        marked = MarkedCell(where, str(cell).strip(), about)
        self._unknown_markers.setdefault((mark(cell), kind), []).append(marked)

    def likely(self, kind: str, about: Sequence[object]) -> str | None:
        """What a marker that is not known probably means, by what its cells are about."""
        return None

    def told(self) -> tuple[list[Unknown], list[str]]:
        """All that was noted, each once, with how often it was met."""
        for number, ((text, kind), cells) in enumerate(self._unknown_markers.items()):
            if number == _MARKERS_LISTED:
                self.problem(
                    f"{cells[0].where}: {cells[0].text!r} and what "
                    f"{len(self._unknown_markers) - number:,} more kinds of cells hold is neither "
                    "a number nor a marker; these are not the figures of a published table"
                )
                break
            item = self._no_marker(text, kind, cells)
            self.unknown[item.file, item.line] = item, len(cells)
        self._unknown_markers.clear()
        return (
            [replace(item, sentence=_once(item.sentence, n)) for item, n in self.unknown.values()],
            [_once(sentence, times) for sentence, times in self.problems.values()],
        )

    def stop(self, whose: str) -> None:
        """Raise all that was noted, if anything was, as said of the release ``whose``."""
        unknown, problems = self.told()
        if unknown or problems:
            raise UnknownNames(
                [replace(item, sentence=f"{whose}, {item.sentence}") for item in unknown],
                [f"{whose}, {problem}" for problem in problems],
            )

    def _no_marker(self, text: str, kind: str, cells: Sequence[MarkedCell]) -> Unknown:
        """Missing is never read as zero: what an empty cell means, only a person can say."""
        meaning = self.likely(kind, [cell.about for cell in cells]) if text else None
        explained = {row["meaning"]: row["explanation"] for row in reversed(self._marker_rows)}
        what = (
            f"the marker {cells[0].text!r} is not known"
            if text
            else "an empty cell, or one with an error, where a figure belongs"
        )
        known = ", ".join(sorted({mark for mark, of in self.markers if mark and of in ("*", kind)}))
        means = (
            f"If it means {meaning.replace('_', ' ')}{self.likely_since}"
            if meaning
            else ("If you know what it means")
        )
        return proposal(
            self.folder / "markers.csv",
            [text, kind, meaning or "?", explained[meaning] if meaning else "?"],
            f"{cells[0].where}: {what}; missing is never read as zero. Markers known for "
            f"{kind.replace('_', ' ')}: {known}. {means}",
        )


def _once(sentence: str, times: int) -> str:
    place, colon, words = sentence.partition(": ")
    return f"{place} (and {times - 1:,} more){colon}{words}" if times > 1 else sentence


def header_row(
    rows: Iterable[Sequence[Cell]],
    score: Callable[[Sequence[Cell]], int],
    fewest: int = 1,
    enough: float = inf,
) -> int | None:
    """The first of the rows that scores most as the header of a table, None below ``fewest``.

    A score of ``enough`` ends the search.
    """
    best, most = None, fewest - 1
    for index, row in enumerate(rows):
        if (scored := score(row)) > most:
            best, most = index, scored
            if scored >= enough:
                break
    return best


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
        values = self._proposed(label, near[0] if near else None, list(given))
        nearest = (
            f"Nearest known: {', '.join(map(repr, near))}." if near else "Nothing known is near."
        )
        return proposal(
            self.file,
            values,
            f"{where}: {what} {label!r} is not known. {nearest} If you know what it is",
            hint if any("?" in value for value in values) else "",
        )

    def nearest(self, label: str, cutoff: float = 0.5) -> list[str]:
        """Up to three known labels at least ``cutoff`` (0 to 1) like ``label``, nearest first."""
        return difflib.get_close_matches(plain(label), list(self.rows), n=3, cutoff=cutoff)

    def _proposed(self, label: str, nearest: str | None, given: list[str]) -> list[str]:
        columns = [column for column in next(iter(self.rows.values())) if column != self.key]
        if given:
            values = given
        elif nearest:
            values = [self.rows[nearest].get(column, "") for column in columns]
        else:
            values = ["?"] * len(columns)
        return [plain(label), *values]


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
