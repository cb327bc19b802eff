"""Describe the build as an RO-Crate."""

import tomllib
from pathlib import Path

from crimeshare.ledger.crate import describe, publications, write_description
from crimeshare.running import running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    project = tomllib.loads(Path(snakemake.input.project).read_text(encoding="utf-8"))["project"]
    crate = Path(snakemake.output.crate)
    description = describe(
        crate.parent,
        # Of what it was given, the files in the folder described are what the build made.
        [
            file
            for path in dict.fromkeys(map(Path, snakemake.input))
            if crate.parent in path.parents
            # Of a folder its files, but not what Snakemake marks it with.
            for file in (sorted(path.rglob("[!.]*.*")) if path.is_dir() else [path])
        ],
        map(Path, snakemake.input.read),
        publications(*map(Path, snakemake.input.clean)),
        read_registry(Path(snakemake.input.registry)),
        project["version"],
        Path(snakemake.input.requirements),
        Path(snakemake.input.lock),
    )
    write_description(description, crate)
