"""Compare the results with those of an earlier build, in words and as a verdict."""

from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.releases import exit_statuses
from crimeshare.releases.comparing import (
    STATUSES,
    BuildDiff,
    clear,
    compare_builds,
    write_comparison,
)
from crimeshare.running import running, say

with running(snakemake):
    clear(exit_statuses.FOLDER)
    exit_statuses.DIFF.unlink(missing_ok=True)
    configuration = read_configuration(snakemake.config)
    before, offence_id = configuration.before, configuration.groups[0]
    if before is None:
        raise Problem(
            "Say what to compare with: snakemake diff_releases --config before=<folder>, a copy "
            "of `results` as an earlier build left it."
        )
    try:
        diff = compare_builds(Path(before), Path("results"), offence_id)
    except Problem as problem:
        diff = BuildDiff(reason=str(problem))
    exit_statuses.write(exit_statuses.DIFF, diff.as_json())
    page = write_comparison(exit_statuses.FOLDER, diff, str(before))
    told = diff.reason or f"{page} says what became of each table, as does diff.md in words."
    say(f"{STATUSES[diff.status].capitalize()}: {told}")
