"""Fixtures for tests without Odoo: the sandbox as a real process, the shared material."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.process import Sandbox, start_sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the whole run."""
    sandbox = start_sandbox(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.process.terminate()
    sandbox.process.wait(10)


_PLATFORM = {
    "api_version": "1.2", "acknowledge_after": 1.0, "lifecycle": "platform", "lifecycle_after": 0.5, "behaviour_after": 5.0,
    "lifecycle_rules": True, "no_dedup": False,
}  # fmt: skip


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox as it starts (no fault, no rate limit), and our own memory of servers empty."""
    from connectors.hosts import PROCESS_MEMORY
    from connectors.oauth import PROCESS_TOKENS

    PROCESS_MEMORY.forget()
    PROCESS_TOKENS.forget()
    running_sandbox.post("register", "settings", {"rate": 0})
    running_sandbox.post("pa", "settings", _PLATFORM)
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
