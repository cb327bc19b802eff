"""Check the figures shipped in place of workbooks, and keep them as observations."""

import shutil
from pathlib import Path

from crimeshare.cache import cached
from crimeshare.problems import Problem, Problems
from crimeshare.products import digest
from crimeshare.running import replacing, running, write_file
from crimeshare.tables.reading import as_json, check_shipped

with running(snakemake):
    corrections = Path(snakemake.input.corrections)
    refused = []
    for release, figures, observations, report in zip(
        snakemake.params.releases,
        map(Path, snakemake.input.figures),
        snakemake.output.observations,
        snakemake.output.reports,
        strict=True,
    ):
        key = [snakemake.params.software, repr(release), digest(corrections), digest(figures)]
        try:
            checked = cached(
                "checks",
                "\n".join(key),
                lambda: as_json(check_shipped(figures, release, corrections)),  # noqa: B023
                release.release_id,
            )
        except Problem as problem:
            refused.append(str(problem))
            continue
        with replacing(observations) as path:
            shutil.copyfile(figures, path)
        write_file(report, checked)
    # Raised last, so that the next run checks only the releases that failed.
    if refused:
        raise Problems(refused)
