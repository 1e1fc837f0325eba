# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .feedback import MOODS


class AftersalesRated(models.AbstractModel):
    """A document whose customer is asked, once it is done, how it went (requirement 15).

    With ``mail.thread``'s own ratings. Core's ``rating.mixin`` is left out on purpose: it stores a
    column, which would be computed for years of deliveries, and it counts what anybody posts.
    """

    _name = "aftersales.rated"
    _description = "Asked for Feedback"
    _inherit = "mail.thread"
    _feedback_kind = None  # of aftersales.feedback
    _feedback_template = None  # XML id of the mail that asks

    aftersales_mood = fields.Selection(
        MOODS,
        string="Feedback",
        compute="_compute_aftersales_mood",
        search="_search_aftersales_mood",
        help="What the customer thought of it.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_aftersales_mood(self):
        readable = self.env["aftersales.feedback"].has_access("read")
        rows = readable and self._feedback_rows().filtered("score")
        moods = {row.res_id: row.mood for row in rows or ()}
        for record in self:
            record.aftersales_mood = moods.get(record._origin.id)

    def _search_aftersales_mood(self, operator, value):
        if operator != "in":
            return NotImplemented
        rated = Domain("res_model", "=", self._name) & Domain("mood", "!=", False)
        some = rated & Domain("mood", "in", [mood for mood in value if mood])
        search = self.env["aftersales.feedback"]._search
        found = Domain("id", "in", search(some).subselect("res_id"))
        if False in value:
            found |= Domain("id", "not in", search(rated).subselect("res_id"))
        return found

    def _feedback_rows(self):
        """Return the rows about these that the reader may see; as superuser all of them."""
        return self.env["aftersales.feedback"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )

    def action_open_aftersales_feedback(self):
        """Open what the customer wrote."""
        return self._feedback_rows()[:1].get_formview_action()

    # --- What is asked -------------------------------------------------------------------------

    @api.model
    def _feedback_domain(self, company, first, last):
        """Return which documents of ``company``, done from ``first`` to ``last``, are asked about.

        Days of the company, inclusive.
        """
        raise NotImplementedError

    def _feedback_day(self):
        """Return the company's day on which the document was done."""
        return self.company_id._aftersales_day_of(self.date_done or fields.Datetime.now())

    def _feedback_partner(self):
        """Return the contact who is asked."""
        return self.partner_id

    def _feedback_owner(self):
        """Return who answers for the document, first."""
        return self.user_id

    def _feedback_products(self):
        """Return the products the document is about."""
        raise NotImplementedError

    def _feedback_may_be_given(self):
        """Tell whether the customer may rate this document: it is done."""
        return self.state == "done"

    def _feedback_title(self):
        """Return what it is about in the customer's words, for the rating page."""
        return self.display_name

    def _mood_online(self):
        """Return what the customer said of it, for the customer's page."""
        return self._feedback_rows()[:1].mood

    def _prepare_feedback(self):
        """Return the values of the row about this document."""
        self.ensure_one()
        return {
            "name": self.display_name,
            "kind": self._feedback_kind,
            "res_model": self._name,
            "res_id": self.id,
            "partner_id": self._feedback_partner().id,
            "company_id": self.company_id.id,
            "user_id": self._feedback_owner()[:1].id,
            "product_tmpl_ids": self._feedback_products().product_tmpl_id.ids,
            "date": self._feedback_day(),
        }

    def _feedback_path(self, score):
        """Return the address of a face in the mail; colleagues who preview it get no token."""
        self.ensure_one()
        if not self.env.su:
            return "#"
        return self.env["aftersales.feedback"]._of(self)._rating_path(score)

    # --- Core's hooks --------------------------------------------------------------------------

    def _rating_get_partner(self):
        return self._feedback_partner()

    def _rating_get_operator(self):
        return self._feedback_owner()[:1].partner_id

    def _rating_apply_get_default_subtype_id(self):
        """Keep the comment between colleagues: a thank-you asks for no answer."""
        return self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Note the customer's score, the first time and whenever it is changed.

        :raises UserError: a colleague calls it; Odoo's page does as superuser, by the token
        """
        if not self.env.su:
            raise UserError(
                self.env._("Feedback is the customer's to give, by the mail or online.")
            )
        rating = super().rating_apply(
            rate, token, rating, feedback, subtype_xmlid, notify_delay_send
        )
        self.env["aftersales.feedback"]._on_rated(rating)
        return rating

    def unlink(self):
        """Let the feedback go with its document."""
        # sudo: what may be deleted takes along what was said about it
        rows = self.sudo()._feedback_rows()
        result = super().unlink()
        rows.unlink()
        return result


class RatingRating(models.Model):
    """What Odoo's rating page says of a rating of ours."""

    _inherit = "rating.rating"

    def _aftersales_title(self):
        """Return what is rated in the customer's words; nothing for ratings of others."""
        self.ensure_one()
        # sudo: the page was opened with the customer's token
        row = self.env["aftersales.feedback"].sudo().search([("rating_id", "=", self.id)])
        document = row and row._document()
        return document._feedback_title() if document else ""


class AftersalesClaim(models.Model):
    """A claim is asked about once it is done."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.rated", "aftersales.claim"]
    _feedback_kind = "claim"
    _feedback_template = "aftersales_plans.mail_template_feedback_claim"

    @api.model
    def _feedback_domain(self, company, first, last):
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "done")
            & Domain("date_done", ">=", company._aftersales_start_of(first))
            & Domain("date_done", "<", company._aftersales_start_of(last + timedelta(days=1)))
        )

    def _feedback_products(self):
        return self.line_ids.product_id

    def _feedback_title(self):
        return self.env._("Your report %s", self.name)


class StockPicking(models.Model):
    """A delivery of goods we register is asked about, where nobody calls about it."""

    _name = "stock.picking"
    _inherit = ["aftersales.rated", "stock.picking"]
    _feedback_kind = "delivery"
    _feedback_template = "aftersales_plans.mail_template_feedback_delivery"

    @api.model
    def _feedback_domain(self, company, first, last):
        """Find deliveries by the goods they put into the register; nothing scans all pickings.

        The silence after a delivery is over; what a courtesy call asks about is left to it.
        """
        silent = company.aftersales_silent_days
        goods = (
            Domain("company_id", "=", company.id)
            & Domain("date_delivered", ">=", first)
            & Domain("date_delivered", "<=", fields.Date.subtract(last, days=silent))
            & Domain("move_id.aftersales_claim_line_id", "=", False)
            & Domain("move_id.picking_id", "!=", False)
        )
        if company.aftersales_courtesy_calls:  # about orders; without one there is no call
            goods &= Domain("move_id.sale_line_id", "=", False)
        moves = self.env["aftersales.asset"].search(goods).move_id
        return Domain("id", "in", moves.picking_id.ids) & Domain("partner_id", "!=", False)

    def _feedback_owner(self):
        return self.sale_id.user_id or self.partner_id.user_id

    def _feedback_products(self):
        return self.move_ids.product_id

    def _feedback_title(self):
        return self.env._("Your delivery %s", self.sale_id.name or self.name)
