from odoo import api, fields, models

from .plan_offer import SEGMENTS


class ResPartner(models.Model):
    """Knows a customer's service need; shows contracts and goods."""

    _inherit = "res.partner"

    aftersales_segment = fields.Selection(
        SEGMENTS,
        string="Service Need",
        help="The plan that fits this need is suggested first (requirement 17).",
    )
    aftersales_uncovered_count = fields.Integer(
        compute="_compute_aftersales_uncovered_count", groups="base.group_user"
    )
    aftersales_contract_count = fields.Integer(
        compute="_compute_aftersales_contract_count", groups="base.group_user"
    )

    def _compute_aftersales_contract_count(self):
        counts = dict.fromkeys(self, 0)
        if self.env["aftersales.contract"].has_access("read"):
            for partner, count in self.env["aftersales.contract"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            ):
                counts[partner] = count
        for partner in self:
            partner.aftersales_contract_count = counts[partner]

    def action_open_aftersales_contracts(self):
        """Open the service contracts of this customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_plans.aftersales_contract_action"
        )
        return dict(
            action,
            domain=[("partner_id", "child_of", self.ids)],
            context={"default_partner_id": self[:1].id},
        )

    @api.model
    def _commercial_fields(self):
        """Keep the service need on the company, for all its contacts."""
        return [*super()._commercial_fields(), "aftersales_segment"]

    def _compute_aftersales_uncovered_count(self):
        Asset = self.env["aftersales.asset"]
        readable = Asset.has_access("read")
        for partner in self:
            partner.aftersales_uncovered_count = (
                Asset.search_count(Asset._uncovered_domain(partner)) if readable else 0
            )

    def action_offer_aftersales_plan(self):
        """Compare the plans for the goods this customer bought earlier."""
        self.ensure_one()
        return self.env["aftersales.plan.offer"]._open_for_customer(self)
