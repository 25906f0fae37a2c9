"""The body of ``bin/read``: what any supplier document says, without Odoo.

``bin/read FILE… [--json] [--own SIREN]… [--memory FILE] [--correct FILE.json] [--lang fr|en] [--jobs N]``; a folder stands for the
documents in it. Exit status: 0 every file gave an invoice, 1 some did not, 2 the command itself could not be followed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reading.messages import named, sentence
from reading.model import Message, Options, Result
from reading.pool import Answer, ReadingPool

from . import read_show

MAX_FILE = 100 << 20
SUFFIXES = {
    "", ".pdf", ".xml", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif", ".heic", ".zip", ".eml",
}  # fmt: skip


@dataclass
class Source:
    """A file to read: its name as shown, and what it was found to be while it was taken."""

    name: str
    path: Path
    sha256: str = ""
    refusal: Message | None = None


class Unusable(Exception):
    """A file of the command's own (memory, correction) cannot be used; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the files named on the command line; return the exit status."""
    options = _parser().parse_intermixed_args(arguments)
    words = read_show.WORDS[options.lang]
    try:
        memory = _memory(options.memory, options.lang) if options.memory else None
        correction = _correction(options.correct, options.lang) if options.correct else None
        if correction is not None and not options.files and isinstance(correction.get("file"), str):
            options.files = [correction["file"]]  # a line of `bin/read --json` names its document
        if not options.files:
            raise Unusable(words["no_file"])
        if correction is not None and (not options.memory or len(options.files) != 1):
            raise Unusable(words["alone"])
    except Unusable as error:
        print(f"bin/read: {error}", file=sys.stderr)
        return 2
    given = Options(tuple(options.own), today=date.today(), memory=memory, language=options.lang)
    sources = list(_expand(options.files))
    progress = Progress(len(sources), sys.stderr, options.lang)
    complete, answers = True, []
    with ReadingPool(options.jobs) as pool:
        for source, answer in _in_order(sources, pool, given, progress):
            complete = complete and answer.is_invoice
            progress.clear()
            for text in _printed(source, answer, options):
                print(text, flush=True)
            progress.show()
            if correction is not None:
                answers.append(answer)
    progress.clear()
    if not options.json and len(sources) > 1:
        print(progress.summary())
    if correction is not None:
        told, status = _learn(memory or {}, answers, correction, options)
        print(told, file=sys.stderr)
        if status:
            return status
    return 0 if complete else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/read", description="What supplier documents say, of any kind and from anyone."
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a file, or a folder of them")
    parser.add_argument("--json", action="store_true", help="one JSON object per invoice and line")
    parser.add_argument(
        "--own", action="append", default=[], metavar="SIREN", help="your own company's SIREN (SIRET, VAT number, IBAN); may be repeated"
    )  # fmt: skip
    parser.add_argument("--memory", type=Path, metavar="FILE", help="what is known of suppliers")
    parser.add_argument(
        "--correct", type=Path, metavar="FILE.json", help="the right values of this document, learnt into --memory"
    )  # fmt: skip
    parser.add_argument("--lang", choices=tuple(read_show.WORDS), default="fr", help="language of sentences")  # fmt: skip
    parser.add_argument("--jobs", type=_jobs, metavar="N", help="documents at once (all cores)")
    return parser


