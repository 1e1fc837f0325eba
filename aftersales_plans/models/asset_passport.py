# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from ..calc import meter
from .linked_records import ASSETS, CLAIMS, CONTRACTS, open_action, open_records, open_transfers


class AftersalesAsset(models.Model):
    """What the passport of an asset shows beside its own fields (requirements 45, 46, 50)."""

    _inherit = "aftersales.asset"

    sale_order_id = fields.Many2one(related="move_id.sale_line_id.order_id", string="Sales Order")
    guarantee_state = fields.Selection(
        [("running", "In guarantee"), ("ended", "Ended")],
        string="Guarantee",
        compute="_compute_guarantee_state",
    )
    cover_end = fields.Date(related="contract_id.date_end", string="Plan until", tracking=False)
    child_ids = fields.One2many("aftersales.asset", "origin_asset_id", string="Split off")
    reading_ids = fields.One2many("aftersales.reading", "asset_id", string="Readings")
    reading_count = fields.Integer(compute="_compute_readings")
    reading_last = fields.Float(string="Last Reading", compute="_compute_readings")
    reading_date = fields.Datetime(string="Read on", compute="_compute_readings")
    reading_unit = fields.Char(string="Meter Unit", compute="_compute_readings")
    reading_per_day = fields.Float(
        string="Average per Day",
        compute="_compute_readings",
        help="How much the meter goes up a day, from the first reading to the last.",
    )
    contract_count = fields.Integer(compute="_compute_counts")
    claim_count = fields.Integer(compute="_compute_counts")
    child_count = fields.Integer(compute="_compute_counts")
    document_count = fields.Integer(compute="_compute_document_count")

    @api.depends("warranty_end", "company_id")
    def _compute_guarantee_state(self):
        for asset in self:
            end = asset.warranty_end
            today = asset.company_id._aftersales_today() if end else None
            asset.guarantee_state = end and ("running" if today <= end else "ended")

    @api.depends("reading_ids.date", "reading_ids.value", "reading_ids.is_reset")
    def _compute_readings(self):
        for asset in self:
            readings = asset.reading_ids.sorted(lambda reading: (reading.date, reading.id))
            last = readings[-1:]
            same_meter = readings.filtered(lambda reading, last=last: reading.unit == last.unit)
            asset.reading_count = len(readings)
            asset.reading_last = last.value
            asset.reading_date = last.date
            asset.reading_unit = last.unit
            asset.reading_per_day = meter.per_day(
                [(reading.date, reading.value, reading.is_reset) for reading in same_meter]
            )

    @api.depends("contract_ids", "child_ids")
    def _compute_counts(self):
        claims = dict(
            self.env["aftersales.claim.line"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["claim_id:count_distinct"]
            )
        )
        for asset in self:
            asset.claim_count = claims.get(asset, 0)
            asset.contract_count = len(asset.contract_ids)
            asset.child_count = len(asset.child_ids)

    @api.depends("product_id")
    def _compute_document_count(self):
        for asset in self:
            asset.document_count = self.env["ir.attachment"].search_count(asset._documents())

    def _documents(self):
        """Return the domain of the files of this asset and of its product."""
        self.ensure_one()
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        product = self.product_id.product_tmpl_id
        if not product.has_access("read"):
            return domain
        of_product = [("res_model", "=", product._name), ("res_id", "=", product.id)]
        return ["|", "&", *domain, "&", *of_product]

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_order(self):
        """Open the order the goods were sold on."""
        return self.sale_order_id.get_formview_action()

    def action_open_delivery(self):
        """Open the transfer that delivered the goods."""
        return open_transfers(self.picking_id)

    def action_open_contracts(self):
        """Open the contracts that cover or covered the goods."""
        return open_records(self.contract_ids, CONTRACTS)

    def action_open_claims(self):
        """Open the claims about these goods; a new one starts with their owner and site."""
        return open_action(
            self.env,
            CLAIMS,
            [("line_ids.asset_id", "in", self.ids)],
            default_partner_id=self.partner_id.id,
            default_site_id=self.site_id.id,
        )

    def action_open_readings(self):
        """Open the readings of the meter."""
        return open_action(
            self.env,
            "aftersales_plans.aftersales_reading_action",
            [("asset_id", "in", self.ids)],
            default_asset_id=self.id,
            fill_temporal=False,  # no reading on a day is no reading of zero
        )

    def action_open_children(self):
        """Open what was split off these goods."""
        return open_action(self.env, ASSETS, [("origin_asset_id", "in", self.ids)])

    def action_open_documents(self):
        """Open the files of the asset and its product; a new one belongs to the asset."""
        return open_action(
            self.env,
            "aftersales_plans.aftersales_asset_documents_action",
            self._documents(),
            default_res_model=self._name,
            default_res_id=self.id,
        )
