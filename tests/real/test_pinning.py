"""The editions as published, pinned into an empty registry as if they came out now."""

from __future__ import annotations

from pathlib import Path

import pytest

from crimeshare.releases.pinning import Project, pin_release
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import COLUMNS, Release, read_registry
from tests.conftest import ROOT
from tests.editions import DATASET
from tests.quick import quick

REGISTERED = read_registry(ROOT / "config" / "releases.csv")
EDITIONS = [
    release
    for release in REGISTERED.values()
    if release.dataset == "pfa" and release.status == "shipped"
]
NEWEST = max(EDITIONS, key=lambda release: release.period_end)


@pytest.mark.parametrize(
    "known", quick([NEWEST], of=EDITIONS), ids=lambda release: release.release_id
)
def test_an_edition_gives_the_shipped_figures_and_the_registered_pin(
    known: Release, mirror: Path, tmp_path: Path
) -> None:
    if not (mirror / known.path.lstrip("/")).is_file():
        pytest.skip(f"the mirror does not hold {known.path}")
    project = Project(
        registry=tmp_path / "releases.csv",
        copies=tmp_path / "copies.csv",
        corrections=ROOT / "config" / "corrections.yaml",
        accepted=tmp_path / "accepted.csv",
        figures=tmp_path / "figures",
        store=tmp_path / "store",
    )
    project.registry.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    project.copies.write_text("release_id,sha256,bytes,note\n", encoding="utf-8")
    source = MirrorFolder(mirror, max_bytes=10**8)
    pinned = pin_release(known.release_id, source, {"pfa": DATASET}, project=project).release
    assert (pinned.path, pinned.period_end) == (known.path, known.period_end)
    if known.pinned:
        assert (pinned.sha256, pinned.bytes) == (known.sha256, known.bytes)
    shipped = ROOT / "resources" / "figures" / f"{known.release_id}.parquet"
    assert project.figures_of(known.release_id).read_bytes() == shipped.read_bytes()
