"""Write what the audit knows of recorded crime, as small files that plain Python reads."""

from pathlib import Path

from crimeshare.audit.compact import (
    compact_codes,
    compact_editions,
    compact_quarters,
    write_evidence,
)
from crimeshare.measures.years import NEEDED
from crimeshare.parquet import read_table
from crimeshare.running import running

with running(snakemake):
    vintages = read_table(snakemake.input.vintages)
    editions = compact_editions(vintages, read_table(snakemake.input.recorded_crime))
    quarters = read_table(snakemake.input.quarters, columns=NEEDED)
    evidence = {
        "editions": editions,
        "quarters": compact_quarters(vintages, quarters),
        "codes": compact_codes(vintages, quarters),
    }
    write_evidence(evidence, Path(snakemake.output.editions).parent)
