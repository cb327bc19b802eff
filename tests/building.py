"""A small build, for tests of the pages that read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from crimeshare.measures.beside_others import beside_others
from crimeshare.measures.code_years import compute_code_years
from crimeshare.measures.composition import compute_composition, read_joint_codes
from crimeshare.measures.control_limits import compute_control_limits
from crimeshare.measures.forecasts import compute_forecasts
from crimeshare.measures.level_shifts import compute_level_shifts
from crimeshare.measures.like_for_like import add_like_for_like
from crimeshare.measures.rank_ranges import compute_rank_intervals, compute_rank_record
from crimeshare.measures.recorded import compute_changes, compute_shares, read_recording_changes
from crimeshare.measures.refuted_changes import find_refuted_changes
from crimeshare.measures.revision_intervals import kinds
from crimeshare.measures.rule_effects import compute_rule_effects
from crimeshare.measures.rule_parts import compute_rule_parts
from crimeshare.measures.series import compute_series, newest_year, read_populations
from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.measures.small_areas import compute_small_areas
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.site.notebooks import execute_pages
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.reference import PARTNERSHIPS, read_rows
from crimeshare.sources.registry import read_registry
from crimeshare.tables.combining import combine_recorded_crime
from crimeshare.tables.notices import combine_area_notes
from crimeshare.tables.reading import check_shipped, combine_reports
from tests.audited import write_audit
from tests.conftest import locked, made_once
from tests.quarterly import shipped as shipped_quarters
from tests.quarterly import write_quarterly
from tests.revised import VINTAGES, write_revisions
from tests.surveyed import write_survey
from tests.tables import (
    AREA_NOTES,
    CHANGES,
    CODE_YEARS,
    CODES,
    COMPOSITION,
    CONTROL_LIMITS,
    EFFECTS,
    FORECASTS,
    LEVEL_SHIFTS,
    LIMITS,
    PARTS,
    QUARTERLY_SERIES,
    QUARTERS,
    RANK_INTERVALS,
    RANK_RECORD,
    RECORDED,
    REFUTED,
    REVISIONS,
    SERIES,
    SHARES,
    SIMILAR_FORCES,
    SMALL_AREAS,
)
from tests.vintages import NO_CODES, NO_QUARTERS, vintages_of

GROUP = "stalking_harassment"
LEVEL = 0.95
NO_POPULATION = pd.DataFrame(
    {name: [] for name in ("release_id", "measure", "area_code", "reference_year", "value")}
)


def built_once(factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder with the small build, which the processes of one run of the tests share.

    Args:
        factory: gives the folders of the run.
        root: the project.
    """
    return made_once(factory, "build", lambda folder: write_build(folder, root))


def read_by(pages: Iterable[Page], root: Path, folder: Path) -> dict[str, list[str]]:
    """Whatever each notebook may read: tables of the build, words and lists of the project."""
    library = root / "workflow" / "crimeshare"
    files = [
        *(folder / "results").rglob("*.parquet"),
        *(path for kind in ("*.j2", "*.yaml", "*.csv") for path in library.rglob(kind)),
        *(path for kind in ("config", "resources/reference") for path in (root / kind).glob("*.*")),
    ]
    return {page.notebook: sorted(map(str, files)) for page in pages}


def executed_once(factory: pytest.TempPathFactory, root: Path) -> dict[str, Path]:
    """One page of each notebook, executed on the small build once in a run of the tests.

    Args:
        factory: gives the folders of the run.
        root: the project.

    Returns:
        The executed copy by the name of the page.
    """
    folder = built_once(factory, root)
    # The page of one area stands for those of all.
    pages = list({page.notebook: page for page in report_pages()}.values())
    finished = folder / "executed"
    with locked(folder.parent / "executed.lock"):
        if not finished.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(root)
                execute_pages(pages, read_by(pages, root, folder), folder)
            finished.touch()
    return {page.name: folder / page.executed for page in pages}


def write_build(folder: Path, root: Path) -> None:
    """Write the clean table and the estimates of every shipped release, as a run would.

    Args:
        folder: the build.
        root: the project, with its shipped figures and its reference tables.
    """
    shipped = sorted((root / "resources" / "figures").glob("pfa-*.parquet"))
    recorded = combine_recorded_crime(read_table(*shipped))
    write_survey(folder, root)
    write_editions(folder, root, recorded, shipped_quarters(root), read_table(folder / CODES))
    write_checks(folder, root)
    write_quarterly(folder, root, recorded)
    write_series(folder, root, read_table(folder / QUARTERS))
    write_code_years(folder, root)
    write_revisions(folder)
    write_forecasts(folder, root)
    write_rank_record(folder)
    write_audit(folder, root)


def write_rank_record(folder: Path) -> None:
    """Write how many ranks the ranges held, of the ranges and revisions that are written."""
    ranges, revisions = (read_table(folder / file) for file in (RANK_INTERVALS, REVISIONS))
    write_table(compute_rank_record(ranges, revisions), folder / RANK_RECORD)


