"""What a button answers the screen with."""

LEDGER = "aftersales_referral.aftersales_commission_action"
LOTS = "aftersales_referral.aftersales_credit_lot_action"
PAYOUTS = "aftersales_referral.aftersales_payout_action"
REFERRALS = "aftersales_referral.aftersales_referral_action"
ITEMS = "account.action_account_moves_all"


def open_list(env, xmlid, domain, context=None, **changes):
    """Return a window action narrowed to ``domain``.

    :param context: replaces the action's own, so that no default filter hides anything
    """
    # what an action is called and shows is nobody's secret
    action = env["ir.actions.act_window"].sudo()._for_xml_id(xmlid)
    return {**action, "domain": domain, "context": context or {}, **changes}


def notify(message, kind="success", **changes):
    """Return a notification, after which a dialog closes.

    :param kind: success, warning, danger or info
    """
    close = {"type": "ir.actions.act_window_close"}
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": kind, "message": message, "next": close, **changes},
    }
