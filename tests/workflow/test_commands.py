"""Commands that README.md gives, as a reader would type them."""

import os
import subprocess
import sys
from pathlib import Path


def test_snakemake_needs_neither_options_nor_an_activated_environment(root: Path) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("snakemake"), "--dry-run"],
        cwd=root,
        env={**os.environ, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "workflow specific profile profiles/default" in run.stderr
