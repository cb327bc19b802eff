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
#       results/report/charts/<page>/         the data of its charts as CSV
#       results/report/places.js              the places that the field for a place knows
#       results/report/report.css, report.js  what all pages load
#
# A job executes a batch of pages in one shell of IPython, which loads the tables once; of a batch to be made again
# only the pages are executed that read something that has changed. A force asked for by itself
# (snakemake results/report/forces/gwent.html) is executed and rendered alone, to the same bytes.

from crimeshare.publish.site.loading import SHARED
from crimeshare.publish.site.pages import batches, report_pages

pages = report_pages(configuration.groups)
folders = list(dict.fromkeys(page.folder for page in pages))
executed = [page.executed.as_posix() for page in pages]
# A batch for each of two cores in a report about one group: starting Python and loading the tables
# costs as much as ten pages.
BATCH = 32

RECORDED = [
    *clean("recorded_crime", "recorded_offence_codes", "recorded_quarters"),
    *estimates("changes", "control_limits", "series", "shares", "similar_forces"),
    *reference("areas", "offences", "recording_changes"),
    "config/releases.csv",
    CODES,
    COLUMNS,
]
REVISED = estimates(
    "compared_changes",
    "refuted_changes",
    "revision_sizes",
    "revisions",
    "whole_revisions",
)
QUARTERLY = estimates("home_office_check", "quarterly_series", "seasonally_adjusted")
SURVEY = [
    *clean(
        "recorded_offence_codes",
        "survey_comparisons",
        "survey_estimates",
        "survey_notices",
    ),
    *estimates(
        "design_factors",
        "flag_agreement",
        "flag_disagreements",
        "offences_per_victims",
        "prevalence",
        "recorded_beside_survey",
        "survey_changes",
        "survey_trends",
    ),
    *reference("areas", "assumed_bases", "module_bases", "offences"),
    *reference("survey_breaks", "survey_measures"),
    "config/releases.csv",
    COLUMNS,
]

# What each notebook reads besides itself and the library.
READS = {
    "claims": [
        *estimates("claim_evidence", "claims"),
        *reference("offences", "survey_measures"),
        *words("claims"),
        "config/releases.csv",
        COLUMNS,
    ],
    "data": [],
    "explore": [
        *RECORDED,
        *estimates("code_years"),
        *reference("tile_map"),
        *words("area", "explore"),
    ],
    "force": [
        *RECORDED,
        *REVISED,
        *QUARTERLY,
        *estimates("composition", "level_shifts", "rank_intervals", "rank_record"),
        *estimates("forecasts", "revision_intervals", "small_areas"),
        *clean("area_notes"),
        *reference("neighbours", "partnerships"),
        *words("area", "explore", "quarters", "revisions"),
        "config/announced.csv",
    ],
    "index": [
        *RECORDED,
        *REVISED,
        *SURVEY,
        *estimates("claim_evidence", "claims", "composition"),
        *estimates("level_shifts", "rank_intervals", "rank_record"),
        *reference("survey_measures", "tile_map", "verdicts"),
        *words("area", "claims", "explore", "revisions", "survey"),
        "config/announced.csv",
    ],
    "measured": [*RECORDED, *SURVEY, *words("survey")],
    "methods": [
        *RECORDED,
        *SURVEY,
        *estimates("rule_effects"),
        *reference("false_alarms", "fraud_totals", "hedges", "movement_words"),
        *reference("interval_coverage", "model_checks", "verdicts"),
        *words("area", "methods", "rules", "survey"),
        shipped("workflow/crimeshare/publish/elements/formulas.md.j2"),
    ],
    "national": [
        *RECORDED,
        *REVISED,
        *QUARTERLY,
        *estimates("composition", "forecasts", "revision_intervals"),
        *estimates("rule_effects", "rule_parts"),
        *clean("area_notes"),
        *words("area", "quarters", "revisions", "rules"),
        "config/announced.csv",
    ],
    "region": [
        *RECORDED,
        *REVISED,
        *estimates("composition", "forecasts", "revision_intervals"),
        *clean("area_notes"),
        *words("area", "revisions"),
        "config/announced.csv",
    ],
    "revisions": [
        *RECORDED,
        *REVISED,
        *QUARTERLY,
        *estimates("revision_intervals", "revision_test"),
        *words("quarters", "revisions"),
    ],
    "sources": [
        *RECORDED,
        *QUARTERLY,
        *SURVEY,
        *clean("check_kinds", "checks"),
        *words("quarters", "sources", "survey"),
        "config/copies.csv",
        "config/corrections.yaml",
    ],
    "survey": [*SURVEY, *words("survey")],
}

