"""Render every page of the report, how it is made, and the page that searches them."""

from crimeshare.publish.site.pages import report_pages
from crimeshare.publish.site.rendering import (
    read_executed,
    render_body,
    render_how,
    render_page,
    render_search,
)
from crimeshare.running import replacing, running

with running(snakemake):
    bodies = {}
    for page in report_pages(snakemake.params.offence_group):
        notebook = read_executed(page)
        bodies[page] = render_body(notebook)
        with replacing(page.path) as path:
            path.write_text(
                render_page(page, bodies[page], snakemake.params.site_url), encoding="utf-8"
            )
        with replacing(page.how.path) as path:
            path.write_text(render_how(page, notebook), encoding="utf-8")
    with replacing(snakemake.output.search) as path:
        path.write_text(render_search(bodies), encoding="utf-8")
