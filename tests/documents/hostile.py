"""Files that want to harm a reader, and files that are merely broken: `cases()`.

Each is made when asked for (a stream that inflates to a thousand million bytes is one megabyte) and never kept. What a reader
owes to each of them: an answer within its time and memory, a clear sentence, nothing left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from documents import hostile_files, hostile_pdf, hostile_pictures, hostile_xml


@dataclass(frozen=True)
class HostileCase:
    """`make()` gives the content of the file; the same each time (but for the chance inside encryption)."""

    name: str
    filename: str
    make: Callable[[], bytes]


def cases() -> Iterator[HostileCase]:
    """All of them, in a stable order, names unique."""
    for group in (hostile_pdf.bombs, hostile_pdf.pages, hostile_pdf.fonts, hostile_pdf.actions, hostile_pdf.structure):  # fmt: skip
        for name, make in group():
            yield HostileCase(f"pdf-{name}", "facture.pdf", make)
    for name, filename, make in hostile_pictures.pictures():
        yield HostileCase(f"picture-{name}", filename, make)
    for name, make in hostile_xml.invoices():
        yield HostileCase(f"xml-{name}", "facture.xml", make)
    for name, make in hostile_xml.inside():
        yield HostileCase(f"pdf-xml-{name}", "facture.pdf", make)
    for name, filename, make in hostile_files.archives():
        yield HostileCase(name, filename, make)
    for name, filename, make in hostile_files.others():
        yield HostileCase(name, filename, make)
    for name, filename, make in hostile_files.mutations():
        yield HostileCase(name, filename, make)
