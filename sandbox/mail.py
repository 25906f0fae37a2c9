"""Plays the world's mailboxes: an SMTP server that keeps every mail, says no on demand, and writes the notice that a mail came back."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.wrappers import Request, Response

from .faults import Fault, Faults
from .peek import peek
from .server import Server, answer, now

# `operation` of a fault: connect, mail, rcpt or data; where it is not named, the place in brackets.
FAULTS = {
    "refuse": "the connection is reset when it is opened (connect)",
    "slow": "nothing for some seconds (connect)",
    "closed": "421 as the greeting: the service is closed (connect)",
    "try_later": "451: not now, try again later, as a greylist says (rcpt)",
    "no_sender": "553: the sender is not allowed (mail)",
    "no_recipient": "550: no such mailbox (rcpt)",
    "too_large": "552: the mail is larger than allowed (data)",
    "no_content": "554: the content is not wanted (data, after it was read)",
    "cut_before": "the connection is cut before the content is asked for (rcpt)",
    "cut": "the connection is cut while the content arrives; nothing is kept (data)",
    "vanish": "the mail is kept, then the connection is cut without an answer (data)",
    "slow_after": "the mail is kept, the answer comes some seconds later (data)",
}
OPERATIONS = ("connect", "mail", "rcpt", "data")
_PLACE = {
    "refuse": "connect", "slow": "connect", "closed": "connect", "try_later": "rcpt", "no_sender": "mail", "no_recipient": "rcpt",
    "too_large": "data", "no_content": "data", "cut_before": "rcpt", "cut": "data", "vanish": "data", "slow_after": "data",
}  # fmt: skip
_NO = {
    "try_later": "451 4.7.1 Please try again later",
    "no_sender": "553 5.7.1 This sender is not allowed here",
    "no_recipient": "550 5.1.1 No such mailbox",
    "too_large": "552 5.3.4 The message is larger than allowed",
    "no_content": "554 5.6.0 This content is not wanted",
}
MAX_MAIL = 40 * 1024 * 1024


class MailServer(Server):
    """The mail server: SMTP on a port of its own, ledger and switches by HTTP like the others."""

    name = "mail"
    title = "Mail (sandbox)"
    # Addresses that have no mailbox here, separated by commas.
    defaults = {"unknown": ""}

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.store = _Store(folder)
        self.faults = Faults(FAULTS, OPERATIONS)
        self._smtp: _Listener | None = None

    def rules(self):
        return [
            ("/mails/<flow_id>.eml", ["GET"], "read", self.read),
            ("/mails/<flow_id>/<int:number>", ["GET"], "read", self.read_file),
            ("/_sandbox/bounce", ["POST"], "bounce", self.bounce),
            ("/_sandbox/reset", ["POST"], "", self.reset),
        ]

    # -- SMTP ---------------------------------------------------------------------------------------

    def start(self, host: str, port: int) -> None:
        """Listen for HTTP on `port` and for mails on the port of the last time, where it is free."""
        super().start(host, port)
        kept = self.folder / "smtp-port"
        wanted = int(kept.read_text()) if kept.exists() else 0
        try:
            self._smtp = _Listener(self, host, wanted)
        except OSError:
            self._smtp = _Listener(self, host, 0)
        self.smtp_host, self.smtp_port = self._smtp.address
        kept.write_text(str(self.smtp_port))

    def stop(self) -> None:
        if self._smtp is not None:
            self._smtp.stop()
        super().stop()

    def facts(self) -> dict[str, Any]:
        return {"url": self.url, "smtp_host": self.smtp_host, "smtp_port": self.smtp_port}

    def draw(self, operation: str) -> Fault | None:
        """The fault that goes off at this place; one that names no place goes off at its own."""
        here = {name for name, place in _PLACE.items() if place == operation}
        return self.faults.draw(operation, here)

    def count(self, operation: str) -> None:
        """One more command of this kind, for `/_sandbox/calls`."""
        with self._lock:
            self._calls[operation] = self._calls.get(operation, 0) + 1

    def has_mailbox(self, address: str) -> bool:
        """Whether mail for this address is taken."""
        unknown = {part.strip().lower() for part in self.settings["unknown"].split(",")}
        return address.lower() not in unknown - {""}

    # -- what was kept ------------------------------------------------------------------------------

    def ledger(self) -> list[dict[str, Any]]:
        return self.store.ledger()

    def read(self, request: Request, flow_id: str) -> Response:
        """A mail as it arrived."""
        content = self.store.content(flow_id)
        if content is None:
            return self.error(404, "UNKNOWN_MAIL", "There is no such mail.")
        return answer(content, mimetype="message/rfc822")

    def read_file(self, request: Request, flow_id: str, number: int) -> Response:
        """An attachment, counted from 1."""
        content = self.store.content(flow_id)
        files = list(_files(content)) if content else []
        if not 1 <= number <= len(files):
            return self.error(404, "UNKNOWN_FILE", "There is no such attachment.")
        name, kind, raw = files[number - 1]
        return answer(
            raw, mimetype=kind, headers={"Content-Disposition": f'inline; filename="{name}"'}
        )

    def reset(self, request: Request) -> Response:
        """`POST /_sandbox/reset`: forget every mail."""
        self.store.clear()
        return answer({"cleared": True})

    def bounce(self, request: Request) -> Response:
        """`{"flow_id", "recipient", "reason"}` → the notice that this mail came back, as a mail server writes it (RFC 3464)."""
        wanted = request.get_json(silent=True) or {}
        content = self.store.content(str(wanted.get("flow_id")))
        if content is None:
            return self.error(404, "UNKNOWN_MAIL", "There is no such mail.")
        row = next(row for row in self.ledger() if row["flow_id"] == wanted["flow_id"])
        notice = delivery_failure(
            content,
            wanted.get("recipient") or row["recipients"][0],
            wanted.get("reason") or "550 5.1.1 No such mailbox",
            row["sender"],
        )
        return answer(notice, mimetype="message/rfc822")

    def page(self, request: Request) -> Response:
        rows = "".join(
            f"<tr><td>{html.escape(row['received_at'])}</td><td>{html.escape(', '.join(row['recipients']))}</td>"
            f'<td><a href="/mails/{row["flow_id"]}.eml">{html.escape(row["subject"])}</a></td><td>'
            + ", ".join(
                f'<a href="/mails/{row["flow_id"]}/{number}">{html.escape(file["name"])}</a>'
                for number, file in enumerate(row["files"], 1)
            )
            + "</td></tr>"
            for row in reversed(self.ledger()[-50:])
        )
        table = (
            f"<table><tr><th>received</th><th>for</th><th>subject</th><th>files</th></tr>{rows}</table>"
            if rows
            else "<p>No mail has arrived yet.</p>"
        )
        armed = ", ".join(html.escape(str(f["fault"])) for f in self.faults.active()) or "none"
        return answer(
            f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{self.title}</title><style>body{{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;display:block;overflow-x:auto}}td,th{{border:1px solid #999;padding:.2rem .5rem;text-align:left}}</style>
<h1>{self.title}</h1><p>Mails that left for anywhere end here. SMTP: {self.smtp_host}:{self.smtp_port}. Nothing here is real.</p>
<h2>Mails</h2>{table}<h2>Faults armed</h2><p>{armed}</p></html>""",
            mimetype="text/html",
        )


