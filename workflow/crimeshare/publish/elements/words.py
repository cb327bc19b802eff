"""The words of pages: templates that an editor opens, whose values come from the figures.

A template is Markdown or HTML with Jinja's marks.  Each of its blocks is a passage, called by its
name; lines may be broken anywhere, and an empty line parts the points of a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import show
from crimeshare.reference import areas, offences

if TYPE_CHECKING:
    from jinja2 import Template

_SPACE = re.compile(r"(<[^>]*>)|\s+")


@dataclass(frozen=True)
class Words:
    """The passages of one template."""

    path: Path

    def passage(self, name: str, /, **values: Any) -> str:
        """One passage, on one line."""
        return _on_one_line(self._filled(name, values))

    def points(self, name: str, /, **values: Any) -> list[str]:
        """The points of a list, each on one line; one that a condition leaves empty is none."""
        points = re.split(r"\n\s*\n", self._filled(name, values))
        return [point for point in map(_on_one_line, points) if point]

    def cells(self, name: str, /, **values: Any) -> list[str]:
        """The cells of a row of a table, which stand between bars."""
        return self.passage(name, **values).split(" | ")

    def of(self, name: str, /, **values: Any) -> Callable[[Any], str]:
        """What a passage says of a row, for a column of a table."""
        return lambda row: self.passage(name, row=row, **values)

    def text(self, **values: Any) -> str:
        """A template without passages, its lines as they stand."""
        return _template(self.path).render(values)

    def _filled(self, name: str, values: dict[str, Any]) -> str:
        template = _template(self.path)
        return "".join(template.blocks[name](template.new_context(values)))


def _on_one_line(text: str) -> str:
    """Text without its line breaks, what stands inside of tags left alone."""
    return _SPACE.sub(lambda found: found[1] or " ", text).strip()


@cache
def _template(path: Path) -> Template:
    """A template, in which a name that is not given is an error."""
    # Loaded for a page that has such words, once in a kernel.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(path.parent), undefined=StrictUndefined)
    environment.filters |= {
        "agreeing": prose.agreeing,
        "area": lambda code: areas()[code].area_name,
        "counted": lambda group, number=2: prose.offences_in(offences()[group].name, number or 0),
        "day": prose.day,
        "excluding": prose.excluding,
        "figure": show,
        "is_plural": lambda group: prose.is_plural(offences()[group].name),
        "left_out": lambda row: prose.excluding(
            [*filter(None, (row["excluded"] or "").split("; "))]
        ),
        "listed": prose.listed,
        "month": prose.month,
        "offence": lambda group: offences()[group].name,
        "or_none": lambda figure, none="none": none if figure.value == 0 else show(figure),
        "named": prose.named_html,
        "number_word": prose.number_word,
        "period": prose.period,
        "place": lambda code: prose.place(areas()[code].area_name, areas()[code].area_type),
        "plural": lambda noun, number: prose.plural(number, noun),
        "lower_first": prose.lower_first,
        "upper_first": prose.upper_first,
    }
    # What one passage says with another.
    environment.globals["passage"] = Words(path).passage
    return environment.get_template(path.name)
