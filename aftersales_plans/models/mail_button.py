from odoo import models


class AftersalesContract(models.Model):
    """The button of mails about a contract."""

    _inherit = "aftersales.contract"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Name the button in the customer's words; core gives it the customer's own link."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        return name_button(groups, self.env._("See your contract online"))


class AftersalesClaim(models.Model):
    """The button of mails about a claim."""

    _inherit = "aftersales.claim"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Name the button in the customer's words; core gives it the customer's own link."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        return name_button(groups, self.env._("See your report online"))


def name_button(groups, title):
    """Return the recipients' ``groups`` of a mail; the customer's button is called ``title``."""
    for name, _is_in, options in groups:
        if name == "portal_customer":
            options["button_access"]["title"] = title
    return groups
