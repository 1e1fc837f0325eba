# SPDX-License-Identifier: AGPL-3.0-or-later
import base64
import logging
import uuid
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, format_date, format_time

from odoo.addons.aftersales_plans.models.customer_page import domain_of_customer

from ..calc.zone import local_day

_logger = logging.getLogger(__name__)

try:
    import vobject
except ImportError:  # as in Odoo's own calendar: mails go out without a calendar entry
    _logger.warning("The Python module vobject is missing: visits are sent without iCal files.")
    vobject = None

TEMPLATES = {
    step: f"aftersales_inspection.mail_template_visit_{step}"
    for step in ("proposed", "confirmed", "reminder", "cancelled")
}
TO_CUSTOMER = "aftersales_inspection.subtype_visit_to_customer"  # followers get no copy
REPORT = "aftersales_inspection.subtype_report_to_customer"  # likewise
IN_MAIL = "mail=1"  # stands in links where the customer's copy has the token
NAMED_GOODS = 5  # of what is inspected, the rest is counted


class FsmOrder(models.Model):
    """What the customer reads of a visit: mails, calendar entry, link to the visit's page.

    Days and hours are those of the place that is visited, in the customer's language.
    """

    _inherit = "fsm.order"

    # Not portal.mixin's access_token: with that name the token would open the chatter too.
    appointment_token = fields.Char(
        string="Token of the Visit's Page", copy=False, groups="base.group_system"
    )
    appointment_partner_id = fields.Many2one(
        "res.partner",
        string="Agreed with",
        compute="_compute_appointment_partner_id",
        compute_sudo=True,
        help="The contact of the site if it has an e-mail address, else the customer.",
    )

    @api.depends(
        "aftersales_partner_id",
        "aftersales_contract_id.site_id.email",
        "location_id.contact_id.email",
        "location_id.partner_id.email",
        "location_id.owner_id",
    )
    def _compute_appointment_partner_id(self):
        for visit in self:
            contract, location = visit.aftersales_contract_id, visit.location_id
            at_site = [location.contact_id, contract.site_id or location.partner_id]
            reachable = [partner for partner in at_site if partner.email]
            visit.appointment_partner_id = reachable[0] if reachable else visit._customer()

    # --- Words ---------------------------------------------------------------------------------

    def _appointment_day(self, start=None):
        """Return the day of ``start`` (naive UTC, default: as planned) in words."""
        day = local_day(self._site_zone(), start or self.scheduled_date_start)
        return format_date(self.env, day, date_format="full")

    def _appointment_subject(self):
        """Return the subject of the mail that proposes the planned date, or a new one."""
        day = self.scheduled_date_start and self._appointment_day()
        if self.appointment_changed:
            return self.env._("New date for our visit: %s", day)
        return self.env._("Our visit: %s", day)

    def _appointment_hours(self, start=None):
        """Return from when to when the visit takes, at ``start`` or as planned, in words."""
        zone, start = self._site_zone().zone, start or self.scheduled_date_start
        end = start + self._appointment_duration()
        return " – ".join(
            format_time(self.env, moment, tz=zone, time_format="short") for moment in (start, end)
        )

    def _appointment_duration(self):
        return timedelta(hours=self._planned_hours() or self._errand().visit_hours or 1)

    def _appointment_title(self):
        """Return what kind of visit it is, as customers call it."""
        titles = {
            "installation": self.env._("Installation"),
            "training": self.env._("Training"),
        }
        return titles.get(self.aftersales_kind) or self.env._("Inspection visit")

    def _appointment_goods(self):
        """Return the goods that are looked at, in words; empty without a contract."""
        assets = self.aftersales_contract_id.asset_ids
        names = assets.filtered(lambda asset: asset.status == "in_use").product_id.mapped("name")
        words = ", ".join(names[:NAMED_GOODS])
        if len(names) <= NAMED_GOODS:
            return words
        return self.env._(
            "%(goods)s and %(count)s more", goods=words, count=len(names) - NAMED_GOODS
        )

    def _appointment_address(self):
        """Return where the visit is, on one line."""
        site = self.aftersales_contract_id.site_id or self.location_id.partner_id
        return site.contact_address_inline or site.display_name

    def _appointment_technician(self):
        """Return the first name of who comes; customers need no more."""
        return (self.person_id.name or "").split(" ")[0]

    # --- Link ----------------------------------------------------------------------------------

    def _ensure_appointment_token(self):
        """Give the visits the token their customers' links need."""
        for visit in self.filtered(lambda visit: not visit.appointment_token):
            visit.appointment_token = str(uuid.uuid4())

    def _appointment_path(self, query):
        return f"/my/visits/{self.id}?{query}"

    def _appointment_url(self, anchor=""):
        """Return the link to the visit's page as mails hold it, in the history without token."""
        self.ensure_one()
        return f"{self.get_base_url()}{self._appointment_path(IN_MAIL)}{anchor}"

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """Put the token into the links of the customer's copy alone.

        Everybody who reads the visit reads its history, and must not answer for the customer.
        """
        body = super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )
        hidden = self.sudo()  # goes to the customer alone, whoever triggered the mail
        subtypes = [
            self.env.ref(xmlid, raise_if_not_found=False) for xmlid in (TO_CUSTOMER, REPORT)
        ]
        customer = hidden.appointment_partner_id
        if message.subtype_id == subtypes[1]:
            customer = hidden._customer()
        if message.subtype_id not in subtypes or recipients_group["recipients_ids"] != customer.ids:
            return body
        with_token = f"access_token={hidden.appointment_token}"
        return body.replace(self._appointment_path(IN_MAIL), self._appointment_path(with_token))

    def _is_open_to(self, user, token=None):
        """Tell whether the visit's page opens for ``user`` with ``token``.

        The token of the mail opens it, or the login of the same customer. Colleagues have the
        visit itself: without the token they cannot answer for the customer.
        """
        self.ensure_one()
        expected = self.appointment_token
        if expected and token and consteq(expected.encode(), token.encode()):
            return True
        visit = self.sudo()  # only whether it opens
        return bool(visit.filtered_domain(domain_of_customer(user, "aftersales_partner_id")))

    # --- Mail ----------------------------------------------------------------------------------

    def _write_to_customer(self, step):
        """Send the mail of ``step``, one of ``TEMPLATES``.

        :raises UserError: the template is gone or cannot be filled in
        """
        self.ensure_one()
        template = self.env.ref(TEMPLATES[step], raise_if_not_found=False)
        if not template:
            raise UserError(
                self.env._("The mail template of visits (%s) was deleted.", TEMPLATES[step])
            )
        self._ensure_appointment_token()
        self.message_post_with_source(
            template, message_type="auto_comment", subtype_xmlid=TO_CUSTOMER
        )

    def _tell_customer(self, step):
        """Send the mail of ``step`` after something that happened anyway."""
        for visit in self:
            obstacle = visit._obstacle_to_write()
            if obstacle:
                visit._message_log(body=self.env._("No mail was sent. %s", obstacle))
                continue
            visit._mail_or_note(
                lambda visit=visit: visit._write_to_customer(step),
                self.env._("The customer could not be told by mail: please call."),
            )

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the calendar entry to the mails that fix or cancel a date."""
        result = super()._process_attachments_for_template_post(mail_template)
        steps = {self.env.ref(TEMPLATES[step], False): step for step in TEMPLATES}
        step = steps.get(mail_template)
        if not step or not vobject:
            return result
        for visit in self.filtered(lambda v: v.scheduled_date_start or v.appointment_told_for):
            entry = base64.b64encode(visit._prepare_ics(cancelled=step == "cancelled"))
            result.setdefault(visit.id, {}).setdefault("attachments", []).append(
                ("visit.ics", entry)
            )
        return result

    def _prepare_ics(self, cancelled=False):
        """Return the visit as an iCalendar file.

        The same visit keeps its UID and later files have a higher SEQUENCE (RFC 5545, 3.8.7.4), so
        that a calendar replaces or removes the entry it has.
        """
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        start = (cancelled and self.appointment_told_for) or self.scheduled_date_start
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")  # no secret
        calendar = vobject.iCalendar()
        calendar.add("method").value = "CANCEL" if cancelled else "PUBLISH"
        event = calendar.add("vevent")
        event.add("uid").value = f"visit-{self.id}@{database}"
        event.add("sequence").value = str(int(now.timestamp()) // 60)
        event.add("dtstamp").value = now
        event.add("dtstart").value = pytz.utc.localize(start)
        event.add("dtend").value = pytz.utc.localize(start + self._appointment_duration())
        event.add("summary").value = f"{self._appointment_title()} · {self.company_id.name}"
        event.add("location").value = self._appointment_address()
        event.add("description").value = self._appointment_goods()
        agreed = self.appointment_state == "confirmed" and not self.appointment_changed
        status = "CONFIRMED" if agreed else "TENTATIVE"
        event.add("status").value = "CANCELLED" if cancelled else status
        sender = self.company_id.partner_id.email_normalized
        if sender:
            event.add("organizer").value = f"MAILTO:{sender}"
        return calendar.serialize().encode()
