# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.aftersales_plans.models.turn import take_turn

TEMPLATE = "aftersales_referral.mail_template_campaign_credit"


class AftersalesCampaign(models.Model):
    """A campaign may offer store credit: it proposes, an accountant grants (requirement 36)."""

    _inherit = "aftersales.campaign"

    offer = fields.Selection(
        selection_add=[("credit", "Store credit")], ondelete={"credit": "cascade"}
    )
    credit_amount = fields.Monetary(
        string="Credit for Each", help="Goodwill for each customer; an accountant grants it."
    )
    credit_waiting_count = fields.Integer(compute="_compute_credit_waiting_count")

    _credit_positive = models.Constraint(
        "CHECK(credit_amount IS NULL OR credit_amount >= 0)", "Store credit is an amount above 0."
    )

    @api.depends("line_ids.state", "state", "offer")
    def _compute_credit_waiting_count(self):
        for campaign in self:
            campaign.credit_waiting_count = len(campaign._lines_to_grant())

    def _check_ready(self):
        """Ask for the amount, too."""
        result = super()._check_ready()
        if self.offer == "credit" and not self.credit_amount:
            raise UserError(self.env._("%s: enter the credit for each customer.", self.name))
        return result

    def _lines_to_grant(self):
        """Return who may get the credit now: asked for nothing yet, and not in touch lately."""
        self.ensure_one()
        today = self.company_id._aftersales_today()
        if self.offer != "credit" or self.state != "running" or self.date_from > today:
            return self.line_ids.browse()
        # sudo: an accountant reads the lines of the campaign, not the cards of customers
        lines = self.line_ids.sudo()
        due = lines.search(
            Domain("campaign_id", "=", self.id)
            & Domain("state", "=", "to_contact")
            & Domain("partner_id.aftersales_no_contact", "=", False)
            & Domain("customer_id.last_contact", "<=", lines._contact_border(self.company_id))
        )
        return due.sudo(self.env.su)

    def action_grant_credit(self):
        """Grant the proposed credit to everybody who may get it; the accountant's click."""
        self.ensure_one()
        self._lines_to_grant()._grant_credit()


class AftersalesCampaignLine(models.Model):
    """The store credit one customer of a campaign got."""

    _inherit = "aftersales.campaign.line"
    _guarded = frozenset({"credit_lot_id"})

    credit_lot_id = fields.Many2one(
        "aftersales.credit.lot", string="Store Credit", readonly=True, copy=False, index=True
    )

    def _grant_credit(self):
        """Give each customer the credit once, and tell them.

        :raises AccessError: whoever asks is no accountant; checked by the lots
        """
        hidden = self.sudo()  # lines are the manager's; the lots check that an accountant asks
        self.env["aftersales.credit.lot"]._check_accountant(self.company_id or self.env.company)
        take_turn(hidden)
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        for line in hidden.filtered(lambda line: not line.credit_lot_id):
            campaign = line.campaign_id
            line.credit_lot_id = self.env["aftersales.credit.lot"]._give_goodwill(
                line.partner_id, line.company_id, campaign.credit_amount, campaign.name
            )
            line._set_state("contacted")
            line.date_contacted = line.company_id._aftersales_today()
            line.partner_id._aftersales_send_when_allowed(line, template)

    @api.model
    def _on_orders(self, orders, state):
        """Count the next order of a customer who got credit as its answer."""
        if state == "accepted":
            for order in orders:
                line = self.search(
                    Domain("partner_id", "=", order.partner_id.commercial_partner_id.id)
                    & Domain("company_id", "=", order.company_id.id)
                    & Domain("credit_lot_id", "!=", False)
                    & Domain("campaign_id.state", "=", "running")
                    & Domain("order_id", "=", False),
                    limit=1,
                )
                line.order_id = order
        return super()._on_orders(orders, state)
