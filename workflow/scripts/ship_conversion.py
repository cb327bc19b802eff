"""Keep the figures of somebody else's conversion of the open data as those the repository ships."""

from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.running import replacing, running, say
from crimeshare.sources.datasets import QUARTERS
from crimeshare.sources.registry import REGISTRY, read_registry
from crimeshare.tables.observations import write_observations
from crimeshare.tables.recorded_quarters import read_conversion

with running(snakemake):
    configuration = read_configuration(snakemake.config)
    registry = read_registry(REGISTRY)
    quarterly = [name for name, release in registry.items() if release.reader == QUARTERS]
    release_id = configuration.release or (quarterly[-1] if quarterly else "")
    if release_id not in quarterly:
        raise Problem(
            f"config: `release` is `{release_id}`; expected a release of the Home Office's open "
            f"data in config/releases.csv: {', '.join(quarterly) or 'none is there'}."
        )
    if not configuration.conversion or not Path(configuration.conversion).is_file():
        raise Problem(
            f"config: `conversion` is `{configuration.conversion or ''}`; expected the Parquet "
            "file that the open data was converted to."
        )
    target = Path("resources/figures") / f"{release_id}.parquet"
    with replacing(target) as path:
        write_observations(read_conversion(Path(configuration.conversion), release_id), path)
    say(f"{target} holds the figures of {release_id}, read from a conversion.")
