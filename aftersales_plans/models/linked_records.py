# SPDX-License-Identifier: LGPL-3.0-or-later
"""Opening and counting what leads to a document, as far as the reader may read it."""

from collections import Counter

from odoo.fields import Domain

ASSETS = "aftersales_plans.aftersales_asset_action"
CLAIMS = "aftersales_plans.aftersales_claim_action"
CONTRACTS = "aftersales_plans.aftersales_contract_action"
FEEDBACK = "aftersales_plans.aftersales_feedback_action"
FOLLOWUPS = "aftersales_plans.aftersales_followup_action"
OBLIGATIONS = "aftersales_plans.aftersales_obligation_action"
LAYOUT = "aftersales_plans.mail_layout_customer"


def open_action(env, action_xmlid, domain=(), **context):
    """Return the window action narrowed to ``domain``.

    :param context: replaces the action's own, so that no default filter hides anything
    """
    action = env["ir.actions.act_window"]._for_xml_id(action_xmlid)
    action.pop("display_name", None)  # it would win over the name a caller gives
    return dict(action, domain=domain, context=context)


def open_dialog(title, model, **context):
    """Return a dialog of the wizard ``model``, which has no action of its own."""
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": model,
        "view_mode": "form",
        "target": "new",
        "context": context,
    }


def open_composer(records, title, template_xmlid, **context):
    """Return the dialog to write to the customer of ``records``, with the template filled in."""
    template = records.env.ref(template_xmlid, raise_if_not_found=False)
    return open_dialog(
        title,
        "mail.compose.message",
        default_model=records._name,
        default_res_ids=records.ids,
        default_template_id=template and template.id,
        default_composition_mode="comment",
        default_email_layout_xmlid=LAYOUT,
        **context,
    )


def open_records(records, action_xmlid, **context):
    """Return the window action narrowed to ``records`` the user may read; one opens as a form."""
    records = records.with_env(records.env(su=False))._filtered_access("read")
    if len(records) == 1:
        return records.get_formview_action()
    return open_action(records.env, action_xmlid, [("id", "in", records.ids)], **context)


def open_transfers(pickings):
    """Return the window action of ``pickings``; who does not work in a warehouse gets a list.

    The form of a transfer needs rights on lots that salespeople do not have.
    """
    if pickings.env.user.has_group("stock.group_stock_user"):
        return open_records(pickings, "stock.action_picking_tree_all")
    readable = pickings.with_env(pickings.env(su=False))._filtered_access("read")
    found = [("id", "in", readable.ids)]
    action = open_action(pickings.env, "stock.action_picking_tree_all", found, create=False)
    return dict(action, views=[(False, "list")], view_mode="list")


def linked(documents, model, paths):
    """Return the records of ``model`` that lead to ``documents`` and that the user may read.

    :param paths: fields of ``model``, dotted, that end at the documents' model
    """
    found = Domain.OR(Domain(path, "in", documents.ids) for path in paths)
    # sudo: the way there leads through orders and moves the user may not open
    records = documents.env[model].sudo().search(found).sudo(False)
    return records._filtered_access("read")


def count_linked(documents, model, paths):
    """Return {id of a document: how many records :func:`linked` finds for it}; constant queries."""
    if not documents.ids or not documents.env[model].has_access("read"):  # no ids: not saved yet
        return Counter()
    return Counter(
        document_id
        for record in linked(documents, model, paths).sudo()  # sudo: as in linked
        for document_id in {end.id for path in paths for end in record.mapped(path)}
    )
