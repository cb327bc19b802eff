"""The command as a part of a pipe."""

from __future__ import annotations

import subprocess
import sys

import pytest

SPEAKING = """
import sys
from crimeshare import cli

cli._lines = lambda given: map(str, range({lines}))
sys.exit(cli.main(["trace", "any"]))
"""


@pytest.mark.parametrize("lines", [3, 100_000])
def test_a_reader_who_has_enough_is_no_error(lines: int) -> None:
    speaker = subprocess.Popen(
        [sys.executable, "-c", SPEAKING.format(lines=lines)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert speaker.stdout
    assert speaker.stderr
    speaker.stdout.close()
    said = speaker.stderr.read().decode()
    assert (speaker.wait(timeout=60), said) == (0, "")
    speaker.stderr.close()
