# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesCampaignAdd(models.TransientModel):
    """Chosen customers go into a campaign; who may not be asked, or is in another, stays out."""

    _name = "aftersales.campaign.add"
    _description = "Add Customers to a Campaign"

    customer_ids = fields.Many2many("aftersales.customer", string="Customers")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    campaign_id = fields.Many2one(
        "aftersales.campaign",
        required=True,
        domain="[('state', 'in', ('draft', 'running')), ('company_id', '=', company_id)]",
    )
    silent_count = fields.Integer(
        string="Want No Calls or Mails", compute="_compute_left_out_counts"
    )
    taken_count = fields.Integer(
        string="In an Open Campaign already", compute="_compute_left_out_counts"
    )
    added_count = fields.Integer(string="Will Be Added", compute="_compute_left_out_counts")

    @api.model
    def default_get(self, fields):
        """Take over the chosen customers, and the campaign somebody chooses for."""
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "aftersales.customer":
            values["customer_ids"] = [(6, 0, context.get("active_ids", []))]
        values.setdefault("campaign_id", context.get("aftersales_campaign_id"))
        return values

    @api.depends("customer_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.customer_ids[:1].company_id or self.env.company

    @api.depends("customer_ids", "campaign_id")
    def _compute_left_out_counts(self):
        for wizard in self:
            cards = wizard.customer_ids._origin
            silent = cards.filtered("no_contact")
            taken = self.env["aftersales.campaign.line"]._search_open(cards).customer_id - silent
            wizard.silent_count, wizard.taken_count = len(silent), len(taken)
            wizard.added_count = len(cards - silent - taken)

    def action_add(self):
        """Add them and show the campaign."""
        self.ensure_one()
        self.campaign_id.check_access("write")
        self.campaign_id._add(self.customer_ids)
        return self.campaign_id.get_formview_action()
