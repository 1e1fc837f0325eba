# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, html2plaintext


class AftersalesClaim(models.Model):
    """Where claims come from beside the phone: e-mail, and the system used before (87)."""

    _inherit = "aftersales.claim"

    reference = fields.Char(
        string="Their Reference",
        index="trigram",
        copy=False,
        help="What the customer, or the system used before, calls this matter.",
    )

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a claim for an e-mail; its sender needs no rights, the gateway acts as superuser.

        A sender we do not know becomes a contact. Nobody is responsible yet and no goods are
        named: an agent takes it from there.

        :raises UserError: the mail names no sender, so nobody could be answered
        """
        values = dict(custom_values or {})
        company = self.env["res.company"].browse(values.get("company_id")) or self.env.company
        sender = self._find_sender(msg_dict, company)
        msg_dict["author_id"] = sender.id
        text = html2plaintext(msg_dict.get("body") or "").strip()
        values.update(
            partner_id=sender.id,
            company_id=company.id,
            channel="email",
            user_id=False,
            description="\n\n".join(filter(None, [msg_dict.get("subject"), text])),
        )
        return super(AftersalesClaim, self.with_company(company)).message_new(msg_dict, values)

    @api.model
    def _find_sender(self, msg_dict, company):
        """Return the contact behind an e-mail that ``company`` may use; made where unknown."""
        address = msg_dict.get("email_from")
        sender = self.env["mail.thread"]._partner_find_from_emails_single(
            [address] if address else [],
            filter_found=lambda partner: partner.company_id in (company.browse(), company),
            additional_values={email_normalize(address or ""): {"company_id": False}},
        )
        if not sender:
            raise UserError(self.env._("A claim by e-mail needs a sender: %s", address or "-"))
        return sender[:1]

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Let the gateway notice an answering machine that opens one claim after the other."""
        return [
            ("channel", "=", "email"),
            ("partner_id.email_normalized", "=", email_from_normalized),
        ]

    @api.model
    def get_import_templates(self):
        """Offer a file to fill in on the import screen."""
        return [
            {
                "label": self.env._("Import Template for Open Claims"),
                "template": "/aftersales_plans/static/xls/open_claims.csv",
            }
        ]


class AftersalesClaimLine(models.Model):
    """Lines of imported claims find the goods they speak of (requirement 87)."""

    _inherit = "aftersales.claim.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Find the assets of imported lines: a file names product and lot, not our register."""
        lines = super().create(vals_list)
        if self.env.context.get("import_file"):
            lines.filtered(lambda line: not line.asset_id)._find_assets()
        return lines

    def _find_assets(self):
        """Set the asset of each line where the customer has exactly one that fits."""
        customers = self.claim_id.partner_id.commercial_partner_id
        assets = self.env["aftersales.asset"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("partner_id.commercial_partner_id", "in", customers.ids),
                ("status", "=", "in_use"),
            ]
        )
        for line in self:
            fitting = assets.filtered(line._fits)
            if len(fitting) == 1:
                line.asset_id = fitting

    def _fits(self, asset):
        """Tell whether ``asset`` may be the goods of this line."""
        claim = self.claim_id
        return (
            asset.company_id == claim.company_id
            and asset.product_id == self.product_id
            and (not self.lot_id or asset.lot_id == self.lot_id)
            and asset.partner_id.commercial_partner_id == claim.partner_id.commercial_partner_id
            and self.uom_id.compare(self.quantity, asset.quantity) <= 0
        )
