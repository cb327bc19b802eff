"""Bring the workbook of one release from the configured source, checked against the registry."""

from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.running import running
from crimeshare.sources.delivery import fetch
from crimeshare.sources.open_source import open_source
from crimeshare.sources.registry import COPIES, REGISTRY, read_copies, read_registry

with running(snakemake):
    registry = read_registry(REGISTRY)
    release = registry[snakemake.wildcards.release_id]
    target = Path(snakemake.output[0])
    if target.name != release.file:
        expected = target.with_name(release.file) if release.file else "nothing: no name is known"
        raise Problem(f"{target} is not the file of {release.release_id}; expected {expected}.")
    fetch(
        release,
        open_source(read_configuration(snakemake.config), release.publisher),
        copies=read_copies(COPIES, registry).get(release.release_id, []),
        target=target,
        store=target.parents[1],
    )
