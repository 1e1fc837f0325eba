# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..calc.failure import DAYS_PER_MONTH
from ..calc.forecast import interval, within
from .linked_records import ASSETS, open_action
from .parts_words import in_words

MONTHS = "aftersales_plans.aftersales_parts_forecast_action"
STANDARD_LEAD_MONTHS = 1  # to order and put away, on top of what the supplier takes


class AftersalesPartsOutlook(models.Model):
    """How the stock of one part compares with what service is likely to use (requirement 13).

    One row per company and product that customers have in use or that failures took before; made
    by the nightly run together with its months. Stock itself is read live (:mod:`.parts_stock`).
    """

    _name = "aftersales.parts.outlook"
    _description = "Parts Forecast"
    _order = "expected desc, id"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", string="Part", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    categ_id = fields.Many2one(related="product_id.categ_id", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    month_ids = fields.One2many("aftersales.parts.forecast", "outlook_id", readonly=True)
    date = fields.Date(string="Forecast on", required=True, readonly=True)
    enough_data = fields.Boolean(readonly=True)
    units = fields.Float(
        string="Units in Use",
        readonly=True,
        digits="Product Unit",
        help="Of all products whose failures take this part.",
    )
    expected_quarter = fields.Float(
        string="Next 3 Months", readonly=True, digits=(16, 1), help="The next three full months."
    )
    expected = fields.Float(readonly=True, digits=(16, 1), help="Over all months forecast.")
    low = fields.Float(
        string="At Least", readonly=True, digits=(16, 0), help="In 1 of 10 cases it is less."
    )
    high = fields.Float(
        string="At Most", readonly=True, digits=(16, 0), help="In 1 of 10 cases it is more."
    )
    lead_days = fields.Integer(
        string="Lead Time (days)", readonly=True, help="What the first vendor takes."
    )
    need = fields.Float(
        string="To Have",
        readonly=True,
        digits=(16, 0),
        help="Likely the most that is used within the vendor's lead time and a month.",
    )
    keep = fields.Float(
        string="Overstock above",
        readonly=True,
        digits=(16, 0),
        help="Likely the most that is used, and sold as in the past year, in the months after "
        "which the settings speak of overstock.",
    )
    sold = fields.Float(
        string="Sold in a Year",
        readonly=True,
        digits="Product Unit",
        help="Left stock otherwise than for service in the past 12 months.",
    )
    facts = fields.Json(readonly=True, help="What the figures of the first full month are made of.")
    rates = fields.Json(
        readonly=True,
        help="Failures of one unit per month: by year of age; as 'old' for others from the year "
        "'old_from' on; as 'all' for the rest.",
    )
    reason = fields.Text(compute="_compute_reason")

    _part_unique = models.Constraint(
        "UNIQUE(company_id, product_id)", "This part is forecast already."
    )

    def _compute_reason(self):
        for outlook in self:
            outlook.reason = in_words(self.env, outlook.facts or {})

    # --- Written by the run --------------------------------------------------------------------

    @api.model
    def _store(self, company, figures, months, rates):
        """Write the outlook of each part and its months anew.

        :param figures: {(part, first day of the month): values of its row}
        :param months: as ``_months`` returns them
        :param rates: {product: (its Ages, rate of the product, rate of its category)}
        """
        parts = self.env["product.product"].union(*(part for part, _first in figures))
        known = self.search(
            [("company_id", "=", company.id), ("product_id", "in", parts.ids)]
        ).grouped("product_id")
        sold, lead = self._sold_otherwise(parts, company), self._lead_days(parts, company)
        firsts = [first for first, _until in months]
        values = {}
        for part in parts:
            rows = [figures[part, first] for first in firsts]
            vals = self._prepare_outlook(rows, company, lead[part], sold.get(part.id, 0.0))
            vals["rates"] = self._prepare_rates(*rates[part])
            values[part] = {**vals, "product_id": part.id, "company_id": company.id}
        for part in known:
            known[part].write(values[part])
        new = self.create([values[part] for part in parts if part not in known])
        outlooks = self.union(*known.values(), new)
        outlooks.month_ids.unlink()
        self.env["aftersales.parts.forecast"].create(
            [
                {
                    **figures[outlook.product_id, first],
                    "month": first.replace(day=1),
                    "outlook_id": outlook.id,
                    "product_id": outlook.product_id.id,
                    "company_id": company.id,
                }
                for outlook in outlooks.filtered("enough_data")
                for first in firsts
            ]
        )

    @api.model
    def _prepare_outlook(self, rows, company, lead_days, sold):
        """Return the figures of one part over all months, and those of stock to compare with."""
        enough = all(row["expected"] is not None for row in rows)
        months = [(row["days"], row["expected"] or 0.0) for row in rows]
        mean = sum(expected for _days, expected in months)
        low, high = interval(mean)
        need_days = lead_days + STANDARD_LEAD_MONTHS * DAYS_PER_MONTH
        years = company.aftersales_overstock_months / 12
        _low, keep = interval(within(months, years * 12 * DAYS_PER_MONTH))
        return {
            "date": company._aftersales_today(),
            "enough_data": enough,
            "units": rows[1]["units"],
            "expected_quarter": sum(expected for _days, expected in months[1:4]),
            "expected": mean,
            "low": low,
            "high": high,
            "lead_days": lead_days,
            "need": interval(within(months, need_days))[1],
            "keep": keep + sold * years,
            "sold": sold,
            "facts": rows[1]["facts"],
        }

    @api.model
    def _prepare_rates(self, ages, of_product, of_category):
        rates = {str(age): rate.per_month for age, rate in ages.of_year.items()}
        if ages.old:
            rates |= {"old_from": ages.old_from, "old": ages.old.per_month}
        others = of_product or of_category
        return {**rates, "all": others.per_month} if others else rates

    @api.model
    def _sold_otherwise(self, parts, company):
        """Return {product id: how many left stock otherwise than for service in 12 months}."""
        since = company._aftersales_start_of(company._aftersales_today() - relativedelta(years=1))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, SUM(line.quantity_product_uom)::float
                  FROM stock_move_line line
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location target ON target.id = line.location_dest_id
                 WHERE line.company_id = %s AND line.product_id = ANY(%s) AND line.state = 'done'
                   AND line.date >= %s AND source.usage = 'internal'
                   AND target.usage IN ('customer', 'production')
                   AND target.id IS DISTINCT FROM %s
                 GROUP BY line.product_id
                """,
                company.id,
                parts.ids,
                since,
                company.aftersales_replacement_location_id.id or None,
            )
        )
        return dict(rows)

    @api.model
    def _lead_days(self, parts, company):
        """Return {part: days its first vendor takes}; 0 without a vendor."""
        return {
            part: part.seller_ids.filtered(
                lambda seller, part=part: (
                    seller.company_id in (company, self.env["res.company"])
                    and seller.product_id in (part, self.env["product.product"])
                )
            )[:1].delay
            for part in parts
        }

    # --- Opening -------------------------------------------------------------------------------

    def action_open_months(self):
        """Open the months of these parts."""
        return open_action(self.env, MONTHS, [("outlook_id", "in", self.ids)])

    def action_open_units(self):
        """Open the units in use whose failures take these parts."""
        products = [
            source["product_id"]
            for outlook in self
            for source in (outlook.facts or {}).get("sources", [])
        ]
        return open_action(
            self.env,
            ASSETS,
            [
                ("product_id", "in", products),
                ("status", "=", "in_use"),
                ("company_id", "in", self.company_id.ids),
            ],
        )

    @api.model
    def action_recompute(self):
        """Forecast all parts of the user's companies anew."""
        self.check_access("read")
        # sudo: checked above; it adds up what is there, and the nightly run would do the same
        Forecast = self.env["aftersales.parts.forecast"].sudo()
        for company in self.env.companies:
            Forecast._forecast_all(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
