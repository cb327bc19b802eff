"""Keep the figures of somebody else's conversion of the open data as those the repository ships."""

from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.releases.conversion import ship_conversion
from crimeshare.running import running, say
from crimeshare.sources.registry import REGISTRY, read_registry

with running(snakemake):
    configuration = read_configuration(snakemake.config)
    if not configuration.conversion or not Path(configuration.conversion).is_file():
        raise Problem(
            f"config: `conversion` is `{configuration.conversion or ''}`; expected the Parquet "
            "file that the open data was converted to."
        )
    target = ship_conversion(
        Path(configuration.conversion), configuration.release, read_registry(REGISTRY)
    )
    say(f"{target} holds the figures of {target.stem}, read from a conversion.")
