"""Many editions at once: every page is built, whatever became of a partnership in between."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pandas as pd
import pytest
import yaml

from crimeshare.periods import month_end
from crimeshare.sources.registry import REGISTRY, Release, read_registry
from crimeshare.tables.observations import Observation, read_observations, write_observations
from tests.editions import folder, shifted
from tests.workflow.runs import snakemake

REPORT = "results/report/index.html"


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
        write_observations(rows, figures / f"{release_id}.parquet")
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
    return [release.release_id for release in made]


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


@pytest.mark.slow
@pytest.mark.parametrize("times", [2])
def test_every_page_is_built_of_that_many_times_the_editions(times: int, project: Path) -> None:
    made = multiply(project, times)
    run = snakemake(project, REPORT)
    assert run.returncode == 0, run.stderr[-3000:]
    given = pd.read_parquet(project / "results/estimates/revisions.parquet")
    partnerships = given[given["area_code"].str.startswith("E22")]
    assert len(partnerships) > 0, "no partnership has a year in two editions"
    assert set(made) <= set(given["release_id"]) | set(given["previous_release_id"])
