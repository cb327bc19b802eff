"""The project's own tile map: one square for each police force area, drawn up as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from crimeshare.reference import REFERENCE, read_rows


@dataclass(frozen=True)
class Tile:
    """Where a force stands on the map: column and row count from 1, from west and from north."""

    area_code: str
    area_name: str
    column: int
    row: int
    short_label: str


@cache
def tiles() -> list[Tile]:
    """The project's tile map, from ``resources/reference/tile_map.csv``."""
    return [
        Tile(r["area_code"], r["area_name"], int(r["column"]), int(r["row"]), r["short_label"])
        for r in read_rows(REFERENCE / "tile_map.csv")
    ]
