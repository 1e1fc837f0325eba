# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .claim import OPEN_STATES

JOIN_DAYS = 7  # reports of one site within as many days may be one matter


class AftersalesClaim(models.Model):
    """Several reports of one matter become one claim, which is one time (requirement 7; design §3).

    The earliest takes the goods of the others, which are cancelled and keep a link to it. Only
    what nobody has decided is joined, of one customer, site and plan. What a visit found keeps a
    claim of its own: its terms differ.
    """

    _inherit = "aftersales.claim"
    _guarded = frozenset({"joined_into_id"})

    joined_into_id = fields.Many2one(
        "aftersales.claim", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    joinable_count = fields.Integer(compute="_compute_joinable_count")

    @api.depends("site_id", "partner_id", "contract_id", "state", "date_reported")
    def _compute_joinable_count(self):
        found = self._find_joinable()
        for claim in self:
            claim.joinable_count = len(claim._joinable(found))

    def _find_joinable(self):
        """Return the undecided claims of the sites of these, themselves included."""
        return self.search(
            [
                ("state", "in", OPEN_STATES),
                ("channel", "!=", "visit"),
                ("company_id", "in", self.company_id.ids),
                ("site_id", "in", self.site_id._origin.ids),
            ],
            order="date_reported, id",
        )

    def _joinable(self, found):
        """Return the claims of ``found`` that are one matter with this one; empty if it is alone.

        The earliest comes first, this claim is among them.
        """
        self.ensure_one()
        own = self._origin
        if not own or own not in found:
            return own.browse()
        near = found.filtered(own._is_near)
        earliest = near[:1]
        contract = own.contract_id or near.contract_id[:1]
        matter = near.filtered(
            lambda claim: (
                earliest._is_near(claim)
                and (not claim.contract_id or claim.contract_id == contract)
            )
        )
        return matter if len(matter) > 1 else own.browse()

    def _is_near(self, other):
        """Tell whether ``other`` was reported by the same customer within the days to join."""
        apart = abs(self.date_reported - other.date_reported)
        return (
            self.company_id == other.company_id
            and self.site_id == other.site_id
            and self.partner_id.commercial_partner_id == other.partner_id.commercial_partner_id
            and apart <= timedelta(days=JOIN_DAYS)
        )

    def action_join(self):
        """Join what was reported for this site within 7 days; open the claim that remains.

        :raises UserError: there is nothing to join, or nothing that the user may change
        """
        self.ensure_one()
        matter = self._joinable(self._find_joinable())
        matter.check_access("write")
        if not matter:
            raise UserError(
                self.env._(
                    "There is no other undecided report of %(site)s within %(days)s days of "
                    "%(claim)s.",
                    site=self.site_id.display_name,
                    days=JOIN_DAYS,
                    claim=self.name,
                )
            )
        matter[0]._take_over(matter[1:])
        return matter[0].get_formview_action()

    def _take_over(self, others):
        """Move the goods of ``others`` here and cancel them, with links both ways."""
        contract = (self | others).contract_id
        others.line_ids.write({"claim_id": self.id})
        self.write(self._prepare_joined(others))
        if contract:
            self.contract_id = contract
        self.message_subscribe((others.message_partner_ids - self.message_partner_ids).ids)
        # units lent meanwhile are lent for this claim now; joining was checked by action_join
        loans = others.sudo().move_ids.filtered(
            lambda move: move.aftersales_step in ("loan", "loan_return")
        )
        loans.aftersales_claim_id = self
        others._set_state("cancelled")
        others.sudo().joined_into_id = self  # a link nobody writes by hand; checked by action_join
        for other in others:
            other.message_post(body=self.env._("Joined into %s.", self._get_html_link()))
        self.message_post(
            body=self.env._(
                "Took over %s.", Markup(", ").join(other._get_html_link() for other in others)
            )
        )

    def _prepare_joined(self, others):
        """Return what this claim says of the whole matter, as values."""
        matter = self | others
        texts = [self.description] + [
            f"{claim.name}: {claim.description}" for claim in others if claim.description
        ]
        return {
            "description": "\n\n".join(filter(None, texts)),
            "labour_hours": sum(matter.mapped("labour_hours")),
            "send_freight": any(matter.mapped("send_freight")),
            "user_id": matter.user_id[:1].id,
        }

    def action_reopen(self):
        """Leave claims that were joined closed: their goods are with the other claim."""
        for claim in self.filtered("joined_into_id"):
            raise UserError(
                self.env._(
                    "%(claim)s was joined into %(other)s. Go on there.",
                    claim=claim.name,
                    other=claim.joined_into_id.name,
                )
            )
        return super().action_reopen()
