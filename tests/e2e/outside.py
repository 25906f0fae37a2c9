"""What the tests do outside Odoo: the hands of the other companies, and what the sandbox kept."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

COMPANIES = json.loads(
    (Path(__file__).parents[2] / "sandbox" / "data" / "companies.json").read_text()
)["companies"]
SIREN = {company["key"]: company["siren"] for company in COMPANIES}


def until(what: str, found: Callable[[], Any], seconds: float = 60) -> Any:
    """Ask again until there is an answer, and give it.

    :raises AssertionError: nothing after so many seconds; `what` says what was waited for
    """
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        threading.Event().wait(0.25)
    return answer


class Outside:
    """The sandbox platform and mailbox of a running product.

    :param facts: `sandbox` of `bin/run --json`
    """

    def __init__(self, facts: dict):
        self.pa, self.mail = facts["pa"], facts["mail"]

    def get(self, path: str, service: str = "pa") -> Any:
        answer = requests.get(f"{getattr(self, service)['url']}/_sandbox/{path}", timeout=20)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, values: Any) -> Any:
        answer = requests.post(f"{self.pa['url']}/_sandbox/{path}", json=values, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def supplier_sends(self, supplier: str, syntax: str, case: str) -> str:
        """A supplier (its key in companies.json) invoices the demo company; the number."""
        return self.post("send", {"from": SIREN[supplier], "syntax": syntax, "case": case})[
            "number"
        ]

    def said(self, number: str) -> list[str]:
        """The codes said of this invoice so far, in order."""
        rows = [row for row in self.get("invoices") if row["number"] == number]
        return rows[-1]["history"] if rows else []

    def until_said(self, number: str, code: str, seconds: float = 90) -> None:
        until(
            f"{code} of {number}; said: {self.said(number)}",
            lambda: code in self.said(number),
            seconds,
        )

    def messages(self, number: str, code: str) -> list[bytes]:
        """The messages of this status that the demo company deposited, as they arrived."""
        token = requests.post(
            self.pa["token_url"],
            data={
                "grant_type": "client_credentials", "client_id": self.pa["client_id"],
                "client_secret": self.pa["client_secret"],
            }, timeout=20,
        ).json()["access_token"]  # fmt: skip
        return [
            requests.get(
                f"{self.pa['flow_url']}/v1/flows/{row['flow_id']}", params={"docType": "Original"},
                headers={"Authorization": f"Bearer {token}"}, timeout=20,
            ).content
            for row in self.get("ledger")
            if (row["number"], row["code"]) == (number, code)
        ]  # fmt: skip

    def mails(self, number: str) -> list[dict]:
        """The mails that brought the Factur-X of this number."""
        return [row for row in self.get("ledger", "mail") if row["number"] == number]

    def mail_file(self, mail: dict, place: int) -> bytes:
        """The attachment at this place (from 1)."""
        answer = requests.get(f"{self.mail['url']}/mails/{mail['flow_id']}/{place}", timeout=20)
        answer.raise_for_status()
        return answer.content
