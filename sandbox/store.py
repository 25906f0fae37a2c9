"""What the loopback platform holds, in SQLite: an accepted deposit survives `kill -9` of the sandbox.

`flow`: one row per deposit and per thing received; `invoice`: one per invoice the platform carries; `task`: what happens later (acknowledge, deliver,
next status); `webhook`: subscriptions.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLOW = (
    "flow_id", "tracking_id", "name", "syntax", "profile", "rule", "rule_source", "sha256", "number", "company", "organization", "direction",
    "flow_type", "submitted_at", "updated_at", "ack_status", "ack_details", "due", "content", "owner", "buyer", "code", "invoice",
)  # fmt: skip
INVOICE = (
    "key", "number", "type_code", "issued", "syntax", "seller", "seller_name", "buyer", "buyer_name", "address", "currency", "total", "rates",
    "history", "delivered", "at",
)  # fmt: skip
WEBHOOK = (
    "webhook_id",
    "owner",
    "version",
    "url",
    "key",
    "algorithm",
    "filters",
    "shown",
    "created_at",
    "last",
)
# The organization of what a company sent by a hand of the sandbox: no deposit, it is not in the ledger.
BY_HAND = "_sandbox"
TASK = ("due", "kind", "key", "data")
_KINDS = {"content": "BLOB", "due": "REAL"}
_JSON = ("ack_details", "rates", "history", "filters", "shown", "data")


class FlowStore:
    """The tables. Every method is a transaction of its own unless it is called inside `transaction()`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(folder / "flows.sqlite", timeout=10, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # A commit survives the death of the process; only a power cut could take it back (nothing waits for the disk).
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA wal_autocheckpoint=10000")
        with self.transaction() as db:
            for table, columns in (
                ("flow", FLOW),
                ("invoice", INVOICE),
                ("webhook", WEBHOOK),
                ("task", TASK),
            ):
                db.execute(f"CREATE TABLE IF NOT EXISTS {table} (seq INTEGER PRIMARY KEY)")
                there = {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}
                for name in columns:
                    if name not in there:
                        db.execute(
                            f"ALTER TABLE {table} ADD COLUMN {name} {_KINDS.get(name, 'TEXT')}"
                        )
            for name, unique, where in (
                ("flow_id", "UNIQUE", "flow (flow_id)"),
                ("flow_tracking", "", "flow (tracking_id)"),
                ("flow_sha", "", "flow (sha256)"),
                ("flow_number", "", "flow (number)"),
                ("flow_owner", "", "flow (owner, updated_at, seq)"),
                ("invoice_key", "UNIQUE", "invoice (key)"),
                ("invoice_number", "", "invoice (number)"),
                ("task_due", "", "task (due)"),
            ):
                db.execute(f"CREATE {unique} INDEX IF NOT EXISTS {name} ON {where}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One commit for everything inside; nothing of it when something raises."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth > 1:
                    yield self._db
                else:
                    with self._db as db:
                        yield db
            finally:
                self._depth -= 1

    def insert(self, table: str, **values: Any) -> None:
        """Add one row; on return (of the outermost transaction) it is on disk."""
        if table == "flow":
            values.setdefault("ack_details", [])
        marks = ", ".join("?" * len(values))
        with self.transaction() as db:
            db.execute(
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", _stored(values)
            )

    def update(self, table: str, column: str, match: str, /, **values: Any) -> bool:
        """Change rows by one column; False when there is none."""
        names = ", ".join(f"{name} = ?" for name in values)
        with self.transaction() as db:
            done = db.execute(
                f"UPDATE {table} SET {names} WHERE {column} = ?", [*_stored(values), match]
            )
            return done.rowcount > 0

    def delete(self, table: str, **values: Any) -> int:
        """Delete rows by column values; how many."""
        where = " AND ".join(f"{name} = ?" for name in values) or "1"
        with self.transaction() as db:
            return db.execute(f"DELETE FROM {table} WHERE {where}", list(values.values())).rowcount

    def rows(self, table: str, **values: Any) -> list[dict[str, Any]]:
        """Rows with these column values, oldest first."""
        where = " AND ".join(f"{name} = ?" for name in values) or "1"
        with self.transaction() as db:
            found = db.execute(
                f"SELECT * FROM {table} WHERE {where} ORDER BY seq", list(values.values())
            ).fetchall()
        return [_read(row) for row in found]

    def find(self, **values: Any) -> list[dict[str, Any]]:
        """Flows with these column values, in order of update, without their content."""
        where = " AND ".join(f"{name} = ?" for name in values) or "1"
        return self.query(where, list(values.values()))

    def query(
        self, where: str, values: list[Any], limit: int = -1, offset: int = 0
    ) -> list[dict[str, Any]]:
        """Flows by an SQL condition (ours, never a client's), in order of update."""
        names = ", ".join(name for name in FLOW if name != "content")
        with self.transaction() as db:
            found = db.execute(
                f"SELECT seq, {names} FROM flow WHERE {where} ORDER BY updated_at, seq LIMIT ? OFFSET ?",
                [*values, limit, offset],
            ).fetchall()
        return [_read(row) for row in found]

    def content(self, flow_id: str) -> bytes | None:
        """The file of a flow."""
        with self.transaction() as db:
            row = db.execute("SELECT content FROM flow WHERE flow_id = ?", (flow_id,)).fetchone()
        return bytes(row["content"]) if row else None

    def due(self, moment: float, limit: int) -> list[dict[str, Any]]:
        """Tasks whose time has come, in order."""
        with self.transaction() as db:
            found = db.execute(
                "SELECT * FROM task WHERE due <= ? ORDER BY due, seq LIMIT ?", (moment, limit)
            ).fetchall()
        return [_read(row) for row in found]

    def next_due(self) -> float | None:
        """When the next task is."""
        with self.transaction() as db:
            return db.execute("SELECT min(due) FROM task").fetchone()[0]

    def ledger(self) -> list[dict[str, Any]]:
        """Deposits, one row each, in order of arrival."""
        with self.transaction() as db:
            rows = db.execute(
                "SELECT flow_id, tracking_id, number, sha256, company, submitted_at AS received_at, name, syntax, ack_status, owner, buyer, code"
                " FROM flow WHERE direction = 'Out' AND organization IS NOT ? ORDER BY seq",
                (BY_HAND,),
            ).fetchall()
        return [dict(row) for row in rows]

    def clear(self) -> None:
        """Forget every flow, invoice and task; subscriptions stay."""
        with self.transaction():
            for table in ("flow", "invoice", "task"):
                self.delete(table)


def _stored(values: dict[str, Any]) -> list[Any]:
    return [json.dumps(value) if name in _JSON else value for name, value in values.items()]


def _read(row: sqlite3.Row) -> dict[str, Any]:
    found = dict(row)
    for name in _JSON:
        if name in found:
            found[name] = json.loads(found[name]) if found[name] else []
    return found
