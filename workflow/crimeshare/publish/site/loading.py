"""What a page loads when it is opened, and what it may run.

Read at every start of Snakemake, hence nothing but the standard library.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

SCRIPT = "report.js"

# Pages that do more than read have a script of their own.
OWN_SCRIPTS = {"check": ["check.js"], "explore": ["explore.js"], "search": ["search.js"]}

SHARED = ("report.css", SCRIPT, *(name for names in OWN_SCRIPTS.values() for name in names))
"""Files beside the pages."""

# Before anything is drawn, so that a dark page does not flash white.
EARLY = 'try{document.documentElement.dataset.theme=localStorage.getItem("theme")||""}catch(e){}'


# A chart on another site says how high it is, so that its frame can be.
FIT = (
    "new ResizeObserver(()=>parent.postMessage("
    '{crimeshare:Math.ceil(document.body.getBoundingClientRect().height)},"*"))'
    ".observe(document.body)"
)


@cache
def load() -> str:
    """The script that loads the others: from a folder too, where no hash of a file can be checked.

    Read when a page is made, as steps that make none read this module too.
    """
    return (Path(__file__).parent / "templates" / "load.js").read_text(encoding="utf-8").strip()


STRICT = "'strict-dynamic'"
WASM = "'wasm-unsafe-eval'"
"""Lets a page run Python, which comes compiled for browsers; text is never run as a script."""


def content_policy(scripts: Iterable[str], *more: str) -> str:
    """What a page may do: run the scripts written into it and those that they load, no others.

    No other host is ever asked.  Drawings and tiles carry styles of their own, which ask for
    nothing either.

    Args:
        scripts: the texts of the page's script elements, to the letter.
        more: what else the page may run, as `WASM`.
    """
    hashes = (
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    run = " ".join([*hashes, *more])
    return (
        f"default-src 'none'; {f'script-src {run} {STRICT}; ' if run else ''}"
        "style-src 'self' file: 'unsafe-inline'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'"
    )
