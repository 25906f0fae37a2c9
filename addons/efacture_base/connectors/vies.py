"""VIES, the EU's check of VAT numbers, over SOAP.

Three answers that are never mixed: *valid*, *invalid*, *unavailable* (could not be checked). Only `INVALID_INPUT` among the faults says something
of the number; all others mean *ask again later*. With the asker's own number the service gives a `request_identifier`, the proof to keep with its
date. Source: specs of company look-up §3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault

from . import errors
from .session import Limits, Session

ENDPOINT = "https://ec.europa.eu/taxation_customs/vies/services/checkVatService"
WSDL = Path(__file__).parent / "data" / "vies.wsdl"
BINDING = "{urn:ec.europa.eu:taxud:vies:services:checkVat}viesSoap"
COUNTRIES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "XI",
    ]
)
# Longest first where one holds another. Any other fault reads as `FAULT`: not known.
FAULT_CODES = (
    "INVALID_INPUT",
    "INVALID_REQUESTER_INFO",
    "GLOBAL_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ",
    "SERVICE_UNAVAILABLE",
    "MS_UNAVAILABLE",
    "TIMEOUT",
    "SERVER_BUSY",
    "VAT_BLOCKED",
    "IP_BLOCKED",
)
# ISO 3166 code to the code VIES knows.
ALIASES = {"GR": "EL"}
_NUMBER = re.compile(r"[0-9A-Za-z+*.]{2,12}")
_LIMITS = Limits(connect=5, read=15, total=20, max_bytes=256 * 1024)


class ViesState(StrEnum):
    """`UNAVAILABLE` says nothing about the number."""

    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class ViesAnswer:
    """What VIES said. `reason`: its fault code or the kind of our error, `FORMAT`, `NOT_COVERED`; empty for a plain answer.

    `date`: the day VIES gives; `request_identifier`: the proof number, given only when the asker's own number was sent.
    """

    state: ViesState
    name: str = ""
    address: str = ""
    request_identifier: str = ""
    date: date | None = None
    reason: str = ""
    retry_after: float | None = None


def split_vat(vat: str) -> tuple[str, str]:
    """Country code as VIES wants it and the rest of a whole VAT number (`GR123` → `EL`, `123`)."""
    compact = re.sub(r"[\s.\-/]", "", vat).upper()
    return ALIASES.get(compact[:2], compact[:2]), compact[2:]


class _Transport(zeep.Transport):
    """zeep's calls through our one door; nothing but our own description is ever loaded."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._door = session

    def load(self, url: str) -> bytes:
        if Path(url) != WSDL:
            raise errors.AddressForbidden("only our own service description is read")
        return WSDL.read_bytes()

    def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> Any:
        return self.post(
            address, etree.tostring(envelope, xml_declaration=True, encoding="utf-8"), headers
        )

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
        answer = self._door.request(
            "POST",
            address,
            data=message,
            headers={**headers, "Accept": "text/xml"},
            accept=(200, 500),
            limits=_LIMITS,
            patience=1.0,
        )
        return _Response(answer.status, answer.content, answer.headers)


