# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestVisitRate(InspectionCase):
    """Four windows of three months, the first to 14 June, the second to 14 September 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.first, cls.second, cls.third, cls.fourth = cls.contract.visit_ids.sorted(
            "aftersales_visit_number"
        )

    def finish(self, visit, moment, outcome="done"):
        visit.write({"conclusion": "pass", "outcome": outcome})
        with freeze_time(moment):
            visit.action_complete()

    def count(self, moment, *groupby, domain=()):
        """Return {group: (due, done, missed, rate)}, or the one total, at a UTC moment."""
        measures = ["promised:sum", "due:sum", "done:sum", "missed:sum", "rate:avg"]
        domain = [("contract_id", "in", self.contracts().ids), *domain]
        with freeze_time(moment):
            rows = self.env["aftersales.visit.report"]._read_group(domain, groupby, measures)
        counted = {row[:-5]: row[-4:] for row in rows}
        return counted if groupby else counted[()]

    def contracts(self):
        return self.env["aftersales.contract"].search([("partner_id", "=", self.customer.id)])

    def test_nothing_is_due_before_its_window_is_over(self):
        self.assertEqual(self.count("2026-06-14 22:00:00"), (0, 0, 0, None or 0.0))

    def test_what_nobody_did_is_missed_when_its_window_is_over_where_the_company_is(self):
        self.assertEqual(self.count("2026-06-15 00:30:00"), (1, 0, 1, 0.0))
        self.company.partner_id.tz = "America/New_York"
        self.assertEqual(self.count("2026-06-15 00:30:00")[:3], (0, 0, 0))

    def test_what_is_done_early_is_due_and_done(self):
        self.finish(self.first, "2026-04-10 10:00:00")
        self.assertEqual(self.count("2026-05-01 10:00:00"), (1, 1, 0, 100.0))
        self.assertEqual(self.count("2026-10-01 10:00:00"), (2, 1, 1, 50.0))

    def test_a_visit_is_counted_in_the_month_it_was_done_or_its_window_ended(self):
        self.finish(self.first, "2026-04-10 10:00:00")
        self.finish(self.second, "2026-10-02 10:00:00")
        months = self.count("2026-12-20 10:00:00", "date_due:month", domain=[("due", "=", 1)])
        self.assertEqual(
            months,
            {
                (date(2026, 4, 1),): (1, 1, 0, 100.0),
                (date(2026, 9, 1),): (1, 1, 0, 100.0),
                (date(2026, 12, 1),): (1, 0, 1, 0.0),
            },
        )

    def test_no_access_refusal_and_cancelling_by_hand_are_missed_not_hidden(self):
        self.finish(self.first, "2026-04-10 10:00:00", outcome="no_access")
        self.second.action_cancel()
        self.assertEqual(self.count("2026-05-01 10:00:00")[:3], (0, 0, 0))
        self.assertEqual(self.count("2026-10-01 10:00:00"), (2, 0, 2, 0.0))

    def test_moving_a_date_changes_nothing(self):
        self.first.write(
            {
                "scheduled_date_start": "2027-01-10 10:00:00",
                "scheduled_date_end": "2027-01-10 12:00:00",
            }
        )
        self.assertEqual(self.count("2026-06-15 10:00:00"), (1, 0, 1, 0.0))

    def test_a_cancelled_contract_takes_along_what_it_no_longer_promises_alone(self):
        with freeze_time("2026-07-01 10:00:00"):
            self.contract._close("cancelled")
        self.assertEqual(self.first.stage_id.name, "Cancelled")
        self.assertEqual(self.count("2027-06-01 10:00:00"), (1, 0, 1, 0.0))

    def test_visits_the_terms_promise_no_longer_are_left_out(self):
        with freeze_time("2026-03-20 10:00:00"):
            self.contract.with_user(self.manager).visit_interval_months = 12
        self.assertEqual(self.count("2027-06-01 10:00:00")[0], 1)

    def test_the_rate_of_first_visits_by_salesperson(self):
        anna, bert = (
            new_test_user(self.env, f"t-{name}", "sales_team.group_sale_salesman")
            for name in ("anna", "bert")
        )
        self.contract.user_id = anna
        other = self.sell_on("2026-03-15 06:00:00")
        another = self.sell_on("2026-03-15 06:00:00")
        (other | another).user_id = bert
        self.finish(self.first, "2026-05-10 10:00:00")
        self.finish(self.second, "2026-07-10 10:00:00")
        self.finish(other.visit_ids.sorted("aftersales_visit_number")[0], "2026-06-20 10:00:00")
        first = [("is_first", "=", True)]
        self.assertEqual(
            self.count("2026-07-20 10:00:00", "user_id", domain=first),
            {(anna,): (1, 1, 0, 100.0), (bert,): (2, 1, 1, 50.0)},
        )
        self.assertEqual(self.count("2026-07-20 10:00:00", domain=first)[:3], (3, 2, 1))

    def test_trainings_count_and_repairs_do_not(self):
        training = self.env["product.product"].create(
            {"name": "Training", "type": "service", "aftersales_visit_kind": "training"}
        )
        with freeze_time("2026-03-16 08:00:00"):
            order = self.quote((training, 2))
            order.action_confirm()
        visits = order.order_line.aftersales_visit_ids
        self.env["fsm.order"].create(
            {
                "location_id": self.first.location_id.id,
                "type": self.env.ref("aftersales_inspection.fsm_order_type_repair").id,
            }
        )
        self.finish(visits[0], "2026-03-20 10:00:00")
        with freeze_time("2026-04-01 08:00:00"):
            rows = self.env["aftersales.visit.report"].search([("kind", "=", "training")])
            self.assertEqual(rows.visit_id, visits)
            self.assertEqual(rows.user_id, order.user_id)
            self.assertEqual((sum(rows.mapped("due")), sum(rows.mapped("done"))), (2, 1))
        order.order_line.product_uom_qty = 1
        with freeze_time("2026-04-01 08:00:00"):
            rows = self.env["aftersales.visit.report"].search([("kind", "=", "training")])
            self.assertEqual(rows.visit_id, visits[0], "taken off the order")

    def test_a_row_opens_its_visit(self):
        row = self.env["aftersales.visit.report"].browse(self.first.id)
        self.assertEqual(row.action_open()["res_id"], self.first.id)

    def test_findings_are_counted_by_product_with_the_visit(self):
        asset = self.contract.asset_ids
        self.first.finding_ids = [
            Command.create({"asset_id": asset.id, "condition": "worn", "quantity": 2}),
            Command.create({"asset_id": asset.id, "condition": "ok", "quantity": 1}),
        ]
        self.finish(self.first, "2026-05-10 10:00:00")
        Finding = self.env["aftersales.finding"].with_user(self.agent)
        self.assertEqual(
            Finding._read_group(
                [("outcome", "=", "done"), ("product_id", "=", self.goods.id)],
                ["product_id", "condition", "conclusion", "visit_date:month"],
                ["__count", "quantity:sum"],
            ),
            [
                (self.goods, "ok", "pass", self.first.date_end.replace(day=1, hour=0), 1, 1.0),
                (self.goods, "worn", "pass", self.first.date_end.replace(day=1, hour=0), 1, 2.0),
            ],
        )
        row = Finding.search([("condition", "=", "worn"), ("partner_id", "=", self.customer.id)])
        self.assertEqual(row.action_open_visit()["res_id"], self.first.id)
