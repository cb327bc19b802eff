"""What is handed on between the steps: stretches of a text, and slots."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Span:
    """A stretch of a text.

    Attributes:
        start, end: characters of the text.
        kind: what it is, such as ``percent``, ``area`` or ``period``.
        value: what it means; of a number the words themselves.
        other: of an area, what it may mean too, though the text names the one elsewhere.
    """

    start: int
    end: int
    kind: str
    value: Any
    other: tuple[str, ...] = ()


@dataclass(frozen=True)
class Year:
    """The last day of a year, and what has to be said of how it was read."""

    period_end: date
    doubt: str = ""


@dataclass(frozen=True)
class Offending:
    """What an offence word may mean: ids of groups or codes, the likeliest first."""

    ids: tuple[str, ...]
    reading: str = ""


@dataclass(frozen=True)
class Respondents:
    """Whom a survey asked; ``sex`` and ``age`` are empty where the words name none."""

    sex: str
    age: str
    households: bool = False


class Unplaced(Exception):
    """A number that is not tied to a statement, with why."""


class Unsaid(Unplaced):
    """The words around it do not tell what it is of; its digits may."""


@dataclass
class Topic:
    """What a text is about so far.

    Attributes:
        area, offence, period: of the last statement that named one.
        since: the year that the last change is from, where words named it.
        before: the area that was told of before the last.
        force: the last area that is no part of a police force's.
        survey: whether a survey's figures are told, and of which measure.
        fraud: what of fraud was named last, which police do not count.
        rank, ranked: the order of the last place in one, and the area whose members it orders.
        latest: the latest year that was told of, though the last be another.
        place: the last part of a force that was named, with a number or without.
        quarter: whether what was told last is of a part of a year.
        lifetime: whether the survey's question reaches back to the age of 16.
        nowhere: whether the whole text names no area.
        brackets: whether numbers in brackets are those of the year before.
    """

    area: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    force: tuple[str, ...] = ()
    offence: Offending | None = None
    period: Year | None = None
    latest: Year | None = None
    place: tuple[str, ...] = ()
    quarter: bool = False
    since: Year | None = None
    survey: bool = False
    lifetime: bool = False
    abroad: str = ""
    rank: str = ""
    ranked: str = ""
    measure: str = ""
    fraud: str = ""
    nowhere: bool = False
    brackets: bool = False


@dataclass
class Slots:
    """What was found for a number, and which of it was taken from afar."""

    area: tuple[str, ...] = ()
    offence: Offending | None = None
    period: Year | None = None
    since: Year | None = None
    guessed: bool = False
    assumed: list[str] = field(default_factory=list)
