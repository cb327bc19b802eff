# Estimate: what the clean tables say, each result with how it was come by.
#
# in    results/clean/*.parquet
#       resources/reference/recording_changes.csv   what changed in police recording, and when
# out   results/estimates/shares.parquet            shares of the total, and ranks
#       results/estimates/changes.parquet           year-on-year changes


rule compute_shares:
    input:
        recorded_crime="results/clean/recorded_crime.parquet",
    output:
        shares="results/estimates/shares.parquet",
    log:
        "results/logs/compute_shares.log",
    benchmark:
        "results/benchmarks/compute_shares.tsv"
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("measures"),
    message:
        "Computing shares and ranks"
    script:
        "../scripts/compute_shares.py"


rule compute_changes:
    input:
        recorded_crime="results/clean/recorded_crime.parquet",
        recording_changes="resources/reference/recording_changes.csv",
    output:
        changes="results/estimates/changes.parquet",
    log:
        "results/logs/compute_changes.log",
    benchmark:
        "results/benchmarks/compute_changes.tsv"
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("measures"),
    message:
        "Computing year-on-year changes"
    script:
        "../scripts/compute_changes.py"
