"""Execute and render the page of one police force area, as it is in the whole report."""

from pathlib import Path

from crimeshare.publish.site.notebooks import Shell
from crimeshare.publish.site.pages import page
from crimeshare.publish.site.rendering import render_body, render_how, render_page
from crimeshare.running import replacing, running

with running(snakemake):
    force = page(snakemake.wildcards.page, snakemake.params.offence_ids)
    notebook = Shell(Path.cwd()).execute(force.source, force.parameters)
    with replacing(snakemake.output.page) as path:
        html = render_page(force, render_body(notebook), snakemake.params.site_url)
        path.write_text(html, encoding="utf-8")
    with replacing(snakemake.output.how) as path:
        path.write_text(render_how(force, notebook), encoding="utf-8")
