# SPDX-License-Identifier: LGPL-3.0-or-later
"""What a button answers the screen with."""

LEDGER = "aftersales_referral.aftersales_commission_action"
LOTS = "aftersales_referral.aftersales_credit_lot_action"
PAYOUTS = "aftersales_referral.aftersales_payout_action"
REFERRALS = "aftersales_referral.aftersales_referral_action"
ITEMS = "account.action_account_moves_all"


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
