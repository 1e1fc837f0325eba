# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesOpening(models.AbstractModel):
    """What somebody was owed before these books began, to be recorded once (requirement 87).

    Accountants enter or import rows, look them over and record them; each is booked against
    ``counterpart_account_id`` and fixed from then on. ``_record`` names the field that points to
    what a row became.
    """

    _name = "aftersales.opening"
    _description = "Opening balance"
    _inherit = "aftersales.guarded"
    _order = "date desc, id desc"
    _check_company_auto = True
    _record = None

    referrer_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    reference = fields.Char(
        help="What it was in the old books; tells several balances of one referrer and day apart."
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._aftersales_today())
    amount = fields.Monetary(required=True, help="Positive: owed to the referrer.")
    counterpart_account_id = fields.Many2one(
        "account.account",
        string="Booked against",
        required=True,
        check_company=True,
        default=lambda self: self._default_counterpart(),
        help="Debited with what is owed. By default the result of the current year; choose the "
        "account your opening balances are booked against.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    status = fields.Selection(
        [("draft", "To record"), ("recorded", "Recorded"), ("taken_back", "Taken back")],
        compute="_compute_status",
    )

    @api.model
    def _default_counterpart(self):
        Account = self.env["account.account"]
        return Account.search(
            [
                *Account._check_company_domain(self.env.company),
                ("account_type", "=", "equity_unaffected"),
            ],
            limit=1,
        )

    def _compute_status(self):
        for opening in self:
            taken_back = "taken_back" if opening._is_taken_back() else "recorded"
            opening.status = taken_back if opening[self._record] else "draft"

    def _is_taken_back(self):
        """Tell whether what this row became was taken back."""
        raise NotImplementedError

    def _check_counterpart(self):
        """Raise where the row is booked against the very account that is owed on."""
        raise NotImplementedError

    def _say_recorded(self):
        """Return in words that the row is fixed, and what to do instead."""
        raise NotImplementedError

    @api.depends("referrer_id.name", "reference", "date")
    def _compute_display_name(self):
        for opening in self:
            parts = [opening.referrer_id.name, opening.reference or str(opening.date or "")]
            opening.display_name = ", ".join(filter(None, parts))

    # --- What may be entered -------------------------------------------------------------------

    @api.constrains("amount", "date", "company_id", "counterpart_account_id")
    def _check_bookable(self):
        for opening in self:
            if opening.currency_id.is_zero(opening.amount):
                raise ValidationError(
                    self.env._("%s: enter an amount other than 0.", opening.display_name)
                )
            if opening.date > opening.company_id._aftersales_today():
                raise ValidationError(
                    self.env._("%s: an opening balance lies in the past.", opening.display_name)
                )
            opening._check_counterpart()

    @api.constrains("referrer_id", "reference", "date", "company_id")
    def _check_entered_once(self):
        """Refuse a line that is there already: a file is easily imported twice."""
        others = self.search(
            [("company_id", "in", self.company_id.ids), ("date", "in", self.mapped("date"))]
        )
        standing = others.filtered(lambda other: other.status != "taken_back")
        known = standing.grouped(lambda other: other._what_it_is())
        for opening in self & standing:
            if known[opening._what_it_is()] != opening:
                raise ValidationError(
                    self.env._(
                        "%(referrer)s: an opening balance of %(date)s%(reference)s is entered "
                        "already. Give another one its own reference.",
                        referrer=opening.referrer_id.display_name,
                        date=opening.date,
                        reference=opening.reference and f" ({opening.reference})" or "",
                    )
                )

    def _what_it_is(self):
        referrer = self.referrer_id.commercial_partner_id
        reference = (self.reference or "").strip().lower()
        return self.company_id, referrer, self.date, reference

    def write(self, vals):
        """Refuse changes of what is in the ledger."""
        if not self.env.su:
            self._refuse_recorded()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        self._refuse_recorded()

    def _refuse_recorded(self):
        for opening in self:
            if opening[self._record]:
                raise UserError(opening._say_recorded())
