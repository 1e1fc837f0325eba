"""Many more customers with contracts, goods, visits, claims and rewards, made in the database."""

from __future__ import annotations

import json
from datetime import timedelta

from odoo import api, fields
from odoo.tools import SQL

from tests.stories.vip import VipStory

DUE = 1_000  # customers of whom something falls due when a benchmark says so
COLLEAGUES = 50  # of whom each has as many customers as the salesperson of the story
REMEMBERED = "aftersales_benchmarks.crowd"  # parameter that holds what a grown database is made of

# How long ago, in days, what happened to copy n: even ones run and end next year, odd ones are
# over for up to four years; so are their customers silent.
AGE = SQL("(CASE WHEN n %% 2 = 0 THEN 40 + n %% 200 ELSE 400 + n %% 1500 END)")
SOME = SQL("n %% 2 = 0")
FEW = SQL("n %% 100 = 99")  # what is still to be done by us


def _ago(*names: str) -> dict[str, SQL]:
    return {name: SQL("mould.%s - %s", SQL.identifier(name), AGE) for name in names}


def _moment_ago(*names: str) -> dict[str, SQL]:
    return {
        name: SQL("mould.%s - %s * interval '1 day'", SQL.identifier(name), AGE) for name in names
    }


def _moment_ahead(*names: str) -> dict[str, SQL]:
    """Return the moments of what lies ahead for even ones, as many days ago as AGE for odd ones."""
    return {
        name: SQL(
            "CASE WHEN %s THEN CURRENT_DATE + n %% 300 * interval '1 day' "
            "ELSE mould.%s - %s * interval '1 day' END",
            SOME,
            SQL.identifier(name),
            AGE,
        )
        for name in names
    }


def _if_over(name: str) -> SQL:
    return SQL(
        "CASE WHEN NOT %s THEN mould.%s - %s * interval '1 day' END",
        SOME,
        SQL.identifier(name),
        AGE,
    )


YEARS = {
    "aftersales.contract": {
        **_ago("date_start", "date_end", "date_renewal", "date_sold", "entitled_until"),
        **_moment_ago("create_date"),
        "date_closed": SQL("CASE WHEN NOT %s THEN mould.date_end - %s END", SOME, AGE),
        "state": SQL("CASE WHEN %s THEN 'active' ELSE 'expired' END", SOME),
        "renewal_stage": SQL(
            "CASE WHEN %s THEN 'running' WHEN n %% 3 = 0 THEN 'lapsed' ELSE 'renewed' END", SOME
        ),
    },
    "aftersales.entitlement": _ago("date_start", "date_end"),
    "aftersales.asset": {**_ago("date_delivered"), **_moment_ago("create_date")},
    "aftersales.claim": {
        **_moment_ago("date_reported"),
        "date_done": SQL(
            "CASE WHEN NOT %s THEN mould.date_done - %s * interval '1 day' END", FEW, AGE
        ),
        "state": SQL("CASE WHEN %s THEN 'submitted' ELSE 'done' END", FEW),
    },
    # odd visits are done, even ones lie ahead
    "fsm.order": {
        **_moment_ahead("scheduled_date_start", "scheduled_date_end"),
        **_moment_ahead("request_early", "request_late"),
        "aftersales_window_start": SQL(
            "CASE WHEN %s THEN CURRENT_DATE + n %% 300 ELSE mould.aftersales_window_start - %s END",
            SOME,
            AGE,
        ),
        "aftersales_window_end": SQL(
            "CASE WHEN %s THEN CURRENT_DATE + n %% 300 + 90 "
            "ELSE mould.aftersales_window_end - %s END",
            SOME,
            AGE,
        ),
        **{name: _if_over(name) for name in ("date_start", "date_end")},
        **{
            name: SQL("CASE WHEN NOT %s THEN mould.%s END", SOME, SQL.identifier(name))
            for name in ("outcome", "conclusion", "is_started", "aftersales_labour_missing")
        },
    },
    "sale.order": _moment_ago("date_order", "create_date"),
    "account.move": _ago("invoice_date", "date"),
    "stock.move": _moment_ago("date"),
    "stock.picking": _moment_ago("date_done", "scheduled_date"),
    "aftersales.customer": {
        **_ago("last_contact", "last_order"),
        "last_contact": SQL("CURRENT_DATE - CASE WHEN %s THEN n %% 80 ELSE %s END", SOME, AGE),
        "stage": SQL("CASE WHEN %s THEN 'active' ELSE 'lost' END", SOME),
        "checked_on": SQL("CASE WHEN NOT %s THEN CURRENT_DATE - %s + 200 END", SOME, AGE),
        "date_lost": SQL("CASE WHEN NOT %s THEN CURRENT_DATE - %s + 365 END", SOME, AGE),
    },
    "aftersales.followup": {
        **_ago("date_due", "date_done"),
        "state": SQL("CASE WHEN %s THEN 'open' ELSE 'done' END", FEW),
    },
    "aftersales.feedback": _ago("date", "date_asked", "date_rated"),
    "rating.rating": {**_moment_ago("create_date", "write_date"), "consumed": SQL("TRUE")},
    "calendar.event": _moment_ago("start", "stop"),
    "aftersales.important.date": {
        "date": SQL("mould.date + n %% 250"),
        "month_day": SQL(
            "EXTRACT(MONTH FROM mould.date + n %% 250) * 100 "
            "+ EXTRACT(DAY FROM mould.date + n %% 250)"
        ),
        "date_since": SQL("CURRENT_DATE - 1000"),
    },
    "aftersales.commission": _ago("date"),
    "aftersales.referral": _ago("date", "date_end"),
    "aftersales.payout": {
        **_ago("date"),
        "state": SQL("CASE WHEN %s THEN 'draft' ELSE mould.state END", FEW),
        "move_id": SQL("CASE WHEN NOT %s THEN mould.move_id END", FEW),
    },
    "aftersales.credit.lot": _ago("date", "date_expiry"),
    "aftersales.credit.movement": _ago("date"),
    "aftersales.statement": _ago("date_from", "date_to"),
    "aftersales.finding": _moment_ago("visit_date"),
    "aftersales.check": _moment_ago("visit_date"),
}


