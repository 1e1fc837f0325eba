# SPDX-License-Identifier: LGPL-3.0-or-later
import json

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..calc.series import next_month, next_week, without_gaps

MOST_BARS = 12
STEPS = {"month": (next_month, "MMM"), "week": (next_week, "d MMM")}


class AftersalesTile(models.Model):
    """What a tile says: number, red part, chart; three queries at most, whatever they count."""

    _inherit = "aftersales.tile"

    value = fields.Float(
        compute="_compute_number", help="0 where amounts have several currencies: see the label."
    )
    label = fields.Char(string="Number", compute="_compute_number")
    count = fields.Integer(compute="_compute_number", help="Records in the list.")
    late_count = fields.Integer(compute="_compute_number")
    graph = fields.Text(compute="_compute_graph", help="For Odoo's widget dashboard_graph, JSON.")

    @api.depends_context("uid", "allowed_company_ids", "lang", "tz")
    def _compute_number(self):
        for tile in self:
            records = tile._counted()
            if tile.measure:
                amounts, tile.count = tile._amounts(records)
                tile.label = tile._in_words(amounts)
                tile.value = sum(amounts.values()) if len(amounts) == 1 else 0.0
            else:
                tile.count = tile.value = records.search_count(tile._domain())
                tile.label = str(tile.count)
            late = bool(tile.count and tile.late_domain)
            tile.late_count = late and records.search_count(tile._domain(tile.late_domain))

    def _counted(self):
        """Return the model, empty, in the context in which its list searches."""
        return self._model().with_context(**self._context_of_list())

    def _aggregate(self):
        """Return what is added up, as ``_read_group`` names it."""
        if not self.measure:
            return "__count"
        return f"{self.measure}:{self._model()._fields[self.measure].aggregator}"

    def _currency_field(self, records):
        """Return the name of the field with the currency of the measure, if that is money."""
        field = records._fields.get(self.measure)
        return field and field.type == "monetary" and field.get_currency_field(records)

    def _amounts(self, records):
        """Return ({currency: amount}, number of records).

        What is no money has no currency; there is no amount where there is nothing to add up.
        """
        currency = self._currency_field(records)
        groups = [currency] if currency else []
        rows = records._read_group(self._domain(), groups, [self._aggregate(), "__count"])
        none = self.env["res.currency"]
        # the average of nothing is False, which Python takes for 0
        amounts = {row[0] if currency else none: row[-2] for row in rows if row[-2] is not False}
        return amounts, sum(row[-1] for row in rows)

    def _in_words(self, amounts):
        """Return amounts as people read them: one of each currency, nothing is converted."""
        if not amounts:
            return "–"
        return " + ".join(
            currency.format(amount)
            if currency
            else f"{formatLang(self.env, amount, digits=1)} {self.unit or ''}".strip()
            for currency, amount in amounts.items()
        )

    # --- Chart ---------------------------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids", "lang", "tz")
    def _compute_graph(self):
        for tile in self:
            bars = tile._bars() if tile.graph_field else []
            compares = len(bars) > 1 and any(bar["value"] for bar in bars)
            tile.graph = compares and json.dumps([{"key": tile.name, "values": bars}])

    def _bars(self):
        """Return the bars of the chart; none for amounts of several currencies, which differ."""
        records, (name, _colon, step) = self._counted(), self.graph_field.partition(":")
        currency = self._currency_field(records)
        groups = [self.graph_field, *([currency] if currency else [])]
        rows = records._read_group(self._domain_of_graph(), groups, [self._aggregate()])
        if currency and len({row[1] for row in rows}) > 1:
            return []
        values = {row[0]: row[-1] or 0 for row in rows}
        if step:
            return self._bars_of_time(values, step)
        return self._bars_of_kinds(values, records._fields[name])

    def _bars_of_time(self, values, step):
        following, pattern = STEPS[step]
        days = {fields.Date.to_date(day): value for day, value in values.items() if day}
        today = fields.Date.context_today(self)
        return [
            {
                "label": format_date(self.env, day, date_format=pattern),
                "value": value,
                "type": "past" if following(day) <= today else "future",
            }
            for day, value in without_gaps(days, following, MOST_BARS)
        ]

    def _bars_of_kinds(self, values, field):
        names = dict(field._description_selection(self.env) if field.type == "selection" else [])
        order = list(names)
        keys = sorted(values, key=order.index) if order and False not in values else list(values)
        none = self.env._("None")
        return [
            {
                # sudo: a chart names what it counts, as Odoo's own graph does
                "label": names.get(key) or (key and key.sudo().display_name) or none,
                "value": values[key],
                "type": "future",
            }
            for key in keys[:MOST_BARS]
        ]
