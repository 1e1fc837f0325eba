from odoo import models
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
    Colleagues have the document itself; a link opens the page for them as for anybody.
    """

    _name = "aftersales.customer.page"
    _description = "Page for Customers"
    _inherit = "portal.mixin"

    def _is_open_to(self, user, token=None):
        """Tell whether the page of this record opens for ``user``, or with ``token``."""
        self.ensure_one()
        record = self.sudo()  # only whether it opens
        if token and record.access_token:
            if consteq(record.access_token.encode(), token.encode()):
                return True
        return bool(record.filtered_domain(domain_of_customer(user)))
