# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.fields import Domain

from .claim import OPEN_STATES
from .customer_page import domain_of_customer
from .turn import take_turn

REPORTS_A_DAY = 20  # of one customer, all contacts together
GUESSES = ("defect", "accident", "wear")  # codes of causes a customer can tell apart


class AftersalesClaim(models.Model):
    """What customers report themselves in the portal (requirement 47).

    They say what they saw; who pays is decided by an agent, as with every other claim. Everything
    here runs as superuser for a customer who is logged in, on records of that customer alone.
    """

    _inherit = "aftersales.claim"
    _guarded = frozenset({"reported_as", "report_key"})

    reported_as = fields.Selection(
        [
            ("defect", "It stopped working by itself"),
            ("accident", "It was broken by accident"),
            ("wear", "It is worn out"),
            ("unknown", "I do not know"),
        ],
        string="Customer Says",
        readonly=True,
        copy=False,
        help="What it looks like to the customer: a suggestion for the cause, no decision.",
    )
    reach_by = fields.Char(
        string="Reach by", copy=False, help="How the customer asked to be reached about it."
    )
    report_key = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Of the form it was sent with: sent twice, it is one claim.",
    )

    # --- Reporting -----------------------------------------------------------------------------

    @api.model
    def _report_online(self, user, report, photos):
        """Make a claim of what ``user``, a customer, reports; the same report twice is one claim.

        As with e-mail nobody is responsible yet: an agent takes it, or it is pushed when late.

        :param report: checked values: ``key``, ``goods`` [(asset, quantity)], ``description``,
            ``date_occurred``, ``reported_as``, ``site_id``, ``reach_by``, ``company``
        :param photos: attachments that were kept for this report
        """
        take_turn(user.partner_id.commercial_partner_id)  # sent twice at once: the later waits
        claim = self._find_reported(user, report["key"])
        if claim:
            return claim
        claims = self.with_company(report["company"]).with_context(mail_create_nosubscribe=True)
        claim = claims.create(self._prepare_reported(user, report))
        claim._set_state("submitted")
        claim._add_photos(photos)
        # not in the name of the customer: nobody is told what he sends himself
        claim.with_user(SUPERUSER_ID)._tell_customer("received")
        return claim.with_env(self.env)

    @api.model
    def _find_reported(self, user, key):
        """Return the claim that a form made already."""
        return self.search(
            domain_of_customer(user) & Domain("report_key", "=", key), limit=1, order="id"
        )

    @api.model
    def _prepare_reported(self, user, report):
        lines = [
            {
                "asset_id": asset.id,
                "quantity": quantity,
                "cause_id": self._guessed_cause(asset, report).id,
            }
            for asset, quantity in report["goods"]
        ]
        values = {
            name: report[name]
            for name in ("description", "date_occurred", "reported_as", "reach_by")
        }
        if report["site_id"]:  # else where the goods are
            values["site_id"] = report["site_id"]
        return {
            **values,
            "partner_id": user.partner_id.id,
            "company_id": report["company"].id,
            "channel": "portal",
            "user_id": False,
            "report_key": report["key"],
            "line_ids": [Command.create(line) for line in lines],
        }

    @api.model
    def _guessed_cause(self, asset, report):
        """Return the cause the agent finds on the line: what the customer says.

        Who does not know gets what the law presumes: a defect while the guarantee runs, else wear.
        """
        code = report["reported_as"]
        if code not in GUESSES:
            in_guarantee = asset.warranty_end and report["date_occurred"] <= asset.warranty_end
            code = "defect" if in_guarantee else "wear"
        return self.env.ref(f"aftersales_plans.cause_{code}")

    @api.model
    def _may_report_online(self, user):
        """Tell whether this customer has not reported very many claims within a day."""
        since = fields.Datetime.now() - timedelta(days=1)
        lately = Domain("channel", "=", "portal") & Domain("create_date", ">", since)
        return self.search_count(domain_of_customer(user) & lately) < REPORTS_A_DAY

    @api.model
    def _reporting_sites(self, user, assets):
        """Return the addresses where a customer may say it happened."""
        family = self.env["res.partner"].search(
            [
                ("id", "child_of", user.partner_id.commercial_partner_id.ids),
                ("type", "in", ("contact", "delivery", "other")),
                ("street", "!=", False),
            ],
            limit=50,
        )
        return family | assets.site_id

    # --- Withdrawing ---------------------------------------------------------------------------

    def _withdraw_online(self, author):
        """Withdraw a claim nobody decided yet, as its customer asks; return whether it was.

        :param author: the contact in whose name the responsible is told
        """
        self.ensure_one()
        take_turn(self)  # an agent may decide at the same moment
        if self.state not in OPEN_STATES:
            return False
        self._withdraw()
        self.message_post(
            body=self.env._("Withdrawn by the customer."),
            author_id=author.id,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
            partner_ids=self.user_id.partner_id.ids,
        )
        return True
