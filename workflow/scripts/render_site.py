"""Render the pages about an offence group, how each is made, and with the first the search page."""

from collections.abc import Iterator, Sequence

from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.publish.site.rendering import (
    read_executed,
    render_body,
    render_how,
    render_page,
    render_search,
)
from crimeshare.running import replacing, running


def rendered(pages: Sequence[Page], folder: str, site_url: str) -> Iterator[tuple[Page, str]]:
    """Write the pages of a folder and yield every page with its body, one at a time."""
    for page in pages:
        notebook = read_executed(page)
        body = render_body(notebook)
        if page.folder == folder:
            with replacing(page.path) as path:
                path.write_text(render_page(page, body, site_url), encoding="utf-8")
            with replacing(page.how.path) as path:
                path.write_text(render_how(page, notebook), encoding="utf-8")
        yield page, body


with running(snakemake):
    groups, folder = snakemake.params.offence_ids, snakemake.params.folder
    pages = report_pages(groups)
    if folder:
        pages = [page for page in pages if page.folder == folder]
    bodies = rendered(pages, folder, snakemake.params.site_url)
    if folder:
        for _ in bodies:
            pass
    else:
        search = render_search(bodies, groups)
        with replacing(snakemake.output.search) as path:
            path.write_text(search, encoding="utf-8")
