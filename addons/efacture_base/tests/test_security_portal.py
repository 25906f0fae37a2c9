"""Customers, and colleagues without a right: every public method of ours, found by itself, tried as they would."""

import inspect
from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_security_access import MATRIX, SecurityCase

OURS = "odoo.addons.efacture_base."
# Overrides of Odoo's own, which Odoo's rules answer; they are not doors of ours.
NATIVE = {
    "create", "write", "unlink", "copy", "read", "fetch", "default_get", "fields_get", "get_views", "get_view",
    "name_search", "search_fetch", "web_read", "onchange", "copy_data", "message_new", "message_update",
    "button_draft", "button_cancel", "button_request_cancel", "button_account_peppol_check_partner_endpoint",
    "get_extra_print_items", "get_wkhtmltopdf_state", "set_param", "action_post", "export_data",
}  # fmt: skip
# These say nothing of our data to anybody who may read the record itself.
HARMLESS = {("account.move.send.wizard", "action_send_and_print"),
            ("account.move.send.batch.wizard", "action_send_and_print")}  # fmt: skip


def public_methods(model):
    """Names of the methods without an underscore that our code defines on this model, its own or inherited."""
    found = set()
    for parent in type(model).mro():
        if not parent.__module__.startswith(OURS):
            continue
        for name, value in vars(parent).items():
            if inspect.isfunction(value) and not name.startswith("_") and name not in NATIVE:
                found.add(name)
    return sorted(found)


class Undone(Exception):
    """Takes back what a door did that should not have opened."""


class DoorsCase(SecurityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.users["portal"]
        cls.invoice = cls._create_invoice(partner_id=cls.buyer.partner_id.id)
        cls.row = (
            cls.env["efacture.exchange"]
            .sudo()
            .create(
                {
                    "move_id": cls.invoice.id, "account_id": cls.account.id, "channel": "efacture",
                    "state": "queued", "company_id": cls.company.id,
                }
            )
        )  # fmt: skip
        cls.event = (
            cls.env["efacture.event"]
            .sudo()
            .create(
                {
                    "move_id": cls.invoice.id, "company_id": cls.company.id, "code": "205", "raw_code": "205",
                    "direction": "in", "actor": "buyer", "occurred_at": "2026-11-20 10:00:00",
                }
            )
        )  # fmt: skip
        cls.env.flush_all()

    def _doors(self):
        """(records, method) of everything that a call from outside can reach."""
        return [
            (records, method)
            for records in self._records()
            for method in public_methods(records)
            if (records._name, method) not in HARMLESS
        ]

    def _records(self):
        """One record of each model, made by somebody else."""
        some = {
            "account.move": self.invoice, "efacture.exchange": self.row, "efacture.event": self.event,
            "efacture.account": self.account, "res.partner": self.customer,
            "efacture.address": self.customer.efacture_address_id,
        }  # fmt: skip
        if not hasattr(self, "made"):
            self.made = self._one_of_each()
        for name, record in self.made.items():
            some.setdefault(name, record)
        return [some.get(name, self.env[name]) for name in sorted(self.env.registry)]

    def _arguments(self, records, method):
        """The fewest arguments that reach the body of the method."""
        function = getattr(type(records), method)
        values = {"file": "PA==", "source": "api", "seconds": 0.0, "key": "to_send", "code": "205"}
        needed = [
            parameter.name
            for parameter in list(inspect.signature(function).parameters.values())[1:]
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
        arguments = [values.get(name, "x") for name in needed]
        if getattr(function, "_api_model", False):
            return arguments
        return [records.ids, *arguments]

    def _fingerprint(self):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["efacture.exchange"].sudo().search([], order="id")
        return (
            [(row.id, row.state, row.is_dismissed) for row in rows],
            self.env["efacture.event"].sudo().search_count([]),
            (self.invoice.state, self.invoice.name, self.invoice.write_date),
            self.account.state,
        )


@tagged("post_install", "-at_install")
class TestSecurityDoors(DoorsCase):
    def test_there_are_doors_to_try(self):
        doors = {(records._name, method) for records, method in self._doors()}
        for door in (
            ("account.move", "efacture_send"), ("account.move", "efacture_get_timeline"),
            ("efacture.exchange", "efacture_dispatch"), ("efacture.exchange", "action_dismiss"),
            ("efacture.desk", "efacture_get_desk"), ("efacture.call", "action_open_invoice"),
        ):  # fmt: skip
            self.assertIn(door, doors)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def _try_all(self, role):
        """Every door as this user; those that let it in."""
        model = self.env["res.users"].with_user(self.users[role])
        opened = []
        doors = self._doors()
        before = self._fingerprint()
        for records, method in doors:
            with (
                self.subTest(role=role, model=records._name, method=method),
                suppress(AccessError, Undone),
                self.env.cr.savepoint(),
                self.no_outside_call(),
            ):
                call_kw(model.env[records._name], method, self._arguments(records, method), {})
                opened.append((records._name, method))
                raise Undone
        self.assertEqual(self._fingerprint(), before)
        return opened

    def test_a_customer_opens_none(self):
        self.assertTrue(self.invoice.with_user(self.buyer).has_access("read"))
        self.assertEqual(self._try_all("portal"), [])

    def test_a_colleague_without_a_right_opens_none(self):
        self.assertEqual(self._try_all("internal"), [])


@tagged("post_install", "-at_install")
class TestSecurityPortalRpc(DoorsCase, HttpCase):
    """The same over HTTP, as a customer's browser would."""

    def _call(self, model, method, *args):
        return self.url_open(
            "/web/dataset/call_kw",
            json={"params": {"model": model, "method": method, "args": list(args), "kwargs": {}}},
        ).json()

    @mute_logger("odoo.http")
    def test_nothing_of_ours_is_read(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        for model in sorted(MATRIX):
            for method, args in (
                ("search_read", [[]]),
                ("search_count", [[]]),
                ("name_search", []),
            ):
                with self.subTest(model=model, method=method):
                    self.assertIn("error", self._call(model, method, *args))

    @mute_logger("odoo.http")
    def test_nothing_of_ours_is_called(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        doors = self._doors()
        before = self._fingerprint()
        for records, method in doors:
            with self.subTest(model=records._name, method=method):
                answer = self._call(records._name, method, *self._arguments(records, method))
                self.assertIn("error", answer)
        for model, method in (
            ("efacture.exchange", "_efacture_dispatch"), ("efacture.exchange", "_efacture_call"),
            ("account.move", "_efacture_enqueue"), ("account.move", "_efacture_timeline"),
            ("efacture.document", "_efacture_take_in"), ("efacture.account", "_connector"),
        ):  # fmt: skip
            with self.subTest(hidden=method):
                self.assertIn("error", self._call(model, method, [1]))
        self.assertEqual(self._fingerprint(), before)

    @mute_logger("odoo.http")
    def test_no_field_of_ours_is_read_on_an_own_invoice(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        answer = self._call("account.move", "read", [self.invoice.id], ["name"])
        self.assertEqual(answer["result"][0]["name"], self.invoice.name)
        kept = {
            "efacture_exchange_ids", "efacture_event_ids", "efacture_state", "efacture_status", "efacture_hint",
            "efacture_status_label", "efacture_status_note", "efacture_finding_ids",
        }  # fmt: skip
        for field in sorted(kept):
            with self.subTest(field=field):
                self.assertIn(
                    "error", self._call("account.move", "read", [self.invoice.id], [field])
                )
