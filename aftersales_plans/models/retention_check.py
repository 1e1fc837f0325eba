# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .linked_records import ASSETS, open_action

ANSWERS = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]
NEW_ADDRESS = {  # what was asked: field of the contact
    "new_street": "street",
    "new_zip": "zip",
    "new_city": "city",
    "new_phone": "phone",
    "new_email": "email",
}


class AftersalesFollowup(models.Model):
    """What is asked of a customer nobody has heard of for long (requirement 35).

    Whether the address and the person to talk to are right, and whether the goods are still there.
    """

    _inherit = "aftersales.followup"

    customer_id = fields.Many2one(
        "aftersales.customer",
        string="Customer Card",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    last_contact = fields.Date(related="customer_id.last_contact")
    address_right = fields.Selection(ANSWERS, string="Is the address right?", tracking=True)
    contact_right = fields.Selection(
        ANSWERS, string="Is the person to talk to right?", tracking=True
    )
    still_owns = fields.Selection(ANSWERS, string="Does the customer still have the goods?")
    check_note = fields.Char(string="What Was Heard")
    current_address = fields.Char(compute="_compute_current", string="On File")
    current_reach = fields.Char(compute="_compute_current", string="Phone and E-mail on File")
    new_street = fields.Char()
    new_zip = fields.Char(string="New ZIP")
    new_city = fields.Char()
    new_phone = fields.Char()
    new_email = fields.Char(string="New E-mail")
    goods_count = fields.Integer(compute="_compute_goods_count")

    @api.depends("partner_id")
    def _compute_current(self):
        for followup in self:
            partner = followup.partner_id
            parts = (partner.street, f"{partner.zip or ''} {partner.city or ''}".strip())
            followup.current_address = ", ".join(filter(None, parts))
            followup.current_reach = ", ".join(filter(None, (partner.phone, partner.email)))

    @api.depends("partner_id", "company_id")
    def _compute_goods_count(self):
        for followup in self:
            followup.goods_count = (
                self.env["aftersales.asset"].search_count(followup._domain_of_goods())
                if followup.kind == "retention"
                else 0
            )

    def _domain_of_goods(self):
        """Return what the customer has in use, as far as we know."""
        return (
            Domain("partner_id", "child_of", self.partner_id.commercial_partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("status", "=", "in_use")
        )

    def action_open_goods(self):
        """Open the goods, to hand over or scrap what the customer has no longer."""
        self.ensure_one()
        return open_action(self.env, ASSETS, list(self._domain_of_goods()))

    def action_finish_check(self):
        """Write what was corrected on the contact and end the follow-up as reached.

        :raises UserError: nothing was answered, or a correction misses
        """
        for followup in self:
            followup.check_access("write")
            followup._check_answered()
            followup._correct_contact()
            if followup.check_note:
                followup._message_log(body=followup.check_note)
            followup._settle("other")

    def _check_answered(self):
        answers = (self.address_right, self.contact_right, self.still_owns)
        if self.kind != "retention" or not all(answers):
            raise UserError(
                self.env._("%s: answer the three questions; 'Not known' will do.", self.name)
            )
        if self.address_right == "no" and not any(self[name] for name in NEW_ADDRESS):
            raise UserError(
                self.env._("%s: write down the right address, or choose 'Not known'.", self.name)
            )

    def _correct_contact(self):
        """Write the corrections on the customer's contact, and say so in its history."""
        vals = {field: self[name] for name, field in NEW_ADDRESS.items() if self[name]}
        if vals:
            self._check_no_colleague()
            # sudo: agents correct what the customer tells them; may write the follow-up, checked
            partner = self.partner_id.sudo()
            partner.write(vals)
            partner.message_post(body=self.env._("Corrected on the phone: %s", self.name))

    def _check_no_colleague(self):
        """Leave the contact of a colleague who buys from us to whoever manages users.

        Core asks that right of whoever writes on it, but not of us: a new password goes to the
        e-mail address on it.

        :raises UserError: naming the contact
        """
        partner = self.partner_id
        users = partner.sudo().user_ids  # only whether somebody logs in with this address
        colleagues = users.filtered(lambda user: user._is_internal() and user != self.env.user)
        if colleagues and not colleagues.sudo(self.env.su).has_access("write"):
            raise UserError(
                self.env._(
                    "%s works here: ask an administrator to correct the address. Choose “Not "
                    "known” and note what you heard.",
                    partner.display_name,
                )
            )
