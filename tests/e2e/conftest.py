"""A running product for the stories: its own database, sandbox and address, beside a person's `bin/run`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

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
    trouble = log_trouble(Path(facts["logs"]) / "e2e-odoo.log")
    assert not trouble, "".join(trouble[:10])


def log_trouble(log: Path) -> list[str]:
    """What an operator would have to look at.

    Left out: two wrote the same row and Odoo tries again; a person was told why something is refused.
    """
    lines = log.read_text(errors="replace").splitlines(keepends=True)
    return [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if (" WARNING " in line or " ERROR " in line or line.startswith("Traceback"))
        and " odoo.http: " not in line
        and not ("odoo.sql_db: bad query" in line and "could not serialize" in following)
    ]


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium through Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        yield chromium
        chromium.close()
