"""The head of a page: up to when its figures go, when they came out, and what comes next."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crimeshare.publish.elements.prose import month, plain
from crimeshare.publish.subjects import currency
from crimeshare.publish.subjects.estimates import TOTAL, year_of
from crimeshare.reference import NATION
from crimeshare.sources.registry import Release
from tests.frames import Report


@pytest.fixture
def only_taken_in(estimates: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that lists nothing newer than the figures."""
    known = currency.registry()
    latest = estimates.latest
    kept: dict[str, Release] = {
        release_id: release for release_id, release in known.items() if release.period_end <= latest
    }
    monkeypatch.setattr(currency, "registry", lambda: kept)


def announce(monkeypatch: pytest.MonkeyPatch, path: Path, *rows: str) -> None:
    path.write_text("\n".join(["release_id,announced", *rows, ""]), encoding="utf-8")
    monkeypatch.setattr(currency, "ANNOUNCED", path)


def test_what_is_out_and_not_taken_in_is_said(estimates: Report) -> None:
    newer = currency.not_taken_in()
    text = plain(currency.line())
    assert text.startswith(f"Figures up to {month(estimates.latest)}, published on ")
    assert ("sources.html" in currency.line()) == bool(newer)


@pytest.mark.usefixtures("only_taken_in")
def test_the_next_are_expected_in_the_fourth_month_after_their_quarter(
    estimates: Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    announce(monkeypatch, tmp_path / "announced.csv")
    latest = estimates.latest
    months = 12 * latest.year + latest.month - 1 + 3 + 4
    due = date(months // 12, months % 12 + 1, 1)
    assert plain(currency.line()).endswith(f"The next are expected in {month(due)}.")


@pytest.mark.usefixtures("only_taken_in")
def test_an_announced_day_is_named_until_its_release_is_listed(
    estimates: Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed = year_of(TOTAL, NATION)["release_id"]
    announce(
        monkeypatch,
        tmp_path / "announced.csv",
        f"{listed},1999-01-01",
        "pfa-2099-03,2099-07-23",
    )
    text = plain(currency.line())
    assert text.endswith("The next are announced for 23 July 2099.")
