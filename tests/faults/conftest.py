"""Servers of the fault suite, and the lines it prints: what was killed, what was unknown, how it ended."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

FULL = bool(os.environ.get("EFACTURE_TEST_FULL"))
SMALL, LARGE = 170, 1000
_TOLD: list[str] = []


@pytest.fixture(scope="session")
def rig() -> Iterator:
    """PostgreSQL, sandbox and nodes that may be killed."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("the database server of DATABASE_URL is not ours to kill")
    from fault_rig import Rig

    made = Rig(LARGE + 20 if FULL else SMALL)
    try:
        made.template()
        yield made
    finally:
        made.stop()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a line now, and again in the summary at the end."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(text: str) -> None:
        _TOLD.append(text)
        with capture.global_and_fixture_disabled():
            print(f"\n{time.strftime('%H:%M:%S')} {text}", end="", flush=True)

    return say


def pytest_terminal_summary(terminalreporter) -> None:
    if _TOLD:
        terminalreporter.section("fault suite")
        for text in _TOLD:
            terminalreporter.write_line(text)
