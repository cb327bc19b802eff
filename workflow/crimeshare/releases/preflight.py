"""Read a workbook nobody has read before, and say in words what does not fit.

A pre-flight uses the readers and checks that every later run uses; it differs only in what it
says: the lines that would make unknown names known, the entry that would acknowledge a fault of
the workbook's own, and what is odd beside the release that went before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from crimeshare.periods import in_words
from crimeshare.problems import Problem, Problems
from crimeshare.releases.holdings import Past
from crimeshare.releases.precedent import beside_earlier, changes_of_tables
from crimeshare.sources.delivery import Delivery, Refused, Rejected
from crimeshare.sources.registry import Release
from crimeshare.sources.source import command
from crimeshare.tables.corrections import Correction, Faults, read_corrections
from crimeshare.tables.counts import Dated, counts, in_order
from crimeshare.tables.layout import UnknownNames, relative
from crimeshare.tables.misfits import ACCEPTED, Misfit, misfits
from crimeshare.tables.observations import read_observations
from crimeshare.tables.reading import READERS
from crimeshare.tables.sandbox import check_opens
from crimeshare.tables.ties import Fault, Place

_PROPOSED = 20


@dataclass(frozen=True)
class Pinnable:
    """A workbook that fits: how to ship its figures, and what is odd all the same."""

    write: Callable[[Path], None]
    warnings: list[str]


@dataclass(frozen=True)
class Proposal:
    """A line of data that would let a workbook through, and the file to add it to."""

    file: Path
    line: str


class DoesNotFit(Refused, Problems):
    """A workbook says what the layouts do not know, or breaks its own arithmetic.

    Attributes:
        proposed: lines that would let it through, if a person finds all of them right.
        unfinished: how many more it needs that only a person can fill in.
        doubts: what may be right all the same, if a person says so.
        accepted: what was accepted already, so that the workbook was read as far as this.
    """

    folder = "preflight"

    def __init__(
        self,
        problems: list[str],
        proposed: Sequence[Proposal] = (),
        unfinished: int = 0,
        doubts: Sequence[str] = (),
    ) -> None:
        super().__init__([*problems, *doubts])
        self.proposed = list(proposed)
        self.doubts = list(doubts)
        self.unfinished = unfinished
        self.accepted: list[str] = []

    def acceptance(self, delivery: Delivery) -> str:
        """What ``accept=`` must name: it stands for exactly these lines and exactly these bytes."""
        lines = [f"{relative(proposal.file)}: {proposal.line}" for proposal in self.proposed]
        lines += self.doubts
        digest = hashlib.sha256("\n".join([delivery.sha256, *lines]).encode()).hexdigest()[:12]
        # A word in front, since a command line takes twelve digits for a number.
        return f"{'lines' if self.proposed else 'edition'}-{digest}"

    def told(self, delivery: Delivery, kept: Path) -> list[str]:
        return [
            *self.problems,
            *self._next_steps(delivery),
            f"{delivery.release_id} was not pinned and nothing was changed; its workbook is kept "
            f"as {kept}, these words beside it.",
        ]

    def _next_steps(self, delivery: Delivery) -> Iterator[str]:
        words = [*self.accepted, self.acceptance(delivery)]
        accept = words[0] if len(words) == 1 else f"[{','.join(words)}]"
        pin = command("pin_release", delivery.source, release=delivery.release_id, accept=accept)
        if self.proposed:
            lines = len(self.proposed)
            complete = f"{lines} proposed lines are" if lines > 1 else "the proposed line is"
            right = (
                "each beside the workbook and its notes; if all of them are"
                if lines > 1
                else ("it beside the workbook and its notes; if it is")
            )
            yield (
                f"{delivery.release_id}: {complete} complete. Look at {right} right, this adds "
                f"{'them' if lines > 1 else 'it'} and pins: {pin}"
            )
        elif self.doubts and len(self.doubts) == len(self.problems):
            yield (
                f"{delivery.release_id}: nothing of this is wrong in itself. If a look at the "
                f"edition and its page shows that it is right, this pins it: {pin}"
            )
        if self.unfinished:
            yield (
                f"{delivery.release_id}: {self.unfinished} proposed lines hold a `?` that only a "
                "person can fill in; add those to their files by hand, then pin again."
            )


def preflight(
    workbook: Path,
    release: Release,
    corrections: Path,
    accepted_figures: Path = ACCEPTED,
    past: Sequence[Past] = (),
    accepted: Collection[str] = (),
) -> Pinnable:
    """Read a workbook as the release it should be.

    Args:
        workbook: the file, of any bytes.
        accepted_figures: file of the figures found right although other releases differ.
        accepted: doubts that a person has called unfounded.

    Raises:
        Problem: the corrections are not what they should be.
        Rejected: it is not a workbook of that dataset.
        DoesNotFit: names that the layouts do not know, or sums that do not hold; with the lines
            that would let it through.
    """
    own = [each for each in past if each.reader == release.reader]
    known = _Known(release, read_corrections(corrections), corrections, own, accepted)
    try:
        check_opens(workbook, release.reader)
        return _read(workbook, known, accepted_figures, past)
    except DoesNotFit:
        raise
    except UnknownNames as names:
        proposed = [Proposal(item.file, item.line) for item in names.unknown if item.complete]
        unfinished = len(names.unknown) - len(proposed)
        raise DoesNotFit(names.problems, proposed, unfinished) from names
    except Problems as problems:
        raise DoesNotFit(problems.problems) from problems
    except Problem as problem:
        raise Rejected(
            expected=f"a workbook of the {in_words(release.period_end)}",
            found=f"what is none: {str(problem).removesuffix('.')}",
            advice="Nothing was changed.",
        ) from problem


@dataclass(frozen=True)
class _Known:
    """The release a workbook should be, and the faults known in any release."""

    release: Release
    corrections: Sequence[Correction]
    file: Path
    past: Sequence[Past]
    accepted: Collection[str]

    def settle(self, doubts: list[str], wrong: Sequence[Misfit], file: Path) -> list[str]:
        """The doubts again, all of which were accepted; stop if one was not, or figures do not fit.

        Raises:
            DoesNotFit: both, with the lines that would let the figures through.
        """
        open_doubts = [] if set(doubts) <= set(self.accepted) else doubts
        if wrong or open_doubts:
            lines = [Proposal(file, misfit.line) for misfit in wrong]
            raise DoesNotFit(
                [misfit.told(file) for misfit in wrong],
                lines if len(lines) < _PROPOSED else (),
                doubts=open_doubts,
            )
        return doubts

    def acknowledging(self, faults: Faults) -> DoesNotFit:
        """Faults of the arithmetic, with the entries that would acknowledge them."""
        entries = proposed_corrections(self.release.release_id, faults.faults)
        told = list(faults.problems)
        for place, line in entries.items():
            told.append(f"If the workbook really says so, add to {self.file} the line: {line}")
            if other := self.elsewhere(place):
                told.append(f"The same cell of {other.release} is listed there: {other.reason}")
        # A workbook with so many wrong cells, or with shifted rows, is not let through by a word.
        whole = len(entries) == len(faults.faults) < _PROPOSED
        proposed = [Proposal(self.file, line) for line in entries.values()]
        return DoesNotFit(told, proposed if whole else ())

    def elsewhere(self, place: tuple[str, str]) -> Correction | None:
        """A fault known in the same cell of another release of the dataset."""
        sheet, cell = place
        return next(
            (
                c
                for c in self.corrections
                if (c.sheet.strip(), c.cell) == (sheet.strip(), cell)
                and c.release.partition("-")[0] == self.release.dataset
                and c.release != self.release.release_id
            ),
            None,
        )


def _read(workbook: Path, known: _Known, accepted: Path, past: Sequence[Past]) -> Pinnable:
    release, reader = known.release, READERS[known.release.reader]
    nearest = min(
        known.past,
        key=lambda past: (abs((past.period_end - release.period_end).days), past.period_end),
        default=None,
    )
    earlier = read_observations(reader.rows, nearest.path) if nearest else []
    reading = reader.read(workbook, release, earlier)
    try:
        reader.check(reading.rows, release.release_id, known.file)
    except Faults as faults:
        raise known.acknowledging(faults) from faults
    slips = {c.place for c in known.corrections if c.release == release.release_id}
    wrong, beside = beside_shipped(reading.rows, release, past, accepted, slips)
    return Pinnable(
        reading.write,
        [
            *known.settle(beside, wrong, accepted),
            *changes_of_tables(release.reader, reading.rows, release.period_end, known.past),
            *(notice.sentence for notice in reading.notices or ()),
        ],
    )


def beside_shipped(
    rows: Sequence[Any],
    release: Dated,
    past: Sequence[Past],
    accepted: Path = ACCEPTED,
    slips: Collection[Place] = (),
) -> tuple[list[Misfit], list[str]]:
    """What of a release, whose arithmetic holds, does not go with all that is shipped.

    Args:
        past: the shipped figures of every other release.
        accepted: file of the figures found right although other releases differ.
        slips: its cells known to be wrong.

    Returns:
        The counts of which another release says otherwise, and what else a person has to confirm.
    """
    own = counts(pd.DataFrame(map(vars, rows)), release.release_id, release.reader)
    every = pd.concat([own, *(each.counts for each in past)], ignore_index=True)
    wrong = misfits(every, in_order([*past, release]), [release.release_id], accepted)
    of_dataset = [each for each in past if each.reader == release.reader]
    # Figures of quarters are added up from many rows and have no cell of their own.
    kept = [row for row in rows if (row.sheet, getattr(row, "cell", "")) not in slips]
    return wrong, beside_earlier(release.reader, kept, release.period_end, of_dataset)


def proposed_corrections(release_id: str, faults: Sequence[Fault]) -> dict[Place, str]:
    """One YAML line for each cell where the arithmetic breaks, by sheet and cell.

    None for a row or a column that was swapped or shifted: there is nothing to acknowledge.
    """
    cells = [fault for fault in faults if len(fault.members) == 1]
    return {
        place: _entry(release_id, fault) for fault in cells[:_PROPOSED] for place in fault.cells
    }


def _entry(release_id: str, fault: Fault) -> str:
    (member,) = fault.members
    held = member.value if member.value is not None else member.marker_text
    entry = {
        "release": release_id,
        "sheet": member.sheet,
        "cell": member.cell,
        "expect": int(held) if isinstance(held, float) and held == int(held) else held,
        "status": "not_reported",
        "reason": fault.sentence.partition(": ")[2],
        "source": "The workbook's own arithmetic.",
    }
    flow: str = yaml.safe_dump(
        [entry], default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    )
    # An entry of a list in block style: "- {...}".
    return f"- {flow.strip()[1:-1]}"
