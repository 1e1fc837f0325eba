# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import consteq


def domain_of_customer(user, path="partner_id"):
    """Return which records are those of the customer who is logged in; none for colleagues.

    As with orders in Odoo's portal, contacts see what belongs to the company they work for.

    :param path: the field that leads to the customer; the model has a company, too
    """
    if not user._is_portal():
        return Domain.FALSE
    customer = user.partner_id.commercial_partner_id
    return Domain(path, "child_of", customer.ids) & Domain("company_id", "in", user.company_ids.ids)


def address_online(record, user):
    """Return where Odoo's portal shows an order or invoice, if it opens there for ``user``."""
    return record.access_url if record and record.with_user(user).has_access("read") else False


class CustomerPage(models.AbstractModel):
    """A document its customer reads online: by login, or by the link of a mail (47, 66).

    Customers have no right on our models: a controller reads as superuser what this lets through.
    Colleagues have the document itself. The token stands in the customer's copy of a mail alone:
    who reads the document must not withdraw or ask for something in the customer's name. Models
    name this class before their own, so that it is asked before ``mail.thread``.
    """

    _name = "aftersales.customer.page"
    _description = "Page for Customers"
    _inherit = "portal.mixin"
    _guarded = frozenset({"access_token"})  # no token that somebody chose and so knows
    _pages = None  # where the customer's pages of the model are; a record's id follows

    access_token = fields.Char(groups="base.group_system")

    def _compute_access_url(self):
        """Lead to the customer's page of the record."""
        result = super()._compute_access_url()
        for record in self:
            record.access_url = f"{self._pages}/{record.id}"
        return result

    def _button_online(self):
        """Return what the button to the page is called in mails, in the customer's words."""
        raise NotImplementedError

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Name the button in the customer's words; core gives it the customer's own link."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        for name, _is_in, options in groups:
            if name == "portal_customer":
                options["button_access"]["title"] = self._button_online()
        return groups

    def _portal_ensure_token(self):
        """Return the token to methods that run as superuser, nothing to colleagues.

        So ``get_portal_url``, which everybody may call, gives them the page's address without it.
        """
        return super()._portal_ensure_token() if self.env.su else ""

    def _get_share_url(self, redirect=False, signup_partner=False, pid=None, share_token=True):
        """Give colleagues the address alone, for what they share stays in the history."""
        if not self.env.su:
            pid = share_token = None
        return super()._get_share_url(redirect, signup_partner, pid, share_token)

    def _sign_token(self, pid):
        """Sign with the token that whoever sends a mail does not read."""
        return super(CustomerPage, self.sudo())._sign_token(pid)  # only signed, not shown

    def _is_open_to(self, user, token=None):
        """Tell whether the page of this record opens for ``user``, or with ``token``."""
        self.ensure_one()
        record = self.sudo()  # only whether it opens
        if token and record.access_token:
            if consteq(record.access_token.encode(), token.encode()):
                return True
        return bool(record.filtered_domain(domain_of_customer(user)))
