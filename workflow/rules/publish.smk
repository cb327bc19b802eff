# Publish: the report, each page a notebook executed on the estimates.
#
# in    results/clean/*.parquet, results/estimates/*.parquet
#       notebooks/*.ipynb                     stored without outputs
#       resources/reference/*.csv             areas, offences, recording changes, tile map
#       config/releases.csv, config/copies.csv, config/corrections.yaml   for the page of sources
# out   results/notebooks/<page>.ipynb        executed copies
#       results/report/<page>.html            the site; results/report/index.html is its front
#       results/report/<group>/<page>.html    those of groups after the first
#       results/report/how/<page>.html        how each page is made: its notebook, code and outputs
#       results/report/search.html            the page that searches the others
#       results/report/places.js              the places that the field for a place knows
#
# A job executes a batch of pages in one kernel, which loads the tables once; of a batch to be made again
# only the pages are executed that read something that has changed. A force asked for by itself
# (snakemake results/report/forces/gwent.html) is executed and rendered alone, to the same bytes.

from crimeshare.publish.site.pages import batches, report_pages

pages = report_pages(configuration.groups)
folders = list(dict.fromkeys(page.folder for page in pages))
executed = [page.executed.as_posix() for page in pages]
# A batch for each of two cores in a report about one group: starting a kernel and loading the tables
# costs as much as ten pages.
BATCH = 32


notebooks = {page.notebook for page in pages}
evidence = made_from(*notebooks)

for name, batch in batches(pages, BATCH).items():

    rule:
        name:
            f"execute_notebooks_{name}"
        input:
            made_from(*{page.notebook for page in batch}),
            reference=depends("execute_notebooks").files,
        output:
            [page.executed.as_posix() for page in batch],
        log:
            f"results/logs/execute_notebooks/{name}.log",
        benchmark:
            f"results/benchmarks/execute_notebooks/{name}.tsv"
        conda:
            "../../envs/pipeline.yaml"
        resources:
            mem_mb=1050,
        params:
            software=[
                depends("execute_notebooks").software,
                *sorted({depends(page.source.as_posix()).software for page in batch}),
            ],
            pages=[page.name for page in batch],
            offence_ids=configuration.groups,
        message:
            f"Executing {len(batch)} of {len(pages)} notebooks: {batch[0].title} ..."
        script:
            "../scripts/execute_notebooks.py"


# One job per offence group: Snakemake's record of a job grows with its inputs times its outputs.
# The search page covers all groups and is made with the pages of the first.
site = []

for folder, group in zip(folders, configuration.groups):
    own = [page for page in pages if page.folder == folder]
    search = {} if folder else {"search": "results/report/search.html"}
    written = {
        "pages": [page.path.as_posix() for page in own],
        "how": [page.how.path.as_posix() for page in own],
    } | search
    # Asking for one force's page must not render all the others.
    workflow.ruleorder("render_force", f"render_site_{group}")

    rule:
        name:
            f"render_site_{group}"
        input:
            # Unnamed: Snakemake takes the rule with a file only then.
            [page.executed.as_posix() for page in own] if folder else executed,
            reference=depends("render_site").files,
        output:
            **written,
        log:
            f"results/logs/render_site/{group}.log",
        benchmark:
            f"results/benchmarks/render_site/{group}.tsv"
        # Begun before the PDFs, so that nothing which stops a PDF can stop the site.
        priority: 1
        conda:
            "../../envs/pipeline.yaml"
        resources:
            mem_mb=500,
        params:
            software=depends("render_site").software,
            offence_ids=configuration.groups,
            folder=folder,
            site_url=configuration.site_url,
        message:
            f"Rendering the pages about {group}"
        script:
            "../scripts/render_site.py"

    # Rule outputs, not paths: a path of a force's page would be made by render_force.
    site.append(getattr(rules, f"render_site_{group}").output)


rule render_force:
    input:
        made_from("force"),
        reference=depends("render_force").files,
    output:
        page="results/report/{page}.html",
        how="results/report/how/{page}.html",
    log:
        "results/logs/render_force/{page}.log",
    benchmark:
        "results/benchmarks/render_force/{page}.tsv"
    wildcard_constraints:
        page=one_of(page.name for page in pages if page.notebook == "force"),
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1050,
    params:
        software=[
            depends("render_force").software,
            depends("notebooks/force.ipynb").software,
        ],
        offence_ids=configuration.groups,
        site_url=configuration.site_url,
    message:
        "Executing and rendering the page {wildcards.page}"
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
    resources:
        mem_mb=250,
    params:
        software=depends("render_places").software,
    message:
        "Writing the list of places"
    script:
        "../scripts/render_places.py"


rule render_reference:
    input:
        modules=[shipped(path) for path in measures()],
        reference=depends("render_reference").files,
    output:
        pages=directory("results/report/reference"),
    log:
        "results/logs/render_reference.log",
    benchmark:
        "results/benchmarks/render_reference.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=250,
    params:
        software=depends("render_reference").software,
    message:
        "Writing the reference pages of the functions"
    script:
        "../scripts/render_reference.py"


rule render_explorer:
    input:
        series="results/estimates/series.parquet",
        shifts="results/estimates/level_shifts.parquet",
        reference=depends("render_explorer").files,
    output:
        series=directory("results/report/explore"),
        library="results/report/vega.js",
    log:
        "results/logs/render_explorer.log",
    benchmark:
        "results/benchmarks/render_explorer.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=depends("render_explorer").software,
    message:
        "Writing the series of the explorer"
    script:
        "../scripts/render_explorer.py"
