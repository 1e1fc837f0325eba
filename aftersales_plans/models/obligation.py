# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

KINDS_PER_SOURCE = 16  # a row's id is the id of what it was read from × 16 + the kind's number
COLUMNS = {
    "partner_id": SQL("NULL::integer"),
    "site_id": SQL("NULL::integer"),
    "contract_id": SQL("NULL::integer"),
    "asset_id": SQL("NULL::integer"),
    "claim_id": SQL("NULL::integer"),
    "order_id": SQL("NULL::integer"),
    "product_id": SQL("NULL::integer"),
    "user_id": SQL("NULL::integer"),
    "company_id": SQL("NULL::integer"),
    "quantity": SQL("NULL::numeric"),
    "uom_id": SQL("NULL::integer"),
    "is_unlimited": SQL("FALSE"),
    "is_standing": SQL("FALSE"),
    "due_on": SQL("NULL::date"),
    "due_at": SQL("NULL::timestamp"),
    "deadline": SQL("NULL::timestamp"),
}


class AftersalesObligation(models.Model):
    """One thing we still owe a customer: read-only, gathered live (requirement 69).

    Each kind is one SELECT of :meth:`_queries`; there is no table and no view, so nothing has to
    be kept up to date. What is *standing* (guarantee, replacements that are left) is owed only if
    something breaks; everything else is to be done by ``date_due``.

    Row ids are stable: the id of the record a row was read from × 16 + the number of its kind.
    Numbers up to 9 are for this module, 10 to 15 for others.
    """

    _name = "aftersales.obligation"
    _description = "Obligation"
    _auto = False
    _order = "date_due, id"
    _depends = {
        "aftersales.asset": [
            "active", "company_id", "contract_ids", "partner_id", "product_id", "quantity",
            "site_id", "status", "warranty_end",
        ],
        "aftersales.claim": [
            "company_id", "contract_id", "date_reported", "partner_id", "response_deadline",
            "site_id", "state", "user_id",
        ],
        "aftersales.contract": [
            "company_id", "partner_id", "sale_line_id", "site_id", "state", "user_id",
        ],
        "aftersales.entitlement": [
            "contract_id", "date_end", "included", "kind", "unlimited", "used",
        ],
        "res.company": ["partner_id"],
        "res.partner": ["tz", "user_id"],
        "sale.order": [
            "commitment_date", "company_id", "date_order", "partner_id", "partner_shipping_id",
            "user_id",
        ],
        "sale.order.line": [
            "aftersales_plan_line_id", "customer_lead", "order_id", "product_id",
            "product_uom_id", "product_uom_qty", "qty_delivered", "state",
        ],
        "stock.location": ["usage"],
        "stock.move": [
            "aftersales_claim_id", "date", "location_dest_id", "location_final_id",
            "move_dest_ids", "product_id", "product_uom", "product_uom_qty", "sale_line_id",
            "state",
        ],
        "uom.uom": ["factor"],
    }  # fmt: skip

    kind = fields.Selection(
        [
            ("delivery", "Delivery"),
            ("claim_decision", "Claim to decide"),
            ("claim_shipment", "Claim to ship"),
            ("replacement", "Replacements left"),
            ("guarantee", "Statutory guarantee"),
        ],
        readonly=True,
    )
    name = fields.Char(string="What We Owe", compute="_compute_name", compute_sudo=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    site_id = fields.Many2one("res.partner", readonly=True)
    contract_id = fields.Many2one("aftersales.contract", readonly=True)
    asset_id = fields.Many2one("aftersales.asset", readonly=True)
    claim_id = fields.Many2one("aftersales.claim", readonly=True)
    order_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    is_unlimited = fields.Boolean(string="Unlimited", readonly=True)
    is_standing = fields.Boolean(
        string="Only if Needed",
        readonly=True,
        help="Owed until the day if something breaks; nothing is to be done now.",
    )
    date_due = fields.Date(string="Due", readonly=True, help="In the company's time zone.")
    date_late = fields.Datetime(string="Late from", readonly=True)
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")

    # --- Rows ----------------------------------------------------------------------------------

    @property
    def _table_query(self):
        """Return all kinds in one, with days where the company is.

        A filter on a column of the kinds, such as user or customer, reaches each SELECT; a filter
        on kind or standing drops the SELECTs it excludes (measured).
        """
        return SQL(
            """
            SELECT owed.*,
                   COALESCE(owed.due_on, %(due_day)s) AS date_due,
                   CASE WHEN owed.is_standing THEN NULL
                        WHEN owed.deadline IS NOT NULL THEN owed.deadline
                        ELSE (COALESCE(owed.due_on, %(due_day)s) + 1)::timestamp
                             AT TIME ZONE here.zone AT TIME ZONE 'UTC'
                    END AS date_late
              FROM (%(kinds)s) AS owed
              JOIN (
                       SELECT company.id, COALESCE(place.tz, 'UTC') AS zone
                         FROM res_company company
                         JOIN res_partner place ON place.id = company.partner_id
                       OFFSET 0  -- planned by itself: never one row per partner
                   ) AS here ON here.id = owed.company_id
             WHERE NOT owed.is_standing
                OR owed.due_on >= (%(now)s AT TIME ZONE 'UTC' AT TIME ZONE here.zone)::date
            """,
            kinds=SQL(" UNION ALL ").join(self._queries()),
            due_day=SQL(
                "(COALESCE(owed.deadline, owed.due_at)"
                " AT TIME ZONE 'UTC' AT TIME ZONE here.zone)::date"
            ),
            now=fields.Datetime.now(),
        )

    @api.model
    def _queries(self):
        """Return one SELECT per kind, each made by :meth:`_select`.

        Another module appends its own; it adds what it reads to ``_depends`` and describes and
        opens its kind in :meth:`_describe` and :meth:`_thing`.
        """
        return []

    @api.model
    def _select(self, number, kind, source, rows, **columns):
        """Return the SELECT of one kind; columns that are not given are empty.

        Of the dates, ``due_on`` is a day, ``due_at`` a UTC moment in the day that counts, and
        ``deadline`` a UTC moment that counts to the minute.

        :param number: 0 to 15, of this kind alone
        :param source: the id column of the record a row comes from
        :param rows: FROM and WHERE
        :param columns: of COLUMNS; all values are constant SQL
        """
        values = {
            "id": SQL("%s::bigint * %s + %s", source, KINDS_PER_SOURCE, number),
            "kind": SQL("%s::varchar", kind),
            **COLUMNS,
            **columns,
        }
        listed = SQL(", ").join(
            SQL("%s AS %s", value, SQL.identifier(name)) for name, value in values.items()
        )
        return SQL("SELECT %s %s", listed, rows)

    # --- In words ------------------------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends("kind", "product_id", "claim_id", "asset_id", "is_unlimited")
    def _compute_name(self):
        """Put each row into words; as superuser, for whoever may read the row may read them."""
        for obligation in self:
            obligation.name = obligation._describe()

    def _describe(self):
        """Return one obligation as a short sentence; another module answers for its kinds."""
        self.ensure_one()
        goods = self.product_id.with_context(display_default_code=False).display_name
        match self.kind:
            case "delivery":
                return self.env._("Deliver %s", goods)
            case "claim_decision":
                return self.env._("Decide on claim %s", self.claim_id.name)
            case "claim_shipment":
                return self.env._(
                    "Ship %(goods)s for claim %(claim)s",
                    goods=goods,
                    claim=self.claim_id.name,
                )
            case "replacement" if self.is_unlimited:
                return self.env._("Replacements without limit")
            case "replacement":
                return self.env._("Replacements left this contract year")
            case "guarantee":
                return self.env._("Statutory guarantee on %s", self.asset_id.name)
        return False

    @api.depends("date_late")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for obligation in self:
            obligation.is_late = bool(obligation.date_late and obligation.date_late <= now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("date_late", "<=", fields.Datetime.now())
        return Domain.OR(late if wanted else ~late for wanted in value)

    def _source(self, model):
        """Return the record of ``model`` this row was read from, fetched with those of its kind."""
        self.ensure_one()
        number = self.id % KINDS_PER_SOURCE
        same_kind = [
            row // KINDS_PER_SOURCE
            for row in self._prefetch_ids
            if row % KINDS_PER_SOURCE == number
        ]
        return self.env[model].browse(self.id // KINDS_PER_SOURCE).with_prefetch(same_kind)

    def _thing(self):
        """Return the record to work on; another module answers for its kinds."""
        self.ensure_one()
        if self.kind == "delivery" and self.order_id.has_access("read"):
            return self.order_id
        return self.claim_id or self.asset_id or self.contract_id

    def action_open(self):
        """Open what is owed where it is dealt with."""
        return self._thing().get_formview_action()
