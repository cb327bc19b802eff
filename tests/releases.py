"""A small project and the mirror it asks, for tests of what is new and of pinning."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from crimeshare.releases.pinning import Project
from crimeshare.running import shipping
from crimeshare.sources.registry import COLUMNS, Release, read_registry
from crimeshare.tables.observations import ObservedRow, write_observations
from tests import facsimile
from tests.editions import DATASET, Mirror, book, folder, shifted

DATASETS = {"pfa": DATASET}
KNOWN, NEXT = date(2018, 12, 31), date(2019, 3, 31)
FILE = "tables.xlsx"


@dataclass
class Here:
    """A project in a folder of its own, and a mirror that holds its one release."""

    project: Project
    mirror: Mirror

    @property
    def registry(self) -> dict[str, Release]:
        """The registry as it stands."""
        return read_registry(self.project.registry)

    def ship(self, release_id: str, rows: Iterable[ObservedRow]) -> None:
        """Have figures shipped as those of a release."""
        with shipping(self.project.figures_of(release_id)) as path:
            write_observations(rows, path)

    def register(self, **columns: str) -> None:
        """Append a row to the registry."""
        row = {
            "dataset": "pfa",
            "edition": "Some edition",
            "pin_basis": "unpinned",
            "status": "listed",
            **columns,
        }
        with self.project.registry.open("a", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerow(row.get(c, "") for c in COLUMNS)


def set_up(root: Path) -> Here:
    """A project with YE December 2018 pinned and shipped, in a mirror that holds just that."""
    here = Here(
        Project(
            registry=root / "config" / "releases.csv",
            copies=root / "config" / "copies.csv",
            corrections=root / "config" / "corrections.yaml",
            accepted=root / "config" / "accepted.csv",
            figures=root / "figures",
            store=root / "releases",
        ),
        Mirror(root / "mirror"),
    )
    (root / "config").mkdir(parents=True)
    here.project.figures.mkdir()
    here.project.accepted.write_text(
        "release_id,area_code,item,period_end,figures\n", encoding="utf-8"
    )
    here.project.copies.write_text("release_id,sha256,bytes,note\n", encoding="utf-8")
    here.project.corrections.write_text("", encoding="utf-8")
    here.project.registry.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    here.mirror.list(KNOWN)
    workbook = here.mirror.publish(KNOWN, book("pfa-2018-12", KNOWN), FILE)
    # Those of a quarter before, since editions made from the figures of this one are to be new.
    earlier = shifted(facsimile.figures("pfa-2018-09-corrected"), KNOWN)
    rows = [replace(row, release_id="pfa-2018-12") for row in earlier]
    here.ship("pfa-2018-12", rows)
    here.register(
        release_id="pfa-2018-12",
        period_end="2018-12-31",
        path=f"{folder(KNOWN)}/{FILE}",
        sha256=sha256(workbook),
        bytes=str(workbook.stat().st_size),
        pin_basis="file",
        status="shipped",
    )
    return here


def sha256(path: Path) -> str:
    """The hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
