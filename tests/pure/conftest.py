"""Fixtures for tests without Odoo: the sandbox as a real process, the shared material."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[2]


class Sandbox:
    """A running sandbox. `facts` is what it printed; the other methods turn its switches."""

    def __init__(self, facts: dict[str, Any], process: subprocess.Popen[str]) -> None:
        self.facts = facts
        self.process = process

    def root(self, server: str) -> str:
        """Where a server's `/_sandbox/…` pages are."""
        return "/".join(self.facts[server]["url"].split("/")[:3])

    def fault(self, server: str, *faults: str | dict[str, Any], **options: Any) -> None:
        """Arm faults by name, `options` (operation, count, seconds…) going to each; none clears."""
        rows = [
            {"fault": fault, **options} if isinstance(fault, str) else fault for fault in faults
        ]
        requests.post(
            self.root(server) + "/_sandbox/faults", json=rows, timeout=5
        ).raise_for_status()

    def get(self, server: str, page: str) -> Any:
        """A page of `/_sandbox/` as JSON."""
        return requests.get(f"{self.root(server)}/_sandbox/{page}", timeout=5).json()

    def post(self, server: str, page: str, body: Any) -> Any:
        """POST to a page of `/_sandbox/`."""
        answer = requests.post(f"{self.root(server)}/_sandbox/{page}", json=body, timeout=5)
        answer.raise_for_status()
        return answer.json()

    def calls(self, server: str, operation: str) -> int:
        """How many requests an operation has had."""
        return self.get(server, "calls").get(operation, 0)


def start_sandbox(state: Path, *options: str) -> Sandbox:
    """Start a sandbox of one's own; end it with `.process.terminate()`."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sandbox",
            "--state",
            str(state),
            "--json",
            "--with-parent",
            *options,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Sandbox(json.loads(process.stdout.readline()), process)


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the whole run."""
    sandbox = start_sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.process.terminate()
    sandbox.process.wait(10)


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox as it starts (no fault, no rate limit), and our own memory of servers empty."""
    from connectors.hosts import PROCESS_MEMORY
    from connectors.oauth import PROCESS_TOKENS

    PROCESS_MEMORY.forget()
    PROCESS_TOKENS.forget()
    running_sandbox.post("register", "settings", {"rate": 0})
    running_sandbox.post("pa", "settings", {"api_version": "1.2", "acknowledge_after": 1.0})
    yield running_sandbox
    for server in running_sandbox.facts:
        running_sandbox.fault(server)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material (specifications, corpora); tests that want it are skipped where it is absent."""
    folder = Path(os.environ.get("EFACTURE_SHARED", ROOT.parent / "shared"))
    if not (folder / "specs").is_dir():
        pytest.skip(f"no shared material at {folder}")
    return folder
