"""Take the season out of the quarters of every area."""

from crimeshare.columns import held
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.seasonal import compute_seasonally_adjusted
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    releases = newest_release(read_table(snakemake.input.series, columns=["release_id"]))
    series = read_table(
        snakemake.input.series,
        # What a quarter is compared with is found anew.
        columns=[name for name in held("quarterly_series") if not name.startswith("previous")],
        release_id=releases["release_id"].unique(),
    )
    write_table(compute_seasonally_adjusted(series), snakemake.output.adjusted)
