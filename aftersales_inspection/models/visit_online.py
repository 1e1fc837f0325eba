# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain

from .visit_invitation import vobject

IN_A_CALENDAR = ("open", "planned", "held")  # situations whose date the customer reads
NO_DATE = ("unplaced", "moved", "past")  # situations in which the customer reads none


class FsmOrder(models.Model):
    """What a customer reads online of visits: which are listed, what was found (requirement 66).

    Called by the portal as superuser, once the token or the login was checked.
    """

    _inherit = "fsm.order"

    # --- The list ------------------------------------------------------------------------------

    @api.model
    def _ahead_online(self):
        """Return which visits are still to be made."""
        return Domain("stage_id.is_closed", "=", False)

    @api.model
    def _unanswered_online(self):
        """Return which visits wait for the answer of their customer."""
        return self._ahead_online() & Domain(
            [
                ("appointment_state", "=", "proposed"),
                ("date_start", "=", False),
                ("scheduled_date_start", ">=", fields.Datetime.now()),
            ]
        )

    @api.model
    def _search_online(self, own, where, text):
        """Return which visits hold ``text``; each place of search is shown to customers anyway.

        Looked for in the places and contracts of this customer alone: asking whose address or
        goods hold a text would read those of all customers.

        :param own: the domain of the visits this customer sees
        :param where: what to search in: "address", "goods", "number" or "all"
        """
        [(contracts, locations)] = self._read_group(
            own, [], ["aftersales_contract_id:recordset", "location_id:recordset"]
        )
        searches = {
            "address": lambda: self._search_address(locations, text),
            "goods": lambda: self._search_goods(contracts, text),
            "number": lambda: self._search_number(contracts, text),
        }
        return Domain.OR(searches[kind]() for kind in (searches if where == "all" else [where]))

    @api.model
    def _search_address(self, locations, text):
        wanted = text.casefold()
        found = locations.filtered(
            lambda location: wanted in (location.partner_id.contact_address_inline or "").casefold()
        )
        return Domain("location_id", "in", found.ids)

    @api.model
    def _search_number(self, contracts, text):
        wanted = text.casefold()
        found = contracts.filtered(lambda contract: wanted in contract.name.casefold())
        return Domain("name", "ilike", text) | Domain("aftersales_contract_id", "in", found.ids)

    @api.model
    def _search_goods(self, contracts, text):
        found = self.env["aftersales.asset"].search(
            [("contract_ids", "in", contracts.ids), ("name", "ilike", text)]
        )
        return Domain("aftersales_contract_id", "in", (found.contract_ids & contracts).ids)

    # --- One visit -----------------------------------------------------------------------------

    def _status_online(self):
        """Return how the visit stands: ``tone`` (a colour) and ``label``."""
        self.ensure_one()
        env, situation = self.env, self._appointment_situation()
        made = self.outcome == "done"
        answers = {
            "confirmed": (env._("Confirmed"), "success"),
            "change_asked": (env._("Another date asked"), "warning"),
        }
        if situation == "open":
            answers["proposed"] = (env._("Please answer"), "info")
        label, tone = {
            "cancelled": (env._("Cancelled"), "light border"),
            "over": (env._("Made"), "success") if made else (env._("Could not be made"), "warning"),
            "started": (env._("Under way"), "info"),
            **dict.fromkeys(NO_DATE, (env._("Being planned"), "light border")),
        }.get(situation) or answers.get(self.appointment_state, (env._("Planned"), "light border"))
        return {"tone": tone, "label": label}

    def _calendar_online(self):
        """Return the calendar entry of a date its customer knows; nothing where there is none."""
        self.ensure_one()
        known = vobject and self._appointment_situation() in IN_A_CALENDAR
        return self._prepare_ics() if known else None

    def _found_online(self, user):
        """Return what was found, as the report says it, once that may be read.

        :param user: who reads; leads on to claims that open for this login
        :return: [{"goods", "words", "claim"}, …]; the claim is empty where there is none to open
        """
        self.ensure_one()
        findings = self.finding_ids if self._is_reported() else self.finding_ids.browse()
        return [
            {
                "goods": finding.goods,
                "words": finding._in_words(),
                "claim": finding.claim_id.filtered(lambda claim: claim._is_open_to(user)),
            }
            for finding in findings
        ]

    def _get_report_base_filename(self):
        """Name the file customers save as the one that is mailed to them."""
        return self._get_visit_report_filename()
