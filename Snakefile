# crimeshare: from the releases of the Office for National Statistics to a report, every
# number with its source cell. Configuration, registry, and the targets a person types.
# The steps are in workflow/rules/, in the order the figures pass through them.

from pathlib import Path

from crimeshare.configuration import read_configuration
from crimeshare.dependencies import depends
from crimeshare.problems import Problem
from crimeshare.sources.registry import read_copies, read_registry, select
from crimeshare.running import say
from crimeshare.sources.source import file_to_read, kept_figures


configfile: "config/config.yaml"


try:
    configuration = read_configuration(config)
    registry = read_registry(Path("config/releases.csv"))
    copies = read_copies(Path("config/copies.csv"), registry)
    releases = {
        release.release_id: release
        for release in select(registry, configuration.releases)
    }
except Problem as problem:
    raise SystemExit(f"crimeshare: {problem}")


include: "workflow/rules/acquire.smk"
include: "workflow/rules/clean.smk"
include: "workflow/rules/estimate.smk"
include: "workflow/rules/check.smk"
include: "workflow/rules/survey.smk"
include: "workflow/rules/quarters.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/publish.smk"
include: "workflow/rules/products.smk"
include: "workflow/rules/ledger.smk"


onstart:
    if kept := kept_figures(releases.values(), configuration.source, copies):
        say(kept)


rule all:
    default_target: True
    input:
        rules.render_site.output,
        rules.render_places.output,
        rules.render_pdf.output,
        rules.render_data_pack.output,
        "results/published/figures.csv",
        "results/ro-crate-metadata.json",
        survey_targets,
        quarter_targets,
        "results/estimates/revisions.parquet",
        rules.check_claims_last.output,
    message:
        "The report is results/report/index.html"
