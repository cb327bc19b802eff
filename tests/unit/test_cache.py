"""What takes long to make is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from crimeshare.cache import CACHE, cached
from crimeshare.publish.elements.charts import Chart


@pytest.fixture(autouse=True)
def worked_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Snakemake works in."""
    (tmp_path / ".snakemake").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refuse() -> bytes:
    raise AssertionError("made again")


def test_the_same_key_is_made_once_and_another_anew() -> None:
    assert cached("drawings", "a", lambda: b"drawn") == b"drawn"
    assert cached("drawings", "a", refuse) == b"drawn"
    assert cached("drawings", "b", lambda: b"other") == b"other"
    assert cached("pdf", "a", lambda: b"set") == b"set"


@pytest.mark.parametrize("kept", [b"", b"drawn", b"0" * 40])
def test_what_a_crash_left_is_not_believed(kept: bytes) -> None:
    cached("drawings", "a", lambda: b"drawn")
    (path,) = (path for path in CACHE.rglob("*") if path.is_file())
    path.write_bytes(kept)
    assert cached("drawings", "a", lambda: b"again") == b"again"
    assert cached("drawings", "a", refuse) == b"again"


def test_where_nothing_can_be_kept_it_is_made(worked_in: Path) -> None:
    (worked_in / CACHE).write_text("a file where a folder would be")
    assert cached("drawings", "a", lambda: b"drawn") == b"drawn"
    (worked_in / CACHE).unlink()
    (worked_in / ".snakemake").rmdir()
    assert cached("drawings", "a", lambda: b"drawn") == b"drawn"
    assert list(worked_in.iterdir()) == []


def test_a_chart_is_drawn_again_only_where_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    def chart(value: int) -> Chart:
        spec = {
            "data": {"values": [{"x": value}]},
            "mark": "bar",
            "encoding": {"x": {"field": "x"}},
        }
        return Chart("bars", "A title", "A subtitle", spec)

    drawn = chart(1).svg()
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda document: refuse())
    assert chart(1).svg() == drawn
    with pytest.raises(AssertionError, match="made again"):
        chart(2).svg()
