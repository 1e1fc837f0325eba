# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: What a plan manager may state of a contract that ran before it was entered here.
OPENING_FIELDS = {
    "name",
    "date_start",
    "amount_untaxed",
    "asset_ids",
    "opening_replacements_used",
}


class AftersalesContract(models.Model):
    """Contracts that run already when a company begins with this system (requirement 87).

    A plan manager enters or imports them with their first day and what was used of the running
    year. From then on they are contracts like any other.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset({"opening_replacements_used"})

    opening_replacements_used = fields.Integer(
        string="Replacements Used Before",
        copy=False,
        help="Used of the running contract year before the contract was entered here.",
    )

    _opening_not_negative = models.Constraint(
        "CHECK(opening_replacements_used >= 0)", "What was used before cannot be negative."
    )

    @api.model
    def get_import_templates(self):
        """Offer a file to fill in on the import screen."""
        return [
            {
                "label": self.env._("Import Template for Running Contracts"),
                "template": "/aftersales_plans/static/xls/running_contracts.csv",
            }
        ]

    @api.model
    def _opening_fields(self):
        """Return what a manager may state of a contract that was not sold here."""
        return OPENING_FIELDS

    @api.model
    def _states_opening(self, vals):
        """Tell whether ``vals`` may state what only a manager states of contracts not sold here."""
        manager = self.env.user.has_group("aftersales_plans.group_manager")
        return manager and not self.env.su and not vals.get("sale_line_id")

    @api.model
    def _prepare_opening(self, vals):
        """Return what a manager states of a contract that ran before; nothing for others.

        :raises UserError: goods that are not in the register yet
        """
        if not self._states_opening(vals):
            return {}
        for command in vals.get("asset_ids") or []:
            if command[0] not in (Command.LINK, Command.SET):
                raise UserError(self.env._("Choose covered goods from the register of assets."))
        return {name: vals[name] for name in vals.keys() & self._opening_fields() - {"name"}}

    @api.model
    def _without_opening(self, vals):
        """Return ``vals`` without what a manager may state; refused by the guard for others."""
        if not self._states_opening(vals):
            return vals
        return {name: vals[name] for name in vals.keys() - self._opening_fields()}

    def _opening_used(self):
        """Return what was used of the running year before: {kind of entitlement: times}."""
        self.ensure_one()
        return {"replacement": self.opening_replacements_used}

    def _open_running(self):
        """Start contracts that were created with their first day, with what they have used."""
        opened = self.filtered(lambda c: c.state == "draft" and c.date_start)
        for contract in opened:
            contract._fix_term(contract.date_start)
        opened._activate_due()
        for contract in opened:
            for kind, used in contract._opening_used().items():
                if used:
                    contract._count_opening_use(kind, used)
            if contract.date_end < contract.company_id._aftersales_today():
                contract._expire()
        self._live().filtered(lambda contract: not contract.sale_line_id)._check_opening_goods()
        return self

    def _check_opening_goods(self):
        """Refuse goods that these contracts could not have been sold for.

        :raises UserError: naming contract and goods, and what to do
        """
        for contract in self:
            # only to say what is wrong with them; the goods were named by the user
            error = contract.sudo().asset_ids._offer_error(
                contract.partner_id, contract.site_id, contract.company_id, contract
            )
            if error:
                raise UserError(
                    self.env._("%(contract)s: %(error)s", contract=contract.name, error=error)
                )

    def _count_opening_use(self, kind, used):
        """Count ``used`` times of the running year as used before.

        :raises UserError: the year includes fewer, or none is running
        """
        today = self.company_id._aftersales_today()
        hidden = self.sudo()  # whoever may create the contract; counters are nobody's to write
        entitlement = hidden._entitlement(kind, min(today, self.date_end))
        if not entitlement or not entitlement._consume(self, used):
            raise UserError(
                self.env._(
                    "%(contract)s of %(customer)s: %(used)s are said to be used, but its running "
                    "year includes %(included)s.",
                    contract=self.display_name,
                    customer=self.partner_id.display_name,
                    used=used,
                    included=entitlement.included,
                )
            )
