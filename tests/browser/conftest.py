"""The report rendered once and served on this machine, and a browser that watches what it does."""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from crimeshare.audit.vintages import EVIDENCE
from crimeshare.ledger.panels import Panels
from crimeshare.publish.site.checking import judge_script, python_scripts
from crimeshare.publish.site.exploring import drawing_script, series_scripts
from crimeshare.publish.site.loading import SHARED
from crimeshare.publish.site.notebooks import execute_pages
from crimeshare.publish.site.pages import REPORT, report_pages
from crimeshare.publish.site.pages import Page as ReportPage
from crimeshare.publish.site.place_list import places_script
from crimeshare.publish.site.rendering import (
    read_executed,
    render_check,
    render_embed,
    render_search,
    shared_file,
    write_page,
)
from crimeshare.reference import PARTNERSHIPS, REFERENCE, areas, read_rows
from crimeshare.tables import LAYOUTS
from tests.building import built_once, read_by
from tests.conftest import made_once
from tests.tables import CODE_YEARS, LEVEL_SHIFTS, SERIES

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

# Quiet: nothing of the browser's own asks the network.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def page_types() -> list[ReportPage]:
    """One page made by each notebook of the report, that of its default area where it has one."""
    types = {page.notebook: page for page in reversed(report_pages())}
    types["force"] = next(page for page in report_pages() if page.name == "forces/gwent")
    return sorted(types.values(), key=lambda page: page.name)


def longest_force() -> ReportPage:
    """The page of the force with the most partnerships, which is the longest of its type."""
    forces = Counter(row["area_code"] for row in read_rows(PARTNERSHIPS))
    name = areas()[forces.most_common(1)[0][0]].slug
    return next(page for page in report_pages() if page.name == f"forces/{name}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser is slow: so is every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium; skips where there is none."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("no browser: install Chromium (Debian and Ubuntu: apt-get install chromium)")
    # Chromium's sandbox refuses to start for root.
    sandbox = ["--no-sandbox"] * (os.geteuid() == 0)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(browser: Browser, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a report with one page of each type and the search page.

    It asks for the browser so that nothing is built where there is none.
    """
    build = built_once(tmp_path_factory, root)
    made = made_once(tmp_path_factory, "site", lambda folder: write_site(folder, root, build))
    return made / REPORT


def write_site(folder: Path, root: Path, build: Path) -> None:
    """Render the pages of a small build, and what they load."""
    shutil.copytree(build, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        pages = [*page_types(), longest_force()]
        execute_pages(pages, read_by(pages, root, folder), folder)
        patch.chdir(folder)
        bodies = {page: write_page(page, read_executed(page)) for page in pages}
        write_shared(REPORT)
        panels = Panels({}, folder)
        for page in bodies:
            script = REPORT / "cells" / f"{page.name}.js"
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_text(panels.script(page.executed), encoding="utf-8")
        (REPORT / "places.js").write_text(places_script(), encoding="utf-8")
        write_explorer(REPORT)
        write_check(REPORT, root)
        embed = render_embed(*next((p, b) for p, b in bodies.items() if p.notebook == "force"))
        assert embed is not None
        (REPORT / "embed").mkdir()
        (REPORT / "embed" / f"{embed[0]}.html").write_text(embed[1], encoding="utf-8")
        (REPORT / "search.html").write_text(render_search(bodies.items()), encoding="utf-8")


def write_shared(report: Path) -> None:
    """What every page loads."""
    for name in SHARED:
        (report / name).write_text(shared_file(name), encoding="utf-8")


def write_explorer(report: Path) -> None:
    """What the explorer loads."""
    (report / "explore").mkdir()
    scripts = series_scripts(*map(pd.read_parquet, (SERIES, CODE_YEARS, LEVEL_SHIFTS)))
    for group, script in scripts.items():
        (report / "explore" / f"{group}.js").write_text(script, encoding="utf-8")
    (report / "vega.js").write_text(drawing_script(), encoding="utf-8")


def write_check(report: Path, root: Path) -> None:
    """The page that judges a text, and what it loads: the evidence is that in the repository."""
    files = [
        root / "config" / "releases.csv",
        root / "workflow" / "crimeshare" / "audit" / "reasons.md.j2",
        LAYOUTS / "prc" / "codes.csv",
        *REFERENCE.glob("*.csv"),
        *(root / EVIDENCE).glob("*.json.gz"),
    ]
    scripts = python_scripts() | {"judge.js": judge_script(map(str, files))}
    (report / "check").mkdir()
    for name, script in scripts.items():
        (report / "check" / name).write_text(script, encoding="utf-8")
    (report / "check.html").write_text(render_check(), encoding="utf-8")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the report is served, with a slash at the end."""
    handler = partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A visitor's browser; fails if a page logs an error or asks another place for anything."""
    with _watched(browser, address, viewport={"width": 1440, "height": 900}) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of it."""
    return context.new_page()


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Page]:
    """A tab of a browser that runs no scripts."""
    with _watched(browser, address, java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A tab on a phone, whose pointer is a finger."""
    screen = {"width": 360, "height": 740}
    with _watched(browser, address, viewport=screen, has_touch=True, is_mobile=True) as context:
        yield context.new_page()


@contextmanager
def _watched(browser: Browser, address: str, **options: Any) -> Iterator[BrowserContext]:
    with browser.new_context(**options) as context:
        context.set_default_timeout(5_000)
        amiss: list[str] = []
        context.on("request", lambda request: amiss.append(request.url))
        context.on(
            "console", lambda message: amiss.append(message.text) if message.type == "error" else 0
        )
        context.on("weberror", lambda problem: amiss.append(str(problem.error)))
        yield context
        assert [
            what for what in amiss if not what.startswith((address, "blob:", "data:", "file:"))
        ] == []
