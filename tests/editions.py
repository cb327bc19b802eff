"""A mirror of editions as ONS would publish them, written from shipped figures."""

from __future__ import annotations

import csv
import dataclasses
import json
import pickle
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

import yaml

from crimeshare.periods import month_end
from crimeshare.running import shipping
from crimeshare.sources.datasets import SHAPES
from crimeshare.sources.registry import REGISTRY, Release, read_registry
from crimeshare.tables.counts import counts_of_files, in_order
from crimeshare.tables.misfits import misfits
from crimeshare.tables.observations import Observation, read_observations, write_observations
from tests import facsimile

DATASET = "/peoplepopulationandcommunity/crimeandjustice/datasets/policeforceareadatatables"


def folder(period_end: date) -> str:
    """Address of the edition for a year, by ONS's naming rule."""
    return f"{DATASET}/yearending{period_end:%B%Y}".lower()


def shifted(observations: Sequence[Observation], period_end: date) -> list[Observation]:
    """The same figures as those of another year."""
    years = period_end.year - max(row.period_end for row in observations).year

    def move(day: date | None) -> date | None:
        return day and month_end(day.year + years, period_end.month)

    return [
        dataclasses.replace(
            row,
            period_end=move(row.period_end),
            previous_period_end=move(row.previous_period_end),
        )
        for row in observations
    ]


def book(release_id: str, period_end: date) -> facsimile.Book:
    """The workbook of a shipped release, as if it were for another year."""
    made: facsimile.Book = pickle.loads(_pickled_book(release_id, period_end))
    return made


@cache
def _pickled_book(release_id: str, period_end: date) -> bytes:
    """Pickled, as each test changes a copy of its own."""
    return pickle.dumps(facsimile.from_figures(shifted(facsimile.figures(release_id), period_end)))


def multiply(project: Path, times: int) -> list[str]:
    """Ship more editions, each with the figures of one that is shipped; the ids of the new ones."""
    figures = project / "resources" / "figures"
    registry = read_registry(project / REGISTRY)
    shipped = [
        release
        for release in registry.values()
        if release.dataset == "pfa" and release.status == "shipped"
    ]
    corrections = project / "config" / "corrections.yaml"
    known = yaml.safe_load(corrections.read_text(encoding="utf-8"))
    made, faults = [], []
    for release, period_end in _later(shipped, (times - 1) * len(shipped)):
        release_id = f"pfa-{period_end:%Y-%m}"
        rows = read_observations(Observation, figures / f"{release.release_id}.parquet")
        rows = [
            dataclasses.replace(row, release_id=release_id)
            for row in _reorganised(shifted(rows, period_end))
        ]
        with shipping(figures / f"{release_id}.parquet") as path:
            write_observations(rows, path)
        faults += [
            {**entry, "release": release_id}
            for entry in known
            if entry["release"] == release.release_id
        ]
        listed = registry.get(release_id)
        made.append(
            dataclasses.replace(listed, status="shipped")
            if listed
            else dataclasses.replace(
                release,
                release_id=release_id,
                period_end=period_end,
                path=f"{folder(period_end)}/tables.xlsx",
                sha256="",
                bytes=None,
                pin_basis="unpinned",
            )
        )
    with (project / REGISTRY).open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(map(dataclasses.astuple, made))
    corrections.write_text(yaml.safe_dump(known + faults), encoding="utf-8")
    _accept(project)
    return [release.release_id for release in made]


def _accept(project: Path) -> None:
    """Accept the figures of made editions, which are not what other releases say of their years."""
    releases = [
        release
        for release in read_registry(project / REGISTRY).values()
        if release.status == "shipped" and release.reader in SHAPES
    ]
    files = {
        release.release_id: (
            release.reader,
            project / "resources" / "figures" / f"{release.release_id}.parquet",
        )
        for release in releases
    }
    accepted = project / "config" / "accepted.csv"
    found = misfits(counts_of_files(files), in_order(releases), accepted=accepted)
    with accepted.open("a", encoding="utf-8") as file:
        file.writelines(f"{misfit.line}\n" for misfit in found)


