from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError

QR_PIXELS = 180


class ResPartner(models.Model):
    """What a referrer passes on to neighbours: a link and its QR code (requirement 8)."""

    _inherit = "res.partner"

    referral_url = fields.Char(
        string="Referral Link",
        compute="_compute_referral_url",
        groups="base.group_user",
        help="Page with a short form for whoever the customer passes it on to.",
    )
    referral_qr_url = fields.Char(
        string="Referral QR Code", compute="_compute_referral_url", groups="base.group_user"
    )

    @api.depends("referral_code")
    def _compute_referral_url(self):
        for partner in self:
            code = partner.referral_code
            partner.referral_url = bool(code) and f"{partner.get_base_url()}/refer/{code}"
            partner.referral_qr_url = bool(code) and partner._referral_qr_path()

    def _referral_qr_path(self):
        query = {
            "barcode_type": "QR",
            "value": self.referral_url,
            "width": QR_PIXELS,
            "height": QR_PIXELS,
        }
        return f"/report/barcode/?{urlencode(query)}"

    def _referral_first_name(self):
        """Return all that strangers read of a referrer: the first name, of a person only."""
        names = (self.name or "").split()
        return names[0] if names and not self.is_company else ""

    def action_send_referral_link(self):
        """Open a mail to the referrer with code, link and QR code.

        :raises UserError: there is no e-mail address
        """
        self.ensure_one()
        if not self.email:
            raise UserError(self.env._("Enter the e-mail address of %s first.", self.display_name))
        self._get_referral_code()
        template = self.env.ref("aftersales_referral.mail_template_referral_link")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Referral Link"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "force_email": True,
            },
        }
