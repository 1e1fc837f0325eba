from odoo import fields, models


class ResPartner(models.Model):
    """Shows a customer's contracts and assets."""

    _inherit = "res.partner"

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
