"""From figures or workbooks to estimates, end to end, as a person would run it."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.sources.registry import read_registry
from crimeshare.tables.grid import open_workbook
from tests import facsimile
from tests.facsimile import Book
from tests.workflow.runs import sentences, snakemake

CLEAN = ["results/clean/recorded_crime.parquet", "results/clean/population.parquet"]
ESTIMATES = ["results/estimates/shares.parquet", "results/estimates/changes.parquet"]
RELEASES = ["pfa-2018-06-corrected", "pfa-2024-12"]


def as_bytes(project: Path, names: list[str]) -> dict[str, bytes]:
    return {name: (project / name).read_bytes() for name in names}


@pytest.mark.slow
def test_the_same_bytes_whatever_the_clock_language_hash_seed_or_cores(project: Path) -> None:
    first = snakemake(project, *CLEAN, *ESTIMATES, TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1")
    assert first.returncode == 0, first.stderr
    before = as_bytes(project, CLEAN + ESTIMATES)
    again = snakemake(
        project,
        *CLEAN,
        *ESTIMATES,
        "--forceall",
        "--cores=1",
        TZ="Pacific/Kiritimati",
        LC_ALL="C.UTF-8",
        PYTHONHASHSEED="2",
    )
    assert again.returncode == 0, again.stderr
    assert as_bytes(project, CLEAN + ESTIMATES) == before


@pytest.mark.slow
def test_what_is_lost_is_made_again_as_each_is_asked_for_by_name(project: Path) -> None:
    graph = snakemake(project, "all", "--rulegraph").stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', graph))
    asked = {names[a] for a, b in re.findall(r"(\d+) -> (\d+)", graph) if names[b] == "all"}
    steps = set(names.values()) - {"all"}
    assert len(steps) > 35
    assert steps - asked == set()


# The step that shipped figures go through in place of their workbooks.
CHECKED = "check_shipped_police_force_area"


@pytest.mark.slow
def test_nothing_is_done_twice_and_a_change_is_noticed_where_it_matters(project: Path) -> None:
    assert snakemake(project, *ESTIMATES).returncode == 0
    assert "Nothing to be done" in snakemake(project, *ESTIMATES).stderr

    def rebuilt(name: str, text: str, replacement: str) -> set[str]:
        path = project / name
        before = path.read_text(encoding="utf-8")
        assert text in before
        path.write_text(before.replace(text, replacement, 1), encoding="utf-8")
        dry = snakemake(project, *ESTIMATES, "--dry-run")
        path.write_text(before, encoding="utf-8")
        jobs = set(re.findall(r"^(\w+_\w+) +\d+$", dry.stdout + dry.stderr, flags=re.MULTILINE))
        return jobs & {CHECKED, "compute_vintages", "compute_changes"}

    measures = "workflow/crimeshare/measures/recorded.py"
    halved = 'shares["count"] / shares["total"] / 2'
    assert rebuilt(measures, 'shares["count"] / shares["total"]', halved) == {
        "compute_vintages",
        "compute_changes",
    }
    # The parents of groups decide which of them are ranked, and how a workbook is read: all that
    # rests on the workbooks follows.
    moved = rebuilt("resources/reference/offences.csv", ",robbery,", ",theft_offences,")
    assert moved == {CHECKED, "compute_vintages", "compute_changes"}
    changes = "resources/reference/recording_changes.csv"
    assert rebuilt(changes, "2023", "2022") == {"compute_changes"}
    # A list that no step on this way reads.
    assert rebuilt("resources/reference/tile_map.csv", "1", "2") == set()


@pytest.fixture
def mirror_of(project: Path, tmp_path: Path) -> Callable[[Callable[[Book], None]], Path]:
    """A mirror of facsimiles, listed as copies, after ``change`` was made to each."""

    def build(change: Callable[[Book], None]) -> Path:
        mirror = tmp_path / "mirror"
        registry = read_registry(project / "config" / "releases.csv")
        rows = []
        for release_id in RELEASES:
            book = facsimile.from_figures(facsimile.figures(release_id))
            change(book)
            path = mirror / registry[release_id].path.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            workbook = open_workbook(facsimile.write(book, path))
            rows.append([release_id, workbook.sha256, workbook.bytes, "a facsimile"])
        with (project / "config" / "copies.csv").open("a", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        return mirror

    return build


def config(source: object) -> list[str]:
    return ["--config", f"source={source}", f"releases={RELEASES}"]


@pytest.mark.slow
def test_workbooks_of_a_mirror_give_the_figures_that_are_shipped(
    project: Path, mirror_of: Callable[[Callable[[Book], None]], Path]
) -> None:
    assert snakemake(project, *CLEAN, *config("embedded")).returncode == 0
    shipped = [pd.read_parquet(project / name) for name in CLEAN]
    run = snakemake(project, *CLEAN, *config(mirror_of(lambda book: None)))
    assert run.returncode == 0, run.stderr
    for before, name in zip(shipped, CLEAN, strict=True):
        after = pd.read_parquet(project / name)
        assert (after.pop("workbook_sha256") != before.pop("workbook_sha256")).all()
        # The writer of .xlsx files drops the seventeenth digit.
        pd.testing.assert_frame_equal(after, before, rtol=1e-14)


@pytest.mark.slow
def test_a_workbook_with_an_unknown_label_stops_the_run_and_spoils_nothing(
    project: Path, mirror_of: Callable[[Callable[[Book], None]], Path]
) -> None:
    assert snakemake(project, *ESTIMATES, *config("embedded")).returncode == 0
    before = as_bytes(project, ESTIMATES)

    def rename(book: Book) -> None:
        if book.accessible:
            book.replace("Robbery", "Robberies and hold-ups", "P1")

    # What else the mirror lacks is told too, and does not keep this from being read.
    run = snakemake(project, *ESTIMATES, "--keep-going", *config(mirror_of(rename)))
    assert run.returncode == 1
    said = [sentence for sentence in sentences(run) if "Table P1" in sentence]
    assert len(said) == 1
    assert "pfa-2024-12, sheet 'Table P1', cell K7" in said[0]
    assert "columns.csv the line: robberies and hold-ups," in said[0]
    assert "Traceback" not in run.stderr
    log = project / "results" / "logs" / "read_release" / "pfa-2024-12.log"
    assert "Traceback" in log.read_text()
    assert as_bytes(project, ESTIMATES) == before


@pytest.mark.slow
def test_a_workbook_that_does_not_add_up_stops_the_run(
    project: Path, mirror_of: Callable[[Callable[[Book], None]], Path]
) -> None:
    def spoil(book: Book) -> None:
        if book.accessible:
            book.table("P1")[facsimile.place("E60")] = 400.0

    run = snakemake(project, *CLEAN, *config(mirror_of(spoil)))
    assert run.returncode == 1
    said = [sentence for sentence in sentences(run) if "Table P" in sentence]
    assert any("cell E60" in sentence for sentence in said), said
    assert all("corrections.yaml" in sentence for sentence in said)


@pytest.mark.slow
def test_a_damaged_figures_file_is_named(project: Path) -> None:
    (project / "resources" / "figures" / "pfa-2024-12.parquet").write_bytes(b"PAR1 no more")
    run = snakemake(project, *CLEAN, *config("embedded"))
    assert run.returncode == 1
    assert any("pfa-2024-12.parquet" in sentence for sentence in sentences(run))


@pytest.mark.slow
def test_figures_are_shipped_from_workbooks_only(project: Path) -> None:
    run = snakemake(project, "ship_figures")
    assert run.returncode == 1
    assert sentences(run) == [
        "Figures are shipped from workbooks, but source is embedded; name a mirror: "
        "make figures CRIMESHARE_MIRROR=<folder>"
    ]


@pytest.mark.slow
def test_the_page_of_a_force_is_built_alone_from_what_it_needs(project: Path, whole: Path) -> None:
    page = "results/report/forces/gwent.html"
    needed = snakemake(project, page, "--dry-run")
    assert needed.returncode == 0, needed.stderr
    planned = needed.stdout + needed.stderr
    assert "render_force" in planned
    for needless in ("prevalence", "claims", "render_site", "execute_notebooks"):
        assert needless not in planned
    # The tables are there, the report is not.
    for made in ("results/clean", "results/estimates", "results/observations", ".snakemake"):
        shutil.copytree(whole / made, project / made, symlinks=True, dirs_exist_ok=True)
    run = snakemake(project, page)
    assert run.returncode == 0, run.stderr
    report = project / "results" / "report"
    files = {path.relative_to(report).as_posix() for path in report.rglob("*.*")}
    assert {name for name in files if "forces/" in name and not name.endswith(".csv")} == {
        "forces/gwent.html",
        "how/forces/gwent.html",
        "charts/forces/gwent/.snakemake_timestamp",
    }
    # What it loads, and the data of its charts.
    assert {"report.css", "report.js", "places.js"} < files
    assert "charts/forces/gwent/gwent-share-by-year.csv" in files
    assert "Executing and rendering the page forces/gwent" in run.stderr
    for needless in ("prevalence", "claims", "render_site", "execute_notebooks"):
        assert needless not in run.stderr
