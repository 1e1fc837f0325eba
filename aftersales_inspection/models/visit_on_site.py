# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class FsmOrder(models.Model):
    """A visit while somebody is there: where it is, what is checked, what is found (5, 45)."""

    _inherit = "fsm.order"
    _guarded = frozenset({"is_started"})

    is_visit = fields.Boolean(compute="_compute_is_visit", compute_sudo=True)
    is_started = fields.Boolean(string="Started", readonly=True, copy=False)
    starts_early = fields.Boolean(
        compute="_compute_starts_early", help="Planned for a later day: starting it is asked twice."
    )
    check_ids = fields.One2many("aftersales.check", "visit_id", string="Checks")
    finding_ids = fields.One2many("aftersales.finding", "visit_id", string="Findings")
    inspected_asset_ids = fields.Many2many(
        "aftersales.asset", compute="_compute_inspected_asset_ids", compute_sudo=True
    )
    site_address = fields.Char(string="Address", compute="_compute_site_address", compute_sudo=True)
    site_phone = fields.Char(
        string="Phone on Site", compute="_compute_site_address", compute_sudo=True
    )

    @api.depends("type", "aftersales_contract_id")
    def _compute_is_visit(self):
        visits = self._visits()
        for order in self:
            order.is_visit = order in visits

    @api.depends("scheduled_date_start", "is_started")
    def _compute_starts_early(self):
        """Tell whether the planned day lies ahead, by the clock of the user."""
        today = fields.Date.context_today(self)
        for order in self:
            planned = order.scheduled_date_start
            order.starts_early = bool(
                planned
                and not order.is_started
                and fields.Datetime.context_timestamp(order, planned).date() > today
            )

    @api.depends("aftersales_contract_id.asset_ids.status", "location_id", "type")
    def _compute_inspected_asset_ids(self):
        for order in self:
            order.inspected_asset_ids = order._inspected_assets()

    @api.depends("location_id")
    def _compute_site_address(self):
        """Say where to go and whom to call; the customer's number where the site has none."""
        for order in self:
            site = order.location_id.partner_id
            address = site._display_address(without_company=True)
            order.site_address = ", ".join(filter(None, map(str.strip, address.split("\n"))))
            order.site_phone = site.phone or order._customer().phone

    def _known_assets(self):
        """Return the assets a finding of this visit may be about."""
        self.ensure_one()
        contract = self.aftersales_contract_id
        return contract.asset_ids if contract else self._inspected_assets()

    def _inspected_assets(self):
        """Return what is inspected: the contract's goods, else those at the site, in use.

        Another class of the order may override it for its kind of visit; it must not write.
        """
        self.ensure_one()
        visit = self.sudo()  # which goods there are follows from the visit, which is readable
        if visit.aftersales_contract_id:
            goods = visit.aftersales_contract_id.asset_ids
            return goods.filtered(lambda asset: asset.status == "in_use").sorted("id")
        if not visit._visits() or visit.aftersales_kind == "stock":
            return visit.env["aftersales.asset"]
        return visit.env["aftersales.asset"].search(
            [
                ("company_id", "=", visit.company_id.id),
                ("site_id", "=", visit.location_id.partner_id.id),
                ("status", "=", "in_use"),
            ],
            order="id",
        )

    def _prepare_inspected_goods(self):
        """Return what is inspected as values of a note: its asset, else product and lot.

        Goods without asset (own stock) come from an override, which calls ``super()``.
        """
        self.ensure_one()
        return [
            {"asset_id": asset.id, "product_id": asset.product_id.id, "lot_id": asset.lot_id.id}
            for asset in self._inspected_assets()
        ]

    def _prepare_checks(self):
        """Return values of the checks this visit still lacks, goods by goods."""
        self.ensure_one()
        Product = self.env["product.product"]
        goods = [(Product.browse(v["product_id"] or ()), v) for v in self._prepare_asked_goods()]
        checklists = self.env["aftersales.checklist"]._of_products(
            [product for product, _vals in goods],
            self.aftersales_kind or "inspection",
            self.company_id,
        )
        asked = {
            (check.line_id.id, check.asset_id.id, check.product_id.id, check.lot_id.id)
            for check in self.check_ids
        }
        return [
            {**line._prepare_question(), **vals, "visit_id": self.id, "line_id": line.id}
            for product, vals in goods
            for line in checklists[product].line_ids
            if (line.id, vals["asset_id"], vals["product_id"], vals["lot_id"]) not in asked
        ]

    def _prepare_asked_goods(self):
        """Return the inspected goods; an installation or training without asks about itself."""
        goods = self._prepare_inspected_goods()
        if goods or self.aftersales_kind not in ("installation", "training"):
            return goods
        return [{"asset_id": False, "product_id": False, "lot_id": False}]

    def action_start(self):
        """Note that somebody is there, and load the checks of what is there now.

        Pressed again it loads what came later. Nothing is asked twice.

        :raises UserError: the visit is over
        """
        self.check_access("write")
        for visit in self._visits():
            if visit.is_closed:
                raise UserError(self.env._("%s is over. Reopen it to go there again.", visit.name))
            # sudo: the office writes the questions; the visit was writable
            hidden = visit.sudo()
            if not visit.is_started:
                hidden.write({"is_started": True, "date_start": fields.Datetime.now()})
            vals_list = hidden._prepare_checks()
            if vals_list:
                hidden.env["aftersales.check"]._load(vals_list)
                hidden._clear_signature()
        return True

    def action_reopen(self):
        """Open visits that are over again, to correct, finish or make them after all."""
        self.check_access("write")
        over = self._completed_visits()
        for company, visits in over.grouped("company_id").items():
            visits.stage_id = visits.with_company(company)._default_stage_id()
        return True
