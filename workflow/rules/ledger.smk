# Ledger: every figure that the report prints, with its value and source; and the build as a whole.
#
# in    results/notebooks/<page>.ipynb        executed copies, whose outputs have their figures as data
#       results/report/<page>.html            the pages, which print no other
#       results/clean/*.parquet               for the publications and the hashes of workbooks
#       results/published/figures.parquet     as committed, for check_ledger
#       config/, notebooks/, resources/       what else the build read, for its description
#       results/                              what it made, likewise
#       results/estimates/claims_refused.txt  entries that could not be judged, and why
# out   results/published/figures.csv         the ledger
#       results/report/cells/<page>.js        what stands behind each number of a page
#       results/published/figures.parquet     the same, as the repository keeps it
#       results/published/summary.csv         how many figures a page has, and a digest of them
#       results/ro-crate-metadata.json        inputs, software, outputs and licences (RO-Crate)
#       results/logs/check_claims_last.done   says that no statement was refused

hashed = [
    "results/clean/recorded_crime.parquet",
    "results/clean/survey_estimates.parquet",
    "results/clean/recorded_quarters.parquet",
]

# A workbook is described as the publication it is; what was read beside, as a file of the project.
files_read = [
    *(
        path
        for path in map(origin_of, releases_of(*SHAPES))
        if path.endswith(".parquet")
    ),
    *taken_in,
    *sorted(
        path.as_posix()
        for pattern in (
            "config/*.csv",
            "config/*.yaml",
            "notebooks/*.ipynb",
            "resources/reference/*.csv",
        )
        for path in Path(shipped("")).glob(pattern)
    ),
]


rule render_ledger:
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        *site,
        notebooks=executed,
        clean=hashed,
        reference=reference("areas"),
    output:
        # `update` leaves the ledger in place until a better one is written.
        ledger=update("results/published/figures.csv"),
        kept=update("results/published/figures.parquet"),
        summary=update(
            report(
                "results/published/summary.csv",
                caption="../report/summary.rst",
                category="Data",
            )
        ),
    log:
        "results/logs/render_ledger.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("ledger"),
        offence_ids=configuration.groups,
    message:
        "Writing down every figure that the report prints"
    script:
        "../scripts/render_ledger.py"


rule render_cells:
    # What stands behind each number of a page, for the panel that the page opens.
    input:
        notebooks=executed,
        observations=observations_of(*SHAPES),
        taken_in=taken_in,
        hashes=HASHES,
        reference=[*reference("areas", "offences"), "config/releases.csv", COLUMNS],
    output:
        # One folder: Snakemake's record of a job grows with its inputs times its outputs.
        scripts=directory("results/report/cells"),
    log:
        "results/logs/render_cells.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("ledger"),
        offence_ids=configuration.groups,
    message:
        "Writing what stands behind each number"
    script:
        "../scripts/render_cells.py"


rule check_ledger:
    # The ledger is no input: it must stay what it is, whatever was rebuilt.
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        *site,
        notebooks=executed,
        clean=hashed,
    log:
        "results/logs/check_ledger.log",
    conda:
        "../../envs/pipeline.yaml"
    params:
        offence_ids=configuration.groups,
    message:
        "Comparing every published figure with the rebuilt report"
    script:
        "../scripts/check_ledger.py"


rule render_crate:
    input:
        # Unnamed: Snakemake takes the rule with a file only then.
        *site,
        pdfs,
        rules.render_data_pack.output,
        [path for path in evidence if path.startswith("results/")],
        rules.render_ledger.output,
        read=files_read,
        hashes=HASHES,
        clean=hashed,
        registry="config/releases.csv",
        project=shipped("pyproject.toml"),
        requirements=shipped("envs/requirements.in"),
        lock=shipped("envs/requirements.txt"),
        columns=COLUMNS,
    output:
        crate="results/ro-crate-metadata.json",
    log:
        "results/logs/render_crate.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("ledger"),
    message:
        "Describing the build"
    script:
        "../scripts/render_crate.py"


# At the end, after the description of all that was built: a statement that cannot be judged costs
# nobody the report of the others.
use rule check_claims as check_claims_last with:
    input:
        rules.render_crate.output,
        rules.render_reference.output,
        rules.render_takeaways.output,
        rules.render_explorer.output,
        rules.render_check.output,
        rules.render_open_data.output,
        rules.render_cells.output,
        refused="results/estimates/claims_refused.txt",
    output:
        touch("results/logs/check_claims_last.done"),
    log:
        "results/logs/check_claims_last.log",
    message:
        "Checking that every statement could be judged"
