"""What must hold of a database, and what Odoo must go on doing in it, asked from inside."""

from __future__ import annotations

from odoo.exceptions import ValidationError
from odoo.tests import Form

MODELS = ("sale.order", "stock.picking", "account.move", "res.partner", "product.template")
MODELS += ("loyalty.card", "fsm.order", "fsm.location", "res.company", "res.users")


def broken_views(env):
    """Return the screens that do not fit the fields and inherited views there are."""
    wrong = []
    ours = [name for name in env if name.startswith("aftersales.")]
    screens = [("mode", "=", "primary"), ("model", "in", [*MODELS, *ours])]
    for view in env["ir.ui.view"].search(screens):
        try:
            view._check_xml()  # with all that inherits from it
        except (ValidationError, ValueError) as error:
            wrong.append(f"view {view.xml_id or view.id}: {error}")
    return wrong


def broken_counters(env):
    """Return where the ledger, the books, cards, lots and counters say different things."""
    wrong = []
    if "aftersales.commission" in env:
        wrong += env["aftersales.commission"]._check_invariants(env["res.company"].search([]))
    env.cr.execute(
        """
        SELECT 'entitlement ' || e.id || ': ' || e.used || ' used, ' || coalesce(sum(quantity), 0)
          FROM aftersales_entitlement e
     LEFT JOIN aftersales_entitlement_usage u ON u.entitlement_id = e.id
      GROUP BY e.id HAVING e.used != coalesce(sum(quantity), 0)
        """
    )
    return wrong + [text for (text,) in env.cr.fetchall()]


def failing_jobs(env):
    """Run every scheduled action of ours once; return those that fail."""
    wrong = []
    data = [("model", "=", "ir.cron"), ("module", "=like", "aftersales\\_%")]
    for cron in env["ir.cron"].browse(env["ir.model.data"].search(data).mapped("res_id")):
        try:
            cron.ir_actions_server_id.run()  # commits by itself, batch by batch
            env.cr.commit()
        except Exception as error:
            env.cr.rollback()
            wrong.append(f"{cron.name}: {error!r}")
    return wrong


def work(env):
    """Invoice, deliver, credit and open what there is; return what could not be done."""
    wrong = []

    def attempt(record, do):
        try:
            with env.cr.savepoint():
                do(record)
                env.flush_all()
        except Exception as error:
            wrong.append(f"{record} {getattr(do, '__name__', '')}: {error!r}")

    for order in env["sale.order"].search([("state", "=", "sale")]):
        for picking in order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")):
            attempt(picking, deliver)
        if order.invoice_status == "to invoice":
            attempt(order, invoice)
    invoices = [("move_type", "=", "out_invoice"), ("state", "=", "posted")]
    for move in env["account.move"].search(invoices, limit=5):
        attempt(move, credit)
    for model in MODELS:
        if model in env:
            for record in env[model].search([], limit=20):
                attempt(record, open_form)
    return wrong


def deliver(picking):
    """Hand over all of a delivery."""
    for move in picking.move_ids:
        move.write({"quantity": move.product_uom_qty, "picked": True})
    picking._action_done()
    assert picking.state == "done", picking.state


def invoice(order):
    """Invoice what can be invoiced, and post it."""
    order._create_invoices(final=True).action_post()


def credit(move):
    """Credit an invoice in full."""
    move._reverse_moves(cancel=False).action_post()


def open_form(record):
    """Open a record's form."""
    Form(record)
