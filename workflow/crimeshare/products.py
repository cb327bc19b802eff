"""What files were when they were made, so that none that was damaged since is read.

Snakemake takes a file or folder for whole if it is there.  So each step notes the sizes and hashes
of what it made when it ends.  They are looked at before and after each build: a product that is no
longer what its step made is named and removed, and made again like one that is lost.  A step looks
at its inputs before it reads them, and a table is looked at whoever reads it.
The hashes of shipped figures stand in ``hashes.csv`` beside them, ``file,sha256``; lines are only
added, and the last one about a file counts.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path

from crimeshare.problems import Problem, Problems

HASHES = "hashes.csv"
SNAKEMAKE = Path(".snakemake")
NOTES = SNAKEMAKE / "crimeshare" / "products"

Made = dict[str, tuple[int, int, str]]
"""Size, time in nanoseconds and SHA-256 of each file, by its path."""

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


def require_whole(path: Path | str) -> None:
    """Stop if a file that is about to be read is no longer what was made or shipped.

    Raises:
        Problem: it was damaged.
    """
    path = Path(path)
    require_shipped(path)
    if not ALWAYS_READ.isdisjoint(path.parts) and path.is_file():
        found = path.stat()
        _require_as_made(path, path.absolute(), found.st_size, found.st_mtime_ns)


@cache
def _require_as_made(shown: Path, path: Path, size: int, time: int) -> None:
    # A page reads a table many times: each is compared once, as long as nobody writes it.
    for build in path.parents:
        if (notes := build / NOTES).is_dir():
            made = _hashes_made(notes, notes.stat().st_mtime_ns)
            if made.get(path.relative_to(build).as_posix()) not in (None, digest(path)):
                raise Problem(
                    f"{shown} was damaged: it is not as its step made it. `make` removes it and "
                    "makes it again."
                )
            return


@lru_cache(maxsize=1)
def _hashes_made(notes: Path, changed: int) -> dict[str, str]:
    """The hash of each file by its path, as the newest note about it has it."""
    return {
        file: sha256
        for note in _newest_last(notes)
        for made in _read(note).values()
        for file, (_, _, sha256) in made.items()
    }


def note(step: str, outputs: Iterable[Path | str]) -> None:
    """Note what a step made, in place of what it made before.

    Args:
        step: names the step, the same at each run of it.
        outputs: its files and folders; what is committed is not noted, as git changes it too.
    """
    if not SNAKEMAKE.is_dir():
        return
    made: dict[str, Made] = {}
    for output in map(Path, outputs):
        if "results" in output.parts and "published" not in output.parts:
            made[output.as_posix()] = {path.as_posix(): _as_is(path) for path in _files(output)}
    # A disk that is full or cannot be written leaves the products unguarded, not unmade.
    with suppress(OSError):
        NOTES.mkdir(parents=True, exist_ok=True)
        # The time of the folder, by which readers know that notes are new, changes with a new file.
        forget(step)
        _note_of(step).write_text(json.dumps(made), encoding="utf-8")


def forget(step: str) -> None:
    """Forget what a step made, as it is about to make it anew."""
    with suppress(OSError):
        _note_of(step).unlink(missing_ok=True)


def require_products() -> None:
    """Stop at the end of a build if a product is not what its step made.

    Raises:
        Problems: those that are not, each with what to do.
    """
    if wrong := [
        f"{said} `make` removes {output} and makes it again. Did another program write it, or is "
        "the disk failing?"
        for output, said, _ in _damaged(thoroughly=True)
    ]:
        raise Problems(wrong)


def remove_damaged() -> list[str]:
    """Remove the products that are not what their steps made, and say which."""
    told = []
    for output, said, note in list(_damaged()):
        if output.is_dir():
            shutil.rmtree(output)
        else:
            output.unlink()
        # The step makes all that it noted again, and notes it.
        note.unlink(missing_ok=True)
        told.append(f"{said} {output} is removed and made again.")
    return told


def _damaged(*, thoroughly: bool = False) -> Iterator[tuple[Path, str, Path]]:
    """What has to be made again, though it is there: output, why, and its step's note.

    Args:
        thoroughly: read also what no other product is made from, whatever its time says.
    """
    for output, (made, note) in _noted().items():
        # Of a folder that was lost whole another step may have made a part, and no more was asked.
        lost = thoroughly and not any(map(Path.is_file, map(Path, made)))
        if output.exists() and not lost and (said := _wrong(made, thoroughly=thoroughly)):
            yield output, said, note


def _wrong(made: Made, *, thoroughly: bool = False) -> str:
    """What is wrong with the first file that is not as it was made; empty if none is."""
    for path in map(Path, made):
        if not path.is_file():
            return f"{path} is lost."
        size, time, sha256 = made[path.as_posix()]
        found = path.stat()
        written = found.st_mtime_ns != time or not ALWAYS_READ.isdisjoint(path.parts)
        if found.st_size != size or ((written or thoroughly) and digest(path) != sha256):
            return f"{path} was damaged: it is not as its step made it."
    return ""


def _as_is(path: Path) -> tuple[int, int, str]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, digest(path)


def _files(output: Path) -> Iterator[Path]:
    yield from filter(Path.is_file, output.rglob("*") if output.is_dir() else [output])


def _note_of(step: str) -> Path:
    return NOTES / (step.replace("/", "+") + ".json")


def _noted() -> dict[Path, tuple[Made, Path]]:
    """What was made and where that is noted, by the file or folder that a step names.

    Of two notes the newer counts: another version may have made a file in another step, and the
    page of one force, made alone, lies in folders of the whole report.
    """
    made: dict[Path, tuple[Made, Path]] = {}
    for note in _newest_last(NOTES):
        for name, files in _read(note).items():
            output = Path(name)
            for outer in made.keys() & set(output.parents):
                older = made[outer][0]
                for file in [file for file in older if file.startswith(f"{name}/")]:
                    del older[file]
            if output.is_dir():
                for inner in [inner for inner in made if output in inner.parents]:
                    del made[inner]
            made[output] = files, note
    return made


def _newest_last(notes: Path) -> list[Path]:
    return sorted(notes.glob("*.json"), key=lambda note: note.stat().st_mtime_ns)


def _read(note: Path) -> dict[str, Made]:
    """A note, empty if a crash left it unfinished or another version wrote it."""
    try:
        read: dict[str, Made] = json.loads(note.read_bytes())
        return {output: dict(files) for output, files in read.items()}
    except (OSError, ValueError, TypeError):
        return {}
