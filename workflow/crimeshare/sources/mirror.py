"""A mirror on disk: files under their path on ons.gov.uk, `X/data.json` for the page `/X/data`."""

import json
import shutil
from pathlib import Path
from typing import Any

from crimeshare.sources.source import Missing, Unanswered


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
            body = json.loads(path.read_bytes())
        except ValueError as error:
            raise Unanswered(f"{path} is not JSON ({error}); mend or remove it.") from error
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

    def _held(self, uri: str) -> Path:
        path = self._root.joinpath(uri.lstrip("/"))
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise Unanswered(f"{uri} leads out of {self.name}; expected an address inside it.")
        if not path.is_file():
            raise Missing(
                f"{self.name} does not hold {uri}; put it there, or choose another source or fewer "
                "`releases`."
            )
        return path
