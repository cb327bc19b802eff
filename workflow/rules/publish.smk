# Publish: the report, each page a notebook executed on the estimates.
#
# in    results/clean/*.parquet, results/estimates/*.parquet
#       notebooks/*.ipynb                     stored without outputs
#       resources/reference/*.csv             areas, offences, recording changes, tile map
#       config/releases.csv, config/copies.csv, config/corrections.yaml   for the page of sources
# out   results/notebooks/<page>.ipynb        executed copies
#       results/report/<page>.html            the site; results/report/index.html is its front
#       results/report/search.html            the page that searches the others
#
# The whole report executes all notebooks in one job, whose kernels stay warm; a force asked for by
# itself (snakemake results/report/forces/gwent.html) is executed and rendered alone, to the same
# bytes.

from crimeshare.publish.site.pages import report_pages

pages = report_pages()
parameters = {
    "offence_id": configuration.offence_group,
    "force": configuration.force,
}
# What the page of a force is made from, and no more.
evidence_of_a_force = [
    "results/clean/recorded_crime.parquet",
    "results/clean/recorded_offence_codes.parquet",
    "results/estimates/shares.parquet",
    "results/estimates/changes.parquet",
    "results/estimates/control_limits.parquet",
    "results/estimates/similar_forces.parquet",
    "results/estimates/revisions.parquet",
    "results/estimates/revision_sizes.parquet",
    "results/estimates/flipped_changes.parquet",
    "results/clean/recorded_quarters.parquet",
    "results/estimates/quarterly_series.parquet",
    "resources/reference/area_notes.csv",
    "resources/reference/areas.csv",
    "resources/reference/offences.csv",
    "resources/reference/neighbours.csv",
    "resources/reference/recording_changes.csv",
    "config/releases.csv",
    "notebooks/force.ipynb",
]
evidence = [
    *evidence_of_a_force,
    "results/clean/survey_estimates.parquet",
    "results/clean/survey_notices.parquet",
    "results/estimates/design_factors.parquet",
    "results/estimates/flag_agreement.parquet",
    "results/estimates/flag_disagreements.parquet",
    "results/estimates/prevalence.parquet",
    "results/estimates/survey_changes.parquet",
    "results/estimates/survey_trends.parquet",
    "results/estimates/offences_per_victims.parquet",
    "results/estimates/home_office_check.parquet",
    "results/estimates/claims.parquet",
    "results/estimates/claim_evidence.parquet",
    "resources/reference/tile_map.csv",
    "resources/reference/assumed_bases.csv",
    "resources/reference/interval_coverage.csv",
    "resources/reference/false_alarms.csv",
    "resources/reference/survey_breaks.csv",
    "config/copies.csv",
    "config/corrections.yaml",
    *{page.source.as_posix(): None for page in pages if page.notebook != "force"},
]
templates = [
    f"workflow/crimeshare/publish/site/templates/{name}"
    for name in ("page.html.j2", "search.html.j2", "report.css", "report.js")
]


ruleorder: render_force > render_site


rule execute_notebooks:
    input:
        evidence,
    output:
        [page.executed.as_posix() for page in pages],
    log:
        "results/logs/execute_notebooks.log",
    benchmark:
        "results/benchmarks/execute_notebooks.tsv"
    conda:
        "../../envs/pipeline.yaml"
    threads: 2
    params:
        software=software("publish", "measures", "sources"),
        parameters=parameters,
    message:
        "Executing the notebooks of the report"
    script:
        "../scripts/execute_notebooks.py"


rule render_site:
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        rules.execute_notebooks.output,
        templates=templates,
    output:
        pages=[page.path.as_posix() for page in pages],
        search="results/report/search.html",
    log:
        "results/logs/render_site.log",
    benchmark:
        "results/benchmarks/render_site.tsv"
    # Begun before the PDFs, so that nothing which stops a PDF can stop the site.
    priority: 1
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("publish"),
    message:
        "Rendering the site"
    script:
        "../scripts/render_site.py"


rule render_force:
    input:
        evidence_of_a_force,
        templates=templates,
    output:
        page="results/report/forces/{force}.html",
    log:
        "results/logs/render_force/{force}.log",
    benchmark:
        "results/benchmarks/render_force/{force}.tsv"
    wildcard_constraints:
        force="|".join(
            page.name.removeprefix("forces/")
            for page in pages
            if page.name.startswith("forces/")
        ),
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=software("publish", "measures", "sources"),
        parameters=parameters,
    message:
        "Executing and rendering the page of {wildcards.force}"
    script:
        "../scripts/render_force.py"
