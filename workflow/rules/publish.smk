# Publish: the report, each page a notebook executed on the estimates.
#
# in    results/clean/*.parquet, results/estimates/*.parquet
#       notebooks/*.ipynb                     stored without outputs
#       resources/reference/*.csv             areas, offences, recording changes, tile map
#       config/releases.csv, config/copies.csv, config/corrections.yaml   for the page of sources
# out   results/notebooks/<page>.ipynb        executed copies
#       results/report/<page>.html            the site; results/report/index.html is its front
#       results/report/search.html            the page that searches the others
#       results/report/places.js              the places that the field for a place knows
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


def made_from(notebook):
    """The tables and files that the pages of a notebook are made from, and it."""
    found = depends(f"notebooks/{notebook}.ipynb")
    return [*found.tables, *found.files, f"notebooks/{notebook}.ipynb"]


evidence = sorted({path for page in pages for path in made_from(page.notebook)})


ruleorder: render_force > render_site


rule execute_notebooks:
    input:
        evidence,
        reference=depends("execute_notebooks").files,
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
        software=[
            depends("execute_notebooks").software,
            *sorted({depends(page.source.as_posix()).software for page in pages}),
        ],
        parameters=parameters,
    message:
        "Executing the notebooks of the report"
    script:
        "../scripts/execute_notebooks.py"


rule render_site:
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        rules.execute_notebooks.output,
        reference=depends("render_site").files,
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
        software=depends("render_site").software,
    message:
        "Rendering the site"
    script:
        "../scripts/render_site.py"


rule render_force:
    input:
        made_from("force"),
        reference=depends("render_force").files,
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
        software=[
            depends("render_force").software,
            depends("notebooks/force.ipynb").software,
        ],
        parameters=parameters,
    message:
        "Executing and rendering the page of {wildcards.force}"
    script:
        "../scripts/render_force.py"


rule render_places:
    input:
        reference=depends("render_places").files,
    output:
        script="results/report/places.js",
    log:
        "results/logs/render_places.log",
    benchmark:
        "results/benchmarks/render_places.tsv"
    conda:
        "../../envs/pipeline.yaml"
    params:
        software=depends("render_places").software,
    message:
        "Writing the list of places"
    script:
        "../scripts/render_places.py"
