"""What is posted stays: every remote way to a ledger row or its entry (reliability R6).

Real requests over XML-RPC, JSON-RPC and JSON-2, by people of four roles and by the administrator.
A refusal is an answer in words (a user or access error), never a crash; and by checksum nothing
has changed.
"""

import json
import xmlrpc.client
from unittest.mock import patch

import requests

from odoo import models
from odoo.fields import Command
from odoo.tests import HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_plans.models.append_only import AftersalesAppendOnly
from odoo.addons.aftersales_referral.tests.common import ReferralCommon

REFUSALS = (2, 4)  # fault codes of user and access errors
CLEVER = {
    "aftersales_payout_cancel": True,
    "aftersales_lots": True,
    "tracking_disable": True,
    "install_mode": True,
    "module": "aftersales_referral",
    "check_move_validity": False,
    "skip_readonly_check": True,
    "force_delete": True,
    "skip_invoice_sync": True,
    "default_amount": 999.0,
    "default_account_move_id": False,
    "default_aftersales_entry": False,
    "active_test": False,
}
CHECKSUM = """
    SELECT md5(string_agg(digest, ' ' ORDER BY digest)) FROM (
        SELECT md5(row::text) FROM aftersales_commission AS row
        UNION ALL
        SELECT md5(row::text) FROM aftersales_commission_evidence AS row
        UNION ALL
        SELECT md5(row::text) FROM aftersales_payout AS row
        UNION ALL
        SELECT md5(row::text) FROM aftersales_payout_run AS row
        UNION ALL
        SELECT md5(row::text) FROM aftersales_credit_lot AS row
        UNION ALL
        SELECT md5(row::text) FROM aftersales_credit_movement AS row
        UNION ALL
        SELECT md5(row::text) FROM loyalty_card AS row WHERE aftersales_wallet
        UNION ALL
        SELECT md5(row::text) FROM loyalty_history AS row
          JOIN loyalty_card card ON card.id = row.card_id WHERE card.aftersales_wallet
        UNION ALL
        SELECT md5(row::text) FROM loyalty_program AS row WHERE aftersales_wallet
        UNION ALL
        SELECT md5(concat_ws(' ', id, state, name, date, ref, journal_id, partner_id, company_id,
                             currency_id, aftersales_entry, reversed_entry_id, move_type))
          FROM account_move WHERE aftersales_entry IS NOT NULL
        UNION ALL
        SELECT md5(concat_ws(' ', line.id, line.move_id, line.account_id, line.partner_id,
                             line.balance, line.amount_currency, line.currency_id, line.date,
                             line.parent_state, line.display_type))
          FROM account_move_line line JOIN account_move move ON move.id = line.move_id
         WHERE move.aftersales_entry IS NOT NULL
    ) AS everything (digest)
"""


