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


def made_from(*notebooks):
    """The tables and files that the pages of notebooks are made from, and they."""
    found = {
        f"notebooks/{name}.ipynb": depends(f"notebooks/{name}.ipynb")
        for name in notebooks
    }
    read = {path for each in found.values() for path in [*each.tables, *each.files]}
    return sorted(read | {shipped(path) for path in found})
