"""Compare every figure of the committed ledger with what the rebuilt report prints."""

import logging
from pathlib import Path

from crimeshare.ledger.entries import collect, compare, published, reproduced, workbook_hashes
from crimeshare.problems import Problems
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import running

# A reader wants the first cases; the log has all of them.
SHOWN = 20

with running(snakemake):
    ledger, entries = published()
    pages = report_pages(snakemake.params.offence_ids)
    rebuilt = collect(pages, workbook_hashes(*map(Path, snakemake.input.clean)))
    print(
        f"{reproduced(entries, rebuilt)} of {len(entries)} published figures reproduced",
        flush=True,
    )
    sentences = compare(entries, rebuilt, {page.name: page for page in pages}, ledger)
    for sentence in sentences:
        logging.getLogger(__name__).info(sentence)
    if len(sentences) > SHOWN:
        rest = f"{len(sentences) - SHOWN} more are in {snakemake.log[0]}."
        sentences = [*sentences[:SHOWN], rest]
    if sentences:
        raise Problems(sentences)
