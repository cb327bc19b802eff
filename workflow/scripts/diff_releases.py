"""Compare the results with those of an earlier build, in words and as a verdict."""

from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.releases import verdicts
from crimeshare.releases.comparing import (
    NOT_COMPARED,
    STATUSES,
    compare_builds,
    in_words,
)
from crimeshare.releases.comparison_page import as_page
from crimeshare.running import running, say

with running(snakemake):
    verdicts.DIFF.unlink(missing_ok=True)
    configuration = read_configuration(snakemake.config)
    before, offence_id = configuration.before, configuration.offence_group
    if before is None:
        raise Problem(
            "Say what to compare with: snakemake diff_releases --config before=<folder>, a copy "
            "of `results` as an earlier build left it."
        )
    try:
        diff = compare_builds(Path(before), Path("results"), offence_id)
    except Problem as problem:
        verdicts.write(
            verdicts.DIFF,
            {"status": STATUSES[NOT_COMPARED], "exit_status": NOT_COMPARED, "reason": str(problem)},
        )
        say(f"Not compared: {problem}")
    else:
        page = verdicts.DIFF.with_name("diff.md")
        verdicts.write(verdicts.DIFF, diff.as_json())
        page.write_text(in_words(diff, offence_id), encoding="utf-8")
        page.with_suffix(".html").write_text(
            as_page(diff, str(before), offence_id), encoding="utf-8"
        )
        page.with_name("figures.diff").write_text(
            "".join(f"{line}\n" for line in diff.figures), encoding="utf-8"
        )
        say(
            f"{STATUSES[diff.status].capitalize()}: {page} says what became of each table, "
            f"{page.with_suffix('.html')} the same for a browser."
        )
