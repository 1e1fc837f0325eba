# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, plaintext2html

from odoo.addons.aftersales_plans.models.linked_records import open_dialog

DISPUTE_ACTIVITY = "aftersales_referral.mail_activity_type_decide_dispute"
MANAGERS = "aftersales_plans.group_manager"


class AftersalesReferral(models.Model):
    """Two say they brought a customer: logged by whoever hears it, decided by a manager (78)."""

    _inherit = "aftersales.referral"
    _guarded = frozenset({"dispute_state", "claimant_id", "claimed_since", "dispute_note"})

    dispute_state = fields.Selection(
        [("open", "Disputed"), ("decided", "Decided")],
        string="Dispute",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    claimant_id = fields.Many2one(
        "res.partner",
        string="Claimed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Who says to have brought this customer instead.",
    )
    claimed_since = fields.Date(readonly=True, copy=False)
    dispute_note = fields.Text(string="What is Claimed", readonly=True, copy=False)

    def action_log_dispute(self):
        """Ask who claims this customer, since when, and what is said."""
        self.ensure_one()
        title = self.env._("Log Referral Dispute")
        return open_dialog(title, "aftersales.referral.dispute", default_referral_id=self.id)

    def action_reassign(self):
        """Ask for the right referrer; a manager's."""
        self.ensure_one()
        title = self.env._("Re-assign Referral")
        return open_dialog(title, "aftersales.referral.reassign", default_referral_id=self.id)

    def _open_dispute(self, claimant, since, note):
        """Note that ``claimant`` says to have brought the customer; a manager gets it to decide.

        :raises UserError: the referral is over, disputed already, or the claimant is its referrer
        """
        self.ensure_one()
        if self.state not in ("registered", "qualified"):
            raise UserError(
                self.env._("%s is over: name the right referrer on the order.", self.name)
            )
        if self.dispute_state == "open":
            raise UserError(
                self.env._("%s is disputed already: a plan manager decides first.", self.name)
            )
        if claimant.commercial_partner_id == self.referrer_id.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%(name)s names %(referrer)s already: there is nothing to dispute.",
                    name=self.name,
                    referrer=self.referrer_id.display_name,
                )
            )
        # Disputes are nobody's to write; who may log one was checked by the caller.
        self.sudo().write(
            {
                "dispute_state": "open",
                "claimant_id": claimant.id,
                "claimed_since": since,
                "dispute_note": note,
            }
        )
        self._tell_dispute()

    def _tell_dispute(self):
        said = self.env._(
            "%(claimant)s claims to have brought this customer on %(date)s: %(note)s",
            claimant=self.claimant_id.display_name,
            date=format_date(self.env, self.claimed_since),
            note=self.dispute_note,
        )
        referral = self.sudo()  # told to managers, whoever logs it
        referral.message_post(body=said)
        for manager in self.company_id._aftersales_users(MANAGERS)[:1]:
            referral.activity_schedule(
                DISPUTE_ACTIVITY,
                user_id=manager.id,
                summary=self.env._("Decide who brought the customer of %s", self.name),
                note=plaintext2html(said),
            )

    def action_keep_referrer(self):
        """Decide a dispute in favour of who is named."""
        self._check_manager()
        for referral in self.filtered(lambda one: one.dispute_state == "open"):
            referral._close_dispute(
                self.env._("%s stays the referrer.", referral.referrer_id.display_name)
            )

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("Only a plan manager decides who brought a customer."))

    def _close_dispute(self, decision):
        """Note how the dispute ended, in words; the caller's right was checked."""
        referral = self.sudo()  # nobody's to write by hand; the callers checked who decides
        if referral.dispute_state == "open":
            referral.dispute_state = "decided"
            referral.activity_feedback([DISPUTE_ACTIVITY], feedback=decision)
        referral.message_post(body=decision)
