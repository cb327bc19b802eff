"""Write the script that knows which page is about a place."""

from pathlib import Path

from crimeshare.publish.site.place_list import places_script
from crimeshare.running import replacing, running

with running(snakemake), replacing(Path(snakemake.output.script)) as path:
    path.write_text(places_script(), encoding="utf-8")
