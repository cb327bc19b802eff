# Common: what rules of several stages ask for.

import re


def origin_of(release):
    """The workbook of a release, or the figures shipped with the workflow in its place."""
    path = file_to_read(release, configuration.source, copies)
    return shipped(path) if path.startswith("resources/figures/") else path


def has_figures(release):
    """Whether a release is read from the figures shipped in place of its workbook."""
    return Path(origin_of(release)).suffix == ".parquet"


def one_of(names):
    """A pattern of these names and no others."""
    return "|".join(map(re.escape, names)) or "(?!)"


def releases_of(*readers):
    """The releases whose tables these readers know, those of each reader together."""
    return [
        release
        for reader in readers
        for release in releases.values()
        if release.reader == reader
    ]


def observations_of(*readers):
    """What was read of the releases whose tables these readers know."""
    return [
        f"results/observations/{release.release_id}.parquet"
        for release in releases_of(*readers)
    ]


def everything_made():
    """All that a build makes: Snakemake makes again only what it is asked for by name."""
    own = [
        path
        for rule in workflow.rules
        if Path(rule.snakefile).is_relative_to(workflow.current_basedir)
        for path in rule.output
    ]
    observations = observations_of(*SHAPES)
    # What has a wildcard is asked for by the pages of its own, or fetched.
    return [
        *observations,
        *(Path(path).with_suffix(".json").as_posix() for path in observations),
        *(path for path in own if "{" not in path and "results/logs/" not in path),
    ]


def reference(*names):
    """Lists of resources/reference/."""
    return [shipped(f"resources/reference/{name}.csv") for name in names]


def layouts(*families):
    """What the tables of publishers are called and look like."""
    return [
        shipped(path.relative_to(PROJECT).as_posix())
        for family in families
        for path in sorted((LIBRARY / "tables" / "layouts" / family).glob("*.csv"))
    ]


def words(*subjects):
    """The templates of what pages say on these subjects."""
    found = [
        "elements/shared.md.j2",
        *(f"subjects/words/{name}.md.j2" for name in subjects),
    ]
    return [shipped(f"workflow/crimeshare/publish/{name}") for name in found]


def clean(*names):
    return [f"results/clean/{name}.parquet" for name in names]


def estimates(*names):
    return [f"results/estimates/{name}.parquet" for name in names]


def made_from(*names):
    """The tables and files that the pages of notebooks are made from, and they."""
    read = {path for name in names for path in READS[name]}
    return sorted(read | {shipped(f"notebooks/{name}.ipynb") for name in names})


LAYOUTS = layouts("appendix", "open_prevalence", "pfa", "prc", "survey_table")
HASHES = shipped("resources/figures/hashes.csv")
COLUMNS = shipped("workflow/crimeshare/columns.yaml")
# For steps that read the names and types of columns alone, which stand in their digest of the code.
NAMES = ancient(COLUMNS)
CODES = shipped("workflow/crimeshare/tables/layouts/prc/codes.csv")
SERIES_GROUPS = shipped("workflow/crimeshare/tables/layouts/appendix/series_groups.csv")
TEMPLATES = [
    shipped(path.relative_to(PROJECT).as_posix())
    for path in sorted((LIBRARY / "publish" / "site" / "templates").glob("*.*"))
]
