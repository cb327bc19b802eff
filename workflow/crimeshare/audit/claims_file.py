"""The file of statements, ``config/claims.yaml``, read entry by entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from crimeshare.audit import stated
from crimeshare.audit.claim_keys import NO_TEXT, TWICE, EntryRefused, Vocabulary, closed, read_claim
from crimeshare.audit.numerals import shortened
from crimeshare.audit.statements import PLAIN_COUNTS, AnyClaim, RecordedClaim
from crimeshare.nearest import did_you_mean
from crimeshare.problems import Problem


def read_claims(path: Path, vocabulary: Vocabulary) -> tuple[list[AnyClaim], list[str]]:
    """The entries of ``path`` that hold, and one sentence for every fault of the others.

    Args:
        path: a YAML list of entries, each with the keys of its ``quantity``.

    Raises:
        Problem: the file is not a YAML list, so that nothing in it can be judged.
    """
    text = NO_TEXT.sub("\ufffd", path.read_bytes().decode("utf-8", "replace"))
    try:
        entries = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise Problem(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(entries, list):
        raise Problem(f"{path} holds no list; every claim begins with `- id: ...`.")
    claims: dict[str, AnyClaim] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            claim = read_claim(entry, vocabulary)
            if claim.id in claims:
                raise EntryRefused(
                    [f"the id `{claim.id}` is taken by an entry above; choose another"]
                )
        except EntryRefused as refused:
            name = entry.get("id") if isinstance(entry, dict) else None
            named = isinstance(name, str) and name and not NO_TEXT.search(name)
            where = f"claim `{shortened(str(name))}`" if named else f"entry {number}"
            problems += [f"{path}, {where}: {closed(clause)}" for clause in refused.clauses]
        else:
            claims[claim.id] = claim
    whole, faults = _with_counts(claims)
    return whole, problems + [f"{path}, {closed(fault)}" for fault in faults]


class _Loader(yaml.BaseLoader):
    """Leaves every scalar the text that it is, and remembers a key that stands there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = [name for name in names if names.count(name) > 1]
        return mapping | {TWICE: twice[0]} if twice else mapping


def _with_counts(claims: dict[str, AnyClaim]) -> tuple[list[AnyClaim], list[str]]:
    """The claims whose ``own_counts`` are claims of counts, and what is wrong with the others."""
    counts = [claim.id for claim in claims.values() if claim.quantity in PLAIN_COUNTS]
    whole, faults = [], []
    for claim in claims.values():
        named = claim.own_counts if isinstance(claim, RecordedClaim) else None
        unknown = [name for name in named or () if name not in counts]
        faults += [
            f"claim `{claim.id}`: `own_counts` names `{shortened(name)}`, which is no "
            f"claim of a count that holds{did_you_mean(shortened(name), counts)}"
            for name in unknown
        ]
        bounds = [name for name in named or () if name in counts and not _numbered(claims[name])]
        faults += [
            f"claim `{claim.id}`: `own_counts` names `{name}`, whose value is no plain "
            "number; expected a claim of a number such as 9,013, to reckon with"
            for name in bounds
        ]
        if not unknown and not bounds:
            whole.append(claim)
    return whole, faults


def _numbered(claim: AnyClaim) -> bool:
    return (
        isinstance(claim, RecordedClaim)
        and claim.quantity in PLAIN_COUNTS
        and not claim.compares
        and isinstance(claim.value, stated.Number)
        and claim.value.value > 0
    )
