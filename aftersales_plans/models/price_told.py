# SPDX-License-Identifier: LGPL-3.0-or-later
from markupsafe import Markup

from odoo import api, fields, models

from .linked_records import open_dialog


class AftersalesPlan(models.Model):
    """How a price came about, in words and a small table, for colleagues alone (requirement 20).

    What is stored are figures and ids, see :meth:`_prepare_price_facts`; the texts are made when
    somebody reads them, in that person's language.
    """

    _inherit = "aftersales.plan"

    @api.model
    def _tell_price(self, facts, currency):
        """Return ``facts`` of a price in ``currency`` as HTML; False without any."""
        if not facts:
            return False
        missing = self._tell_missing(facts)
        if missing:
            return Markup("<p>%s</p>") % missing
        rows = [
            self._tell_base(facts, currency),
            *(self._tell_factor(factor) for factor in facts["factors"]),
            *self._tell_rule(facts["rule"], currency),
            *self._tell_result(facts, currency),
        ]
        row = Markup("<tr><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>")
        body = Markup("").join(row % cells for cells in rows)
        return Markup("<table class='table table-sm w-auto mb-0'><tbody>%s</tbody></table>") % body

    @api.model
    def _tell_missing(self, facts):
        """Return what keeps the price from being known, in words; empty: nothing does."""
        env = self.env
        if any(gap["why"] == "no_goods" for gap in facts["missing"]):
            return env._("Not enough data: the plan covers no goods yet.")
        names = ", ".join(self._goods_told(gap) for gap in facts["missing"])
        return names and env._("Not enough data: %(goods)s has no price.", goods=names)

    @api.model
    def _goods_told(self, row):
        """Return the product of ``row`` by name, also for who may not read it."""
        product = self.env["product.product"].sudo().browse(row["product"]).exists()  # its name
        return product.display_name or self.env._("deleted product")

    # --- Rows: (what, how much, why) -----------------------------------------------------------

    @api.model
    def _tell_base(self, facts, currency):
        env, base = self.env, currency.format(facts["base"])
        if facts["policy"] == "renewal":
            why = env._("price of the last term, %s %% uplift", f"{facts['uplift']:g}")
            return env._("Renewal"), base, why
        if facts["policy"] == "percent":
            why = env._(
                "%(percent)s %% of %(value)s, the goods without taxes",
                percent=f"{facts['percent']:g}",
                value=currency.format(facts["value"]),
            )
            return env._("Share of the goods' value"), base, why
        return env._("Price of the plan"), base, ""

    @api.model
    def _tell_factor(self, fact):
        """Return the row of one factor list."""
        env, number = self.env, f"× {fact['factor']:.4g}"
        if fact["kind"] == "region":
            return env._("Region"), number, self._tell_place(fact)
        name = env._("Age of the goods") if fact["kind"] == "age" else env._("Measured failures")
        tell = self._tell_age if fact["kind"] == "age" else self._tell_failures
        told = [
            env._(
                "%(goods)s: %(why)s (× %(factor)s)",
                goods=self._goods_told(row),
                why=tell(row),
                factor=f"{row['factor']:.4g}",
            )
            for row in fact["goods"]
        ]
        return name, number, Markup("<br/>").join(told) or env._("no goods")

    @api.model
    def _tell_age(self, row):
        months = row["months"]
        if months is None:
            return self.env._("age not known")
        if not months:
            return self.env._("new")
        return self.env._("%s years", f"{months / 12:.1f}")

    @api.model
    def _tell_failures(self, row):
        if row["failures"] is None:
            return self.env._("not enough data")
        return self.env._("%s failures per 100 units and year", f"{row['failures']:.1f}")

    @api.model
    def _tell_place(self, fact):
        """Return which region held the site; a sibling tells of its own kinds."""
        env = self.env
        if "state" in fact:
            return env["res.country.state"].browse(fact["state"]).exists().display_name or ""
        if "country" in fact:
            return env["res.country"].browse(fact["country"]).exists().name or ""
        return env._("no factor for this place") if fact["known"] else env._("no country known")

    @api.model
    def _tell_rule(self, rule, currency):
        """Return the rows of what the pricelist made of it; none without a rule."""
        if not rule:
            return []
        env, done = self.env, []
        if rule["fixed"]:
            done.append(env._("fixed price"))
        if rule["chained"]:
            done.append(env._("based on %s", rule["chained"]))
        if rule["discount"] > 0:
            done.append(env._("%s %% off", f"{rule['discount']:g}"))
        if rule["discount"] < 0:
            done.append(env._("%s %% on top", f"{-rule['discount']:g}"))
        if rule["round"]:
            done.append(env._("rounded to %s", f"{rule['round']:g}"))
        if rule["surcharge"]:
            done.append(env._("extra fee %s", currency.format(rule["surcharge"])))
        if rule["least_margin"]:
            done.append(env._("at least %s more", currency.format(rule["least_margin"])))
        if rule["most_margin"]:
            done.append(env._("at most %s more", currency.format(rule["most_margin"])))
        return [(env._("Pricelist %s", rule["pricelist"]), "", ", ".join(done))]

    @api.model
    def _tell_result(self, facts, currency):
        """Return the rows of the price by the rules, and of the one that was agreed instead."""
        env = self.env
        rows = [(env._("Price by the rules"), currency.format(facts["price"]), "")]
        charged = facts.get("charged")
        if charged is not None and currency.compare_amounts(charged, facts["price"]):
            rows.append((env._("Typed by hand"), currency.format(charged), ""))
        if facts.get("off"):
            rows.append((env._("Discount"), f"{facts['off']:g} %", ""))
        return rows


