"""A French company that receives, and invoices written to it."""

import urllib.request
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from odoo.tests import TransactionCase

from ..en16931.write import write_xml

SUPPLIER, SUPPLIER_VAT = "990234171", "FR22990234171"
IBAN = "FR7630006000011234567890189"


def money(value):
    return Decimal(value).quantize(Decimal("0.01"))


def line(number, amount, rate="20", category="S", **terms):
    """A line of one piece, or of `quantity` at `price`."""
    row = {
        "BT-126": str(number),
        "BT-129": Decimal(terms.pop("quantity", "1")),
        "BT-130": terms.pop("unit", "C62"),
        "BT-131": money(amount),
        "BT-146": Decimal(terms.pop("price", amount)),
        "BT-151": category,
        "BT-153": terms.pop("name", f"Fourniture n° {number}"),
        **terms,
    }
    if category != "O":
        row["BT-152"] = Decimal(rate)
    return row


def breakdown(lines, adjustments=()):
    """BG-23 and totals of lines and document adjustments (sign, amount, category, rate)."""
    bases = {}
    for row in lines:
        key = row["BT-151"], row.get("BT-152", Decimal(0))
        bases[key] = bases.get(key, 0) + row["BT-131"]
    for sign, amount, category, rate in adjustments:
        bases[category, Decimal(rate)] = bases.get((category, Decimal(rate)), 0) + sign * amount
    groups, tax = [], Decimal(0)
    for (category, rate), base in bases.items():
        value = money(base * rate / 100)
        tax += value
        group = {"BT-116": base, "BT-117": value, "BT-118": category}
        if category != "O":
            group["BT-119"] = rate
        groups.append(group)
    total = sum(row["BT-131"] for row in lines)
    net = sum(bases.values())
    return {
        "BG-23": groups,
        "BT-106": total,
        "BT-109": net,
        "BT-110": tax,
        "BT-112": net + tax,
        "BT-115": net + tax,
    }


def invoice(lines=None, adjustments=(), **terms):
    """The dictionary of an invoice of Atelier Nivelle to Comptoir des Deux Rives; `terms` replace or add, None removes."""
    lines = lines or [line(1, "100.00")]
    data = {
        "BT-1": "FA-2026-0117",
        "BT-2": date(2026, 11, 2),
        "BT-3": "380",
        "BT-5": "EUR",
        "BT-9": date(2026, 12, 2),
        "BT-23": "B1",
        "BG-4": {
            "name": "ATELIER NIVELLE",
            "legal_identifier": SUPPLIER,
            "legal_identifier_schemeid": "0002",
            "identifiers": {"0009": f"{SUPPLIER}00017"},
            "vat_identifier": SUPPLIER_VAT,
            "einvoicing_addr": SUPPLIER,
            "einvoicing_addr_schemeid": "0225",
            "addr_l1": "3 rue du Rabot",
            "postcode": "42000",
            "city": "Saint-Étienne",
            "country_code": "FR",
        },
        "BG-7": {
            "name": "COMPTOIR DES DEUX RIVES",
            "legal_identifier": "999120348",
            "legal_identifier_schemeid": "0002",
            "vat_identifier": "FR43999120348",
            "country_code": "FR",
            "city": "Lyon",
            "postcode": "69002",
        },
        "BT-81": "30",
        "BT-84": IBAN,
        "BG-25": lines,
        **breakdown(lines, adjustments),
    }
    data.update(terms)
    return {key: value for key, value in data.items() if value is not None}


class ReceiveCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                "name": "Comptoir des Deux Rives",
                "country_id": cls.env.ref("base.fr").id,
                "vat": "FR43999120348",
                "company_registry": "99912034800019",
            }
        )
        cls.Document = cls.env["efacture.document"]
        cls.tax_goods = cls.find_tax(20, "consu")
        cls.tax_services = cls.find_tax(20, "service")
        cls.tax_reduced = cls.find_tax(5.5, "consu")

    @classmethod
    def find_tax(cls, rate, scope):
        return (
            cls.env["account.tax"]
            .search(
                [
                    ("company_id", "=", cls.company.id),
                    ("type_tax_use", "=", "purchase"),
                    ("amount", "=", rate),
                    ("tax_scope", "=", scope),
                ]
            )
            .filtered(lambda tax: not tax.has_negative_factor)[:1]
        )

    @classmethod
    def make_supplier(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": "Atelier Nivelle",
                "is_company": True,
                "country_id": cls.env.ref("base.fr").id,
                "company_registry": f"{SUPPLIER}00017",
                "vat": SUPPLIER_VAT,
                "supplier_rank": 1,
                **values,
            }
        )

    @classmethod
    def make_bank(cls, partner, number=IBAN):
        return cls.env["res.partner.bank"].create({"acc_number": number, "partner_id": partner.id})

    def xml(self, data=None, syntax="cii", profile="extended", **terms):
        return write_xml(
            data or invoice(**terms), syntax, "extended-ctc-fr" if syntax == "ubl" else profile
        )

    def receive(self, data=None, *, syntax="cii", source="upload", **terms):
        """The document made of an invoice."""
        name = f"facture-{syntax}.xml"
        return self.Document.receive(self.xml(data, syntax, **terms), source, filename=name)

    def words(self, document):
        """The words of a document's warnings."""
        return [row["code"] for row in document.warnings or []]


def deposit(root, content, name="facture.xml", **values):
    """Put a file into the in-box of the sandbox platform."""
    query = urlencode({"name": name, "syntax": "CII", "type": "SupplierInvoice", **values})
    request = urllib.request.Request(
        f"{root}/_sandbox/inbound?{query}", data=content, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()
