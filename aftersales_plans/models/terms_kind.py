# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesTerms(models.AbstractModel):
    """What the kind of a contract means: what is in its price and what is charged (19).

    Full service: parts and work of what the plan promises. Fixed price: the promised visits and
    their work, parts are charged. Time and materials: nothing, everything is charged as it comes.
    A rate nobody agreed on is the list price of our services, so nothing is charged 0 by silence.
    """

    _inherit = "aftersales.terms"

    kind_in_words = fields.Char(
        string="This Means", compute="_compute_kind_in_words", compute_sudo=True
    )

    @api.depends("contract_kind", "labour_included", "hour_rate", "visit_rate", "company_id")
    def _compute_kind_in_words(self):
        for terms in self:
            terms.kind_in_words = " ".join(
                filter(None, (terms._kind_in_words(), terms._missing_rates_in_words()))
            )

    def _includes(self, name):
        """Tell whether work or freight of covered goods is in the price; never without a plan.

        :param name: ``labour_included`` or ``freight_included``
        """
        return bool(self[name] and self.contract_kind != "time_material")

    def _includes_parts(self):
        """Tell whether parts are in the price."""
        return self.contract_kind == "full_service"

    def _charges_parts(self):
        """Tell whether the customer agreed to pay parts as they come; not where nothing is held."""
        return bool(self) and not self._includes_parts()

    def _includes_visits(self):
        """Tell whether the promised visits, with their work, are in the price."""
        return self.contract_kind != "time_material"

    def _rates(self):
        """Return (price of a visit, price of an hour of work), company currency, not rounded."""
        return (
            self.visit_rate or self._listed(self._service("product_call_out")),
            self.hour_rate or self._listed(self._service("product_labour")),
        )

    def _listed(self, service):
        return service._aftersales_list_price(self.company_id or self.env.company)

    @api.model
    def _service(self, name):
        return self.env.ref(f"aftersales_plans.{name}").sudo()  # a price for everybody

    # --- In words ------------------------------------------------------------------------------

    def _kind_in_words(self):
        """Return what is in the price, as one sentence for people."""
        self.ensure_one()
        sentences = {
            "full_service": self.env._(
                "Full service: parts and work of what the plan promises are in the price."
            )
            if self.labour_included
            else self.env._(
                "Full service without work: parts of what the plan promises are in the price, work "
                "is charged."
            ),
            "fixed_price": self.env._(
                "Fixed price: the promised visits and their work are in the price, parts are "
                "charged."
            ),
            "time_material": self.env._(
                "Time and materials: every visit, hour of work and part is charged as it comes."
            ),
        }
        return sentences.get(self.contract_kind, "")

    def _rates_in_words(self):
        """Return what a visit and an hour cost that are not in the price, as people read it."""
        self.ensure_one()
        visit, hour = map(self.currency_id.format, self._rates())
        return self.env._("%(hour)s an hour, %(visit)s a visit", visit=visit, hour=hour)

    def _missing_rates_in_words(self):
        """Return which list prices count because no rate was agreed; empty if both were."""
        missing = [
            self._service(product)
            for rate, product in (
                (self.visit_rate, "product_call_out"),
                (self.hour_rate, "product_labour"),
            )
            if not rate
        ]
        if not missing or self.contract_kind != "time_material":
            return ""
        return self.env._(
            "No rate is agreed, so the list price counts: %s.",
            ", ".join(
                f"{service.display_name} {self.currency_id.format(self._listed(service))}"
                for service in missing
            ),
        )


class AftersalesPlan(models.Model):
    """Keeps a plan from being sold whose visits and hours would cost nothing."""

    _inherit = "aftersales.plan"

    @api.constrains("contract_kind", "hour_rate", "visit_rate")
    def _check_rates(self):
        for plan in self.filtered(lambda plan: plan.contract_kind == "time_material"):
            if not any(plan._rates()):
                raise ValidationError(
                    self.env._(
                        "%(plan)s is by time and materials, but neither a visit nor an hour has a "
                        "price. Enter one, or a list price of %(services)s.",
                        plan=plan.name,
                        services=", ".join(
                            plan._service(name).display_name
                            for name in ("product_call_out", "product_labour")
                        ),
                    )
                )
