"""The page of sources says what is wrong with the workbooks it names."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.reading import read
from crimeshare.publish.subjects import sources
from crimeshare.publish.subjects.estimates import editions
from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.corrections import read_corrections
from tests.conftest import ROOT
from tests.frames import Report


def test_every_known_fault_is_told_once(estimates: Report) -> None:
    table = sources.known_faults(sources.held())
    entries = read_corrections(ROOT / "config" / "corrections.yaml")
    told = {tuple(plain(str(content)) for content in row) for row in table.rows}
    assert len(told) == len(table.rows) < len(entries)
    assert (
        "Year ending December 2019",
        "Table P3",
        "D57",
        next(entry.reason for entry in entries if entry.release == "pfa-2019-12"),
        "not yet",
    ) in told
    cells = [row[2] for row in told if row[1] == "Table A3"]
    assert sorted(cells) == ["AF58", "BP62:BP70, BP72, BR62:BR70, BR72"]
    assert not stray_numbers(table._repr_html_())


def test_a_fault_of_a_release_that_is_not_used_is_not_told(
    incomplete: Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (ROOT / "config" / "corrections.yaml").read_text(encoding="utf-8")
    (tmp_path / "corrections.yaml").write_text(
        re.sub("release: pfa-2019-12", "release: pfa-2024-12", text), encoding="utf-8"
    )
    (tmp_path / "releases.csv").symlink_to(ROOT / "config" / "releases.csv")
    monkeypatch.setattr(sources, "CONFIG", tmp_path)
    table = sources.known_faults({*editions()} | {"appendix-2022-09"})
    assert "Year ending December 2019" not in table._repr_html_()
    assert "Table A3" in table._repr_html_()


def test_the_check_is_told_in_figures_that_add_up(built: Path) -> None:
    checks, kinds = read("checks").set_index("release_id", drop=False), read("check_kinds")
    assert (checks["figures"] == checks["tied"] + checks["untied"]).all()
    assert (checks["tied_twice"] <= checks["tied"]).all()
    of_kinds = kinds.groupby("release_id")["identities"].sum()
    assert (checks["identities"] == of_kinds.reindex(checks.index, fill_value=0)).all()
    assert plain(sources.checked(checks)).startswith("Of the ")
    for table in (sources.check_by_edition(checks), sources.check_by_kind(kinds)):
        assert not stray_numbers(table._repr_html_())


def test_an_edition_that_was_issued_twice_is_counted_once(
    estimates: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = read_registry(ROOT / "config" / "releases.csv")

    def counted(releases: dict[str, Release]) -> list[str]:
        monkeypatch.setattr(sources, "registry", lambda: releases)
        return [figure["text"] for figure in shown(sources.coverage())]

    held, listed = counted(known)
    assert int(held) == len(editions())
    # Of the year ending March 2024 the first issue is shipped and the corrected one is listed.
    first = known["pfa-2024-03-v1"]
    without = {name: each for name, each in known.items() if each.period_end != first.period_end}
    assert int(listed) == int(counted(without)[1]) + 1
    again = replace(first, release_id="pfa-2024-03-v3", path="/another.xlsx", sha256="")
    assert counted(known | {again.release_id: again}) == [held, listed]
