"""Write for programs the newest figures, the series, a file for each area, and the feed."""

from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from crimeshare.parquet import read_rows_where
from crimeshare.publish.pack.data_pack import in_text, without_formulas
from crimeshare.publish.pack.open_data import (
    COUNTED,
    area_documents,
    database,
    edition,
    latest,
    series,
    wide,
    with_names,
)
from crimeshare.publish.site.feed import feed
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import replacing, running, write_file
from crimeshare.sources.registry import read_registry

with running(snakemake):
    groups = snakemake.params.offence_ids
    names = pq.read_schema(snakemake.input.series).names
    table = pd.read_parquet(snakemake.input.series, columns=in_text(names))
    composition = pd.read_parquet(snakemake.input.composition, columns=COUNTED)
    own = pc.field("offence_id").isin(groups)
    revisions = read_rows_where(snakemake.input.revisions, own).to_pandas()
    compared = pd.read_parquet(snakemake.input.compared_changes)
    flipped = compared[compared["turned"]].drop(columns="turned")
    for given, output in (
        (newest := latest(table, composition, groups), snakemake.output.latest),
        (wide(newest), snakemake.output.latest_wide),
        (wide(table), snakemake.output.years_wide),
        (series(table), snakemake.output.text),
        (with_names(revisions), snakemake.output.revisions),
        (with_names(flipped), snakemake.output.flipped_changes),
    ):
        with replacing(Path(output)) as path:
            pyarrow.csv.write_csv(
                without_formulas(pa.Table.from_pandas(given, preserve_index=False)),
                path,
                pyarrow.csv.WriteOptions(quoting_style="needed", eol="\n"),
            )
    with replacing(Path(snakemake.output.binary)) as path:
        pq.write_table(pa.Table.from_pandas(series(table), preserve_index=False), path)
    tables = {"latest": newest, "series": series(table)}
    write_file(snakemake.output.database, database(tables))
    write_file(snakemake.output.edition, edition(table, version("crimeshare")))
    for group, areas in zip(groups, snakemake.output.areas, strict=True):
        Path(areas).mkdir(parents=True, exist_ok=True)
        for name, document in area_documents(table, group):
            write_file(Path(areas) / f"{name}.json", document)
    registry = read_registry(Path(snakemake.input.registry))
    releases = {name: registry[name] for name in snakemake.params.releases}
    # Of every group, unlike the file of revisions.
    revised = pd.read_parquet(snakemake.input.revisions, columns=["release_id", "change"])
    for page in report_pages(groups):
        if page.own_name == "index":
            text = feed(
                releases, table, revised, page.group, snakemake.params.site_url, page.folder
            )
            write_file(page.path.with_name("feed.xml"), text)
