"""Render every page of the report, how it is made, and the page that searches them."""

from collections.abc import Iterator

from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.publish.site.rendering import (
    read_executed,
    render_body,
    render_how,
    render_page,
    render_search,
)
from crimeshare.running import replacing, running


def rendered(groups: list[str], site_url: str) -> Iterator[tuple[Page, str]]:
    """Each page with its body, once it is written: all of them at once are too many."""
    for page in report_pages(groups):
        notebook = read_executed(page)
        body = render_body(notebook)
        with replacing(page.path) as path:
            path.write_text(render_page(page, body, site_url), encoding="utf-8")
        with replacing(page.how.path) as path:
            path.write_text(render_how(page, notebook), encoding="utf-8")
        yield page, body


with running(snakemake):
    groups = snakemake.params.offence_ids
    search = render_search(rendered(groups, snakemake.params.site_url), groups)
    with replacing(snakemake.output.search) as path:
        path.write_text(search, encoding="utf-8")
