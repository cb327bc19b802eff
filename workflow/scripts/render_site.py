"""Render the pages about an offence group, how each is made, and with the first the search page."""

from collections.abc import Iterator, Sequence

from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.publish.site.rendering import read_executed, render_body, render_search, write_page
from crimeshare.running import running, write_file


def rendered(pages: Sequence[Page], folder: str, site_url: str) -> Iterator[tuple[Page, str]]:
    """Write the pages of a folder and yield every page with its body, one at a time."""
    for page in pages:
        notebook = read_executed(page)
        own = page.folder == folder
        yield page, write_page(page, notebook, site_url) if own else render_body(notebook)


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
        write_file(snakemake.output.search, search)
