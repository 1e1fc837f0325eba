from odoo import api, fields, models


class ResPartner(models.Model):
    """What a customer may spend, on the contact."""

    _inherit = "res.partner"

    aftersales_credit = fields.Monetary(
        string="Store Credit",
        currency_field="referral_currency_id",
        compute="_compute_aftersales_credit",
        groups="base.group_user",
        help="What the customer and its contacts may still spend.",
    )
    aftersales_lot_count = fields.Integer(
        compute="_compute_aftersales_credit", groups="base.group_user"
    )

    @api.depends_context("company")
    def _compute_aftersales_credit(self):
        """Two queries, whatever the number of contacts."""
        Lot = self.env["aftersales.credit.lot"]
        sums, counts = {}, {}
        if Lot.has_access("read"):
            owners = self.commercial_partner_id
            # whose cards these are; what is on them is read below as the reader may
            cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
            company = self.env.company.sudo().root_id
            found = cards.search(
                [
                    ("aftersales_wallet", "=", True),
                    ("company_id", "=", company.id),
                    ("partner_id", "in", owners.ids),
                ]
            )
            today = company._aftersales_today()
            for card, last_day, left, count in Lot._read_group(
                [("card_id", "in", found.ids)],
                ["card_id", "date_expiry:day"],
                ["remaining:sum", "__count"],
            ):
                owner = card.sudo().partner_id
                run_out = last_day and last_day < today  # may wait for the daily run
                sums[owner] = sums.get(owner, 0.0) + (0.0 if run_out else left)
                counts[owner] = counts.get(owner, 0) + count
        for partner in self:
            owner = partner.commercial_partner_id
            partner.aftersales_credit = sums.get(owner.sudo(), 0.0)
            partner.aftersales_lot_count = counts.get(owner.sudo(), 0)

    def action_open_store_credit(self):
        """Open the store credit of this customer, used up or not."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_credit_lot_action"
        )
        return dict(
            action,
            name=self.env._("Store Credit of %s", self.commercial_partner_id.display_name),
            domain=[("partner_id", "=", self.commercial_partner_id.id)],
            context={"default_partner_id": self.commercial_partner_id.id},
        )
