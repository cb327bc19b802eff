# Quarters: recorded crime by quarter and offence code.
#
# in    results/observations/<prc release>.parquet    as the Home Office's file has them
#       resources/reference/recording_changes.csv     what changed in police recording, and when
# out   results/clean/recorded_quarters.parquet       one row a force, quarter and offence
#       results/estimates/quarterly_series.parquet    the same with regions and countries
#       results/estimates/seasonally_adjusted.parquet without their season
#       results/estimates/code_years.parquet          years of single codes, as series has of groups
#       resources/figures/<prc release>.parquet       from a conversion, if asked for by name


rule combine_recorded_quarters:
    input:
        figures=observations_of(QUARTERS),
        reference=reference("areas", "offences"),
        columns=NAMES,
    output:
        quarters="results/clean/recorded_quarters.parquet",
    log:
        "results/logs/combine_recorded_quarters.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("tables"),
    message:
        "Combining the quarterly figures"
    script:
        "../scripts/combine_recorded_quarters.py"


rule compute_quarterly_series:
    input:
        quarters="results/clean/recorded_quarters.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=reference("areas", "offences"),
        columns=NAMES,
    output:
        series="results/estimates/quarterly_series.parquet",
        adjusted="results/estimates/seasonally_adjusted.parquet",
    log:
        "results/logs/compute_quarterly_series.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("measures"),
        offence_ids=configuration.groups,
    message:
        "Computing quarterly series, as they are and without their season"
    script:
        "../scripts/compute_quarterly_series.py"


rule compute_code_years:
    input:
        quarterly="results/estimates/quarterly_series.parquet",
        series="results/estimates/series.parquet",
        quarters="results/clean/recorded_quarters.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=reference("areas", "offences"),
        columns=NAMES,
    output:
        codes="results/estimates/code_years.parquet",
    log:
        "results/logs/compute_code_years.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("measures"),
    message:
        "Computing the years of single offence codes"
    script:
        "../scripts/compute_code_years.py"


rule ship_conversion:
    log:
        "results/logs/ship_conversion.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Shipping figures of a conversion to resources/figures/"
    script:
        "../scripts/ship_conversion.py"
