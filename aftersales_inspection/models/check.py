# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..calc.check import DIGITS, judge

ANSWERS = frozenset({"verdict", "number", "is_answered", "text", "photo", "is_reset"})


class AftersalesCheck(models.Model):
    """One question about one asset at one visit, and its answer (requirement 5).

    Made when the visit starts, with the question as it is then: later changes of the checklist
    never change a visit. Own stock has no asset, only a product; a question about the visit as a
    whole has neither.
    """

    _name = "aftersales.check"
    _description = "Check at a Visit"
    _inherit = ["aftersales.question", "aftersales.visit.note"]
    _order = "visit_id, id"

    line_id = fields.Many2one(
        "aftersales.checklist.line", string="Made from", readonly=True, ondelete="set null",
        index="btree_not_null",
    )  # fmt: skip
    verdict = fields.Selection([("ok", "OK"), ("not_ok", "Not OK")], string="OK?")
    number = fields.Float(string="Measured", digits=(16, DIGITS), aggregator=None)
    is_answered = fields.Boolean(string="Was Measured", help="Tells a measured 0 from nothing.")
    text = fields.Char()
    photo = fields.Image(max_width=1920, max_height=1920)
    is_reset = fields.Boolean(
        string="Meter Reset", help="The meter was exchanged or set back: it starts again here."
    )
    result = fields.Selection(
        [("open", "Not Answered"), ("passed", "Passed"), ("failed", "Failed")],
        compute="_compute_result",
        store=True,
        index=True,
    )
    limits = fields.Char(compute="_compute_limits")
    reading_id = fields.Many2one(
        "aftersales.reading", string="Meter Reading", readonly=True, ondelete="set null"
    )

    # once per visit, question and goods, however often and by how many somebody presses Start
    _once = models.UniqueIndex(
        "(visit_id, line_id, COALESCE(asset_id, 0), COALESCE(product_id, 0), COALESCE(lot_id, 0))",
        "This is checked at the visit already.",
    )

    def _guarded_fields(self):
        """Let the technician write the answers alone."""
        return self._fields.keys() - models.MAGIC_COLUMNS - ANSWERS

    def _signed_fields(self):
        """Return the answers: the customer signs them."""
        return ANSWERS

    def write(self, vals):
        """Note that a number was measured when one is given."""
        if "number" in vals and "is_answered" not in vals:
            vals = {**vals, "is_answered": True}
        return super().write(vals)

    @api.depends(
        "kind", "verdict", "number", "is_answered", "text", "photo",
        "has_minimum", "minimum", "has_maximum", "maximum",
    )  # fmt: skip
    def _compute_result(self):
        for check in self:
            answer = {
                "ok": check.verdict,
                "measure": check.number if check.is_answered else None,
                "text": (check.text or "").strip(),
                "photo": bool(check.photo),
            }[check.kind or "ok"]
            check.result = judge(check.kind, answer, check._limits())

    @api.depends_context("lang")
    @api.depends("kind", "unit", "has_minimum", "minimum", "has_maximum", "maximum")
    def _compute_limits(self):
        for check in self:
            check.limits = check._limits_in_words()

    def _answer_in_words(self):
        """Return the answer as the customer reads it; empty while there is none."""
        self.ensure_one()
        if self.result == "open":
            return ""
        if self.kind == "measure":
            return f"{self.number:g} {self.unit or ''}".strip()
        if self.kind == "ok":
            return self.env._("In order") if self.verdict == "ok" else self.env._("Not in order")
        return self.text if self.kind == "text" else self.env._("Photo")

    def _described(self):
        """Return the question with the goods it is about, for messages."""
        self.ensure_one()
        return f"{self.goods}: {self.name}" if self.goods else self.name

    def _listed(self):
        """Return the checks as a list in words, for messages."""
        return "\n".join(f"- {check._described()}" for check in self)

    @api.model
    def _load(self, vals_list):
        """Create checks, with the words of their questions in every language.

        :param vals_list: of :meth:`_prepare_check` of the visit
        """
        checks = self.create(vals_list)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_check
                   SET name = line.name, hint = line.hint
                  FROM aftersales_checklist_line line
                 WHERE line.id = aftersales_check.line_id AND aftersales_check.id IN %s
                """,
                tuple(checks.ids) or (0,),
            )
        )
        checks.invalidate_recordset(["name", "hint"])
        return checks

    def _note_readings(self):
        """Note what the meters show with their assets (requirement 46).

        :raises ValidationError: a meter shows less than before and was not exchanged
        """
        meters = self.filtered(
            lambda check: check.is_meter and check.is_answered and check.asset_id
        )
        for check in meters - meters.filtered("reading_id"):
            check.reading_id = self.env["aftersales.reading"].create(
                {
                    "asset_id": check.asset_id.id,
                    "date": check.visit_id.date_end,
                    "value": check.number,
                    "unit": check.unit,
                    "is_reset": check.is_reset,
                    "source": "visit",
                    "note": check.visit_id.name,
                }
            )

    def action_report_finding(self):
        """Open a new finding on these goods, with what failed."""
        self.ensure_one()
        if self.visit_id.is_closed:
            raise UserError(
                self.env._("%s is completed: reopen it to report findings.", self.visit_id.name)
            )
        if not self.product_id:
            raise UserError(
                self.env._(
                    "%s is not about any goods: say in the conclusion what is wrong.", self.name
                )
            )
        answer = self._answer_in_words()
        return {
            "name": self.env._("Report Finding"),
            "type": "ir.actions.act_window",
            "res_model": "aftersales.finding",
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_visit_id": self.visit_id.id,
                "default_asset_id": self.asset_id.id,
                "default_product_id": self.product_id.id,
                "default_lot_id": self.lot_id.id,
                "default_condition": "defective",
                "default_note": f"{self.name}: {answer}" if answer else self.name,
            },
        }
