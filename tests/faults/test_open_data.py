"""The Home Office's open data by the workflow: fetched from its host, pinned, read, refused."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
import yaml

from crimeshare.configuration import read_configuration
from crimeshare.sources.delivery import fetch
from crimeshare.sources.open_source import open_source
from crimeshare.sources.registry import COLUMNS, REGISTRY, Release, read_registry
from crimeshare.sources.source import Unanswered
from tests.open_document import line, open_data
from tests.workflow.runs import sentences, snakemake

RELEASE = "prc-2025-12"
QUARTERS = "results/clean/recorded_quarters.parquet"
ROWS = [line("Gwent", "8Q", 30 + number, year="2025/26", quarter=number) for number in (1, 2, 3)]


def pinned(root: Path, project: Path, document: Path) -> Release:
    """Append the row that pins a document to a project's registry; the release."""
    known = read_registry(root / REGISTRY)[RELEASE]
    row = {name: str(getattr(known, name) or "") for name in COLUMNS} | {
        "sha256": hashlib.sha256(document.read_bytes()).hexdigest(),
        "bytes": str(document.stat().st_size),
        "pin_basis": "file",
    }
    with (project / REGISTRY).open("a", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerow(row.values())
    return read_registry(project / REGISTRY)[RELEASE]


def document(folder: Path, root: Path, rows: list[list[object]]) -> Path:
    """A document of the open data in a mirror, under the path it has on its host."""
    path = folder / read_registry(root / REGISTRY)[RELEASE].path.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    return open_data(path, {"2025_26": rows})


@pytest.mark.slow
def test_a_pinned_document_is_fetched_and_read_cell_by_cell(
    root: Path, project: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    pinned(root, project, document(mirror, root, ROWS))
    run = snakemake(project, QUARTERS, "--config", f"source={mirror}", f"releases={RELEASE}")
    assert run.returncode == 0, run.stderr
    rows = pq.read_table(project / QUARTERS).to_pylist()
    stalking = {str(row["period_end"]): (row["value"], row["cells"]) for row in rows if row["code"]}
    assert stalking == {
        "2025-06-30": (31, "H2"),
        "2025-09-30": (32, "H3"),
        "2025-12-31": (33, "H4"),
    }
    assert {row["workbook_sha256"] for row in rows} == {
        read_registry(project / REGISTRY)[RELEASE].sha256
    }


@pytest.mark.slow
def test_a_document_that_is_not_understood_leaves_what_was_good(
    root: Path, project: Path, tmp_path: Path
) -> None:
    assert snakemake(project, QUARTERS).returncode == 0
    good = (project / QUARTERS).read_bytes()
    mirror = tmp_path / "mirror"
    pinned(root, project, document(mirror, root, [[*ROWS[0][:6], "8Z", 1]]))
    run = snakemake(project, QUARTERS, "--config", f"source={mirror}", f"releases={RELEASE}")
    assert run.returncode != 0
    (said,) = (sentence for sentence in sentences(run) if "8Z" in sentence)
    assert "sheet '2025_26', cell G2: the offence code '8Z' is not known" in said
    assert "layouts/prc/codes.csv the line: 8Z,stalking_harassment," in said
    assert (project / QUARTERS).read_bytes() == good


@pytest.mark.slow
def test_a_mirror_without_it_leaves_the_shipped_figures_and_says_so(
    project: Path, tmp_path: Path
) -> None:
    run = snakemake(project, QUARTERS, "--config", f"source={tmp_path}", f"releases={RELEASE}")
    assert run.returncode == 0, run.stderr
    assert any(
        "prc-2025-12 stays with the shipped figures" in sentence for sentence in sentences(run)
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "config: `conversion` is ``; expected the Parquet file"),
        (["conversion=absent.parquet"], "config: `conversion` is `absent.parquet`"),
    ],
)
@pytest.mark.slow
def test_what_is_shipped_from_a_conversion_has_to_be_named(
    project: Path, arguments: list[str], expected: str
) -> None:
    kept = project / "resources" / "figures" / f"{RELEASE}.parquet"
    before = kept.read_bytes()
    run = snakemake(project, "ship_conversion", *(["--config", *arguments] if arguments else []))
    assert run.returncode != 0
    assert expected in run.stderr
    assert kept.read_bytes() == before


class TestTheHost:
    @pytest.fixture
    def release(self, root: Path, tmp_path: Path) -> Release:
        (tmp_path / "config").mkdir()
        (tmp_path / REGISTRY).write_bytes((root / REGISTRY).read_bytes())
        return pinned(root, tmp_path, document(tmp_path, root, ROWS))

    def asked(
        self,
        root: Path,
        tmp_path: Path,
        release: Release,
        monkeypatch: pytest.MonkeyPatch,
        answer: httpx.Response,
    ) -> tuple[list[str], Path]:
        asked: list[str] = []

        def handle(transport: object, request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            answer.request = request
            return answer

        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
        values = yaml.safe_load((root / "config" / "config.yaml").read_text(encoding="utf-8"))
        site = open_source(read_configuration({**values, "source": "ons"}), release.publisher)
        target = tmp_path / "store" / RELEASE / release.file
        try:
            fetch(release, site, [], target, tmp_path / "store")
        except Unanswered as refusal:
            asked.append(str(refusal))
        return asked, target

    def test_its_own_site_is_asked_for_the_file_at_its_path(
        self, root: Path, tmp_path: Path, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = (tmp_path / release.path.lstrip("/")).read_bytes()
        answer = httpx.Response(200, stream=httpx.ByteStream(content))
        asked, target = self.asked(root, tmp_path, release, monkeypatch, answer)
        assert asked == [f"https://assets.publishing.service.gov.uk{release.path}"]
        assert target.read_bytes() == content

    def test_a_redirect_to_any_other_host_is_refused(
        self, root: Path, tmp_path: Path, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = httpx.Response(302, headers={"Location": "https://files.example.org/x.ods"})
        asked, target = self.asked(root, tmp_path, release, monkeypatch, answer)
        assert len(asked) == 2
        assert "files.example.org" in asked[1]
        assert not target.exists()
