# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..calc.route import MOST_STOPS, place, place_url, route_url, stops


class FsmOrder(models.Model):
    """What the lists people work from show beside the visit itself (requirements 34, 37)."""

    _inherit = "fsm.order"

    map_url = fields.Char(string="Map", compute="_compute_map_url")

    # Missed windows and visits still to be made, found among years of completed ones.
    _aftersales_open_window_idx = models.Index(
        "(aftersales_window_end) WHERE aftersales_window_end IS NOT NULL AND outcome IS NULL"
    )

    _aftersales_change_asked_idx = models.Index("(id) WHERE appointment_state = 'change_asked'")

    # The calendar asks for what ends after its first day: of a long past that leaves what is ahead.
    _scheduled_date_end_idx = models.Index("(scheduled_date_end)")

    @api.depends("location_id")
    def _compute_map_url(self):
        for order in self:
            order.map_url = place_url(order._place_on_map())

    def _place_on_map(self):
        """Return the coordinates or the address of the site as a map finds it; empty if unknown."""
        site = self.location_id
        return place(
            [site.street, f"{site.zip or ''} {site.city or ''}", site.country_id.name]
            if site.street or site.city
            else [],
            site.partner_latitude,
            site.partner_longitude,
        )

    def action_route(self):
        """Open one map with the stops of these visits in the order of their time.

        What has no time yet comes last.

        :raises UserError: when a site has no address, or there are more stops than a map shows
        """
        visits = self.sorted(lambda visit: (visit.scheduled_date_start or datetime.max, visit.id))
        lost = visits.filtered(lambda visit: not visit._place_on_map())
        if lost:
            raise UserError(
                self.env._(
                    "%s has no address. Enter one, or leave the visit out of the route.",
                    lost[0].location_id.display_name,
                )
            )
        places = stops([visit._place_on_map() for visit in visits])
        if len(places) > MOST_STOPS:
            raise UserError(
                self.env._(
                    "A map shows %(most)s stops at most, and these are %(count)s. Choose fewer "
                    "visits, such as those of one technician and day.",
                    most=MOST_STOPS,
                    count=len(places),
                )
            )
        return {"type": "ir.actions.act_url", "url": route_url(places), "target": "new"}

    @api.model
    def _open_list(self, domain, xmlid="aftersales_visit_action", **values):
        """Return the action of all visits narrowed to ``domain``, beginning with the list.

        :param values: of the action, such as ``name``
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(f"aftersales_inspection.{xmlid}")
        views = sorted(action["views"], key=lambda view: view[1] != "list")
        return dict(action, domain=domain, views=views, **values)

    @api.model
    def action_open_due(self):
        """Open what is due this month, by territory where visits lie in any, else by town."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_inspection.aftersales_visit_action_month"
        )
        promised = Domain("aftersales_window_end", "!=", False) & Domain("outcome", "=", False)
        divided = self.search_count(promised & Domain("territory_id", "!=", False), limit=1)
        area = "territory" if divided else "city"
        context = {
            "create": False,
            "search_default_due_this_month": 1,
            "search_default_todo": 1,
            f"search_default_group_{area}": 1,
        }
        return dict(action, context=context)

    @api.model
    def action_open_today(self):
        """Open what people in the field start their day with: technicians their own visits.

        Dispatchers, who send them, start with the calendar.
        """
        dispatches = self.env.user.has_group("fieldservice.group_fsm_dispatcher")
        works = self.env["fsm.person"].search_count(
            [("partner_id.user_ids", "in", self.env.uid)], limit=1
        )
        name = "action_day" if works and not dispatches else "action"
        return self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_inspection.aftersales_visit_{name}"
        )
