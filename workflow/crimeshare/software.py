"""What made a result: the environment and the code, as a digest that goes into each rule.

Snakemake looks at a rule's script to see whether its code changed.  The scripts here are
thin and the library does the work, so a rule carries the digest of the parts it calls:
a result is made again when they or the environment's lock change.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_LIBRARY = Path(__file__).parent
_LOCK = _LIBRARY.parents[1] / "envs" / "requirements.txt"


def software(*parts: str) -> str:
    """The digest of the lock, the library's top modules and the packages named."""
    files = [_LOCK, *sorted(_LIBRARY.glob("*.py"))]
    for part in parts:
        files += sorted(
            path for path in (_LIBRARY / part).rglob("*") if path.suffix in (".py", ".csv")
        )
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
