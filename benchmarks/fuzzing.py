"""How long wrong input is tried before anything but a sentence comes of it.

    python benchmarks/fuzzing.py [--minutes M] [--seed N] [TEST ...]

The tests of ``tests/faults/test_fuzz.py``, or those named, are run again and again, each round with
another seed and many more examples than ``make test`` tries, until the minutes are over: over the
configuration, statements and the file of them, the registry, corrections, the publisher's pages,
and tables to take in.  A round that fails prints the example and ends with status 1; the seed that
is printed repeats it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = "tests/faults/test_fuzz.py"


def main() -> int:
    """Run rounds until the time is over or one fails; returns the exit status."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=60, help="how long new rounds begin")
    options.add_argument("--seed", type=int, default=1, help="of the first round")
    options.add_argument("tests", nargs="*", help="names of tests, such as test_claims")
    given = options.parse_args()
    names = [f"{TESTS}::{name}" for name in given.tests] or [TESTS]
    begun = time.monotonic()
    seed = given.seed
    while True:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *names]
        command += ["--hypothesis-profile=wide", f"--hypothesis-seed={seed}"]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        minutes = (time.monotonic() - begun) / 60
        if run.returncode:
            print(run.stdout[-20_000:])
            print(f"Seed {seed} found a fault after {minutes:.1f} minutes.")
            return 1
        print(f"Seed {seed}: {run.stdout.splitlines()[-1]}", flush=True)
        if minutes >= given.minutes:
            print(f"{seed - given.seed + 1} rounds in {minutes:.1f} minutes found no fault.")
            return 0
        seed += 1


if __name__ == "__main__":
    raise SystemExit(main())
