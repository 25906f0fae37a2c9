"""`bin/test --lint`: ruff, pylint-odoo, and every user-facing sentence translated into French."""

import os
import re
import subprocess
import sys
import tempfile

import polib

from . import odoo_server, paths
from .cluster import server
from .databases import Databases

# A file is one concern of a model, so models are extended in several; the author is not the OCA; the steps of the
# exchange are committed one by one, each with its reason beside it.
NOT_OURS = [
    "invalid-commit",
    "consider-merging-classes-inherited", "manifest-required-author", "missing-readme", "prohibited-method-override",
]  # fmt: skip
PLACES = ["addons", "services", "sandbox", "bin", "bench", "tests"]


def run_lint() -> int:
    failed = 0
    passed = 0
    for title, check in (
        ("ruff check", _ruff_check), ("ruff format", _ruff_format), ("pylint-odoo", _pylint), ("French translation", _translation),
    ):  # fmt: skip
        problems = check()
        print(f"{'ok    ' if not problems else 'FAILED'} {title}", flush=True)
        for line in problems:
            print(f"       {line}")
        failed += bool(problems)
        passed += not problems
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _run(*command: str) -> list[str]:
    done = subprocess.run(
        command, cwd=paths.ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "RUFF_CACHE_DIR": str(paths.INSTANCE / "ruff-cache"), "PYLINTHOME": str(paths.INSTANCE / "pylint")},
    )  # fmt: skip
    return (done.stdout + done.stderr).splitlines() if done.returncode else []


def _ruff_check() -> list[str]:
    return _run(sys.executable, "-m", "ruff", "check", "--output-format", "concise", *PLACES)


def _ruff_format() -> list[str]:
    return _run(sys.executable, "-m", "ruff", "format", "--check", *PLACES)


def _pylint() -> list[str]:
    addons = [str(paths.ADDONS / name) for name in paths.our_addons()]
    return _run(
        sys.executable, "-m", "pylint", "--load-plugins=pylint_odoo", "--disable=all", "--enable=odoolint",
        f"--disable={','.join(NOT_OURS)}", "--valid-odoo-versions=19.0", "--score=n", *addons,
    )  # fmt: skip


def _is_a_name(entry) -> bool:
    """The export also takes names beside a sentence in nested calls: `state`, `action_post`, `207`."""
    in_code = all(place.startswith("code:") for place, _line in entry.occurrences)
    return in_code and bool(re.fullmatch(r"[a-z0-9_.]+", entry.msgid))


def _translation() -> list[str]:
    """Export the terms from a database with our addons and compare with i18n/fr.po."""
    postgres = server("postgres-test", durable=False)
    postgres.start()
    databases = Databases(postgres)
    template = databases.addons_template()
    problems = []
    for addon in paths.our_addons():
        with tempfile.NamedTemporaryFile(suffix=".pot") as target:
            os.chmod(target.name, 0o600)
            odoo_server.run(
                databases.config, "i18n", "export", "-d", template, "-l", "pot", "-o", target.name, addon,
                log=paths.LOGS / "lint-i18n.log",
            )  # fmt: skip
            wanted = polib.pofile(target.name)
        french = paths.ADDONS / addon / "i18n" / "fr.po"
        if not french.exists():
            problems.append(f"{addon}: no i18n/fr.po ({len(wanted)} sentences to translate)")
            continue
        known = {entry.msgid: entry for entry in polib.pofile(str(french)) if not entry.obsolete}
        for entry in wanted:
            if _is_a_name(entry):
                continue
            have = known.get(entry.msgid)
            if have is None or not have.msgstr or have.fuzzy:
                problems.append(f"{addon}: not in French: {entry.msgid[:90]!r}")
            elif set(re.findall(r"%\(\w+\)\w", entry.msgid)) != set(
                re.findall(r"%\(\w+\)\w", have.msgstr)
            ):
                problems.append(f"{addon}: placeholders differ: {entry.msgid[:90]!r}")
    return problems
