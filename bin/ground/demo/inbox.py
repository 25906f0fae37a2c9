"""What waits at the loopback platform for a new demo company: a few supplier invoices."""

import requests

from . import register

# One of each syntax; between them discounts, two rates, a credit note and a new bank account.
SENDINGS = (
    ("supplier_printer", "Factur-X", "simple"),
    ("supplier_energy", "CII", "rates"),
    ("supplier_office", "UBL", "discounts"),
    ("supplier_cleaning", "CII", "new_iban"),
)


def fill(pa_url: str, mail_url: str) -> None:
    """Begin at the platforms as at new ones: nothing of an earlier demo, and the suppliers' invoices.

    :param pa_url: address of the platform's server
    :param mail_url: address of the mail server's pages
    """
    for url in (pa_url, mail_url):
        _post(f"{url}/_sandbox/reset", {})
    sirens = {company["key"]: company["siren"] for company in register.companies()}
    for seller, syntax, case in SENDINGS:
        _post(f"{pa_url}/_sandbox/send", {"from": sirens[seller], "syntax": syntax, "case": case})


def _post(url: str, values: dict) -> None:
    requests.post(url, json=values, timeout=20).raise_for_status()
