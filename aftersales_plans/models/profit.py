# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from .choices import choices_of

KINDS_PER_SOURCE = 16  # a row's id is the id of the entry × 16 + the number of its source
COST = ("parts", "labour", "goodwill")


class AftersalesProfit(models.Model):
    """One real entry that a contract earned or cost: read-only, gathered live (requirement 29).

    Revenue is what invoices, credit notes and deferral entries say of the contract's plan line;
    costs are what the stock and the work at its claims and visits cost. Charged work and parts are
    sold on orders of their own and left out, revenue and cost alike; so are parts the statutory
    guarantee gives, which it gives without a contract too. Of discounts on a whole order, which
    stand on invoice lines of their own, a contract bears the share of its plan line.

    Each source is one SELECT of :meth:`_queries`; there is no table and no view. Row ids are
    stable: the id of the entry × 16 + the number of its source. Numbers up to 7 are for this
    module, 8 to 15 for others.
    """

    _name = "aftersales.profit"
    _description = "Profit of Contracts"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "contract_id"
    _depends = {
        "aftersales.contract": [
            "company_id", "goods_age_band", "goods_product_id", "partner_id", "plan_id",
            "sale_line_id", "site_id", "state", "user_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["commercial_partner_id", "country_id", "state_id", "tz"],
    }  # fmt: skip

    kind = fields.Selection(
        [
            ("revenue", "Revenue"),
            ("parts", "Parts of claims"),
            ("goodwill", "Goodwill"),
            ("labour", "Work"),
        ],
        string="Entry",
        readonly=True,
    )
    date = fields.Date(readonly=True, help="In the company's time zone.")
    lacks = fields.Selection(
        [
            ("part_cost", "Cost of the product"),
            ("company_rate", "Hourly cost of the company"),
        ],
        string="Missing",
        readonly=True,
        help="What the cost of this entry cannot be known without; it counts as 0.",
    )
    contract_id = fields.Many2one("aftersales.contract", readonly=True)
    contract_state = fields.Selection(
        choices_of("state", "aftersales.contract"),
        string="State",
        readonly=True,
    )
    plan_id = fields.Many2one("aftersales.plan", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    country_id = fields.Many2one("res.country", string="Country of the Site", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region of the Site", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        string="Covered Product",
        readonly=True,
        help="Of several covered products, the one with the highest price.",
    )
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    goods_age_band = fields.Selection(
        choices_of("goods_age_band", "aftersales.contract"),
        string="Age of the Goods",
        readonly=True,
        help="When the contract started.",
    )
    revenue = fields.Monetary(readonly=True)
    parts = fields.Monetary(readonly=True, help="At service cost.")
    labour = fields.Monetary(string="Work", readonly=True, help="At hourly cost.")
    goodwill = fields.Monetary(readonly=True, help="Given without having to, at service cost.")
    cost = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)
    margin_percent = fields.Float(
        string="Margin (%)", readonly=True, aggregator="avg", digits=(16, 1), help="Of the revenue."
    )
    missing = fields.Integer(
        string="Without Cost",
        readonly=True,
        help="Entries whose cost is not known: the margin beside them is too high.",
    )

    # --- Rows ----------------------------------------------------------------------------------

    @property
    def _table_query(self):
        """Return all sources in one.

        The joins of what a reader does not group or filter by are dropped by the database.
        """
        return SQL(
            """
            SELECT entry.*,
                   COALESCE(
                       entry.day,
                       (entry.moment AT TIME ZONE 'UTC' AT TIME ZONE here.zone)::date
                   ) AS date,
                   entry.parts + entry.labour + entry.goodwill AS cost,
                   entry.revenue - entry.parts - entry.labour - entry.goodwill AS margin,
                   NULL::numeric AS margin_percent,
                   (entry.lacks IS NOT NULL)::int AS missing,
                   contract.state AS contract_state, contract.plan_id, contract.user_id,
                   contract.company_id, here.currency_id,
                   customer.commercial_partner_id, site.country_id, site.state_id,
                   contract.goods_product_id AS product_id, template.categ_id,
                   contract.goods_age_band
              FROM (%s) AS entry
              JOIN aftersales_contract contract ON contract.id = entry.contract_id
              JOIN (
                       SELECT company.id, company.currency_id, COALESCE(place.tz, 'UTC') AS zone
                         FROM res_company company
                         JOIN res_partner place ON place.id = company.partner_id
                       OFFSET 0  -- planned by itself: never one row per partner
                   ) AS here ON here.id = contract.company_id
              LEFT JOIN res_partner customer ON customer.id = contract.partner_id
              LEFT JOIN res_partner site ON site.id = contract.site_id
              LEFT JOIN product_product product ON product.id = contract.goods_product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            SQL(" UNION ALL ").join(self._queries()),
        )

    @api.model
    def _queries(self):
        """Return one SELECT per source, each made by :meth:`_select`.

        Another module appends its own, names what it reads in ``_depends`` and what they may lack
        in :meth:`_missing_in_words`.
        """
        return []

    @api.model
    def _columns(self):
        """Return {column: its value where a source does not name it}, in the order of all SELECTs.

        ``day`` is a day where the company is, ``moment`` a UTC time in that day. Another module
        adds columns for fields of its own.
        """
        amounts = dict.fromkeys(("revenue", *COST), SQL("0::numeric"))
        return {
            "contract_id": SQL("NULL::integer"),
            "day": SQL("NULL::date"),
            "moment": SQL("NULL::timestamp"),
            "lacks": SQL("NULL::varchar"),
            **amounts,
        }

    @api.model
    def _select(self, number, kind, source, rows, **columns):
        """Return the SELECT of one source.

        :param number: 0 to 15, of this source alone
        :param kind: of ``kind``, or the SQL that says which
        :param source: the id column of the entry
        :param rows: FROM and WHERE
        :param columns: of :meth:`_columns`; all values are constant SQL
        """
        values = {
            "id": SQL("%s::bigint * %s + %s", source, KINDS_PER_SOURCE, number),
            "kind": kind if isinstance(kind, SQL) else SQL("%s::varchar", kind),
            **self._columns(),
            **columns,
        }
        listed = SQL(", ").join(
            SQL("%s AS %s", value, SQL.identifier(name)) for name, value in values.items()
        )
        return SQL("SELECT %s %s", listed, rows)

    def _read_group_select(self, aggregate_spec, query):
        """Weigh the percentage of a group by its revenue; none where there is no revenue."""
        if aggregate_spec != "margin_percent:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) * 100.0 / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "margin", query),
            self._field_to_sql(self._table, "revenue", query),
        )

    # --- In words ------------------------------------------------------------------------------

    @api.model
    def _missing_in_words(self, lacks, count):
        """Return what ``count`` entries lack as part of a sentence, such as "2 … without cost"."""
        match lacks:
            case "part_cost" if count == 1:
                return self.env._("1 part without cost")
            case "part_cost":
                return self.env._("%s parts without cost", count)
            case "company_rate" if count == 1:
                return self.env._("1 claim without hourly cost")
            case "company_rate":
                return self.env._("%s claims without hourly cost", count)
        return lacks

    # --- Where it comes from -------------------------------------------------------------------

    def _source(self, model):
        """Return the record of ``model`` this row was read from."""
        self.ensure_one()
        return self.env[model].sudo().browse(self.id // KINDS_PER_SOURCE)  # for its document alone

    def _entry(self):
        """Return the document of one row; another module answers for its sources."""
        match self.id % KINDS_PER_SOURCE:
            case 0 | 3 | 5:
                return self._source("account.move.line").move_id
            case 1:
                return self._source("aftersales.revenue").account_move_id or self.contract_id
            case 2:
                return self._source("stock.move").aftersales_claim_id
            case 4:
                return self._source("aftersales.claim")
        return self.contract_id

    def action_open(self):
        """Open the document an entry comes from, else its contract."""
        self.ensure_one()
        entry = self._entry().with_env(self.env)
        return (entry if entry.has_access("read") else self.contract_id).get_formview_action()
