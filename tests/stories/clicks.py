"""What the people of the stories click: the same public methods as the buttons of the screens."""

from odoo import Command, fields
from odoo.tests import Form


def prefer(technician, customer):
    """Make ``technician`` the one who goes to the customer's site whenever there is time."""
    return technician.env["fsm.location"].create(
        {
            "partner_id": customer.address_get(["delivery"])["delivery"],
            "owner_id": customer.id,
            "person_ids": [Command.create({"person_id": technician.id})],
        }
    )


def sell(salesperson, customer, lines, **values):
    """Write a quotation; ``lines`` are (product, quantity, unit or None)."""
    return (
        salesperson.env["sale.order"]
        .with_user(salesperson)
        .create(
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **({"product_uom_id": unit.id} if unit else {}),
                        }
                    )
                    for product, quantity, unit in lines
                ],
                **values,
            }
        )
    )


def deliver(warehouse_user, pickings):
    """Reserve and validate ``pickings``."""
    for picking in pickings.with_user(warehouse_user):
        picking.action_assign()
        answer = picking.button_validate()
        if isinstance(answer, dict) and answer.get("res_model") == "confirm.stock.sms":
            # Odoo asks once whether deliveries shall be announced by text message.
            picking.env["confirm.stock.sms"].browse(answer["res_id"]).with_context(
                answer["context"]
            ).dont_send_sms()


def invoice(salesperson, billing_user, order):
    """Make the invoice of ``order`` from its button and let billing post it."""
    wizard = (
        order.env["sale.advance.payment.inv"]
        .with_user(salesperson)
        .with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id)
        .create({})
    )
    before = order.sudo().invoice_ids
    wizard.create_invoices()
    made = (order.sudo().invoice_ids - before).with_user(billing_user).sudo(False)
    made.action_post()
    return made


def pay(billing_user, moves, amount=None):
    """Register a payment from the button; all that is open, or ``amount``."""
    return (
        moves.env["account.payment.register"]
        .with_user(billing_user)
        .with_context(active_model="account.move", active_ids=moves.ids)
        .create({"amount": amount} if amount else {})
        .action_create_payments()
    )


def inspect(technician, visit, start, findings, **conclusion):
    """Move the visit to ``start``, answer its checklist, write what was found and complete it.

    What was found broken is what fails; everything measured is 1.
    """
    visit = visit.with_user(technician).sudo(False)
    visit.write(
        {
            "scheduled_date_start": start,
            "scheduled_date_end": fields.Datetime.add(start, hours=2),
        }
    )
    visit.action_start()
    broken = [finding["asset_id"] for finding in findings]
    for check in visit.check_ids:
        first = check == visit.check_ids.filtered(lambda c, a=check.asset_id: c.asset_id == a)[:1]
        failed = first and check.asset_id in broken
        check.write({"verdict": "not_ok" if failed else "ok", "number": 1, "text": "–"})
    with Form(visit, view="fieldservice.fsm_order_form") as form:
        for name, value in conclusion.items():
            setattr(form, name, value)
        for finding in findings:
            with form.finding_ids.new() as line:
                for name, value in finding.items():
                    setattr(line, name, value)
    visit.action_complete()
    return visit


def report_breakage(agent, customer, asset, quantity, cause, description):
    """Take a customer's call and approve the claim."""
    claim = (
        agent.env["aftersales.claim"]
        .with_user(agent)
        .create(
            {
                "partner_id": customer.id,
                "description": description,
                "line_ids": [
                    Command.create(
                        {"asset_id": asset.id, "quantity": quantity, "cause_id": cause.id}
                    )
                ],
            }
        )
    )
    claim.action_approve()
    return claim
