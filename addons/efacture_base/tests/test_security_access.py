"""Who may do what: roles by models by operations, by company; and what no right allows."""

import logging

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ..en16931.cdar import Attachment
from ..en16931.verdict import Verdict
from ..models.inner_context import Inner
from .common import SandboxMixin
from .lifecycle_common import LifecycleCase
from .send_common import SendCase

ROLES = {
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "readonly": "base.group_user,account.group_account_readonly",
    "billing": "base.group_user,account.group_account_invoice",
    "accountant": "base.group_user,efacture_base.efacture_base_group_accountant",
    "manager": "base.group_user,efacture_base.efacture_base_group_manager",
    "system": "base.group_user,base.group_system",
}
ALL, READ, NONE = "read write create unlink", "read", ""
OFFICE = {"accountant": ALL, "manager": ALL}
READERS = {"readonly": READ, "billing": READ, "accountant": READ, "manager": READ}
MATRIX = {
    "efacture.platform": {"accountant": READ, "manager": READ, "system": ALL},
    "efacture.account": {"accountant": READ, "manager": ALL},
    "efacture.address": {"readonly": READ, "billing": READ, **OFFICE},
    "efacture.company.lookup": OFFICE,
    "efacture.company.lookup.line": OFFICE,
    "efacture.contact.method": OFFICE,
    "efacture.contact.method.line": OFFICE,
    "efacture.contact.proposal": OFFICE,
    "efacture.contact.proposal.line": OFFICE,
    "efacture.partner.import": OFFICE,
    "efacture.partner.import.line": OFFICE,
    "efacture.finding": READERS,
    "efacture.invoice.note": {"readonly": READ, "billing": ALL, **OFFICE},
    "efacture.exchange": READERS,
    "efacture.document": READERS,
    "efacture.event": READERS,
    "efacture.status": OFFICE,
    "efacture.status.choice": OFFICE,
    "efacture.status.reason": OFFICE,
    "efacture.send": {"billing": ALL, **OFFICE},
    "efacture.send.line": {"billing": ALL, **OFFICE},
    "efacture.print": {"billing": ALL, **OFFICE},
    "efacture.print.line": {"billing": ALL, **OFFICE},
    "efacture.mail.copy": {"billing": ALL, **OFFICE},
    "efacture.call": {"accountant": READ, "manager": READ},
    "account.move.preview": {"readonly": ALL, "billing": ALL, **OFFICE},
}
MARKER = "s3cr3t-MARKER-7f1c"


