"""Execute and render the page of one police force area, as it is in the whole report."""

from pathlib import Path

from crimeshare.publish.site.notebooks import warm_kernel
from crimeshare.publish.site.pages import page
from crimeshare.publish.site.rendering import render_body, render_page
from crimeshare.running import replacing, running

with running(snakemake):
    force = page(f"forces/{snakemake.wildcards.force}", snakemake.params.offence_group)
    with warm_kernel(Path.cwd()) as kernel:
        body = render_body(kernel.execute(force.source, force.parameters))
    with replacing(snakemake.output.page) as path:
        path.write_text(render_page(force, body, snakemake.params.site_url), encoding="utf-8")
