"""A small mirror on a real web server, and a client of it that does not wait."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from crimeshare.sources.registry import Release
from crimeshare.sources.website import Website
from tests.loopback import Loopback

DATASET = "/crime/datasets/policeforceareadatatables"
EDITION = f"{DATASET}/yearendingdecember2024"
FILE = f"{EDITION}/tables.xlsx"
# No workbook, but begins as one does; long enough to be cut in the middle.
WORKBOOK = b"PK\x03\x04" + bytes(range(256)) * 800


@dataclass
class Client:
    """A website, and the seconds it would have waited."""

    website: Website
    waits: list[float] = field(default_factory=list)


def write_page(tree: Path, uri: str, body: object) -> None:
    path = tree / uri.lstrip("/") / "data.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A mirror of one dataset with one edition, which names one version that is gone."""
    tree = tmp_path / "mirror"
    write_page(
        tree,
        DATASET,
        {
            "type": "dataset_landing_page",
            "uri": DATASET,
            "description": {"title": "Police force area tables", "nextRelease": "To be announced"},
            "datasets": [{"uri": EDITION}],
        },
    )
    write_page(
        tree,
        EDITION,
        {
            "type": "dataset",
            "uri": EDITION,
            "downloads": [{"file": "tables.xlsx"}],
            "supplementaryFiles": [],
            "versions": [
                {
                    "uri": f"{EDITION}/previous/v1",
                    "updateDate": "2025-05-06T08:30:00.000Z",
                    "correctionNotice": "Rates were too high.",
                    "label": "",
                }
            ],
            "description": {
                "edition": "Year ending December 2024",
                "releaseDate": "2025-04-24T08:30:00.000Z",
            },
        },
    )
    (tree / FILE.lstrip("/")).write_bytes(WORKBOOK)
    return tree


@pytest.fixture
def server(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Loopback(tree) as server:
        yield server


@pytest.fixture
def client(server: Loopback) -> Client:
    waits: list[float] = []
    website = Website(
        server.url,
        contact="someone@example.org",
        max_bytes=1_000_000,
        # Long enough for a machine that is busy with other tests.
        timeout=1.5,
        sleep=waits.append,
    )
    return Client(website, waits)


@pytest.fixture
def release() -> Release:
    return registered(WORKBOOK)


def registered(content: bytes | None, path: str = FILE) -> Release:
    """Return the row of a release pinned to `content`, or unpinned."""
    return Release(
        release_id="pfa-2024-12",
        dataset="pfa",
        period_end=date(2024, 12, 31),
        edition="Year ending December 2024",
        published=None,
        path=path,
        sha256=hashlib.sha256(content).hexdigest() if content else "",
        bytes=len(content) if content else None,
        pin_basis="file" if content else "unpinned",
        status="shipped",
        note="",
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "releases"


@pytest.fixture
def target(store: Path) -> Path:
    return store / "pfa-2024-12" / "tables.xlsx"
