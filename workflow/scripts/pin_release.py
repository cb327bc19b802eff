"""Bring one release, read it as every later run will, and take it into the registry."""

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.releases.pinning import pin_release
from crimeshare.running import running, say
from crimeshare.sources.datasets import DATASETS, OFFICE_FOR_NATIONAL_STATISTICS
from crimeshare.sources.open_source import open_listing, open_pages
from crimeshare.tables.layout import relative

with running(snakemake):
    configuration = read_configuration(snakemake.config)
    if configuration.release is None:
        raise Problem("Say which release: snakemake pin_release --config release=pfa-2025-03")
    accept = configuration.accept or []
    dataset = DATASETS.get(configuration.release.partition("-")[0])
    publisher = dataset.publisher if dataset else OFFICE_FOR_NATIONAL_STATISTICS
    pinned = pin_release(
        configuration.release,
        open_pages(configuration, publisher),
        configuration.datasets,
        accept=[accept] if isinstance(accept, str) else accept,
        listing=open_listing(configuration, publisher) if publisher.listing else None,
    )
    release = pinned.release
    if not pinned.changed:
        say(f"{release.release_id} is pinned and shipped already; its bytes are the pinned ones.")
    else:
        for warning in pinned.warnings:
            say(f"To be looked at: {warning}")
        say(
            f"{release.release_id} is pinned with {release.bytes:,} bytes and sha256 "
            f"{release.sha256}. Commit together: {', '.join(map(relative, pinned.changed))}."
        )
