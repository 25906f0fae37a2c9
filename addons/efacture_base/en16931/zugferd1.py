"""ZUGFeRD 1.0 told as CII D16B, so that one reader serves both.

The two differ by namespaces and by the names of some elements; the content is the same. Source: ZUGFeRD 1.0, technical annex (schema
CrossIndustryDocument 1p0) beside the CII D16B schema of Factur-X.
"""

from __future__ import annotations

from lxml import etree

_FERD = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_CODE = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES = {
    _FERD: f"{_CODE}CrossIndustryInvoice:100",
    f"{_CODE}ReusableAggregateBusinessInformationEntity:12": (
        f"{_CODE}ReusableAggregateBusinessInformationEntity:100"
    ),
    f"{_CODE}UnqualifiedDataType:15": f"{_CODE}UnqualifiedDataType:100",
    f"{_CODE}QualifiedDataType:12": f"{_CODE}QualifiedDataType:100",
}
_EVERYWHERE = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
_SUMMATION = "SpecifiedTradeSettlementMonetarySummation"
_LINE_SUMMATION = "SpecifiedTradeSettlementLineMonetarySummation"
_HEADER_SUMMATION = "SpecifiedTradeSettlementHeaderMonetarySummation"


def is_zugferd1(root: etree._Element) -> bool:
    """Whether the document is in the schema of ZUGFeRD 1."""
    return root.tag == f"{{{_FERD}}}CrossIndustryDocument"


def to_cii(root: etree._Element) -> etree._Element:
    """The same invoice in the elements of CII D16B; the attribute `converted` marks the new root."""
    made = _copy(root, in_line=False)
    made.set("converted", "1")
    return made


def _copy(node: etree._Element, *, in_line: bool) -> etree._Element:
    name = etree.QName(node)
    local = name.localname
    if local == _SUMMATION:
        local = _LINE_SUMMATION if in_line else _HEADER_SUMMATION
    else:
        local = _EVERYWHERE.get(local, local)
    in_line = in_line or local == "IncludedSupplyChainTradeLineItem"
    made = etree.Element(f"{{{_NAMESPACES.get(name.namespace, name.namespace)}}}{local}")
    made.text = node.text
    made.attrib.update(node.attrib)
    for child in node.iterchildren(etree.Element):
        made.append(_copy(child, in_line=in_line))
    return made
