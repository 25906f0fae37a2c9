"""One mail, one envelope, over an SMTP session that the caller has opened: taken, refused, not sent, or not known.

Rules: RFC 5321 §4.2.1 (4yz: not now, 5yz: never), §4.1.1.4 and §6.1: a server is responsible for a mail from its 250 after the content, so an
answer that is missing there leaves the question open, and only there. `smtplib.SMTP.sendmail` is not used, because it hands over a mail that
one of its recipients cannot get: here nothing leaves then, so that the whole may be sent again.
"""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import EmailMessage
from io import BytesIO

from .contract import Outcome, SubmitOutcome

REFUSED_AT = {"mail": "sender_refused", "rcpt": "recipient_refused", "data": "content_refused"}
TOO_LARGE = 552


@dataclass(eq=False)
class _Answer(Exception):
    """An answer that ends the transaction. `step`: mail, rcpt or data; `about`: the address it speaks of."""

    step: str
    code: int
    text: str
    about: str = ""


def flatten(message: EmailMessage) -> bytes:
    """The message as it travels (CRLF, without Bcc), all headers in ASCII."""
    del message["Bcc"]
    buffer = BytesIO()
    BytesGenerator(buffer).flatten(message, linesep="\r\n")
    return buffer.getvalue()


def deliver(
    connection: smtplib.SMTP,
    sender: str,
    recipients: Sequence[str],
    content: bytes,
    *,
    seconds: float = 60.0,
) -> SubmitOutcome:
    """Hand over one mail to all its recipients, or to none of them.

    :param connection: greeted and logged in; it is left open
    :param sender: envelope address of the sender, ASCII
    :param recipients: envelope addresses, ASCII, at least one
    :param content: the message as `flatten` gives it
    :param seconds: wall-clock limit of the whole
    :return: `accepted` (250 after the content), `rejected` (5yz: `code` is `sender_refused`, `recipient_refused`, `content_refused` or
        `too_large`), `not_sent` (`try_later` for 4yz, `disconnected` before the content) or `unknown` (`no_answer`); `text` is the server's own,
        after the address it speaks of. Never raises for an outside failure.
    """
    handing_over = False
    try:
        with _clock(connection, seconds):
            options = [f"size={len(content)}"] if connection.has_extn("size") else []
            _expect("mail", connection.mail(sender, options), sender)
            for address in recipients:
                _expect("rcpt", connection.rcpt(address), address)
            _expect("data", connection.docmd("DATA"), wanted=(354,))
            handing_over = True
            connection.send(_as_data(content))
            _expect("data", connection.getreply(), wanted=(250,))
    except _Answer as answer:
        if handing_over and not 400 <= answer.code < 600:
            return SubmitOutcome(Outcome.UNKNOWN, code="no_answer", text=answer.text)
        with suppress(smtplib.SMTPException, OSError):
            connection.rset()
        return _no(answer)
    except (smtplib.SMTPException, OSError) as error:
        state, code = (
            (Outcome.UNKNOWN, "no_answer") if handing_over else (Outcome.NOT_SENT, "disconnected")
        )
        return SubmitOutcome(state, code=code, text=str(error))
    return SubmitOutcome(Outcome.ACCEPTED)


def _expect(
    step: str, answer: tuple[int, bytes], about: str = "", wanted: tuple[int, ...] = (250, 251, 252)
) -> None:
    code, text = answer
    if code not in wanted:
        raise _Answer(step, code, text.decode("utf-8", "replace").replace("\n", " "), about)


def _no(answer: _Answer) -> SubmitOutcome:
    text = (
        f"{answer.about}: {answer.code} {answer.text}"
        if answer.about
        else f"{answer.code} {answer.text}"
    )
    if not 500 <= answer.code < 600:
        return SubmitOutcome(Outcome.NOT_SENT, code="try_later", text=text)
    code = (
        "too_large"
        if answer.code == TOO_LARGE and answer.step != "rcpt"
        else REFUSED_AT[answer.step]
    )
    return SubmitOutcome(Outcome.REJECTED, code=code, text=text)


def _as_data(content: bytes) -> bytes:
    """RFC 5321 §4.5.2: a line that starts with a dot gets one more; a dot alone ends the mail."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


@contextmanager
def _clock(connection: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection when the time is over: a server's time limit of its own is per read."""

    def cut() -> None:
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
