"""Ask the source what is new, corrected, re-issued, withdrawn or late; change nothing."""

from datetime import date
from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.releases import verdicts
from crimeshare.releases.checking import check_releases
from crimeshare.running import running, say
from crimeshare.sources.opening import open_listing, open_pages
from crimeshare.sources.registry import COPIES, REGISTRY, read_copies, read_registry

with running(snakemake):
    verdicts.CHECK.unlink(missing_ok=True)
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
    verdicts.write(verdicts.CHECK, check.as_json())
    for line in check.in_words():
        say(line)
