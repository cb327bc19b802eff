# Products: what a reader takes away from the site.
#
# in    results/notebooks/<page>.ipynb        executed copies, as the site is rendered from
#       config/releases.csv                   releases, for the title page and the dates
#       results/clean/*.parquet, results/estimates/*.parquet   the tables that are passed on
#       resources/reference/data_tables.csv, data_dictionary.csv   what they mean
# out   results/report/report.pdf             the report
#       results/report/forces/<force>.pdf     one page about each force
#       results/data/                         the data pack, and the workbook in it
#       results/report/data.zip               the same in one file, beside the pages that link to it

from crimeshare.publish.pack.dictionary import data_tables


rule render_pdf:
    input:
        notebooks=executed,
        registry="config/releases.csv",
        reference=depends("render_pdf").files,
    output:
        report=report(
            "results/report/report.pdf",
            caption="../report/report.rst",
            category="Report",
        ),
        factsheets=[
            page.path.with_suffix(".pdf").as_posix()
            for page in pages
            if page.notebook == "force"
        ],
    log:
        "results/logs/render_pdf.log",
    benchmark:
        "results/benchmarks/render_pdf.tsv"
    conda:
        "../../envs/pipeline.yaml"
    threads: 2
    resources:
        mem_mb=2000,
    params:
        software=depends("render_pdf").software,
        force=configuration.force,
        offence_group=configuration.groups[0],
    message:
        "Setting the report and the factsheets as PDF"
    script:
        "../scripts/render_pdf.py"


rule render_data_pack:
    input:
        tables=[table.built.as_posix() for table in data_tables()],
        evidence=depends("render_data_pack").tables,
        registry="config/releases.csv",
        reference=depends("render_data_pack").files,
    output:
        package="results/data/datapackage.json",
        readme="results/data/README.md",
        workbook=report(
            "results/data/crimeshare.xlsx",
            caption="../report/workbook.rst",
            category="Data",
        ),
        text=[f"results/data/csv/{table.table}.csv" for table in data_tables()],
        binary=[
            f"results/data/parquet/{table.table}.parquet" for table in data_tables()
        ],
        zip=report(
            "results/report/data.zip",
            caption="../report/data.rst",
            category="Data",
        ),
    log:
        "results/logs/render_data_pack.log",
    benchmark:
        "results/benchmarks/render_data_pack.tsv"
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1500,
    params:
        software=depends("render_data_pack").software,
        offence_group=configuration.groups[0],
    message:
        "Writing the data pack"
    script:
        "../scripts/render_data_pack.py"
