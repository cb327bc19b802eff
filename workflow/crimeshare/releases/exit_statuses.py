"""Verdicts: steps whose answer is an exit status, in a file of results/releases/.

Snakemake ends with 0 or 1, by whether its steps ran.  A check and a comparison have three answers,
so they write theirs, and the run that wrote one ends with it.

Read at every start of Snakemake, hence nothing but the standard library.
"""

import json
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path("results/releases")
CHECK, DIFF = FOLDER / "check.json", FOLDER / "diff.json"


def stamps() -> dict[Path, int | None]:
    """When each verdict was written, None where there is none."""
    return {path: path.stat().st_mtime_ns if path.is_file() else None for path in (CHECK, DIFF)}


def exit_status(before: Mapping[Path, int | None]) -> int:
    """The gravest of the verdicts written since `before`, 0 where none was."""
    written = [path for path, stamp in stamps().items() if stamp not in (None, before[path])]
    return max((int(json.loads(path.read_bytes())["exit_status"]) for path in written), default=0)


def write(path: Path, verdict: Mapping[str, object]) -> None:
    """Write a verdict, whose ``exit_status`` the run will end with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(verdict, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
