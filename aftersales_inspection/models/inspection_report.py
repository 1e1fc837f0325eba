# SPDX-License-Identifier: AGPL-3.0-or-later
import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every
from odoo.tools.image import ImageProcess, image_data_uri

from odoo.addons.aftersales_plans.models.in_words import day_in_words, moment_in_words

TEMPLATE = "aftersales_inspection.mail_template_visit_report"
TO_CUSTOMER = "aftersales_inspection.subtype_report_to_customer"  # followers get no copy
CHECKS_PER_TABLE = 18  # fit on a page with the heading of their goods
PHOTO_SIZE = 480  # pixels; larger ones make the mail heavy and the print no better


class FsmOrder(models.Model):
    """The inspection report: what it says, and that the customer gets it (requirement 5).

    In the customer's language and the time of the site. Whoever completes a visit is never stopped
    by a report or a mail.
    """

    _inherit = "fsm.order"
    _guarded = frozenset({"report_mailed_on"})

    report_mailed_on = fields.Datetime(string="Report Mailed", readonly=True, copy=False)

    # --- What it says --------------------------------------------------------------------------

    def _get_visit_report_filename(self):
        """Return the name of the printed file, without ending."""
        self.ensure_one()
        if self.aftersales_kind in ("installation", "training"):
            return self.env._("Visit report %s", self.name)
        return self.env._("Inspection report %s", self.name)

    def _conclusion_label(self):
        """Return the conclusion in the language of this environment."""
        self.ensure_one()
        return dict(self._fields["conclusion"]._description_selection(self.env)).get(
            self.conclusion, ""
        )

    def _printed_goods(self):
        """Return what was inspected, goods by goods, each with its tables of checks.

        :return: [{"name", "detail", "result", "tables": [checks of one table, …]}, …]
        """
        self.ensure_one()
        goods = {}
        for note in [*self.check_ids, *self.finding_ids]:
            key = (note.asset_id, note.product_id, note.lot_id)
            goods.setdefault(key, []).append(note)
        if not goods and self.aftersales_contract_id:
            goods = {(asset, asset.product_id, asset.lot_id): [] for asset in self._known_assets()}
        return [self._printed_one(key, notes) for key, notes in goods.items()]

    def _printed_one(self, key, notes):
        asset, product, _lot = key
        checks = [note for note in notes if note._name == "aftersales.check"]
        findings = [note for note in notes if note._name == "aftersales.finding"]
        if any(check.result == "failed" for check in checks) or any(
            finding.condition != "ok" for finding in findings
        ):
            result = self.env._("Not in order")
        else:
            result = self.env._("In order") if notes else self.env._("Nothing noted")
        name = (asset.name or notes[0].goods) if notes else asset.name or product.name
        return {
            "name": name or self.env._("The visit"),
            "detail": notes[0].goods_detail if notes else "",
            "result": result,
            "tables": [list(table) for table in split_every(CHECKS_PER_TABLE, checks)],
        }

    def _printed_photo(self, photo):
        """Return ``photo`` (base64) as a data URI of a size that suits print and mail."""
        image = ImageProcess(base64.b64decode(photo))
        image.resize(PHOTO_SIZE, PHOTO_SIZE)
        return image_data_uri(base64.b64encode(image.image_quality(quality=80)))

    def _printed_moment(self, moment):
        """Return a UTC ``moment`` in words, in the time of the site."""
        return moment_in_words(self.env, moment, self._site_zone().zone)

    def _printed_times(self):
        """Return when the visit took place, in words: the day only once where it is the same."""
        self.ensure_one()
        begin, end = (self._printed_moment(moment) for moment in (self.date_start, self.date_end))
        day, _comma, hour = end.rpartition(", ")
        if not end or end == begin:
            return begin
        return f"{begin} – {hour if begin.startswith(day) else end}"

    def _printed_next(self):
        """Return what happens next, as sentences."""
        self.ensure_one()
        claims = self.claim_ids.filtered(
            lambda claim: (
                claim.state not in ("done", "refused", "cancelled")
                and not all(claim.line_ids.mapped("is_fitted"))
            )
        )
        sentences = [
            self.env._("We settle what has to be replaced under the number %s.", claim.name)
            for claim in claims
        ]
        following = self._next_visit()
        if following:
            sentences.append(
                self.env._(
                    "Your next visit is due between %(first)s and %(last)s.",
                    first=day_in_words(self.env, following.aftersales_window_start),
                    last=day_in_words(self.env, following.aftersales_window_end),
                )
            )
        return sentences

    def _next_visit(self):
        """Return the next visit of the contract that is still to be made."""
        ahead = self.aftersales_contract_id.visit_ids.filtered(
            lambda visit: (
                visit.aftersales_visit_number > self.aftersales_visit_number
                and visit.aftersales_window_start
                and not visit.is_closed
            )
        )
        return ahead.sorted("aftersales_visit_number")[:1]

    # --- That the customer gets it -------------------------------------------------------------

    def _is_done(self):
        """Tell whether this visit was made, and nobody has taken it up again."""
        return bool(self._completed_visits()) and self.outcome == "done"

    def _is_reported(self):
        """Tell whether its customer may read the report of this visit."""
        self.ensure_one()
        return self._is_done() and self.aftersales_kind != "stock"

    @api.model
    def _reported_domain(self):
        """Return which visits :meth:`_is_reported` is true of, among those of customers."""
        return [
            ("stage_id.is_closed", "=", True),
            ("stage_id", "!=", self.env.ref("fieldservice.fsm_stage_cancelled").id),
            ("outcome", "=", "done"),
        ]

    def action_send_report(self):
        """Mail the report, again if it was mailed before.

        :raises UserError: the visit is not done, or the customer has no e-mail address
        """
        self.check_access("write")
        for visit in self:
            if not visit._is_done():
                raise UserError(self.env._("%s is not done yet.", visit.name))
            if visit.aftersales_kind == "stock":
                raise UserError(
                    self.env._("%s looked at our own stock: print the report.", visit.name)
                )
            if not visit.sudo()._customer().email:  # sudo: only whether there is one
                raise UserError(
                    self.env._("%s has no e-mail address.", visit.sudo()._customer().name)
                )
        self.sudo()._mail_reports()  # the report follows from the visit, which was writable
        return True

    def _mail_report(self):
        """Mail the reports of visits that were done, where the company wants that."""
        done = self.sudo().filtered(  # follows from completing them, whoever was allowed to
            lambda visit: (
                visit.outcome == "done"
                and visit.aftersales_kind != "stock"  # nobody to mail it to
                and visit.company_id.aftersales_visit_report_mails
            )
        )
        reachable = done.filtered(lambda visit: visit._customer().email)
        note = self.env._(
            "The report was not mailed: the customer has no e-mail address. Print it instead."
        )
        rest = done - reachable
        if rest:
            rest._message_log_batch(bodies={visit.id: note for visit in rest})
        reachable._mail_reports()

    def _mail_reports(self):
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        for visit in self if template else ():
            visit._mail_or_note(
                lambda visit=visit: visit._mail_one(template),
                self.env._(
                    "The report could not be mailed. Press Send Report to try again, or print it."
                ),
            )

    def _mail_one(self, template):
        """Mail one report, with the link to the visit's page, and note when."""
        self._ensure_appointment_token()
        self.with_context(lang=self._customer().lang).message_post_with_source(
            template, message_type="auto_comment", subtype_xmlid=TO_CUSTOMER
        )
        self.report_mailed_on = fields.Datetime.now()

    def _supersede_report(self):
        """Say that the mailed report no longer holds: the visit was reopened."""
        if self.report_mailed_on:
            self._message_log(
                body=self.env._(
                    "Reopened: the report mailed on %s no longer holds. Completing the visit "
                    "mails another.",
                    format_date(self.env, self.report_mailed_on),
                )
            )
            self.report_mailed_on = False
