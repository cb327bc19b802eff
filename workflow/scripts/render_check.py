"""Write the page that judges a text in the browser, and what it loads."""

from itertools import chain
from pathlib import Path

from crimeshare.publish.site.checking import judge_script, python_scripts
from crimeshare.publish.site.rendering import render_check
from crimeshare.running import running, write_file

with running(snakemake):
    folder = Path(snakemake.output.loaded)
    folder.mkdir(parents=True, exist_ok=True)
    judged_by = chain(snakemake.input.published, snakemake.input.judged_with, snakemake.input.words)
    for name, script in (python_scripts() | {"judge.js": judge_script(judged_by)}).items():
        (folder / name).write_text(script, encoding="utf-8")
    write_file(snakemake.output.page, render_check(snakemake.params.offence_ids))
