"""Plays the EU's VIES service: SOAP 1.1, `checkVat` and `checkVatApprox`, faults by suffix of the number (data/vies.json)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from lxml import etree
from werkzeug.wrappers import Request, Response

from .companies import companies, vies
from .faults import Fault
from .server import Server, answer

TYPES = "urn:ec.europa.eu:taxud:vies:services:checkVat:types"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PATH = "/taxation_customs/vies/services/checkVatService"
FAULTS = {
    "INVALID_INPUT": "SOAP fault: the question is not understood",
    "INVALID_REQUESTER_INFO": "SOAP fault: the asker's own number is refused",
    "GLOBAL_MAX_CONCURRENT_REQ": "SOAP fault: too many questions in all",
    "MS_MAX_CONCURRENT_REQ": "SOAP fault: too many questions for this country",
    "SERVICE_UNAVAILABLE": "SOAP fault: the service is down",
    "MS_UNAVAILABLE": "SOAP fault: this country is down",
    "TIMEOUT": "SOAP fault: this country did not answer in time",
    "SERVER_BUSY": "SOAP fault: busy",
    "VAT_BLOCKED": "SOAP fault: this number is blocked",
    "IP_BLOCKED": "SOAP fault: this address is blocked",
}


class ViesServer(Server):
    """The VAT number service."""

    name = "vies"
    title = "VIES (sandbox)"
    mimetype = "text/xml"
    more_faults = FAULTS

    def rules(self):
        return [(PATH, ["POST"], "vies.check", self.check)]

    def facts(self):
        return {"url": self.url + PATH}

    def error(
        self, status: int, code: str, text: str, headers: dict[str, str] | None = None
    ) -> Response:
        return answer(
            f"<html><body><h1>{status}</h1><p>{escape(text)}</p></body></html>",
            status,
            headers,
            "text/html",
        )

    def special_fault(self, fault: Fault, request: Request) -> Response | None:
        return _soap_fault(fault.fault) if fault.fault in FAULTS else None

    def check(self, request: Request) -> Response:
        """Both operations."""
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
            body = etree.fromstring(request.get_data(), parser).find(f"{{{SOAP}}}Body")
            question = body[0]
        except (etree.XMLSyntaxError, TypeError, IndexError):
            return _soap_fault("INVALID_INPUT")
        kind = etree.QName(question).localname
        values = {etree.QName(child).localname: (child.text or "").strip() for child in question}
        country, number = values.get("countryCode", ""), values.get("vatNumber", "").upper()
        if (
            kind not in ("checkVat", "checkVatApprox")
            or len(country) != 2
            or not 2 <= len(number) <= 12
        ):
            return _soap_fault("INVALID_INPUT")
        for suffix, fault in vies()["fault_by_suffix"].items():
            if number.endswith(suffix):
                return _soap_fault(fault)
        asker = values.get("requesterVatNumber", "")
        if asker and asker.endswith("0000"):
            return _soap_fault("INVALID_REQUESTER_INFO")
        found = _known().get((country, number))
        day = datetime.now(UTC).date().isoformat()
        start = f"<countryCode>{escape(country)}</countryCode><vatNumber>{escape(number)}</vatNumber><requestDate>{day}+00:00</requestDate>"
        start += f"<valid>{'true' if found else 'false'}</valid>"
        name, address = (escape(text) for text in found or ("---", "---"))
        if kind == "checkVat":
            return _envelope(
                f'<checkVatResponse xmlns="{TYPES}">{start}<name>{name}</name><address>{address}</address></checkVatResponse>'
            )
        proof = f"WAPI{uuid.uuid4().hex[:12].upper()}" if asker else ""
        return _envelope(
            f'<checkVatApproxResponse xmlns="{TYPES}">{start}<traderName>{name}</traderName><traderCompanyType>---</traderCompanyType>'
            f"<traderAddress>{address}</traderAddress><requestIdentifier>{proof}</requestIdentifier></checkVatApproxResponse>"
        )


def _known() -> dict[tuple[str, str], tuple[str, str]]:
    known = {
        (row["country"], row["number"]): (row["name"], row["address"]) for row in vies()["valid"]
    }
    for company in companies():
        if company["vat"] and company["state"] == "A":
            office = next(e for e in company["establishments"] if e["head_office"])
            street = " ".join(
                part for part in (office["number"], office["street_type"], office["street"]) if part
            )
            known["FR", company["vat"][2:]] = (
                company["name"],
                f"{street}\n{office['zip']} {office['city']}".upper(),
            )
    return known


def _envelope(inner: str, status: int = 200) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="{SOAP}"><env:Header/><env:Body>{inner}</env:Body></env:Envelope>'
    return answer(text, status, mimetype="text/xml")


def _soap_fault(code: str) -> Response:
    return _envelope(
        f"<env:Fault><faultcode>env:Server</faultcode><faultstring>{code}</faultstring></env:Fault>",
        500,
    )
