"""Hold every release against every other, and count what ties the figures of each edition."""

from pathlib import Path

import pyarrow.parquet as pq

from crimeshare.running import replacing, running
from crimeshare.tables.counts import counts_of_files, in_order
from crimeshare.tables.misfits import check
from crimeshare.tables.reading import combine_reports

with running(snakemake):
    for table, output in zip(
        combine_reports(map(Path, snakemake.input.reports)),
        (snakemake.output.checks, snakemake.output.kinds),
        strict=True,
    ):
        with replacing(output) as path:
            pq.write_table(table, path, compression="zstd")
    releases = {release.release_id: release for release in snakemake.params.releases}
    files = {
        name: (releases[name].reader, path)
        for path in map(Path, snakemake.input.observations)
        for name in [path.stem]
    }
    counts = counts_of_files(files)
    # Raises where two releases cannot both be right.
    check(counts, in_order(releases.values()), accepted=Path(snakemake.input.accepted))
    with replacing(snakemake.output.compared) as path:
        path.write_text(f"{len(counts)} counts of {len(files)} releases go together.\n")
