"""Every button of every model of ours, pressed twice in a row: one effect (reliability R5).

No list says which buttons there are: they are what our classes define, so that a new one is
pressed from its first day on. Each is pressed on what the VIP story left and in dialogs opened on
it; the second press is refused in words or changes nothing.
"""

import inspect
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.aftersales_plans.tests.common_proof import undone

from . import test_rpc_methods
from .stories.vip import VipStory

RECORDS = 4  # of a model, newest first, that a button is tried on
ADDONS = (*test_rpc_methods.REFERRAL, *test_rpc_methods.SERVICE)
#: What others keep and our buttons write to.
OTHERS = {
    "account.move", "account.move.line", "calendar.event", "fsm.order", "loyalty.card",
    "mail.activity", "mail.mail", "mail.message", "rating.rating", "sale.order",
    "sale.order.line", "stock.move", "stock.picking", "stock.warehouse.orderpoint",
}  # fmt: skip
#: Pressed again they do it again, and are meant to.
AGAIN = {
    ("aftersales.contract", "action_order_visit"): "one more visit with each press, which opens",
}
#: What neither the story nor a dialog opened on it reaches, by model: states of its own are needed.
#: Those of rewards and payouts are pressed in ``test_payout_concurrency``, with real cursors.
NEVER = {
    "account.move": "take_back_aftersales",
    "aftersales.asset": "back_in_use",
    "aftersales.campaign": (
        "choose_customers close grant_credit open_accepted open_contacted open_customers "
        "open_returned open_visits reopen start"
    ),
    "aftersales.campaign.line": "accepted contacted declined open_order",
    "aftersales.check": "report_finding",
    "aftersales.claim": "approve cancel join refuse reopen submit take_back",
    "aftersales.claim.lend": "apply",
    "aftersales.claim.refuse": "confirm",
    "aftersales.commission": "take_back",
    "aftersales.commission.opening": "open_row record",
    "aftersales.contract": "mark_installed resume",
    "aftersales.contract.consent": "confirm",
    "aftersales.contract.suspend": "confirm",
    "aftersales.credit.lot": "take_back",
    "aftersales.credit.opening": "open_row record take_back",
    "aftersales.deferred.revenue": "open_items open_rows",
    "aftersales.feedback": "open_document",
    "aftersales.feedback.ranking": "open",
    "aftersales.finding": "scrap",
    "aftersales.followup": (
        "done drop finish_check not_reached not_satisfied open_claim open_goods "
        "open_rated satisfied take_up_again"
    ),
    "aftersales.ledger.check": "open_lines run",
    "aftersales.ledger.check.line": "bring_up_to_date open_books open_ledger",
    "aftersales.part.settle": "apply",
    "aftersales.parts.outlook": "open_months open_units propose_rules recompute",
    "aftersales.payout": "approve cancel leave_out post take_approval_back",
    "aftersales.payout.debt": "open_rows",
    "aftersales.payout.debt.settle": "confirm",
    "aftersales.payout.run": "cancel open_payouts post prepare start_over",
    "aftersales.plan": "create_tiers",
    "aftersales.plan.approve": "approve refuse",
    "aftersales.plan.offer": "add_services",
    "aftersales.plan.offer.option": "choose",
    "aftersales.referral": "reject",
    "aftersales.referral.dispute": "apply",
    "aftersales.referral.late": "apply",
    "aftersales.referral.reassign": "apply",
    "aftersales.referral.register": "register",
    "aftersales.renewal.chart": "open",
    "aftersales.revenue": "open_entry",
    "aftersales.reward.refuse": "apply",
    "aftersales.statement": "send",
    "aftersales.statement.wizard": "send",
    "aftersales.stock.check": "report",
    "aftersales.suspension": "withdraw",
    "aftersales.visit.carry": "confirm",
    "aftersales.visit.part": "open_visit",
    "aftersales.volume.deal": "open_invoices",
    "aftersales.year.statement": "send",
    "fsm.order": "propose_appointment route_today route_tomorrow send_report",
    "res.partner": "offer_aftersales_plan",
    "sale.loyalty.coupon.wizard": "apply",
    "sale.order": (
        "aftersales_plan_down aftersales_plan_up approve_aftersales_prices approve_reward "
        "ask_aftersales_approval confirm offer_aftersales_plans quotation_sent "
        "refuse_aftersales_prices refuse_reward"
    ),
}


