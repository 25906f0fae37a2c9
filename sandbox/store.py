"""Flows of the loopback platform, in SQLite: an accepted deposit survives `kill -9` of the sandbox."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COLUMNS = (
    "flow_id", "tracking_id", "name", "syntax", "profile", "rule", "rule_source", "sha256", "number", "company", "organization", "direction",
    "flow_type", "submitted_at", "updated_at", "ack_status", "ack_details", "due", "content",
)  # fmt: skip


class FlowStore:
    """One table of flows. Every method is a transaction of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / "flows.sqlite", timeout=10, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            # A commit survives the death of the process; only a power cut could take it back.
            db.execute("PRAGMA synchronous=NORMAL")
            kinds = {"content": "BLOB", "due": "REAL"}
            columns = ", ".join(f"{name} {kinds.get(name, 'TEXT')}" for name in COLUMNS)
            db.execute(f"CREATE TABLE IF NOT EXISTS flow (seq INTEGER PRIMARY KEY, {columns})")
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS flow_id ON flow (flow_id)")
            db.execute("CREATE INDEX IF NOT EXISTS flow_tracking ON flow (tracking_id)")
            db.execute("CREATE INDEX IF NOT EXISTS flow_updated ON flow (updated_at, seq)")
            db.execute("CREATE INDEX IF NOT EXISTS flow_due ON flow (due) WHERE due IS NOT NULL")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db as db:
            yield db

    def add(self, **values: Any) -> None:
        """Store one flow; on return it is on disk."""
        values["ack_details"] = json.dumps(values.get("ack_details") or [])
        row = [values.get(name) for name in COLUMNS]
        with self._open() as db:
            db.execute(
                f"INSERT INTO flow ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
                row,
            )

    def settle(self, moment: float, stamp: str) -> None:
        """Acknowledge the flows whose time has come."""
        with self._open() as db:
            db.execute(
                "UPDATE flow SET ack_status = 'Ok', updated_at = ?, due = NULL WHERE due IS NOT NULL AND due <= ?",
                (stamp, moment),
            )

    def acknowledge(
        self, flow_id: str, status: str, details: list[dict[str, str]], stamp: str
    ) -> bool:
        """Set the acknowledgement of one flow; False when it does not exist."""
        with self._open() as db:
            done = db.execute(
                "UPDATE flow SET ack_status = ?, ack_details = ?, updated_at = ?, due = NULL WHERE flow_id = ?",
                (status, json.dumps(details), stamp, flow_id),
            )
            return done.rowcount > 0

    def find(self, **values: Any) -> list[dict[str, Any]]:
        """Flows with these column values, oldest first, without their content."""
        return self.query(
            " AND ".join(f"{name} = ?" for name in values) or "1", list(values.values())
        )

    def query(
        self, where: str, values: list[Any], limit: int = -1, offset: int = 0
    ) -> list[dict[str, Any]]:
        """Flows by an SQL condition (ours, never a client's), in order of update."""
        names = ", ".join(name for name in COLUMNS if name != "content")
        with self._open() as db:
            rows = db.execute(
                f"SELECT seq, {names} FROM flow WHERE {where} ORDER BY updated_at, seq LIMIT ? OFFSET ?",
                [*values, limit, offset],
            ).fetchall()
        return [{**dict(row), "ack_details": json.loads(row["ack_details"])} for row in rows]

    def content(self, flow_id: str) -> bytes | None:
        """The file of a flow."""
        with self._open() as db:
            row = db.execute("SELECT content FROM flow WHERE flow_id = ?", (flow_id,)).fetchone()
        return bytes(row["content"]) if row else None

    def ledger(self) -> list[dict[str, Any]]:
        """Deposits of our clients, one row each, in order of arrival."""
        with self._open() as db:
            rows = db.execute(
                "SELECT flow_id, tracking_id, number, sha256, company, submitted_at AS received_at, name, syntax, ack_status"
                " FROM flow WHERE direction = 'Out' ORDER BY seq"
            ).fetchall()
        return [dict(row) for row in rows]
