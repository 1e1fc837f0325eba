# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .fsm_order_type import CUSTOMERS_KINDS
from .visit_rights import OFFICE

ANOTHER_DATE = "aftersales_inspection.activity_another_date"


class FsmOrder(models.Model):
    """The date of a visit is agreed with the customer (requirement 66).

    ``appointment_told_for`` is the start the customer was last told of or agreed to; where it
    differs from the planned start, the date has changed and the customer does not know yet.
    """

    _inherit = "fsm.order"
    _guarded = frozenset(
        {
            "appointment_state",
            "appointment_proposed_on",
            "appointment_answered_on",
            "appointment_told_for",
            "appointment_wish",
        }
    )

    appointment_state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
            ("change_asked", "Another date asked"),
        ],
        string="Appointment",
        copy=False,
        readonly=True,
        help="What the customer says to the planned date; empty until somebody asked.",
    )
    appointment_proposed_on = fields.Datetime(string="Proposed on", readonly=True, copy=False)
    appointment_answered_on = fields.Datetime(string="Answered on", readonly=True, copy=False)
    appointment_told_for = fields.Datetime(
        string="Date the Customer Knows", readonly=True, copy=False
    )
    appointment_wish = fields.Text(
        string="Customer's Wish", readonly=True, copy=False, help="In the customer's own words."
    )
    appointment_obstacle = fields.Char(
        compute="_compute_appointment_obstacle",
        compute_sudo=True,  # one sentence for whoever sees the visit
        help="Why no date can be proposed by mail; empty if it can.",
    )
    appointment_payment_warning = fields.Char(related="aftersales_contract_id.payment_warning")
    appointment_changed = fields.Boolean(compute="_compute_appointment_changed")
    can_arrange = fields.Boolean(
        compute="_compute_can_arrange",
        help="Whether this user may agree on the date now.",
    )

    @api.depends("appointment_told_for", "scheduled_date_start")
    def _compute_appointment_changed(self):
        for visit in self:
            told = visit.appointment_told_for
            visit.appointment_changed = bool(told and told != visit.scheduled_date_start)

    @api.depends("scheduled_date_start", "stage_id", "date_start", "appointment_state")
    def _compute_appointment_obstacle(self):
        for visit in self:
            visit.appointment_obstacle = (
                visit._obstacle_to_agree() or visit._obstacle_to_write() or False
            )

    def _obstacle_to_agree(self):
        """Return why no date of this visit can be agreed, in words; nothing if one can."""
        self.ensure_one()
        name, start = self.name, self.scheduled_date_start
        if self.aftersales_kind not in CUSTOMERS_KINDS:
            return self.env._("%s is no visit to a customer.", name)
        if not self._is_unstarted():
            return self.env._("%s has begun or is over.", name)
        if not start:
            return self.env._("%s has no date yet: plan it first.", name)
        if start < fields.Datetime.now():
            return self.env._("The date of %s is past: plan it again first.", name)
        return False

    def _obstacle_to_write(self):
        """Return why the customer cannot be written to, in words; nothing if that is possible."""
        self.ensure_one()
        partner = self.appointment_partner_id
        if not partner.email:
            return self.env._("%s has no e-mail address: agree on the phone.", partner.display_name)
        blacklisted = self.env["mail.blacklist"].search_count(
            [("email", "=", partner.email_normalized)], limit=1
        )
        if blacklisted:
            return self.env._("%s wants no e-mails: agree on the phone.", partner.display_name)
        return False

    # --- Buttons -------------------------------------------------------------------------------

    def action_propose_appointment(self):
        """Ask the customers by mail whether the planned dates suit.

        :raises UserError: for a single visit that cannot be proposed; of several, the others are
            proposed and these are named
        """
        self._check_may_arrange()
        refused = []
        for visit in self.sudo():  # the mail and the guarded state follow from the checked click
            try:
                with self.env.cr.savepoint():
                    visit._propose()
            except UserError as error:
                if len(self) == 1:
                    raise
                refused.append(str(error))
        return self._notify_proposed(refused)

    def _notify_proposed(self, refused):
        """Tell how many proposals went out, and name those that did not."""
        sent = self.env._("Dates proposed: %s.", len(self) - len(refused))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "message": " ".join([sent, *refused]),
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_confirm_appointment(self):
        """Note that the customers agreed to the planned dates, say on the phone; once."""
        self._check_may_arrange()
        for visit in self.sudo():  # guarded, and follows from the checked click
            if visit.appointment_state == "confirmed" and not visit.appointment_changed:
                continue
            visit._check_agreeable()
            visit.aftersales_contract_id._check_benefits_not_held()
            visit._agree(self.env._("The customer agreed to the date."))

    def action_ask_change(self):
        """Note that the customers want another date; who answers for it gets it to do, once."""
        self._check_may_arrange()
        for visit in self.sudo():  # guarded, and follows from the checked click
            if visit.appointment_state == "change_asked":
                continue
            visit._check_agreeable()
            visit._ask_change(self.env._("The customer wants another date."))

    def _check_agreeable(self):
        """Raise where no date can be agreed.

        :raises UserError: naming the visit
        """
        obstacle = self._obstacle_to_agree()
        if obstacle:
            raise UserError(obstacle)

    def _check_may_arrange(self):
        """Raise unless the user may write these visits and arranges them with their customers."""
        self.check_access("write")
        if not self._may_arrange():
            raise AccessError(
                self.env._("Dates are agreed by the service desk and dispatchers: ask one of them.")
            )

    def _may_arrange(self):
        user = self.env.user
        if self.env.su or any(map(user.has_group, OFFICE)):
            return True
        # sudo: whose contract it is decides here, whether or not the user reads contracts
        return all(visit.aftersales_user_id == user for visit in self.sudo())

    @api.depends_context("uid")
    @api.depends("aftersales_user_id", "scheduled_date_start", "stage_id", "date_start")
    def _compute_can_arrange(self):
        for visit in self:
            may = visit.has_access("write") and visit._may_arrange()
            visit.can_arrange = may and not visit._obstacle_to_agree()

    # --- What happens to the state; callers checked and run as superuser -----------------------

    def _propose(self):
        """Send the planned date to the customer, who may confirm it or ask for another.

        :raises UserError: naming the visit or the customer, and what to do
        """
        self.ensure_one()
        obstacle = self.appointment_obstacle
        if not obstacle and self.appointment_state == "confirmed" and not self.appointment_changed:
            obstacle = self.env._("The customer of %s has confirmed this date already.", self.name)
        if obstacle:
            raise UserError(obstacle)
        self.aftersales_contract_id._check_benefits_not_held()
        self._write_to_customer("proposed")
        self.write(
            {
                "appointment_state": "proposed",
                "appointment_proposed_on": fields.Datetime.now(),
                "appointment_answered_on": False,
                "appointment_told_for": self.scheduled_date_start,
                "appointment_wish": False,
            }
        )
        self.activity_unlink([ANOTHER_DATE])

    def _agree(self, note, slot=None, wish=False, author=None):
        """Note that the customer agreed, to the planned date or to ``slot`` they chose.

        :param slot: :class:`~..calc.agenda.Slot`; start, end and technician are written with the
            state, so that the move does not undo the agreement
        """
        self.ensure_one()
        moved = {}
        if slot:
            moved = {
                "scheduled_date_start": slot.start,
                "scheduled_date_end": slot.end,
                "person_id": slot.technician,
            }
        self.write(
            {
                **moved,
                "appointment_state": "confirmed",
                "appointment_answered_on": fields.Datetime.now(),
                "appointment_told_for": slot.start if slot else self.scheduled_date_start,
                "appointment_wish": wish,
            }
        )
        self.activity_unlink([ANOTHER_DATE])
        self._log_answer(note, wish, author)

    def _ask_change(self, note, wish=False, author=None):
        """Note that the customer wants another date and give its owner something to do."""
        self.ensure_one()
        self.write(
            {
                "appointment_state": "change_asked",
                "appointment_answered_on": fields.Datetime.now(),
                "appointment_wish": wish,
            }
        )
        self.activity_unlink([ANOTHER_DATE])
        owner = self._appointment_owner()
        if owner:
            self.activity_schedule(
                ANOTHER_DATE,
                user_id=owner.id,
                summary=self.env._("Agree on another date: %s", self.name),
            )
        self._log_answer(note, wish, author)

    def _log_answer(self, note, wish, author):
        body = f"{note}\n{wish}" if wish else note
        author = author or self.env.user.partner_id
        self._message_log(body=body, author_id=author.id)

    def _appointment_owner(self):
        """Return who agrees on another date: the salesperson, else one dispatcher."""
        self.ensure_one()
        dispatchers = self.env.ref("fieldservice.group_fsm_dispatcher").all_user_ids
        last_resort = "fieldservice.group_fsm_manager"
        ranked = dispatchers.sorted(lambda user: (user.has_group(last_resort), user.id))
        return (self.aftersales_user_id | ranked).filtered(self._is_workable_for)[:1]

    def _is_workable_for(self, user):
        """Tell whether ``user`` works in the company and sees this visit."""
        at_work = user.active and not user.share and self.company_id in user.company_ids
        return at_work and self.with_user(user).sudo(False).has_access("read")
