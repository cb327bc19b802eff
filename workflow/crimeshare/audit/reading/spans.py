"""A stretch of a text that is something: a number, a year, a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Span:
    """A stretch of a text.

    Attributes:
        start, end: characters of the text.
        kind: what it is, such as ``percent``, ``area`` or ``period``.
        value: what it means; of a number the words themselves.
    """

    start: int
    end: int
    kind: str
    value: Any
