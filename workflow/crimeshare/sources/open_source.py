"""Open the source that a configuration names: a site, or a mirror of ons.gov.uk on disk."""

import shutil
from pathlib import Path
from typing import Any

from crimeshare.configuration import SOURCES, Configuration, is_url
from crimeshare.problems import Problem, explained, shown
from crimeshare.sources.datasets import OFFICE_FOR_NATIONAL_STATISTICS, Publisher
from crimeshare.sources.source import Missing, Source, Unanswered
from crimeshare.sources.website import Website
from crimeshare.texts import parse_json


def open_pages(
    configuration: Configuration, publisher: Publisher = OFFICE_FOR_NATIONAL_STATISTICS
) -> Source:
    """Return the source to ask for pages and unread files: the publisher where it is `embedded`."""
    source = "ons" if configuration.source == "embedded" else configuration.source
    return open_source(configuration.model_copy(update={"source": source}), publisher)


def open_listing(configuration: Configuration, publisher: Publisher) -> Source:
    """Return the source to ask for a publisher's landing page; a mirror holds that of all."""
    if configuration.source in SOURCES:
        return Website(
            publisher.listing,
            hosts=configuration.hosts,
            contact=configuration.contact,
            max_bytes=configuration.max_bytes,
            official=True,
            page_suffix="",
        )
    return open_source(configuration, publisher)


def open_source(
    configuration: Configuration, publisher: Publisher = OFFICE_FOR_NATIONAL_STATISTICS
) -> Source:
    """Return the source that the configuration names.

    Args:
        configuration: where to ask; `ons` stands for each publisher's own site.
        publisher: of the release that is asked for. A mirror holds the releases of all.

    Raises:
        Problem: the configuration says `embedded`, which gives figures and no files.
    """
    source = configuration.source
    if source == "embedded":
        raise Problem(
            "source=embedded gives shipped figures and no workbooks or pages; say where to ask: "
            "--config source=ons, or a mirror's folder or address."
        )
    if source == "ons":
        return Website(
            publisher.host,
            hosts=configuration.hosts,
            contact=configuration.contact,
            max_bytes=configuration.max_bytes,
            official=True,
            by_path=bool(publisher.landing),
        )
    if is_url(source):
        return Website(source, contact=configuration.contact, max_bytes=configuration.max_bytes)
    return MirrorFolder(Path(source).expanduser(), max_bytes=configuration.max_bytes)


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
