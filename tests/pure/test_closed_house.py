"""House rules of safety that a reader of a change would look for, and what lies on the disk of an installation."""

import os
import re
import stat
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "a shell": r"shell\s*=\s*True|os\.system\(|os\.popen\(",
    "code from data": r"(?<![\w.])(?:eval|exec)\(|\bsafe_eval\b|\bpickle\.|\bmarshal\.loads|\bshelve\.",
    "yaml that makes objects": r"yaml\.(?:load|unsafe_load|full_load)\(",
    "a race for a temporary name": r"tempfile\.mktemp\(|os\.tmpnam|tempnam\(",
    "a certificate that is not checked": r"\bverify\s*=\s*False|CERT_NONE|_create_unverified_context",
    "a weak fingerprint": r"hashlib\.(?:md5|sha1)\((?!.*usedforsecurity=False)",
    "XML with open doors": r"resolve_entities\s*=\s*True|load_dtd\s*=\s*True|no_network\s*=\s*False|xml\.dom\.minidom|xml\.sax(?!\.saxutils)",
    "HTTP beside the guarded session": r"\brequests\.(?:get|post|put|delete|request)\(|urllib\.request\.urlopen",
    "a page without Odoo's own check": r"csrf\s*=\s*False|auth\s*=\s*[\"'](?:none|public)[\"']",
    "SQL made of text": r"\.execute\(\s*(?:f[\"']|[\"'][^\"']*[\"']\s*(?:%|\.format|\+))",
}  # fmt: skip
# The one address strangers may call: a platform signs what it says there, and nothing of it is believed but that something arrived.
ALLOWED = {("a page without Odoo's own check", "addons/efacture_base/controllers/webhook.py")}
# bin/, tests and bench talk to servers of their own.
PRODUCT = [
    path
    for folder in ("addons", "services")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "tests" not in path.parts
]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_product_does_without(what):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in PRODUCT
        if (what, path.relative_to(ROOT).as_posix()) not in ALLOWED
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(FORBIDDEN[what], line)
    ]
    assert not found, "\n".join(found)


def test_the_product_was_found():
    assert len(PRODUCT) > 80


def test_the_sandbox_listens_on_this_machine_only():
    from sandbox.__main__ import main

    text = Path(main.__code__.co_filename).read_text()
    assert '"--host", default="127.0.0.1"' in text


def test_an_installation_is_closed_to_others():
    """Passwords, configuration, logs and sockets of the instance that runs these tests."""
    folder = Path(os.environ.get("EFACTURE_INSTANCE_DIR", "/nowhere"))
    if not folder.is_dir():
        pytest.skip("not started by bin/test: no instance folder")
    assert not stat.S_IMODE(folder.stat().st_mode) & 0o077, folder
    run = Path(os.environ["EFACTURE_RUN_DIR"])
    assert not stat.S_IMODE(run.stat().st_mode) & 0o077, run
    for path in [
        *folder.glob("*.conf"),
        *folder.glob("*.password"),
        *folder.glob("*run.json"),
        *folder.glob("*sandbox.json"),
    ]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