class _Listener:
    """The SMTP port, served in a thread."""

    def __init__(self, mailbox: MailServer, host: str, port: int) -> None:
        handler = _Handler(mailbox)
        self._loop = asyncio.new_event_loop()
        opening = self._loop.create_server(
            lambda: _Smtp(mailbox, handler, data_size_limit=MAX_MAIL, hostname="sandbox.example"),
            host,
            port,
        )
        self.address = self._loop.run_until_complete(opening).sockets[0].getsockname()[:2]
        threading.Thread(target=self._loop.run_forever, name="sandbox-smtp", daemon=True).start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


class _Smtp(SMTP):
    """A session that can be spoilt before its first word."""

    def __init__(self, mailbox: MailServer, handler: Any, **options: Any) -> None:
        self.mailbox = mailbox
        super().__init__(handler, loop=asyncio.get_event_loop(), **options)

    async def _handle_client(self) -> None:
        self.mailbox.count("connect")
        fault = self.mailbox.draw("connect")
        if fault and fault.fault == "refuse":
            self.transport.abort()
            return
        if fault and fault.fault == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and fault.fault == "closed":
            await self.push("421 4.3.2 The service is closed")
            self.transport.close()
            return
        with suppress(ConnectionError):
            await super()._handle_client()


class _Handler:
    """What is said to each command (names are aiosmtpd's)."""

    def __init__(self, mailbox: MailServer) -> None:
        self.mailbox = mailbox

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mailbox.count("mail")
        fault = self.mailbox.draw("mail")
        if fault:
            return _NO[fault.fault]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.mailbox.count("rcpt")
        fault = self.mailbox.draw("rcpt")
        if fault and fault.fault == "cut_before":
            return _cut(server)
        if fault:
            return _NO[fault.fault]
        if not self.mailbox.has_mailbox(address):
            return _NO["no_recipient"]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mailbox.count("data")
        fault = self.mailbox.draw("data")
        if fault and fault.fault == "cut":
            return _cut(server)
        if fault and fault.fault in _NO:
            return _NO[fault.fault]
        await asyncio.to_thread(
            self.mailbox.store.add, envelope.mail_from, envelope.rcpt_tos, envelope.original_content
        )
        if fault and fault.fault == "vanish":
            return _cut(server)
        if fault:
            await asyncio.sleep(fault.seconds)
        return "250 2.0.0 Kept"


