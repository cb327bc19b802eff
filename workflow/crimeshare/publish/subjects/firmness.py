"""How firm an area's figures are: the range of a force's rank, and its own steps of recording."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.subjects.estimates import TOTAL, Place, built_root
from crimeshare.reference import offences

RANK_INTERVALS = Path("results/estimates/rank_intervals.parquet")
LEVEL_SHIFTS = Path("results/estimates/level_shifts.parquet")


@dataclass(frozen=True)
class Firmness:
    """The rows of `RANK_INTERVALS` and of `LEVEL_SHIFTS` about whole groups."""

    ranges: list[dict[str, Any]]
    shifts: list[dict[str, Any]]

    def rank_range(self, place: Place) -> str:
        """Between which ranks a force's quarters leave it, in words; nothing for other areas."""
        estimates = place.estimates
        for row in self.ranges:
            own = (row["area_code"], row["offence_id"]) == (
                place.area.area_code,
                estimates.offence_id,
            )
            if own and row["period_end"] == estimates.latest.period_end:
                low, high = (self._rank(place, row, end) for end in ("lower", "upper"))
                return (
                    f"Its quarters leave {place.words} between {low} and {high}: the range of the "
                    f"rank, which is no confidence interval."
                )
        return ""

    @staticmethod
    def _rank(place: Place, row: dict[str, Any], end: str) -> Figure:
        share = place.share()
        return Figure(
            f"rank_{end}.{share.figure_id.removeprefix('share.')}",
            row[end],
            "rank",
            share.cells,
            f"the {end} end of the range of the rank of {share.named}",
        )

    def steps(self, place: Place) -> list[str]:
        """Where the force's own recording moved to another level, and no known rule explains it."""
        wanted = (TOTAL, place.estimates.offence_id)
        return [
            self._step(place, row)
            for row in self.shifts
            if row["area_code"] == place.area.area_code
            and row["offence_id"] in wanted
            and row["recording_change"] is None
        ]

    @staticmethod
    def _step(place: Place, row: dict[str, Any]) -> str:
        count = place.count(offence_id=row["offence_id"])
        shift = Figure(
            f"level_shift.{place.slug}.{row['offence_id']}.{row['quarter_end']:%Y-%m}",
            row["shift_pct"] / 100,
            "change",
            count.cells[:1],
            f"step of the quarters ending {row['quarter_end']} beside those of all other forces",
        )
        name = prose.lower_first(offences()[row["offence_id"]].name)
        return (
            f"Recording of {name} in {place.words} moved to another level in the quarter ending "
            f"{prose.month(row['quarter_end'])}: {shift:signed} beside all other forces. The cause "
            f"is not known here."
        )


def open_firmness(root: Path | None = None) -> Firmness:
    """The tables of the build that the working directory is in; see `built_root`."""
    root = root or built_root(RANK_INTERVALS, LEVEL_SHIFTS)
    files = (root / RANK_INTERVALS, root / LEVEL_SHIFTS)
    return _read(files, tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=2)
def _read(files: tuple[Path, Path], stamp: tuple[int, ...]) -> Firmness:
    ranges, shifts = (pq.read_table(file) for file in files)
    # Without open data there are no quarters, and tables without rows.
    if ranges.num_rows:
        ranges = ranges.filter(pc.equal(ranges["period_end"], pc.max(ranges["period_end"])))
    return Firmness(ranges.to_pylist(), shifts.filter(pc.is_null(shifts["code"])).to_pylist())
