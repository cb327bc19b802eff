"""Execute the notebooks of a batch of pages."""

from pathlib import Path

from crimeshare.publish.site.notebooks import execute_pages
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import running

with running(snakemake):
    pages = {page.name: page for page in report_pages(snakemake.params.offence_ids)}
    batch = [pages[name] for name in snakemake.params.pages]
    execute_pages(batch, snakemake.params.reads, Path.cwd())
