"""A running product for the stories: its own database, sandbox and address, beside a person's `bin/run`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import pytest
from ground import run as ground_run
from ground.cluster import free_port, server


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
    yield Product(facts["url"], facts)
    running.stop_servers()
    running.sandbox.stop()


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium through Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        yield chromium
        chromium.close()
