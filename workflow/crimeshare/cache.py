"""What was made before and takes long to make: drawings, pages, PDFs, by what they are made from.

A key holds all that the bytes depend on, the version of what made them included, so nothing kept is
ever out of date.  Several jobs may keep and read at once; what a crash left unfinished is not
believed.  Outside of a folder that Snakemake works in nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress

from crimeshare.products import SNAKEMAKE
from crimeshare.running import replacing

CACHE = SNAKEMAKE / "crimeshare"


def cached(kind: str, key: str, make: Callable[[], bytes], name: str = "") -> bytes:
    """What `make` makes, from the last time it was made for the same key.

    Args:
        kind: names what is made, ``drawings``.
        key: all that it depends on, as text.
        name: what it is kept under, in place of what was kept there for another key; unless given,
            what is made for every key is kept.
    """
    if not SNAKEMAKE.is_dir():
        return make()
    told = hashlib.sha256(key.encode())
    path = CACHE / kind / (name or f"{told.hexdigest()[:2]}/{told.hexdigest()[2:]}")
    with suppress(OSError):
        digest, content = _parts(path.read_bytes())
        if digest == _digest(told.digest(), content):
            return content
    content = make()
    # A disk that is full or cannot be written costs the time of making it again.
    with suppress(OSError), replacing(path) as target:
        target.write_bytes(_digest(told.digest(), content) + content)
    return content


def _digest(key: bytes, content: bytes) -> bytes:
    """What tells that kept content is whole, and that it was made for this key."""
    return hashlib.sha256(key + content).digest()


def _parts(kept: bytes) -> tuple[bytes, bytes]:
    size = hashlib.sha256().digest_size
    return kept[:size], kept[size:]
