"""Write what pages look up: the measures, from their docstrings, and which page a place has."""

from pathlib import Path

from crimeshare.publish.site.place_list import places_script
from crimeshare.publish.site.reference_pages import read_modules
from crimeshare.publish.site.rendering import render_reference, shared_file
from crimeshare.running import running, write_file

with running(snakemake):
    modules = {module.name: module for module in read_modules(map(Path, snakemake.input.modules))}
    folder = Path(snakemake.output.pages)
    folder.mkdir(parents=True)
    for name, module in {"index": None, **modules}.items():
        (folder / f"{name}.html").write_text(render_reference(modules, module), encoding="utf-8")
    write_file(snakemake.output.places, places_script())
    for output in map(Path, snakemake.output.shared):
        write_file(output, shared_file(output.name))
