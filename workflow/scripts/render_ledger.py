"""Write the ledger of every figure that the report prints."""

from pathlib import Path

from crimeshare.ledger.entries import each_figure, keep_ledger, workbook_hashes, write_ledger
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import running

with running(snakemake):
    hashes = workbook_hashes(*map(Path, snakemake.input.clean))
    entries = [
        figure.entry for figure in each_figure(report_pages(snakemake.params.offence_ids), hashes)
    ]
    keep_ledger(entries, Path(snakemake.output.kept), Path(snakemake.output.summary))
    # Last, as the file written last is the one that is believed.
    write_ledger(entries, Path(snakemake.output.ledger))
