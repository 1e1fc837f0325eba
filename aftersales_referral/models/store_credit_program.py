# SPDX-License-Identifier: LGPL-3.0-or-later
import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.aftersales_plans.models.stored_words import store_words

from .reward_accounts import STORE_CREDIT

LIMIT = "aftersales_credit_domain"


class ResCompany(models.Model):
    """The eWallet program behind store credit: one per company, in its currency (design §5).

    Branches share the program, the cards and account L of the company at their root; what rewards
    cost and what expires is booked where it belongs. The program cannot be topped up by buying (no
    rule, no product), is not sold at the till, can be spent to the last cent, and its payment
    product books to L.
    """

    _inherit = "res.company"

    aftersales_wallet_program_id = fields.Many2one(
        "loyalty.program", string="Store Credit Program", readonly=True, check_company=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Give new companies their program; let new branches use that of their root."""
        companies = super().create(vals_list)
        companies._aftersales_create_wallets()
        return companies

    def write(self, vals):
        """Keep the program on the account, in the currency and within the limit of its company."""
        result = super().write(vals)
        if not {STORE_CREDIT, LIMIT, "currency_id"}.isdisjoint(vals):
            self._aftersales_follow_company()
        return result

    def _aftersales_create_accounts(self):
        """Make the program too, where it is missing."""
        result = super()._aftersales_create_accounts()
        self._aftersales_create_wallets()
        return result

    def _aftersales_wallet_program(self):
        """Return the program store credit of this company is kept in; made if it was deleted.

        :raises UserError: it is archived, or in another currency than the company
        """
        self.ensure_one()
        root = self.sudo().root_id  # whoever works in a branch may not see the company above it
        if not root.aftersales_wallet_program_id:
            root._aftersales_create_wallets()
        problem = root._aftersales_wallet_problem()
        if problem:
            raise UserError(problem)
        return root.aftersales_wallet_program_id.with_env(self.env)

    def _aftersales_wallet_problem(self):
        """Return in words what is wrong with the program; empty when all is well."""
        self.ensure_one()
        # a branch may not see the company above it; its name and currency
        program = self.sudo().root_id.aftersales_wallet_program_id
        if program and not program.active:
            return self.env._(
                "%(company)s: the store credit program “%(program)s” is archived. An "
                "administrator sets it up again under After-Sales, Configuration, Settings.",
                company=self.name,
                program=program.name,
            )
        if program and program.currency_id != self.currency_id:
            return self.env._(
                "%(company)s: store credit is held in %(held)s, the company works in "
                "%(currency)s. Take back or spend what is held, then set store credit up again "
                "under After-Sales, Configuration, Settings.",
                company=self.name,
                held=program.currency_id.name,
                currency=self.currency_id.name,
            )
        return ""

    # --- Making it -----------------------------------------------------------------------------

    def action_aftersales_set_up_wallet(self):
        """Bring the program back to work: unarchived, in the currency of its company.

        :raises UserError: cards still hold credit in another currency
        """
        self.check_access("write")
        self._aftersales_create_wallets()
        for company in self:
            company._aftersales_wallet_program()

    def _aftersales_create_wallets(self):
        """Make the programs that are missing, and bring those that exist up to date."""
        # Nobody may make or edit such a program; called where companies are made and set up.
        for root in self.sudo().root_id:
            program = root.aftersales_wallet_program_id
            if not program:
                root.aftersales_wallet_program_id = root._aftersales_create_wallet()
            elif not program.active:
                program.action_unarchive()
        self._aftersales_follow_company()

    def _aftersales_create_wallet(self):
        Program = self.env["loyalty.program"].with_company(self)
        program = Program.browse(Program.create_from_template("ewallet")["res_id"])
        program.rule_ids.unlink()
        program.write(self._prepare_aftersales_wallet(program))
        program.reward_ids.required_points = 0.01
        store_words(program, "name", lambda env: env._("Store credit for referrals"))
        for reward in program.reward_ids:
            store_words(reward, "description", _reward_words)
            store_words(reward.discount_line_product_id, "name", _reward_words)
        return program

    def _prepare_aftersales_wallet(self, program):
        vals = {
            "name": self.env._("Store credit for referrals"),
            "company_id": self.id,
            "currency_id": self.currency_id.id,
            "communication_plan_ids": [Command.clear()],
            "aftersales_wallet": True,
        }
        if "pos_ok" in program._fields:
            vals["pos_ok"] = False
        return vals

    # --- Following the company -----------------------------------------------------------------

    def _aftersales_follow_company(self):
        """Let programs follow account, currency and limit of their company, whoever sets them."""
        # nobody's to write by hand; follows from what was written to the company
        for root in self.sudo().root_id:
            program = root.aftersales_wallet_program_id
            if program:
                root._aftersales_set_wallet_account(program)
                root._aftersales_set_wallet_currency(program)
                root._aftersales_set_wallet_limit(program)

    def _aftersales_set_wallet_account(self, program):
        """Book what is spent on L, in branches too."""
        product = program.reward_ids.discount_line_product_id
        if product.taxes_id:
            product.taxes_id = [Command.clear()]
        account = self[STORE_CREDIT]
        for company in self.search([("id", "child_of", self.id)]):
            held = product.with_company(company)
            if held.property_account_income_id != account:
                held.property_account_income_id = account

    def _aftersales_set_wallet_currency(self, program):
        held = self.env["loyalty.card"].search_count(
            [("program_id", "=", program.id), ("points", "!=", 0)], limit=1
        )
        if program.currency_id != self.currency_id and not held:
            program.write(
                {
                    "currency_id": self.currency_id.id,
                    "portal_point_name": self.currency_id.symbol,
                }
            )

    # --- What it pays --------------------------------------------------------------------------

    @api.constrains(LIMIT)
    def _check_aftersales_credit_domain(self):
        for company in self:
            try:
                limit = company._aftersales_credit_limit()
                company.env["product.product"].search(limit, limit=1)
            except (ValueError, SyntaxError, KeyError, TypeError) as error:
                raise ValidationError(
                    self.env._(
                        "%(company)s: store credit cannot be limited to %(limit)s. Choose the "
                        "products with fixed values.",
                        company=company.name,
                        limit=company[LIMIT],
                    )
                ) from error

    def _aftersales_credit_limit(self):
        """Return the domain of products store credit pays; empty: all.

        :raises ValueError: it is no domain
        """
        return Domain(ast.literal_eval(self[LIMIT] or "[]"))

    def _aftersales_set_wallet_limit(self, program):
        """Let core offer credit for these products only, up to their price with taxes."""
        limit = self._aftersales_credit_limit()
        everything = limit.is_true()
        vals = {
            "discount_applicability": "order" if everything else "specific",
            "discount_product_domain": "[]" if everything else self[LIMIT],
        }
        for reward in program.reward_ids:
            if any(reward[name] != value for name, value in vals.items()):
                reward.write(vals)


class ResConfigSettings(models.TransientModel):
    """Where the program is found, and what is wrong with it."""

    _inherit = "res.config.settings"

    aftersales_wallet_program_id = fields.Many2one(
        related="company_id.root_id.aftersales_wallet_program_id"
    )
    aftersales_wallet_problem = fields.Char(compute="_compute_aftersales_wallet_problem")
    aftersales_lots_waiting = fields.Integer(compute="_compute_aftersales_wallet_problem")

    @api.depends("company_id")
    def _compute_aftersales_wallet_problem(self):
        Lot = self.env["aftersales.credit.lot"].sudo()  # only how many wait
        for settings in self:
            root = settings.company_id.sudo().root_id
            due = Lot._search_run_out(("company_id", "=", root.id))
            settings.aftersales_wallet_problem = root._aftersales_wallet_problem()
            settings.aftersales_lots_waiting = len(due)

    def action_set_up_wallet(self):
        """Bring the store-credit program back to work."""
        self.company_id.root_id.action_aftersales_set_up_wallet()


class LoyaltyReward(models.Model):
    """What customers read on the line of their order."""

    _inherit = "loyalty.reward"

    def _compute_description(self):
        """Keep the name of store credit whatever changes about it."""
        wallets = self.filtered("program_id.aftersales_wallet")
        for reward in wallets:
            reward.description = _reward_words(self.env)
        return super(LoyaltyReward, self - wallets)._compute_description()


def _reward_words(env):
    return env._("Store credit")
