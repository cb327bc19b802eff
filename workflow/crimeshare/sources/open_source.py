"""Open the source that a configuration names."""

from pathlib import Path

from crimeshare.configuration import SOURCES, Configuration, is_url
from crimeshare.problems import Problem
from crimeshare.sources.datasets import OFFICE_FOR_NATIONAL_STATISTICS, Publisher
from crimeshare.sources.mirror import MirrorFolder
from crimeshare.sources.source import Source
from crimeshare.sources.website import Website


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
