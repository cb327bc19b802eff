"""The code behind a step, as a digest that its rule has for a parameter.

The library has floors, and no import runs up (``tests/unit/test_software.py``).  A rule names the
floor that its script calls: where that floor, one below it or the locked environment changes, the
step runs again.  Files that the code reads are inputs of the rule, so that a sentence mended in a
template remakes only the pages that say it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crimeshare.columns import types

LIBRARY = Path(__file__).parent
PROJECT = LIBRARY.parents[1]
LOCK = PROJECT / "envs" / "requirements.txt"

FLOORS = ("", "sources", "tables", "measures", "audit", "publish", "ledger", "releases")
"""Packages of the library from the ground up; the first are the modules outside any package."""

ROOF = ("cli.py", "unlocking.py")
"""Modules outside any package that stand above all floors."""


@cache
def software(floor: str = FLOORS[-1]) -> str:
    """The digest of a floor of the library, of those below it and of the locked environment.

    Args:
        floor: one of `FLOORS`.

    Raises:
        ValueError: for a name that is none of them.
    """
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update(repr(types()).encode())
    for name in FLOORS[: FLOORS.index(floor) + 1]:
        for path in modules(name):
            digest.update(f"\0{path.relative_to(LIBRARY).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def modules(floor: str) -> Iterator[Path]:
    """The files of a floor's modules, in the order of their names."""
    found = (LIBRARY / floor).rglob("*.py") if floor else LIBRARY.glob("*.py")
    return (path for path in sorted(found) if path.name not in ROOF or path.parent != LIBRARY)


def shipped(path: str) -> str:
    """A file of the project as a rule names it: from here where Snakemake works in the project.

    In a folder that uses the workflow as a module, the project lies elsewhere.
    """
    return path if Path.cwd() == PROJECT.resolve() else (PROJECT / path).as_posix()