class _Response:
    """The few attributes of a requests response that zeep reads."""

    def __init__(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.status_code = status
        self.content = content
        self.headers = {"Content-Type": headers.get("content-type", "text/xml")}
        self.encoding = "utf-8"


class Vies:
    """Checks VAT numbers at one endpoint: the EU's own unless an address is given (a `.wsdl` address is turned into its endpoint)."""

    def __init__(self, wsdl_or_url: str = "", session: Session | None = None) -> None:
        address = wsdl_or_url or ENDPOINT
        if address.endswith("/checkVatService.wsdl"):
            address = address.removesuffix("checkVatService.wsdl") + "services/checkVatService"
        self.address = address.removesuffix("?wsdl")
        self.session = session or Session()
        self._service: Any = None

    def check(
        self, country: str, number: str, *, requester_country: str = "", requester_number: str = ""
    ) -> ViesAnswer:
        """Check a number. `country`: two letters (`GR` reads as `EL`); `number`: with or without them, spaces allowed.

        Never raises for an outside failure: the state is *unavailable* and `reason` says why.
        """
        country = ALIASES.get(country.upper(), country.upper())
        number = re.sub(r"[\s.\-/]", "", number).upper()
        if number[:2] in {country, *(iso for iso, code in ALIASES.items() if code == country)}:
            number = number[2:]
        if country not in COUNTRIES:
            return ViesAnswer(ViesState.UNAVAILABLE, reason="NOT_COVERED")
        if not _NUMBER.fullmatch(number):
            return ViesAnswer(ViesState.INVALID, reason="FORMAT")
        answer = self._ask(country, number, requester_country, requester_number)
        if answer.reason == "INVALID_REQUESTER_INFO" and requester_number:
            # Our own number is not accepted as asker: the question about the other one still stands.
            return self._ask(country, number, "", "")
        return answer

    def _ask(
        self, country: str, number: str, requester_country: str, requester_number: str
    ) -> ViesAnswer:
        try:
            service = self._get_service()
            if requester_number:
                asker_country, asker = split_vat(requester_number)
                if asker_country != ALIASES.get(
                    requester_country.upper(), requester_country.upper()
                ):
                    asker = requester_number
                found = service.checkVatApprox(
                    countryCode=country,
                    vatNumber=number,
                    requesterCountryCode=ALIASES.get(
                        requester_country.upper(), requester_country.upper()
                    ),
                    requesterVatNumber=asker,
                )
            else:
                found = service.checkVat(countryCode=country, vatNumber=number)
        except Fault as fault:
            return _of_fault(str(fault.message or ""))
        except errors.ConnectorError as error:
            return ViesAnswer(
                ViesState.UNAVAILABLE,
                reason=error.kind,
                retry_after=getattr(error, "retry_after", None),
            )
        except (ZeepError, etree.LxmlError, ValueError, TypeError, AttributeError):
            # An answer that is no SOAP (a portal's HTML page, a cut text) says nothing about the number.
            return ViesAnswer(ViesState.UNAVAILABLE, reason=errors.BadAnswer.kind)
        return _of_answer(found, country, number)

    def _get_service(self) -> Any:
        if self._service is None:
            settings = zeep.Settings(
                strict=True,
                forbid_dtd=True,
                forbid_entities=True,
                forbid_external=True,
                xml_huge_tree=False,
            )
            client = zeep.Client(str(WSDL), transport=_Transport(self.session), settings=settings)
            self._service = client.create_service(BINDING, self.address)
        return self._service


def _of_fault(text: str) -> ViesAnswer:
    code = next((code for code in FAULT_CODES if code in text.upper()), "FAULT")
    state = ViesState.INVALID if code == "INVALID_INPUT" else ViesState.UNAVAILABLE
    return ViesAnswer(state, reason=code)


def _of_answer(found: Any, country: str, number: str) -> ViesAnswer:
    valid = getattr(found, "valid", None)
    same = (
        getattr(found, "countryCode", None) == country
        and str(getattr(found, "vatNumber", "")).upper() == number
    )
    if not isinstance(valid, bool) or not same:
        return ViesAnswer(ViesState.UNAVAILABLE, reason=errors.BadAnswer.kind)
    day = getattr(found, "requestDate", None)
    return ViesAnswer(
        ViesState.VALID if valid else ViesState.INVALID,
        name=_shown(getattr(found, "name", None) or getattr(found, "traderName", None)),
        address=_shown(getattr(found, "address", None) or getattr(found, "traderAddress", None)),
        request_identifier=str(getattr(found, "requestIdentifier", None) or ""),
        date=day if isinstance(day, date) else None,
    )


def _shown(text: Any) -> str:
    """VIES writes `---` for what a country does not publish."""
    lines = [line.strip() for line in str(text or "").splitlines()]
    return "\n".join(line for line in lines if line and set(line) != {"-"})
