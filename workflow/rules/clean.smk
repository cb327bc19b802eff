# Clean: one row a cell, then one long table over all releases.
#
# in    resources/releases/<release_id>/<file>     workbooks, or
#       resources/figures/<release_id>.parquet     the figures shipped in their place
#       config/corrections.yaml                    known faults in the workbooks
#       config/accepted.csv                        figures that are right, whatever others say
# out   results/observations/<release_id>.parquet  every cell read, with its labels
#       results/observations/<release_id>.json     how many of them others vouch for
#       results/observations/compared.txt          that all releases go together
#       results/clean/recorded_crime.parquet       counts, changes, rates, populations
#       results/clean/population.parquet           residents and households
#       results/clean/checks.parquet               figures of each edition that others vouch for
#       results/clean/check_kinds.parquet          identities of each edition, by kind


read_from_workbooks = {
    release_id: release
    for release_id, release in releases.items()
    if not has_figures(release)
}


rule read_release:
    input:
        workbook=lambda wildcards: origin_of(read_from_workbooks[wildcards.release_id]),
        corrections="config/corrections.yaml",
        reference=[*reference("areas", "offences"), *LAYOUTS],
    output:
        observations="results/observations/{release_id}.parquet",
        report="results/observations/{release_id}.json",
    log:
        "results/logs/read_release/{release_id}.log",
    wildcard_constraints:
        release_id=one_of(read_from_workbooks),
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("tables"),
        release=lambda wildcards: read_from_workbooks[wildcards.release_id],
    message:
        "Reading {wildcards.release_id}"
    script:
        "../scripts/read_release.py"


# Checking the shipped figures of a release takes a third of a second, less than starting a job, so
# one job checks all releases of a shape. Releases that have not changed are not checked again.
for shape in SHAPES:
    batch = list(filter(has_figures, releases_of(shape)))
    if not batch:
        continue

    rule:
        name:
            f"check_shipped_{shape}"
        input:
            figures=[origin_of(release) for release in batch],
            hashes=HASHES,
            corrections="config/corrections.yaml",
            reference=[*reference("areas", "offences"), *LAYOUTS],
        output:
            observations=[
                f"results/observations/{release.release_id}.parquet"
                for release in batch
            ],
            reports=[
                f"results/observations/{release.release_id}.json" for release in batch
            ],
        log:
            f"results/logs/check_shipped/{shape}.log",
        conda:
            "../../envs/pipeline.yaml"
        resources:
            mem_mb=500,
        params:
            software=software("tables"),
            releases=batch,
        message:
            f"Checking the shipped figures of {len(batch)} releases, {batch[0].release_id} first"
        script:
            "../scripts/check_shipped.py"


rule compare_sources:
    input:
        observations=observations_of(*SHAPES),
        reports=[
            Path(observations).with_suffix(".json")
            for observations in observations_of(FORCE_AREAS, APPENDIX)
        ],
        accepted="config/accepted.csv",
        reference=[
            *reference("areas", "area_notes", "offences", "partnerships"),
            SERIES_GROUPS,
            shipped("workflow/crimeshare/tables/against.csv"),
            shipped("workflow/crimeshare/tables/revised.csv"),
        ],
    output:
        compared="results/observations/compared.txt",
        checks="results/clean/checks.parquet",
        kinds="results/clean/check_kinds.parquet",
    log:
        "results/logs/compare_sources.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1500,
    params:
        software=software("tables"),
        releases=releases_of(*SHAPES),
    message:
        "Holding every release against every other"
    script:
        "../scripts/compare_sources.py"


rule combine_recorded_crime:
    input:
        observations=observations_of(FORCE_AREAS),
        reference=reference("area_notes", "areas", "offences", "partnerships"),
        columns=NAMES,
    output:
        recorded_crime="results/clean/recorded_crime.parquet",
        population="results/clean/population.parquet",
        area_notes="results/clean/area_notes.parquet",
    log:
        "results/logs/combine_recorded_crime.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("tables"),
    message:
        "Combining {input.observations}"
    script:
        "../scripts/combine_recorded_crime.py"


rule ship_figures:
    input:
        observations=observations_of(*SHAPES),
        compared=rules.compare_sources.output.compared,
    log:
        "results/logs/ship_figures.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Shipping figures to resources/figures/"
    script:
        "../scripts/ship_figures.py"
