"""A build under Slurm, on this machine as a cluster of one node, beside a local build.

It installs Debian's packages and the plug-in and runs daemons, so it has to be asked for, by root:
``CRIMESHARE_SLURM=1 pytest tests/workflow/test_slurm.py``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from crimeshare.products import digest
from tests.conftest import clone
from tests.workflow.runs import snakemake

PLUGIN = ["snakemake-executor-plugin-slurm", "snakemake-executor-plugin-slurm-jobstep", "throttler"]
CONFIGURED = Path("/etc/slurm/slurm.conf")
PROFILE = "workflow/profiles/slurm"
BUILT = ("report", "published", "estimates", "clean")
LONGEST = 1800
"""Seconds after which a build is given up."""
OVERHEAD = 180
"""Seconds that a build may take longer on a cluster."""
SETTINGS = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
StateSaveLocation={folder}/slurmctld
SlurmdSpoolDir={folder}/slurmd
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ReturnToService=2
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def call(*command: str, **more: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **more})


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Path]:
    """A cluster of this machine alone, and the folder of the plug-in that submits to it."""
    if not os.environ.get("CRIMESHARE_SLURM"):
        pytest.skip("no cluster: set CRIMESHARE_SLURM=1 to install Slurm here and run it, as root")
    if shutil.which("slurmctld") is None:
        frontend = {"DEBIAN_FRONTEND": "noninteractive"}
        call("apt-get", "install", "--quiet", "--yes", "slurm-wlm", "munge", **frontend)
    plugin = tmp_path / "plugin"
    call(sys.executable, "-m", "pip", "install", "--no-deps", f"--target={plugin}", *PLUGIN)
    for name in ("slurmctld", "slurmd"):
        (tmp_path / name).mkdir()
    settings = tmp_path / "slurm.conf"
    settings.write_text(SETTINGS.format(host=socket.gethostname(), folder=tmp_path))
    # Where Debian's Slurm looks for it: a step of a job is not told of another place.
    CONFIGURED.parent.mkdir(exist_ok=True)
    CONFIGURED.symlink_to(settings)
    # munged refuses to run as root, and wants the folder of its socket to be its own.
    Path("/run/munge").mkdir(exist_ok=True)
    shutil.chown("/run/munge", "munge", "munge")
    call("runuser", "-u", "munge", "--", "munged", "--force", "--pid-file=/run/munge/test.pid")
    try:
        call("slurmctld", "-f", str(settings))
        call("slurmd", "-f", str(settings))
        time.sleep(3)
        yield plugin
    finally:
        CONFIGURED.unlink()
        for pid in (tmp_path / "slurmd.pid", tmp_path / "slurmctld.pid"):
            if pid.exists():
                call("kill", pid.read_text().strip())
        munged = Path("/run/munge/test.pid")
        call("kill", munged.read_text().strip())


def files(project: Path) -> dict[str, str]:
    """The digest of every file that a build publishes or computes, by its path."""
    return {
        path.relative_to(project).as_posix(): digest(path)
        for folder in BUILT
        for path in (project / "results" / folder).rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_a_cluster_builds_the_same_bytes_in_a_handful_of_jobs(
    cluster: Path, project: Path, tmp_path: Path
) -> None:
    here = clone(tmp_path / "here")
    began = time.monotonic()
    local = snakemake(here)
    alone = time.monotonic() - began
    assert local.returncode == 0, local.stderr
    path = os.pathsep.join([str(project / "workflow"), str(cluster)])
    began = time.monotonic()
    run = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake"),
            *("--workflow-profile", PROFILE, "--latency-wait", "5"),
        ],
        cwd=project,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    over = time.monotonic() - began - alone
    assert run.returncode == 0, run.stderr
    jobs = run.stderr.count("has been submitted with SLURM jobid")
    print(f"{jobs} jobs, {over:.0f} s more than the {alone:.0f} s of a local build")
    # A job for each group of steps, each batch of pages, the site and the PDFs.
    groups = yaml.safe_load((project / PROFILE / "config.yaml").read_text())["group-components"]
    apart = [
        benchmark
        for steps in ("execute_notebooks", "render_site", "render_pdf")
        for benchmark in (here / "results/benchmarks" / steps).glob("*.tsv")
    ]
    assert len(groups) < jobs <= len(groups) + len(apart)
    ours, theirs = files(here), files(project)
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []
    assert over < OVERHEAD
