"""The published figures that statements are judged by, of a build or as they are shipped.

Nothing here takes pandas or pyarrow: a statement is judged from the command line within a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from crimeshare.audit.vintages import Published, open_published
from crimeshare.reference import Area, areas, partnerships
from crimeshare.sources.registry import REGISTRY, Release, read_registry


@dataclass(frozen=True)
class Evidence:
    """Published figures, and what has to be known to judge by them."""

    registry: Mapping[str, Release]
    published: Published

    @cached_property
    def periods(self) -> set[date]:
        """Ends of the years that statements on recorded crime may be about."""
        ends = {release.period_end for release in self.registry.values()}
        newest = max(ends, default=date(2003, 3, 31))
        # Table A5a begins with the year ending March 2003; figures end with a quarter.
        return {
            day
            for year in range(2003, newest.year + 1)
            for day in (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))
            if day <= newest
        }

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Every area that a statement may be about, by code: partnerships are among them."""
        forces = {code: of.area_code for code, of in partnerships().items()}
        return areas() | {
            code: Area(code, name, "partnership", forces.get(code, ""))
            for code, name in self.published.partnerships.items()
        }


def open_evidence(root: Path) -> Evidence:
    """What a build in ``root`` has written, or what is shipped there."""
    return Evidence(read_registry(root / REGISTRY), open_published(root))