class SecurityCase(SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, f"closed_{role}", groups=groups, company_id=cls.company.id)
            for role, groups in ROLES.items()
        }
        cls.other_company = cls.env["res.company"].create(
            {"name": "Autre Rive", "country_id": cls.env.ref("base.fr").id}
        )
        cls.stranger = new_test_user(
            cls.env,
            "closed_stranger",
            groups=ROLES["manager"],
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )
        cls.users["portal"].partner_id.parent_id = cls.customer

    def rpc(self, role, records, method, *args, **context):
        """Call as a client does: model, ids, arguments and a context that the client chose."""
        user = self.users.get(role) or role
        model = self.env["res.users"].with_user(user).env[records._name]
        return call_kw(model, method, [records.ids, *args], {"context": context})

    def _queued(self, **values):
        invoice = self._create_invoice(**values)
        invoice._efacture_queue(
            {
                invoice: {
                    "raw": b"<Invoice/>",
                    "filename": "F.xml",
                    "syntax": "cii",
                    "profile": "en16931",
                    "verdict": Verdict("valid", "CII", "en16931", (), (), 0.0),
                }
            }
        )
        return invoice

    def _one_of_each(self):
        """A record of each model that belongs to our company, made by somebody else."""
        self.customer.company_id = self.company
        invoice = self._queued()
        env = self.env
        lookup = env["efacture.company.lookup"].create({"partner_id": self.customer.id})
        method = env["efacture.contact.method"].create({"partner_ids": self.customer.ids})
        proposal = env["efacture.contact.proposal"].create({})
        sending = env["efacture.send"].create({"move_ids": invoice.ids})
        sheet = env["efacture.partner.import"].create({})
        printing = env["efacture.print"].create({})
        return {
            "efacture.account": self.account,
            "efacture.address": self.customer.efacture_address_id,
            "efacture.company.lookup": lookup,
            "efacture.company.lookup.line": env["efacture.company.lookup.line"].create(
                {"lookup_id": lookup.id}
            ),
            "efacture.contact.method": method,
            "efacture.contact.method.line": env["efacture.contact.method.line"].create(
                {"wizard_id": method.id, "partner_id": self.customer.id, "reason": "-"}
            ),
            "efacture.contact.proposal": proposal,
            "efacture.contact.proposal.line": env["efacture.contact.proposal.line"].create(
                {"wizard_id": proposal.id, "partner_id": self.customer.id}
            ),
            "efacture.send": sending,
            "efacture.send.line": env["efacture.send.line"].create(
                {"wizard_id": sending.id, "move_id": invoice.id}
            ),
            "efacture.print": printing,
            "efacture.print.line": env["efacture.print.line"].create(
                {"wizard_id": printing.id, "move_id": invoice.id}
            ),
            "efacture.mail.copy": env["efacture.mail.copy"].create({"move_id": invoice.id}),
            "efacture.partner.import": sheet,
            "efacture.partner.import.line": env["efacture.partner.import.line"].create(
                {"import_id": sheet.id}
            ),
            "efacture.finding": env["efacture.finding"].create(
                {"move_id": invoice.id, "severity": "info", "message": "-"}
            ),
            "efacture.invoice.note": env["efacture.invoice.note"].create(
                {"move_id": self._create_invoice(post=False).id, "code": "AAI", "text": "-"}
            ),
            "efacture.exchange": invoice.efacture_exchange_ids,
            "efacture.document": env["efacture.document"].create(
                {"company_id": self.company.id, "source": "upload"}
            ),
            **self._status_window(invoice),
            "efacture.event": env["efacture.event"].create(
                {
                    "move_id": invoice.id,
                    "company_id": invoice.company_id.id,
                    "code": "203",
                    "raw_code": "203",
                    "direction": "in",
                    "actor": "platform",
                    "occurred_at": "2026-11-20",
                }
            ),
            "efacture.call": env["efacture.call"].create(
                {"date": "2026-11-20", "company_id": self.company.id, "operation": "submit"}
            ),
            "account.move.preview": env["account.move.preview"].create({"move_id": invoice.id}),
        }

    def _status_window(self, invoice):
        window = self.env["efacture.status"].create({"move_ids": invoice.ids})
        choice = self.env["efacture.status.choice"].create(
            {"wizard_id": window.id, "code": "212", "name": "-"}
        )
        reason = self.env["efacture.status.reason"].create(
            {"choice_id": choice.id, "code": "AUTRE", "name": "-"}
        )
        return {record._name: record for record in (window, choice, reason)}


