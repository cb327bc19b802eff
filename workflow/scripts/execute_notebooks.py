"""Execute the notebooks of a batch of pages."""

from pathlib import Path

from crimeshare.publish.site.notebooks import execute_pages
from crimeshare.publish.site.pages import page
from crimeshare.running import running

with running(snakemake):
    group = snakemake.params.offence_group
    execute_pages([page(name, group) for name in snakemake.params.pages], Path.cwd())
