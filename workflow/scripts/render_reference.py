"""Write what pages look up: the measures, from their docstrings, and which page a place has."""

from pathlib import Path

from crimeshare.publish.site.place_list import places_script
from crimeshare.publish.site.reference_pages import read_modules
from crimeshare.publish.site.rendering import render_reference, shared_file
from crimeshare.running import replacing, running

with running(snakemake):
    modules = {module.name: module for module in read_modules(map(Path, snakemake.input.modules))}
    folder = Path(snakemake.output.pages)
    folder.mkdir(parents=True)
    for name, module in {"index": None, **modules}.items():
        (folder / f"{name}.html").write_text(render_reference(modules, module), encoding="utf-8")
    with replacing(snakemake.output.places) as path:
        path.write_text(places_script(), encoding="utf-8")
    for output in map(Path, snakemake.output.shared):
        with replacing(output) as path:
            path.write_text(shared_file(output.name), encoding="utf-8")
