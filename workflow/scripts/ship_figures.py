"""Keep the figures just read from workbooks as the figures the repository ships."""

import shutil
from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.releases.conversion import replaces_conversion, report
from crimeshare.running import running, say, shipping
from crimeshare.sources.registry import FIGURES

with running(snakemake):
    if snakemake.config["source"] == "embedded":
        raise Problem(
            "Figures are shipped from workbooks, but source is embedded; name a mirror: "
            "make figures CRIMESHARE_MIRROR=<folder>"
        )
    for observations in map(Path, snakemake.input.observations):
        target = FIGURES / observations.name
        if target.exists() and target.read_bytes() == observations.read_bytes():
            continue
        if replaces_conversion(target, observations):
            for sentence in report(target, observations):
                say(sentence)
        with shipping(target) as path:
            shutil.copyfile(observations, path)
        say(f"{target} holds the figures of {observations.stem}.")