def _cut(server: SMTP) -> str:
    server.transport.abort()
    return "421 4.4.2 Gone"


class _Store:
    """Mails in SQLite: what was answered 250 survives `kill -9` of the sandbox."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / "mails.sqlite", timeout=10, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute(
                "CREATE TABLE IF NOT EXISTS mail (seq INTEGER PRIMARY KEY, flow_id TEXT UNIQUE, facts TEXT, content BLOB)"
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db as db:
            yield db

    def add(self, sender: str, recipients: list[str], content: bytes) -> None:
        """Keep one mail; a mail that arrives twice is two rows."""
        message = message_from_bytes(content, policy=policy.default)
        files = list(_files(content))
        invoice = next((raw for _name, kind, raw in files if kind == "application/pdf"), b"")
        number, company = peek(invoice)
        message_id = str(message["Message-ID"] or "")
        facts = {
            "flow_id": str(uuid.uuid4()),
            "tracking_id": message_id.strip("<>").split("@")[0],
            "number": number,
            "sha256": hashlib.sha256(invoice).hexdigest() if invoice else "",
            "company": company,
            "received_at": now(),
            "message_id": message_id,
            "sender": sender,
            "recipients": recipients,
            "subject": str(message["Subject"] or ""),
            "files": [
                {
                    "name": name,
                    "type": kind,
                    "size": len(raw),
                    "sha256": hashlib.sha256(raw).hexdigest(),
                }
                for name, kind, raw in files
            ],
        }
        with self._open() as db:
            db.execute(
                "INSERT INTO mail (flow_id, facts, content) VALUES (?, ?, ?)",
                (facts["flow_id"], json.dumps(facts), content),
            )

    def ledger(self) -> list[dict[str, Any]]:
        """One row a mail, in order of arrival."""
        with self._open() as db:
            return [
                json.loads(row["facts"])
                for row in db.execute("SELECT facts FROM mail ORDER BY seq")
            ]

    def clear(self) -> None:
        """Forget every mail."""
        with self._open() as db:
            db.execute("DELETE FROM mail")

    def content(self, flow_id: str) -> bytes | None:
        """A mail as it arrived."""
        with self._open() as db:
            row = db.execute("SELECT content FROM mail WHERE flow_id = ?", (flow_id,)).fetchone()
        return bytes(row["content"]) if row else None


def _files(content: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Attachments of a mail: (name, type, content)."""
    for part in message_from_bytes(content, policy=policy.default).iter_attachments():
        raw = part.get_content() if part.get_content_maintype() != "message" else part.as_bytes()
        yield (
            part.get_filename() or "",
            part.get_content_type(),
            raw.encode() if isinstance(raw, str) else raw,
        )


def delivery_failure(content: bytes, recipient: str, reason: str, returned_to: str) -> bytes:
    """The report that a mail could not be delivered: multipart/report of RFC 3462 and 3464.

    :param content: the mail that came back; only its headers are returned
    :param recipient: the address that did not take it
    :param reason: the last server's answer, with its code
    :param returned_to: envelope address of the sender
    """
    original = message_from_bytes(content, policy=policy.default)
    headers = "".join(f"{name}: {value}\r\n" for name, value in original.items())
    status = next((word for word in reason.split() if word.count(".") == 2), "5.0.0")
    boundary = uuid.uuid4().hex
    outer = EmailMessage()
    outer["From"] = "Mail Delivery System <MAILER-DAEMON@sandbox.example>"
    outer["To"] = returned_to
    outer["Subject"] = "Undelivered Mail Returned to Sender"
    outer["Message-ID"] = make_msgid(domain="sandbox.example")
    outer["Auto-Submitted"] = "auto-replied"
    top = outer.as_bytes(policy=policy.SMTP).split(b"\r\n\r\n")[0].decode()
    return f"""{top}\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r
\r
--{boundary}\r
Content-Type: text/plain; charset=utf-8\r
\r
Your message could not be delivered to <{recipient}>: {reason}\r
\r
--{boundary}\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; sandbox.example\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: failed\r
Status: {status}\r
Diagnostic-Code: smtp; {reason}\r
\r
--{boundary}\r
Content-Type: text/rfc822-headers\r
\r
{headers}\r
--{boundary}--\r
""".encode()
