"""Execute and render the page of one police force area, as it is in the whole report."""

from pathlib import Path

from crimeshare.publish.site.notebooks import Shell
from crimeshare.publish.site.pages import page
from crimeshare.publish.site.rendering import write_page
from crimeshare.running import running

with running(snakemake):
    name = "{folder}forces/{force}".format(**snakemake.wildcards)
    force = page(name, snakemake.params.offence_ids)
    notebook = Shell(Path.cwd()).execute(force.source, force.parameters)
    write_page(force, notebook, snakemake.params.site_url)
