# Ledger: every figure that the report prints, with its value and source.
#
# in    results/report/<page>.html            the pages, whose figures carry their sources
#       results/clean/*.parquet               for the hashes of the workbooks
#       results/published/figures.csv         as committed, for verify_figures
# out   results/published/figures.csv         the ledger

hashed = ["results/clean/recorded_crime.parquet", "results/clean/survey_estimates.parquet"]


rule publish_figures:
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        rules.render_site.output,
        clean=hashed,
    output:
        # `update` leaves the committed ledger in place until a better one is written.
        update("results/published/figures.csv"),
    log:
        "results/logs/publish_figures.log",
    benchmark:
        "results/benchmarks/publish_figures.tsv"
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("ledger", "publish"),
    message:
        "Writing down every figure that the report prints"
    script:
        "../scripts/publish_figures.py"


rule verify_figures:
    # The ledger is no input: it must stay what it is, whatever was rebuilt.
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        rules.render_site.output,
        clean=hashed,
    log:
        "results/logs/verify_figures.log",
    conda:
        "../../envs/pipeline.yaml"
    message:
        "Comparing every published figure with the rebuilt report"
    script:
        "../scripts/verify_figures.py"
