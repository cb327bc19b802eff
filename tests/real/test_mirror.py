"""Real pages are read, and the real workbooks are those the registry pins, over HTTP as on disk."""

import json
from pathlib import Path
from typing import Any

import pytest

from crimeshare.sources.datasets import OFFICE_FOR_NATIONAL_STATISTICS
from crimeshare.sources.delivery import fetch
from crimeshare.sources.ons_pages import read_edition, read_landing, read_version
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import COPIES, REGISTRY, read_copies, read_registry, select
from crimeshare.sources.source import Missing
from crimeshare.sources.website import Website
from tests.loopback import Loopback

ROOT = Path(__file__).resolve().parents[2]
REGISTERED = read_registry(ROOT / REGISTRY)
LISTED_COPIES = read_copies(ROOT / COPIES, REGISTERED)
# Those of ONS: the Home Office's open data have no pages.
SHIPPED = [
    release.release_id
    for release in select(REGISTERED, "all")
    if release.publisher is OFFICE_FOR_NATIONAL_STATISTICS
]


@pytest.mark.parametrize("release_id", SHIPPED)
def test_server_and_folder_give_the_registered_bytes(
    release_id: str, mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, copies = REGISTERED[release_id], LISTED_COPIES.get(release_id, [])
    if not (mirror / release.path.lstrip("/")).is_file():
        pytest.skip(f"the mirror {mirror} does not hold {release_id}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Loopback(mirror) as server:
        website = Website(server.url, contact="a@b.org", max_bytes=100_000_000)
        over_http = tmp_path / "http" / release_id / release.file
        fetch(release, website, copies, over_http, tmp_path / "http")
    from_folder = tmp_path / "folder" / release_id / release.file
    folder = MirrorFolder(mirror, max_bytes=100_000_000)
    fetch(release, folder, copies, from_folder, tmp_path / "folder")
    assert over_http.read_bytes() == from_folder.read_bytes()
    sizes = {release.bytes} if release.pinned else {copy.bytes for copy in copies}
    assert over_http.stat().st_size in sizes


def test_every_page_of_the_mirror_is_read_and_registered(mirror: Path, root: Path) -> None:
    source = MirrorFolder(mirror, max_bytes=100_000_000)
    paths = {release.path for release in REGISTERED.values()}
    # A first issue that was replaced lies one folder further down.
    uris = [REGISTERED[name].edition_uri.partition("/previous/")[0] for name in SHIPPED]
    datasets = {uri.rsplit("/", 1)[0] for uri in uris}
    read = 0
    for dataset in sorted(datasets):
        for uri in read_landing(source, dataset).editions:
            for file in read_edition(source, uri).files:
                assert f"{uri}/{file}" in paths
                read += 1
    assert read == len(SHIPPED)


def test_a_version_that_is_listed_and_not_held(mirror: Path) -> None:
    source = MirrorFolder(mirror, max_bytes=100_000_000)
    edition = read_edition(source, REGISTERED["pfa-2018-06-corrected"].edition_uri)
    assert REGISTERED["pfa-2018-06-v1"].path == edition.versions[0].uri + "/"
    with pytest.raises(Missing, match="lists v1 among its previous versions"):
        read_version(source, edition.versions[0])


class SavedPages:
    """Page bodies of other ONS datasets, saved one a file: `<dataset>__<edition>__data.json`."""

    name = "saved pages"
    official = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, uri: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads((self._folder / uri).read_bytes())
        return body

    def download(self, uri: str, destination: Path) -> str | None:
        raise Missing(uri)


def test_pages_as_ons_wrote_them(mirror: Path) -> None:
    folder = mirror.parent / "ons-json"
    if not folder.is_dir():
        pytest.skip(f"no saved ONS pages beside the mirror: {folder}")
    source = SavedPages(folder)
    landings = [read_landing(source, path.name) for path in folder.glob("*__landing__*.json")]
    assert landings
    assert all(landing.title and landing.editions for landing in landings)
    pages = [path.name for path in folder.glob("*.json") if "__landing__" not in path.name]
    editions = [read_edition(source, name) for name in pages]
    assert all(edition.files for edition in editions)
    demography = read_edition(source, "businessdemography__current__data.json")
    assert [version.number for version in demography.versions] == list(range(1, 17))
    assert sum(bool(version.correction_notice) for version in demography.versions) > 0