def _jobs(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("1 to 64")
    return number


def _load(path: Path, language: str) -> dict[str, Any]:
    words = read_show.WORDS[language]
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        detail = read_show.reason(error, language)
        raise Unusable(words["not_opened"].format(path=path, detail=detail)) from error
    except (ValueError, RecursionError) as error:
        raise Unusable(words["no_json"].format(path=path, detail=error)) from error
    if not isinstance(data, dict):
        raise Unusable(words["no_object"].format(path=path))
    return data


def _memory(path: Path, language: str) -> dict[str, Any]:
    """What is known, empty for a file not made yet. A file that holds something else is never written over."""
    from reading.memory import store

    if not path.exists():
        return {}
    data = _load(path, language)
    if data and (data.get("version") != store.VERSION or len(store.checked(data)["suppliers"]) != len(data.get("suppliers", ""))):  # fmt: skip
        raise Unusable(read_show.WORDS[language]["no_memory"].format(path=path))
    return data


def _correction(path: Path, language: str) -> dict[str, Any]:
    """A correction with at least one value, and none that cannot be right."""
    from reading.memory.lessons import typed
    from reading.terms import correction_terms

    words, data = read_show.WORDS[language], _load(path, language)
    terms = correction_terms(data)
    if not terms and not isinstance(data.get("file"), str):
        raise Unusable(words["no_value"].format(path=path))
    for term, value in terms.items():
        if value and typed(term, value) is None:
            raise Unusable(
                words["bad_value"].format(
                    path=path, value=value, term=named(term, language) or term
                )
            )
    return data


# -- files ------------------------------------------------------------------------------------------


def _expand(names: Sequence[str]) -> Iterator[Source]:
    for name in names:
        path = Path(name)
        if not path.is_dir():
            yield Source(name, path)
            continue
        inside = [
            item
            for item in sorted(path.rglob("*"))
            if item.suffix.lower() in SUFFIXES and not item.name.startswith(".") and item.is_file()
        ]
        for item in inside:
            yield Source(str(item), item)
        if not inside:
            yield Source(name, path, refusal=Message("folder_empty", level="error"))


def _taken(sources: Sequence[Source], language: str) -> Iterator[tuple[bytes | Path, str]]:
    """Content and name of each, read when its turn comes."""
    for source in sources:
        if source.refusal is None:
            try:
                yield _content(source), source.name
                continue
            except OSError as error:
                detail = read_show.reason(error, language)
                source.refusal = Message("file_unreadable", {"detail": detail}, "error")
        yield b"", source.name


def _content(source: Source) -> bytes:
    if source.path.exists() and not source.path.is_file():
        raise OSError(0, "no file")
    if source.path.stat().st_size > MAX_FILE:
        source.refusal = Message("too_large", {"limit": str(MAX_FILE >> 20)}, "error")
        return b""
    content = source.path.read_bytes()
    source.sha256 = hashlib.sha256(content).hexdigest()
    return content


def _in_order(
    sources: Sequence[Source], pool: ReadingPool, options: Options, progress: Progress
) -> Iterator[tuple[Source, Answer]]:
    """Answers in the order of the files, each as soon as it and those before it are there."""
    waiting: dict[int, Answer] = {}
    following = 0
    for position, answer in pool.read_many(_taken(sources, options.language), options):
        refusal = sources[position].refusal
        waiting[position] = Answer(messages=(refusal,)) if refusal else answer
        progress.count(answer.is_invoice and not refusal)
        while following in waiting:
            yield sources[following], waiting.pop(following)
            following += 1


# -- printing ---------------------------------------------------------------------------------------


def _printed(source: Source, answer: Answer, options: argparse.Namespace) -> Iterator[str]:
    results = answer.results or (Result("", {}, {}, document_type="other"),)
    for result in results:
        messages = (*answer.messages, *result.messages)
        if options.json:
            yield _json(source, result, messages, answer.seconds, options.lang)
        else:
            yield read_show.text(source.name, result, messages, answer.seconds, options.lang)


def _json(
    source: Source, result: Result, messages: Sequence[Message], seconds: float, language: str
) -> str:
    made = {
        "file": source.name,
        "sha256": source.sha256,
        "kind": result.kind or None,
        "document_type": result.document_type,
        "direction": result.direction,
        "pages": list(result.pages),
        "invoice": result.invoice or None,
        "evidence": result.evidence,
        "messages": [
            {
                "code": message.code,
                "level": message.level,
                "message": sentence(message, language),
                "page": None if message.page is None else message.page + 1,
            }
            for message in messages
        ],
        "seconds": round(seconds, 3),
    }
    text = json.dumps(made, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode()


class Progress:
    """One line on a terminal, nothing elsewhere."""

    def __init__(self, total: int, stream: Any, language: str) -> None:
        self.total, self.done, self.invoices = total, 0, 0
        self._stream = stream if stream.isatty() and total > 1 else None
        self._words = read_show.WORDS[language]

    def count(self, is_invoice: bool) -> None:
        """One more file is done."""
        self.done += 1
        self.invoices += is_invoice
        self.show()

    def show(self) -> None:
        """Draw the line."""
        if self._stream and self.done < self.total:
            width = 30 * self.done // self.total
            bar = "█" * width + "░" * (30 - width)
            self._stream.write(f"\r\x1b[K{bar} {self.done}/{self.total}")
            self._stream.flush()

    def clear(self) -> None:
        """Wipe the line."""
        if self._stream:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def summary(self) -> str:
        """A sentence at the end."""
        return self._words["total"].format(
            total=self.total, invoices=self.invoices, others=self.total - self.invoices
        )


# -- memory -----------------------------------------------------------------------------------------


def _learn(
    memory: dict[str, Any],
    answers: Sequence[Answer],
    correction: dict[str, Any],
    options: argparse.Namespace,
) -> tuple[str, int]:
    """Teach the memory what was right, and put it in place of the old one at once. Out: what to tell, and the status (0: learnt)."""
    from reading.memory import learn

    results = [result for answer in answers for result in answer.results if result.invoice]
    words, place = read_show.WORDS[options.lang], options.memory
    if not results:
        return f"bin/read: {words['nothing_learnt']}", 1
    try:
        learnt = learn(memory, results[0], correction)
    except ValueError:  # a structured invoice: nothing of it was guessed
        return f"bin/read: {words['nothing_learnt']}", 0
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(learnt, ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(place)
    except OSError as error:
        detail = read_show.reason(error, options.lang)
        return f"bin/read: {words['not_kept'].format(path=place, detail=detail)}", 2
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return words["kept"].format(path=place), 0


if __name__ == "__main__":
    if not os.environ.get("EFACTURE_READING_DEBUG"):
        logging.getLogger("reading").setLevel(logging.CRITICAL)  # the messages tell it
    try:
        status = main()
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 128 + signal.SIGPIPE
    sys.exit(status)
