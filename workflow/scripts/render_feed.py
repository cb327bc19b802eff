"""Write the feed of what changed, release by release."""

from pathlib import Path

import pandas as pd

from crimeshare.publish.site.feed import feed
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import replacing, running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    registry = read_registry(Path(snakemake.input.registry))
    releases = {name: registry[name] for name in snakemake.params.releases}
    series = pd.read_parquet(snakemake.input.series)
    revisions = pd.read_parquet(snakemake.input.revisions)
    for page in report_pages(snakemake.params.offence_ids):
        if page.own_name == "index":
            text = feed(
                releases, series, revisions, page.group, snakemake.params.site_url, page.folder
            )
            with replacing(page.path.with_name("feed.xml")) as path:
                path.write_text(text, encoding="utf-8")
