"""A mirror on disk: files under their path on ons.gov.uk, `X/data.json` for the page `/X/data`."""

import shutil
from pathlib import Path
from typing import Any

from crimeshare.problems import Problem, explained, shown
from crimeshare.sources.source import Missing, Unanswered
from crimeshare.texts import parse_json


class MirrorFolder:
    """A folder with the tree of ons.gov.uk; see :class:`crimeshare.sources.source.Source`."""

    official = False

    def __init__(self, root: Path, max_bytes: int) -> None:
        self.name = f"the mirror {root}"
        self.argument = str(root)
        self._root = root
        self._max_bytes = max_bytes

    def page(self, uri: str) -> dict[str, Any]:
        path = self._held(f"{uri}/data.json")
        try:
            body = parse_json(path.read_bytes())
        except Problem as problem:
            raise Unanswered(f"{path} is not JSON ({problem}); mend or remove it.") from problem
        except OSError as error:
            raise Unanswered(str(explained(error))) from error
        if not isinstance(body, dict):
            raise Unanswered(f"{path} holds a {type(body).__name__}; expected a JSON object.")
        return body

    def download(self, uri: str, destination: Path) -> str | None:
        path = self._held(uri)
        if (size := path.stat().st_size) > self._max_bytes:
            raise Unanswered(
                f"{path} has {size:,} bytes, above the limit of {self._max_bytes:,}; raise "
                "`max_bytes` if that is as it should be."
            )
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, destination)
        return None

    def files(self, suffix: str) -> list[str]:
        """Addresses of all files with this ending."""
        found = sorted(path for path in self._root.rglob(f"*{suffix}") if path.is_file())
        return [f"/{path.relative_to(self._root).as_posix()}" for path in found]

    def _held(self, uri: str) -> Path:
        path = self._root.joinpath(uri.lstrip("/"))
        try:
            inside = path.resolve().is_relative_to(self._root.resolve())
            there = path.is_file()
        except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, a circle of links
            raise Unanswered(
                f"{shown(uri)} is no address that {self.name} can hold ({shown(error)})."
            ) from error
        if not inside:
            raise Unanswered(f"{uri} leads out of {self.name}; expected an address inside it.")
        if not there:
            raise Missing(
                f"{self.name} does not hold {uri}; put it there, or choose another source or fewer "
                "`releases`."
            )
        return path
