# Products: what a reader takes away from the site.
#
# in    results/notebooks/<page>.ipynb        executed copies, as the site is rendered from
#       config/releases.csv                   releases, for the title page
# out   results/report/report.pdf             the report
#       results/report/forces/<force>.pdf     one page about each force


rule render_pdf:
    input:
        notebooks=rules.execute_notebooks.output,
        template="workflow/crimeshare/publish/templates/print.typ",
        registry="config/releases.csv",
        # After the site, so that nothing which stops a PDF can stop the site.
        site=ancient(rules.render_site.output.search),
    output:
        report="results/report/report.pdf",
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
    params:
        software=software("publish"),
        force=configuration.force,
        offence_group=configuration.offence_group,
    message:
        "Setting the report and the factsheets as PDF"
    script:
        "../scripts/render_pdf.py"
