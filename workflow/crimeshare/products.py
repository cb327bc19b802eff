"""What each step made, by size, time and hash, so that a product that is damaged is made again.

Snakemake takes a file for whole if it is there.  So each step notes what it made when it ends, and
``make`` looks at it before the next build: a product that is no longer what its step made is named
and removed, and made again like one that is lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

SNAKEMAKE = Path(".snakemake")
NOTES = SNAKEMAKE / "crimeshare" / "products"

# Other tables and pages are made from these. The rest, which is twenty times as much, is read only
# if its time says that somebody wrote it.
ALWAYS_READ = {"clean", "estimates", "observations"}


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def note(step: str, outputs: Iterable[Path | str]) -> None:
    """Note what a step made, in place of what it made before.

    Args:
        step: names the step, the same at each run of it.
        outputs: its files and folders; what is committed is not noted, as git changes it too.
    """
    if not SNAKEMAKE.is_dir():
        return
    made = {}
    for path in _files(map(Path, outputs)):
        found = path.stat()
        made[path.as_posix()] = [found.st_size, found.st_mtime_ns, digest(path)]
    # A disk that is full or cannot be written leaves the products unguarded, not unmade.
    with suppress(OSError):
        NOTES.mkdir(parents=True, exist_ok=True)
        _note_of(step).write_text(json.dumps(made), encoding="utf-8")


def forget(step: str) -> None:
    """Forget what a step made, as it is about to make it anew."""
    with suppress(OSError):
        _note_of(step).unlink(missing_ok=True)


def remove_damaged() -> list[Path]:
    """Remove the products that are not what their steps made, and return them."""
    damaged = [
        path
        for noted in sorted(NOTES.glob("*.json"))
        for name, made in _read(noted).items()
        if (path := Path(name)).is_file() and _differs(path, *made)
    ]
    for path in damaged:
        path.unlink()
    return damaged


def _differs(path: Path, size: int, time: int, made: str) -> bool:
    found = path.stat()
    if found.st_size != size:
        return True
    read = found.st_mtime_ns != time or not ALWAYS_READ.isdisjoint(path.parts)
    return read and digest(path) != made


def _files(outputs: Iterable[Path]) -> Iterator[Path]:
    for path in outputs:
        if "results" in path.parts and "published" not in path.parts:
            yield from filter(Path.is_file, path.rglob("*") if path.is_dir() else [path])


def _note_of(step: str) -> Path:
    return NOTES / (step.replace("/", "+") + ".json")


def _read(noted: Path) -> dict[str, tuple[int, int, str]]:
    """A note, empty if a crash left it unfinished."""
    try:
        read: dict[str, tuple[int, int, str]] = json.loads(noted.read_bytes())
    except (OSError, ValueError):
        return {}
    return read
