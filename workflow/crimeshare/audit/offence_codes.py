"""Offence codes as a statement may name them: ``8R``, ``code 8R``, ``malicious communications``."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from crimeshare.reference import REFERENCE, Offence, fraud_totals, offences, read_rows
from crimeshare.tables import LAYOUTS

JOINT_CODES = REFERENCE / "joint_codes.csv"

_CODE = re.compile(r"(?:(?:home office |offence )*code )?(?P<code>\d[\w.]{0,5})", re.IGNORECASE)


@cache
def offence_codes() -> dict[str, Offence]:
    """Every code of one kind of offence, by itself: named with its code, part of its group.

    Codes of outcomes alone count no offences, and those of fraud are in no total but the two that
    Table A5a has of England and Wales, which stand here beside the codes.
    """
    found = {
        code: Offence(code, name, "total", "no", "", "") for code, name in fraud_totals().values()
    }
    for row in read_rows(LAYOUTS / "prc" / "codes.csv"):
        code, group = row["code"], row["offence_id"]
        if _CODE.fullmatch(code) and group in offences() and "outcomes only" not in row["name"]:
            name = f"{row['name']} (offence code {code})"
            found.setdefault(code, Offence(code, name, group, "no", "", ""))
    return found


def find_offence_code(text: str) -> Offence | None:
    """The one kind of offence that a text names; None if it names none.

    Raises:
        ValueError: it may be several codes, or a part of a group's name; lists them.
    """
    said = " ".join(text.split()).casefold()
    found = _CODE.fullmatch(said)
    if found or said in offence_codes():
        return offence_codes().get(found["code"].upper() if found else said)
    named = [
        offence
        for offence in offence_codes().values()
        if _words(text) in (_words(offence.name), _words(_plain(offence)))
    ]
    if len(named) == 1 and _words(text) == _words(named[0].name):
        return named[0]
    groups = [
        offence.name
        for offence in offences().values()
        if said in re.split(r" and |, ", offence.name.casefold())
    ]
    meant = [
        *(f"code {offence.offence_id}" for offence in named),
        *(f"the group {name}" for name in groups if named),
    ]
    if len(meant) > 1:
        raise ValueError(" or ".join(meant))
    return named[0] if named else None


def _words(text: str) -> list[str]:
    """A name without its case and marks, in which the Home Office's lists differ."""
    return re.findall(r"\w+", text.casefold())


def _plain(code: Offence) -> str:
    return code.name.removesuffix(f" (offence code {code.offence_id})")


@cache
def joint_until(code: str) -> tuple[date, str] | None:
    """The day until which a code was recorded together with others, and their names."""
    for row in read_rows(JOINT_CODES):
        joint = row["codes"].split()
        if code in joint:
            names = [_plain(offence_codes()[other]) for other in joint if other != code]
            others = " and ".join(f"{name[:1].lower()}{name[1:]}" for name in names)
            return date.fromisoformat(row["until"]), others
    return None
