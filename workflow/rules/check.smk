# Check: what is new at the source, and what would change.
#
# in    config/releases.csv                  what is known
#       the source that `--config source=` names; ons.gov.uk where it is `embedded`
# out   results/releases/check.json          new, corrected, re-issued, withdrawn, late
#       config/releases.csv                  a row more for a release that was pinned
#       resources/figures/<release_id>.parquet   its figures
#       resources/releases/preflight/        workbooks that do not fit, and why
#
#       results/releases/diff.json           this build beside an earlier one, table by table
#       results/releases/diff.html           the same on one page
#       results/releases/diff.md             the same, for a pull request
#
# After each run, products are looked at: none may be other than its step made it.
#
# These are asked for by name and run each time. A verdict ends the run with its own exit status:
# 0 nothing new, 1 something new, 2 could not tell; 0 same, 1 differs, 2 could not compare.

from crimeshare.products import require_products
from crimeshare.releases import exit_statuses

verdicts_before = exit_statuses.stamps()


onsuccess:
    with starting():
        require_products()
    if status := exit_statuses.exit_status(verdicts_before):
        raise SystemExit(status)


rule check_releases:
    log:
        "results/logs/check_releases.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Asking what is new"
    script:
        "../scripts/check_releases.py"


rule pin_release:
    log:
        "results/logs/pin_release.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Pinning a release"
    script:
        "../scripts/pin_release.py"


rule diff_releases:
    input:
        # A comparison of what was built before the last change would call it the same. The pages
        # of the report come with the ledger, and a page alone does not say which rule makes it.
        lambda wildcards: [
            path for path in rules.all.input if not path.startswith("results/report/")
        ],
    log:
        "results/logs/diff_releases.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Comparing with an earlier build"
    script:
        "../scripts/diff_releases.py"