@tagged("post_install", "-at_install")
class TestR6Ledger(ReferralCommon, HttpCase):
    """Somebody earned 150.00, was paid 40.00 in credit and 50.00 in money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._pay(cls._invoice(cls._order()))
        cls.referrer.referral_self_billing_date = "2026-01-01"
        cls.row = cls.Commission.search([("kind", "=", "earned")])
        payouts = cls.env["aftersales.payout"].create(
            [
                {"referrer_id": cls.referrer.id, "method": method, "amount": amount}
                for method, amount in (("credit", 40.0), ("cash", 50.0))
            ]
        )
        payouts.action_post()
        cls.rows = cls.Commission.search([("company_id", "=", cls.company.id)])
        cls.card = payouts.card_id
        lots = cls.env["aftersales.credit.lot"].with_user(cls.accountant)
        goodwill = lots._give_goodwill(cls.referrer, cls.company, 5.0, "Sorry").sudo()
        cls.payout_run = cls.env["aftersales.payout.run"].create({})
        cls.entries = cls.row.account_move_id | payouts.move_id | payouts.bill_id
        cls.entries |= goodwill.move_id
        admin = cls.env.ref("base.user_admin")
        admin.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
                "group_ids": [
                    Command.link(cls.env.ref(group).id)
                    for group in (
                        "aftersales_plans.group_manager",
                        "aftersales_plans.group_accountant",
                        "sales_team.group_sale_manager",
                        "account.group_account_manager",
                    )
                ],
            }
        )
        cls.manager = cls._user("max-manager", "aftersales_plans.group_manager")
        cls.passwords = {admin: "admin"}
        for user in (cls.accountant, cls.manager, cls.salesperson, cls.biller):
            user.password = cls.passwords[user] = f"{user.login}-password"
        cls.admin = admin
        cls.env.flush_all()

    # --- Ways in -------------------------------------------------------------------------------

    def xmlrpc(self, user, model, method, *args, **kwargs):
        """Return the fault of a call, None where it is answered."""
        who = (get_db_name(), user.id, self.passwords[user])
        try:
            with mute_logger("odoo.addons.rpc.controllers.xmlrpc", "odoo.http"):
                self.xmlrpc_object.execute_kw(*who, model, method, list(args), kwargs)
        except xmlrpc.client.Fault as fault:
            # an answer that XML cannot hold, None for one, is an answer
            return None if "cannot marshal" in fault.faultString else fault
        return None

    def jsonrpc(self, user, model, method, *args, **kwargs):
        """Return the name of the error of a call, None where it is answered."""
        who = (get_db_name(), user.id, self.passwords[user])
        params = {
            "service": "object",
            "method": "execute_kw",
            "args": [*who, model, method, args, kwargs],
        }
        with mute_logger("odoo.addons.rpc.controllers.jsonrpc", "odoo.http"):
            answer = self.url_open("/jsonrpc", json={"params": params}).json()
        return answer.get("error", {}).get("data", {}).get("name")

    def json2(self, key, model, method, **params):
        """Return the status and the name of the error of a call with an API key."""
        with mute_logger("odoo.http"), self.allow_requests(all_requests=True):
            answer = requests.post(
                f"{self.base_url()}/json/2/{model}/{method}",
                data=json.dumps(params),
                headers={
                    "Authorization": f"Bearer {key}",
                    "Content-Type": "application/json",
                    "X-Odoo-Database": get_db_name(),
                },
                timeout=30,
            )
        return answer.status_code, (answer.json() or {}) if answer.status_code != 200 else {}

    def checksum(self):
        self.env.flush_all()
        self.env.cr.execute(CHECKSUM)
        return self.env.cr.fetchone()

    # --- What people try -----------------------------------------------------------------------

    def attempts_on_rows(self):
        """Return (model, method, arguments) of every way to change ledger rows."""
        row, evidence = self.row, self.row.evidence_ids
        vals = {
            "kind": "adjusted",
            "referrer_id": self.referrer.id,
            "company_id": self.company.id,
            "date": "2027-01-01",
            "available_date": "2027-01-01",
            "amount": 9.0,
            "key": "mine",
        }
        model = "aftersales.commission"
        line = {"document": "x", "name": "x"}
        for change in (
            {"amount": 1.0}, {"account_move_id": False}, {"payout_id": False}, {"note": "x"},
            {"available_date": "2020-01-01"}, {"referrer_id": 1},
            {"evidence_ids": [Command.clear()]}, {"evidence_ids": [Command.create(line)]},
        ):  # fmt: skip
            yield model, "write", [row.ids, change]
            yield model, "web_save", [row.ids, change, {"amount": {}}]
        yield model, "unlink", [row.ids]
        yield model, "create", [vals]
        yield model, "create", [[vals, {**vals, "key": "mine too"}]]
        yield model, "web_save", [[], vals, {"amount": {}}]
        yield model, "copy", [row.ids]
        yield model, "copy", [row.ids, {"key": "copied"}]
        yield model, "_write", [row.ids, {"amount": 1.0}]
        yield model, "_settle", [[]]
        yield model, "_post_entries", [row.ids]
        yield "aftersales.commission.evidence", "write", [evidence.ids, {"net_amount": 1.0}]
        yield "aftersales.commission.evidence", "unlink", [evidence.ids]
        yield (
            "aftersales.commission.evidence",
            "create",
            [{"commission_id": row.id, "document": "x", "name": "x", "kind": "goods"}],
        )
        paid = self.rows.payout_id
        yield "aftersales.payout", "write", [paid.ids, {"amount": 1.0}]
        yield "aftersales.payout", "write", [paid.ids, {"state": "draft"}]
        yield "aftersales.payout", "unlink", [paid.ids]
        yield "aftersales.payout", "write", [paid.ids, {"commission_ids": [Command.clear()]}]
        yield (
            "aftersales.payout",
            "write",
            [paid.ids, {"commission_ids": [Command.update(row.id, {"amount": 5.0})]}],
        )

    def attempts_on_credit(self):
        """Return (model, method, arguments) of every way to change store credit."""
        card, lot = self.card, self.card.aftersales_lot_ids[0]
        movement, history = lot.movement_ids[0], card.history_ids[0]
        program = card.program_id
        given = {"card_id": card.id, "description": "x", "issued": 9.0, "used": 0.0}
        moved = {"lot_id": lot.id, "kind": "granted", "date": "2027-01-01", "amount": 9.0}
        new = {
            card: {"program_id": program.id, "partner_id": self.customer.id, "points": 9.0},
            history: given,
            lot: {"card_id": card.id, "amount": 9.0, "remaining": 9.0},
            movement: moved,
        }
        changes = {
            card: (
                {"points": 9999.0}, {"points": -5.0}, {"partner_id": self.customer.id},
                {"active": False}, {"code": "mine"}, {"expiration_date": "2020-01-01"},
                {"history_ids": [Command.create(given)]}, {"history_ids": [Command.clear()]},
                {"aftersales_lot_ids": [Command.clear()]},
            ),
            history: ({"issued": 9.0}, {"used": 9.0}, {"description": "x"}),
            lot: (
                {"remaining": 9.0}, {"amount": 9.0}, {"date_expiry": "2099-01-01"},
                {"payout_id": False}, {"kind": "other"}, {"move_id": False},
                {"movement_ids": [Command.create(moved)]}, {"movement_ids": [Command.clear()]},
            ),
            movement: (
                {"amount": 9.0}, {"kind": "expired"}, {"order_id": False}, {"move_id": False},
                {"date": "2020-01-01"}, {"note": "x"},
            ),
            program: ({"aftersales_wallet": False}, {"active": False}),
            program.reward_ids: ({"required_points": 9.0}, {"discount": 9.0}),
        }  # fmt: skip
        for record, ways in changes.items():
            for change in ways:
                yield record._name, "write", [record.ids, change]
                yield record._name, "web_save", [record.ids, change, {}]
            yield record._name, "unlink", [record.ids]
        for record, vals in new.items():
            yield record._name, "create", [vals]
            yield record._name, "create", [[vals]]
            yield record._name, "web_save", [[], vals, {}]
            yield record._name, "copy", [record.ids]
        for record, method in (
            (card, "_grant"), (card, "_change_points"), (card, "_write_points"), (lot, "_move"),
            (lot, "_grant"), (lot, "_expire"), (lot, "_cron_expire"), (lot, "_give_goodwill"),
        ):  # fmt: skip
            yield record._name, method, [record.ids, 9.0]

    def attempts_on_payouts(self):
        """Return (model, method, arguments) of every way around the buttons of payouts."""
        posted, run = self.rows.payout_id, self.payout_run
        for change in (
            {"bonus_amount": 9.0}, {"approved_by_id": 1}, {"run_id": run.id}, {"card_id": False},
            {"move_id": False}, {"bill_id": False}, {"name": "x"}, {"method": "cash"},
            {"date": "2020-01-01"}, {"referrer_id": self.customer.id}, {"problem": "x"},
        ):  # fmt: skip
            yield "aftersales.payout", "write", [posted.ids, change]
            yield "aftersales.payout", "web_save", [posted.ids, change, {}]
        for change in ({"state": "done"}, {"state": "posting"}, {"name": "x"}, {"user_id": 1}):
            yield "aftersales.payout.run", "write", [run.ids, change]
            yield "aftersales.payout.run", "create", [change]
        yield "aftersales.payout.run", "unlink", [run.ids]
        for method in ("_post_payout", "_cron_post", "_set_state"):
            yield "aftersales.payout.run", method, [run.ids, "done"]
        for method in ("_post_one", "_append_row", "_cancel_posted", "_set_state"):
            yield "aftersales.payout", method, [posted.ids, "draft"]

    def attempts_on_entries(self, entries):
        """Return (model, method, arguments) of every way to change these entries."""
        other = self.company_data["default_account_expense"]
        for entry in entries:
            line = entry.line_ids[0]
            for method in ("button_draft", "button_cancel", "unlink"):
                yield "account.move", method, [entry.ids]
            for change in ({"state": "draft"}, {"date": "2020-01-01"}, {"aftersales_entry": False},
                           {"partner_id": self.customer.id}, {"line_ids": [Command.clear()]},
                           {"journal_id": self.company_data["default_journal_misc"].id},
                           {"line_ids": [Command.delete(line.id)]},
                           {"line_ids": [Command.update(line.id, {"balance": 1.0})]},
                           {"line_ids": [Command.update(line.id, {"account_id": other.id})]},
                           {"line_ids": [Command.update(line.id, {"partner_id": False})]},
                           {"line_ids": [Command.create({"account_id": other.id})]},
                           {"line_ids": [Command.create({"account_id": other.id, "balance": 5.0})]},
                           {"invoice_line_ids": [Command.clear()]},
                           {"currency_id": self.env.ref("base.EUR").id}):  # fmt: skip
                yield "account.move", "write", [entry.ids, change]
            for change in ({"balance": 1.0}, {"debit": 1.0}, {"amount_currency": 1.0},
                           {"account_id": other.id}, {"partner_id": self.customer.id},
                           {"tax_ids": [Command.set(self.vat.ids)]}, {"display_type": "line_note"},
                           {"move_id": self.row.evidence_ids.move_id.id}):  # fmt: skip
                yield "account.move.line", "write", [line.ids, change]
            yield "account.move.line", "unlink", [line.ids]
            yield "account.move.line", "unlink", [entry.line_ids.ids]

    def reversals(self, user, entries):
        """Return (model, method, arguments) of core's wizard on these entries."""
        for entry in entries:
            wizard = (
                self.env["account.move.reversal"]
                .with_user(user)
                .sudo()  # made here, pressed by the client
                .with_context(active_model="account.move", active_ids=entry.ids)
                .create({"journal_id": entry.journal_id.id, "date": "2027-06-01"})
            )
            for method in ("refund_moves", "modify_moves", "reverse_moves"):
                yield "account.move.reversal", method, [wizard.ids]

    def attempts(self, user):
        """Return all of these; who has no right on entries tries one of them."""
        entries = self.entries if user in self.admin | self.accountant else self.entries[0]
        found = [*self.attempts_on_rows(), *self.attempts_on_credit()]
        found += [*self.attempts_on_payouts(), *self.attempts_on_entries(entries)]
        found += self.reversals(user, entries)
        return json.loads(json.dumps(found))  # commands as plain numbers

    # --- Tests ---------------------------------------------------------------------------------

    def test_every_way_over_xml_rpc_is_refused_in_words(self):
        for user in self.passwords:
            self.check_refused(user, self.attempts(user))
        self.assertInvariants()

    def check_refused(self, user, attempts):
        """Each attempt over XML-RPC is refused in words, and nothing has changed."""
        before = self.checksum()
        for model, method, args in attempts:
            fault = self.xmlrpc(user, model, method, *args, context=CLEVER)
            what = (user.login, model, method, args)
            self.assertTrue(fault, what)
            self.assertIn(fault.faultCode, REFUSALS, (*what, fault.faultString[-400:]))
        self.assertEqual(self.checksum(), before, user.login)

    def test_rights_alone_do_not_open_the_ledger_and_without_its_guard_they_would(self):
        """Prove that the tests here can fail: with every right, rows are held by one guard."""
        model = self.env["ir.model"]._get("aftersales.commission")
        rights = {f"perm_{right}": True for right in ("read", "write", "create", "unlink")}
        self.env["ir.model.access"].create({"name": "All", "model_id": model.id, **rights})
        attempt = ("aftersales.commission", "write", [self.row.ids, {"note": "x"}])
        self.check_refused(self.admin, [attempt])
        without = patch.object(AftersalesAppendOnly, "write", models.Model.write)
        with without, self.assertRaises(AssertionError):
            self.check_refused(self.admin, [attempt])

    def test_the_administrator_is_refused_over_json_rpc_too(self):
        attempts, before = self.attempts(self.admin), self.checksum()
        for model, method, args in attempts:
            error = self.jsonrpc(self.admin, model, method, *args)
            what = (model, method, args)
            self.assertRegex(error or "answered", "(User|Access|Validation)Error", what)
        self.assertEqual(self.checksum(), before)

    def test_the_administrator_is_refused_over_json_2_too(self):
        before, model = self.checksum(), "aftersales.commission"
        key = self.env["res.users.apikeys"].with_user(self.admin).sudo()._generate(None, "x", None)
        status, answer = self.json2(key, model, "read", ids=self.row.ids, fields=["amount"])
        self.assertEqual(status, 200, answer)
        for asked, method, params in (
            (model, "write", {"ids": self.row.ids, "vals": {"amount": 1.0}}),
            (model, "unlink", {"ids": self.row.ids}),
            (model, "copy", {"ids": self.row.ids}),
            (model, "create", {"vals_list": [{"amount": 1.0, "key": "mine"}]}),
            (model, "web_save", {"ids": self.row.ids, "vals": {"note": "x"}, "specification": {}}),
            ("account.move", "button_draft", {"ids": self.entries.ids}),
            ("account.move", "unlink", {"ids": self.entries.ids}),
        ):
            status, answer = self.json2(key, asked, method, context=CLEVER, **params)
            self.assertRegex(answer.get("name", ""), "UserError|AccessError", (method, answer))
            self.assertIn(status, (403, 422), (method, answer))
        self.assertEqual(self.checksum(), before)

    def test_what_core_answers_changes_nothing(self):
        """Calls that are nobody's to forbid: rows have no name and no active flag."""
        for user in self.passwords:
            before = self.checksum()
            self.xmlrpc(user, "aftersales.commission", "name_create", "mine")
            for method in ("action_archive", "action_unarchive", "toggle_active"):
                self.xmlrpc(user, "aftersales.commission", method, self.rows.ids)
                self.xmlrpc(user, "account.move", method, self.entries.ids)
            lines = self.entries.line_ids.ids
            self.xmlrpc(user, "account.move.line", "remove_move_reconcile", lines)
            self.xmlrpc(user, "account.move", "message_post", self.entries.ids, body="x")
            self.xmlrpc(user, "account.move", "copy", self.entries.ids)
            self.assertEqual(self.checksum(), before, user.login)

    def test_an_import_brings_no_row_in_and_changes_none(self):
        fields = [".id", "amount", "key"]
        for user in self.passwords:
            before, count = self.checksum(), self.Commission.search_count([])
            for data in ([str(self.row.id), "1", self.row.key], ["", "1", "mine"]):
                self.xmlrpc(user, "aftersales.commission", "load", fields, [data])
                self.xmlrpc(user, "aftersales.commission", "load", fields[1:], [data[1:]])
            self.assertEqual(self.checksum(), before, user.login)
            self.assertEqual(self.Commission.search_count([]), count, user.login)

    def test_what_was_exported_cannot_be_imported(self):
        exported = self.row.with_user(self.admin).export_data(["id", "amount"])["datas"]
        before = self.checksum()
        fault = self.xmlrpc(self.admin, "aftersales.commission", "load", ["id", "amount"], exported)
        self.assertIsNone(fault)
        answer = self.env["aftersales.commission"].with_user(self.admin).load(
            ["id", "amount"], [[exported[0][0], "999"]]
        )  # fmt: skip
        self.assertFalse(answer["ids"])
        self.assertTrue(answer["messages"])
        self.assertEqual(self.checksum(), before)
