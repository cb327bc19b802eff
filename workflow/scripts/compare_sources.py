"""Hold every release against every other; stop where two of them cannot both be right."""

from pathlib import Path

from crimeshare.running import replacing, running
from crimeshare.tables.counts import counts_of_files, in_order
from crimeshare.tables.misfits import check

with running(snakemake):
    releases = {release.release_id: release for release in snakemake.params.releases}
    files = {
        name: (releases[name].reader, path)
        for path in map(Path, snakemake.input.observations)
        for name in [path.stem]
    }
    counts = counts_of_files(files)
    check(counts, in_order(releases.values()), accepted=Path(snakemake.input.accepted))
    with replacing(snakemake.output.compared) as path:
        path.write_text(f"{len(counts)} counts of {len(files)} releases go together.\n")
