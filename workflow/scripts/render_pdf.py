"""Set the report and the factsheet of every force as PDF."""

from pathlib import Path

from crimeshare.problems import Problems
from crimeshare.publish.pdf.document import (
    factsheet_document,
    print_all,
    report_chapters,
    report_document,
)
from crimeshare.publish.site.pages import report_pages
from crimeshare.publish.site.rendering import read_executed
from crimeshare.reference import offences
from crimeshare.running import running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    registry = read_registry(Path(snakemake.input.registry))
    group, groups = snakemake.params.offence_id, snakemake.params.offence_ids
    subject = f"{offences()[group].name} in recorded crime"
    chapters = {
        page: read_executed(page) for page in report_chapters(snakemake.params.force, group, groups)
    }
    documents = {Path(snakemake.output.report): report_document(chapters, registry)}
    for page in report_pages(groups):
        if page.notebook == "force" and page.group == group:
            documents[page.path.with_suffix(".pdf")] = factsheet_document(
                page, read_executed(page), subject, registry
            )
    if problems := print_all(documents, snakemake.threads):
        raise Problems(problems)
