# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .reward_accounts import JOURNAL, STORE_CREDIT

OPENING_CREDIT_SETTINGS = (STORE_CREDIT, JOURNAL)


class AftersalesCreditOpening(models.Model):
    """Store credit somebody held before this program began, to be recorded once (87).

    Recording makes it a lot on the owner's card with its original last day, booked against
    ``counterpart_account_id`` on L.
    """

    _name = "aftersales.credit.opening"
    _description = "Opening Store Credit"
    _inherit = "aftersales.opening"
    _order = "date desc, id desc"
    _guarded = frozenset({"lot_id"})
    _record = "lot_id"

    date_expiry = fields.Date(string="Expires", help="Last day, inclusive; empty: never.")
    lot_id = fields.Many2one(
        "aftersales.credit.lot", readonly=True, copy=False, ondelete="restrict"
    )

    @api.depends("lot_id.movement_ids.kind")
    def _compute_status(self):
        return super()._compute_status()

    def _is_taken_back(self):
        return "taken_back" in self.lot_id.movement_ids.mapped("kind")

    @api.model
    def get_import_templates(self):
        """Offer a file to fill in on the import screen."""
        return [
            {
                "label": self.env._("Import Template for Opening Store Credit"),
                "template": "/aftersales_referral/static/xls/opening_store_credit.csv",
            }
        ]

    # --- What may be entered -------------------------------------------------------------------

    @api.constrains("amount", "date_expiry", "company_id")
    def _check_still_worth_something(self):
        for opening in self:
            today = opening.company_id._aftersales_today()
            if opening.currency_id.compare_amounts(opening.amount, 0.0) < 0:
                raise ValidationError(
                    self.env._(
                        "%s: nobody holds less than nothing; enter what the customer may spend.",
                        opening.display_name,
                    )
                )
            if opening.date_expiry and opening.date_expiry < today and not opening.lot_id:
                raise ValidationError(
                    self.env._(
                        "%(opening)s: this store credit expired on %(day)s already.",
                        opening=opening.display_name,
                        day=opening.date_expiry,
                    )
                )

    def _check_counterpart(self):
        # accounts alone, whatever the accountant may read of the books
        ledger = self.env["aftersales.commission"].sudo()
        if self.counterpart_account_id in ledger._store_credit_accounts(self.company_id):
            raise ValidationError(
                self.env._(
                    "%s: booked against the store credit account itself, nothing would be owed. "
                    "Choose another account.",
                    self.display_name,
                )
            )

    def _say_recorded(self):
        return self.env._(
            "%s is on the card: take the store credit back and enter it anew.", self.display_name
        )

    # --- Recording -----------------------------------------------------------------------------

    def action_record(self):
        """Put these balances on the cards and book them; those recorded before are left out.

        :raises UserError: an account is missing; nothing is recorded then
        """
        self.check_access("write")
        new = self.filtered(lambda opening: not opening.lot_id)
        new._check_bookable()  # settings and days may have changed since they were entered
        new._check_still_worth_something()
        together = new.grouped(lambda one: (one.company_id, one.date, one.counterpart_account_id))
        for (company, day, account), openings in together.items():
            openings._record_lots(company, day, account)

    def _record_lots(self, company, day, account):
        """Record balances of one day in one entry."""
        Lot = self.env["aftersales.credit.lot"]
        Lot._check_accountant(company)
        company._aftersales_check_reward_settings(OPENING_CREDIT_SETTINGS)
        grants = [
            (
                opening.referrer_id.commercial_partner_id,
                opening.amount,
                opening.date_expiry,
                Lot._signed(self.env._("Opening balance %s", opening.reference or "")),
            )
            for opening in self
        ]
        # Cards and lots are nobody's to write; the accountant's right was checked above.
        granted = Lot.sudo()._grant_against(
            company, account, grants, day, kind="opening", label=self.env._("Opening balance")
        )
        for opening, lot in zip(self.sudo(), granted, strict=True):  # by this button alone
            opening.lot_id = lot

    def action_take_back(self):
        """Take back what is left of these balances, to enter them anew."""
        self.lot_id.action_take_back()

    def action_open_row(self):
        """Open the lot."""
        self.ensure_one()
        return self.lot_id.get_formview_action()
