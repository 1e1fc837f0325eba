# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class AftersalesFollowupComplaint(models.TransientModel):
    """Asks what is wrong, and makes a claim of it (requirement 51).

    The claim is a new one, as if the customer had called: who pays is decided there.
    """

    _name = "aftersales.followup.complaint"
    _description = "What Is Wrong"

    followup_id = fields.Many2one("aftersales.followup", required=True, readonly=True)
    partner_id = fields.Many2one(related="followup_id.partner_id.commercial_partner_id")
    company_id = fields.Many2one(related="followup_id.company_id")
    description = fields.Text(string="What Is Wrong?", required=True)
    asset_ids = fields.Many2many(
        "aftersales.asset",
        string="Goods",
        compute="_compute_asset_ids",
        store=True,
        readonly=False,
        help="Take out what works. What is to be done about each is decided on the claim.",
    )
    cause_id = fields.Many2one(
        "aftersales.cause",
        default=lambda self: self.env.ref("aftersales_plans.cause_defect", False),
        help="What it looks like; it can be changed on the claim.",
    )

    @api.depends("followup_id")
    def _compute_asset_ids(self):
        for complaint in self:
            goods = complaint.followup_id.asset_ids if complaint.followup_id.order_ids else None
            complaint.asset_ids = goods and goods.filtered(lambda asset: asset.status == "in_use")

    def action_confirm(self):
        """Make the claim in the caller's name, link it and open it.

        :raises UserError: goods without a cause
        """
        self.ensure_one()
        followup = self.followup_id
        followup.check_access("write")
        followup._check_to_do()
        if self.asset_ids and not self.cause_id:
            raise UserError(self.env._("Say what it looks like: choose a cause for the goods."))
        claim = self.env["aftersales.claim"].create(self._prepare_claim())
        followup._settle("not_satisfied", claim)
        claim._message_log(
            body=self.env._("Opened by the follow-up: %s", followup.name),
        )
        return claim.get_formview_action()

    def _prepare_claim(self):
        followup = self.followup_id
        return {
            "partner_id": (followup.contact_id or followup.partner_id).id,
            "company_id": followup.company_id.id,
            "description": self.description,
            "channel": "phone",
            "line_ids": [
                Command.create(
                    {
                        "asset_id": asset.id,
                        "quantity": min(1.0, asset.quantity),  # how many is asked on the claim
                        "cause_id": self.cause_id.id,
                    }
                )
                for asset in self.asset_ids
            ],
        }


class AftersalesFollowupDrop(models.TransientModel):
    """Asks why nobody is to call."""

    _name = "aftersales.followup.drop"
    _description = "Drop a Follow-up"

    followup_ids = fields.Many2many("aftersales.followup", readonly=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Drop the matters; noted with their day."""
        self.followup_ids.check_access("write")
        self.followup_ids._check_to_do()
        self.followup_ids._drop(self.reason)
