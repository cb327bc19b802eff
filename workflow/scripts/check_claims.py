"""Stop if a statement could not be judged because its entry does not hold."""

from pathlib import Path

from crimeshare.problems import Problems
from crimeshare.running import running

with running(snakemake):
    refused = Path(snakemake.input.refused).read_text(encoding="utf-8").splitlines()
    if refused:
        raise Problems(refused)
