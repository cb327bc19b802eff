"""Text that somebody else wrote, read with a sentence for whatever is wrong with it.

YAML and JSON have more ways to be wrong than their readers say: bytes that are no text, nests
without a bottom, whole numbers of five thousand digits, days that no calendar has.

Read at every start of Snakemake, hence nothing heavy.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from crimeshare.problems import Problem, explained, shown


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        Problem: there is none, it may not be read, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise explained(error) from error
    except UnicodeDecodeError as error:
        raise Problem(
            f"{path} is not text in UTF-8: {error.reason} at byte {error.start + 1:,}; save it as "
            "UTF-8."
        ) from error


def read_yaml(path: Path, loader: type[Any] = yaml.SafeLoader) -> object:
    """What a YAML file holds.

    Args:
        loader: ``yaml.BaseLoader`` leaves every scalar the text that it is.

    Raises:
        Problem: it cannot be read, or is not YAML.
    """
    text = read_text(path)
    try:
        return yaml.load(text, Loader=loader)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise Problem(f"{path} is not YAML: {shown(' '.join(str(error).split()))}") from error
    except (RecursionError, TypeError, AttributeError, KeyError) as error:
        # Keys that are lists, anchors inside themselves, nests that have no bottom.
        raise Problem(
            f"{path} is not YAML that can be read: a list or mapping in it stands where it cannot, "
            "or lies too deep inside others."
        ) from error


def parse_json(text: bytes | str) -> object:
    """What a JSON text holds.

    Raises:
        Problem: it is not JSON, as the end of a sentence that says where it is from.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem(shown(error)) from error
