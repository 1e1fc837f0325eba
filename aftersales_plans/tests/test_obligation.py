# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestObligation(AfterSalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-03-16 10:00:00"))  # a Monday
        cls.seller = new_test_user(cls.env, "t-seller", "sales_team.group_sale_salesman")

    def owed(self, *kinds, user=None, **values):
        """Return the obligations towards our customer, as ``user`` sees them."""
        domain = [("partner_id", "=", self.customer.id)]
        domain += [("kind", "in", kinds)] if kinds else []
        domain += [(name, "=", value) for name, value in values.items()]
        self.env.invalidate_all()
        return self.env["aftersales.obligation"].with_user(user or self.env.user).search(domain)

    def order(self, quantity=3, **values):
        order = self.quote((self.goods, quantity), (self.plan_product, 1), **values)
        order.action_confirm()
        return order

    # --- Deliveries ----------------------------------------------------------------------------

    def test_goods_under_a_plan_are_owed_until_all_are_delivered(self):
        order = self.order(3, user_id=self.seller.id)
        self.assertRecordValues(
            self.owed(),
            [
                {
                    "kind": "delivery",
                    "name": "Deliver Boiler",
                    "order_id": order.id,
                    "contract_id": order.aftersales_contract_ids.id,
                    "site_id": self.customer.id,
                    "user_id": self.seller.id,
                    "company_id": self.company.id,
                    "quantity": 3.0,
                    "uom_id": self.goods.uom_id.id,
                    "date_due": date(2026, 3, 16),
                    "date_late": datetime(2026, 3, 17),
                    "is_late": False,
                    "is_standing": False,
                }
            ],
        )
        self.deliver(order.picking_ids, 1)
        self.assertEqual(self.owed("delivery").quantity, 2.0)
        self.deliver(order.picking_ids)
        self.assertFalse(self.owed("delivery"))

    def test_a_delivery_is_due_when_it_was_promised_and_late_the_day_after(self):
        self.goods.sale_delay = 3
        order = self.order()
        self.assertEqual(self.owed("delivery").date_due, date(2026, 3, 19))
        order.commitment_date = datetime(2026, 3, 24, 9, 0)
        self.assertEqual(self.owed("delivery").date_due, date(2026, 3, 24))
        for moment, late in (("2026-03-24 23:59:59", False), ("2026-03-25 00:00:00", True)):
            with freeze_time(moment):
                self.assertEqual(bool(self.owed("delivery", is_late=True)), late)
                self.assertEqual(bool(self.owed("delivery", is_late=False)), not late)
                self.assertEqual(self.owed("delivery").is_late, late)

    def test_days_are_those_of_the_company(self):
        self.company.partner_id.tz = "Pacific/Auckland"  # 13 hours ahead in March
        order = self.order()
        order.commitment_date = datetime(2026, 3, 20, 12, 0)
        self.assertRecordValues(
            self.owed("delivery"),
            [{"date_due": date(2026, 3, 21), "date_late": datetime(2026, 3, 21, 11, 0)}],
        )

    def test_goods_without_a_plan_and_cancelled_orders_are_no_obligation_of_ours(self):
        self.quote((self.goods, 1)).action_confirm()
        self.assertFalse(self.owed("delivery"))
        order = self.order()
        order._action_cancel()
        self.assertFalse(self.owed("delivery"))
        order.action_draft()
        order.action_confirm()
        self.assertEqual(len(order.aftersales_contract_ids), 2)
        self.assertEqual(len(self.owed("delivery")), 1, "the cancelled contract owes nothing")

    # --- Claims --------------------------------------------------------------------------------

    def test_a_claim_waits_for_its_decision_until_the_answer_that_was_promised(self):
        self.plan.response_hours = 4
        contract = self.sell((self.goods, 2), (self.plan_product, 1))
        claim = self.claim(contract.asset_ids)
        self.assertRecordValues(
            self.owed("claim_decision"),
            [
                {
                    "name": f"Decide on claim {claim.name}",
                    "claim_id": claim.id,
                    "contract_id": contract.id,
                    "user_id": self.agent.id,
                    "date_due": date(2026, 3, 16),
                    "date_late": datetime(2026, 3, 16, 15, 0),  # working hours, lunch left out
                }
            ],
        )
        for moment, late in (("2026-03-16 14:59:00", False), ("2026-03-16 15:00:00", True)):
            with freeze_time(moment):
                self.assertEqual(bool(self.owed("claim_decision", is_late=True)), late)
        claim.action_submit()
        self.assertEqual(self.owed("claim_decision").claim_id, claim)
        claim.action_refuse()
        self.assertFalse(self.owed("claim_decision"))

    def test_a_claim_without_promised_answer_is_due_on_the_day_it_was_reported(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.claim(contract.asset_ids)
        self.assertRecordValues(
            self.owed("claim_decision"),
            [{"date_due": date(2026, 3, 16), "date_late": datetime(2026, 3, 17)}],
        )

    def test_an_approved_claim_is_owed_until_it_is_shipped(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        claim = self.claim(contract.asset_ids, 3)
        claim.action_approve()
        self.assertRecordValues(
            self.owed("claim_decision", "claim_shipment"),
            [
                {
                    "kind": "claim_shipment",
                    "name": f"Ship Boiler for claim {claim.name}",
                    "claim_id": claim.id,
                    "quantity": 3.0,
                    "date_due": date(2026, 3, 16),
                }
            ],
        )
        self.deliver(claim.sudo().picking_ids, 1)
        self.assertEqual(self.owed("claim_shipment").quantity, 2.0)
        self.deliver(claim.sudo().picking_ids)
        self.assertFalse(self.owed("claim_shipment"))

    # --- What is owed only if something breaks -------------------------------------------------

    def test_replacements_are_owed_while_there_are_any_left_in_the_running_year(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1), user_id=self.seller.id)
        self.assertRecordValues(
            self.owed("replacement"),
            [
                {
                    "name": "Replacements left this contract year",
                    "contract_id": contract.id,
                    "user_id": self.seller.id,
                    "quantity": 3.0,
                    "is_unlimited": False,
                    "is_standing": True,
                    "date_due": date(2027, 3, 15),
                    "date_late": False,
                    "is_late": False,
                }
            ],
        )
        entitlement = contract.entitlement_ids
        for claim in (self.claim(contract.asset_ids) for _number in range(2)):
            claim.action_approve()
        self.assertEqual(self.owed("replacement").quantity, 1.0)
        self.claim(contract.asset_ids).action_approve()
        self.assertEqual(entitlement.used, 3)
        self.assertFalse(self.owed("replacement"))

    def test_unlimited_replacements_are_shown_as_such(self):
        self.plan.replacements_unlimited = True
        self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertRecordValues(
            self.owed("replacement"),
            [{"name": "Replacements without limit", "is_unlimited": True, "quantity": 0.0}],
        )

    def test_what_stands_until_a_day_ends_after_it(self):
        self.goods.aftersales_warranty_months = 6
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        kinds = {"guarantee": date(2026, 9, 15), "replacement": date(2027, 3, 15)}
        for kind, last in kinds.items():
            with freeze_time(datetime.combine(last, datetime.max.time().replace(microsecond=0))):
                self.assertRecordValues(
                    self.owed(kind), [{"date_due": last, "contract_id": contract.id}]
                )
            with freeze_time(
                datetime.combine(date.fromordinal(last.toordinal() + 1), datetime.min.time())
            ):
                self.assertFalse(self.owed(kind))

    def test_goods_are_guaranteed_with_or_without_a_plan(self):
        self.customer.user_id = self.seller
        self.sell((self.goods, 2))
        asset = self.env["aftersales.asset"].search([("partner_id", "=", self.customer.id)])
        self.assertRecordValues(
            self.owed(),
            [
                {
                    "kind": "guarantee",
                    "name": "Statutory guarantee on Boiler",
                    "asset_id": asset.id,
                    "contract_id": False,
                    "user_id": self.seller.id,
                    "quantity": 2.0,
                    "date_due": date(2028, 3, 15),
                    "is_standing": True,
                }
            ],
        )
        asset.active = False
        self.assertFalse(self.owed())

    # --- The list ------------------------------------------------------------------------------

    def test_every_row_has_its_own_stable_id(self):
        self.plan.response_hours = 4
        for _number in range(3):
            contract = self.sell((self.goods, 3), (self.plan_product, 1))
            self.order()
            self.claim(contract.asset_ids)
            self.claim(contract.asset_ids).action_approve()
        rows = self.env["aftersales.obligation"].search([])
        self.assertEqual(len(set(rows.ids)), len(rows))
        self.assertEqual(
            {row.kind: row.id % 16 for row in rows},
            {
                "delivery": 1,
                "claim_decision": 2,
                "claim_shipment": 3,
                "replacement": 4,
                "guarantee": 5,
            },
        )
        self.assertEqual(self.env["aftersales.obligation"].search([]), rows)

    def test_opening_a_row_opens_what_it_is_about(self):
        order = self.order()
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        claim, approved = (self.claim(contract.asset_ids) for _number in range(2))
        approved.action_approve()
        opened = {
            "delivery": order,
            "claim_decision": claim,
            "claim_shipment": approved,
            "replacement": contract,
            "guarantee": contract.asset_ids,
        }
        for kind, target in opened.items():
            action = self.owed(kind).action_open()
            self.assertEqual((action["res_model"], action["res_id"]), (target._name, target.id))
        action = self.owed("delivery", user=self.agent).action_open()
        self.assertEqual(action["res_id"], order.aftersales_contract_ids.id, "orders are not hers")

    def test_nobody_writes_obligations(self):
        self.order()
        row = self.owed("delivery", user=self.manager)
        for attempt in (
            lambda: row.write({"quantity": 0}),
            lambda: row.unlink(),
            lambda: row.create({"kind": "delivery"}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_a_salesperson_sees_the_claims_of_own_customers_alone(self):
        contract = self.sell((self.goods, 5), (self.plan_product, 1))
        self.claim(contract.asset_ids)
        self.claim(contract.asset_ids).action_approve()
        kinds = ("claim_decision", "claim_shipment")
        self.assertFalse(self.owed(*kinds, user=self.seller))
        self.assertEqual(len(self.owed(*kinds, user=self.agent)), 2)
        self.assertTrue(self.owed("replacement", user=self.seller), "contracts are read by all")
        for record in (self.customer, contract):
            record.user_id = self.seller
            self.assertEqual(len(self.owed(*kinds, user=self.seller)), 2)
            record.user_id = False

    def test_another_company_sees_nothing(self):
        self.order()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "t-stranger", "aftersales_plans.group_manager",
            company_id=company.id, company_ids=[Command.set(company.ids)],
        )  # fmt: skip
        self.assertFalse(self.owed(user=stranger))

    def test_filters_and_groups_of_the_screen_work(self):
        self.order(user_id=self.seller.id)
        Obligation = self.env["aftersales.obligation"].with_user(self.seller)
        mine = [("user_id", "=", self.seller.id), ("is_standing", "=", False)]
        self.assertEqual(len(Obligation.search(mine)), 1)
        week = [("date_due", ">=", "today =monday"), ("date_due", "<=", "today =monday +6d")]
        self.assertEqual(len(Obligation.search([*mine, *week])), 1)
        for group in ("kind", "partner_id", "date_due:week", "user_id"):
            self.assertEqual(len(Obligation._read_group(mine, [group], ["__count"])), 1)

    def test_what_came_back_is_neither_guaranteed_nor_owed_again(self):
        order = self.order(5)
        self.deliver(order.picking_ids, 3)
        shipped = order.picking_ids.filtered(lambda picking: picking.state == "done")
        self.send_back(shipped, 1)
        self.assertEqual(self.owed("delivery").quantity, 2.0, "one was returned, two are to come")
        self.assertEqual(self.owed("guarantee").mapped("quantity"), [2.0])
        self.deliver(order.picking_ids)
        self.assertFalse(self.owed("delivery"))
        self.assertEqual(sorted(self.owed("guarantee").mapped("quantity")), [2.0, 2.0])

    def test_goods_that_go_out_in_steps_and_in_packs_are_owed_once(self):
        self.warehouse().delivery_steps = "pick_pack_ship"
        pack = self.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_uom_id": self.goods.uom_id.id, "relative_factor": 6}
        )
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        order.order_line[0].product_uom_id = pack
        order.action_confirm()
        for _step in range(3):
            owed = self.owed("delivery")
            self.assertEqual((owed.quantity, owed.uom_id), (2.0, pack))
            self.deliver(order.picking_ids.filtered(lambda picking: picking.state != "waiting"))
        self.assertFalse(self.owed("delivery"))
