"""What a batch of earlier deliveries costs at the start and at the end of 20,000 of them."""

from __future__ import annotations

from odoo import Command, api

from .copied import copy_rows
from .harness import Comparison, Prepare

MOVES = 20_000
BATCH = 500


def deliver_once(env: api.Environment):
    """Return one delivered move of goods that nobody registered."""
    product = env["product.product"].create(
        {"name": "Bench goods", "type": "consu", "is_storable": True}
    )
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1)
    picking = env["stock.picking"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Bench Ltd"}).id,
            "picking_type_id": warehouse.out_type_id.id,
            "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
        }
    )
    picking.action_confirm()
    picking.action_assign()
    picking.move_ids.picked = True
    move = picking.move_ids._action_done()
    env["aftersales.asset"].search([("move_id", "=", move.id)]).unlink()
    env.flush_all()
    return move


def multiply(env: api.Environment, move, count: int) -> list[int]:
    """Copy a delivered move and its line ``count`` times, in the database; return the ids."""
    moves = copy_rows(env, "stock_move", move.id, count)
    lines = copy_rows(env, "stock_move_line", move.move_line_ids.id, count)
    env.cr.execute(
        "UPDATE stock_move_line line SET move_id = pair.move_id "
        "FROM unnest(%s, %s) AS pair (move_id, line_id) WHERE line.id = pair.line_id",
        [moves, lines],
    )
    env.invalidate_all()
    return moves


def comparisons(env: api.Environment, _bare: api.Environment) -> list[Comparison]:
    """Compare the first batch of the register with the one after 19,500 deliveries."""
    env["aftersales.backfill"].search([]).unlink()
    moves = sorted(multiply(env, deliver_once(env), MOVES))
    backfill = env["aftersales.backfill"].create(
        {
            "company_id": env.company.id,
            "running": True,
            "end_move_id": moves[-1],
            "total": MOVES,
        }
    )

    def batch_after(move_id: int) -> Prepare:
        def prepare(run_env):
            row = run_env["aftersales.backfill"].browse(backfill.id)
            row.last_move_id = move_id
            return row._register_batch

        return prepare

    return [
        Comparison(
            f"Batch of {BATCH} of {MOVES:,} deliveries: the first, the last",
            batch_after(moves[0] - 1),
            batch_after(moves[-BATCH - 1]),
            None,
        )
    ]
