from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesCommissionOpening(models.Model):
    """What was owed to a referrer before this ledger began, to be recorded once (87).

    Accountants enter or import rows, look them over and record them: each becomes an adjusted row
    of the ledger, booked against ``counterpart_account_id``, and is fixed from then on. Store
    credit from before is entered here too and then paid out as store credit.
    """

    _name = "aftersales.commission.opening"
    _description = "Opening Balance of a Referrer"
    _inherit = "aftersales.guarded"
    _order = "date desc, id desc"
    _check_company_auto = True
    _guarded = frozenset({"commission_id"})

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
    commission_id = fields.Many2one(
        "aftersales.commission", string="Ledger Row", readonly=True, copy=False, ondelete="restrict"
    )
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

    @api.depends("commission_id.taken_back_ids")
    def _compute_status(self):
        for opening in self:
            row = opening.commission_id
            taken_back = "taken_back" if row.taken_back_ids else "recorded"
            opening.status = taken_back if row else "draft"

    @api.depends("referrer_id.name", "reference", "date")
    def _compute_display_name(self):
        for opening in self:
            parts = [opening.referrer_id.name, opening.reference or str(opening.date or "")]
            opening.display_name = ", ".join(filter(None, parts))

    @api.model
    def get_import_templates(self):
        """Offer a file to fill in on the import screen."""
        return [
            {
                "label": self.env._("Import Template for Opening Balances"),
                "template": "/aftersales_referral/static/xls/opening_balances.csv",
            }
        ]

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
            accrued = opening.company_id.aftersales_accrued_commission_account_id
            if opening.counterpart_account_id == accrued:
                raise ValidationError(
                    self.env._(
                        "%s: booked against accrued commissions itself, nothing would be owed. "
                        "Choose another account.",
                        opening.display_name,
                    )
                )

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
            if opening.commission_id:
                raise UserError(
                    self.env._(
                        "%s is in the ledger: take the ledger row back and enter a new one.",
                        opening.display_name,
                    )
                )

    # --- Recording -----------------------------------------------------------------------------

    def action_record(self):
        """Write these balances to the ledger and book them; those recorded before are left out."""
        self.check_access("write")
        new = self.filtered(lambda opening: not opening.commission_id)
        Commission = self.env["aftersales.commission"]
        rows = Commission._adjust([opening._prepare_row() for opening in new])
        for opening, row in zip(new.sudo(), rows, strict=True):  # by this button alone
            opening.commission_id = row
        return rows._tell_waiting()

    def _prepare_row(self):
        reason = self.env._("Opening balance %s", self.reference or "").strip()
        return self.env["aftersales.commission"]._prepare_adjustment(
            self.referrer_id,
            self.company_id,
            self.amount,
            reason,
            date=self.date,
            available_date=self.date,
            counterpart_account_id=self.counterpart_account_id.id,
            key=f"opening-{self.id}",
        )

    def action_open_row(self):
        """Open the ledger row."""
        self.ensure_one()
        return self.commission_id.get_formview_action()
