"""What was made before and takes long to make: drawings and PDFs, by what they are made from.

A key holds all that the bytes depend on, the version of what made them included, so nothing kept is
ever out of date.  Several jobs may keep and read at once; what a crash left unfinished is not
believed.  Outside of a folder that Snakemake works in nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from crimeshare.running import replacing

SNAKEMAKE = Path(".snakemake")
CACHE = SNAKEMAKE / "crimeshare"


def cached(kind: str, key: str, make: Callable[[], bytes]) -> bytes:
    """What `make` makes, from the last time it was made for the same key.

    Args:
        kind: names what is made, ``drawings``.
        key: all that it depends on, as text.
        make: makes it.
    """
    if not SNAKEMAKE.is_dir():
        return make()
    name = hashlib.sha256(key.encode()).hexdigest()
    path = CACHE / kind / name[:2] / name[2:]
    with suppress(OSError):
        digest, content = _parts(path.read_bytes())
        if digest == hashlib.sha256(content).digest():
            return content
    content = make()
    # A disk that is full or cannot be written costs the time of making it again.
    with suppress(OSError), replacing(path) as target:
        target.write_bytes(hashlib.sha256(content).digest() + content)
    return content


def _parts(kept: bytes) -> tuple[bytes, bytes]:
    size = hashlib.sha256().digest_size
    return kept[:size], kept[size:]
