# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date


class AftersalesCommissionExpectedWizard(models.TransientModel):
    """Asks for the day of the list of commissions expected on unpaid invoices."""

    _name = "aftersales.commission.expected.wizard"
    _description = "Commission Expected: Day"

    date = fields.Date(
        string="At the End of",
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="Today, or the last day of a period that is being closed.",
    )

    def action_show(self):
        """Open the list for the chosen companies.

        :raises AccessError: the user is no accountant
        """
        self.ensure_one()
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Only accountants see what is expected."))
        # Rules are read from orders and contracts; who may see the result was checked above.
        rows = self.env["aftersales.commission.expected"].sudo()
        rows = rows._fill(self.env.companies, self.date)
        rows.wizard_id = self
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_commission_expected_action"
        )
        title = self.env._("Commission Expected at the End of %s", format_date(self.env, self.date))
        several = {"search_default_group_company": 1} if len(self.env.companies) > 1 else {}
        return dict(
            action,
            name=title,
            display_name=title,
            domain=[("wizard_id", "=", self.id)],
            context={**several, "search_default_group_referrer": 1},
        )
