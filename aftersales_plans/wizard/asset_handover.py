# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesAssetHandover(models.TransientModel):
    """Goods get a new owner, a new place, or both; recorded in their history (requirement 45)."""

    _name = "aftersales.asset.handover"
    _description = "Hand Over or Move Assets"
    _inherit = ["aftersales.asset.dated"]

    partner_id = fields.Many2one(
        "res.partner",
        string="New Owner",
        compute="_compute_from_assets",
        store=True,
        readonly=False,
        required=True,
    )
    site_id = fields.Many2one(
        "res.partner",
        string="New Site",
        compute="_compute_site_id",
        store=True,
        readonly=False,
        required=True,
        help="Address where the goods are from then on.",
    )
    note = fields.Char(help="Such as the document that shows the sale.")
    owner_changes = fields.Boolean(compute="_compute_owner_changes")
    contract_ids = fields.Many2many("aftersales.contract", compute="_compute_contract_ids")
    keep_cover = fields.Boolean(
        string="The plan goes along",
        compute="_compute_keep_cover",
        store=True,
        readonly=False,
        help="Otherwise the plan ends for these goods; for what else it covers it goes on.",
    )

    @api.depends("asset_ids")
    def _compute_from_assets(self):
        for wizard in self:
            wizard.partner_id = wizard.asset_ids[:1].partner_id

    @api.depends("asset_ids", "partner_id")
    def _compute_site_id(self):
        """Offer the delivery address of a new owner."""
        for wizard in self:
            address = wizard.partner_id.address_get(["delivery"])["delivery"]
            stays = not wizard.owner_changes
            wizard.site_id = wizard.asset_ids[:1].site_id if stays else address

    @api.depends("asset_ids", "partner_id")
    def _compute_owner_changes(self):
        for wizard in self:
            owners = wizard.asset_ids.partner_id.commercial_partner_id
            wizard.owner_changes = bool(owners - wizard.partner_id.commercial_partner_id)

    @api.depends("asset_ids")
    def _compute_contract_ids(self):
        for wizard in self:
            wizard.contract_ids = wizard.asset_ids.contract_ids._live()

    @api.depends("owner_changes")
    def _compute_keep_cover(self):
        for wizard in self:
            wizard.keep_cover = not wizard.owner_changes

    def action_apply(self):
        """Record owner and site; the plan goes along or ends for these goods. Twice is once."""
        self.ensure_one()
        assets = self.asset_ids
        assets.check_access("write")
        self._check_in_use()
        changed = assets.filtered(self._changes)
        bodies = {asset.id: self._note(asset) for asset in changed}
        assets.write({"partner_id": self.partner_id.id, "site_id": self.site_id.id})
        changed._message_log_batch(bodies=bodies)
        hidden = assets.sudo()  # checked above; contracts follow from where the goods are
        if self.keep_cover:
            hidden._take_contracts_along()
        else:
            hidden._leave_cover(self.date)
        return {"type": "ir.actions.act_window_close"}

    def _changes(self, asset):
        """Tell whether something of an asset changes."""
        moves = asset.partner_id != self.partner_id or asset.site_id != self.site_id
        return moves or (asset.contract_id and not self.keep_cover)

    def _check_in_use(self):
        for asset in self.asset_ids.filtered(lambda asset: asset.status != "in_use"):
            raise UserError(
                self.env._("%s is out of use and cannot be handed over or moved.", asset.name)
            )

    def _note(self, asset):
        """Tell what changes for one asset, for its history."""
        changes = [
            self.env._(
                "%(field)s: %(old)s → %(new)s.",
                field=asset._fields[name]._description_string(self.env),
                old=asset[name].display_name,
                new=self[name].display_name,
            )
            for name in ("partner_id", "site_id")
            if asset[name] != self[name]
        ]
        day = self.env._("From %s on.", format_date(self.env, self.date))
        return " ".join(filter(None, [day, *changes, self._cover_in_words(asset), self.note]))

    def _cover_in_words(self, asset):
        if not asset.contract_id:
            return ""
        contract = asset.contract_id.display_name
        if self.keep_cover:
            return self.env._("%s goes along.", contract)
        return self.env._("%s ended for these goods.", contract)