def _later(shipped: list[Release], number: int) -> Iterator[tuple[Release, date]]:
    """Years that no edition is about yet, the nearest first, so that they overlap."""
    taken = {release.period_end for release in shipped}
    made = 0
    for years in count(1):
        for release in reversed(shipped):
            end = month_end(release.period_end.year + years, release.period_end.month)
            if end not in taken and made < number:
                taken.add(end)
                made += 1
                yield release, end
        if made == number:
            return


def _reorganised(rows: list[Observation]) -> Iterator[Observation]:
    """One partnership under another name, one under another code, and one gone for a new one."""
    partnerships = sorted({row.area_code for row in rows if row.area_type == "partnership"})
    renamed, recoded, gone = partnerships[:3] if partnerships else ("", "", "")
    for row in rows:
        if row.area_code == gone:
            row = dataclasses.replace(row, area_code="E22999998", area_name="A new partnership")
        elif row.area_code == renamed:
            row = dataclasses.replace(row, area_name=f"New {row.area_name}")
        elif row.area_code == recoded:
            row = dataclasses.replace(row, area_code="E22999999")
        yield row


@dataclasses.dataclass
class Mirror:
    """A folder with the tree of ons.gov.uk, changed as ONS would change the site."""

    root: Path

    def page(self, uri: str) -> Path:
        """The file of a page."""
        return self.root / uri.lstrip("/") / "data.json"

    def write_page(self, uri: str, body: object) -> None:
        """Write a page, of any body."""
        self.page(uri).parent.mkdir(parents=True, exist_ok=True)
        self.page(uri).write_text(body if isinstance(body, str) else json.dumps(body), "utf-8")

    def read_page(self, uri: str) -> dict[str, object]:
        """The body of a page."""
        return json.loads(self.page(uri).read_text("utf-8"))  # type: ignore[no-any-return]

    def list(self, *periods: date, next_release: str = "") -> None:
        """The landing page with these editions, in this order."""
        self.write_page(
            DATASET,
            {
                "type": "dataset_landing_page",
                "uri": DATASET,
                "description": {"title": "Police force areas", "nextRelease": next_release},
                "datasets": [{"uri": folder(period)} for period in periods],
            },
        )

    def publish(self, period: date, content: facsimile.Book | bytes, name: str) -> Path:
        """An edition with its page and its workbook; the file of the workbook."""
        uri = folder(period)
        self.write_page(
            uri,
            {
                "type": "dataset",
                "uri": uri,
                "downloads": [{"file": name}],
                "versions": [],
                "description": {
                    "edition": f"Year ending {period:%B %Y}",
                    "releaseDate": "2030-01-01T08:30:00.000Z",
                },
            },
        )
        return self._put(f"{uri}/{name}", content)

    def correct(
        self, period: date, content: facsimile.Book | bytes, name: str, notice: str | None
    ) -> Path:
        """Put another workbook in an edition's place.

        With a notice, the old one moves to a previous version that the page lists; without, it is
        gone and the page says nothing.
        """
        uri = folder(period)
        page = self.read_page(uri)
        old = self.root / uri.lstrip("/") / page["downloads"][0]["file"]  # type: ignore[index]
        if notice is not None:
            number = len(page["versions"]) + 1  # type: ignore[arg-type]
            version = f"{uri}/previous/v{number}"
            self.write_page(version, page)
            old.rename(self.root / version.lstrip("/") / old.name)
            page["versions"] += [  # type: ignore[operator]
                {
                    "uri": version,
                    "updateDate": "2030-02-03T09:30:00.000Z",
                    "correctionNotice": notice,
                }
            ]
        else:
            old.unlink()
        page["downloads"] = [{"file": name}]
        self.write_page(uri, page)
        return self._put(f"{uri}/{name}", content)

    def _put(self, uri: str, content: facsimile.Book | bytes) -> Path:
        path = self.root / uri.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
            return path
        return facsimile.write(content, path)
