"""A payment over the VAT rates of its invoice: nothing lost, nothing invented."""

from __future__ import annotations

from decimal import Decimal

from en16931.collected import next_report, split
from hypothesis import given
from hypothesis import strategies as st

D = Decimal
RATES = [D(rate) for rate in ("0", "2.1", "5.5", "8.5", "10", "20")]
cents = st.integers(-10_000_000, 10_000_000).map(lambda n: D(n) / 100)
positive = st.integers(1, 10_000_000).map(lambda n: D(n) / 100)
totals = st.dictionaries(st.sampled_from(RATES), positive, min_size=1)
mixed = st.dictionaries(st.sampled_from(RATES), cents, min_size=1)


def test_a_third_of_an_invoice_of_two_rates() -> None:
    assert split(D("100.00"), {D(20): D("120.00"), D(10): D("180.00")}) == {
        D(20): D("40.00"),
        D(10): D("60.00"),
    }
    assert split(D("0.01"), {D(20): D(1), D(10): D(1)}) == {D(20): D("0.01")}
    assert split(D(5), {D(20): D(10), D(10): D(-10)}) == {D(20): D(5)}
    assert split(D(5), {}) == {}


@given(cents, mixed)
def test_shares_add_up_to_the_amount(amount: Decimal, weights: dict[Decimal, Decimal]) -> None:
    shares = split(amount, weights)
    if any(weights.values()):
        assert sum(shares.values(), D(0)) == amount
    assert all(share == share.quantize(D("0.01")) for share in shares.values())
    assert set(shares) <= set(weights)


@given(cents, totals)
def test_no_share_has_another_sign_or_is_a_cent_off(
    amount: Decimal, weights: dict[Decimal, Decimal]
) -> None:
    whole = sum(weights.values(), D(0))
    for rate, share in split(amount, weights).items():
        assert share * amount >= 0
        assert abs(share - amount * weights[rate] / whole) < D("0.01")


@given(totals, st.lists(positive, max_size=6))
def test_partial_payments_close_every_rate_to_the_cent(
    gross: dict[Decimal, Decimal], payments: list[Decimal]
) -> None:
    reported: dict[Decimal, Decimal] = dict.fromkeys(gross, D(0))
    left = sum(gross.values(), D(0))
    for payment in [*payments, None]:
        amount = left if payment is None else min(payment, left)
        if not amount:
            continue
        left -= amount
        shares = next_report(amount, gross, reported, {})
        assert sum(shares.values()) == amount and all(share > 0 for share in shares.values())
        for rate, share in shares.items():
            reported[rate] += share
    assert reported == gross


@given(totals, positive)
def test_what_is_taken_back_cancels_what_was_said(
    gross: dict[Decimal, Decimal], payment: Decimal
) -> None:
    amount = min(payment, sum(gross.values(), D(0)))
    said = next_report(amount, gross, {}, {})
    back = next_report(-amount, gross, said, said)
    assert back == {rate: -share for rate, share in said.items()}


@given(totals, positive)
def test_a_credit_note_counts_down(gross: dict[Decimal, Decimal], payment: Decimal) -> None:
    negative = {rate: -total for rate, total in gross.items()}
    amount = -min(payment, sum(gross.values(), D(0)))
    shares = next_report(amount, negative, {}, {})
    assert sum(shares.values()) == amount and all(share < 0 for share in shares.values())
