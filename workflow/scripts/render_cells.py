"""Write what stands behind each number of a page, for the panel that the page opens."""

from pathlib import Path

from crimeshare.ledger.panels import Panels
from crimeshare.publish.site.pages import report_pages
from crimeshare.running import replacing, running
from crimeshare.sources.registry import REGISTRY, read_registry

with running(snakemake):
    panels = Panels(read_registry(REGISTRY), Path.cwd())
    for page, script in zip(
        report_pages(snakemake.params.offence_ids), snakemake.output.scripts, strict=True
    ):
        with replacing(Path(script)) as path:
            path.write_text(panels.script(page.path.read_text(encoding="utf-8")), encoding="utf-8")
