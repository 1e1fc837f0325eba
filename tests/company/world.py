"""The made-up company in a real Odoo: what :mod:`.script` says happens, by what buttons call."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user

from .script import (
    CALL_OUT,
    DEARER,
    DEAREST,
    FIRST,
    GOODS,
    HOUR,
    LAST,
    MARGIN,
    PLANS,
    REDUCTIONS,
    SEAL,
    STEPS,
    SWITCHED,
    Sale,
)

MORNING, NOON = time(6), time(10)
#: What grows fastest; the database plans badly for tables that were empty when it last looked.
GROWING = """account_move, account_move_line, account_partial_reconcile, account_payment,
    account_move__account_payment, sale_order, sale_order_line, sale_order_line_invoice_rel,
    stock_move, stock_move_line, stock_picking, stock_quant, aftersales_contract, aftersales_asset,
    aftersales_contract_asset_rel, aftersales_claim, aftersales_claim_line, aftersales_entitlement,
    aftersales_revenue, mail_message, res_partner"""
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
RATES = (1.0, 1.10, 0.85)  # of the home, the second and the foreign currency in the first month
DONE = ("done", "cancel")
VISIT_HOURS = (1.2, 2.5)
VISIT_BEGINS = (8, 8, 19)  # the last one after business hours


class World:
    """Lives the script week by week; afterwards only the database is looked at."""

    def __init__(self, env, sales: list[Sale]):
        self.env = env(context={**env.context, **QUIET})
        self.sales = sales
        self.orders: dict[int, object] = {}  # number of the sale: the order that sold the plan
        self.goods_orders: dict[int, object] = {}
        self.skipped: dict[str, int] = defaultdict(int)  # what Odoo refused, in words

    def at(self, day: date, hour: time = NOON) -> None:
        """Move the clock."""
        self.today = day
        self.clock.move_to(datetime.combine(day, hour))

    def live(self) -> World:
        """Make the company and let three years pass; return what is left."""
        cursor = self.env.cr
        with (
            freeze_time(datetime.combine(FIRST, MORNING)) as self.clock,
            patch.object(cursor, "commit", cursor.flush),  # crons commit; all of this is undone
        ):
            self._build()
            day, month = FIRST, FIRST.month
            while day <= LAST:
                if day.month != month:
                    month = day.month
                    self._begin_month(day.replace(day=1))
                self._act(day)
                day += timedelta(weeks=1)
            self._begin_month(LAST + timedelta(days=1))
            self.at(LAST + timedelta(days=1))
            self.env.flush_all()
            self.env.invalidate_all()
        return self

    # --- Before the first day ------------------------------------------------------------------

    def _build(self) -> None:
        env = self.env
        self.user = new_test_user(
            env,
            "company-everything",
            "base.group_user,sales_team.group_sale_manager,stock.group_stock_manager,"
            "account.group_account_manager,aftersales_plans.group_manager,"
            "aftersales_plans.group_agent,product.group_product_pricelist,"
            "fieldservice.group_fsm_manager,base.group_multi_currency,"
            "product.group_product_manager,base.group_partner_manager,stock.group_production_lot",
        )
        pricelists = env.ref("product.group_product_pricelist")
        env.ref("base.group_user").implied_ids |= pricelists
        self.currencies = self._make_currencies()
        self.companies = self._make_companies()
        self.user.write({"company_ids": [Command.set(self.companies.ids)]})
        self.env = env = env(
            user=self.user, context={**env.context, "allowed_company_ids": self.companies.ids}
        )
        self.companies = self.companies.with_env(env)
        self.causes = {c.code: c for c in env["aftersales.cause"].sudo().search([])}
        self.reason = env.ref("aftersales_plans.close_reason_price")
        env["fsm.person"].sudo().search([]).active = False
        env["aftersales.checklist"].sudo().search([]).active = False
        self._set_rates(FIRST)
        self.products = self._make_goods()
        self.sold = [self._make_plans(number) for number in range(len(self.companies))]
        self.reductions = [self._make_reductions(company) for company in self.companies]
        self.pricelists = [self._make_pricelists(company) for company in self.companies]
        self.partners = self._make_partners()
        self.technicians = self._make_technicians()
        self.due = self._by_day()

    def _make_currencies(self):
        env = self.env
        codes = (env.company.currency_id.name, "EUR", "CHF")
        found = [
            env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
            for code in codes
        ]
        env["res.currency"].union(*found).active = True
        return found

    def _make_companies(self):
        first = self.env.company
        second = self.env["res.company"].create(
            {"name": "Company the second", "currency_id": self.currencies[1].id}
        )
        self.env["account.chart.template"].try_loading("generic_coa", second, install_demo=False)
        second.currency_id = self.currencies[1]
        for company, step in zip(first | second, STEPS, strict=True):
            company.aftersales_hourly_cost = 27.5
            company.aftersales_hour_rounding_minutes = step
            company.resource_calendar_id.tz = "UTC"
            company.write(
                {"aftersales_feedback_claim": False, "aftersales_feedback_delivery": False,
                 "aftersales_courtesy_calls": False, "aftersales_claim_mails": False,
                 "account_sale_tax_id": False}
            )  # fmt: skip
            if not company.aftersales_deferred_revenue_account_id:
                company._aftersales_create_accounts()
            self.env["res.currency.rate"].search([("company_id", "=", company.id)]).unlink()
            if not self.env["stock.warehouse"].search([("company_id", "=", company.id)]):
                self.env["stock.warehouse"].create(
                    {"name": company.name, "code": "CO2", "company_id": company.id}
                )
        return first | second

    def _make_goods(self):
        env = self.env
        Category = env["product.category"]
        names = dict.fromkeys(one.category for one in GOODS if one.category)
        categories = {name: Category.create({"name": f"Company {name}"}) for name in names}
        made = {}
        for one in (*GOODS, SEAL):
            made[one.code] = env["product.product"].create(
                {
                    "name": f"Company {one.code}",
                    "type": "consu",
                    "is_storable": True,
                    "list_price": one.price,
                    "taxes_id": False,
                    "categ_id": categories[one.category].id if one.category else False,
                    "tracking": "lot" if one.lots else "none",
                }
            )
        self._set_costs(made, 1.0)
        for name, price in (("call_out", CALL_OUT), ("labour", HOUR)):
            service = env.ref(f"aftersales_plans.product_{name}")
            service.write({"list_price": price, "taxes_id": False})
        for company in self.companies:
            warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
            for one in (*GOODS, SEAL):
                lot = one.lots and env["stock.lot"].create(
                    {"name": "L1", "product_id": made[one.code].id, "company_id": company.id}
                )
                env["stock.quant"].sudo()._update_available_quantity(
                    made[one.code], warehouse.lot_stock_id, 10**6, lot_id=lot or None
                )
        return made

    def _set_costs(self, products, factor) -> None:
        """Set what goods cost from now on, other amounts in each company."""
        for number, company in enumerate(self.companies):
            for one in (*GOODS, SEAL):
                cost = round(one.cost * factor * (1 + number / 4), 2)
                products[one.code].with_company(company).standard_price = cost

    def _make_plans(self, number):
        company = self.companies[number]
        env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        made = {}
        for plan in PLANS:
            record = env["aftersales.plan"].create(
                {
                    "name": f"Company {plan.code}",
                    "code": f"C{number}-{plan.code}",
                    "company_id": company.id,
                    "duration_months": plan.months,
                    "replacements_included": plan.included,
                    "replacements_unlimited": plan.unlimited,
                    "refund_policy": "pro_rata",
                    "visit_interval_months": plan.visit_months,
                    "visit_hours": 2,
                    "contract_kind": plan.kind,
                    "visit_rate": plan.visit_rate,
                    "hour_rate": plan.hour_rate,
                    "after_hours_percent": plan.after_hours,
                    "discount_limit_percent": plan.discount,
                    "response_hours": plan.response,
                    "target_margin_percent": MARGIN,
                    "price_policy": "percent" if plan.percent else "fixed",
                    "price_percent": plan.percent,
                    **self._prepare_factors(plan),
                }
            )
            made[plan.code] = env["product.product"].create(
                {
                    "name": f"Company {number} {plan.code}",
                    "type": "service",
                    "company_id": company.id,
                    "list_price": plan.price,
                    "taxes_id": False,
                    "aftersales_plan_id": record.id,
                }
            )
        return made

    def _make_reductions(self, company):
        names = {"replacements": "number", "response": "number", "visits": "number"}
        made = self.env["aftersales.scope.reduction"]
        for one in REDUCTIONS:
            values = {
                "name": f"Less {one.kind}",
                "kind": one.kind,
                "company_id": company.id,
                "discount_percent": one.worth,
            }
            if one.kind in names:
                values[names[one.kind]] = one.left
            if one.kind == "causes":
                excluded = [self.causes[code].id for code in one.left]
                values["cause_ids"] = [Command.set(excluded)]
            made |= made.create(values)
        return dict(zip(REDUCTIONS, made, strict=True))

    def _prepare_factors(self, plan):
        rows = [{"kind": "age", "age_years": at, "factor": factor} for at, factor in plan.age]
        rows += [
            {"kind": "failure", "failures_per_year": at, "factor": factor}
            for at, factor in plan.failure
        ]
        for name, factor in plan.region:
            country, state = self._place(*name.partition("/")[::2])
            rows.append(
                {"kind": "region", "factor": factor, "country_id": country, "state_ids":
                 [Command.set([state] if state else [])]}
            )  # fmt: skip
        return {
            f"{kind}_factor_ids": [Command.create(row) for row in rows if row["kind"] == kind]
            for kind in ("age", "failure", "region")
        }

    def _place(self, country, state):
        found = self.env["res.country"].search([("code", "=", country)]) if country else None
        region = found and found.state_ids.filtered(lambda one: state and one.code == state)
        return (found.id if found else False), (region.id if region else False)

    def _make_pricelists(self, company):
        """Return pricelists at home and abroad; the one abroad rounds to tenths."""
        make = self.env["product.pricelist"].create
        home = make({"name": "Home", "company_id": company.id,
                     "currency_id": company.currency_id.id})  # fmt: skip
        abroad = make(
            {
                "name": "Abroad",
                "company_id": company.id,
                "currency_id": self.currencies[2].id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "formula",
                            "base": "list_price",
                            "price_discount": 3.0,
                            "price_round": 0.1,
                        }
                    )  # fmt: skip
                ],
            }
        )
        return {False: home, True: abroad}

    def _make_partners(self):
        values = []
        for sale in self.sales:
            country, state = self._place(*sale.place)
            values.append(
                {
                    "name": sale.name,
                    "company_id": self.companies[sale.company].id,
                    "country_id": country,
                    "state_id": state,
                    "street": f"{sale.number} Company Street",
                    "city": "Springfield",
                    "aftersales_no_contact": True,
                }
            )
        made = dict(zip(self.sales, self.env["res.partner"].create(values), strict=True))
        for sale, partner in made.items():
            pricelist = self.pricelists[sale.company][sale.foreign]
            partner = partner.with_company(self.companies[sale.company])
            partner.property_product_pricelist = pricelist
        return made

    def _make_technicians(self):
        people = self.env["fsm.person"].create(
            [{"name": f"Company technician {number}"} for number in range(3)]
        )
        self._set_wages(people, 1.0)
        return people

    def _set_wages(self, people, factor) -> None:
        """Set what technicians cost from now on; the third has no cost of his own."""
        for number, company in enumerate(self.companies):
            for person, cost in zip(people, (31.2, 45.75, 0.0), strict=True):
                amount = round(cost * factor * (1 + number), 2)
                person.with_company(company).sudo().aftersales_hourly_cost = amount

    def _by_day(self):
        due = defaultdict(lambda: defaultdict(list))
        for sale in self.sales:
            events = {
                "order": sale.day, "deliver": sale.delivered, "sell": sale.sold,
                "invoice": sale.invoiced, "credit": sale.credited and sale.credited[0],
                "rest": sale.rest and sale.rest[0], "end": sale.ended, "return": sale.returned,
                "extra": sale.extra,
            }  # fmt: skip
            for what, day in events.items():
                if day:
                    due[day][what].append(sale)
            for claim in sale.claims:
                due[claim.day]["claim"].append((sale, claim))
        return due

    # --- A month, a week -----------------------------------------------------------------------

    def _begin_month(self, first: date) -> None:
        """Run the daily jobs of the first of a month; new rates of exchange."""
        self.at(first, MORNING)
        env = self._root()
        env["aftersales.contract"]._cron_follow_calendar()
        env["aftersales.revenue"]._cron_recognise()
        self._set_rates(first)
        self.env.cr.execute(f"ANALYZE {GROWING}")

    def _set_rates(self, first: date) -> None:
        """Let foreign money cost more from month to month."""
        env = self._root()
        months = (first.year - FIRST.year) * 12 + first.month - 1
        for company in self.companies.sudo():
            for number, currency in enumerate(self.currencies):
                if currency != company.currency_id:
                    home = RATES[self.currencies.index(company.currency_id)]
                    env["res.currency.rate"].create(
                        {"currency_id": currency.id, "company_id": company.id, "name": first,
                         "rate": RATES[number] / home * (1 + number * months / 500)}
                    )  # fmt: skip

    def _act(self, day: date) -> None:
        self.at(day)
        for company, switched in zip(self.companies.sudo(), SWITCHED, strict=True):
            if day >= switched and not company.aftersales_defer_revenue:
                company.aftersales_defer_revenue = True
        if day == DEAREST:
            self._set_costs(self.products, DEARER)
            self._set_wages(self.technicians, DEARER)
        due = self.due[day]
        self._order(due["order"])
        self._deliver_sales(due["deliver"])
        self._sell_later([sale for sale in due["sell"] if sale.sold != sale.day])
        self._start_contracts()
        for sale in due["rest"]:
            self._try(self._rest, sale)
        for what in ("end", "return", "extra"):
            for sale in due[what]:
                self._try(getattr(self, f"_{what}"), sale)
        self._claim(due["claim"])
        self._invoice(due["invoice"])
        for sale in due["credit"]:
            self._credit(sale)
        self._visit(day)
        self.env.flush_all()
        self.env.invalidate_all()

    def _start_contracts(self):
        self._root()["aftersales.contract"]._cron_follow_calendar()

    def _root(self):
        """Return the environment in which Odoo runs daily jobs."""
        return self.env(user=SUPERUSER_ID, su=True, context=QUIET)

    def _try(self, act, sale) -> None:
        """Do what people try to do and Odoo may refuse, such as to end what is over."""
        try:
            with self.env.cr.savepoint():
                act(sale)
        except UserError as refusal:
            self.skipped[f"{act.__name__}: {str(refusal)[-60:]}"] += 1

    def _env_of(self, sale):
        company = self.companies[sale.company]
        return self.env(context={**self.env.context, "allowed_company_ids": company.ids})

    # --- Selling -------------------------------------------------------------------------------

    def _quote(self, sales, with_goods, with_plan):
        made = {}
        for number in range(len(self.companies)):
            mine = [sale for sale in sales if sale.company == number]
            if mine:
                env = self._env_of(mine[0])
                orders = env["sale.order"].create(
                    [self._prepare_order(sale, with_goods, with_plan(sale)) for sale in mine]
                )
                orders.action_confirm()
                made.update(zip((sale.number for sale in mine), orders, strict=True))
        return made

    def _prepare_order(self, sale, with_goods, with_plan):
        lines = [
            {"product_id": self.products[one.code].id, "product_uom_qty": quantity}
            for one, quantity in sale.goods
            if with_goods
        ]
        if with_plan:
            lines.append(
                {"product_id": self.sold[sale.company][sale.plan.code].id, "product_uom_qty": 1,
                 "discount": sale.discount, "aftersales_reduction_ids": [Command.set(
                     [self.reductions[sale.company][one].id for one in sale.reductions])]}
            )  # fmt: skip
        return {
            "partner_id": self.partners[sale].id,
            "company_id": self.companies[sale.company].id,
            "pricelist_id": self.pricelists[sale.company][sale.foreign].id,
            "order_line": [Command.create(line) for line in lines],
        }

    def _order(self, sales) -> None:
        made = self._quote(sales, True, lambda sale: sale.sold == sale.day)
        self.goods_orders.update(made)
        self.orders.update((sale.number, made[sale.number]) for sale in sales
                           if sale.sold == sale.day)  # fmt: skip

    def _sell_later(self, sales) -> None:
        self.orders.update(self._quote(sales, False, lambda sale: True))

    def _deliver_sales(self, sales) -> None:
        for number in range(len(self.companies)):
            mine = [sale for sale in sales if sale.company == number]
            if mine:
                pickings = self.env["stock.picking"].union(
                    *(self.goods_orders[sale.number].picking_ids for sale in mine)
                )
                self._deliver(pickings.with_env(self._env_of(mine[0])))

    def _deliver(self, pickings) -> None:
        pickings = pickings.filtered(lambda picking: picking.state not in DONE)
        if pickings:
            pickings.action_assign()
            pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()

    # --- Money ---------------------------------------------------------------------------------

    def _invoice(self, sales) -> None:
        for number in range(len(self.companies)):
            mine = [sale for sale in sales if sale.company == number]
            orders = [self.orders[sale.number] for sale in mine if sale.number in self.orders]
            if not orders:
                continue
            env = self._env_of(mine[0])
            moves = env["sale.order"].union(*orders).with_env(env)._create_invoices(grouped=True)
            moves.action_post()
            paid = [sale.number for sale in mine if sale.paid]
            for move in (
                env["account.move"].union(*(self.orders[one].invoice_ids for one in paid)) & moves
            ):
                env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=move.ids
                ).create({}).action_create_payments()

    def _credit(self, sale) -> None:
        """Give back a share of what the plan cost, by a credit note for the invoice."""
        order = self.orders.get(sale.number)
        invoice = order and order.invoice_ids.filtered(lambda move: move.state == "posted")[:1]
        if not invoice:
            return
        invoice = invoice.with_env(self._env_of(sale))
        day = sale.credited[0]
        note = invoice._reverse_moves([{"date": day, "invoice_date": day}])
        plan = self.sold[sale.company][sale.plan.code]
        line = note.invoice_line_ids.filtered(lambda one: one.product_id == plan)
        (note.invoice_line_ids - line).unlink()
        line.price_unit = round(line.price_unit * sale.credited[1], 2)
        note.action_post()

    # --- Contracts and goods -------------------------------------------------------------------

    def _contract(self, sale):
        order = self.orders.get(sale.number)
        return order.aftersales_contract_ids.with_env(self._env_of(sale)) if order else None

    def _rest(self, sale) -> None:
        self._contract(sale)._suspend(*sale.rest, reason="Holiday")

    def _end(self, sale) -> None:
        notes = self._contract(sale)._end(sale.ended, self.reason)
        notes.action_post()

    def _extra(self, sale) -> None:
        self._contract(sale).action_order_visit()

    def _return(self, sale) -> None:
        """Send one unit of the first goods back."""
        env = self._env_of(sale)
        moves = self.goods_orders[sale.number].with_env(env).order_line[:1].move_ids
        picking = moves.filtered(lambda move: move.state == "done")[:1].picking_id
        wizard = (
            env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = 0
        wizard.product_return_moves.filtered(
            lambda line: line.product_id == moves[:1].product_id
        ).quantity = 1
        self._deliver(wizard._create_return())

    def _claim(self, claims) -> None:
        """Report what broke, and ship what is free or paid for."""
        self.shipped = defaultdict(lambda: self.env["stock.picking"])
        for one in claims:
            self._try(self._report, one)
        for number, pickings in self.shipped.items():
            company = self.companies[number]
            context = {**self.env.context, "allowed_company_ids": company.ids}
            self._deliver(pickings.with_env(self.env(context=context)))

    def _report(self, one) -> None:
        """Open and approve a claim for one unit of what the customer still uses."""
        sale, claim = one
        env = self._env_of(sale)
        product = self.products[sale.goods[claim.goods][0].code]
        mine = [("partner_id", "=", self.partners[sale].id), ("product_id", "=", product.id)]
        asset = env["aftersales.asset"].search(
            [*mine, ("status", "=", "in_use")], order="id", limit=1
        )
        if not asset:
            self.skipped["nothing left to break"] += 1
            return
        cause = self.causes[claim.cause]
        line = {"asset_id": asset.id, "quantity": 1, "cause_id": cause.id}
        record = env["aftersales.claim"].create(
            {
                "partner_id": self.partners[sale].id,
                "company_id": self.companies[sale.company].id,
                "labour_hours": sale.number % 3 * 0.75,
                "date_occurred": claim.day - timedelta(days=sale.number % 3),
                "line_ids": [Command.create(line)],
            }
        )
        record.action_approve()
        shipments = record.move_ids.filtered(lambda move: not move.aftersales_step).picking_id
        if sale.number % 2 and record.sale_order_id:  # agrees to pay for what is not covered
            record.sale_order_id.action_confirm()
            shipments |= record.sale_order_id.picking_ids
        self.shipped[sale.company] |= shipments

    # --- Visits --------------------------------------------------------------------------------

    def _visit(self, day: date) -> None:
        """Complete the visits whose window ends within the month, a few hours long."""
        for company in self.companies:
            context = {**self.env.context, "allowed_company_ids": company.ids}
            env = self.env(context=context)
            visits = env["fsm.order"].search(
                [("company_id", "=", company.id), ("aftersales_contract_id.state", "=", "active"),
                 ("aftersales_window_end", "<=", day + timedelta(days=30)),
                 ("outcome", "=", False)],
                order="id",
            )  # fmt: skip
            for visit in visits:
                self._try(self._inspect, visit)

    def _inspect(self, visit) -> None:
        begin = datetime.combine(self.today, time(VISIT_BEGINS[visit.id % 3]))
        person = self.technicians[visit.id % 3]
        visit.write(
            {"scheduled_date_start": begin, "scheduled_date_end": begin + timedelta(hours=2),
             "person_id": person.id}
        )  # fmt: skip
        self.clock.move_to(begin)
        visit.action_start()
        if visit.id % 3:
            seals = {"product_id": self.products[SEAL.code].id, "quantity": visit.id % 3}
            visit.part_ids = [Command.create(seals)]
        self.clock.move_to(begin + timedelta(hours=VISIT_HOURS[visit.id % 2]))
        visit.conclusion = "pass"
        visit.action_complete()
        self._answer(visit, visit.aftersales_quotation_id)

    def _answer(self, visit, order) -> None:
        """Let a customer pay for what was charged, order it, refuse it, or say nothing."""
        if order and visit.id % 4 in (0, 1):
            order.action_confirm()
        if order and visit.id % 4 == 0:
            order._create_invoices().action_post()
        if order and visit.id % 4 == 2:
            order._action_cancel()
