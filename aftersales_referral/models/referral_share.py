# SPDX-License-Identifier: LGPL-3.0-or-later
from io import BytesIO

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.linked_records import LAYOUT, open_composer

from ..calc.first_name import first_name
from .client_actions import notify

LINK_MAIL = "aftersales_referral.mail_template_referral_link"
QR_MODULE_PIXELS = 8  # of one square of the code, so that it prints well
QR_QUIET_MODULES = 4  # white squares around it, as readers expect (ISO/IEC 18004)


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
            partner.referral_qr_url = bool(code) and f"/refer/{code}/qr.png"

    @api.model
    def _referral_qr(self, url):
        """Return the QR code of ``url`` as PNG.

        Drawn square by square: core's barcode route needs a renderer that ReportLab does not bring.
        """
        code = QRCode(None, QRErrorCorrectLevel.M)
        code.addData(url)
        code.make()
        squares = code.getModuleCount()
        side = squares + 2 * QR_QUIET_MODULES
        image = Image.new("1", (side, side), 1)
        for row in range(squares):
            for column in range(squares):
                if code.isDark(row, column):
                    image.putpixel((column + QR_QUIET_MODULES, row + QR_QUIET_MODULES), 0)
        content = BytesIO()
        pixels = side * QR_MODULE_PIXELS
        image.resize((pixels, pixels), Image.Resampling.NEAREST).save(content, "PNG")
        return content.getvalue()

    def _referral_first_name(self):
        """Return all that strangers read of a referrer: the first name, of a person only."""
        return "" if self.is_company else first_name(self.name)

    def action_send_referral_link(self):
        """Open a mail to the referrer with code, link and QR code.

        :raises UserError: there is no e-mail address
        """
        self.ensure_one()
        self.env["aftersales.referral"].check_access("create")  # whoever registers referrals
        if not self.email:
            raise UserError(self.env._("Enter the e-mail address of %s first.", self.display_name))
        self._get_referral_code()
        if not self.has_access("write"):
            return self._send_referral_link()
        return open_composer(self, self.env._("Send Referral Link"), LINK_MAIL, force_email=True)

    def _send_referral_link(self):
        """Send the mail as it is, for whoever may not write to customers in own words."""
        # The customer's own code to the customer's own address: nothing the user could misuse.
        template = self.env.ref(LINK_MAIL).sudo()
        template.send_mail(self.id, email_layout_xmlid=LAYOUT)
        return notify(self.env._("The link is on its way to %s.", self.email))
