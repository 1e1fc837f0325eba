# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

SALARY = "aftersales_plans.group_manager,aftersales_plans.group_accountant"


class ResCompany(models.Model):
    """What an hour of work costs a company."""

    _inherit = "res.company"

    aftersales_hourly_cost = fields.Monetary(
        string="Hourly Cost of Work",
        groups=f"{SALARY},base.group_system",  # who opens the settings
        help="What an hour of work at a claim costs, and one of a worker without a cost of his "
        "own. 0: not known.",
    )
    _aftersales_hourly_cost_not_negative = models.Constraint(
        "CHECK(aftersales_hourly_cost >= 0)", "An hour of work cannot cost less than 0."
    )


class AftersalesLabour(models.AbstractModel):
    """Work nobody was charged for: what it cost when it was done (requirement 29).

    Fixed once the work is over, so that a rise changes no past profit, and told to the analytic
    accounts of the contract. Without hourly cost nothing is guessed: the work is marked until
    somebody states the cost and fills it in.
    """

    _name = "aftersales.labour"
    _description = "Work and What It Cost"
    _guarded = frozenset(
        {"aftersales_labour_cost", "aftersales_labour_missing", "aftersales_labour_line_ids"}
    )

    aftersales_labour_cost = fields.Monetary(
        string="Cost of Work",
        currency_field="aftersales_labour_currency_id",
        readonly=True,
        copy=False,
        groups=SALARY,
        help="Hours × what an hour cost when the work was done.",
    )
    aftersales_labour_missing = fields.Boolean(
        string="Without Cost of Work",
        readonly=True,
        copy=False,
        groups=SALARY,
        help="The work is done, and nobody said how long it took or what an hour costs.",
    )
    aftersales_labour_line_ids = fields.Many2many(
        "account.analytic.line", string="Analytic Items", readonly=True, copy=False, groups=SALARY
    )
    aftersales_labour_currency_id = fields.Many2one(
        "res.currency", compute="_compute_aftersales_labour_currency_id"
    )

    @api.depends("company_id")
    def _compute_aftersales_labour_currency_id(self):
        for work in self:
            work.aftersales_labour_currency_id = work.company_id.currency_id

    def _aftersales_fix_labour(self):
        """Fix what the work cost, at what an hour costs now."""
        for work in self.sudo():  # salary data; who ends the work never sees it
            hours, rates = work._aftersales_labour()
            known = hours is not None and all(rates)
            cost = work.aftersales_labour_currency_id.round(hours * sum(rates)) if known else 0.0
            work.write(
                {
                    "aftersales_labour_cost": cost,
                    "aftersales_labour_missing": hours != 0 and not known,
                }
            )
            work._aftersales_tell_labour(-cost, (hours or 0.0) * len(rates))

    def _aftersales_drop_labour(self):
        """Take back what the work cost: it is not over yet, or not ours to bear."""
        # sudo: as above
        for work in self.sudo().filtered(
            lambda work: work.aftersales_labour_cost or work.aftersales_labour_missing
        ):
            work.write({"aftersales_labour_cost": 0.0, "aftersales_labour_missing": False})
            work.aftersales_labour_line_ids.unlink()

    def _aftersales_tell_labour(self, amount, hours):
        """Bring the analytic items in line with ``amount``, negative, as core does for moves."""
        lines = self.aftersales_labour_line_ids
        vals_list = self.env["account.analytic.account"]._perform_analytic_distribution(
            self._aftersales_labour_distribution() or {}, amount, hours, lines, self
        )
        self.aftersales_labour_line_ids = lines.exists() | lines.create(vals_list)

    def _prepare_analytic_line_values(self, account_field_values, amount, unit_amount):
        """Return the values of one analytic item; core asks for them."""
        return {
            **account_field_values,
            "name": self.display_name,
            "amount": amount,
            "unit_amount": unit_amount,
            "date": self.company_id._aftersales_day_of(self._aftersales_labour_end()),
            "company_id": self.company_id.id,
            "partner_id": False,
            "user_id": False,
        }

    # --- What a kind of work says of itself ----------------------------------------------------

    def _aftersales_labour(self):
        """Return (hours that are over, [what an hour of each who worked costs]).

        None hours, or a cost of 0: not known.
        """
        raise NotImplementedError

    def _aftersales_labour_end(self):
        """Return the moment the work was over."""
        raise NotImplementedError

    def _aftersales_labour_distribution(self):
        """Return the analytic distribution of what sold the work."""
        raise NotImplementedError

    # --- Once the cost is known ----------------------------------------------------------------

    def action_fill_labour(self):
        """Fill in the cost of work that has none, at what an hour costs now.

        :raises AccessError: costs of work are not the caller's to know
        :raises UserError: nobody has said yet what an hour costs
        """
        self.check_access("read")
        if not any(map(self.env.user.has_group, SALARY.split(","))):
            raise AccessError(
                self.env._("Ask a plan manager or an accountant: they fill in what work costs.")
            )
        lacking = self.filtered("aftersales_labour_missing")
        lacking._aftersales_fix_labour()
        still = lacking.filtered("aftersales_labour_missing")
        if still and still == lacking:
            raise UserError(
                self.env._(
                    "%s has no cost still: state what an hour costs, of the worker or in the "
                    "settings of the company, and when a visit began and ended; try again.",
                    still[0].display_name,
                )
            )
