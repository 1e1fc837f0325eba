# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.aftersales_plans.models.choices import choices_of


class AftersalesTaxData(models.TransientModel):
    """Asks as whom a referrer is paid (requirement 86); kept on the commercial partner.

    For accountants, who pay referrers and may not change contacts otherwise.
    """

    _name = "aftersales.tax.data"
    _description = "Tax Data of a Referrer"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    tax_status = fields.Selection(
        choices_of("referral_tax_status", "res.partner"),
        compute="_compute_known",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    tax_id = fields.Char(
        string="Tax ID", compute="_compute_known", compute_sudo=False, store=True, readonly=False
    )
    agreement_date = fields.Date(
        string="Self-Billing Agreed on",
        compute="_compute_known",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Day the referrer agreed that we write the bills for the rewards.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Ask the company of a contact: it is who is paid.

        :raises AccessError: the user may not read that contact; what is known of it is shown
        """
        start = self.default_get(["partner_id"])  # clients leave out what they show readonly
        vals_list = [{**start, **vals} for vals in vals_list]
        partners = self.env["res.partner"].browse(vals["partner_id"] for vals in vals_list)
        (partners | partners.commercial_partner_id).check_access("read")
        return super().create(
            [
                {**vals, "partner_id": partner.commercial_partner_id.id}
                for vals, partner in zip(vals_list, partners, strict=True)
            ]
        )

    @api.depends("partner_id")
    def _compute_known(self):
        """Show what is known as far as the user may read the contact."""
        for data in self:
            partner = data.partner_id.commercial_partner_id
            data.tax_status = partner.referral_tax_status
            data.tax_id = partner.vat
            data.agreement_date = partner.referral_self_billing_date

    def action_save(self):
        """Keep what was answered on the contact.

        :raises AccessError: the user is no accountant, or may not read the contact
        :raises UserError: no tax status was chosen
        """
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Only an accountant enters the tax data of referrers."))
        self.partner_id.check_access("read")  # may have moved meanwhile
        if not all(data.tax_status for data in self):
            raise UserError(self.env._("Choose the tax status."))
        for data in self:
            # accountants may not change contacts; these three fields are theirs, checked above
            data.partner_id.commercial_partner_id.sudo().write(
                {
                    "referral_tax_status": data.tax_status,
                    "vat": data.tax_id,
                    "referral_self_billing_date": data.agreement_date,
                }
            )
        return {"type": "ir.actions.act_window_close"}
