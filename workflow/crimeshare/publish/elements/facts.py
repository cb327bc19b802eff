"""Numbers at a glance: each with what it is and how it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crimeshare.publish.elements.output import Output
from crimeshare.publish.elements.prose import plain


@dataclass(frozen=True)
class Facts(Output):
    """Numbers at a glance: each value with what it is and how sure it is; HTML."""

    facts: Sequence[tuple[str, str, str]]

    def _repr_html_(self) -> str:
        items = "".join(
            f'<li><span class="value">{value}</span><span class="what">{what}</span>'
            f'<span class="how">{how}</span></li>'
            for value, what, how in self.facts
        )
        return f'<ul class="facts">{items}</ul>'

    def __repr__(self) -> str:
        return "; ".join(plain(f"{value} {what}") for value, what, _ in self.facts)