@tagged("post_install", "-at_install")
class TestSecurityMatrix(SecurityCase):
    def test_every_model_by_role_and_operation(self):
        ours = {
            model.model
            for model in self.env["ir.model"].search([("abstract", "=", False)])
            if "efacture_base" in (model.modules or "").split(", ")
            and (model.model.startswith("efacture.") or model.model == "account.move.preview")
        }
        self.assertEqual(ours, set(MATRIX), "a model without its line in the matrix")
        for model, expected in MATRIX.items():
            for role, user in self.users.items():
                for operation in ALL.split():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            operation in expected.get(role, NONE),
                        )

    def test_nothing_of_another_company_is_seen(self):
        records = self._one_of_each()
        self.assertEqual(
            set(records), set(MATRIX) - {"efacture.platform"}
        )  # shared, no secret in it
        for model, record in records.items():
            with self.subTest(model=model):
                seen = record.with_user(self.stranger)
                self.assertFalse(seen.search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    seen.read()

    def test_what_a_window_holds_is_seen_by_who_opened_it(self):
        records = self._one_of_each()
        manager = self.users["manager"]
        for model, record in records.items():
            if not record._transient:
                continue
            with self.subTest(model=model), self.assertRaises(AccessError):
                record.with_user(manager).read()
        own = self.env["efacture.contact.proposal"].with_user(manager).create({})
        self.assertTrue(own.read())

    def test_portal_reads_nothing_of_ours(self):
        for model, record in self._one_of_each().items():
            with self.subTest(model=model), self.assertRaises(AccessError):
                record.with_user(self.users["portal"]).read()


@tagged("post_install", "-at_install")
class TestSecurityGuards(SecurityCase):
    """Contexts, public methods and values that a client may try."""

    def test_a_window_opened_on_a_strange_invoice_tells_nothing_of_it(self):
        """A window is made by whoever asks; what it shows of an invoice needs the right to that invoice."""
        invoice = self._create_invoice()
        send = self.env["efacture.send"].with_user(self.stranger).create({})
        for model, values, names in (
            ("account.move.preview", {}, ("state", "efacture_verdict", "efacture_finding_ids")),
            ("efacture.send.line", {"wizard_id": send.id}, ("partner_id",)),
        ):
            window = (
                self.env[model].with_user(self.stranger).create({"move_id": invoice.id, **values})
            )
            for name in names:
                window.invalidate_recordset()
                with self.subTest(model=model, field=name), self.assertRaises(AccessError):
                    window.read([name])

    def test_no_context_lifts_the_freeze(self):
        invoice = self._queued()
        keys = {"efacture_bypass_freeze": True, "efacture_keep_verdict": True}
        with self.assertRaises(UserError):
            self.rpc("billing", invoice, "write", {"ref": "other"}, **keys)
        with self.assertRaises(UserError):
            self.rpc("billing", invoice.invoice_line_ids[0], "write", {"name": "other"}, **keys)

    def test_no_context_keeps_an_old_verdict(self):
        invoice = self._create_invoice(post=False)
        invoice.with_context(efacture_keep_verdict=Inner()).efacture_verdict = "valid"
        self.assertEqual(invoice.efacture_verdict, "valid")
        self.rpc("billing", invoice, "write", {"ref": "other"}, efacture_keep_verdict=True)
        self.assertFalse(invoice.efacture_verdict)

    def test_no_context_changes_what_is_told(self):
        invoice = self._create_invoice(post=False)
        invoice.efacture_attachment_ids = self.env["ir.attachment"].create(
            {"name": "a.csv", "raw": b"a;b\n", "mimetype": "text/csv"}
        )
        before = invoice._efacture_prepare_invoice()
        self.assertTrue(before["BG-24"][0]["BT-125"])
        hostile = invoice.with_context(
            efacture_no_files=True,
            efacture_extended=True,
            efacture_tax_templates={str(self.tax.id): "tva_0", self.tax.id: "tva_0"},
            efacture_unit_codes={self.env.ref("uom.product_uom_unit").id: "XXX"},
        )
        self.assertEqual(hostile._efacture_prepare_invoice(), before)

    def test_a_verdict_or_a_state_is_never_typed(self):
        invoice = self._create_invoice(post=False)
        for vals in (
            {"efacture_verdict": "valid"},
            {"efacture_state": "accepted"},
            {"efacture_cii_file": "PGEvPg=="},
            {"efacture_facturx_file": "PGEvPg=="},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.rpc("accountant", invoice, "write", vals)
            with self.subTest(create=vals), self.assertRaises(AccessError):
                self.env["account.move"].with_user(self.users["accountant"]).create(
                    {"move_type": "out_invoice", **vals}
                )
        made = (
            self.env["account.move"]
            .with_user(self.users["accountant"])
            .with_context(default_efacture_verdict="valid", default_efacture_state="accepted")
            .create({"move_type": "out_invoice", "partner_id": self.customer.id})
        )
        self.assertFalse(made.efacture_verdict)
        self.assertFalse(made.efacture_state)

    def test_a_document_is_never_replaced_by_hand(self):
        invoice = self._queued()
        Attachment = self.env["ir.attachment"].with_user(self.users["manager"])
        forged = {
            "name": "x.xml",
            "raw": b"<a/>",
            "res_model": "account.move",
            "res_id": invoice.id,
        }
        with self.assertRaises(AccessError):
            Attachment.create({**forged, "res_field": "efacture_ubl_file"})
        loose = Attachment.create(forged)
        with self.assertRaises(AccessError):
            loose.write({"res_field": "efacture_ubl_file"})
        stored = self.env["ir.attachment"].create({**forged, "res_field": "efacture_ubl_file"})
        with self.assertRaises(AccessError):
            stored.with_user(self.users["manager"]).write({"raw": b"<b/>"})
        with self.assertRaises(AccessError):
            stored.with_user(self.users["manager"]).unlink()
        frozen = invoice._efacture_frozen_exchange()._efacture_file_attachment()
        with self.assertRaises(AccessError):
            frozen.with_user(self.users["manager"]).write({"raw": b"<b/>"})

    def test_a_file_one_may_not_read_does_not_travel_in_an_invoice(self):
        secret = self.env["ir.attachment"].create(
            {"name": "salaires.pdf", "raw": b"%PDF-1.4", "res_model": "efacture.platform",
             "res_id": self.account.platform_id.id}
        )  # fmt: skip
        invoice = self._create_invoice(post=False)
        link = {"efacture_attachment_ids": [Command.link(secret.id)]}
        with self.assertRaises(AccessError):
            self.rpc("billing", invoice, "write", link)
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.users["billing"]).create(
                {"move_type": "out_invoice", "partner_id": self.customer.id, **link}
            )
        own = (
            self.env["ir.attachment"]
            .with_user(self.users["billing"])
            .create(
                {
                    "name": "bon.csv",
                    "raw": b"a;b\n",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                }
            )
        )
        self.rpc("billing", invoice, "write", {"efacture_attachment_ids": [Command.link(own.id)]})
        self.assertEqual(invoice.efacture_attachment_ids, own)

    def test_who_reads_does_not_send(self):
        invoice = self._create_invoice()
        for role in ("portal", "readonly", "internal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.rpc(role, invoice, "efacture_send")
        queued = self._queued()
        for role in ("portal", "readonly"):
            with self.subTest(withdraw=role), self.assertRaises(AccessError):
                self.rpc(role, queued, "action_efacture_withdraw")

    def test_a_customer_calls_nothing_of_ours(self):
        invoice = self._create_invoice(partner_id=self.users["portal"].partner_id.id)
        self.assertTrue(invoice.with_user(self.users["portal"]).has_access("read"))
        for method in ("efacture_check", "efacture_get_document", "action_efacture_preview",
                       "action_efacture_check", "efacture_send"):  # fmt: skip
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.rpc("portal", invoice, method)
        invoice.efacture_verdict = "invalid"
        for field in (
            "efacture_exchange_ids", "efacture_finding_ids", "efacture_verdict", "efacture_rule_sets",
            "efacture_state", "efacture_state_detail", "efacture_cii_file", "efacture_facturx_file",
        ):  # fmt: skip
            with self.subTest(field=field):
                with self.assertRaises(AccessError):
                    self.rpc("portal", invoice, "read", [field])
                with self.assertRaises(AccessError):
                    invoice.with_user(self.users["portal"]).search([(field, "!=", False)])
                self.assertNotIn(
                    field, invoice.with_user(self.users["portal"]).fields_get(attributes=["type"])
                )
        (values,) = self.rpc("portal", invoice, "read", ["name", "amount_total"])
        self.assertEqual(values["name"], invoice.name)
        self.assertTrue(self.rpc("billing", invoice, "read", ["efacture_verdict"]))

    def test_who_may_not_write_takes_no_number(self):
        partner = self._create_customer("Sans Droit", "552100554", "55210055400013")
        partner.efacture_number = False
        sequence = self.env["ir.sequence"].search([("code", "=", "efacture.customer")], limit=1)
        before = sequence.number_next_actual
        with self.assertRaises(AccessError):
            self.rpc("internal", partner, "action_efacture_number")
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, before)

    def test_nobody_outside_is_asked_for_who_may_not_write(self):
        with self.no_outside_call():
            for method in (
                "action_efacture_vies",
                "action_efacture_lookup",
                "action_efacture_find_company",
            ):
                for role in ("internal", "portal"):
                    with self.subTest(method=method, role=role), self.assertRaises(AccessError):
                        self.rpc(role, self.customer, method)
            with self.assertRaises(AccessError):
                self.rpc("accountant", self.account, "action_test_connection")


@tagged("post_install", "-at_install")
class TestSecuritySecrets(SandboxMixin, SecurityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_sandbox()
        cls.account.write({"client_secret": MARKER, "extra_headers": f'{{"X-Key": "{MARKER}"}}'})

    def test_no_one_reads_a_secret_back(self):
        for role in ("accountant", "manager"):
            account = self.account.with_user(self.users[role])
            with self.subTest(role=role):
                values = account.read()[0]
                self.assertNotIn("client_secret_encrypted", values)
                self.assertNotIn("extra_headers_encrypted", values)
                self.assertNotIn(MARKER, str(values))
                for name in ("client_secret_encrypted", "extra_headers_encrypted"):
                    with self.assertRaises(AccessError):
                        account.read([name])
                    with self.assertRaises(AccessError):
                        account.search([(name, "like", "gAAA")])
        system = self.account.sudo()
        self.assertNotIn(MARKER, str(system.read()))  # encrypted even for the administrator

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_an_export_holds_no_secret(self):
        manager = self.account.with_user(self.users["manager"])
        readable = [
            name
            for name, field in self.account._fields.items()
            if field.exportable and manager._has_field_access(field, "read")
        ]
        self.users["manager"].group_ids |= self.env.ref("base.group_allow_export")
        self.assertNotIn(MARKER, str(manager.export_data(readable)))
        self.assertNotIn("gAAA", str(manager.export_data(readable)))
        with self.assertRaises(AccessError):
            manager.export_data(["client_secret_encrypted"])

    def test_a_secret_is_not_in_a_copy_a_log_or_a_failed_call(self):
        self.assertFalse(self.account.copy({"state": "draft"}).has_client_secret)
        pa = self.sandbox["pa"]  # it refuses this secret
        self.account.platform_id.write(
            {"token_url": pa["token_url"], "flow_base_url": pa["flow_url"]}
        )
        with self.assertLogs("", logging.DEBUG) as logs:
            logging.getLogger("efacture.test").info("start")
            self.account.write({"client_secret": MARKER})
            report = self.account._connector().check_connection()
            self.account.action_test_connection()
        self.assertFalse(report.ok)
        self.assertNotIn(MARKER, "\n".join(logs.output))
        self.assertNotIn(MARKER, self.account.last_check_report)
        self.assertNotIn(MARKER, repr(report))
        self.assertNotIn(MARKER, str(self.account.sudo().read()))

    def test_settings_of_a_connector_do_not_print_their_secret(self):
        from ..connectors import registry

        values = self.account._connector_settings()
        entry = registry.get("afnor")
        settings = entry.settings(
            **{k: v for k, v in values.items() if k in entry.settings.__dataclass_fields__}
        )
        self.assertEqual(settings.client_secret, MARKER)
        self.assertNotIn(MARKER, repr(settings))

    def test_a_secret_is_not_handed_to_another_platform(self):
        other = self.account.platform_id.copy({"name": "Other"})
        self.account.state = "suspended"
        self.account.with_user(self.users["manager"]).write(
            {"platform_id": other.id, "extra_headers": '{"X-Other": "1"}'}
        )
        self.assertFalse(self.account.has_client_secret)
        self.assertNotIn(MARKER, str(self.account._connector_settings()))

    def test_a_neutralised_copy_reaches_nobody(self):
        invoice = self._queued()
        sent = self._queued()
        sent.efacture_exchange_ids.state = "sending"
        sent.efacture_exchange_ids.sudo().lease_token = "held"
        self.env.flush_all()
        with file_open("efacture_base/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.account.client_secret_encrypted)
        self.assertFalse(self.account.extra_headers_encrypted)
        self.assertFalse(self.account.client_id)
        self.assertEqual(self.account.state, "draft")
        self.assertFalse(self.company._efacture_active_account())
        platforms = self.env["efacture.platform"].with_context(active_test=False).search([])
        self.assertEqual(set(platforms.mapped("environment")), {"sandbox"})
        for name in ("flow_base_url", "directory_base_url", "token_url"):
            self.assertFalse(any(platforms.mapped(name)))
        self.assertEqual(invoice.efacture_exchange_ids.state, "failed")
        self.assertEqual(invoice.efacture_state, "failed")
        self.assertFalse(self.env["efacture.exchange"].search([("state", "=", "queued")]))
        self.assertFalse(sent.efacture_exchange_ids.sudo().lease_token)


@tagged("post_install", "-at_install")
class TestSecurityAddresses(SecurityCase):
    FORBIDDEN = (
        "http://example.com/flow", "ftp://example.com", "file:///etc/passwd", "https://10.0.0.1/flow",
        "https://169.254.169.254/latest", "https://user:pw@example.com/", "https://[fc00::1]/", "javascript:alert(1)",
    )  # fmt: skip

    def test_a_platform_is_on_https_or_on_this_machine(self):
        platform = self.account.platform_id
        for url in self.FORBIDDEN:
            for name in ("flow_base_url", "directory_base_url", "token_url"):
                with self.subTest(url=url, name=name), self.assertRaises(ValidationError):
                    platform.write({name: url})
        platform.write(
            {"flow_base_url": "https://pa.example/flow", "token_url": "http://127.0.0.1:8/t"}
        )

    def test_a_register_is_on_https_or_on_this_machine(self):
        parameters = self.env["ir.config_parameter"].sudo()
        for key in ("efacture.company_register_url", "efacture.vies_url"):
            for url in self.FORBIDDEN:
                with self.subTest(key=key, url=url), self.assertRaises(ValidationError):
                    parameters.set_param(key, url)
            parameters.set_param(key, "https://register.example/api")
            parameters.set_param(key, False)


@tagged("post_install", "-at_install")
class TestSecurityFiles(SecurityCase):
    """Files that travel inside an invoice: typed by their content, bounded together."""

    CASES = (
        ("bon.pdf", "application/pdf", b"%PDF-1.7\n%x\n", True),
        ("photo.png", "image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20, True),
        ("temps.csv", "text/csv", "jour;heures\n1;7,5 é\n".encode("cp1252"), True),
        ("programme.pdf", "application/pdf", b"MZ\x90\x00" + b"\x00" * 100, False),
        ("page.pdf", "application/pdf", b"<html><script>alert(1)</script></html>", False),
        ("page.csv", "text/csv", b"<html><script>alert(1)</script></html>", False),
        ("zip.csv", "text/csv", b"PK\x03\x04aaaa", False),
        ("dessin.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", False),
        ("macro.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04aaaa", False),
        ("vide.pdf", "application/pdf", b"", False),
        ("lettre.docx", "application/msword", b"hello", False),
    )  # fmt: skip

    def test_a_file_is_what_its_content_says(self):
        invoice = self._create_invoice(post=False)
        for name, mimetype, raw, travels in self.CASES:
            with self.subTest(name=name):
                file = self.env["ir.attachment"].create(
                    {"name": name, "mimetype": mimetype, "raw": raw}
                )
                invoice.efacture_attachment_ids = file
                (row,) = invoice._efacture_prepare_references()["BG-24"]
                self.assertEqual("BT-125" in row, travels)
                rules = {finding.rule for finding in invoice._efacture_own_findings()}
                self.assertEqual("EF-FILE" in rules, not travels)

    def test_files_are_bounded_together(self):
        from ..models.account_move_semantic_references import MAX_FILES

        invoice = self._create_invoice(post=False)
        half = b"%PDF-1.7\n" + b"\x00" * (MAX_FILES // 2)
        invoice.efacture_attachment_ids = self.env["ir.attachment"].create(
            [{"name": f"{n}.pdf", "mimetype": "application/pdf", "raw": half} for n in range(2)]
        )
        self.assertIn("EF-FILES", {f.rule for f in invoice._efacture_own_findings()})
        invoice.efacture_attachment_ids = invoice.efacture_attachment_ids[:1]
        self.assertNotIn("EF-FILES", {f.rule for f in invoice._efacture_own_findings()})


@tagged("post_install", "-at_install")
class TestSecurityMessages(LifecycleCase):
    def test_a_page_that_came_with_a_status_is_no_page_of_ours(self):
        """A stranger's page, opened from our address, could ask for a password in our name."""
        invoice = self.make_sale(status=None)
        sent = {
            "motif.html": b"<html><form action='https://a.example'><input name='password'/></form></html>",
            "dessin.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "rib.pdf": b"%PDF-1.7",
        }
        files = tuple(Attachment(name, "application/pdf", raw) for name, raw in sent.items())
        self.apply(
            self.receive_row(
                "lifecycle", self.message(invoice, "207", ("QTE_ERR",), "Vu.", attachments=files)
            )
        )
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "efacture.event"), ("res_id", "in", invoice.efacture_event_ids.ids)]
        )
        self.assertEqual({file.name: file.raw for file in kept}, sent)
        self.assertEqual(
            {file.name: file.mimetype for file in kept},
            {"motif.html": "text/plain", "dessin.svg": "text/plain", "rib.pdf": "application/pdf"},
        )
