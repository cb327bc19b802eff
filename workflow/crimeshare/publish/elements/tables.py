"""Tables that a screen reader can speak: caption, headers with a scope, markers explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path
from textwrap import shorten
from typing import Any, Self

import pandas as pd

from crimeshare.columns import column as column_of
from crimeshare.publish.elements.downloads import table_link
from crimeshare.publish.elements.figures import MARKERS, NOT_GIVEN, Figure
from crimeshare.publish.elements.output import Output, figures_in
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.provenance import sources
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("shared.md.j2"))

Content = Figure | str

# Text of no more characters than the first is not broken, that of more than the second asks for
# room to wrap in.
SHORT, LONG = 18, 24

# A caption's place and year lie within so many characters, and no file system objects to them.
NAME_LENGTH = 100


@dataclass(frozen=True)
class Table(Output):
    """A table of the report.

    Attributes:
        caption: what the table shows, where and when; HTML.
        columns: the column headers; the first heads the row labels. HTML.
        rows: as many contents as there are columns; the first labels its row. Figures are set
            flush right; text may hold HTML.
        notes: sentences below the table; HTML.
        styles: how figures are written, by column; see :meth:`Figure.words`.
        wide: takes the full width of the page instead of half of it.
        sortable: has no order of its own that a reader would miss; a script makes its headers
            buttons that sort.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Content]]
    notes: Sequence[str] = ()
    styles: Sequence[str] = ()
    wide: bool = False
    sortable: bool = False

    @classmethod
    def worded(cls, words: Sequence[str], rows: Sequence[Sequence[Content]], **looks: Any) -> Self:
        """A table whose words are the points of a passage.

        Args:
            words: the caption, the headers parted by ``|``, and the notes.
            looks: `styles`, `wide` and `sortable`.
        """
        caption, columns, *notes = words
        return cls(caption, columns.split(" | "), rows, notes, **looks)

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"a row of the table {self.caption!r} has {len(row)} cells"
                    f" where its header has {len(self.columns)}: {row!r}"
                )

    def _repr_html_(self) -> str:
        numeric = [
            any(isinstance(row[position], Figure) for row in self.rows)
            for position in range(len(self.columns))
        ]
        kinds = [
            "number" if number else self._length(position)
            for position, number in enumerate(numeric)
        ]
        # A wide table scrolls inside its own box, which therefore must take the keyboard's focus.
        return WORDS.passage(
            "table",
            table=self,
            head=zip(self.columns, kinds, strict=True),
            body=[zip(map(self._text, count(), row), kinds, strict=True) for row in self.rows],
            notes=self._notes(),
            link=table_link(_file_name(plain(self.caption))) if self._figures() else "",
            cells=sources(self._figures()),
        )

    def __repr__(self) -> str:
        return f"Table: {self.caption}"

    def shown(self) -> Iterator[dict[str, Any]]:
        """Its figures as data, row by row."""
        caption = " ".join(plain(self.caption).split())
        yield from figures_in(self.caption, caption)
        for header in self.columns:
            yield from figures_in(header, caption)
        for row in self.rows:
            texts = [self._text(position, content) for position, content in enumerate(row)]
            label = " ".join(plain(texts[0]).split())
            for text in texts:
                yield from figures_in(text, caption, label)
        for note in self.notes:
            yield from figures_in(note)

    def _length(self, position: int) -> str:
        """What a column of text is called by its longest; row labels may always be broken."""
        texts = [text for row in self.rows if isinstance(text := row[position], str)]
        longest = max((len(re.sub(r"<[^>]*>", "", text)) for text in texts), default=0)
        if longest > LONG:
            return "long"
        return "short" if position and longest <= SHORT else ""

    def _figures(self) -> list[Figure]:
        return [content for row in self.rows for content in row if isinstance(content, Figure)]

    def _text(self, position: int, content: Content) -> str:
        if isinstance(content, Figure):
            return format(content, self.styles[position] if position < len(self.styles) else "")
        return content

    def _notes(self) -> list[str]:
        marked = {figure.marker or "" for figure in self._figures() if figure.value is None}
        meanings = dict(sorted(MARKERS.get(marker, NOT_GIVEN) for marker in marked))
        explained = (f"{escape(symbol)} {escape(said)}." for symbol, said in meanings.items())
        return [*explained, *self.notes]


def table(
    frame: pd.DataFrame,
    columns: Sequence[str | Callable[[Row], Content]],
    *,
    label: str | Callable[[Row], str],
    words: Sequence[str],
    link: Callable[[Row], str] | None = None,
    wide: bool = False,
    sortable: bool = False,
) -> Table:
    """A table of a frame, a row a row and a column a column.

    Args:
        columns: numbers of its table; figures, or texts as HTML, that the frame was given; or what
            gives the content of a row.
        label: column of the labels of the rows, HTML, or what gives that of a row.
        link: the address that the label of a row leads to, from the root of the report; empty
            where it leads nowhere.
    """
    contents = [
        [_label(row, label, link), *(_content(row, name) for name in columns)]
        for row in rows(frame)
    ]
    return Table.worded(
        words,
        contents,
        styles=[_style(column) for column in zip(*contents, strict=True)],
        wide=wide,
        sortable=sortable,
    )


def _label(
    row: Row,
    label: str | Callable[[Row], str],
    link: Callable[[Row], str] | None,
) -> str:
    text = str(row[label] if isinstance(label, str) else label(row))
    address = link(row) if link else ""
    return f'<a href="{address}">{text}</a>' if address else text


def _content(row: Row, name: str | Callable[[Row], Content]) -> Content:
    content = getattr(row, name) if isinstance(name, str) else name(row)
    return content if isinstance(content, Figure) else str(content or "")


def _style(contents: Sequence[Content]) -> str:
    """How the figures of a column are written, as ``columns.yaml`` says of what they are."""
    for content in contents:
        if isinstance(content, Figure) and content.column:
            what = column_of(*content.column.split("."))
            # The header says of what they are points.
            bare = "bare" if what.unit == "percentage_points" else ""
            return f"{'signed' if what.signed else ''} {bare}".strip()
    return ""


def _file_name(caption: str) -> str:
    """The first words of a caption as a name that every system can save."""
    words = re.sub(r"[^a-z0-9]+", " ", caption.lower())
    return shorten(words, NAME_LENGTH, placeholder="").replace(" ", "-")


@dataclass(frozen=True)
class Facts(Output):
    """Numbers at a glance: each value with what it is and how sure it is; HTML."""

    facts: Sequence[tuple[str, str, str]]

    def _repr_html_(self) -> str:
        return WORDS.passage("facts", facts=self.facts)

    def __repr__(self) -> str:
        return "; ".join(plain(f"{value} {what}") for value, what, _ in self.facts)
