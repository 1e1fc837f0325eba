# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

MOST_NAMED = 3  # goods on a card; the form shows all


class FsmOrder(models.Model):
    """A technician's day: its stops in the order of the route, on a phone (design §8)."""

    _inherit = "fsm.order"

    is_late_stop = fields.Boolean(compute="_compute_day_label", help="Its day is over.")
    day_label = fields.Char(string="Day", compute="_compute_day_label")
    goods_label = fields.Char(string="Goods", compute="_compute_day_goods", compute_sudo=True)
    parts_label = fields.Char(string="Take Along", compute="_compute_day_goods", compute_sudo=True)

    @api.depends_context("tz", "lang")
    @api.depends("scheduled_date_start")
    def _compute_day_label(self):
        """Name the day as people do."""
        today = fields.Date.context_today(self)
        near = {today: self.env._("Today"), today + timedelta(days=1): self.env._("Tomorrow")}
        for visit in self:
            day = visit._planned_day()
            visit.is_late_stop = bool(day and day < today)
            visit.day_label = day and (
                near.get(day) or format_date(self.env, day, date_format="EEE d MMM")
            )

    def _planned_day(self):
        """Return the day of the visit where the reader is; False without one."""
        start = self.scheduled_date_start
        return start and fields.Datetime.context_timestamp(self, start).date()

    @api.depends("inspected_asset_ids", "claim_id", "part_ids.product_id", "part_ids.quantity")
    def _compute_day_goods(self):
        """Say in a line what the visit is about and what has to be in the van."""
        for visit in self:
            visit.goods_label = visit.claim_id.goods_label or visit._named(
                visit.inspected_asset_ids
            )
            visit.parts_label = visit._named(visit.part_ids)

    def _named(self, rows):
        """Return the products of ``rows`` with their quantities, the first few by name."""
        names = [
            self.env["aftersales.claim"]._in_words(product, sum(same.mapped("quantity")))
            for product, same in rows.grouped("product_id").items()
        ]
        more = len(names) - MOST_NAMED
        shown = ", ".join(names[:MOST_NAMED])
        if more <= 0:
            return shown
        return self.env._("%(names)s and %(count)s more", names=shown, count=more)

    @api.model
    def _my_stops(self, day):
        """Return my visits of ``day``, where I am, that are still to be made."""
        mine = Domain("person_id.partner_id.user_ids", "in", self.env.uid)
        on_day = Domain("scheduled_date_start", ">=", day) & Domain(
            "scheduled_date_start", "<", day + timedelta(days=1)
        )
        to_do = Domain("outcome", "=", False) & Domain("stage_id.is_closed", "=", False)
        return self.search(mine & on_day & to_do)

    @api.model
    def _route_of(self, day):
        visits = self._my_stops(day)
        if not visits:
            raise UserError(self.env._("You have no stop left on %s.", format_date(self.env, day)))
        return visits.action_route()

    @api.model
    def action_route_today(self):
        """Open my stops of today on one map, in the order of their time."""
        return self._route_of(fields.Date.context_today(self))

    @api.model
    def action_route_tomorrow(self):
        """Open my stops of tomorrow on one map, in the order of their time."""
        return self._route_of(fields.Date.context_today(self) + timedelta(days=1))

    @api.model
    def action_open_tomorrow(self):
        """Open my stops of tomorrow."""
        return self._open_mine("tomorrow")

    @api.model
    def _open_mine(self, name):
        return self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_inspection.aftersales_visit_action_{name}"
        )

    def action_begin(self):
        """Start the visit and open it where the work is done."""
        self.ensure_one()
        self.action_start()
        view = self.env.ref("aftersales_inspection.aftersales_visit_view_form_on_site")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "fsm.order",
            "res_id": self.id,
            "views": [(view.id, "form")],
        }
