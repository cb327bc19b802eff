# Quarters: recorded crime by quarter and offence code, and beside the yearly figures of ONS.
#
# in    resources/releases/<prc release>/<file>       the Home Office's workbook, or
#       resources/figures/<prc release>.parquet       the figures shipped in its place
#       results/clean/recorded_crime.parquet          ONS's yearly counts
#       resources/reference/recording_changes.csv     what changed in police recording, and when
# out   results/observations/<prc release>.parquet
#       results/clean/recorded_quarters.parquet       one row a force, quarter and offence
#       results/estimates/quarterly_series.parquet    the same with regions and countries
#       results/estimates/home_office_check.parquet   both publishers' counts of a year
#       resources/figures/<prc release>.parquet       from a conversion, if asked for by name

quarter_releases = [
    release.release_id for release in releases.values() if release.dataset == "prc"
]
quarter_targets = [
    "results/estimates/quarterly_series.parquet",
    "results/estimates/seasonally_adjusted.parquet",
    "results/estimates/home_office_check.parquet",
]


ruleorder: read_recorded_quarters > read_release


rule read_recorded_quarters:
    input:
        origin=lambda wildcards: origin_of(registry[wildcards.release_id]),
        reference=depends("read_recorded_quarters").files,
    output:
        observations="results/observations/{release_id}.parquet",
    log:
        "results/logs/read_recorded_quarters/{release_id}.log",
    benchmark:
        "results/benchmarks/read_recorded_quarters/{release_id}.tsv"
    wildcard_constraints:
        # A registry without any has nothing to read: an empty pattern would match all.
        release_id="|".join(quarter_releases) or "none",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=depends("read_recorded_quarters").software,
    message:
        "Reading {wildcards.release_id}"
    script:
        "../scripts/read_recorded_quarters.py"


rule combine_recorded_quarters:
    input:
        figures=expand(
            "results/observations/{release_id}.parquet", release_id=quarter_releases
        ),
        reference=depends("combine_recorded_quarters").files,
    output:
        quarters="results/clean/recorded_quarters.parquet",
    log:
        "results/logs/combine_recorded_quarters.log",
    benchmark:
        "results/benchmarks/combine_recorded_quarters.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=depends("combine_recorded_quarters").software,
    message:
        "Combining the quarterly figures"
    script:
        "../scripts/combine_recorded_quarters.py"


rule compute_quarterly_series:
    input:
        quarters="results/clean/recorded_quarters.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=depends("compute_quarterly_series").files,
    output:
        series="results/estimates/quarterly_series.parquet",
    log:
        "results/logs/compute_quarterly_series.log",
    benchmark:
        "results/benchmarks/compute_quarterly_series.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=depends("compute_quarterly_series").software,
        offence_ids=configuration.groups,
    message:
        "Computing quarterly series"
    script:
        "../scripts/compute_quarterly_series.py"


rule compute_seasonally_adjusted:
    input:
        series="results/estimates/quarterly_series.parquet",
        reference=depends("compute_seasonally_adjusted").files,
    output:
        adjusted="results/estimates/seasonally_adjusted.parquet",
    log:
        "results/logs/compute_seasonally_adjusted.log",
    benchmark:
        "results/benchmarks/compute_seasonally_adjusted.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=depends("compute_seasonally_adjusted").software,
    message:
        "Taking the season out of the quarters"
    script:
        "../scripts/compute_seasonally_adjusted.py"


rule compute_home_office_check:
    input:
        quarters="results/clean/recorded_quarters.parquet",
        recorded_crime="results/clean/recorded_crime.parquet",
        reference=depends("compute_home_office_check").files,
    output:
        check="results/estimates/home_office_check.parquet",
    log:
        "results/logs/compute_home_office_check.log",
    benchmark:
        "results/benchmarks/compute_home_office_check.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=depends("compute_home_office_check").software,
    message:
        "Putting the counts of the Home Office beside those of ONS"
    script:
        "../scripts/compute_home_office_check.py"


rule ship_conversion:
    log:
        "results/logs/ship_conversion.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Shipping figures of a conversion to resources/figures/"
    script:
        "../scripts/ship_conversion.py"
