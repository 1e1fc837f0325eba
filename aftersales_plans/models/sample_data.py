# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import Command, api, models
from odoo.exceptions import AccessError

from .set_up_proposal import Proposal
from .turn import take_turn

MANAGER = "aftersales_plans.group_manager"
SAMPLES = "__aftersales_sample__"  # the module of the external ids that mark samples
# Samples leave no trail, tell nobody, and follow nobody's defaults.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notify_force_send": False,
    "mail_activity_quick_update": True,
}
MONTHS_RUN = 3  # of the contract that runs
PRICE = 240  # of the contract, net


class ResCompany(models.Model):
    """Sample data of a living company: made in one click of the guide, removed in another."""

    _inherit = "res.company"

    def _aftersales_proposals(self):
        """Offer the samples to plan managers, or to remove them."""
        proposals = super()._aftersales_proposals()
        if self.env.user.has_group(MANAGER):
            samples = self.env["aftersales.sample"].with_company(self)
            if samples._marks():
                proposal = Proposal(
                    self.env._("Remove Sample Data"),
                    samples._remove,
                    self.env._("This company has sample data."),
                    main=False,  # who presses the first button twice removes nothing
                )
            else:
                proposal = Proposal(self.env._("Try with Sample Data"), samples._make)
            proposals["samples"] = [proposal]
        return proposals


class AftersalesSample(models.AbstractModel):
    """Makes and marks the samples of the company of the environment.

    They are records like any other. What makes one a sample is an external id in the module
    ``__aftersales_sample__`` that was made here; nobody but an administrator can make one by hand.
    """

    _name = "aftersales.sample"
    _description = "Sample Data"

    @api.model
    def _check_manager(self):
        """Raise unless a plan manager asks.

        :raises AccessError: anybody else
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Plan managers make and remove sample data."))

    @api.model
    def _make(self):
        """Make the samples this company has not: twice clicked is once made.

        Nothing is booked, shipped or mailed: the customer has no address to write to, the
        quotation and the claim are not decided, the contract is entered as one that ran before.
        """
        self._check_manager()
        take_turn(self.env.company.sudo())  # two managers at once
        if self._marks():
            return
        # sudo: a plan manager may neither sell nor make products; checked above, and all is new
        maker = self.sudo().with_context(**QUIET)
        made = maker._make_samples()
        for kind, record in made.items():
            maker._mark(kind, record)

    @api.model
    def _make_samples(self):
        """Return {kind: record} of all samples, as superuser; their names begin with "Sample".

        A sibling overrides it, calls ``super()`` and adds its own. What follows from them by
        itself, such as the visits of the contract, is no sample: it goes with what it follows.
        """
        made = self._make_goods()
        plan, plan_product = self._plan(made["boiler"].product_variant_id)
        made["order"] = self._make_order(made, plan_product)
        made["asset"] = self._make_asset(made)
        if plan:
            made["contract"] = self.env["aftersales.contract"].create(
                self._prepare_contract(made, plan)
            )
        made["claim"] = self._make_claim(made)
        return made

    def _make_goods(self):
        company, env = self.env.company, self.env
        category = env["product.category"].create({"name": env._("Sample Heating")})
        goods = {"type": "consu", "categ_id": category.id, "company_id": company.id}
        Product = env["product.template"]
        return {
            "customer": env["res.partner"].create(
                {
                    "name": env._("Sample Customer"),
                    "street": env._("Sample Street 1"),
                    "city": company.city,
                    "zip": company.zip,
                    "state_id": company.state_id.id,
                    "country_id": company.country_id.id,
                    "company_id": company.id,
                }
            ),
            "category": category,
            "boiler": Product.create({**goods, "name": env._("Sample Boiler"), "list_price": 1200}),
            "tap": Product.create({**goods, "name": env._("Sample Water Tap"), "list_price": 80}),
        }

    def _plan(self, goods):
        """Return a plan that covers ``goods`` and its product; makes the tiers if there is none."""
        Plan, company = self.env["aftersales.plan"], self.env.company
        every = Plan.with_context(active_test=False)
        if not every.search_count([("company_id", "=", company.id)], limit=1):
            Plan._create_missing_tiers()
        plans = Plan.search([("company_id", "=", company.id)])
        plans = plans.filtered(lambda plan: plan._covers(goods))
        plan = plans.filtered(lambda plan: plan.code.upper() == "GOLD")[:1] or plans[:1]
        sold_by = Plan._search_products(company)
        return plan, sold_by.filtered(lambda product: product.aftersales_plan_id == plan)[:1]

    def _make_order(self, made, plan_product):
        lines = [(made["boiler"].product_variant_id, 1), (made["tap"].product_variant_id, 2)]
        if plan_product:
            lines.append((plan_product, 1))
        return self.env["sale.order"].create(
            {
                "name": self.env._("Sample Quotation"),
                "partner_id": made["customer"].id,
                "company_id": self.env.company.id,
                "user_id": self.env.uid,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
            }
        )

    def _first_day(self):
        return self.env.company._aftersales_today() - relativedelta(months=MONTHS_RUN)

    def _make_asset(self, made):
        """Register a boiler of the customer that no delivery of ours brought."""
        return self.env["aftersales.asset"].create(
            {
                "product_id": made["boiler"].product_variant_id.id,
                "serial": self.env._("Sample 1"),
                "partner_id": made["customer"].id,
                "site_id": made["customer"].id,
                "company_id": self.env.company.id,
                "date_delivered": self._first_day(),
            }
        )

    def _prepare_contract(self, made, plan):
        """Return a contract as one that ran before it came into this system (requirement 87)."""
        return {
            "name": self.env._("Sample Contract"),
            "plan_id": plan.id,
            "partner_id": made["customer"].id,
            "site_id": made["customer"].id,
            "company_id": self.env.company.id,
            "user_id": self.env.uid,
            "date_start": self._first_day(),
            "amount_untaxed": PRICE,
            "asset_ids": [Command.set(made["asset"].ids)],
        }

    def _make_claim(self, made):
        claim = self.env["aftersales.claim"].create(
            {
                "partner_id": made["customer"].id,
                "company_id": self.env.company.id,
                "description": self.env._("Sample: the boiler drips at its valve."),
                "line_ids": [
                    Command.create(
                        {
                            "asset_id": made["asset"].id,
                            "cause_id": self.env["aftersales.cause"].search([], limit=1).id,
                        }
                    )
                ],
            }
        )
        claim.name = self.env._("Sample Claim")
        return claim

    # --- Marks ---------------------------------------------------------------------------------

    @api.model
    def _mark(self, kind, record):
        self.env["ir.model.data"].create(
            {
                "module": SAMPLES,
                "name": f"{kind}_{record.id}_{self.env.company.id}",
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )

    @api.model
    def _marks(self):
        """Return the marks of the samples of this company.

        Whoever imports a file names external ids at will: those have no author, as ours have.
        """
        # sudo: which records are samples; what becomes of them is decided by whoever asks
        return (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("module", "=", SAMPLES),
                    ("name", "=like", f"%\\_{self.env.company.id}"),
                    ("create_uid", "!=", False),
                ]
            )
        )
