# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .choices import choices_of
from .claim import OPEN_STATES

SEES_EVERY_CUSTOMER = (
    "aftersales_plans.group_agent",
    "aftersales_plans.group_manager",
    "aftersales_plans.group_accountant",
    "sales_team.group_sale_salesman_all_leads",
)


def may_know_value(user, customer, seller):
    """Tell whether ``user`` may know what ``customer`` bought: whoever answers for the customer.

    :param seller: who sold to the customer what is looked at; maybe nobody
    """
    return any(map(user.has_group, SEES_EVERY_CUSTOMER)) or user in (
        seller | customer.user_id | customer.commercial_partner_id.user_id
    )


class AftersalesClaim(models.Model):
    """What an agent sees at once while the customer is on the phone (requirements 53, 84).

    One-line answers, computed as superuser because contracts and invoices belong to other roles;
    whoever may read the claim may read them.
    """

    _inherit = "aftersales.claim"

    is_covered = fields.Boolean(compute="_compute_cover", compute_sudo=True)
    cover_label = fields.Char(
        string="Covered by a Plan",
        compute="_compute_cover",
        compute_sudo=True,
        help="Whether a plan covers the named goods on the day it happened.",
    )
    in_warranty = fields.Boolean(compute="_compute_warranty", compute_sudo=True)
    warranty_label = fields.Char(
        string="Statutory Guarantee",
        compute="_compute_warranty",
        compute_sudo=True,
        help="What the law owes with or without a plan: free, and no replacement is used.",
    )
    exclusion_label = fields.Char(
        string="Excluded",
        compute="_compute_exclusion_label",
        compute_sudo=True,
        help="Causes this plan never pays for.",
    )
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    customer_value = fields.Monetary(
        string="Yearly Value",
        compute="_compute_customer_value",
        compute_sudo=True,
        groups="base.group_user",
        help="Invoiced to this customer in the last 12 months, net of taxes and credit notes.",
    )

    @api.depends("contract_id", "line_ids.asset_id", "date_occurred", "date_reported", "company_id")
    def _compute_cover(self):
        for claim in self:
            refusal = claim._why_not_covered()
            claim.is_covered = not refusal
            claim.cover_label = refusal or self.env._("Yes, until %s", claim._cover_end())

    def _cover_end(self):
        """Return the last day of the contract, early or not, as people write it."""
        ends = filter(None, [self.contract_id.date_end, self.contract_id.date_closed])
        return format_date(self.env, min(ends))

    def _why_not_covered(self):
        """Return why no plan covers the day it happened, in words; False if one does."""
        self.ensure_one()
        contract, day = self.contract_id, self.date_occurred
        if not contract and not self.line_ids.asset_id:
            return self.env._("No registered goods named")
        if not contract:
            return self.env._("No")
        if not contract.date_start:
            return self.env._("No, the plan has not started")
        if not day or not contract._covers_day(day):
            return self.env._(
                "No, the plan ran from %(start)s to %(end)s and not on that day",
                start=format_date(self.env, contract.date_start),
                end=self._cover_end(),
            )
        if self.date_reported and not self._is_reported_in_time():
            return self.env._("No, it was reported too late")
        return False

    @api.depends("line_ids.asset_id.warranty_end", "date_occurred")
    def _compute_warranty(self):
        for claim in self:
            ends = claim.line_ids.asset_id.filtered("warranty_end").mapped("warranty_end")
            day = claim.date_occurred
            covered = [end for end in ends if day and day <= end]
            claim.in_warranty = bool(covered)
            if not ends:
                claim.warranty_label = self.env._("No registered goods named")
            elif not covered:
                claim.warranty_label = self.env._(
                    "No, it ended on %s", format_date(self.env, max(ends))
                )
            elif len(covered) < len(ends):
                claim.warranty_label = self.env._(
                    "For a part of the goods, until %s", format_date(self.env, min(covered))
                )
            else:
                claim.warranty_label = self.env._(
                    "Yes, until %s", format_date(self.env, min(covered))
                )

    @api.depends("contract_id.excluded_cause_ids")
    def _compute_exclusion_label(self):
        for contract, claims in self.grouped("contract_id").items():
            claims.exclusion_label = ", ".join(contract._exclusions()) if contract else False

    @api.depends("partner_id", "company_id", "contract_id")
    @api.depends_context("uid")
    def _compute_customer_value(self):
        customers = self.partner_id.commercial_partner_id
        values = {company: self._invoiced_to(customers, company) for company in self.company_id}
        for claim in self:
            value = values.get(claim.company_id, {})
            customer = claim.partner_id.commercial_partner_id
            seen = claim._shows_customer_value()
            claim.customer_value = value.get(customer.id, 0.0) if seen else 0.0

    def _shows_customer_value(self):
        """Tell whether the user may know what the customer of this claim, saved or not, bought."""
        customer, contract = self.partner_id, self.contract_id
        own = contract.partner_id.commercial_partner_id == customer.commercial_partner_id
        seller = contract.user_id if own else contract.user_id.browse()
        return may_know_value(self.env.user, customer, seller)

    @api.model
    def _invoiced_to(self, customers, company):
        """Return what ``company`` invoiced in a year: {id of commercial partner: net amount}."""
        rows = self.env["account.move"]._read_group(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("invoice_date", ">", company._aftersales_today() - relativedelta(years=1)),
            ],
            ["partner_id.commercial_partner_id"],
            ["amount_untaxed_signed:sum"],
        )
        return {partner.id: amount for partner, amount in rows}


class AftersalesClaimLine(models.Model):
    """The statutory guarantee of each kind of goods (requirement 84)."""

    _inherit = "aftersales.claim.line"

    warranty_end = fields.Date(related="asset_id.warranty_end", string="Guarantee until")
    expected_billing_type = fields.Selection(
        selection=choices_of("billing_type"),
        string="Would Be Paid by",
        compute="_compute_expected_billing_type",
        compute_sudo=True,
        help="What approving the claim would decide, as things are now.",
    )

    @api.depends(
        "asset_id",
        "cause_id",
        "quantity",
        "forced_billing_type",
        "claim_id.state",
        "claim_id.contract_id",
        "claim_id.date_occurred",
        "claim_id.date_reported",
        "claim_id.line_ids.quantity",
    )
    def _compute_expected_billing_type(self):
        """Let the agent say on the phone who pays, before anything is approved or mailed."""
        self.expected_billing_type = False
        for claim, lines in self.grouped("claim_id").items():
            if claim.state in OPEN_STATES and claim.date_reported and claim.date_occurred:
                decided = claim._decisions(claim.line_ids.filtered("cause_id"))
                for line in lines.filtered(lambda line, known=decided: line in known):
                    line.expected_billing_type = decided[line].billing_type
