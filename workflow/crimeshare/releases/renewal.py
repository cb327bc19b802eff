"""Take in everything that is new: check, then pin release by release, oldest first.

What a scheduled job does and a person may do: ``make renew``.  Each step is the command that a
person would type; what it said is kept for the one who reviews.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from crimeshare.releases import exit_statuses
from crimeshare.sources.registry import ANNOUNCED

WORDS = exit_statuses.FOLDER / "renewal.md"
REFUSED = exit_statuses.FOLDER / "refused.md"

# Findings that pin_release can act on.
_TO_PIN = {"new", "corrected", "reissued"}
_OURS = "crimeshare: "


@dataclass(frozen=True)
class JobStep:
    """A command that was run: its exit status and what crimeshare said."""

    status: int
    said: list[str]


@dataclass(frozen=True)
class Renewal:
    """What came of a renewal.

    Attributes:
        refused: what a person has to look at, by release; by the source where it is of none.
        absent: the releases among them that are known and no longer at the source.
    """

    pinned: list[str]
    refused: dict[str, list[str]]
    absent: list[str]

    def in_words(self) -> list[str]:
        """How many releases were pinned, and what was refused, why, and where the rest is."""
        if not self.pinned and not self.refused:
            return ["Nothing new was pinned, and nothing refused."]
        pinned = f": {', '.join(self.pinned)}" if self.pinned else ""
        refused = {name: said for name, said in self.refused.items() if name not in self.absent}
        lines = [f"{len(self.pinned)} pinned{pinned}; {len(refused)} refused."]
        lines += [f"Refused: {name}: {said[0]}" for name, said in refused.items()]
        if self.absent:
            lines.append(f"{len(self.absent)} not at the source: {', '.join(self.absent)}.")
        if self.refused:
            lines.append(f"{REFUSED} has all the words and what to do.")
        return lines


def renew(source: str) -> Renewal:
    """Check the source, pin what is new, and write down what was taken in and what was not.

    Args:
        source: ``ons``, or the folder or address of a mirror.
    """
    for path in (WORDS, REFUSED):
        path.unlink(missing_ok=True)
    check = snakemake("check_releases", f"source={source}")
    findings = _findings()
    write_announced(ANNOUNCED, [f for f in findings if f["kind"] == "announced"])
    pinned: list[str] = []
    said: list[str] = []
    refused: dict[str, list[str]] = {}
    for finding in findings:
        # What is new and has no release id is read by no program yet.
        by_hand = finding["kind"] == "new" and not finding["release_id"]
        if by_hand or finding["kind"] in ("unclear", "withdrawn"):
            refused.setdefault(finding["release_id"] or source, []).append(finding["sentence"])
    if not exit_statuses.CHECK.is_file():
        refused[source] = check.said or ["The check itself failed; its log says why."]
    for release_id in _to_pin(findings):
        step = snakemake("pin_release", f"source={source}", f"release={release_id}")
        # What is true of the source is said by the check already, not news of a release.
        news = [sentence for sentence in step.said if sentence not in check.said]
        if step.status == 0:
            pinned.append(release_id)
            said += news
        else:
            words = news or [f"{release_id} could not be pinned; its log says why."]
            refused.setdefault(release_id, []).extend(words)
    gone = {finding["release_id"] for finding in findings if finding["kind"] == "withdrawn"}
    absent = sorted(name for name in gone & refused.keys() if len(refused[name]) == 1)
    _write(WORDS, "What is new", said)
    _write(REFUSED, "What a person has to look at", [*chain(*refused.values())])
    return Renewal(pinned, refused, absent)


def snakemake(target: str, *config: str) -> JobStep:
    """Run one target; its words go to the screen as well."""
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", target, "--config", *config],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    said = [line.removeprefix(_OURS) for line in run.stderr.splitlines() if line.startswith(_OURS)]
    for line in said:
        print(f"{_OURS}{line}", file=sys.stderr, flush=True)
    return JobStep(run.returncode, said)


def write_announced(path: Path, findings: Sequence[dict[str, str]]) -> None:
    """Add the days that publishers announce; those known before stay, and the last line counts."""
    text = path.read_text(encoding="utf-8") if path.is_file() else "release_id,announced\n"
    known = dict(line.split(",") for line in text.splitlines())
    said = {f["release_id"]: f["day"] for f in findings if known.get(f["release_id"]) != f["day"]}
    lines = [f"{release_id},{day}\n" for release_id, day in sorted(said.items())]
    path.write_text(text + "".join(lines), encoding="utf-8")


def _findings() -> list[dict[str, str]]:
    if not exit_statuses.CHECK.is_file():
        return []
    datasets = json.loads(exit_statuses.CHECK.read_bytes())["datasets"].values()
    return [finding for dataset in datasets for finding in dataset["findings"]]


def _to_pin(findings: Sequence[dict[str, str]]) -> list[str]:
    ids = {f["release_id"] for f in findings if f["kind"] in _TO_PIN and f["release_id"]}
    return sorted(ids, key=lambda release_id: (release_id.split("-", 1)[1], release_id))


def _write(path: Path, title: str, sentences: Sequence[str]) -> None:
    if sentences:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"# {title}", "", *(f"- {sentence}" for sentence in sentences), ""]
        path.write_text("\n".join(lines), encoding="utf-8")


def main(source: str) -> int:
    """Renew, and say at the end what came of it; 1 if anything was refused."""
    renewal = renew(source)
    for sentence in renewal.in_words():
        print(f"{_OURS}{sentence}", file=sys.stderr, flush=True)
    return 1 if renewal.refused else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
