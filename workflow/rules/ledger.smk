# Ledger: every figure that the report prints, with its value and source; and the build as a whole.
#
# in    results/report/<page>.html            the pages, whose figures carry their sources
#       results/clean/*.parquet               for the hashes of the workbooks
#       results/published/figures.csv         as committed, for check_ledger
#       results/estimates/*.parquet           for the description of the build
# out   results/published/figures.csv         the ledger
#       results/ro-crate-metadata.json        inputs, software, outputs and licences (RO-Crate)

hashed = [
    "results/clean/recorded_crime.parquet",
    "results/clean/survey_estimates.parquet",
    "results/clean/recorded_quarters.parquet",
]


rule render_ledger:
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        rules.render_site.output,
        clean=hashed,
    output:
        # `update` leaves the committed ledger in place until a better one is written.
        update("results/published/figures.csv"),
    log:
        "results/logs/render_ledger.log",
    benchmark:
        "results/benchmarks/render_ledger.tsv"
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("ledger", "publish"),
    message:
        "Writing down every figure that the report prints"
    script:
        "../scripts/render_ledger.py"


rule check_ledger:
    # The ledger is no input: it must stay what it is, whatever was rebuilt.
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        rules.render_site.output,
        clean=hashed,
    log:
        "results/logs/check_ledger.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Comparing every published figure with the rebuilt report"
    script:
        "../scripts/check_ledger.py"


rule render_crate:
    input:
        rules.render_site.output,
        ledger="results/published/figures.csv",
        clean=hashed,
        estimates=[
            "results/estimates/shares.parquet",
            "results/estimates/changes.parquet",
            "results/estimates/prevalence.parquet",
            "results/estimates/survey_changes.parquet",
            "results/estimates/claims.parquet",
            "results/estimates/claim_evidence.parquet",
        ],
        registry="config/releases.csv",
        project="pyproject.toml",
        requirements="envs/requirements.in",
        lock="envs/requirements.txt",
    output:
        crate="results/ro-crate-metadata.json",
    log:
        "results/logs/render_crate.log",
    benchmark:
        "results/benchmarks/render_crate.tsv"
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("sources", "tables", "measures", "publish", "ledger"),
    message:
        "Describing the build"
    script:
        "../scripts/render_crate.py"