def buttons(env):
    """Yield (model, method) of what can be pressed: it needs nothing but the records."""
    for model, name in test_rpc_methods.public_methods(env, ADDONS):
        parameters = list(inspect.signature(getattr(env.registry[model], name)).parameters.values())
        needed = [one for one in parameters[1:] if one.default is one.empty]
        if name.startswith("action_") and all(one.kind == one.VAR_KEYWORD for one in needed):
            yield model, name


@tagged("post_install", "-at_install")
class TestR5Buttons(test_rpc_methods.RpcMethods, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = VipStory(cls.env).tell()
        cls.company, cls.person = cls.story.company, cls.story.customer
        for group in ("manager", "accountant", "agent"):
            cls.env.user.group_ids |= cls.env.ref(f"aftersales_plans.group_{group}")
        cls.tables = sorted(
            cls.env[model]._table
            for model in cls.env.registry
            if model in OTHERS or model.startswith("aftersales.")
            if cls.env[model]._auto and not cls.env[model]._transient
        )

    @classmethod
    def known_values(cls, records):
        """Return what new records are about."""
        values = test_rpc_methods.TestRpcServiceMethods.known_values.__func__(cls, records)
        return {**values, "referrer_id": cls.person.id, "amount": 5.0, "reason": "x"}

    def effects(self):
        """Return what the database holds: {(table, id, digest)}."""
        self.env.flush_all()
        rows = SQL(" UNION ALL ").join(
            SQL("SELECT %s, id, md5(row::text) FROM %s AS row", table, SQL.identifier(table))
            for table in self.tables
        )
        return set(self.env.execute_query(rows))

    def press(self, record, name):
        """Press a button; return whether it was not refused: what a refusal wrote is undone."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                getattr(record, name)()
                self.env.flush_all()
        except Exception:  # whatever refuses it; here only effects count
            self.env.invalidate_all()
            return False
        return True

    def press_twice(self, record, name):
        """Press twice and undo both; return whether it was done, and the tables of two effects."""
        with undone(self.env):
            if not self.press(record, name):
                return False, set()
            once = self.effects()
            self.env.invalidate_all()
            self.press(record, name)
            return True, {table for table, *_row in once ^ self.effects()}

    def candidates(self, model):
        """Return records to press a button on: what there is, or a dialog a user would open."""
        records = self.env[model].with_context(active_test=False)
        if records._transient:
            return records.create(self.values_to_open(records))
        return records.search([], order="id desc" if records._auto else None, limit=RECORDS)

    def check(self, model, name):
        """Return whether a button could be pressed, and what its second press did."""
        pressed = [self.press_twice(record, name) for record in self.candidates(model)]
        return any(done for done, _two in pressed), set().union(*(two for _done, two in pressed))

    def test_every_button_pressed_twice_in_a_row_has_one_effect(self):
        twice, never = {}, []
        for model, name in buttons(self.env):
            reached, second = self.check(model, name)
            if not reached and name.removeprefix("action_") not in NEVER.get(model, "").split():
                never.append((model, name))
            if second and (model, name) not in AGAIN:
                twice[model, name] = sorted(second)
        self.assertEqual((twice, never), ({}, []))

    def test_a_button_that_forgets_has_two_effects(self):
        """Prove that the test above can fail: the visit forgets that a date was agreed."""
        model = self.registry["fsm.order"]
        whole = model.action_confirm_appointment

        def forget(visit):
            visit.sudo().appointment_state = False
            return whole(visit)

        with patch.object(model, "action_confirm_appointment", forget):
            reached, second = self.check("fsm.order", "action_confirm_appointment")
        self.assertTrue(reached)
        self.assertIn("mail_message", second)
