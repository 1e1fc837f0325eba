# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..calc.price import Point

# What a row of each kind says besides its factor.
WHERE = {"age": "age_years", "failure": "failures_per_year"}


class AftersalesPriceFactor(models.Model):
    """One point of a factor list of a plan: for which goods or place the price is multiplied.

    Age and failures are curves, straight between their points and level outside; of the regions
    the most exact one that holds the site counts (requirement 20).
    """

    _name = "aftersales.price.factor"
    _description = "Price Factor"
    _order = "kind, age_years, failures_per_year, id"

    plan_id = fields.Many2one("aftersales.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("age", "Age"), ("region", "Region"), ("failure", "Failures")],
        string="Depends on",
        required=True,
    )
    age_years = fields.Float(
        string="Age (years)", digits=(6, 2), help="Since the delivery. New goods: 0."
    )
    failures_per_year = fields.Float(
        string="Failures per 100 Units and Year",
        digits=(10, 2),
        help="As measured from claims and the goods in use.",
    )
    country_id = fields.Many2one("res.country", ondelete="restrict")
    state_ids = fields.Many2many(
        "res.country.state",
        string="States",
        domain="[('country_id', '=', country_id)]",
        help="Empty: the whole country. A state goes before its country.",
    )
    factor = fields.Float(
        digits=(8, 4), default=1.0, required=True, help="1.30 makes the plan 30 % dearer."
    )

    @api.depends("kind", "age_years", "failures_per_year", "country_id", "state_ids")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row._place_told() if row.kind == "region" else row._point_told()

    def _point_told(self):
        """Return the point of a curve in words."""
        if self.kind == "age":
            return self.env._("%s years", f"{self.age_years:g}")
        return self.env._("%s failures per 100 units and year", f"{self.failures_per_year:g}")

    def _place_told(self):
        """Return the region in words; a sibling adds its own."""
        return ", ".join(self.state_ids.mapped("name")) or self.country_id.name or ""

    # --- Bad input -----------------------------------------------------------------------------

    @api.constrains("factor")
    def _check_factor(self):
        for row in self:
            if row.factor <= 0:
                raise ValidationError(
                    self.env._(
                        "%(plan)s, %(point)s: the factor must be more than 0. Enter 1 where the "
                        "price stays.",
                        plan=row.plan_id.name,
                        point=row.display_name,
                    )
                )

    @api.constrains("age_years", "failures_per_year")
    def _check_point(self):
        for row in self:
            if min(row.age_years, row.failures_per_year) < 0:
                raise ValidationError(
                    self.env._(
                        "%(plan)s: %(point)s cannot be below 0. New goods have age 0.",
                        plan=row.plan_id.name,
                        point=row.display_name,
                    )
                )

    @api.constrains("kind", "country_id", "state_ids")
    def _check_region(self):
        for row in self.filtered(lambda row: row.kind == "region"):
            if not row._has_place():
                raise ValidationError(
                    self.env._("%s: say for which country a factor is.", row.plan_id.name)
                )
            strange = row.state_ids - row.country_id.state_ids
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(plan)s: %(state)s does not belong to %(country)s.",
                        plan=row.plan_id.name,
                        state=strange[0].name,
                        country=row.country_id.name or self.env._("no country"),
                    )
                )

    @api.constrains("plan_id", "kind", "age_years", "failures_per_year", "country_id", "state_ids")
    def _check_once(self):
        """Refuse two factors for the same: nobody could tell which one counts."""
        for plan in self.plan_id:
            rows = self.search([("plan_id", "=", plan.id)])
            known = set()
            for row in rows:
                keys = row._keys()
                if keys & known:
                    raise ValidationError(
                        self.env._(
                            "%(plan)s has two factors for %(point)s. Keep one of them.",
                            plan=plan.name,
                            point=row.display_name,
                        )
                    )
                known |= keys

    def _has_place(self):
        """Tell whether a region is given; a sibling knows other kinds."""
        return bool(self.country_id)

    def _keys(self):
        """Return what this row decides, hashable; no two rows of a plan may share any."""
        if self.kind in WHERE:
            return {(self.kind, self[WHERE[self.kind]])}
        if self.state_ids:
            return {("state", state.id) for state in self.state_ids}
        return {("country", self.country_id.id)}

    # --- What they say -------------------------------------------------------------------------

    def _points(self):
        """Return the rows of a curve."""
        return [Point(row[WHERE[row.kind]], row.factor) for row in self]

    def _place_of(self, site):
        """Return {what: id} of the regions ``site`` lies in; a sibling adds its own kind."""
        return {"state": site.state_id.id, "country": site.country_id.id}

    def _match(self, place):
        """Return (rank, {what: id}) of how exactly this row holds a ``place``; 0: it does not.

        A sibling adds ranks of 3 and more.
        """
        if place["state"] in self.state_ids.ids:
            return 2, {"state": place["state"]}
        if not self.state_ids and self.country_id and self.country_id.id == place["country"]:
            return 1, {"country": place["country"]}
        return 0, {}
