# Products: what a reader takes away from the site.
#
# in    results/notebooks/<page>.ipynb        executed copies, as the site is rendered from
#       config/releases.csv                   releases, for the title page and the dates
#       results/clean/*.parquet, results/estimates/*.parquet   the tables that are passed on
#       resources/reference/data_tables.csv        what they hold
# out   results/report/report.pdf             the report; those about other groups are beside their pages
#       results/report/forces/<force>.pdf     one page about each force
#       results/data/                         the data pack, and the workbook in it
#       results/report/data.zip               the same in one file, beside the pages that link to it

from crimeshare.publish.pack.dictionary import data_tables

# A job for each offence group, so that what one takes does not grow with their number.
pdfs = []

for folder, group in zip(folders, configuration.groups):
    sheets = [
        page.path.with_suffix(".pdf").as_posix()
        for page in pages
        if page.notebook == "force" and page.folder == folder
    ]
    pdfs += [f"results/report/{folder}report.pdf", *sheets]

    rule:
        name:
            f"render_pdf_{group}"
        input:
            notebooks=[
                page.executed.as_posix()
                for page in pages
                if page.folder == folder or not page.group
            ],
            registry="config/releases.csv",
            reference=[
                *reference("areas", "offences"),
                COLUMNS,
                shipped("workflow/crimeshare/publish/pdf/document.md.j2"),
                shipped("workflow/crimeshare/publish/pdf/print.typ"),
            ],
        output:
            report=report(
                f"results/report/{folder}report.pdf",
                caption="../report/report.rst",
                category="Report",
            ),
            factsheets=sheets,
        log:
            f"results/logs/render_pdf/{group}.log",
        benchmark:
            f"results/benchmarks/render_pdf/{group}.tsv"
        conda:
            "../../envs/pipeline.yaml"
        threads: 2
        resources:
            mem_mb=1000,
        params:
            software=software("publish"),
            force=configuration.force,
            offence_id=group,
            offence_ids=configuration.groups,
        message:
            f"Setting the report about {group} and its factsheets as PDF"
        script:
            "../scripts/render_pdf.py"


rule render_data_pack:
    input:
        tables=[table.built.as_posix() for table in data_tables()],
        evidence=[path for path in RECORDED if path.startswith("results/")],
        registry="config/releases.csv",
        reference=[
            *reference("areas", "data_tables", "offences"),
            COLUMNS,
            shipped("workflow/crimeshare/publish/pack/README.md.j2"),
            shipped("workflow/crimeshare/publish/pack/package.md.j2"),
            shipped("workflow/crimeshare/publish/pack/workbook.md.j2"),
        ],
    output:
        package="results/data/datapackage.json",
        readme="results/data/README.md",
        workbook=report(
            "results/data/crimeshare.xlsx",
            caption="../report/workbook.rst",
            category="Data",
        ),
        # Folders, so that no table of an earlier version stays in them.
        text=directory("results/data/csv"),
        binary=directory("results/data/parquet"),
        zip=report(
            "results/report/data.zip",
            caption="../report/data.rst",
            category="Data",
        ),
    log:
        "results/logs/render_data_pack.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("publish"),
        offence_id=configuration.groups[0],
    message:
        "Writing the data pack"
    script:
        "../scripts/render_data_pack.py"
