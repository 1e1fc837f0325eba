# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class AftersalesEntitlement(models.Model):
    """What a customer may use of one kind in one contract year (requirements 2-4, 7, 72).

    Invariants: ``used`` = sum of its usage rows; ``used`` never exceeds ``included`` unless
    unlimited. Created by the contract alone; ``used`` changes only in :meth:`_consume` and
    :meth:`_give_back`.
    """

    _name = "aftersales.entitlement"
    _description = "Entitlement"
    _inherit = "aftersales.defaults"
    _order = "contract_id, date_start, kind"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    plan_id = fields.Many2one(related="contract_id.plan_id", string="Plan")
    kind = fields.Selection([("replacement", "Replacement")], required=True, readonly=True)
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(string="To", required=True, readonly=True, help="Last day, inclusive.")
    # Required: NULL would slip through the CHECKs and the arithmetic of _add_used.
    included = fields.Integer("Included Times", required=True, default=0, readonly=True)
    unlimited = fields.Boolean(required=True, default=False, readonly=True)
    used = fields.Integer(required=True, default=0, readonly=True, copy=False)
    remaining = fields.Integer(
        compute="_compute_remaining", help="Empty when there is no limit: look at Unlimited."
    )
    used_percent = fields.Float(
        string="Used (%)",
        compute="_compute_used_percent",
        aggregator="avg",
        help="Of what is included, how much is used; what has no limit is left out.",
    )
    included_label = fields.Char(string="Included", compute="_compute_labels")
    remaining_label = fields.Char(string="Left", compute="_compute_labels")
    usage_ids = fields.One2many("aftersales.entitlement.usage", "entitlement_id", readonly=True)

    _period_unique = models.Constraint(
        "UNIQUE(contract_id, kind, date_start)",
        "This contract year has its entitlement already.",
    )
    _used_not_negative = models.Constraint(
        "CHECK(used >= 0)", "More was given back than had been used."
    )
    _used_within_included = models.Constraint(
        "CHECK(unlimited OR used <= included)", "The quota of this contract year is used up."
    )

    @api.depends("included", "used", "unlimited")
    def _compute_remaining(self):
        for entitlement in self:
            entitlement.remaining = (
                0 if entitlement.unlimited else entitlement.included - entitlement.used
            )

    @api.depends("included", "used", "unlimited")
    def _compute_used_percent(self):
        for row in self:
            counted = row.included if not row.unlimited else 0
            row.used_percent = row.used * 100.0 / counted if counted else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Divide the sums of a group: quotas of one and of twenty do not weigh the same."""
        if aggregate_spec != "used_percent:avg":
            return super()._read_group_select(aggregate_spec, query)
        used, included, unlimited = (
            self._field_to_sql(self._table, name, query)
            for name in ("used", "included", "unlimited")
        )
        return SQL(
            "SUM(%(used)s) FILTER (WHERE NOT %(unlimited)s) * 100.0"
            " / NULLIF(SUM(%(included)s) FILTER (WHERE NOT %(unlimited)s), 0)",
            used=used,
            included=included,
            unlimited=unlimited,
        )

    @api.depends("included", "remaining", "unlimited")
    def _compute_labels(self):
        for entitlement in self:
            if entitlement.unlimited:
                entitlement.included_label = self.env._("Unlimited")
                entitlement.remaining_label = self.env._("Unlimited")
            else:
                entitlement.included_label = str(entitlement.included)
                entitlement.remaining_label = str(entitlement.remaining)

    @api.depends("kind", "date_start", "date_end")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entitlement in self:
            entitlement.display_name = self.env._(
                "%(kind)s %(start)s - %(end)s",
                kind=kinds.get(entitlement.kind),
                start=entitlement.date_start,
                end=entitlement.date_end,
            )

    def _amend(self, vals):
        """Let the row follow amended terms or dates.

        :raises UserError: more was used than it would include
        """
        self.ensure_one()
        if not vals.get("unlimited") and vals["included"] < self.used:
            raise UserError(
                self.env._(
                    "%(contract)s: %(used)s were used between %(start)s and %(end)s, so this year "
                    "cannot include fewer.",
                    contract=self.contract_id.name,
                    used=self.used,
                    start=format_date(self.env, self.date_start),
                    end=format_date(self.env, self.date_end),
                )
            )
        self.write({name: vals[name] for name in vals.keys() - {"contract_id", "kind"}})

    def _consume(self, origin, quantity=1):
        """Use ``quantity`` of one entitlement on behalf of ``origin``; a second call does nothing.

        Locks do not protect a count at REPEATABLE READ; this UPDATE of the parent row does, and
        a concurrent loser gets a serialization failure, which Odoo retries (design §3).

        :param origin: the one record that uses it
        :return: the usage row; empty when the quota is used up
        """
        self.ensure_one()
        standing = self._standing_usage(origin)
        if standing or not self._add_used(quantity):
            return standing
        return self._record_usage(origin, quantity)

    def _give_back(self, origin):
        """Return what ``origin`` used of this entitlement; nothing if it used nothing.

        :return: the usage row of the return
        """
        self.ensure_one()
        standing = self._standing_usage(origin)
        if not standing or not self._add_used(-standing.quantity):
            return standing.browse()
        return self._record_usage(origin, -standing.quantity)

    def _standing_usage(self, origin):
        """Return the use by ``origin`` that was not given back; empty if there is none."""
        return self._usages_of(origin)[-1:].filtered(lambda usage: usage.quantity > 0)

    def _usages_of(self, origin):
        """Return what ``origin`` used and gave back, the earliest first."""
        # asked of the database, so that a year with thousands of uses is not read for one of them
        return self.usage_ids.search(
            [
                ("entitlement_id", "=", self.id),
                ("origin_model", "=", origin._name),
                ("origin_id", "=", origin.id),
            ],
            order="id",
        )

    def _record_usage(self, origin, quantity):
        rounds = self._usages_of(origin).filtered(lambda usage: usage.quantity > 0)
        return self.env["aftersales.entitlement.usage"].create(
            {
                "entitlement_id": self.id,
                "quantity": quantity,
                "round": len(rounds) + (quantity > 0),
                "date": self.company_id._aftersales_today(),
                "origin_model": origin._name,
                "origin_id": origin.id,
                "origin_name": origin.display_name,
            }
        )

    def _add_used(self, quantity):
        """Add to the counter if the quota allows it; return whether it did."""
        self.flush_recordset(["included", "unlimited", "used"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_entitlement SET used = used + %(quantity)s
                 WHERE id = %(id)s AND (unlimited OR used + %(quantity)s <= included)
             RETURNING used
                """,
                quantity=quantity,
                id=self.id,
            )
        )
        self.invalidate_recordset(["used", "remaining"])
        return bool(rows)


