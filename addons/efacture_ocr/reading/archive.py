"""Documents that come in a container: ZIP archives and mails (.eml), one in another, each with its limits.

Names inside are labels only: nothing is ever written to the disk, folders and `..` in them are dropped. Bytes are counted while they are
unpacked, whatever the directory of the archive pretends.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser

from . import sniff
from .model import Message, Result

_STEP = 1 << 16
_SMALL = 1 << 20  # below, no ratio is suspicious: a page of zeros packs a thousand times
_ENCRYPTED = 0x1
_LINK = 0o120000
_NOISE = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_READ = sniff.PICTURES | {sniff.PDF, sniff.XML, sniff.HEIC}
_LOGO = (
    60_000  # bytes: a picture drawn inside the text of a mail and smaller than this is a signature
)


class _Refused(Exception):
    """Stop here; `args[0]` is the code to tell."""


@dataclass
class _Budget:
    """What is left for one file with everything inside it."""

    limits: sniff.Limits
    files: int = 0
    size: int = 0
    told: list[Message] = field(default_factory=list)

    def tell(self, code: str, level: str = "warning") -> None:
        message = Message(code, level=level)
        if message not in self.told:
            self.told.append(message)

    def one_more(self) -> None:
        self.files += 1
        if self.files > self.limits.archive_files:
            raise _Refused("archive_too_large")

    def count(self, size: int) -> None:
        self.size += size
        if self.size > self.limits.archive_bytes:
            raise _Refused("archive_too_large")


def read(
    content: bytes,
    kind: str,
    read_one: Callable[[bytes, str], list[Result]],
    limits: sniff.Limits = sniff.LIMITS,
) -> list[Result]:
    """The invoices of every document inside a ZIP or a mail, in order.

    `read_one(content, name)` reads one document that is no container. Each result says by a message from which document it comes;
    documents without an invoice are left out when others have one. At least one result.
    """
    budget = _Budget(limits)
    results: list[Result] = []
    try:
        for inner, name in _documents(content, kind, budget, 1):
            results += [_named(result, name) for result in read_one(inner, name)]
    except _Refused as refused:
        budget.tell(refused.args[0], "warning" if results else "error")
    invoices = [result for result in results if result.invoice]
    results = invoices or results
    if not results:
        if not budget.told:
            budget.tell("mail_empty" if kind == sniff.EML else "archive_empty", "error")
        told = tuple(replace(message, level="error") for message in budget.told)
        return [Result("", {}, {}, told, document_type="other")]
    results[0] = replace(results[0], messages=(*budget.told, *results[0].messages))
    return results


def _named(result: Result, name: str) -> Result:
    told = Message("archive_member", {"name": name}, "info")
    return replace(result, messages=(told, *result.messages))


def label(name: str) -> str:
    """The name of a file without folders and without what a screen could be tricked by; at most 120 characters."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _CONTROL.sub("", last).strip(" .")[:120] or "document"


def _documents(
    content: bytes, kind: str, budget: _Budget, depth: int
) -> Iterator[tuple[bytes, str]]:
    members = _attachments if kind == sniff.EML else _members
    for inner, name in members(content, budget):
        inside = sniff.kind_of(inner)
        if inside in sniff.CONTAINERS:
            if depth >= budget.limits.archive_depth:
                budget.tell("archive_too_deep")
                continue
            yield from _documents(inner, inside, budget, depth + 1)
        elif inside in _READ:
            yield inner, name


def _members(content: bytes, budget: _Budget) -> Iterator[tuple[bytes, str]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        budget.tell("archive_damaged")
        return
    with archive:
        infos = [item for item in archive.infolist() if not item.is_dir()]
        for info in infos:
            if _NOISE.search(info.filename) or (info.external_attr >> 16) & 0o170000 == _LINK:
                continue
            budget.one_more()
            if info.flag_bits & _ENCRYPTED:
                budget.tell("archive_protected")
                continue
            try:
                yield _unpacked(archive, info, budget), label(info.filename)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):  # fmt: skip
                budget.tell("archive_damaged")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    most = max(info.compress_size * budget.limits.archive_ratio, _SMALL)
    most = min(most, budget.limits.file_bytes)
    out = bytearray()
    with archive.open(info) as stream:
        while step := stream.read(_STEP):
            out += step
            budget.count(len(step))
            if len(out) > most:
                raise _Refused("archive_too_large")
    return bytes(out)


def _attachments(content: bytes, budget: _Budget) -> Iterator[tuple[bytes, str]]:
    try:
        mail = BytesParser(policy=policy.default).parsebytes(content)
        parts = list(_leaves(mail, 0))
    except (MessageError, RecursionError, LookupError, ValueError, AttributeError, TypeError, IndexError):  # fmt: skip
        budget.tell("mail_damaged")
        return
    found = []
    for part in parts:
        budget.one_more()
        try:
            payload = part.get_payload(decode=True)
            name = part.get_filename() or ""
        except (LookupError, ValueError, AttributeError, TypeError, IndexError):
            budget.tell("mail_damaged")
            continue
        if not isinstance(payload, bytes) or not payload:
            continue
        budget.count(len(payload))
        if part.get_content_maintype() == "text" and not name:
            continue
        found.append((payload, label(name), _is_logo(part, payload)))
    documents = [item for item in found if not item[2]] or found
    for payload, name, _logo in documents:
        yield payload, name


def _is_logo(part: EmailMessage, payload: bytes) -> bool:
    inline = "content-id" in part or part.get_content_disposition() == "inline"
    return part.get_content_maintype() == "image" and inline and len(payload) < _LOGO


def _leaves(part: EmailMessage, depth: int) -> Iterator[EmailMessage]:
    """Parts that hold something; a forwarded mail is gone through like a folder."""
    if depth > 20:
        raise RecursionError
    if part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, EmailMessage):
                yield from _leaves(inner, depth + 1)
        return
    yield part
