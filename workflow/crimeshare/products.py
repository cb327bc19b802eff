"""What files were when they were made, so that none that was damaged since is read.

Snakemake takes a file for whole if it is there.  So each step notes what it made when it ends, and
``make`` looks at it before the next build: a product that is no longer what its step made is named
and removed, and made again like one that is lost.  A step looks at its inputs before it reads them.
The hashes of shipped figures stand in ``hashes.csv`` beside them, ``file,sha256``; lines are only
added, and the last one about a file counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from crimeshare.problems import Problem

HASHES = "hashes.csv"
SNAKEMAKE = Path(".snakemake")
NOTES = SNAKEMAKE / "crimeshare" / "products"

# Other tables and pages are made from these. The rest, which is twenty times as much, is read only
# if its time says that somebody wrote it.
ALWAYS_READ = {"clean", "estimates", "observations"}


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hashes_with(file: Path, made: Path) -> str:
    """The text of the hashes beside a shipped file once it is what was made."""
    hashes = file.with_name(HASHES)
    known = hashes.read_text(encoding="utf-8") if hashes.is_file() else "file,sha256\n"
    return f"{known}{file.name},{digest(made)}\n"


def require_shipped(path: Path) -> None:
    """Stop if a file lies beside hashes and is not what they say.

    Raises:
        Problem: it was damaged, or is in none of their lines.
    """
    hashes = path.with_name(HASHES)
    if path == hashes or not (hashes.is_file() and path.is_file()):
        return
    # Read as bytes, since they may be what was damaged.
    lines = [line.split(b",") for line in hashes.read_bytes().splitlines()]
    listed = [line[1] for line in lines if len(line) == 2 and line[0] == path.name.encode()]
    if not listed:
        raise Problem(
            f"{path} has no line in {hashes}; expected its hash. pin_release, `make figures` and "
            "`crimeshare take-in` put files there with it; `git status` says whether one was lost."
        )
    if listed[-1] != digest(path).encode():
        raise Problem(
            f"{path} was damaged: it has not the hash that {hashes} has for it. Restore both: "
            f"git restore {path.parent}"
        )


def require_whole(inputs: Iterable[Path | str]) -> None:
    """Stop if what a step is about to read is no longer what was made or shipped.

    Raises:
        Problem: it was damaged.
    """
    files = {path.as_posix(): path for path in map(Path, inputs)}
    tables = {name for name, path in files.items() if not ALWAYS_READ.isdisjoint(path.parts)}
    for path in files.values():
        require_shipped(path)
    for name, (size, _, made) in _noted().items() if tables else ():
        path = Path(name)
        if name not in tables or not path.is_file():
            continue
        if (path.stat().st_size, digest(path)) != (size, made):
            raise Problem(
                f"{name} was damaged: it is not as its step made it. `make` removes it and "
                "makes it again."
            )


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
        for name, made in _noted().items()
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


def _noted() -> dict[str, tuple[int, int, str]]:
    """What was made, by name.

    Of two notes the newer counts: another version may have made a file in another step.
    """
    made: dict[str, tuple[int, int, str]] = {}
    for noted in sorted(NOTES.glob("*.json"), key=lambda noted: noted.stat().st_mtime_ns):
        made |= _read(noted)
    return made


def _read(noted: Path) -> dict[str, tuple[int, int, str]]:
    """A note, empty if a crash left it unfinished."""
    try:
        read: dict[str, tuple[int, int, str]] = json.loads(noted.read_bytes())
    except (OSError, ValueError):
        return {}
    return read
