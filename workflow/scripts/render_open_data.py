"""Write the newest figures, the series and a file for each area, for programs."""

from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from crimeshare.parquet import read_rows_where
from crimeshare.publish.pack.data_pack import without_formulas
from crimeshare.publish.pack.open_data import (
    COUNTED,
    LEFT_OUT,
    area_documents,
    edition,
    latest,
    series,
    wide,
    with_names,
)
from crimeshare.running import replacing, running

with running(snakemake):
    groups = snakemake.params.offence_ids
    names = pq.read_schema(snakemake.input.series).names
    table = pd.read_parquet(
        snakemake.input.series, columns=[name for name in names if name not in LEFT_OUT]
    )
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
    with replacing(Path(snakemake.output.edition)) as path:
        path.write_text(edition(table, version("crimeshare")), encoding="utf-8")
    for group, areas in zip(groups, snakemake.output.areas, strict=True):
        Path(areas).mkdir(parents=True, exist_ok=True)
        for name, document in area_documents(table, group):
            with replacing(Path(areas) / f"{name}.json") as path:
                path.write_text(document, encoding="utf-8")