def write_editions(
    folder: Path,
    root: Path,
    recorded: pd.DataFrame,
    quarters: pd.DataFrame = NO_QUARTERS,
    codes: pd.DataFrame = NO_CODES,
) -> None:
    """Write recorded crime and what is computed of it and the open data, as a run would.

    Args:
        folder: the build.
        root: the project, with its reference tables.
        recorded: the clean table ``recorded_crime``.
        quarters: the clean table ``recorded_quarters``.
        codes: the clean table ``recorded_offence_codes``.
    """
    recording = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    write_table(recorded, folder / RECORDED)
    write_area_notes(folder, root, recorded)
    write_table(compute_shares(recorded), folder / SHARES)
    vintages = vintages_of(recorded, codes, quarters)
    write_table(vintages, folder / VINTAGES)
    write_table(find_refuted_changes(vintages), folder / REFUTED)
    changes = compute_changes(recorded, vintages, recording)
    write_table(add_like_for_like(changes, quarters, recording), folder / CHANGES)
    forces = {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}
    write_table(compute_small_areas(recorded, forces, GROUP), folder / SMALL_AREAS)


def write_area_notes(folder: Path, root: Path, recorded: pd.DataFrame) -> None:
    """Write what the editions of recorded crime that are shipped note about areas."""
    files = (root / "resources" / "figures").glob("pfa-*.parquet")
    own = [path for path in sorted(files) if path.stem in {*recorded["release_id"]}]
    write_table(combine_area_notes(own), folder / AREA_NOTES)


def write_checks(folder: Path, root: Path) -> None:
    """Write the report of the check, of one edition of each dataset as that takes a while."""
    figures = root / "resources" / "figures"
    registry = read_registry(root / "config" / "releases.csv")
    corrections = root / "config" / "corrections.yaml"
    reports = []
    for release_id in ("pfa-2018-12", "appendix-2025-12"):
        told = check_shipped(figures / f"{release_id}.parquet", registry[release_id], corrections)
        reports.append(folder / "results" / f"{release_id}.json")
        reports[-1].write_text(json.dumps(told), encoding="utf-8")
    checks, kinds = combine_reports(reports)
    pq.write_table(checks, folder / "results/clean/checks.parquet")
    pq.write_table(kinds, folder / "results/clean/check_kinds.parquet")


def write_code_years(folder: Path, root: Path) -> None:
    """Write the years of single codes, of the quarterly series and the leading figures.

    Args:
        folder: the build.
        root: the project, with its reference tables.
    """
    recording = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    tables = (read_table(folder / name) for name in (QUARTERLY_SERIES, SERIES, QUARTERS))
    write_table(compute_code_years(*tables, recording), folder / CODE_YEARS)


def write_series(folder: Path, root: Path, quarters: pd.DataFrame) -> None:
    """Write the leading figures and what is computed of them, as a run would.

    Args:
        folder: the build, with its vintages.
        root: the project, with its reference tables.
        quarters: the clean table ``recorded_quarters``.
    """
    reference = root / "resources" / "reference"
    vintages = read_table(folder / VINTAGES)
    recording = read_recording_changes(reference / "recording_changes.csv")
    series = compute_series(
        vintages,
        NO_POPULATION,
        read_populations(reference / "populations.csv"),
        recording,
    )
    series = add_like_for_like(beside_others(series, vintages), quarters, recording)
    newest = newest_year(series)
    joint = read_joint_codes(reference / "joint_codes.csv")
    write_table(series, folder / SERIES)
    write_table(compute_composition(quarters, joint, GROUP), folder / COMPOSITION)
    write_table(compute_control_limits(newest), folder / CONTROL_LIMITS)
    write_table(compute_similar_forces(newest, GROUP), folder / SIMILAR_FORCES)
    changes = pd.read_csv(reference / "recording_changes.csv")
    write_table(compute_rule_effects(quarters, changes, GROUP), folder / EFFECTS)
    write_table(compute_rule_parts(quarters, changes, GROUP), folder / PARTS)
    own = newest[newest["offence_id"] == GROUP]
    write_table(compute_rank_intervals(own, quarters, LEVEL), folder / RANK_INTERVALS)
    write_table(compute_level_shifts(quarters, changes, [GROUP], LEVEL), folder / LEVEL_SHIFTS)


def write_forecasts(folder: Path, root: Path) -> None:
    """Write the forecasts of a build that has quarterly series and limits of revisions."""
    changes = pd.read_csv(root / "resources" / "reference" / "recording_changes.csv")
    quarters, limits = (read_table(folder / file) for file in (QUARTERLY_SERIES, LIMITS))
    found = compute_forecasts(quarters, changes, limits, kinds(), [GROUP], LEVEL)
    write_table(found, folder / FORECASTS)
