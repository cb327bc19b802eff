"""Write the feed of what changed, release by release."""

from pathlib import Path

import pandas as pd

from crimeshare.publish.site.feed import feed
from crimeshare.running import replacing, running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    registry = read_registry(Path(snakemake.input.registry))
    text = feed(
        {name: registry[name] for name in snakemake.params.releases},
        pd.read_parquet(snakemake.input.series),
        pd.read_parquet(snakemake.input.revisions),
        snakemake.params.offence_group,
        snakemake.params.site_url,
    )
    with replacing(Path(snakemake.output.feed)) as path:
        path.write_text(text, encoding="utf-8")
