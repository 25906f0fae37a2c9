"""A running product for the stories: its own database, sandbox and address, beside a person's `bin/run`."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from ground import run as ground_run
from ground.cluster import free_port, server
from outside import Outside
from screens import Screens


@dataclass(frozen=True)
class Product:
    """Where the product answers, and what `bin/run --json` says of it."""

    url: str
    facts: dict


@pytest.fixture(scope="session")
def product():
    options = argparse.Namespace(workers=0, port=free_port(), json=True, fresh=True, stop=False)
    running = ground_run.Run(
        options, postgres=server("postgres-test", durable=False), prefix="e2e-"
    )
    running.stop_servers()
    facts = running.start()
    try:
        yield Product(facts["url"], facts)
        # Read before the stop: Odoo without workers cuts scheduled actions off wherever they are and
        # logs that; what a cut does to the documents is what tests/faults is about.
        trouble = log_trouble(Path(facts["logs"]) / "e2e-odoo.log")
    finally:
        running.stop_servers()
        running.sandbox.stop()
    assert not trouble, "".join(trouble[:10])


def log_trouble(log: Path) -> list[str]:
    """What an operator would have to look at.

    Left out: two wrote the same row and Odoo tries again, or a page that closes did (Odoo's own note of who
    is there); a person was told why something is refused.
    """
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d \d\d:)", log.read_text(errors="replace"), flags=re.M)
    return [
        entry
        for entry in entries
        if re.search(r" (WARNING|ERROR|CRITICAL) |^Traceback", entry, flags=re.M)
        and not (
            " odoo.http: " in entry
            and ("Traceback" not in entry or "\nodoo.exceptions.RedirectWarning: " in entry)
        )
        and not (
            ("odoo.sql_db: bad query" in entry or " odoo.addons.bus.websocket: " in entry)
            and "could not serialize" in entry
        )
    ]


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium through Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def claire(product, browser):
    """The accountant at her desk; her pages end without an error of their own."""
    screens = Screens(browser, product.url, "accountant")
    yield screens
    screens.close()
    assert not screens.trouble, "the pages ran into errors of their own"


@pytest.fixture(scope="module")
def outside(product):
    """Suppliers, customers and mailboxes of the sandbox."""
    return Outside(product.facts["sandbox"])