class AftersalesEntitlementUsage(models.Model):
    """One use of an entitlement (+), or its return (-). Append-only.

    The same origin cannot use, nor give back, the same entitlement twice in one round; what was
    given back may be used again in the next round (a claim or visit that is opened again).
    """

    _name = "aftersales.entitlement.usage"
    _description = "Entitlement Usage"
    _inherit = "aftersales.append.only"
    _order = "id desc"

    entitlement_id = fields.Many2one(
        "aftersales.entitlement", required=True, index=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(related="entitlement_id.contract_id")
    company_id = fields.Many2one(related="entitlement_id.company_id")
    quantity = fields.Integer(required=True, help="+1 used, -1 given back.")
    round = fields.Integer(required=True, default=1, help="How often this origin used it.")
    date = fields.Date(required=True)
    origin_model = fields.Char(required=True)
    origin_id = fields.Many2oneReference(required=True, model_field="origin_model")
    origin_name = fields.Char(string="Used by")

    _origin_unique = models.UniqueIndex(
        "(origin_model, origin_id, entitlement_id, round, sign(quantity))",
        "This was counted already.",
    )
    _quantity_not_zero = models.Constraint("CHECK(quantity != 0)", "A usage counts something.")

    def action_open_origin(self):
        """Open the claim or visit that used it."""
        self.ensure_one()
        if self.origin_model not in self.env:
            raise UserError(self.env._("%s does not exist any more.", self.origin_name))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "view_mode": "form",
        }
