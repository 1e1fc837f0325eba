# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .contract import LIVE_STATES
from .linked_records import open_dialog

CHANNELS = [("online", "Online"), ("paper", "On paper"), ("phone", "By phone")]
CONSENT = (  # what is known of it; the contract that follows takes it over
    "renewal_consent",
    "renewal_consent_date",
    "renewal_consent_partner_id",
    "renewal_consent_channel",
    "renewal_consent_note",
)


class AftersalesContract(models.Model):
    """The customer's consent that a contract goes on by itself: who, when and how (25).

    Without it nothing is renewed by itself, whatever the terms say. Each change stands in the
    history; the fields hold the last one.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset(CONSENT)

    renewal_consent = fields.Selection(
        [("given", "Given"), ("withdrawn", "Taken back")],
        string="Consent to Go On",
        readonly=True,
        copy=False,
        tracking=True,
        help="Whether the customer wants this contract to go on by itself. Empty: never said.",
    )
    renewal_consent_date = fields.Datetime(string="Said on", readonly=True, copy=False)
    renewal_consent_partner_id = fields.Many2one(
        "res.partner", string="Said by", readonly=True, copy=False, ondelete="set null"
    )
    renewal_consent_channel = fields.Selection(
        CHANNELS, string="Said", readonly=True, copy=False, help="How the customer said it."
    )
    renewal_consent_note = fields.Char(string="Proof", readonly=True, copy=False)

    def _takes_consent(self):
        """Tell whether the terms let the contract go on by itself and it may still be decided."""
        self.ensure_one()
        return (
            self.renewal_policy == "auto" and self.state in LIVE_STATES and not self._renewed_by()
        )

    def _note_consent(self, given, partner, channel, note=None):
        """Record what ``partner`` said about going on by itself; callers check who may.

        :param given: True, or False where it is taken back
        :param channel: one of `CHANNELS`
        :raises UserError: nothing to consent to any more
        """
        self.ensure_one()
        if given and not self._takes_consent():
            raise UserError(
                self.env._(
                    "%s does not go on by itself: its terms say otherwise, it is over, or it was "
                    "renewed already.",
                    self.name,
                )
            )
        answer = "given" if given else "withdrawn"
        if self.renewal_consent == answer or not (given or self.renewal_consent):
            return  # clicked twice, or nothing to take back
        self.sudo().write(  # nobody's to write by hand
            {
                "renewal_consent": answer,
                "renewal_consent_date": fields.Datetime.now(),
                "renewal_consent_partner_id": partner.id,
                "renewal_consent_channel": channel,
                "renewal_consent_note": note,
            }
        )
        self._tell_consent(given, partner, note)
        self._on_consent(given)

    def _tell_consent(self, given, partner, note):
        """Write into the history what was said, by whom and how."""
        how = dict(self._fields["renewal_consent_channel"]._description_selection(self.env))
        facts = {
            "customer": partner.name,
            "how": how[self.renewal_consent_channel],
            "note": note or "-",
        }
        body = (
            self.env._(
                "%(customer)s wants this contract to go on by itself (%(how)s). Note: %(note)s",
                **facts,
            )
            if given
            else self.env._(
                "%(customer)s took back that this contract goes on by itself (%(how)s). "
                "Note: %(note)s",
                **facts,
            )
        )
        online = self.renewal_consent_channel == "online"
        author = {"author_id": partner.id} if online else {}
        self.sudo().message_post(  # follows from what the customer said; the author stays
            body=body, message_type="comment", subtype_xmlid="mail.mt_note", **author
        )

    def _on_consent(self, given):
        """Act on a consent given or taken back; an override calls ``super()``."""

    def action_note_consent(self):
        """Ask what the customer said about going on by itself, and how.

        :raises AccessError: neither sells nor serves
        """
        self.ensure_one()
        self._check_may_note_consent()
        title = self.env._("Consent of the Customer: %s", self.name)
        return open_dialog(
            title,
            "aftersales.contract.consent",
            default_contract_id=self.id,
            default_answer="withdrawn" if self.renewal_consent == "given" else "given",
        )

    def _check_may_note_consent(self):
        """Raise unless the caller talks with the customer: serves, sells it, or manages plans."""
        self.check_access("read")
        serves = self.env.user.has_group("aftersales_plans.group_agent")
        if not (serves or self.may_renew):
            raise AccessError(
                self.env._(
                    "Ask its salesperson or the service desk to record the consent for %s.",
                    self.name,
                )
            )
