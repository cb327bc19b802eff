# Acquire: the workbooks of the releases, as published and never edited.
#
# in    config/releases.csv    what exists and what its bytes must hash to
#       config/copies.csv      what a mirror may hold instead of ONS's own file
#       the source that `--config source=` names: ons.gov.uk, or a mirror
# out   resources/releases/<release_id>/<file>    checked, under ONS's own file name
#       resources/releases/quarantine/            what failed a check, and why
#
# A workbook is proven by its hash, so a change of the code does not fetch it again.


rule fetch_release:
    output:
        # `update` leaves a good workbook in place while the rule runs again: Snakemake would
        # delete it first, and a source that is down would leave nothing.
        update("resources/releases/{release_id}/{file}"),
    log:
        "results/logs/fetch_release/{release_id}/{file}.log",
    wildcard_constraints:
        release_id=one_of(registry),
        file="[^/]+",
    retries: 0
    conda:
        "../../envs/pipeline.yaml"
    resources:
        downloads=1,
    params:
        # What the bytes must be, so that a changed pin runs the rule again; where they come from
        # makes no difference.
        sha256=lambda wildcards: registry[wildcards.release_id].sha256,
        copies=lambda wildcards: (
            []
            if configuration.source == "ons"
            else [copy.sha256 for copy in copies.get(wildcards.release_id, [])]
        ),
    message:
        "Fetching {wildcards.release_id}"
    script:
        "../scripts/fetch_release.py"
