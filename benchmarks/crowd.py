"""Many more customers with contracts, goods, visits, claims and rewards, made in the database."""

from __future__ import annotations

from odoo import api
from odoo.tools import SQL

from tests.stories.vip import VipStory


class Crowd:
    """The customer of the VIP story, who did everything by real clicks, multiplied by SQL.

    A copied customer has :attr:`contracts_each` contracts; each contract has an asset, its
    entitlements, a visit, a claim and a row of the ledger like the original.
    """

    contracts_each = 4  # of one customer

    def __init__(self, env: api.Environment):
        self.env = env
        story = VipStory(env)
        story.tell()
        self.customer = story.customer
        self.contract = env["aftersales.contract"].search(
            [("partner_id", "=", self.customer.id)], order="id", limit=1
        )
        self.size = 1  # contracts like this one
        env.flush_all()

    def grow(self, size: int) -> None:
        """Copy until there are ``size`` contracts, and let the planner look again."""
        contract, count = self.contract, size - self.size
        # else each foreign key is checked by the plan that suited the few rows of the story
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("ANALYZE")
        people = self._copy(
            self.customer,
            count // self.contracts_each,
            name=SQL("'Customer ' || n"),
            complete_name=SQL("'Customer ' || n"),
            ref=SQL("NULL"),
            commercial_partner_id=SQL("%s + n", self._next_id(self.customer)),
        )
        own = {"partner_id": _each(people)}
        contracts = self._copy(
            contract,
            count,
            name=SQL("'Copy ' || n"),
            sale_line_id=SQL("NULL"),
            sale_order_id=SQL("NULL"),
            **own,
        )
        of_contract = _each(contracts)
        assets = self._copy(contract.asset_ids[:1], count, move_id=SQL("NULL"), **own)
        self.env.cr.execute(
            "INSERT INTO aftersales_contract_asset_rel (contract_id, asset_id) "
            "SELECT %s + n, %s + n FROM generate_series(0, %s) AS n",
            [contracts[0], assets[0], count - 1],
        )
        for entitlement in contract.entitlement_ids:
            self._copy(entitlement, count, contract_id=of_contract)
        claim = contract.claim_ids[:1]
        claims = self._copy(claim, count, contract_id=of_contract, usage_id=SQL("NULL"), **own)
        self._copy(claim.line_ids[:1], count, claim_id=_each(claims), asset_id=_each(assets))
        self._copy(
            contract.visit_ids[:1],
            count,
            aftersales_contract_id=of_contract,
            aftersales_partner_id=_each(people),
        )
        self._copy(
            self.env["aftersales.commission"].search([], limit=1),
            count,
            referrer_id=_each(people),
            key=SQL("'copy ' || %s || n", self.size),
        )
        self.env.cr.execute("SET LOCAL enable_seqscan TO DEFAULT")
        self.env.cr.execute("ANALYZE")
        self.env.invalidate_all()
        self.size = size

    def _next_id(self, record) -> int:
        """Return the id of the next row of a table in which nobody else creates any."""
        self.env.cr.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) + 1", [record._table])
        return self.env.cr.fetchone()[0]

    def _copy(self, record, count: int, **columns: SQL) -> range:
        """Copy one row ``count`` times and return the ids; ``columns`` may use the number n."""
        record.ensure_one()
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
        return range(first, first + count)


def _each(ids: range) -> SQL:
    """Return the column that gives every copy the next of ``ids``, from the first one again."""
    return SQL("%s + n %% %s", ids[0], len(ids))
