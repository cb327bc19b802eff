"""A killed run, a full disk, a folder without rights: one sentence, and nothing is lost."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from crimeshare.running import replacing, running
from crimeshare.unlocking import LOCKS, clear_stale_lock


@pytest.fixture
def at_work(tmp_path: Path) -> subprocess.Popen[str]:
    """Snakemake at work in a folder, which it has locked."""
    (tmp_path / "Snakefile").write_text(
        "rule all:\n    output: 'made'\n    shell: 'sleep 60'\n", encoding="utf-8"
    )
    run = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "1"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    for _ in range(600):
        if list((tmp_path / LOCKS).glob("*.lock")):
            return run
        time.sleep(0.1)
    pytest.fail("Snakemake took no lock")


def test_a_lock_is_cleared_only_once_its_process_is_gone(
    at_work: subprocess.Popen[str], tmp_path: Path
) -> None:
    try:
        assert not clear_stale_lock(tmp_path)
        # It goes on until the step that it has begun is done.
        at_work.terminate()
        assert list((tmp_path / LOCKS).glob("*.lock"))
        second = subprocess.run(
            [sys.executable, "-m", "crimeshare.unlocking"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        told = "crimeshare: another build is at work in this folder, process "
        assert second.stderr.startswith(f"{told}{at_work.pid}; wait until it has ended")
        assert second.stderr.count("\n") == 1
    finally:
        os.killpg(at_work.pid, signal.SIGKILL)
        at_work.wait()
    said = subprocess.run(
        [sys.executable, "-m", "crimeshare.unlocking"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stderr == (
        "crimeshare: the last run here was killed; its lock is cleared, and this one goes on where "
        "it stopped.\n"
    )
    assert not list((tmp_path / LOCKS).glob("*.lock"))
    assert not clear_stale_lock(tmp_path)


def test_what_a_killed_process_had_begun_to_write_goes(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    left = tmp_path / f".{gone}-table.parquet"
    ours = tmp_path / f".{os.getppid()}-table.parquet"
    other = tmp_path / f".{gone}-another.parquet"
    for path in (left, ours, other):
        path.touch()
    with replacing(tmp_path / "table.parquet") as target:
        target.write_text("new", encoding="utf-8")
    assert not left.exists()
    assert ours.exists()
    assert other.exists()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EROFS, "it lies on a disk that is read-only"),
        (errno.EACCES, "you have no right to"),
        (errno.ENAMETOOLONG, "the name is longer than a name may be"),
        (errno.ELOOP, "its links lead round in a circle"),
    ],
)
def test_what_the_system_refuses_is_said_with_its_path(
    number: int, advice: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "step.log"
    kept = tmp_path / "table"
    kept.write_text("as it was", encoding="utf-8")
    with (
        pytest.raises(SystemExit) as ended,
        running(SimpleNamespace(log=[str(log)], rule="compute_shares", input=[], output=[])),
        replacing(kept),
    ):
        raise OSError(number, os.strerror(number), str(kept))
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith(f"crimeshare: {kept} cannot be read or written: {advice}")
    assert said.count("\n") == 1
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert kept.read_text(encoding="utf-8") == "as it was"


def test_a_log_that_cannot_be_written_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where a folder should be", encoding="utf-8")
    step = SimpleNamespace(
        log=[str(tmp_path / "logs" / "step.log")], rule="compute_shares", input=[]
    )
    with pytest.raises(SystemExit), running(step):
        pytest.fail("the step ran")
    assert "cannot be read or written" in capsys.readouterr().err


def test_a_full_disk_cuts_a_log_short_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full: a full disk cannot be had here")
    with (
        pytest.raises(SystemExit),
        running(SimpleNamespace(log=[str(full)], rule="a_step", input=[])),
    ):
        full.open("w", encoding="utf-8").write("x" * 100_000)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "the disk is full" in said
