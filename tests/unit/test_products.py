"""What a step made is known again, and what is damaged is removed to be made again."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from crimeshare.parquet import read_table, write_table
from crimeshare.problems import Problem
from crimeshare.products import remove_damaged, require_products, require_shipped
from crimeshare.running import running, shipping
from crimeshare.unlocking import main
from tests.conftest import ROOT

TABLE = Path("results/clean/shares.parquet")
PAGES = Path("results/report/cells")


@pytest.fixture(autouse=True)
def a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which one step has made a table, a folder of pages and a committed file."""
    monkeypatch.chdir(tmp_path)
    Path(".snakemake").mkdir()
    make()


def make(text: str = "a table of ten rows", name: str = "a_step") -> None:
    outputs = [TABLE, PAGES, Path("results/published/figures.csv")]
    log = [f"results/logs/{name}.log"]
    step = SimpleNamespace(rule=name, log=log, input=[], output=outputs)
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
        f"crimeshare: {TABLE} was damaged: it is not as its step made it. {TABLE} is removed and "
        "made again.\n"
    )
    assert not TABLE.exists()
    assert (PAGES / "a.js").exists()


@pytest.mark.parametrize("damage", [flip, cut_short, Path.unlink])
def test_a_folder_with_a_damaged_or_lost_file_is_made_again(damage: Callable[[Path], None]) -> None:
    damage(PAGES / "b.js")
    (said,) = remove_damaged()
    assert said.startswith(str(PAGES / "b.js"))
    assert said.endswith(f"{PAGES} is removed and made again.")
    assert not PAGES.exists()
    assert TABLE.exists()
    # It is said once, whether the step is run again or no longer exists.
    PAGES.mkdir()
    assert remove_damaged() == []


@pytest.mark.parametrize("damage", [flip_unseen, cut_short])
@pytest.mark.parametrize("path", [TABLE, PAGES / "a.js"])
def test_a_build_does_not_end_well_with_a_damaged_product(
    damage: Callable[[Path], None], path: Path
) -> None:
    require_products()
    damage(path)
    with pytest.raises(Problem, match=f"{path} was damaged.*`make` removes"):
        require_products()


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


def test_what_another_step_of_a_later_version_made_is_not_called_damaged() -> None:
    make("a table of eleven rows", name="another_step")
    assert remove_damaged() == []
    with running(SimpleNamespace(rule="c", log=["results/logs/c.log"], input=[TABLE], output=[])):
        pass


def test_what_lies_in_the_folder_of_another_step_is_as_its_own_step_made_it() -> None:
    """As the charts of a force's page, which is made alone after the whole report."""
    alone = PAGES / "gwent"
    step = SimpleNamespace(rule="alone", log=["results/logs/alone.log"], input=[], output=[alone])

    def make_alone(text: str, name: str) -> None:
        shutil.rmtree(alone, ignore_errors=True)
        with running(step):
            alone.mkdir()
            (alone / name).write_text(text, encoding="utf-8")

    make_alone("one", "a.csv")
    make()
    make_alone("another", "b.csv")
    require_products()
    assert remove_damaged() == []
    flip(PAGES / "a.js")
    assert [said.partition(" ")[0] for said in remove_damaged()] == [f"{PAGES}/a.js"]


def test_a_part_of_a_folder_that_was_lost_can_be_made_alone() -> None:
    shutil.rmtree(PAGES)
    alone = PAGES / "gwent"
    step = SimpleNamespace(rule="alone", log=["results/logs/alone.log"], input=[], output=[alone])
    with running(step):
        alone.mkdir(parents=True)
        (alone / "a.csv").write_text("one", encoding="utf-8")
    require_products()
    assert len(remove_damaged()) == 1


def test_what_a_killed_step_left_is_not_called_damaged() -> None:
    step = SimpleNamespace(rule="a_step", log=["results/logs/a_step.log"], input=[], output=[TABLE])
    with suppress(SystemExit), running(step):
        TABLE.write_text("half a", encoding="utf-8")
        raise MemoryError
    assert remove_damaged() == []


def flip_any(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def test_no_step_reads_a_table_with_a_flipped_bit(capsys: pytest.CaptureFixture[str]) -> None:
    step = SimpleNamespace(rule="next", log=["results/logs/next.log"], input=[TABLE], output=[])
    with running(step):
        pass
    whole = TABLE.read_bytes()
    for seed in range(100):
        TABLE.write_bytes(whole)
        flip_any(TABLE, random.Random(seed))
        with pytest.raises(SystemExit), running(step):
            pytest.fail(f"read with bit {seed}")
        assert capsys.readouterr().err == (
            f"crimeshare: {TABLE} was damaged: it is not as its step made it. `make` removes it "
            "and makes it again.\n"
        )


@pytest.mark.parametrize("here", [".", "notebooks"])
def test_nobody_reads_a_table_with_a_flipped_bit(
    here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a notebook does that somebody executes; a dictionary of Parquet has no checksum."""
    words = pd.DataFrame({"offence_id": ["robbery", "shoplifting"] * 20, "count": range(40)})
    step = SimpleNamespace(rule="a", log=["results/logs/a.log"], input=[], output=[TABLE])
    with running(step):
        write_table(words, TABLE)
    whole, table = TABLE.read_bytes(), TABLE.absolute()
    Path(here).mkdir(exist_ok=True)
    monkeypatch.chdir(here)
    assert read_table(table).equals(words)
    for seed in range(100):
        table.write_bytes(whole)
        flip_any(table, random.Random(seed))
        with pytest.raises(Problem, match=r"shares.parquet was damaged.*`make` removes it"):
            read_table(table)
    table.write_bytes(whole)
    assert read_table(table).equals(words)


@pytest.mark.parametrize(
    "name", ["pfa-2024-12", "appendix-2025-12", "prc-2025-12", "personal-prevalence-2018-12"]
)
def test_no_flipped_bit_of_shipped_figures_goes_through(name: str) -> None:
    shipped = ROOT / "resources" / "figures" / f"{name}.parquet"
    file = Path(shipped.name)
    shutil.copy(shipped.with_name("hashes.csv"), "hashes.csv")
    shutil.copy(shipped, file)
    assert len(read_table(file))
    for seed in range(50):
        shutil.copy(shipped, file)
        flip_any(file, random.Random(f"{name} {seed}"))
        with pytest.raises(Problem, match=rf"{name}.parquet was damaged.*git restore"):
            read_table(file)


def test_a_flipped_bit_in_the_hashes_is_no_reason_to_trust_a_file() -> None:
    file = Path("a.parquet")
    with shipping(file) as path:
        write_table(pd.DataFrame({"value": [1.0]}), path)
    line = Path("hashes.csv").read_bytes().rindex(b"a.parquet")
    for at in (line, line + 30):
        content = bytearray(Path("hashes.csv").read_bytes())
        content[at] ^= 1
        Path("hashes.csv").write_bytes(content)
        with pytest.raises(Problem, match=r"hashes\.csv"):
            read_table(file)
        content[at] ^= 1
        Path("hashes.csv").write_bytes(content)
    assert len(read_table(file))


def test_every_shipped_file_has_its_hash() -> None:
    for file in (ROOT / "resources" / "figures").glob("*.parquet"):
        require_shipped(file)


def test_figures_whose_shipping_was_interrupted_are_not_there() -> None:
    file = Path("figures/a.parquet")
    with suppress(OSError), shipping(file) as path:
        path.write_text("half", encoding="utf-8")
        raise OSError("No space left on device")
    assert list(file.parent.iterdir()) == []


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
