"""Report how many figures of each edition others vouch for."""

from pathlib import Path

import pyarrow.parquet as pq

from crimeshare.running import replacing, running
from crimeshare.tables.checks import combine_reports

with running(snakemake):
    checks, kinds = combine_reports(map(Path, snakemake.input.reports))
    with replacing(snakemake.output.checks) as path:
        pq.write_table(checks, path, compression="zstd")
    with replacing(snakemake.output.kinds) as path:
        pq.write_table(kinds, path, compression="zstd")
