"""Execute the notebook of every page of the report."""

from pathlib import Path

from crimeshare.publish.site.notebooks import execute_pages
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import running

with running(snakemake):
    execute_pages(
        report_pages(), snakemake.params.parameters, Path.cwd(), kernels=snakemake.threads
    )