class Crowd:
    """The customer of the VIP story, who did everything by real clicks, multiplied by SQL.

    Each copied customer has an order with its delivery and invoice, a contract with an asset, the
    entitlements, a visit with a check, a claim, a follow-up, a rating, a meeting, a referral, a
    payout and a row of the ledger like the original: half of them of years ago.
    """

    def __init__(self, env: api.Environment):
        self.env = env
        known = json.loads(env["ir.config_parameter"].get_param(REMEMBERED) or "{}")
        self.contract = env["aftersales.contract"].browse(known.get("contract"))
        self.customer = self.contract.partner_id
        self.size = known.get("size", 0)  # contracts like this one
        self.first = known.get("first", {})  # ids of DUE copies, by what they are
        self.made: dict[str, range] = {}  # ids of the copies, by model

    @classmethod
    def grown(cls, env: api.Environment, size: int) -> Crowd:
        """Tell the story in an empty database and copy it until there are ``size`` contracts."""
        story = VipStory(env)
        story.tell()
        crowd = cls(env)
        crowd.customer, crowd.size = story.customer, size
        own = [("partner_id", "=", story.customer.id)]
        crowd.contract = env["aftersales.contract"].search(own, order="id", limit=1)
        crowd._prepare_moulds()
        env.flush_all()
        crowd._grow(size - 1)
        known = {"contract": crowd.contract.id, "size": size, "first": crowd.first}
        env["ir.config_parameter"].set_param(REMEMBERED, json.dumps(known))
        env.flush_all()
        return crowd

    def _prepare_moulds(self) -> None:
        """Make what the story does not tell of, once."""
        env, contract, partner = self.env, self.contract, self.customer
        company, today = env.company, env.company._aftersales_today()
        company.aftersales_care_since = today.replace(year=today.year - 5)
        company.aftersales_contacts_until = fields.Datetime.now()
        company.aftersales_retention_a_day = DUE
        company.aftersales_gap_days = 0
        claim = contract.claim_ids[:1]
        of_customer = {"partner_id": partner.id, "company_id": company.id}
        make = env["aftersales.customer"]._make
        self.card = env["aftersales.customer"]._of(partner, company) or make(partner, company)
        self.date = env["aftersales.important.date"].create(
            {
                **of_customer,
                "name": "Birthday",
                "date": (today + timedelta(days=60)).replace(year=1980),
            }
        )
        self.deal = env["aftersales.volume.deal"].create(
            {
                **of_customer,
                "name": "Deal",
                "amount": 1_000_000,
                "period": "quarter",
                "date_from": today.replace(year=today.year - 1, month=1, day=1),
                "date_to": today.replace(year=today.year - 1, month=12, day=31),
            }
        )
        self.event = env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now(),
                "partner_ids": partner.ids,
            }
        )
        self.feedback = env["aftersales.feedback"]._of(claim)
        self.followup = env["aftersales.followup"]._open(
            [
                {
                    **of_customer,
                    "name": "Call",
                    "kind": "courtesy",
                    "key": "copied",
                    "date_due": today,
                }
            ]
        )
        self.rating = env["rating.rating"].create(
            {"res_model_id": env["ir.model"]._get_id("aftersales.claim"), "res_id": claim.id,
             "partner_id": partner.id, "rating": 5, "consumed": True}
        )  # fmt: skip
        self.campaign = env["aftersales.campaign"].create(
            {
                "name": "Back",
                "date_from": today,
                "date_to": today,
                "product_id": contract.sale_line_id.product_id.id,
            }
        )
        self.campaign._set_state("running")

    # --- Growing -------------------------------------------------------------------------------

    def _grow(self, count: int) -> None:
        # else each foreign key is checked by the plan that suited the few rows of the story
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("ANALYZE")
        self._grow_customers(count)
        self._grow_orders(count)
        self._grow_contracts(count)
        self._grow_care(count)
        self._grow_rewards(count)
        self._grow_due(min(count, DUE - 1))
        self.env.cr.execute("SET LOCAL enable_seqscan TO DEFAULT")
        self.env.cr.execute("ANALYZE")
        self.env.invalidate_all()

    def _grow_customers(self, count: int) -> None:
        self._copy(
            self.customer,
            count,
            name=SQL("'Customer ' || n"),
            complete_name=SQL("'Customer ' || n"),
            ref=SQL("NULL"),
            commercial_partner_id=SQL("%s + n", self._next_id(self.customer)),
        )

    def _grow_orders(self, count: int) -> None:
        order, name = self.contract.sale_order_id, {"name": SQL("'Copy ' || n")}
        self._copy(order, count, **name)
        self._copy(self.contract.sale_line_id, count)
        move = order.order_line.move_ids.filtered(lambda move: move.state == "done")[:1]
        self._copy(move.picking_id, count, **name)
        self._copy(move, count)
        self._copy(order.invoice_ids[:1], count, **name)
        item = self.contract.sale_line_id.invoice_lines[:1]
        self._copy(item, count)
        self._link("sale.order.line", "invoice_lines", "account.move.line")

    def _grow_contracts(self, count: int) -> None:
        contract, name = self.contract, {"name": SQL("'Copy ' || n")}
        self._copy(contract, count, **name)
        self._copy(contract.asset_ids[:1], count)
        self._link("aftersales.contract", "asset_ids", "aftersales.asset")
        for entitlement in contract.entitlement_ids:
            self._copy(entitlement, count)
        claim = contract.claim_ids[:1]
        self._copy(claim, count, usage_id=SQL("NULL"), **name)
        self._copy(claim.line_ids[:1], count)
        visit = contract.visit_ids.filtered("outcome")[:1]
        first = self.env["fsm.stage"].search([("is_closed", "=", False)], limit=1)
        stage = SQL("CASE WHEN %s THEN %s ELSE mould.stage_id END", SOME, first.id)
        self._copy(visit, count, stage_id=stage, **name)
        of_visit = {"origin_id": _each(self.made["fsm.order"])}
        usages = contract.entitlement_ids.usage_ids
        self._copy(usages.filtered(lambda usage: usage.origin_id == visit.id), count, **of_visit)
        self._copy(visit.check_ids[:1], count)
        self._copy(self.env["aftersales.finding"].search([], limit=1), count)
        self.env.cr.execute(
            "INSERT INTO aftersales_reading (asset_id, company_id, date, value, unit, source) "
            "SELECT id, company_id, date_delivered, 100, 'h', 'visit' FROM aftersales_asset"
        )
        self._grow_profit(count)
        self.env.cr.execute(
            "INSERT INTO aftersales_suspension (contract_id, company_id, date_start, date_end) "
            "SELECT id, company_id, date_start, date_start + 10 FROM aftersales_contract"
        )

    def _grow_profit(self, count: int) -> None:
        """Let each contract earn something, and cost a part and some work."""
        contract, execute = self.contract, self.env.cr.execute
        # What was invoiced counts as deferred, too: the report of what is left has to add up.
        account = contract.sale_line_id.invoice_lines[:1].account_id
        contract.company_id.aftersales_deferred_account_ids |= account
        self.env.flush_all()
        execute(
            "INSERT INTO aftersales_revenue "
            "(contract_id, company_id, deferred_account_id, number, date, amount) "
            "SELECT id, company_id, %s, 1, date_start, 100 FROM aftersales_contract",
            [account.id],
        )
        line = contract.claim_ids.line_ids.filtered("move_ids")[:1]
        part = line.move_ids.filtered(lambda m: m.state == "done" and not m.aftersales_step)[:1]
        lines, deliveries = self.made["aftersales.claim.line"], self.made["stock.move"]
        self._copy(part, count, aftersales_claim_line_id=_each(lines))
        self.made["stock.move"] = deliveries
        execute(
            "UPDATE aftersales_claim_line SET billing_type = 'contract' WHERE id >= %s", [lines[0]]
        )
        execute(
            "UPDATE fsm_order SET aftersales_labour_cost = 60 WHERE id >= %s AND outcome = 'done'",
            [self.made["fsm.order"][0]],
        )

    def _grow_care(self, count: int) -> None:
        company = self.env.company.id
        self._copy(self.followup, count, key=SQL("'copy ' || n"))
        self._link("aftersales.followup", "order_ids", "sale.order")
        key = SQL("(%s + n) || '/' || %s", self.made["res.partner"][0], company)
        self._copy(self.card, count, key=key)
        of_claim = {"res_id": _each(self.made["aftersales.claim"])}
        self._copy(self.feedback, count, **of_claim)
        self._copy(self.rating, count, **of_claim)
        self._copy(self.event, count)
        self._copy(self.event.attendee_ids[:1], count)
        self._copy(self.date, count)

    def _grow_rewards(self, count: int) -> None:
        env, name = self.env, {"name": SQL("'Copy ' || n")}
        self._copy(env["aftersales.referral"].search([], limit=1), count, **name)
        key = {"key": SQL("'copy ' || n")}
        self._copy(env["aftersales.commission"].search([], limit=1), count, **key)
        card = env["aftersales.credit.lot"].search([], limit=1).card_id
        self._copy(card, count, code=SQL("'copy ' || n"))
        self._copy(env["aftersales.payout"].search([], limit=1), count, **name)
        for model in ("aftersales.credit.lot", "aftersales.credit.movement"):
            self._copy(env[model].search([], limit=1), count)
        self._copy(env["aftersales.statement"].search([], limit=1), count)

    def _grow_due(self, count: int) -> None:
        made = self.made
        self._copy(self.deal, count)
        self.env.cr.execute(
            "INSERT INTO aftersales_campaign_line "
            "(campaign_id, customer_id, partner_id, company_id, state) "
            "SELECT %s, id, partner_id, company_id, 'contacted' "
            "FROM aftersales_customer WHERE id = ANY(%s)",
            [self.campaign.id, list(made["aftersales.customer"][:count])],
        )
        models = {
            "contracts": "aftersales.contract", "orders": "sale.order", "lines": "sale.order.line",
            "assets": "aftersales.asset", "claims": "aftersales.claim",
            "cards": "aftersales.customer", "dates": "aftersales.important.date",
            "followups": "aftersales.followup", "deals": "aftersales.volume.deal",
        }  # fmt: skip
        self.first = {name: list(made[model][:count]) for name, model in models.items()}

    # --- Copying -------------------------------------------------------------------------------

    def _next_id(self, record) -> int:
        """Return the id of the next row of a table in which nobody else creates any."""
        self.env.cr.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) + 1", [record._table])
        return self.env.cr.fetchone()[0]

    def _copy(self, record, count: int, **columns: SQL) -> None:
        """Copy one row ``count`` times, spread over the years; ``columns`` may use the number n.

        What the row points to is the copy with its number, where that has been copied before.
        """
        record.ensure_one()
        columns = {**self._pointers(record), **YEARS.get(record._name, {}), **columns}
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = %s AND column_name != 'id'",
            [record._table],
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        values = [columns.get(name, SQL("mould.%s", SQL.identifier(name))) for name in names]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(names)s) SELECT %(values)s "
                "FROM %(table)s AS mould, generate_series(0, %(last)s) AS n "
                "WHERE mould.id = %(id)s ORDER BY n RETURNING id",
                table=SQL.identifier(record._table),
                names=SQL(", ").join(map(SQL.identifier, names)),
                values=SQL(", ").join(values),
                last=count - 1,
                id=record.id,
            )
        )
        first = self.env.cr.fetchone()[0]  # one statement numbers its rows without gaps
        self.made[record._name] = range(first, first + count)

    def _pointers(self, record) -> dict[str, SQL]:
        """Return the columns of what was copied before and the row points to."""
        return {
            name: _each(self.made[field.comodel_name])
            for name, field in record._fields.items()
            if field.type == "many2one"
            and field.comodel_name in self.made
            and field.comodel_name != record._name
            and record[name]
            and (field.comodel_name != "res.partner" or record[name] == self.customer)
        } | {
            name: SQL(
                "CASE WHEN n %% %s = 0 THEN mould.%s ELSE %s END",
                COLLEAGUES,
                SQL.identifier(name),
                self.env.ref("base.user_admin").id,
            )
            for name in ("user_id", "aftersales_user_id")
            if name in record._fields and record._fields[name].store and record[name]
        }

    def _link(self, model: str, name: str, other: str) -> None:
        """Relate each copy to the copy with its number."""
        field, ids, others = self.env[model]._fields[name], self.made[model], self.made[other]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s + n, %s + n FROM generate_series(0, %s) AS n",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                ids[0],
                others[0],
                len(ids) - 1,
            )
        )


def _each(ids: range) -> SQL:
    """Return the column that gives every copy the next of ``ids``, from the first one again."""
    return SQL("%s + n %% %s", ids[0], len(ids))
