"""The made-up customers in a real Odoo: their orders, deliveries and answers, and what is seen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user

from .oracle import Row
from .people import FIRST, PLANS, Customer

MORNING, NOON = time(6), time(10)  # when the crons run and when people act, UTC
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
SIBLINGS = ("aftersales_plans", "aftersales_inspection", "aftersales_referral")
FEW_PEOPLE = 100  # of whom no query asks how many they are
#: Tables that grow with the customers.
GROWING = """aftersales_contract, aftersales_asset, aftersales_contract_asset_rel,
    aftersales_customer, aftersales_entitlement, aftersales_followup, mail_activity, mail_mail,
    mail_message, res_partner, sale_order, sale_order_line, stock_move, stock_move_line,
    stock_picking"""
ASK_WHY = "aftersales_plans.activity_renewal_lapsed"
CANNOT = "aftersales_plans.activity_renewal"


def at(day: date, hour: time):
    """Return the clock stopped at ``hour`` of ``day``."""
    return freeze_time(datetime.combine(day, hour))


class World:
    """Lives the customers' lives day by day, and notes what our add-ons did as rows."""

    def __init__(self, env, people: list[Customer], trigger, addons=SIBLINGS):
        """Take part in the transaction of ``env``.

        :param trigger: called with the crons of a morning, runs them
        :param addons: whose crons run
        """
        self.addons = addons
        self.env = env(context={**env.context, **QUIET})
        self.company = env.company
        self.people = people
        self.trigger = trigger
        self.rows: list[Row] = []
        self.today = FIRST
        self.offered: dict[int, date] = {}  # renewal quotations: when we saw them first
        self.seen: dict[tuple, tuple] = {}
        self.orders: dict[tuple[int, int], int] = {}  # (customer, number of the order): id
        self.date_name: dict[int, str] = {}
        self.evening = False

    # --- Before the year -----------------------------------------------------------------------

    def build(self) -> World:
        """Make plans, goods, customers and the contracts they bought before the year."""
        env = self.env
        self.seller = new_test_user(
            env,
            "year-seller",
            "sales_team.group_sale_salesman_all_leads,aftersales_plans.group_manager",
        )
        self.reason = env.ref("aftersales_plans.close_reason_price")
        self.accident = env.ref("aftersales_plans.cause_accident")
        self.company.write(self._settings())
        self.goods = env["product.product"].create(
            {"name": "Year boiler", "type": "consu", "is_storable": True, "list_price": 100.0}
        )
        stock = env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        env["stock.quant"]._update_available_quantity(
            self.goods, stock.lot_stock_id, 100 * len(self.people)
        )
        self._make_plans()
        partners = env["res.partner"].create([self._prepare(one) for one in self.people])
        self.partners = dict(zip(self.people, partners, strict=True))
        self.number = {p.id: one.number for one, p in self.partners.items()}
        with at(FIRST - timedelta(days=1), NOON):
            self._make_dates()
        for day in sorted({one.sold for one in self.people}):
            with at(day, NOON):
                self._sell([one for one in self.people if one.sold == day])
        with at(FIRST - timedelta(days=1), NOON):
            self._agree()
        for plan in PLANS:
            self.plans[plan.code].duration_months = plan.next_months
        env.flush_all()
        env.invalidate_all()
        return self

    def _settings(self) -> dict:
        """Return what the company says that the oracle relies on; fields that exist."""
        wanted = {
            "aftersales_silent_days": 3,
            "aftersales_gap_days": 14,
            "aftersales_care_since": FIRST,
            "aftersales_courtesy_calls": True,
            "aftersales_retention_a_day": 10**6,
        }
        return {name: value for name, value in wanted.items() if name in self.company._fields}

    def _make_plans(self) -> None:
        env = self.env
        self.plans, self.products = {}, {}
        for plan in PLANS:
            self.plans[plan.code] = env["aftersales.plan"].create(
                {
                    "name": f"Year {plan.code}",
                    "code": f"Y-{plan.code}",
                    "duration_months": plan.months,
                    "replacements_included": plan.included,
                    "refund_policy": "pro_rata",
                    "renewal_policy": plan.policy,
                    "renewal_notice_days": plan.notice,
                    "renewal_uplift_percent": plan.uplift,
                    "renewal_discount_percent": plan.discount,
                    "renewal_offer_days": plan.offer_days,
                    "waiting_days": plan.waiting,
                }
            )
            self.products[plan.code] = env["product.product"].create(
                {
                    "name": f"Year {plan.code}",
                    "type": "service",
                    "list_price": plan.price,
                    "taxes_id": [Command.clear()],
                    "aftersales_plan_id": self.plans[plan.code].id,
                }
            )

    def _prepare(self, one: Customer) -> dict:
        return {
            "name": one.name,
            "email": f"year-{one.number}@example.com" if one.email else False,
            "aftersales_no_contact": one.opted_out,
            "street": f"{one.number} Year Street",
            "city": "Springfield",
            "user_id": self.seller.id,
            "tz": "UTC",
        }

    def _sell(self, people: list[Customer]) -> None:
        """Sell goods with their plan and deliver them, all on this day."""
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partners[one].id,
                    "user_id": self.seller.id,
                    "order_line": [
                        Command.create({"product_id": self.goods.id, "product_uom_qty": 1}),
                        Command.create(
                            {
                                "product_id": self.products[one.plan.code].id,
                                "product_uom_qty": 1,
                                "price_unit": one.net,
                            }
                        ),
                    ],
                }
                for one in people
            ]
        )
        orders.action_confirm()
        self._deliver(orders.picking_ids)

    def _deliver(self, pickings, quantity=None) -> None:
        for picking in pickings.filtered(lambda p: p.state not in ("done", "cancel")):
            picking.action_assign()
            if quantity is not None:
                picking.move_ids.quantity = quantity
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def contract(self, one: Customer):
        """Return the contract the customer bought before the year."""
        return self.env["aftersales.contract"].search(
            [("partner_id", "=", self.partners[one].id), ("renewed_from_id", "=", False)],
            order="id",
            limit=1,
        )

    def _make_dates(self) -> None:
        """Keep the customers' important dates."""
        if "aftersales.important.date" not in self.env:
            return
        dates = self.env["aftersales.important.date"]
        for one, partner in self.partners.items():
            for row in one.dates:
                made = dates.create(
                    {
                        "partner_id": partner.id,
                        "name": row.name,
                        "date": row.day,
                        "yearly": row.yearly,
                    }
                )
                self.date_name[made.id] = row.name

    # --- The year ------------------------------------------------------------------------------

    def live(self, days, times_a_day=1, runs=lambda day: True) -> list[Row]:
        """Let ``days`` pass and return what happened.

        :param times_a_day: how often the crons run, one run after the other
        :param runs: tells on which days the crons run
        """
        with at(FIRST, MORNING) as clock:  # stopping it anew every day takes longer than a day
            for day in days:
                self.today = day
                if day.day == 1 or day == days[0]:
                    self.count_rows()
                if runs(day):
                    clock.move_to(datetime.combine(day, MORNING))
                    self.evening = False
                    for _time in range(times_a_day):
                        self.trigger(self.crons())
                    self.env.invalidate_all()
                    self.look("goes on by itself")
                clock.move_to(datetime.combine(day, NOON))
                self.evening = True
                if runs(day):
                    self.let_mails_leave()
                self.act()
                self.look("renewed")
        return sorted(self.rows, key=lambda row: (row.day, row.customer, row.what, str(row.detail)))

    def count_rows(self) -> None:
        """Let the database know how large tables are: nobody else does before a commit."""
        if len(self.people) > FEW_PEOPLE:
            self.env.cr.execute(f"ANALYZE {GROWING}")

    def let_mails_leave(self) -> None:
        """Run Odoo's queue of mails where there is one, as every hour of the day."""
        self.env.flush_all()
        if self.rows_of("SELECT 1 FROM mail_mail WHERE state = 'outgoing' LIMIT 1"):
            self.trigger(self.env.ref("mail.ir_cron_mail_scheduler_action"))

    def crons(self):
        """Return our daily crons and Odoo's queue of mails, in the order Odoo runs them."""
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "in", self.addons)]
        )
        crons = self.env["ir.cron"].browse(data.mapped("res_id")).exists()
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        return (crons | queue).sorted(lambda cron: (cron.priority, cron.id))

    def act(self) -> None:
        """Let people do what they do today, in the order of the oracle."""
        for plan in PLANS:
            if plan.archived == self.today:
                self.plans[plan.code].active = False
        for one in self.people:
            self._act(one)
        self._answer()
        self._call()

    def _act(self, one: Customer) -> None:
        today = self.today
        if one.rest and one.rest[0] == today:
            contract = self.contract(one)
            if contract.state == "active":
                contract._suspend(*one.rest, reason="On holiday")
        for number, order in enumerate(one.orders):
            self._order(one, number, order)
        if one.claimed == today:
            self._claim(one)
        if today in (one.returned, one.ended):
            contract = self.contract(one)
            if contract.state == "active" and not contract._renewed_by():
                if one.returned == today:
                    self._return(contract)
                else:
                    contract._end(today, self.reason)

    def _order(self, one: Customer, number: int, order) -> None:
        today = self.today
        if order.day == today:
            sold = self.env["sale.order"].create(
                {
                    "partner_id": self.partners[one].id,
                    "user_id": self.seller.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.goods.id,
                                "product_uom_qty": len(order.delivered),
                            }
                        )
                    ],
                }
            )
            sold.action_confirm()
            self.orders[one.number, number] = sold.id
        if today in order.delivered:
            sold = self.env["sale.order"].browse(self.orders[one.number, number])
            self._deliver(sold.picking_ids, 1)

    def _claim(self, one: Customer) -> None:
        """Report a broken part of the covered goods; approved if they are still there."""
        goods = self.contract(one).asset_ids[:1] or self.env["aftersales.asset"].search(
            [("partner_id", "=", self.partners[one].id)], limit=1
        )
        claim = self.env["aftersales.claim"].create(
            {
                "partner_id": self.partners[one].id,
                "line_ids": [
                    Command.create(
                        {"asset_id": goods.id, "quantity": 1, "cause_id": self.accident.id}
                    )
                ],
            }
        )
        if goods.status == "in_use":
            claim.action_approve()

    def _return(self, contract) -> None:
        """Send the goods of the contract back."""
        picking = contract.asset_ids.move_id.picking_id
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 1
        self._deliver(wizard._create_return())

    def _answer(self) -> None:
        """Sign or decline the renewals that are open, by each customer's habit."""
        lines = self.env["sale.order.line"].search(
            [
                ("aftersales_renews_id", "!=", False),
                ("order_id.partner_id", "in", list(self.number)),
                ("order_id.state", "in", ("draft", "sent")),
            ]
        )
        people = {one.number: one for one in self.people}
        for line in lines:
            order, contract = line.order_id, line.aftersales_renews_id
            one = people[self.number[order.partner_id.id]]
            if contract.state != "cancelled":
                self._answer_one(one, order, contract)

    def _answer_one(self, one: Customer, order, contract) -> None:
        offered, after = self.offered[order.id], timedelta(days=one.answer_days)
        limit, last = order.aftersales_renewal_deadline, contract.date_end
        signs = {
            "early": offered + after,
            "deadline": limit or offered + after,
            "past the deadline": (limit or offered) + after,
            "last day": max(last, offered),
            "late": max(last, offered) + after,
        }
        if one.answer == "no" and offered + after == self.today:
            contract._not_renewing(self.reason)
        elif signs.get(one.answer) == self.today:
            self._sign(one, order, contract)

    def _sign(self, one: Customer, order, contract) -> None:
        """Sign a renewal; what is no longer sold must be refused in words."""
        if self.plans[one.plan.code].active:
            order.action_confirm()
            return
        try:
            with self.env.cr.savepoint():
                order.action_confirm()
        except UserError as refusal:
            if "no longer sold" not in str(refusal):
                raise
            self.note(order.partner_id.id, "no longer sold", self.chain[contract.id])

    def _call(self) -> None:
        """Reach the customers about what is due, each after so many days."""
        people = {one.number: one for one in self.people}
        for followup in self.env["aftersales.followup"].search(
            [("state", "=", "open"), ("partner_id", "in", list(self.number))]
        ):
            days = people[self.number[followup.partner_id.id]].call_days
            if days is not None and self.today >= followup.date_due + timedelta(days=days):
                if hasattr(followup, "action_satisfied"):
                    followup.with_user(self.seller).action_satisfied()

    def _agree(self) -> None:
        """Record the consents to renewals without a signature."""
        for one in self.people:
            if one.consent and hasattr(self.env["aftersales.contract"], "_note_consent"):
                self.contract(one)._note_consent(True, self.partners[one], "phone")

    # --- What is seen --------------------------------------------------------------------------

    def note(self, partner_id: int, what: str, *detail) -> None:
        """Write a row of today."""
        self.rows.append(Row(self.today, self.number[partner_id], what, detail))

    def rows_of(self, query: str, *parameters) -> list[tuple]:
        """Return what the database says."""
        self.env.cr.execute(query, parameters)
        return self.env.cr.fetchall()

    def changed(self, kind: str, key, value):
        """Return what was seen of something before; the same value if nothing changed."""
        before = self.seen.get((kind, key))
        self.seen[kind, key] = value
        return before

    def look(self, how: str) -> None:
        """Note everything that changed since the last look.

        :param how: what to call renewals confirmed since
        """
        self.env.flush_all()
        partners = list(self.number)
        contracts = self.rows_of(
            "SELECT id, partner_id, renewed_from_id, state, date_start, date_end, renewal_stage "
            "FROM aftersales_contract WHERE partner_id = ANY(%s) ORDER BY id",
            partners,
        )
        chain = {}
        for row in contracts:
            chain[row[0]] = chain[row[2]] + 1 if row[2] else 0
        self.fresh = {row[0] for row in contracts if ("state", row[0]) not in self.seen}
        if self.today == FIRST:
            self.fresh = set()
        self.chain = chain
        self._look_at_orders(partners, contracts, how)
        self._look_at_contracts(contracts)
        self._look_at_activities(contracts)
        self._look_at_followups(partners)
        self._look_at_cards(partners)
        self._look_at_mails(partners)

    def _look_at_contracts(self, contracts) -> None:
        for id_, partner, parent, state, first, last, stage in contracts:
            number = self.chain[id_]
            before = self.changed("state", id_, state)
            if state == "cancelled" != before:
                self.note(partner, "contract ended", number)
            elif state == "expired" != before:
                self.note(partner, "contract expires", number)
            elif state == "active" and parent and before in (None, "draft"):
                self.note(partner, "contract starts", number)
            term = self.changed("term", id_, (first, last))
            if parent and state == "draft" and term and term != (first, last):
                self.note(partner, "renewal moves", number, first, last)
            if self.evening and self.changed("stage", id_, stage) != stage:
                self.note(partner, "renewal stage", number, stage)

    def _look_at_orders(self, partners, contracts, how) -> None:
        children = {row[2]: row for row in contracts if row[2] and row[3] != "cancelled"}
        ends = {row[0]: row[5] for row in contracts}
        for id_, partner, renewed, state, price, limit in self.rows_of(
            "SELECT o.id, o.partner_id, l.aftersales_renews_id, o.state, o.amount_untaxed, "
            "o.aftersales_renewal_deadline FROM sale_order o "
            "JOIN sale_order_line l ON l.order_id = o.id AND l.aftersales_renews_id IS NOT NULL "
            "WHERE o.partner_id = ANY(%s) ORDER BY o.id",
            partners,
        ):
            number, price = self.chain[renewed], float(price)
            before = self.changed("order", id_, (state, price))
            if before is None:
                self.offered[id_] = self.today
                self.note(partner, "quotation", number, price, limit)
            elif before[0] != "sale" == state:
                child = children[renewed]
                gap = max(0, (child[4] - ends[renewed]).days - 1)
                self.note(partner, how, number, price, child[4], child[5], gap)
            elif before[0] != state == "cancel":
                self.note(partner, "will not renew", number)
            elif before[1] != price:
                self.note(partner, "discount ends", number, price)

    def _look_at_activities(self, contracts) -> None:
        owner = {row[0]: row[1] for row in contracts}
        kinds = {
            self.env.ref(ASK_WHY).id: "lapsed, ask why",
            self.env.ref(CANNOT).id: "cannot offer",
        }
        for id_, contract, kind in self.rows_of(
            "SELECT id, res_id, activity_type_id FROM mail_activity WHERE active "
            "AND res_model = 'aftersales.contract' AND activity_type_id = ANY(%s)",
            list(kinds),
        ):
            if contract in owner and self.changed("activity", id_, True) is None:
                self.note(owner[contract], kinds[kind], self.chain[contract])

    def _look_at_followups(self, partners) -> None:
        """Note new follow-ups, in the words of the oracle."""
        order_number = {order: key[1] for key, order in self.orders.items()}
        for id_, partner, kind, key, state, due, contract in self.rows_of(
            "SELECT id, partner_id, kind, key, state, date_due, contract_id "
            "FROM aftersales_followup WHERE partner_id = ANY(%s) ORDER BY id",
            partners,
        ):
            new = self.changed("followup", id_, True) is None
            if kind == "courtesy":
                self._look_at_courtesy(id_, partner, due, order_number, new)
            elif new and kind == "important_date":
                name = self.date_name[int(key.split("/")[1])]
                self.note(partner, "important date", name, due if state == "open" else state)
            elif new and kind == "dormant":
                self.note(partner, "cover not used", self.chain[contract], due)
            elif new and kind == "retention":
                self.note(partner, "stay in touch", due)

    def _look_at_courtesy(self, id_, partner, due, order_number, new) -> None:
        followup = self.env["aftersales.followup"].browse(id_)
        orders = tuple(sorted(order_number[order] for order in followup.order_ids.ids))
        before = self.changed("courtesy", id_, orders)
        if new:
            self.note(partner, "courtesy call", due, orders)
        elif before != orders:
            self.note(partner, "courtesy joined", tuple(o for o in orders if o not in before))

    def _look_at_cards(self, partners) -> None:
        for partner, stage in self.rows_of(
            "SELECT partner_id, stage FROM aftersales_customer WHERE partner_id = ANY(%s)",
            partners,
        ):
            if not self.evening:
                before = self.changed("card", partner, stage)
                if before != stage and (before or stage != "active"):
                    self.note(partner, "stage", stage)

    def _look_at_mails(self, partners) -> None:
        """Note the mails nobody asked for: which is written, and when it leaves."""
        for id_, partner, state, model, record in self.rows_of(
            "SELECT m.id, r.res_partner_id, m.state, g.model, g.res_id FROM mail_mail m "
            "JOIN mail_message g ON g.id = m.mail_message_id "
            "JOIN mail_mail_res_partner_rel r ON r.mail_mail_id = m.id "
            "WHERE m.aftersales_company_id IS NOT NULL AND r.res_partner_id = ANY(%s) "
            "ORDER BY m.id",
            partners,
        ):
            before = self.changed("mail", id_, state)
            if before == state:
                continue
            number = self.chain.get(record) if model == "aftersales.contract" else None
            if model == "sale.order" and record in self.offered:
                number = self.chain_of_order(record)
            if number is None:
                self.note(partner, "other mail", model, state)
            elif state == "sent":
                self.note(partner, "mail leaves", number)
            elif before or state != "outgoing":
                self.note(partner, "mail fails", number, state)
            elif record not in self.fresh or model == "sale.order":
                self.note(partner, "renewal mail", number)  # of a new contract: that it went on

    def chain_of_order(self, order_id: int) -> int:
        """Return which contract of the customer's chain an order renews."""
        line = self.env["sale.order.line"].search(
            [("order_id", "=", order_id), ("aftersales_renews_id", "!=", False)], limit=1
        )
        return self.chain[line.aftersales_renews_id.id]
