"""Write what stands behind each number of a page, for the panel that the page opens."""

from pathlib import Path

from crimeshare.cache import cached
from crimeshare.ledger.panels import Panels
from crimeshare.products import digest
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import running, write_file
from crimeshare.sources.registry import REGISTRY, read_registry

with running(snakemake):
    panels = Panels(read_registry(REGISTRY), Path.cwd())
    read = [REGISTRY, *snakemake.input.observations, *snakemake.input.taken_in]
    behind = [snakemake.params.software, *(digest(Path(path)) for path in read)]
    for page in report_pages(snakemake.params.offence_ids):
        # Most pages do not change from one build to the next.
        text = cached(
            "panels",
            "\n".join([*behind, digest(page.executed)]),
            lambda: panels.script(page.executed).encode(),  # noqa: B023
            page.name,
        )
        write_file(Path(snakemake.output.scripts) / f"{page.name}.js", text)
