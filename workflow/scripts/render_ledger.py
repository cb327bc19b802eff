"""Write the ledger of every figure that the report prints."""

from pathlib import Path

from crimeshare.ledger.figures import collect, workbook_hashes, write_ledger
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import running

with running(snakemake):
    hashes = workbook_hashes(*map(Path, snakemake.input.clean))
    figures = collect(report_pages(), hashes)
    write_ledger((figure.entry for figure in figures), Path(snakemake.output[0]))