class SaleOrderLine(models.Model):
    """How the price of a plan line came about, for who sells it."""

    _inherit = "sale.order.line"

    aftersales_price_told = fields.Html(
        string="How the Price Came About",
        compute="_compute_aftersales_price_told",
        sanitize=False,  # made here, of escaped parts
        groups="base.group_user",
    )

    @api.depends_context("lang")
    @api.depends("aftersales_price_facts", "price_unit", "discount")
    def _compute_aftersales_price_told(self):
        Plan = self.env["aftersales.plan"]
        for line in self:
            facts = line._prepare_aftersales_price_evidence()
            line.aftersales_price_told = Plan._tell_price(facts, line.currency_id)

    def _prepare_aftersales_price_evidence(self):
        """Return the facts of this line with what is really charged; False without facts."""
        facts = self.aftersales_price_facts
        return (
            bool(facts)
            and "policy" in facts
            and {
                **facts,
                "currency": self.currency_id.id,
                "charged": self.price_unit,
                "off": self.discount,
            }
        )

    def action_open_aftersales_price(self):
        """Show how the price of this plan came about."""
        self.ensure_one()
        view = self.env.ref("aftersales_plans.sale_order_line_view_form_price")
        dialog = open_dialog(self.env._("How the Price Came About"), self._name)
        return {**dialog, "res_id": self.id, "views": [(view.id, "form")]}


class AftersalesContract(models.Model):
    """How the price of a contract came about when it was sold."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"price_facts"})

    price_facts = fields.Json(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The evidence of the price, as the order line said it at the sale.",
    )
    price_told = fields.Html(
        string="How the Price Came About",
        compute="_compute_price_told",
        sanitize=False,  # made here, of escaped parts
        groups="base.group_user",
    )

    @api.depends_context("lang")
    @api.depends("price_facts")
    def _compute_price_told(self):
        for contract in self:
            facts = contract.price_facts or {}
            currency = self.env["res.currency"].browse(facts.get("currency")).exists()
            contract.price_told = contract.plan_id._tell_price(
                facts, currency or contract.currency_id
            )
