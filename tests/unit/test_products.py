"""What a step made is known again, and what is damaged is removed to be made again."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from crimeshare.products import remove_damaged
from crimeshare.running import running
from crimeshare.unlocking import main

TABLE = Path("results/clean/shares.parquet")
PAGES = Path("results/report/cells")


@pytest.fixture(autouse=True)
def a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which one step has made a table, a folder of pages and a committed file."""
    monkeypatch.chdir(tmp_path)
    Path(".snakemake").mkdir()
    make()


def make(text: str = "a table of ten rows") -> None:
    outputs = [TABLE, PAGES, Path("results/published/figures.csv")]
    step = SimpleNamespace(rule="a_step", log=["results/logs/a_step.log"], output=map(str, outputs))
    with running(step):
        for path in (TABLE, PAGES / "a.js", PAGES / "b.js", outputs[-1]):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[3] ^= 4
    path.write_bytes(content)


def flip_unseen(path: Path) -> None:
    """As a failing disk does, which changes no time."""
    time = path.stat().st_mtime_ns
    flip(path)
    os.utime(path, ns=(time, time))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [flip, flip_unseen, cut_short])
def test_a_damaged_table_is_named_and_removed(
    damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    damage(TABLE)
    assert main() == 0
    assert capsys.readouterr().err == (
        f"crimeshare: {TABLE} was damaged: it is not as its step made it. It is removed, and made "
        "again.\n"
    )
    assert not TABLE.exists()
    assert (PAGES / "a.js").exists()


@pytest.mark.parametrize("damage", [flip, cut_short])
def test_a_damaged_file_of_a_folder_is_removed(damage: Callable[[Path], None]) -> None:
    damage(PAGES / "b.js")
    assert remove_damaged() == [PAGES / "b.js"]


def test_what_is_whole_stays() -> None:
    os.utime(TABLE)
    assert remove_damaged() == []
    assert TABLE.exists()


def test_what_is_lost_is_not_called_damaged() -> None:
    TABLE.unlink()
    assert remove_damaged() == []


def test_what_a_step_made_anew_is_not_called_damaged() -> None:
    make("another table")
    assert remove_damaged() == []


def test_what_a_killed_step_left_is_not_called_damaged() -> None:
    step = SimpleNamespace(rule="a_step", log=["results/logs/a_step.log"], output=[str(TABLE)])
    with suppress(SystemExit), running(step):
        TABLE.write_text("half a", encoding="utf-8")
        raise MemoryError
    assert remove_damaged() == []


def test_a_committed_file_may_be_changed_by_git() -> None:
    flip(Path("results/published/figures.csv"))
    assert remove_damaged() == []


def test_results_that_cannot_be_written_are_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # To the one who runs as root nothing is read-only.
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != "results")
    assert main() == 1
    said = capsys.readouterr().err
    assert said.startswith("crimeshare: results cannot be read or written: you have no right to")
    assert said.count("\n") == 1