notebooks = {page.notebook for page in pages}
evidence = made_from(*notebooks)

for name, batch in batches(pages, BATCH).items():

    rule:
        name:
            f"execute_notebooks_{name}"
        input:
            made_from(*{page.notebook for page in batch}),
            reference=reference("areas"),
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
            software=software("publish"),
            pages=[page.name for page in batch],
            reads={page.notebook: READS[page.notebook] for page in batch},
            offence_ids=configuration.groups,
        message:
            f"Executing {len(batch)} of {len(pages)} notebooks: {batch[0].title} ..."
        script:
            "../scripts/execute_notebooks.py"


rule render_reference:
    input:
        modules=[
            shipped(path.relative_to(PROJECT).as_posix())
            for path in modules("measures")
        ],
        columns=COLUMNS,
        reference=[
            *reference("area_words", "areas", "not_recorded", "offence_words"),
            *reference("offences", "partnerships", "places", "town_words"),
            *TEMPLATES,
        ],
    output:
        pages=directory("results/report/reference"),
        places="results/report/places.js",
        shared=[f"results/report/{name}" for name in SHARED],
    log:
        "results/logs/render_reference.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=250,
    params:
        software=software("publish"),
    message:
        "Writing the reference pages of the functions and the list of places"
    script:
        "../scripts/render_reference.py"


# One job per offence group: Snakemake's record of a job grows with its inputs times its outputs.
# The search page covers all groups and is made with the pages of the first.
site = []

for folder, group in zip(folders, configuration.groups):
    own = [page for page in pages if page.folder == folder]
    search = {} if folder else {"search": "results/report/search.html"}
    written = {
        "pages": [page.path.as_posix() for page in own],
        "how": [page.how.path.as_posix() for page in own],
        "charts": directory(f"results/report/{folder}charts"),
    } | search
    # Asking for one force's page must not render all the others.
    workflow.ruleorder("render_force", f"render_site_{group}")

    rule:
        name:
            f"render_site_{group}"
        input:
            # Unnamed: Snakemake takes the rule with a file only then.
            [page.executed.as_posix() for page in own] if folder else executed,
            reference=[
                *reference(
                    "areas",
                    "glossary",
                    "not_recorded",
                    "offence_words",
                    "offences",
                    "recording_changes",
                ),
                *TEMPLATES,
                CODES,
                COLUMNS,
            ],
            # What the pages load when they are opened.
            shared=rules.render_reference.output.shared,
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
            software=software("publish"),
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
        reference=[*reference("areas", "offences"), *TEMPLATES],
        shared=rules.render_reference.output.shared,
    output:
        page="results/report/{folder}forces/{force}.html",
        how="results/report/how/{folder}forces/{force}.html",
        charts=directory("results/report/{folder}charts/forces/{force}"),
    log:
        "results/logs/render_force/{folder}{force}.log",
    wildcard_constraints:
        # Of the first group there is none.
        folder=f"({one_of(folders[1:])})?",
        force=one_of(page.path.stem for page in pages if page.notebook == "force"),
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1050,
    params:
        software=software("publish"),
        offence_ids=configuration.groups,
        site_url=configuration.site_url,
    message:
        "Executing and rendering the page {wildcards.folder}forces/{wildcards.force}"
    script:
        "../scripts/render_force.py"


rule render_explorer:
    input:
        series="results/estimates/series.parquet",
        codes="results/estimates/code_years.parquet",
        shifts="results/estimates/level_shifts.parquet",
        reference=[*reference("areas", "recording_changes"), COLUMNS],
    output:
        series=directory("results/report/explore"),
        library="results/report/vega.js",
    log:
        "results/logs/render_explorer.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("publish"),
    message:
        "Writing the series of the explorer"
    script:
        "../scripts/render_explorer.py"
