"""Invoices of the other companies: each case in each syntax is what the official rules call valid."""

import pytest
from en16931.validator import validate_many

from sandbox.companies import by_key
from sandbox.invoices import CASES, LABELS, make_invoice
from sandbox.peek import facts_of

SELLER, BUYER = by_key()["supplier_printer"], by_key()["own_company"]


@pytest.mark.parametrize("syntax", ["CII", "UBL", "Factur-X"])
def test_every_case_is_valid(syntax):
    made = [
        make_invoice(SELLER, BUYER, syntax, case, number=f"TIR-{number}")
        for number, case in enumerate(CASES)
    ]
    verdicts = validate_many([one.content for one in made])
    for case, verdict in zip(CASES, verdicts, strict=True):
        assert verdict.verdict == "valid", (case, [(f.rule, f.message) for f in verdict.findings])
    for one in made:
        facts = facts_of(one.content)
        assert (facts.seller, facts.buyer, facts.number) == (
            SELLER["siren"],
            BUYER["siren"],
            one.invoice.number,
        )
        assert facts.total == str(one.invoice.total)


def test_each_case_has_its_difficulty():
    assert set(LABELS) == set(CASES)
    made = {
        case: make_invoice(SELLER, BUYER, "CII", case, number="TIR-1").invoice for case in CASES
    }
    assert {tax.rate for tax in made["rates"].taxes} >= {20, 10}
    assert made["discounts"].changes and made["discounts"].lines[0].changes
    assert made["prepaid"].payable == made["prepaid"].total - made["prepaid"].prepaid
    assert made["credit_note"].type_code == "381" and made["credit_note"].preceding
    assert made["currency"].currency == "USD"
    assert made["new_iban"].iban != made["simple"].iban
    assert any(tax.category == "E" for tax in made["exempt"].taxes)
    assert made["payee"].payee and made["attachment"].attachments and made["delivery"].delivery


def test_the_same_number_is_the_same_invoice():
    one, two = (make_invoice(SELLER, BUYER, "CII", "discounts", number="TIR-9") for _time in (1, 2))
    assert one.content == two.content


@pytest.mark.parametrize(
    "key",
    ["supplier_energy", "sole_trader", "non_diffusible", "association", "overseas", "many_lines"],
)
def test_any_company_can_invoice_any_other(key):
    made = [make_invoice(by_key()[key], BUYER, "CII", "discounts", number="X-1")]
    made.append(make_invoice(by_key()[key], BUYER, "UBL", "simple", number="X-3"))
    made.append(make_invoice(BUYER, by_key()[key], "UBL", "simple", number="X-2"))
    for one, verdict in zip(made, validate_many([one.content for one in made]), strict=True):
        assert verdict.verdict == "valid", (
            one.name,
            [(f.rule, f.message) for f in verdict.findings],
        )
