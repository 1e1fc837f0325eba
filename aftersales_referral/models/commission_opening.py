# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesCommissionOpening(models.Model):
    """What was owed to a referrer before this ledger began, to be recorded once (87).

    Accountants enter or import rows, look them over and record them: each becomes an adjusted row
    of the ledger, booked against ``counterpart_account_id``, and is fixed from then on. Store
    credit from before is entered apart: ``aftersales.credit.opening``.
    """

    _name = "aftersales.commission.opening"
    _description = "Opening Balance of a Referrer"
    _inherit = "aftersales.opening"
    _order = "date desc, id desc"
    _guarded = frozenset({"commission_id"})
    _record = "commission_id"

    commission_id = fields.Many2one(
        "aftersales.commission", string="Ledger Row", readonly=True, copy=False, ondelete="restrict"
    )

    @api.depends("commission_id.taken_back_ids")
    def _compute_status(self):
        return super()._compute_status()

    def _is_taken_back(self):
        return bool(self.commission_id.taken_back_ids)

    @api.model
    def get_import_templates(self):
        """Offer a file to fill in on the import screen."""
        return [
            {
                "label": self.env._("Import Template for Opening Balances"),
                "template": "/aftersales_referral/static/xls/opening_balances.csv",
            }
        ]

    def _check_counterpart(self):
        # accounts alone, whatever the accountant may read of the books
        accrued = self.env["aftersales.commission"].sudo()._accrued_accounts(self.company_id)
        if self.counterpart_account_id in accrued:
            raise ValidationError(
                self.env._(
                    "%s: booked against accrued commissions itself, nothing would be owed. "
                    "Choose another account.",
                    self.display_name,
                )
            )

    def _say_recorded(self):
        return self.env._(
            "%s is in the ledger: take the ledger row back and enter a new one.",
            self.display_name,
        )

    # --- Recording -----------------------------------------------------------------------------

    def action_record(self):
        """Write these balances to the ledger and book them; those recorded before are left out."""
        self.check_access("write")
        new = self.filtered(lambda opening: not opening.commission_id)
        new._check_bookable()  # settings may have changed since they were entered
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
