"""Ask the source what is new, corrected, re-issued, withdrawn or late; change nothing."""

from datetime import date
from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.releases import exit_statuses
from crimeshare.releases.release_check import check_releases
from crimeshare.running import running, say
from crimeshare.sources.open_source import open_listing, open_pages
from crimeshare.sources.registry import COPIES, REGISTRY, read_copies, read_registry

with running(snakemake):
    exit_statuses.CHECK.unlink(missing_ok=True)
    configuration = read_configuration(snakemake.config)
    registry = read_registry(REGISTRY)
    check = check_releases(
        open_pages(configuration),
        configuration.datasets,
        registry,
        read_copies(COPIES, registry),
        store=Path("resources/releases"),
        today=date.today(),
        listings={
            release.dataset: open_listing(configuration, release.publisher)
            for release in registry.values()
            if release.publisher.listing
        },
    )
    exit_statuses.write(exit_statuses.CHECK, check.as_json())
    for line in check.in_words():
        say(line)
