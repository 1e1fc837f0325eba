# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import split_every

from ..calc.failure import BY_AGE, BY_OLD, rate_at
from ..calc.forecast import demand, interval
from .failure import together
from .never_fail import never_fail

BATCH_PARTS = 200


class AftersalesPartsForecast(models.Model):
    """Forecasting: part by part, in batches whose queries do not grow with the goods in use."""

    _inherit = "aftersales.parts.forecast"

    # --- The run -------------------------------------------------------------------------------

    @api.model
    def _cron_forecast(self):
        """Forecast what was not forecast today, of every company; resumable, twice-safe."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            due = self._due_parts(company)
            self.env["ir.cron"]._commit_progress(remaining=len(due))
            for ids in split_every(BATCH_PARTS, due.ids):
                with never_fail(self.env, f"Forecasting the parts {ids}"):
                    self._forecast(due.browse(ids), company)
                if not self.env["ir.cron"]._commit_progress(len(ids)):
                    return

    @api.model
    def _forecast_all(self, company):
        """Forecast all parts of a company at once, also those that were forecast today."""
        parts = self._parts_of(company).sorted("id")
        for ids in split_every(BATCH_PARTS, parts.ids):
            self._forecast(parts.browse(ids), company)

    @api.model
    def _due_parts(self, company):
        """Return the products in use or used as parts whose outlook is not of today."""
        fresh = self.env["aftersales.parts.outlook"].search(
            [("company_id", "=", company.id), ("date", "=", company._aftersales_today())]
        )
        return (self._parts_of(company) - fresh.product_id).sorted("id")

    @api.model
    def _parts_of(self, company):
        """Return what customers have in use, what failures took, and what siblings add."""
        in_use = self.env["aftersales.asset"]._read_group(
            [("company_id", "=", company.id), ("status", "=", "in_use")], ["product_id"]
        )
        taken = {part for use in self._parts_used(company).values() for part in use.parts}
        known = self.env["aftersales.parts.outlook"].search([("company_id", "=", company.id)])
        products = self.env["product.product"].browse(
            {product.id for (product,) in in_use} | taken | self._other_parts(company)
        )
        return products | known.product_id

    @api.model
    def _other_parts(self, company):
        """Return the ids of parts used otherwise than by failures; empty. Override to add some."""
        return set()

    @api.model
    def _months(self, company):
        """Return [(first day, day after the last)]: the days left of this month, then full ones."""
        today = company._aftersales_today()
        firsts = [
            today + relativedelta(day=1, months=number)
            for number in range(company.aftersales_forecast_months + 2)
        ]
        return list(zip([today, *firsts[1:-1]], firsts[1:], strict=True))

    # --- One batch -----------------------------------------------------------------------------

    @api.model
    def _forecast(self, parts, company):
        """Write outlook and months of ``parts`` anew; runs as superuser."""
        months = self._months(company)
        taken = self._parts_per_failure(self._failing(parts, company), company)
        sources = self._sources(parts, taken)
        failing = parts.union(*sources.values())
        failing.mapped("display_name")  # all at once
        rates = self._rates_of(failing, company)
        units, metered = self._units_in_use(failing, company, months)
        others = self._other_use(parts, company, months)
        figures = {}
        for part in parts:
            for first, until in months:
                found = [
                    self._prepare_source(
                        part, product, units.get((product.id, first), []), rates[product], taken
                    )
                    | {"metered": metered.get(product.id, 0.0)}
                    for product in sources[part]
                ]
                other = others.get((part, first), [])
                figures[part, first] = self._prepare_month(found, other, (until - first).days)
        self.env["aftersales.parts.outlook"]._store(company, figures, months, rates)

    @api.model
    def _failing(self, parts, company):
        """Return the products whose failures may take ``parts``."""
        used = self._parts_used(company)
        wanted = set(parts.ids)
        return parts.union(
            *(product for (product, _covered), use in used.items() if wanted & use.parts.keys())
        )

    @api.model
    def _sources(self, parts, taken):
        """Return {part: products whose failures take it}."""
        sources = {part: self.env["product.product"] for part in parts}
        for product, uses in taken.items():
            for part_id in {part_id for use in uses for part_id in (use or {})}:
                part = parts.browse(part_id)
                if part in sources:
                    sources[part] |= product
        return sources

    @api.model
    def _rates_of(self, products, company):
        """Return {product: (its Ages, rate of the product, rate of its category)}."""
        Failure = self.env["aftersales.failure"]
        ages = Failure._ages(products, company)
        kin = Failure._kin(products.filtered("categ_id"), company)
        counted = Failure._counted(products.union(*kin.values()), company)
        of_category = {
            category: together(counted[other] for other in kin[alike[:1]]).rate
            for category, alike in products.grouped("categ_id").items()
            if category
        }
        return {
            product: (ages[product], counted[product].rate, of_category.get(product.categ_id))
            for product in products
        }

    @api.model
    def _prepare_source(self, part, product, units, rates, taken):
        """Return what the units of one product take of ``part`` in one month, and why."""
        found = {unit.age: rate_at(unit.age, *rates) for unit in units}
        failures = demand(units, found.get)
        per_covered, per_other = (
            None if use is None else use.get(part.id, 0.0) for use in taken[product]
        )
        days = sum(unit.unit_days for unit in units)
        covered = sum(unit.covered_days for unit in units) / days if days else 0.0
        expected = None
        if failures:
            others = failures.failures - failures.covered
            expected = failures.covered * (per_covered or 0.0) + others * (per_other or 0.0)
        return {
            "product_id": product.id,
            "product": product.display_name,
            "units": sum(unit.units for unit in units),
            "ageless": sum(unit.units for unit in units if unit.age is None),
            "rates": self._prepare_rates(found, rates[0].old_from),
            "covered": covered,
            "per_covered": per_covered or 0.0,
            "per_other": per_other,
            "failures": failures and failures.failures,
            "expected": expected,
        }

    @api.model
    def _prepare_rates(self, found, old_from):
        """Return each rate once: by age, of old goods, and what stands for all other ages."""
        rates = {}
        for age, (rate, origin) in found.items():
            if rate:
                own = {BY_AGE: age, BY_OLD: old_from}.get(origin)
                rates[origin, own] = {"origin": origin, "age": own, "per_month": rate.per_month}
        return list(rates.values())

    @api.model
    def _other_use(self, parts, company, months):
        """Return {(part, first day of the month): [use]}; empty.

        Called once for a batch. A sibling adds what else it takes from stock: plain values with
        ``kind`` and ``expected`` (None: not enough data), which :meth:`_other_in_words` can tell.
        """
        return {}

    @api.model
    def _other_in_words(self, other):
        """Return one use of :meth:`_other_use` as a sentence, by whoever added it."""
        return ""

    @api.model
    def _prepare_month(self, sources, others, days):
        """Return the figures of one part and month.

        ``expected`` is 0 where nothing uses it, None where what uses it has not enough data.
        """
        uses = [*(source for source in sources if source["units"]), *others]
        known = [use["expected"] for use in uses if use["expected"] is not None]
        mean = sum(known)
        low, high = interval(mean)
        return {
            "days": days,
            "units": sum(source["units"] for source in sources),
            "expected": None if uses and not known else mean,
            "low": low,
            "high": high,
            "facts": {"sources": [use for use in sources if use["units"]], "others": others},
        }
