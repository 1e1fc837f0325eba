"""Every button of every model of ours, pressed twice in a row: one effect (reliability R5).

No list says which buttons there are: they are what our classes define, so that a new one is
pressed from its first day on. Each is pressed on what the VIP story left and on what is open
beside it; the second press is refused in words or changes nothing.
"""

import inspect

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

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
ELSEWHERE = {}


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
        cls.person.email = "joel@example.com"
        for group in ("manager", "accountant", "agent"):
            cls.env.user.group_ids |= cls.env.ref(f"aftersales_plans.group_{group}")
        cls.open_claims_and_quotations()
        cls.open_rewards()
        cls.tables = sorted(
            cls.env[model]._table
            for model in cls.env.registry
            if model in OTHERS or model.startswith("aftersales.")
            if cls.env[model]._auto and not cls.env[model]._transient
        )

    @classmethod
    def open_claims_and_quotations(cls):
        """Let two claims be undecided and a quotation with a plan be open."""
        cause = cls.env.ref("aftersales_plans.cause_accident")
        for _claim in range(2):
            line = Command.create({"asset_id": cls.story.asset.id, "cause_id": cause.id})
            cls.env["aftersales.claim"].create({"partner_id": cls.person.id, "line_ids": [line]})
        products = cls.story.tiles, cls.story.plan_product
        lines = [Command.create({"product_id": product.id}) for product in products]
        cls.env["sale.order"].create({"partner_id": cls.person.id, "order_line": lines})

    @classmethod
    def open_rewards(cls):
        """Owe the customer a reward, with payouts in draft and a run that is prepared."""
        ledger, today = cls.env["aftersales.commission"], cls.company._aftersales_today()
        ledger._adjust(
            [ledger._prepare_adjustment(cls.person, cls.company, 200.0, "open", key="open")]
        )
        cls.env["aftersales.credit.lot"]._give_goodwill(cls.person, cls.company, 5.0, "Sorry")
        owner = {"referrer_id": cls.person.id}
        for method in ("credit", "cash"):
            cls.env["aftersales.payout"].create({**owner, "method": method, "amount": 10.0})
        run = {"referrer_ids": [Command.set(cls.person.ids)], "date": today}
        cls.env["aftersales.payout.run"].create([run, run])[0].action_prepare()
        for kind in ("credit", "commission"):
            cls.env[f"aftersales.{kind}.opening"].create({**owner, "amount": 7.0})

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
        """Press a button; return whether it was not refused in words."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                getattr(record, name)()
                self.env.flush_all()
        except UserError as e:
            self.env.invalidate_all()
            self.why = str(e)[:100]
            return False
        return True

    def press_twice(self, record, name):
        """Press twice and undo both; return whether it was done, and the tables of two effects."""
        savepoint = self.env.cr.savepoint()
        try:
            if not self.press(record, name):
                return False, set()
            once = self.effects()
            self.env.invalidate_all()
            self.press(record, name)
            return True, {table for table, *_row in once ^ self.effects()}
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def candidates(self, model):
        """Return records to press a button on; where there are none, one a user would open."""
        records = self.env[model].with_context(active_test=False)
        found = not records._transient and records.search([], order="id desc", limit=RECORDS)
        if not found and (records._transient or model.startswith("aftersales.")) and records._auto:
            found = records.create(self.values_to_open(records))
        return found or records

    def check(self, model, name):
        """Return whether a button could be pressed, and what its second press did."""
        pressed = [self.press_twice(record, name) for record in self.candidates(model)]
        return any(done for done, _second in pressed), set().union(*(two for _d, two in pressed))

    def test_every_button_pressed_twice_in_a_row_has_one_effect(self):
        never, twice = set(), {}
        for model, name in buttons(self.env):
            self.why = "no record"
            reached, second = self.check(model, name)
            if not reached:
                never.add((model, name))
                print("NEVER", model, name, self.why)
            if second:
                twice[model, name] = sorted(second)
                print("TWICE", model, name, second)
        self.assertEqual(twice.keys(), AGAIN.keys(), twice)
        self.assertEqual(never, ELSEWHERE)
